//! What lies in a record's case beside the sound becomes numbers: the words of a song and its cover.
//!
//! It runs inside the worker: a picture is the most hostile thing that a file can hold.
//! What is near in words or in looks is not decided here; `learn` and `engine::train` make spaces of the numbers.

mod colour;
mod cover;
mod edges;
mod layout;
mod words;

use music::booklet::{Booklet, BookletVersion, Cover};

use crate::tags::{Lyrics, Picture};

/// The recipe of words and covers. Whoever changes what comes out of them raises it, and the next scan looks again.
pub const BOOKLET_VERSION: BookletVersion = BookletVersion(1);

/// Looks at booklets one after the other.
///
/// The tracks of a release mostly carry the same picture, so the latest is remembered and not decoded again.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    latest: Option<(blake3::Hash, Option<Cover>)>,
}

impl Reader {
    /// The booklet with these words and this picture on it.
    pub(crate) fn read(&mut self, lyrics: &Lyrics, picture: Option<&Picture>) -> Booklet {
        Booklet {
            version: BOOKLET_VERSION,
            words: lyrics.plain.as_deref().and_then(words::count),
            cover: picture.and_then(|picture| self.cover(picture)),
        }
    }

    fn cover(&mut self, picture: &Picture) -> Option<Cover> {
        let hash = blake3::hash(&picture.bytes);
        if let Some((_, cover)) = self.latest.as_ref().filter(|(latest, _)| *latest == hash) {
            return cover.clone();
        }
        let cover = cover::describe(picture);
        self.latest = Some((hash, cover.clone()));
        cover
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_booklet_has_what_the_file_has() {
        let mut reader = Reader::default();
        let mut lyrics = Lyrics::default();
        assert_eq!(
            reader.read(&lyrics, None),
            Booklet { version: BOOKLET_VERSION, words: None, cover: None }
        );
        lyrics.plain = Some("La la la".to_owned());
        let picture = cover::tests::png(40, 30, |x, _| [x as u8, 0, 0]);
        let booklet = reader.read(&lyrics, Some(&picture));
        assert_eq!(booklet.words.as_ref().map(|words| words.terms().len()), Some(1));
        assert!(booklet.cover.is_some());
        assert_eq!(reader.read(&lyrics, Some(&picture)), booklet, "the remembered picture is the same");
        let other = cover::tests::png(40, 30, |_, y| [0, y as u8, 200]);
        assert_ne!(reader.read(&lyrics, Some(&other)), booklet);
    }
}
