//! How notes and keys are spelt: the one place that writes their names and reads them.
//!
//! Chords have a grammar of their own, and wheels of keys have numbers; both stand where they are read.

use crate::key::{Key, Mode, PitchClass};

/// The names of the pitch classes, each as it is met most often, in signs and in letters.
const NAMES: [(&str, &str); 12] = [
    ("C", "C"),
    ("C♯", "C#"),
    ("D", "D"),
    ("E♭", "Eb"),
    ("E", "E"),
    ("F", "F"),
    ("F♯", "F#"),
    ("G", "G"),
    ("A♭", "Ab"),
    ("A", "A"),
    ("B♭", "Bb"),
    ("B", "B"),
];

impl PitchClass {
    /// The name for people: `E♭`.
    pub const fn name(self) -> &'static str {
        NAMES[self.get() as usize].0
    }

    /// The name for programs, as labels of chords have it: `Eb`.
    pub const fn letters(self) -> &'static str {
        NAMES[self.get() as usize].1
    }

    /// The note that so many semitones lie above a C.
    pub const fn above_c(semitones: i32) -> Self {
        match Self::new(semitones.rem_euclid(12) as u8) {
            Ok(note) => note,
            Err(_) => Self::C,
        }
    }

    /// The note with whose name `text` begins, and what comes after the name: any letter from A to G with any number of
    /// sharps or of flats.
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let mut letters = text.chars();
        let natural = match letters.next()?.to_ascii_uppercase() {
            'C' => 0,
            'D' => 2,
            'E' => 4,
            'F' => 5,
            'G' => 7,
            'A' => 9,
            'B' => 11,
            _ => return None,
        };
        let rest = letters.as_str();
        let without = |marks: [char; 2]| rest.trim_start_matches(marks);
        let count = |after: &str| (rest[..rest.len() - after.len()].chars().count() % 12) as i32;
        let (after_sharps, after_flats) = (without(['#', '♯']), without(['b', '♭']));
        let (sharps, flats) = (count(after_sharps), count(after_flats));
        let after = if after_sharps.len() < rest.len() { after_sharps } else { after_flats };
        Some((Self::above_c(natural + sharps - flats), after))
    }
}

impl Key {
    /// The key with this name: `C major`, `F# minor`, `Gb:maj`, `a minor`, `Am`, `CM`, `B♭`, `c moll`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        let (tonic, rest) = PitchClass::read(name)?;
        let rest = rest.trim_start_matches([':', ' ', '\t', '_', '-', ',']);
        let mode = match rest.to_lowercase().as_str() {
            _ if rest == "M" => Mode::Major,
            "major" | "maj" | "ionian" | "dur" => Mode::Major,
            "minor" | "min" | "m" | "aeolian" | "moll" => Mode::Minor,
            // A small letter alone may mean minor, and may be careless.
            "" if name.starts_with(|letter: char| letter.is_ascii_uppercase()) => Mode::Major,
            _ => return None,
        };
        Some(Self { tonic, mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_read_by_the_names_that_are_written() {
        for number in 0..12 {
            let note = PitchClass::new(number).unwrap();
            for name in [note.name(), note.letters()] {
                assert_eq!(PitchClass::read(name), Some((note, "")), "{name}");
            }
        }
    }

    #[test]
    fn sharps_and_flats_are_counted_and_never_mixed() {
        for (text, note, rest) in [
            ("Cb", 11, ""),
            ("B#:maj", 0, ":maj"),
            ("Bbb", 9, ""),
            ("bbm", 10, "m"),
            ("F♯♯x", 7, "x"),
            ("C#b", 1, "b"),
            ("Cb#", 11, "#"),
        ] {
            assert_eq!(
                PitchClass::read(text).map(|(note, rest)| (note.get(), rest)),
                Some((note, rest)),
                "{text}"
            );
        }
        assert_eq!(
            PitchClass::read(&format!("C{}", "#".repeat(1_200_001))).map(|(note, _)| note.get()),
            Some(1)
        );
        for text in ["", "H", "é", "♯"] {
            assert_eq!(PitchClass::read(text), None, "{text}");
        }
    }

    #[test]
    fn keys_are_read_in_every_spelling() {
        let key = |text: &str| Key::named(text).map(|key| key.to_string());
        for (text, name) in [
            ("C", "C major"),
            ("Am", "A minor"),
            ("CM", "C major"),
            ("F# minor", "F♯ minor"),
            ("Bbmaj", "B♭ major"),
            ("B♭m", "B♭ minor"),
            ("Gb:maj", "F♯ major"),
            ("a minor", "A minor"),
            ("c moll", "C minor"),
            ("Cb\tmajor", "B major"),
        ] {
            assert_eq!(key(text).as_deref(), Some(name), "{text}");
        }
        for text in ["", "H major", "C dorian", "c", "C##bb major", "8A"] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
