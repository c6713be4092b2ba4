//! Labels of chords: `A:min7/b3` and what it sounds like.
//!
//! *Source*: Harte, Sandler, Abdallah, Gómez, "Symbolic representation of musical chords: a proposed syntax for text
//! annotations", 2005.

use music::key::PitchClass;

/// What a label of a chord says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harmony {
    /// `N`: nothing sounds that has a harmony.
    None,
    /// `X`: something sounds for which there is no name.
    Unknown,
    /// A chord.
    Chord(Chord),
}

/// A chord as sets of intervals above its root, in semitones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The root, C = 0.
    pub root: u8,
    /// Which intervals sound, bit 0 for the root itself.
    pub tones: u16,
    /// The lowest note as an interval above the root.
    pub bass: u8,
}

/// A label that is not in the syntax.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no chord label; labels look like C, A:min, F#:maj7/3, D:(1,4,5), N or X")]
pub struct LabelError(pub String);

/// The longest label that is read; any chord of twelve notes is shorter.
const LABEL_BYTES_MAX: usize = 128;

/// The qualities that have a name, with their intervals in semitones, and what their extensions are above the octave.
const QUALITIES: &[(&str, &[u8], &[&str])] = &[
    ("maj", &[0, 4, 7], &[]),
    ("min", &[0, 3, 7], &[]),
    ("aug", &[0, 4, 8], &[]),
    ("dim", &[0, 3, 6], &[]),
    ("sus4", &[0, 5, 7], &[]),
    ("sus2", &[0, 2, 7], &[]),
    ("7", &[0, 4, 7, 10], &[]),
    ("maj7", &[0, 4, 7, 11], &[]),
    ("min7", &[0, 3, 7, 10], &[]),
    ("minmaj7", &[0, 3, 7, 11], &[]),
    ("maj6", &[0, 4, 7, 9], &[]),
    ("min6", &[0, 3, 7, 9], &[]),
    ("dim7", &[0, 3, 6, 9], &[]),
    ("hdim7", &[0, 3, 6, 10], &[]),
    ("aug7", &[0, 4, 8, 10], &[]),
    ("maj9", &[0, 4, 7, 11], &["9"]),
    ("min9", &[0, 3, 7, 10], &["9"]),
    ("9", &[0, 4, 7, 10], &["9"]),
    ("maj11", &[0, 4, 7, 11], &["9", "11"]),
    ("min11", &[0, 3, 7, 10], &["9", "11"]),
    ("11", &[0, 4, 7, 10], &["9", "11"]),
    ("maj13", &[0, 4, 7, 11], &["9", "11", "13"]),
    ("min13", &[0, 3, 7, 10], &["9", "11", "13"]),
    ("13", &[0, 4, 7, 10], &["9", "11", "13"]),
    ("1", &[0], &[]),
    ("5", &[0, 7], &[]),
];

impl Harmony {
    /// Reads a label; notes above the octave are left out, as scores have it.
    ///
    /// # Errors
    /// When the label is not in the syntax.
    pub fn parse(label: &str) -> Result<Self, LabelError> {
        Self::read(label, false).ok_or_else(|| LabelError(label.chars().take(40).collect()))
    }

    /// The same with the notes above the octave an octave lower, so that C:9 and C:7 differ.
    ///
    /// # Errors
    /// When the label is not in the syntax.
    pub fn parse_folded(label: &str) -> Result<Self, LabelError> {
        Self::read(label, true).ok_or_else(|| LabelError(label.chars().take(40).collect()))
    }

    fn read(label: &str, is_folded: bool) -> Option<Self> {
        match label {
            "N" => return Some(Self::None),
            "X" => return Some(Self::Unknown),
            long if long.len() > LABEL_BYTES_MAX => return None,
            _ => {}
        }
        let (above, bass) = match label.split_once('/') {
            Some((above, bass)) => (above, degree(bass)?),
            None => (label, 0),
        };
        let (root, quality) = match above.split_once(':') {
            Some((root, quality)) if !quality.is_empty() => (root, Some(quality)),
            Some(_) => return None,
            None => (above, None),
        };
        let root = note(root)?;
        let (name, degrees) = match quality.unwrap_or("maj").split_once('(') {
            Some((name, list)) => (name, Some(list.strip_suffix(')')?)),
            None => (quality.unwrap_or("maj"), None),
        };
        let mut counts = [0_i32; 12];
        counts[0] = 1;
        let mut count = |degree: &str, sign: i32| -> Option<()> {
            let semitones = degree_above(degree)?;
            if semitones < 12 || is_folded {
                counts[semitones.rem_euclid(12) as usize] += sign;
            }
            Some(())
        };
        let mut seen: Vec<&str> = Vec::new();
        for degree in degrees.into_iter().flat_map(|list| list.split(',')).map(str::trim) {
            if seen.contains(&degree) {
                continue;
            }
            seen.push(degree);
            match degree.strip_prefix('*') {
                Some(omitted) => count(omitted, -1)?,
                None => count(degree, 1)?,
            }
        }
        if !name.is_empty() {
            let (_, tones, extensions) = QUALITIES.iter().find(|(known, ..)| *known == name)?;
            if is_folded {
                extensions.iter().try_for_each(|extension| count(extension, 1))?;
            }
            for &tone in tones.iter().filter(|&&tone| tone > 0) {
                counts[usize::from(tone)] += 1;
            }
        }
        let bass = bass.rem_euclid(12) as u8;
        counts[usize::from(bass)] = counts[usize::from(bass)].max(1);
        let tones =
            counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(tone, _)| 1 << tone).sum();
        Some(Self::Chord(Chord { root, tones, bass }))
    }
}

impl Chord {
    /// The intervals up to the fifth and its alterations: what the triad is.
    pub(super) const fn triad(self) -> u16 {
        self.tones & 0xff
    }
}

/// The number of a note such as `F#` or `Bbb`; the syntax knows large letters and no signs.
fn note(text: &str) -> Option<u8> {
    let is_of_the_syntax = text.starts_with(|letter: char| letter.is_ascii_uppercase()) && text.is_ascii();
    PitchClass::read(text).filter(|(_, rest)| is_of_the_syntax && rest.is_empty()).map(|(note, _)| note.get())
}

/// Sharps or flats, never both.
fn accidentals(text: &str) -> Option<i32> {
    let count = i32::try_from(text.len()).ok()?;
    match text.as_bytes() {
        [] => Some(0),
        marks if marks.iter().all(|&mark| mark == b'#') => Some(count),
        marks if marks.iter().all(|&mark| mark == b'b') => Some(-count),
        _ => None,
    }
}

fn degree(text: &str) -> Option<i32> {
    degree_above(text).map(|semitones| semitones.rem_euclid(12))
}

/// Semitones above the root of a degree such as `b7` or `13`.
fn degree_above(text: &str) -> Option<i32> {
    const SEMITONES: [i32; 13] = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21];
    let digits = text.trim_start_matches(['b', '#']);
    let number: usize = digits.parse().ok()?;
    let natural = SEMITONES.get(number.checked_sub(1)?)?;
    Some(natural + accidentals(&text[..text.len() - digits.len()])?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chord(label: &str) -> (u8, Vec<u8>, u8) {
        let Ok(Harmony::Chord(chord)) = Harmony::parse(label) else { panic!("{label}") };
        (chord.root, (0..12).filter(|tone| chord.tones >> tone & 1 == 1).collect(), chord.bass)
    }

    #[test]
    fn labels_say_root_tones_and_bass() {
        assert_eq!(chord("C"), (0, vec![0, 4, 7], 0));
        assert_eq!(chord("F#:min7/b3"), (6, vec![0, 3, 7, 10], 3));
        assert_eq!(chord("Bb:maj(9)/5"), (10, vec![0, 4, 7], 7));
        assert_eq!(chord("D:min(*b3)"), (2, vec![0, 7], 0));
        assert_eq!(chord("D:(1,4)"), (2, vec![0, 5], 0));
        assert_eq!(chord("G:sus4(b7)"), (7, vec![0, 5, 7, 10], 0));
        assert_eq!(chord("E/2"), (4, vec![0, 2, 4, 7], 2));
        assert_eq!(Harmony::parse("N"), Ok(Harmony::None));
        assert_eq!(Harmony::parse("X"), Ok(Harmony::Unknown));
    }

    #[test]
    fn folding_keeps_the_ninth() {
        assert_eq!(Harmony::parse("C:9"), Harmony::parse("C:7"));
        assert_ne!(Harmony::parse_folded("C:9"), Harmony::parse_folded("C:7"));
    }

    #[test]
    fn what_is_no_label_is_refused() {
        for label in [
            "",
            "H",
            "c",
            "C:",
            "C:major",
            "Cm",
            "C:maj(",
            "C:maj()",
            "C:maj(99)",
            "C/0",
            "C#b",
            "C:maj/",
            "C//3",
        ] {
            assert!(Harmony::parse(label).is_err(), "{label}");
        }
        let error = Harmony::parse("Cm").unwrap_err().to_string();
        assert!(error.starts_with("\"Cm\" is no chord label"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_stops_the_reader(label in "\\PC*", tail in "[A-G][b#]*:?[a-z0-9]*\\(?[*b#0-9,]*\\)?/?[b#0-9]*") {
            let _ = Harmony::parse(&label);
            let _ = Harmony::parse_folded(&tail);
        }
    }
}
