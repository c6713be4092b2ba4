//! Sound becomes a `TrackAnalysis`.

mod decode;
mod error;
mod resample;
mod rhythm;
mod sound;
mod spectrum;

pub use decode::{Block, Decoder, source_of};
pub use error::AudioError;
pub use resample::{ANALYSIS_RATE_HZ, Resampler};
pub use sound::{Loudness, Sound};

/// dev
pub fn dev_beats(sound: &Sound) -> Vec<f64> {
    let curves = rhythm::onset::OnsetCurves::of(sound);
    let activation = rhythm::activation::beat_activation(&curves);
    let path = rhythm::beat::track(&activation, curves.rate, &rhythm::beat::BeatModel::default());
    path.frames.iter().map(|&f| f as f64 / curves.rate).collect()
}
