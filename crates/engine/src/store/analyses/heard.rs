//! What is kept of an analysis, and what of it every request reads.

use music::Sound;
use music::analysis::{Descriptor, TrackAnalysis};

use crate::store::AudioHash;

/// One analysis with what finds the same recording again.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnalysis {
    /// Which sound it is of.
    pub audio: AudioHash,
    /// The whole.
    pub analysis: TrackAnalysis,
    /// The words of the fingerprint; empty where the sound has none.
    pub fingerprint: Vec<u32>,
}

/// What a request reads of an analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The track in a handful of numbers.
    pub sound: Sound,
    /// The point for distances, where the analysis has one.
    pub descriptor: Option<Descriptor>,
}
