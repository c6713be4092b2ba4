//! Invented names: of artists by syllables, of tracks and releases by words.
//!
//! The sounds and words fit a language, and in English also the mood of the music.
//! No list of real artists or titles stands behind them.

mod syllable;
mod word;

use rand::{Rng, RngExt as _};
use rustc_hash::FxHashSet;

use self::syllable::syllables;
use self::word::{ACTS, words};
use crate::chance::{happens, one_of};
use crate::origin::Language;
use crate::space::{Axis, Point};

/// Makes names that do not occur twice.
#[derive(Debug, Default)]
pub(crate) struct ArtistNames {
    taken: FxHashSet<Box<str>>,
}

impl ArtistNames {
    /// A name that was not given before.
    pub(crate) fn next(&mut self, language: Language, rng: &mut impl Rng) -> Box<str> {
        let mut name = artist_name(language, rng);
        while !self.taken.insert(name.as_str().into()) {
            name.push(' ');
            name.push_str(&invented_word(language, rng));
        }
        name.into()
    }
}

fn artist_name(language: Language, rng: &mut impl Rng) -> String {
    match rng.random_range(0..10) {
        0..3 => invented_word(language, rng),
        3..7 => format!("{} {}", invented_word(language, rng), invented_word(language, rng)),
        7 => format!("{} {}", invented_word(language, rng), pick(rng, &ACTS)),
        8 => format!("The {} {}", invented_word(language, rng), pick(rng, &ACTS)),
        _ => format!("{} & {}", invented_word(language, rng), invented_word(language, rng)),
    }
}

/// A word of two or three syllables that sounds like the language and means nothing.
pub(crate) fn invented_word(language: Language, rng: &mut impl Rng) -> String {
    let parts = syllables(language);
    let mut word = String::new();
    for _ in 0..if happens(rng, 0.65) { 2 } else { 3 } {
        word.push_str(pick(rng, parts.onsets));
        word.push_str(pick(rng, parts.vowels));
    }
    word.push_str(pick(rng, parts.endings));
    capitalised(&word)
}

/// A title for a track or release that lies at `point`.
pub(crate) fn title(language: Language, point: &Point, rng: &mut impl Rng) -> String {
    let words = words(language);
    let noun = pick(rng, words.nouns);
    let other = pick(rng, words.nouns);
    if language == Language::English {
        return english_title(point, noun, other, rng);
    }
    let title = match rng.random_range(0..10) {
        0..4 => noun.to_owned(),
        4..7 if noun != other => format!("{noun} {} {other}", words.and),
        _ => format!("{} {noun}", pick(rng, words.openings)),
    };
    capitalised(&title)
}

fn english_title(point: &Point, noun: &str, other: &str, rng: &mut impl Rng) -> String {
    let words = words(Language::English);
    let brightness = point.on(Axis::Brightness);
    let adjectives = match brightness {
        b if b > 0.5 => word::BRIGHT,
        b if b < -0.4 => word::DARK,
        _ => word::PLAIN,
    };
    let adjective = pick(rng, adjectives);
    let title = match rng.random_range(0..12) {
        0..4 if adjective != noun => format!("{adjective} {noun}"),
        4..6 => noun.to_owned(),
        6 if noun != other => format!("{noun} and {other}"),
        7 => format!("{} the {noun}", pick(rng, words.openings)),
        8 => format!("The {adjective} {noun}"),
        9 => format!("{noun} {}", pick(rng, &["Song", "Theme", "Line", "Room", "Season"])),
        10 if point.on(Axis::Voice) < -0.8 => format!("{noun} Study No. {}", rng.random_range(1..12)),
        10 => format!("{noun} {other}"),
        _ => {
            format!("{adjective} {adjective2}", adjective2 = pick(rng, &["Hours", "Days", "Nights", "Hands"]))
        }
    };
    capitalised(&title)
}

fn pick<'a>(rng: &mut impl Rng, words: &[&'a str]) -> &'a str {
    one_of(rng, words).expect("the tables of words are not empty")
}

/// The first letter in capitals; French and English titles keep the rest as it is.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn artists_never_share_a_name() {
        let mut rng = stream(1, Purpose::Artists, 0);
        let mut names = ArtistNames::default();
        let made: FxHashSet<_> = (0..5_000).map(|_| names.next(Language::Japanese, &mut rng)).collect();
        assert_eq!(made.len(), 5_000);
        assert!(made.iter().all(|name| name.len() >= 3));
    }

    #[test]
    fn english_titles_fit_the_mood() {
        let mut rng = stream(1, Purpose::Artists, 1);
        let dark = Point([0.0, -1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let titles: Vec<_> = (0..300).map(|_| title(Language::English, &dark, &mut rng)).collect();
        let with = |words: &[&str]| titles.iter().filter(|t| words.iter().any(|w| t.contains(w))).count();
        assert!(with(word::DARK) > 100);
        assert_eq!(with(word::BRIGHT), 0);
    }
}
