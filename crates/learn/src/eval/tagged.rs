//! Reading plays, tags and friends: who played which artist how often, and who called it what.

use super::data_set::{DataSet, Line, Lines};
use crate::error::LearnError;
use crate::sparse::Sparse;

const PLAYS_FORM: &str = "`user artist plays` in whole numbers, after a header line";
const TAGS_FORM: &str = "`user artist tag ...` in whole numbers, after a header line";
const FRIENDS_FORM: &str = "`user user` in whole numbers, after a header line";
/// Rows that a file may have.
const ROWS_MAX: usize = 200_000_000;

/// Somebody called an artist something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::eval) struct Tagging {
    pub(super) listener: u32,
    pub(super) artist: u32,
    pub(super) tag: u32,
}

/// A data set with plays, tags and friends, everything numbered in the ascending order of its ids.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Tagged {
    pub(super) listener_ids: Vec<u64>,
    pub(super) artist_ids: Vec<u64>,
    pub(super) tag_count: usize,
    /// How often a listener played an artist. *Shape*: `[listeners, artists]`.
    pub(super) plays: Sparse,
    /// Ascending, without repeats.
    pub(super) taggings: Vec<Tagging>,
    /// Ones for friends. *Shape*: `[listeners, listeners]`.
    pub(super) friends: Sparse,
}

impl Tagged {
    /// Reads `user_artists.dat`, `user_taggedartists_full.dat` (or `user_taggedartists.dat`) and perhaps `user_friends.dat`.
    ///
    /// Plays of one pair in several rows are added; a tagging in several rows counts once.
    ///
    /// # Errors
    /// When a file is missing or malformed (with its line), or there are no plays.
    pub(super) fn read(data: &dyn DataSet) -> Result<Self, LearnError> {
        let plays = rows::<3>(Lines::open(data, "user_artists.dat")?, PLAYS_FORM)?;
        if plays.is_empty() {
            return Err(LearnError::Empty { what: "the file of plays" });
        }
        let tags = match Lines::open_optional(data, "user_taggedartists_full.dat")? {
            Some(lines) => lines,
            None => Lines::open(data, "user_taggedartists.dat")?,
        };
        let tags = rows::<3>(tags, TAGS_FORM)?;
        let friends = match Lines::open_optional(data, "user_friends.dat")? {
            Some(lines) => rows::<2>(lines, FRIENDS_FORM)?,
            None => Vec::new(),
        };
        let listener_ids = sorted(
            plays.iter().chain(&tags).map(|row| row[0]).chain(friends.iter().flatten().copied()).collect(),
        );
        let artist_ids = sorted(plays.iter().chain(&tags).map(|row| row[1]).collect());
        let tag_ids = sorted(tags.iter().map(|row| row[2]).collect());
        let place =
            |ids: &[u64], id| ids.binary_search(&id).expect("every id of every file is listed") as u32;
        let mut taggings: Vec<Tagging> = tags
            .iter()
            .map(|&[listener, artist, tag]| Tagging {
                listener: place(&listener_ids, listener),
                artist: place(&artist_ids, artist),
                tag: place(&tag_ids, tag),
            })
            .collect();
        taggings.sort_unstable();
        taggings.dedup();
        let counts = plays.iter().map(|&[listener, artist, count]| {
            (place(&listener_ids, listener), place(&artist_ids, artist), count as f32)
        });
        let listeners = listener_ids.len();
        let pairs = friends.iter().map(|&[a, b]| (place(&listener_ids, a), place(&listener_ids, b), 1.0));
        Ok(Self {
            plays: Sparse::from_triplets(listeners, artist_ids.len(), counts)?,
            friends: Sparse::from_triplets(listeners, listeners, pairs)?.map(|_, _, _| 1.0)?,
            tag_count: tag_ids.len(),
            taggings,
            listener_ids,
            artist_ids,
        })
    }

    /// The taggings of one listener, by artist.
    pub(super) fn taggings_of(&self, listener: u32) -> &[Tagging] {
        let start = self.taggings.partition_point(|tagging| tagging.listener < listener);
        let end = self.taggings.partition_point(|tagging| tagging.listener <= listener);
        &self.taggings[start..end]
    }
}

fn sorted(mut ids: Vec<u64>) -> Vec<u64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The first `N` columns of every line but the first.
fn rows<const N: usize>(mut lines: Lines, form: &'static str) -> Result<Vec<[u64; N]>, LearnError> {
    let mut rows = Vec::new();
    lines.next_line()?;
    while let Some(line) = lines.next_line()? {
        if line.bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if rows.len() == ROWS_MAX {
            return Err(LearnError::TooLarge {
                what: "the rows of a file",
                got: ROWS_MAX + 1,
                limit: ROWS_MAX,
            });
        }
        rows.push(row(line, form)?);
    }
    Ok(rows)
}

fn row<const N: usize>(line: Line<'_>, form: &'static str) -> Result<[u64; N], LearnError> {
    let mut numbers = [0; N];
    let mut words = line.words();
    for number in &mut numbers {
        *number = line.whole_number(words.next().unwrap_or_default(), form)?;
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::data_set::MemoryDataSet;

    fn data(plays: &str, tags: &str) -> MemoryDataSet {
        MemoryDataSet::new("small")
            .with("user_artists.dat", format!("userID\tartistID\tweight\r\n{plays}"))
            .with("user_taggedartists.dat", format!("userID\tartistID\ttagID\tday\n{tags}"))
    }

    #[test]
    fn ids_may_have_gaps_and_rows_may_repeat() {
        let data = data("9\t50\t3\r\n9\t50\t4\r\n2\t7\t1\r\n\r\n", "9\t7\t30\t1\n9\t7\t30\t1\n4\t8\t2\t1\n");
        let tagged =
            Tagged::read(&data.with("user_friends.dat", "userID\tfriendID\n2\t9\n9\t2\n2\t9\n")).unwrap();
        assert_eq!((&tagged.listener_ids[..], &tagged.artist_ids[..]), (&[2, 4, 9][..], &[7, 8, 50][..]));
        assert_eq!(tagged.plays.row(2), (&[2][..], &[7.0][..]));
        assert_eq!((tagged.taggings.len(), tagged.tag_count), (2, 2));
        assert_eq!(tagged.taggings_of(2), [Tagging { listener: 2, artist: 0, tag: 1 }]);
        assert_eq!(tagged.friends.row(0), (&[2][..], &[1.0][..]));
    }

    #[test]
    fn malformed_files_are_named() {
        let error = |plays: &str| Tagged::read(&data(plays, "1\t1\t1\n")).unwrap_err().to_string();
        insta::assert_snapshot!(
            error("1\t2\n"),
            @"user_artists.dat line 2: not a whole number: ``; a line is `user artist plays` in whole numbers, after a header line"
        );
        insta::assert_snapshot!(error(""), @"the file of plays is empty; there is nothing to learn from");
        assert!(matches!(Tagged::read(&MemoryDataSet::new("none")), Err(LearnError::Missing { .. })));
    }
}
