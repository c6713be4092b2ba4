//! Sound at any rate becomes one channel at another.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use crate::decode::Block;
use crate::error::AudioError;

/// The rate of analysis: that of the Echo Nest's analyser, half of a compact disc's.
pub const ANALYSIS_RATE_HZ: u32 = 22_050;

/// Samples of input that are taken at a time.
const CHUNK: usize = 4_096;

/// Folds blocks to one channel and brings them to another rate, without delay.
pub struct Resampler {
    /// None where the rate is the right one already.
    fft: Option<Fft<f32>>,
    pending: Vec<f32>,
    output: Vec<f32>,
    /// Output samples that are still to be dropped, being the filter's delay.
    delay: usize,
    input_count: u64,
    output_count: u64,
    ratio: f64,
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resampler").field("ratio", &self.ratio).finish_non_exhaustive()
    }
}

impl Resampler {
    /// A resampler between two rates.
    ///
    /// # Errors
    /// [`AudioError::Shape`] for rates that the library cannot convert.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, AudioError> {
        let shape = |_| AudioError::Shape { what: "a sampling rate", value: u64::from(from_hz) };
        let fft = if from_hz == to_hz {
            None
        } else {
            let (from, to) = (from_hz as usize, to_hz as usize);
            Some(Fft::new_custom(from, to, CHUNK, 4, 1, WINDOW, FixedSync::Input).map_err(shape)?)
        };
        let (delay, capacity) =
            fft.as_ref().map_or((0, 0), |fft| (fft.output_delay(), fft.output_frames_max()));
        Ok(Self {
            fft,
            pending: Vec::with_capacity(2 * CHUNK),
            output: vec![0.0; capacity],
            delay,
            input_count: 0,
            output_count: 0,
            ratio: f64::from(to_hz) / f64::from(from_hz),
        })
    }

    /// Adds what `block` becomes to `mono`.
    pub fn push(&mut self, block: &Block, mono: &mut Vec<f32>) {
        let start = self.pending.len();
        match block.channel_count {
            2 => self.pending.extend(block.samples.chunks_exact(2).map(|pair| 0.5 * (pair[0] + pair[1]))),
            _ => self.pending.extend_from_slice(&block.samples),
        }
        self.input_count += (self.pending.len() - start) as u64;
        if self.fft.is_none() {
            mono.append(&mut self.pending);
            return;
        }
        let mut used = 0;
        while self.pending.len() - used >= CHUNK {
            self.convert(used, CHUNK, mono);
            used += CHUNK;
        }
        self.pending.drain(..used);
    }

    /// Adds what is still in the filter.
    pub fn finish(&mut self, mono: &mut Vec<f32>) {
        if self.fft.is_none() {
            return;
        }
        let expected = (self.input_count as f64 * self.ratio).ceil() as u64;
        let remaining = self.pending.len();
        self.convert(0, remaining, mono);
        self.pending.clear();
        while self.output_count < expected {
            self.convert(0, 0, mono);
        }
        mono.truncate(mono.len().saturating_sub((self.output_count - expected) as usize));
    }

    fn convert(&mut self, start: usize, count: usize, mono: &mut Vec<f32>) {
        let Some(fft) = &mut self.fft else { return };
        let input = &self.pending[start..start + count];
        let capacity = self.output.len();
        let indexing = Indexing::new().partial_len(count);
        let partial = (count < CHUNK).then_some(&indexing);
        let (Ok(from), Ok(mut to)) =
            (SequentialSlice::new(input, 1, count), SequentialSlice::new_mut(&mut self.output, 1, capacity))
        else {
            return;
        };
        // The sizes are the library's own, so it has nothing to refuse.
        let Ok((_, made)) = fft.process_into_buffer(&from, &mut to, partial) else { return };
        let dropped = self.delay.min(made);
        self.delay -= dropped;
        mono.extend_from_slice(&self.output[dropped..made]);
        self.output_count += (made - dropped) as u64;
    }
}

const WINDOW: rubato::WindowFunction = rubato::WindowFunction::BlackmanHarris2;

#[cfg(test)]
mod tests {
    use super::*;

    fn resample(rate_hz: u32, samples: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(rate_hz, ANALYSIS_RATE_HZ).unwrap();
        let mut mono = Vec::new();
        for chunk in samples.chunks(1_152) {
            resampler.push(&Block { channel_count: 1, samples: chunk.to_vec() }, &mut mono);
        }
        resampler.finish(&mut mono);
        mono
    }

    #[test]
    fn a_click_stays_where_it_is_at_every_rate() {
        for rate_hz in [8_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
            let mut samples = vec![0.0; 2 * rate_hz as usize];
            samples[rate_hz as usize] = 1.0;
            let mono = resample(rate_hz, &samples);
            assert_eq!(mono.len(), 2 * ANALYSIS_RATE_HZ as usize, "{rate_hz}");
            let peak = (0..mono.len()).max_by(|&a, &b| mono[a].total_cmp(&mono[b])).unwrap();
            assert!(peak.abs_diff(ANALYSIS_RATE_HZ as usize) <= 1, "{rate_hz}: {peak}");
        }
    }

    #[test]
    fn two_channels_become_their_mean() {
        let mut resampler = Resampler::new(ANALYSIS_RATE_HZ, ANALYSIS_RATE_HZ).unwrap();
        let mut mono = Vec::new();
        resampler.push(&Block { channel_count: 2, samples: vec![1.0, 0.0, -1.0, 0.5] }, &mut mono);
        assert_eq!(mono, [0.5, -0.25]);
    }
}
