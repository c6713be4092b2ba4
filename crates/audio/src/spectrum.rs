//! From samples to spectra: what every part of the analysis begins with.

mod filterbank;
mod mel;
mod stft;

pub(crate) use filterbank::Filterbank;
pub use mel::{MelSettings, mel_spectrogram};
pub(crate) use stft::Stft;
