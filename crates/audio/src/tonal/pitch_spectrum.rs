//! The spectrum over pitch instead of frequency, three steps a semitone, brought to concert pitch.
//!
//! *Source*: Mauch, Dixon, "Approximate Note Transcription for the Improved Identification of Difficult Chords", 2010,
//! sections 2.1 and 2.2.

use crate::sound::Sound;
use crate::spectrum::Stft;

/// Steps a semitone.
pub(crate) const STEPS: usize = 3;
/// The lowest note, C1, as its MIDI number.
pub(crate) const LOWEST_NOTE: usize = 24;
/// Semitones from the lowest note up: seven octaves.
pub(crate) const NOTE_COUNT: usize = 84;
/// Values a frame.
pub(crate) const BIN_COUNT: usize = NOTE_COUNT * STEPS;

const FRAME_LEN: usize = 8_192;
const HOP: usize = 1_024;
/// Half the span of the local mean that a partial must stand above: one octave.
const BACKGROUND_SPAN: usize = 6 * STEPS;

/// A spectrum over pitch.
#[derive(Clone, Debug)]
pub(crate) struct PitchSpectrum {
    /// Frames a second.
    pub(crate) rate: f64,
    /// How far the music is from A = 440 Hz.
    ///
    /// *Range*: −50 to 50 cents.
    pub(crate) tuning_cents: f32,
    /// *Shape*: `[frames, BIN_COUNT]`; the middle step of each semitone is at concert pitch.
    pub(crate) bins: Vec<f32>,
}

impl PitchSpectrum {
    /// The spectrum of `sound`.
    pub(crate) fn of(sound: &Sound) -> Self {
        let stft = Stft::new(FRAME_LEN, HOP);
        let map = PitchMap::new(stft.bin_hz());
        let frame_count = stft.frame_count(sound);
        let mut bins = vec![0.0; frame_count * BIN_COUNT];
        let mut frames = stft.frames(sound);
        for (index, row) in bins.chunks_exact_mut(BIN_COUNT).enumerate() {
            map.apply(frames.magnitudes(index), row);
        }
        let tuning = tuning_steps(&bins);
        let mut shifted = vec![0.0; BIN_COUNT];
        for row in bins.chunks_exact_mut(BIN_COUNT) {
            shift(row, tuning, &mut shifted);
            whiten(&shifted, row);
        }
        Self { rate: stft.rate(), tuning_cents: tuning * 100.0 / STEPS as f32, bins }
    }

    /// How many frames there are.
    pub(crate) fn frame_count(&self) -> usize {
        self.bins.len() / BIN_COUNT
    }

    /// The mean of the frames from `from` to `to`, in seconds; at least one frame is taken.
    pub(crate) fn mean_between(&self, from: f64, to: f64, mean: &mut [f32]) {
        mean.fill(0.0);
        let count = self.frame_count();
        if count == 0 {
            return;
        }
        let first = ((from * self.rate).round() as usize).min(count - 1);
        let last = ((to * self.rate).round() as usize).clamp(first + 1, count);
        for row in self.bins[first * BIN_COUNT..last * BIN_COUNT].chunks_exact(BIN_COUNT) {
            mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value);
        }
        let scale = 1.0 / (last - first) as f32;
        mean.iter_mut().for_each(|mean| *mean *= scale);
    }
}

impl PitchSpectrum {
    /// The pitch classes between two moments in seconds, C first: what the steps of each semitone sum to.
    pub(crate) fn classes_between(&self, from: f64, to: f64) -> [f32; 12] {
        let mut mean = [0.0; BIN_COUNT];
        self.mean_between(from, to, &mut mean);
        let mut classes = [0.0; 12];
        for (note, steps) in mean.chunks_exact(STEPS).enumerate() {
            classes[(LOWEST_NOTE + note) % 12] += steps.iter().sum::<f32>();
        }
        classes
    }
}

/// From bins of a transform to steps of pitch.
struct PitchMap {
    /// Of each step: the first bin, and the weights from there on.
    steps: Vec<(usize, Vec<f32>)>,
}

impl PitchMap {
    fn new(bin_hz: f32) -> Self {
        let hertz = |step: f32| {
            440.0 * 2.0_f32.powf((LOWEST_NOTE as f32 + (step - 1.0) / STEPS as f32 - 69.0) / 12.0)
        };
        let steps = (0..BIN_COUNT).map(|step| {
            let centre = hertz(step as f32) / bin_hz;
            // Low steps lie closer than bins: there a step reaches over one bin to both sides.
            let below = (centre - hertz(step as f32 - 1.0) / bin_hz).max(1.0);
            let above = (hertz(step as f32 + 1.0) / bin_hz - centre).max(1.0);
            let first = (centre - below).ceil() as usize;
            let last = (centre + above).floor() as usize;
            let weights: Vec<f32> = (first..=last)
                .map(|bin| {
                    let distance = bin as f32 - centre;
                    let reach = if distance < 0.0 { below } else { above };
                    0.5 + 0.5 * (std::f32::consts::PI * distance / reach).cos()
                })
                .collect();
            let total: f32 = weights.iter().sum();
            (first, weights.into_iter().map(|weight| weight / total.max(1.0)).collect())
        });
        Self { steps: steps.collect() }
    }

    fn apply(&self, magnitudes: &[f32], row: &mut [f32]) {
        for ((first, weights), slot) in self.steps.iter().zip(row) {
            *slot = weights.iter().zip(&magnitudes[*first..]).map(|(weight, bin)| weight * bin).sum();
        }
    }
}

/// How many steps the music lies above concert pitch, −1.5 to 1.5: the phase of the pattern that repeats each semitone.
fn tuning_steps(bins: &[f32]) -> f32 {
    let mut sums = [0.0_f64; STEPS];
    for row in bins.chunks_exact(BIN_COUNT) {
        for (index, value) in row.iter().enumerate() {
            sums[index % STEPS] += f64::from(*value);
        }
    }
    let (mut re, mut im) = (0.0, 0.0);
    for (index, sum) in sums.iter().enumerate() {
        // The middle step of a semitone is concert pitch.
        let phase = std::f64::consts::TAU * (index as f64 - 1.0) / STEPS as f64;
        re += sum * phase.cos();
        im += sum * phase.sin();
    }
    (im.atan2(re) / std::f64::consts::TAU * STEPS as f64) as f32
}

/// Reads `row` at places `steps` higher.
fn shift(row: &[f32], steps: f32, shifted: &mut [f32]) {
    let whole = steps.floor();
    let part = steps - whole;
    let at = |index: isize| row.get(index.max(0) as usize).copied().unwrap_or(0.0);
    for (index, slot) in shifted.iter_mut().enumerate() {
        let place = index as isize + whole as isize;
        *slot = (1.0 - part) * at(place) + part * at(place + 1);
    }
}

/// Takes off the local mean and divides by the local deviation, so that each register counts alike.
fn whiten(row: &[f32], whitened: &mut [f32]) {
    let (mut sum, mut square) = (0.0_f64, 0.0_f64);
    let mut count = 0.0_f64;
    let value = |index: usize| f64::from(row[index]);
    for index in 0..BACKGROUND_SPAN.min(row.len()) {
        sum += value(index);
        square += value(index) * value(index);
        count += 1.0;
    }
    for (index, slot) in whitened.iter_mut().enumerate() {
        if index + BACKGROUND_SPAN < row.len() {
            let entering = value(index + BACKGROUND_SPAN);
            sum += entering;
            square += entering * entering;
            count += 1.0;
        }
        if index > BACKGROUND_SPAN {
            let leaving = value(index - BACKGROUND_SPAN - 1);
            sum -= leaving;
            square -= leaving * leaving;
            count -= 1.0;
        }
        let mean = sum / count;
        let deviation = (square / count - mean * mean).max(0.0).sqrt();
        let above = (value(index) - mean).max(0.0);
        *slot = if deviation > 1e-9 { (above / deviation.powf(WHITENING)) as f32 } else { 0.0 };
    }
}

/// How far registers are made equal; 1 is wholly. *Source*: as above, section 2.2.
const WHITENING: f64 = 0.7;
