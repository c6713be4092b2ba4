//! From samples to spectra: what every part of the analysis begins with.

mod filterbank;
mod stft;

pub(crate) use filterbank::Filterbank;
pub(crate) use stft::Stft;
