//! What belongs on a playlist of which only the title is known.
//!
//! Each word of a title suggests the tracks of the playlists that have it in theirs, and a rare word says more than a
//! frequent one.
//! It knows words as they are written, and no language: "running" and "run" are two words.
//!
//! *Source* of the weight of a word: Spärck Jones (1972), "A statistical interpretation of term specificity and its
//! application in retrieval". The sum over playlists and the exponent of fame are ours.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::error::{LearnError, check_finite, check_positive};
use crate::sparse::check_below;
use crate::top_k::order;

/// A playlist with its title.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TitledList<'a> {
    /// The title as it was written.
    pub title: &'a str,
    /// Its tracks; one that occurs twice counts once.
    pub items: &'a [u32],
    /// What the list is worth. *Range*: finite, above 0; usually at most 1.
    pub weight: f32,
}

/// How titles are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TitleParams {
    /// By which power of its number of playlists a track is lifted; below 0 famous ones are held back.
    pub fame_exponent: f32,
    /// Tracks that are kept per word, those that most playlists with it hold.
    pub track_count_max: usize,
}

impl Default for TitleParams {
    /// The exponent is tuned on the 471 titles of spotify-32k, each fifth hidden in turn: R-precision .0061 and
    /// recall@500 .100, where fame alone has .0039 and .087.
    fn default() -> Self {
        Self { fame_exponent: 0.3, track_count_max: 2000 }
    }
}

/// The tracks that go with each word of titles.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleWords {
    words: BTreeMap<String, Word>,
}

#[derive(Clone, Debug, PartialEq)]
struct Word {
    /// How much the word says.
    weight: f32,
    /// Tracks and how many playlists with the word hold them, lifted by fame; the best first.
    tracks: Vec<(u32, f32)>,
}

/// A track that goes with a title.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleTrack {
    /// The track.
    pub item: u32,
    /// The higher, the surer; comparable within one answer.
    pub score: f32,
    /// The word that said most for it, as it is in [`words`].
    pub because: String,
}

/// Bytes of a title that are read; what comes after is a description.
const TITLE_BYTES_MAX: usize = 400;
/// Tracks of a list that are read; a longer one is a library, and no word describes it.
const LIST_TRACKS_MAX: usize = 2000;

/// The words of a title, in small letters, each once, ascending.
///
/// A word is letters and digits; any other sign that is no space or punctuation, such as an emoji, is one by itself.
pub fn words(title: &str) -> Vec<String> {
    let mut end = title.len().min(TITLE_BYTES_MAX);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for sign in title[..end].chars().flat_map(char::to_lowercase) {
        if sign.is_alphanumeric() {
            word.push(sign);
            continue;
        }
        // What joins emoji and chooses their looks is no sign by itself.
        let is_joiner = matches!(sign, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
        // An apostrophe joins: "90's" is "90s".
        if matches!(sign, '\'' | '’') || is_joiner {
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        let is_plain = sign.is_whitespace() || sign.is_control() || sign.is_ascii_punctuation();
        if !is_plain && sign as u32 >= 0x2190 {
            words.push(sign.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.sort_unstable();
    words.dedup();
    words
}

impl TitleWords {
    /// The model of these playlists over `item_count` tracks.
    ///
    /// Lists of more than 2,000 tracks are passed over.
    ///
    /// *Complexity*: the sum over lists of words times tracks.
    ///
    /// # Errors
    /// When a track is not below `item_count`, or a parameter or weight is out of its range.
    pub fn fit(
        item_count: usize,
        lists: &[TitledList<'_>],
        params: &TitleParams,
    ) -> Result<Self, LearnError> {
        check_finite("fame_exponent", &[params.fame_exponent])?;
        let mut fame = vec![0.0_f32; item_count];
        let mut counted: FxHashMap<String, (f32, FxHashMap<u32, f32>)> = FxHashMap::default();
        let mut list_count = 0.0_f32;
        for list in lists {
            check_positive("weight of a list", f64::from(list.weight))?;
            for (index, &item) in list.items.iter().enumerate() {
                check_below("track of a titled list", index, item as usize, item_count)?;
            }
            if list.items.len() > LIST_TRACKS_MAX {
                continue;
            }
            let mut items = list.items.to_vec();
            items.sort_unstable();
            items.dedup();
            items.iter().for_each(|&item| fame[item as usize] += 1.0);
            list_count += 1.0;
            for word in words(list.title) {
                let (holders, tracks) = counted.entry(word).or_default();
                *holders += 1.0;
                items.iter().for_each(|&item| *tracks.entry(item).or_default() += list.weight);
            }
        }
        let word = |(word, (holders, tracks)): (String, (f32, FxHashMap<u32, f32>))| {
            let lift = |item: u32| fame[item as usize].powf(params.fame_exponent);
            let mut tracks: Vec<(u32, f32)> =
                tracks.into_iter().map(|(item, weight)| (item, weight * lift(item))).collect();
            tracks.sort_unstable_by(order);
            tracks.truncate(params.track_count_max);
            // Squared: once for how much the title is about it, and once for how much the lists are. Without the root
            // a word on every list would win by its number of lists alone.
            let weight = (1.0 + list_count / holders).ln().powi(2) / holders.sqrt();
            (word, Word { weight, tracks })
        };
        Ok(Self { words: counted.into_iter().map(word).collect() })
    }

    /// The `k` tracks that go best with this title, best first, ties by track; none where no word of it is known.
    pub fn tracks(&self, title: &str, k: usize) -> Vec<TitleTrack> {
        let mut sums: FxHashMap<u32, (f32, f32, usize)> = FxHashMap::default();
        let words = words(title);
        for (place, word) in words.iter().enumerate() {
            let Some(word) = self.words.get(word) else { continue };
            for &(item, count) in &word.tracks {
                let part = word.weight * count;
                let (sum, most, because) = sums.entry(item).or_insert((0.0, 0.0, place));
                *sum += part;
                if part > *most {
                    (*most, *because) = (part, place);
                }
            }
        }
        let mut best: Vec<(u32, f32)> = sums.iter().map(|(&item, &(sum, ..))| (item, sum)).collect();
        best.sort_unstable_by(order);
        best.truncate(k);
        let track = |(item, score)| TitleTrack { item, score, because: words[sums[&item].2].clone() };
        best.into_iter().map(track).collect()
    }

    /// How many words are known.
    pub fn word_count(&self) -> usize {
        self.words.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list<'a>(title: &'a str, items: &'a [u32]) -> TitledList<'a> {
        TitledList { title, items, weight: 1.0 }
    }

    fn fit(lists: &[TitledList<'_>]) -> TitleWords {
        TitleWords::fit(100, lists, &TitleParams::default()).unwrap()
    }

    fn items(model: &TitleWords, title: &str) -> Vec<u32> {
        model.tracks(title, 3).into_iter().map(|track| track.item).collect()
    }

    #[test]
    fn titles_become_words() {
        for (title, expected) in [
            ("Workout!! (2020) workout", &["2020", "workout"][..]),
            ("90's Kids’ Party", &["90s", "kids", "party"]),
            ("Sommer-Hits für Übermüde", &["für", "hits", "sommer", "übermüde"]),
            ("🔥fire❤️", &["fire", "❤", "🔥"]),
            (" \t—", &["—"][..0]),
            ("", &[]),
        ] {
            assert_eq!(words(title), expected, "{title}");
        }
        assert!(words(&"é".repeat(5000)).concat().len() <= TITLE_BYTES_MAX);
    }

    #[test]
    fn an_empty_playlist_is_filled_by_its_title_and_says_by_which_word() {
        let model = fit(&[
            list("Workout mix", &[1, 2]),
            list("my workout", &[1, 3]),
            list("Sleep mix", &[7, 8]),
            list("sleep", &[7, 9]),
            list("mix", &[50, 51]),
        ]);
        assert_eq!(items(&model, "WORKOUT")[0], 1);
        let best = &model.tracks("deep sleep mix", 5)[0];
        assert_eq!((best.item, &*best.because), (7, "sleep"));
        assert!(model.tracks("unknown", 5).is_empty() && model.tracks("sleep", 0).is_empty());
    }

    #[test]
    fn a_word_on_every_list_says_little() {
        let filler: Vec<[u32; 2]> = (0..30).map(|row| [90, 40 + row]).collect();
        let mut lists: Vec<TitledList<'_>> = filler.iter().map(|items| list("playlist", items)).collect();
        lists.push(list("surf playlist", &[5]));
        lists.push(list("surf", &[5, 6]));
        // Track 90 is on thirty lists of the frequent word, track 5 on two of the rare one.
        assert_eq!(items(&fit(&lists), "surf playlist")[0], 5);
    }

    #[test]
    fn libraries_repeats_and_bad_lists_do_no_harm() {
        let library: Vec<u32> = (0..50_000).map(|place| place % 100).collect();
        let model = fit(&[list("sleep", &library), list("sleep", &[4, 4, 4]), list("sleep", &[5])]);
        let best = model.tracks("sleep", 9);
        assert_eq!(best.iter().map(|track| track.item).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(best[0].score, best[1].score);
        let refused = |list| TitleWords::fit(3, &[list], &TitleParams::default()).is_err();
        assert!(refused(list("a", &[3])));
        for weight in [0.0, -1.0, f32::NAN] {
            assert!(refused(TitledList { weight, ..list("a", &[1]) }), "{weight}");
        }
        let params = TitleParams { fame_exponent: f32::NAN, ..TitleParams::default() };
        assert!(TitleWords::fit(3, &[], &params).is_err());
        assert_eq!(TitleWords::fit(0, &[], &TitleParams::default()).unwrap().word_count(), 0);
    }
}
