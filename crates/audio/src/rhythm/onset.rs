//! How strongly something begins at each moment.
//!
//! *Source*: Böck, Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", 2013: spectral flux against a
//! reference frame whose bands were widened by a maximum filter, so that vibrato does not count as a beginning.

use crate::sound::Sound;
use crate::spectrum::{Filterbank, Stft};

const FRAME_LEN: usize = 1_024;
const HOP: usize = 220;
/// What a magnitude is multiplied by before the logarithm.
const COMPRESSION: f32 = 300.0;
/// Where the low and the high part of the flux end and begin: kick and bass below, cymbals above.
const LOW_HZ: f32 = 180.0;
const HIGH_HZ: f32 = 4_500.0;

/// Onset strength over time, one value a frame.
#[derive(Clone, Debug)]
pub(crate) struct OnsetCurves {
    /// Frames a second; not quite a hundred.
    pub(crate) rate: f64,
    /// Below [`LOW_HZ`].
    pub(crate) low: Vec<f32>,
    /// Between.
    pub(crate) mid: Vec<f32>,
    /// Above [`HIGH_HZ`].
    pub(crate) high: Vec<f32>,
}

impl OnsetCurves {
    /// What the curves are read from.
    pub(crate) fn transform() -> Stft {
        Stft::new(FRAME_LEN, HOP)
    }

    /// The curves of `sound`; `heard` gets each frame's magnitudes too, so that others need no transform of their own.
    pub(crate) fn of(sound: &Sound, mut heard: impl FnMut(&[f32])) -> Self {
        let stft = Self::transform();
        let bank = Filterbank::logarithmic(24.0, 30.0, 10_500.0, stft.bin_hz(), stft.bin_count());
        let low = bank.centres_hz.partition_point(|&hz| hz < LOW_HZ);
        let high = bank.centres_hz.partition_point(|&hz| hz < HIGH_HZ);
        let count = stft.frame_count(sound);
        let curve = || Vec::with_capacity(count);
        let mut curves = Self { rate: stft.rate(), low: curve(), mid: curve(), high: curve() };
        let mut frames = stft.frames(sound);
        let mut bands = vec![0.0; bank.len()];
        // The two frames before this one, widened.
        let mut history = [vec![0.0; bank.len()], vec![0.0; bank.len()]];
        for index in 0..count {
            let magnitudes = frames.magnitudes(index);
            heard(magnitudes);
            bank.apply(magnitudes, &mut bands);
            for band in &mut bands {
                *band = (1.0 + COMPRESSION * *band).log10();
            }
            let reference = &history[index % 2];
            let rise = |range: std::ops::Range<usize>| {
                let pairs = bands[range.clone()].iter().zip(&reference[range]);
                pairs.map(|(now, before)| (now - before).max(0.0)).sum::<f32>()
            };
            let parts =
                if index < 2 { [0.0; 3] } else { [rise(0..low), rise(low..high), rise(high..bank.len())] };
            curves.low.push(parts[0]);
            curves.mid.push(parts[1]);
            curves.high.push(parts[2]);
            widen(&bands, &mut history[index % 2]);
        }
        curves
    }
}

/// The maximum of each band and its two neighbours.
fn widen(bands: &[f32], widened: &mut [f32]) {
    for (index, slot) in widened.iter_mut().enumerate() {
        let near = &bands[index.saturating_sub(1)..bands.len().min(index + 2)];
        *slot = near.iter().copied().fold(0.0, f32::max);
    }
}
