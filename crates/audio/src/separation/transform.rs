//! From samples to spectra and back, so that spectra that nothing is taken from give the samples again.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// A frame begins every fourth part of its length.
const OVERLAP: usize = 4;
/// What four overlapping squares of a Hann window add up to.
const SQUARES: f32 = 1.5;

/// A short-time transform at the rate of the file, with its inverse.
pub(super) struct Transform {
    /// Samples of a frame.
    pub(super) len: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Transform {
    /// Frames of `len` samples, divisible by four, under a Hann window.
    pub(super) fn new(len: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let window = (0..len).map(|n| {
            let phase = std::f64::consts::TAU * n as f64 / len as f64;
            (0.5 - 0.5 * phase.cos()) as f32
        });
        Self {
            len,
            window: window.collect(),
            frame: vec![0.0; len],
            bins: forward.make_output_vec(),
            scratch: vec![Complex32::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            forward,
            inverse,
        }
    }

    /// Samples from one frame to the next.
    pub(super) const fn hop(&self) -> usize {
        self.len / OVERLAP
    }

    /// How many bins a frame has.
    pub(super) const fn bin_count(&self) -> usize {
        self.len / 2 + 1
    }

    /// How many whole frames `sample_count` samples have.
    pub(super) const fn frame_count(&self, sample_count: usize) -> usize {
        if sample_count < self.len { 0 } else { (sample_count - self.len) / self.hop() + 1 }
    }

    /// The spectra of `plane`, one after the other; a sine at full scale has magnitude 1.
    pub(super) fn spectra(&mut self, plane: &[f32], spectra: &mut Vec<Complex32>) {
        spectra.clear();
        let scale = OVERLAP as f32 / self.len as f32;
        for index in 0..self.frame_count(plane.len()) {
            let samples = &plane[index * self.hop()..][..self.len];
            for ((slot, sample), weight) in self.frame.iter_mut().zip(samples).zip(&self.window) {
                *slot = sample * weight * scale;
            }
            // The buffers are the library's own, so their sizes fit.
            let done = self.forward.process_with_scratch(&mut self.frame, &mut self.bins, &mut self.scratch);
            debug_assert!(done.is_ok());
            spectra.extend_from_slice(&self.bins);
        }
    }

    /// The samples of `spectra`, each value of which counts as much as `mask` says.
    ///
    /// *Shape*: spectra and mask `[frames, bins]`; the first and last frame's length of `plane` is not whole.
    pub(super) fn samples(&mut self, spectra: &[Complex32], mask: &[f32], plane: &mut [f32]) {
        plane.fill(0.0);
        let scale = 1.0 / (SQUARES * OVERLAP as f32);
        let frames = spectra.chunks_exact(self.bin_count()).zip(mask.chunks_exact(self.bin_count()));
        for (index, (spectrum, mask)) in frames.enumerate() {
            for ((slot, bin), weight) in self.bins.iter_mut().zip(spectrum).zip(mask) {
                *slot = bin * weight;
            }
            // These two are real by symmetry; the library insists on it.
            self.bins[0].im = 0.0;
            self.bins[self.len / 2].im = 0.0;
            let done = self.inverse.process_with_scratch(&mut self.bins, &mut self.frame, &mut self.scratch);
            debug_assert!(done.is_ok());
            let samples = &mut plane[index * self.len / OVERLAP..];
            for ((slot, sample), weight) in samples.iter_mut().zip(&self.frame).zip(&self.window) {
                *slot += sample * weight * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_is_taken_from_comes_back() {
        let mut transform = Transform::new(64);
        let plane: Vec<f32> = (0..640).map(|n| ((n * n) as f32 * 0.37).sin()).collect();
        let mut spectra = Vec::new();
        transform.spectra(&plane, &mut spectra);
        assert_eq!(spectra.len(), transform.frame_count(plane.len()) * transform.bin_count());
        let mut back = vec![1.0; plane.len()];
        transform.samples(&spectra, &vec![1.0; spectra.len()], &mut back);
        for index in 64..576 {
            assert!((plane[index] - back[index]).abs() < 1e-5, "{index}");
        }
    }

    #[test]
    fn a_sine_at_full_scale_has_magnitude_one() {
        let mut transform = Transform::new(256);
        let plane: Vec<f32> = (0..256).map(|n| (std::f32::consts::TAU * n as f32 / 16.0).sin()).collect();
        let mut spectra = Vec::new();
        transform.spectra(&plane, &mut spectra);
        assert!((spectra[16].norm() - 1.0).abs() < 1e-4);
    }
}
