//! What the report stands on beside the analysis itself, so that it says no more than was heard.

use music::analysis::TrackAnalysis;

use super::{SAID, SURE};
use crate::feature::Measures;
use crate::findings::Findings;
use crate::rhythm::Division;
use crate::tonal::{self, Lift};

/// The least length of sound, in seconds, of which a pulse, a key or speech is told at all.
const SHORTEST_SECONDS: f64 = 5.0;

/// What a report is written from beside the analysis.
#[derive(Clone, Debug)]
pub(crate) struct Grounds {
    pub(crate) measures: Measures,
    pub(crate) division: Division,
    pub(crate) lift: Option<Lift>,
}

impl Grounds {
    /// The grounds of what was found in a sound with these measures.
    pub(crate) fn of(found: &Findings, measures: Measures) -> Self {
        let moments = found.stretches.iter().map(|stretch| found.span(stretch).0);
        Self { measures, division: found.division, lift: tonal::lift(&found.harmony, moments) }
    }
}

/// What of a track is sure enough for all that is built on it to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    /// Beats that are followed and their tempo.
    pub(super) pulse: bool,
    /// The same, surely enough for what lies within and above a beat.
    pub(super) firm_pulse: bool,
    pub(super) key: bool,
    pub(super) speech: bool,
}

impl Heard {
    pub(super) fn of(analysis: &TrackAnalysis, grounds: &Grounds) -> Self {
        let track = &analysis.track;
        let is_long = analysis.duration.0 >= SHORTEST_SECONDS;
        let is_followed = is_long && analysis.beats.len() >= 8;
        let firm_pulse = is_followed && track.tempo_confidence >= SURE;
        let key = is_long && track.key_confidence >= SAID;
        // Speech has a pulse that can be followed for a while, though not surely.
        let like_speech = is_long
            && !firm_pulse
            && !key
            && track.speechiness > 0.66
            && track.speechiness_confidence >= SAID;
        // What has few pitches and holds them is played or sung, whatever else it has in common with speech.
        let speech = like_speech && grounds.measures.chroma_entropy > SPOKEN_ENTROPY;
        let pulse = is_followed && !like_speech && track.tempo_confidence >= SAID;
        Self { pulse, firm_pulse, key, speech }
    }

    /// Whether it is music for all we can tell.
    pub(super) const fn music(self) -> bool {
        self.pulse || self.key
    }
}

/// The spread of pitch classes above which they may be those of speech; set between three readers of LibriSpeech and a
/// trumpet that is played alone.
const SPOKEN_ENTROPY: f32 = 0.92;
