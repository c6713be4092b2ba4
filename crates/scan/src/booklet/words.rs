//! Which words a song has, and how often each.
//!
//! Words are parted by the rules of Unicode and kept as hashes: that is enough to tell which songs share words, and no
//! list of words of any language is needed.
//! Scripts that write no spaces between words come out sign by sign, which tells songs apart as well.
//!
//! *Source of the parting*: Unicode Standard Annex #29, "Unicode Text Segmentation", section 4.

use music::booklet::{TERM_COUNT_MAX, Words};
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// Words that are read of one song; the longest songs have some two thousand.
const WORD_COUNT_MAX: usize = 20_000;
/// A longer run of letters, in characters, is no word.
const WORD_LEN_MAX: usize = 40;

/// The words of a text; none where it has none.
///
/// Capitals, forms of one letter and kinds of apostrophes are made alike; lines such as `[Chorus]` are left out.
/// Where there are more different words than are kept, the frequent ones stay, and of those that come once the longer,
/// which are the rarer ones as a rule (Zipf, "The Psychobiology of Language", 1935).
pub(super) fn count(text: &str) -> Option<Words> {
    let mut counts: FxHashMap<u32, Counted> = FxHashMap::default();
    let mut word_count = 0;
    for line in text.lines().map(str::trim).filter(|line| !is_remark(line)) {
        let line: String = line.nfkc().flat_map(char::to_lowercase).map(plain).collect();
        for word in line.unicode_words().take(WORD_COUNT_MAX - word_count) {
            word_count += 1;
            let len = word.chars().take(WORD_LEN_MAX + 1).count();
            if len <= WORD_LEN_MAX {
                let counted = counts.entry(term(word)).or_default();
                counted.times = counted.times.saturating_add(1);
                counted.len = counted.len.max(len);
            }
        }
    }
    let mut kept: Vec<(u32, Counted)> = counts.into_iter().collect();
    kept.sort_unstable_by_key(|&(term, Counted { times, len })| (std::cmp::Reverse((times, len)), term));
    kept.truncate(TERM_COUNT_MAX);
    let mut terms: Vec<(u32, u8)> = kept.into_iter().map(|(term, counted)| (term, counted.times)).collect();
    terms.sort_unstable();
    Words::new(terms).ok()
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    times: u8,
    len: usize,
}

/// Whether a line tells of the song and is not sung.
fn is_remark(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
}

fn plain(character: char) -> char {
    if matches!(character, '\u{2018}' | '\u{2019}' | '\u{02BC}') { '\'' } else { character }
}

/// The first four bytes of the word's BLAKE3 hash, little end first: of 300,000 words about ten share theirs.
fn term(word: &str) -> u32 {
    let hash = blake3::hash(word.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(u32, u8)> {
        count(text).map_or_else(Vec::new, |words| words.terms().to_vec())
    }

    #[test]
    fn the_same_words_are_the_same_however_they_are_written() {
        let words = of("[Refrain]\nDon't stop\nDON’T  stop, ever!");
        let mut expected = vec![(term("don't"), 2), (term("stop"), 2), (term("ever"), 1)];
        expected.sort_unstable();
        assert_eq!(words, expected);
        assert_eq!(of("É"), of("E\u{301}"), "a letter and its accent are one");
        assert_eq!(of("歌歌"), [(term("歌"), 2)]);
    }

    #[test]
    fn what_has_no_words_has_none() {
        for text in ["", " \n\t", "[Instrumental]", "… – !?", &"x".repeat(100_000)] {
            assert_eq!(count(text), None, "{:?}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn a_hostile_text_has_an_end() {
        let many: String = (0..60_000).map(|number| format!("w{number} ")).collect();
        assert_eq!(of(&many).len(), TERM_COUNT_MAX);
        let again = "la ".repeat(60_000);
        assert_eq!(of(&again), [(term("la"), u8::MAX)]);
        // One sign that becomes eighteen letters.
        assert!(of(&"\u{FDFA} ".repeat(30_000)).len() <= TERM_COUNT_MAX);
    }

    #[test]
    fn of_too_many_words_the_frequent_and_the_long_stay() {
        let short: String =
            (0..300).map(|number| format!("{} ", char::from_u32(0x4E00 + number).unwrap())).collect();
        let words = of(&format!("{short} extraordinary na na"));
        assert_eq!(words.len(), TERM_COUNT_MAX);
        for word in ["extraordinary", "na"] {
            assert!(words.iter().any(|(kept, _)| *kept == term(word)), "{word}");
        }
    }
}
