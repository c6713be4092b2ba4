//! Tonality: tuning, pitch classes, chords, key and the leading voice.

pub(crate) mod chord;
pub(crate) mod chroma;
pub(crate) mod key;
pub(crate) mod melody;
pub(crate) mod nnls;
pub(crate) mod pitch_spectrum;
