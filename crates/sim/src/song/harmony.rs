//! Chords and keys.

use music::key::{Mode, PitchClass};
use rand::{Rng, RngExt as _};

use crate::chance::happens;

/// What a chord is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quality {
    Major,
    Minor,
    Dominant7,
    Major7,
    Minor7,
    HalfDiminished,
    Suspended,
}

impl Quality {
    /// Semitones above the root.
    pub(super) const fn tones(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::HalfDiminished => &[0, 3, 6, 10],
            Self::Suspended => &[0, 5, 7],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Major => "maj",
            Self::Minor => "min",
            Self::Dominant7 => "7",
            Self::Major7 => "maj7",
            Self::Minor7 => "min7",
            Self::HalfDiminished => "hdim7",
            Self::Suspended => "sus4",
        }
    }
}

/// A chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chord {
    /// C = 0.
    pub(super) root: u8,
    pub(super) quality: Quality,
    /// The lowest note as semitones above the root.
    pub(super) bass: u8,
}

impl Chord {
    /// In the syntax of Harte et al. (2005).
    pub(super) fn label(self) -> String {
        let bass = match self.bass {
            3 => "/b3",
            4 => "/3",
            7 => "/5",
            _ => "",
        };
        format!("{}:{}{bass}", PitchClass::above_c(self.root.into()).letters(), self.quality.name())
    }

    /// The notes as numbers from C = 0 on.
    pub(super) fn notes(self) -> impl Iterator<Item = u8> {
        self.quality.tones().iter().map(move |tone| (self.root + tone) % 12)
    }
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SongKey {
    pub(super) tonic: u8,
    pub(super) mode: Mode,
}

impl SongKey {
    /// Semitones above the tonic of the scale that tunes are made of.
    pub(super) const fn scale(self) -> [u8; 7] {
        match self.mode {
            Mode::Major => [0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        }
    }

    pub(super) const fn shifted(self, semitones: u8) -> Self {
        Self { tonic: (self.tonic + semitones) % 12, mode: self.mode }
    }
}

/// A row of degrees, each with its share of a bar in halves.
type Degrees = &'static [(u8, bool, u8)];

/// Semitones above the tonic, whether minor, and half bars.
const MAJOR: [Degrees; 9] = [
    &[(0, false, 2), (7, false, 2), (9, true, 2), (5, false, 2)],
    &[(9, true, 2), (5, false, 2), (0, false, 2), (7, false, 2)],
    &[(0, false, 2), (9, true, 2), (5, false, 2), (7, false, 2)],
    &[(0, false, 4), (5, false, 2), (7, false, 2)],
    &[(0, false, 2), (4, true, 2), (5, false, 2), (7, false, 2)],
    &[(0, false, 2), (5, false, 2), (0, false, 1), (7, false, 1), (0, false, 2)],
    &[(2, true, 2), (7, false, 2), (0, false, 2), (9, true, 2)],
    &[(5, false, 2), (7, false, 2), (4, true, 2), (9, true, 2)],
    &[(0, false, 2), (10, false, 2), (5, false, 2), (0, false, 2)],
];
const MINOR: [Degrees; 7] = [
    &[(0, true, 2), (8, false, 2), (3, false, 2), (10, false, 2)],
    &[(0, true, 2), (10, false, 2), (8, false, 2), (7, false, 2)],
    &[(0, true, 2), (5, true, 2), (10, false, 2), (3, false, 2)],
    &[(0, true, 4), (5, true, 2), (7, false, 2)],
    &[(0, true, 2), (5, true, 2), (8, false, 1), (7, false, 1), (0, true, 2)],
    &[(8, false, 2), (10, false, 2), (0, true, 4)],
    &[(0, true, 2), (10, false, 2), (5, true, 2), (8, false, 2)],
];
/// With sevenths already, as in jazz: semitones above the tonic.
const MAJOR_JAZZ: [&[(u8, Quality, u8)]; 3] = [
    &[
        (2, Quality::Minor7, 2),
        (7, Quality::Dominant7, 2),
        (0, Quality::Major7, 2),
        (9, Quality::Dominant7, 2),
    ],
    &[
        (0, Quality::Major7, 1),
        (9, Quality::Minor7, 1),
        (2, Quality::Minor7, 1),
        (7, Quality::Dominant7, 1),
        (4, Quality::Minor7, 1),
        (9, Quality::Dominant7, 1),
        (2, Quality::Minor7, 1),
        (7, Quality::Dominant7, 1),
    ],
    &[
        (0, Quality::Major7, 2),
        (5, Quality::Dominant7, 2),
        (4, Quality::Minor7, 1),
        (9, Quality::Dominant7, 1),
        (2, Quality::Minor7, 1),
        (7, Quality::Dominant7, 1),
    ],
];
const MINOR_JAZZ: [&[(u8, Quality, u8)]; 2] = [
    &[(2, Quality::HalfDiminished, 2), (7, Quality::Dominant7, 2), (0, Quality::Minor7, 4)],
    &[
        (0, Quality::Minor7, 2),
        (5, Quality::Minor7, 2),
        (2, Quality::HalfDiminished, 1),
        (7, Quality::Dominant7, 1),
        (0, Quality::Minor7, 2),
    ],
];

/// Chords of a loop, each with its length in half bars.
pub(super) type Progression = Vec<(u8, Quality, u8)>;

/// A progression for a section; above half of `sevenths` it may come from jazz.
pub(super) fn progression(mode: Mode, sevenths: f32, rng: &mut impl Rng) -> Progression {
    if sevenths > 0.6 && happens(rng, 0.8) {
        let jazz = match mode {
            Mode::Major => MAJOR_JAZZ[rng.random_range(0..MAJOR_JAZZ.len())],
            Mode::Minor => MINOR_JAZZ[rng.random_range(0..MINOR_JAZZ.len())],
        };
        return jazz.to_vec();
    }
    let degrees = match mode {
        Mode::Major => MAJOR[rng.random_range(0..MAJOR.len())],
        Mode::Minor => MINOR[rng.random_range(0..MINOR.len())],
    };
    let mut chord = |&(degree, is_minor, halves): &(u8, bool, u8)| {
        let quality = match (is_minor, happens(rng, sevenths)) {
            (true, true) => Quality::Minor7,
            (true, false) => Quality::Minor,
            (false, true) if degree == 7 => Quality::Dominant7,
            (false, true) => Quality::Major7,
            (false, false) if degree == 7 && happens(rng, 0.08) => Quality::Suspended,
            (false, false) => Quality::Major,
        };
        (degree, quality, halves)
    };
    degrees.iter().map(&mut chord).collect()
}

/// The notes of a chord near `middle`, moving as little as can be from the notes before.
pub(super) fn voicing(chord: Chord, before: &[u8], middle: u8) -> Vec<u8> {
    let place = |note: u8, target: u8| {
        let below = target - (target + 12 - note) % 12;
        if target - below <= 6 { below } else { below + 12 }
    };
    let mut notes: Vec<u8> = chord
        .notes()
        .map(|note| {
            let near = before.iter().copied().min_by_key(|old| {
                let up = (note + 24 - old % 12) % 12;
                up.min(12 - up)
            });
            // Where the hand has wandered off it comes back.
            let target = near.filter(|near| near.abs_diff(middle) <= 8).unwrap_or(middle);
            place(note, target)
        })
        .collect();
    notes.sort_unstable();
    notes.dedup();
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn progressions_fill_whole_bars_and_touch_the_tonic_or_its_relative() {
        for seed in 0..60 {
            for (mode, sevenths) in
                [(Mode::Major, 0.1), (Mode::Minor, 0.1), (Mode::Major, 0.9), (Mode::Minor, 0.9)]
            {
                let chords = progression(mode, sevenths, &mut stream(seed, Purpose::Song, 2));
                let halves: u8 = chords.iter().map(|chord| chord.2).sum();
                assert!(halves == 8, "{mode:?} {chords:?}");
                assert!(chords.iter().any(|chord| chord.0 == 0 || chord.0 == 9), "{mode:?} {chords:?}");
            }
        }
    }

    #[test]
    fn a_voicing_has_the_notes_of_its_chord_and_stays_in_reach() {
        let mut before = Vec::new();
        for root in (0..12).chain((0..12).rev()) {
            let chord = Chord { root, quality: Quality::Minor7, bass: 0 };
            before = voicing(chord, &before, 60);
            let mut classes: Vec<u8> = before.iter().map(|note| note % 12).collect();
            let mut expected: Vec<u8> = chord.notes().collect();
            classes.sort_unstable();
            expected.sort_unstable();
            assert_eq!(classes, expected);
            assert!(before.iter().all(|note| (44..80).contains(note)), "{before:?}");
        }
    }

    #[test]
    fn labels_are_written_as_annotators_write_them() {
        let chord = |root, quality, bass| Chord { root, quality, bass }.label();
        assert_eq!(chord(9, Quality::Minor7, 0), "A:min7");
        assert_eq!(chord(3, Quality::Major, 4), "Eb:maj/3");
    }
}
