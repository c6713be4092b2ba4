//! The short-time Fourier transform.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use crate::resample::ANALYSIS_RATE_HZ;
use crate::sound::Sound;

/// A transform of frames whose middle lies at multiples of the hop; sound before the start and after the end is zero.
pub(crate) struct Stft {
    len: usize,
    hop: usize,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
}

impl Stft {
    /// Frames of `len` samples every `hop` under a Hann window, scaled so that a sine at full scale has magnitude 1.
    pub(crate) fn new(len: usize, hop: usize) -> Self {
        let window: Vec<f32> = (0..len)
            .map(|n| {
                let phase = std::f64::consts::TAU * n as f64 / len as f64;
                (0.5 - 0.5 * phase.cos()) as f32
            })
            .collect();
        let scale = 2.0 / window.iter().sum::<f32>();
        Self {
            len,
            hop,
            fft: RealFftPlanner::new().plan_fft_forward(len),
            window: window.into_iter().map(|w| w * scale).collect(),
        }
    }

    /// How many frames `sound` has.
    pub(crate) fn frame_count(&self, sound: &Sound) -> usize {
        sound.len().div_ceil(self.hop)
    }

    /// Frames a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(ANALYSIS_RATE_HZ) / self.hop as f64
    }

    /// How many magnitudes a frame has.
    pub(crate) fn bin_count(&self) -> usize {
        self.len / 2 + 1
    }

    /// *Unit*: hertz from one magnitude to the next.
    pub(crate) fn bin_hz(&self) -> f32 {
        ANALYSIS_RATE_HZ as f32 / self.len as f32
    }

    /// What reads the frames of `sound`, one after the other.
    pub(crate) fn frames<'a>(&'a self, sound: &'a Sound) -> Frames<'a> {
        Frames {
            stft: self,
            sound,
            plain: Vec::new(),
            samples: vec![0.0; self.len],
            spectrum: self.fft.make_output_vec(),
            scratch: self.fft.make_scratch_vec(),
            magnitudes: vec![0.0; self.bin_count()],
        }
    }
}

/// Reads frames into buffers of its own.
pub(crate) struct Frames<'a> {
    stft: &'a Stft,
    sound: &'a Sound,
    /// What [`Frames::with_samples`] hands out; empty until then.
    plain: Vec<f32>,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    magnitudes: Vec<f32>,
}

impl Frames<'_> {
    /// The samples of frame `index` as they are before the window, and the magnitudes.
    pub(crate) fn with_samples(&mut self, index: usize) -> (&[f32], &[f32]) {
        let range = self.range(index);
        self.plain.resize(self.stft.len, 0.0);
        self.sound.read_into(range, &mut self.plain);
        self.samples.copy_from_slice(&self.plain);
        self.transform();
        (&self.plain, &self.magnitudes)
    }

    /// The magnitudes of frame `index`.
    pub(crate) fn magnitudes(&mut self, index: usize) -> &[f32] {
        let range = self.range(index);
        self.sound.read_into(range, &mut self.samples);
        self.transform();
        &self.magnitudes
    }

    fn range(&self, index: usize) -> std::ops::Range<isize> {
        let start = (index * self.stft.hop) as isize - (self.stft.len / 2) as isize;
        start..start + self.stft.len as isize
    }

    /// From the samples to the magnitudes.
    fn transform(&mut self) {
        for (sample, weight) in self.samples.iter_mut().zip(&self.stft.window) {
            *sample *= weight;
        }
        // The buffers are the library's own, so their sizes fit.
        let done =
            self.stft.fft.process_with_scratch(&mut self.samples, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        for (magnitude, bin) in self.magnitudes.iter_mut().zip(&self.spectrum) {
            *magnitude = bin.norm_sqr().sqrt();
        }
    }
}
