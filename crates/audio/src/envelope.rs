//! The level of the sound over time, fine enough for the ear.

use crate::resample::ANALYSIS_RATE_HZ;
use crate::sound::Sound;

/// Samples of a step: that of the onsets, so that both share their frames.
pub(crate) const STEP: usize = 220;
/// The level that stands for nothing at all.
const FLOOR_DB: f32 = -90.0;

/// The level of each step at the reference loudness.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    /// Steps a second.
    pub(crate) rate: f64,
    /// *Unit*: dB below full scale.
    pub(crate) level_db: Vec<f32>,
}

impl Envelope {
    /// The envelope of `sound`.
    pub(crate) fn of(sound: &Sound) -> Self {
        let count = sound.len() / STEP;
        let mut samples = vec![0.0; STEP];
        let level_db = (0..count)
            .map(|step| {
                let start = (step * STEP) as isize;
                sound.read_into(start..start + STEP as isize, &mut samples);
                let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / STEP as f32;
                (10.0 * power.max(1e-12).log10()).max(FLOOR_DB)
            })
            .collect();
        Self { rate: f64::from(ANALYSIS_RATE_HZ) / STEP as f64, level_db }
    }

    /// The steps from `from` to `to`, in seconds; at least one, where there are any.
    pub(crate) fn steps_between(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let count = self.level_db.len();
        if count == 0 {
            return 0..0;
        }
        let first = ((from * self.rate).round().max(0.0) as usize).min(count - 1);
        first..((to * self.rate).round().max(0.0) as usize).clamp(first + 1, count)
    }

    /// The level of the mean power between two moments, in seconds.
    pub(crate) fn mean_db(&self, from: f64, to: f64) -> f32 {
        let steps = &self.level_db[self.steps_between(from, to)];
        let power: f32 = steps.iter().map(|db| 10.0_f32.powf(db / 10.0)).sum();
        if steps.is_empty() { FLOOR_DB } else { (10.0 * (power / steps.len() as f32).log10()).max(FLOOR_DB) }
    }
}
