//! Composed music whose truth is known exactly: beats, bars, keys, chords, melody, form and stems.
//!
//! Songs are written as a band would play them: a form of verses and choruses, progressions and a key that may change,
//! drums with fills and ghost notes, a bass, an accompaniment, a lead and a voice that sings vowels; nobody plays on
//! the grid exactly, nobody plays two notes equally loud, and every song has other instruments.
//! What is not here: words, audience, mastering, and any claim that people would like it.
//!
//! | question | module |
//! |---|---|
//! | which styles are there, and what is usual in each? | [`style`] |
//! | which sections follow each other? | `form` |
//! | which chords, in which key? | `harmony` |
//! | when is a beat? | `clock` |
//! | who plays what? | `drums`, `accompaniment`, `tune`, put together in `arrangement` |
//! | how does it sound? | `synth` |
//! | what is true about it? | [`truth`] |
//!
//! ```
//! use sim::song::{SongStyle, compose_bars};
//!
//! // A whole song is `compose(seed, style)`; an excerpt is enough to look at.
//! let song = compose_bars(7, SongStyle::Waltz, 8);
//! assert_eq!(song.truth.beats_per_bar, 3);
//! assert_eq!(song.truth.beats.iter().filter(|beat| beat.position == 1).count(), 8);
//! ```

mod accompaniment;
mod arrangement;
mod clock;
mod drums;
mod form;
mod harmony;
pub mod style;
mod synth;
pub mod truth;
mod tune;

pub use style::SongStyle;
pub use truth::{SongTruth, TrueBeat, TrueSpan, TrueStroke};

use self::arrangement::arrange;

/// Samples a second.
pub const RATE_HZ: u32 = 44_100;

/// Left and right, full scale being ±1.
pub type Stereo = Vec<[f32; 2]>;

/// A group of instruments that is written by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stem {
    Drums,
    Bass,
    Chords,
    Lead,
    Voice,
}

impl Stem {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Drums, Self::Bass, Self::Chords, Self::Lead, Self::Voice];

    /// How a file with it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drums => "drums",
            Self::Bass => "bass",
            Self::Chords => "chords",
            Self::Lead => "lead",
            Self::Voice => "vocals",
        }
    }
}

/// A song with its parts and what is true about it.
#[derive(Clone, Debug)]
pub struct Composed {
    /// What was written.
    pub truth: SongTruth,
    /// The parts, all equally long, in the order of [`Stem::ALL`]; their sum is the mix.
    pub stems: Vec<(Stem, Stereo)>,
}

impl Composed {
    /// All parts together.
    pub fn mix(&self) -> Stereo {
        let mut mix: Stereo = vec![[0.0; 2]; self.stems.first().map_or(0, |stem| stem.1.len())];
        for (_, stem) in &self.stems {
            for (sum, sample) in mix.iter_mut().zip(stem) {
                sum[0] += sample[0];
                sum[1] += sample[1];
            }
        }
        mix
    }
}

/// Composes and plays a song of two to four minutes; the same seed and style give the same samples.
pub fn compose(seed: u64, style: SongStyle) -> Composed {
    compose_bars(seed, style, usize::MAX)
}

/// The first bars of the same song.
pub fn compose_bars(seed: u64, style: SongStyle, bar_count_max: usize) -> Composed {
    let arrangement = arrange(seed, style, bar_count_max);
    let truth = truth::of(&arrangement);
    Composed { truth, stems: synth::play(&arrangement) }
}

#[cfg(test)]
mod tests;
