//! What sort of word a listener's tag is.
//!
//! Listeners write what comes to mind: mostly styles, but also moods, occasions, instruments and notes to themselves.
//! The words that are plainly something else than a style stand here; all others are taken for one.

use music::TagKind;

use crate::catalogue::normal_form;

/// Words by what they say, in their normal form.
///
/// *Source*: chosen by hand from the words that listeners of Last.fm use most (its public tag charts), English only.
const WORDS: [(TagKind, &[&str]); 4] = [
    (
        TagKind::Mood,
        &[
            "aggressive",
            "angry",
            "beautiful",
            "calm",
            "chill",
            "dark",
            "depressive",
            "dreamy",
            "energetic",
            "feel good",
            "gloomy",
            "happy",
            "melancholic",
            "melancholy",
            "mellow",
            "relax",
            "relaxing",
            "romantic",
            "sad",
            "sexy",
            "soft",
            "uplifting",
        ],
    ),
    (
        TagKind::Use,
        &[
            "background",
            "driving",
            "night",
            "party",
            "rainy day",
            "running",
            "sleep",
            "study",
            "summer",
            "winter",
            "workout",
        ],
    ),
    (
        TagKind::Instrument,
        &[
            "accordion",
            "acoustic guitar",
            "bass",
            "cello",
            "drums",
            "flute",
            "guitar",
            "harp",
            "keyboard",
            "organ",
            "piano",
            "saxophone",
            "strings",
            "synth",
            "trumpet",
            "violin",
        ],
    ),
    (
        TagKind::Other,
        &[
            "albums i own",
            "all",
            "amazing",
            "awesome",
            "awful",
            "best",
            "check out",
            "cool",
            "cover",
            "epic",
            "fav",
            "favorite",
            "favorite artists",
            "favorite songs",
            "favorites",
            "favourite",
            "favourite artists",
            "favourite songs",
            "favourites",
            "female",
            "female vocalist",
            "female vocalists",
            "good",
            "great",
            "heard on pandora",
            "i love this",
            "love",
            "love at first listen",
            "loved",
            "male vocalist",
            "male vocalists",
            "my music",
            "overrated",
            "own",
            "seen live",
            "spotify",
            "under 2000 listeners",
            "vinyl",
            "want to see live",
            "wishlist",
        ],
    ),
];

/// What sort of word `tag` is.
pub(super) fn tag_kind(tag: &str) -> TagKind {
    let normal = normal_form(tag);
    let found = WORDS.iter().find(|(_, words)| words.binary_search(&normal.as_str()).is_ok());
    found.map_or(TagKind::Genre, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_each_is_one_thing() {
        let mut all: Vec<&str> = Vec::new();
        for (kind, words) in WORDS {
            assert!(words.is_sorted(), "{kind:?}");
            all.extend(words);
        }
        assert!(all.iter().all(|word| normal_form(word) == **word));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_tag_is_a_style_unless_it_is_plainly_something_else() {
        assert_eq!(tag_kind("Trip Hop"), TagKind::Genre);
        assert_eq!(tag_kind("Seen Live"), TagKind::Other);
        assert_eq!(tag_kind("melancholic"), TagKind::Mood);
        assert_eq!(tag_kind("saxophone"), TagKind::Instrument);
        assert_eq!(tag_kind("workout"), TagKind::Use);
    }
}
