//! The styles a song can have, and what is usual in each.
//!
//! Numbers and patterns were set by ear and not measured on recordings.

use crate::style::Style;

/// A style of song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SongStyle {
    Pop,
    Rock,
    Folk,
    House,
    DrumAndBass,
    HipHop,
    Reggae,
    Bossa,
    Swing,
    Waltz,
    Ballad,
}

impl SongStyle {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Pop,
        Self::Rock,
        Self::Folk,
        Self::House,
        Self::DrumAndBass,
        Self::HipHop,
        Self::Reggae,
        Self::Bossa,
        Self::Swing,
        Self::Waltz,
        Self::Ballad,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pop => "pop",
            Self::Rock => "rock",
            Self::Folk => "folk",
            Self::House => "house",
            Self::DrumAndBass => "drum and bass",
            Self::HipHop => "hip-hop",
            Self::Reggae => "reggae",
            Self::Bossa => "bossa nova",
            Self::Swing => "swing",
            Self::Waltz => "waltz",
            Self::Ballad => "ballad",
        }
    }

    /// The style in which a track of one of the world's invented genres is composed.
    ///
    /// The genre's own root decides, for example `dusk folk` is folk; where a root has several, its tempo does.
    pub fn near(style: &Style) -> Self {
        let root = style.name.rsplit(' ').next().unwrap_or_default();
        match root {
            "folk" => Self::Folk,
            "rock" | "metal" => Self::Rock,
            "electronic" if style.tempo_bpm > 130.0 => Self::DrumAndBass,
            "electronic" => Self::House,
            "hip-hop" => Self::HipHop,
            "jazz" => Self::Swing,
            "soul" => Self::Reggae,
            "ambient" => Self::Ballad,
            "orchestral" => Self::Waltz,
            "latin" => Self::Bossa,
            _ => Self::Pop,
        }
    }

    pub(super) const fn habits(self) -> &'static Habits {
        match self {
            Self::Pop => &POP,
            Self::Rock => &ROCK,
            Self::Folk => &FOLK,
            Self::House => &HOUSE,
            Self::DrumAndBass => &DRUM_AND_BASS,
            Self::HipHop => &HIP_HOP,
            Self::Reggae => &REGGAE,
            Self::Bossa => &BOSSA,
            Self::Swing => &SWING,
            Self::Waltz => &WALTZ,
            Self::Ballad => &BALLAD,
        }
    }
}

/// What is usual in a style.
///
/// Patterns are one bar, a letter for each step: `X` strong, `x` usual, `o` soft, `.` nothing; in those of the bass a
/// figure names the interval, in those of the chords `a` plays the next note of the broken chord.
#[derive(Debug)]
pub(super) struct Habits {
    /// In BPM, the slowest and the fastest.
    pub(super) tempo: [f32; 2],
    pub(super) beats_per_bar: usize,
    /// Steps to a beat.
    pub(super) division: usize,
    /// Where the second of two halves falls, as a share of both: half and above.
    pub(super) swing: [f32; 2],
    /// Which halves: those of a beat, or those of half a beat.
    pub(super) swings_beats: bool,
    /// How uneven the players' tempo is, as a share, and how far a note is off, in seconds.
    pub(super) drift: f32,
    pub(super) looseness: f32,
    /// How often a song is in minor.
    pub(super) minor: f32,
    /// How often triads become chords with a seventh.
    pub(super) sevenths: f32,
    pub(super) form: FormKind,
    /// Quiet and full.
    pub(super) kick: [&'static str; 2],
    pub(super) snare: [&'static str; 2],
    pub(super) hat: [&'static str; 2],
    pub(super) bass: [&'static str; 2],
    pub(super) chords: [&'static str; 2],
    pub(super) kit: Kit,
    pub(super) accompaniment: &'static [Instrument],
    pub(super) lead: &'static [Instrument],
}

/// Which family of forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormKind {
    /// Verses and choruses.
    Song,
    /// The same in longer sections, for short bars.
    LongSong,
    /// Builds and breaks.
    Dance,
    /// A theme, solos, the theme.
    Jazz,
}

/// How the drums sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kit {
    Acoustic,
    Electronic,
    Brushes,
    /// A shaker and a stick, no kick to speak of.
    Hand,
}

/// Who plays chords or the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instrument {
    Piano,
    ElectricPiano,
    Organ,
    AcousticGuitar,
    CleanGuitar,
    DistortedGuitar,
    Pad,
    Strings,
    Flute,
    Saxophone,
    Synthesiser,
}

use Instrument::{
    AcousticGuitar, CleanGuitar, DistortedGuitar, ElectricPiano, Flute, Organ, Pad, Piano, Saxophone,
    Strings, Synthesiser,
};

const POP: Habits = Habits {
    tempo: [92.0, 128.0],
    beats_per_bar: 4,
    division: 4,
    swing: [0.5, 0.52],
    swings_beats: false,
    drift: 0.002,
    looseness: 0.004,
    minor: 0.35,
    sevenths: 0.1,
    form: FormKind::Song,
    kick: ["X.......x.......", "X.....x.X.x....."],
    snare: ["....X.......X...", "....X.......X..o"],
    hat: ["x.o.x.o.x.o.x.o.", "xoxoxoxoxoxoxoxo"],
    bass: ["1.......1.....5.", "1..1..1.1..1..5."],
    chords: ["X.......x.......", "X..x..x.X..x..x."],
    kit: Kit::Electronic,
    accompaniment: &[Piano, ElectricPiano, Pad, CleanGuitar],
    lead: &[Synthesiser, Flute],
};

const ROCK: Habits = Habits {
    tempo: [100.0, 156.0],
    drift: 0.006,
    looseness: 0.008,
    minor: 0.4,
    sevenths: 0.03,
    kick: ["X.....x.x.......", "X.....x.X.x....."],
    snare: ["....X.......X...", "....X..o.o..X..."],
    hat: ["X.x.X.x.X.x.X.x.", "X.x.X.x.X.x.X.x."],
    bass: ["1.1.1.1.1.1.1.1.", "1.1.1.1.1.1.5.1."],
    chords: ["X..x..x.x.x.x...", "X.x.x.x.X.x.x.x."],
    kit: Kit::Acoustic,
    accompaniment: &[DistortedGuitar, CleanGuitar, Organ],
    lead: &[DistortedGuitar, Synthesiser],
    ..POP
};

const FOLK: Habits = Habits {
    tempo: [84.0, 124.0],
    drift: 0.009,
    looseness: 0.01,
    minor: 0.35,
    sevenths: 0.08,
    kick: ["................", "x.......x......."],
    snare: ["................", "....o.......o..."],
    hat: ["................", "o.x.o.x.o.x.o.x."],
    bass: ["1.......5.......", "1.......5.....1."],
    chords: ["Xa.aa.a.aa.aa.a.", "X..xx.x.x..xx.x."],
    kit: Kit::Hand,
    accompaniment: &[AcousticGuitar],
    lead: &[Flute, AcousticGuitar],
    ..POP
};

const HOUSE: Habits = Habits {
    tempo: [118.0, 130.0],
    swing: [0.5, 0.56],
    drift: 0.0,
    looseness: 0.0015,
    minor: 0.7,
    sevenths: 0.5,
    form: FormKind::Dance,
    kick: ["X...X...X...X...", "X...X...X...X..."],
    snare: ["................", "....X.......X..."],
    hat: ["..x...x...x...x.", "o.X.o.Xoo.X.o.Xo"],
    bass: ["..1...1...1...1.", "..1..1..1.1..18."],
    chords: ["X...............", "x..x..x...x..x.."],
    accompaniment: &[Pad, ElectricPiano, Organ, Synthesiser],
    lead: &[Synthesiser],
    ..POP
};

const DRUM_AND_BASS: Habits = Habits {
    tempo: [168.0, 178.0],
    drift: 0.0,
    looseness: 0.002,
    minor: 0.8,
    sevenths: 0.3,
    form: FormKind::Dance,
    kick: ["X.........X.....", "X.........X....."],
    snare: ["....X.......X...", "....X..o.o..X..o"],
    hat: ["x.x.x.x.x.x.x.x.", "xoxxxoxoxoxxxoxo"],
    bass: ["1...............", "1.....1...1..5.."],
    chords: ["X...............", "X.........x....."],
    accompaniment: &[Pad, Strings, ElectricPiano],
    lead: &[Synthesiser, Flute],
    ..POP
};

const HIP_HOP: Habits = Habits {
    tempo: [80.0, 100.0],
    swing: [0.54, 0.62],
    drift: 0.001,
    looseness: 0.006,
    minor: 0.7,
    sevenths: 0.5,
    kick: ["X.......x.x.....", "X..x..x...X....."],
    snare: ["....X.......X...", "....X.......X..o"],
    hat: ["x.x.x.x.x.x.x.x.", "x.xox.xxxoxox.xo"],
    bass: ["1.........1.....", "1..1......8..5.."],
    chords: ["X.......x.......", "X......x..x....."],
    accompaniment: &[ElectricPiano, Piano, Strings],
    lead: &[Flute, Synthesiser, Saxophone],
    ..POP
};

const REGGAE: Habits = Habits {
    tempo: [66.0, 84.0],
    swing: [0.5, 0.58],
    drift: 0.004,
    looseness: 0.008,
    minor: 0.45,
    sevenths: 0.15,
    kick: ["........X.......", "........X......."],
    snare: ["........x.......", "........X..o...."],
    hat: ["x.x.x.x.x.x.x.x.", "xox.xox.xox.xoxo"],
    bass: ["1.....5.1...3.5.", "..1.1...5.3.1..."],
    chords: ["..X...X...X...X.", "..Xx..Xx..Xx..Xx"],
    kit: Kit::Acoustic,
    accompaniment: &[Organ, CleanGuitar],
    lead: &[Saxophone, Organ],
    ..POP
};

const BOSSA: Habits = Habits {
    tempo: [112.0, 146.0],
    division: 2,
    swing: [0.5, 0.54],
    swings_beats: true,
    drift: 0.004,
    looseness: 0.008,
    minor: 0.4,
    sevenths: 0.8,
    form: FormKind::LongSong,
    kick: ["x..xx..x", "X..oX..o"],
    snare: ["x..x..x.", "x..x..x."],
    hat: ["oooooooo", "xoxoxoxo"],
    bass: ["1..55..1", "1..55..1"],
    chords: ["X.x..x.x", "X.x..x.x"],
    kit: Kit::Hand,
    accompaniment: &[AcousticGuitar, Piano],
    lead: &[Flute, Saxophone],
    ..POP
};

const SWING: Habits = Habits {
    tempo: [112.0, 192.0],
    division: 2,
    swing: [0.6, 0.67],
    swings_beats: true,
    drift: 0.006,
    looseness: 0.009,
    minor: 0.4,
    sevenths: 0.9,
    form: FormKind::Jazz,
    kick: ["o.o.o.o.", "x.o.o.o."],
    snare: [".......o", "...o...x"],
    hat: ["x.xxx.xx", "X.xxX.xx"],
    bass: ["w.w.w.w.", "w.w.w.w."],
    chords: ["X..x....", ".x.X..x."],
    kit: Kit::Brushes,
    accompaniment: &[Piano, CleanGuitar],
    lead: &[Saxophone, Piano, Flute],
    ..POP
};

const WALTZ: Habits = Habits {
    tempo: [96.0, 168.0],
    beats_per_bar: 3,
    division: 2,
    drift: 0.01,
    looseness: 0.01,
    minor: 0.45,
    sevenths: 0.15,
    form: FormKind::LongSong,
    kick: ["x.....", "X....."],
    snare: ["..o.o.", "..x.xo"],
    hat: ["x.o.o.", "x.xox."],
    bass: ["1.....", "1...5."],
    chords: ["..X.x.", "..X.xx"],
    kit: Kit::Brushes,
    accompaniment: &[Piano, Strings, AcousticGuitar],
    lead: &[Flute, Strings, Saxophone],
    ..POP
};

const BALLAD: Habits = Habits {
    tempo: [50.0, 68.0],
    beats_per_bar: 2,
    division: 3,
    drift: 0.008,
    looseness: 0.009,
    minor: 0.3,
    sevenths: 0.1,
    kick: ["X.....", "X....x"],
    snare: ["...X..", "...X.."],
    hat: ["xooxoo", "XxxXxx"],
    bass: ["1.....", "1..1.5"],
    chords: ["Xaaaaa", "X.xX.x"],
    kit: Kit::Acoustic,
    accompaniment: &[Piano, Organ, CleanGuitar],
    lead: &[DistortedGuitar, Saxophone],
    ..POP
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::styles;

    #[test]
    fn patterns_fill_their_bar_and_are_written_in_known_letters() {
        for style in SongStyle::ALL {
            let habits = style.habits();
            let steps = habits.beats_per_bar * habits.division;
            let drums = [habits.kick, habits.snare, habits.hat].concat();
            for (patterns, letters) in
                [(drums, "Xxo."), (habits.bass.to_vec(), "1358w."), (habits.chords.to_vec(), "Xxa.")]
            {
                for pattern in patterns {
                    assert_eq!(pattern.len(), steps, "{}: {pattern}", style.name());
                    assert!(
                        pattern.chars().all(|letter| letters.contains(letter)),
                        "{}: {pattern}",
                        style.name()
                    );
                }
            }
            assert!(habits.tempo[0] < habits.tempo[1] && habits.swing[0] <= habits.swing[1]);
        }
    }

    #[test]
    fn every_genre_of_a_world_has_a_style() {
        let styles = styles(1);
        let near =
            |name: &str| SongStyle::near(styles.iter().find(|style| style.name.ends_with(name)).unwrap());
        assert_eq!(near("folk"), SongStyle::Folk);
        assert_eq!(near("jazz"), SongStyle::Swing);
        assert_eq!(near("hip-hop"), SongStyle::HipHop);
    }
}
