//! How the level moves: in bars and minutes, and against itself over seconds.

use super::statistics::{mean, quantile};
use crate::envelope::Envelope;

/// Steps of the source's frames of 10 ms; ours are 9.98 ms.
const WINDOWS_SECONDS: std::ops::RangeInclusive<f64> = 0.31..=8.8;
const WINDOW_GROWTH: f64 = 1.1;

/// The mean exponent by which the level's walk spreads with time: low for a steady beat, high for free drones.
///
/// *Range*: 0 to about 2.
///
/// *Source*: Streich, Herrera, "Detrended Fluctuation Analysis of Music Signals: Danceability Estimation and Further
/// Semantic Characterization", 2005.
pub(crate) fn fluctuation_exponent(envelope: &Envelope) -> f32 {
    let amplitudes: Vec<f32> = envelope.level_db.iter().map(|db| 10.0_f32.powf(db / 20.0)).collect();
    let middle = f64::from(mean(&amplitudes));
    let mut total = 0.0;
    let walk: Vec<f64> = amplitudes
        .iter()
        .map(|&amplitude| {
            total += f64::from(amplitude) - middle;
            total
        })
        .collect();
    let windows =
        std::iter::successors(Some(*WINDOWS_SECONDS.start()), |window| Some(window * WINDOW_GROWTH))
            .take_while(|window| window <= WINDOWS_SECONDS.end());
    let points: Vec<(f64, f64)> = windows
        .filter_map(|window| {
            let steps = (window * envelope.rate).round() as usize;
            let residual = residual(&walk, steps)?;
            (residual > 1e-12).then(|| ((steps as f64 + 3.0).ln(), 0.5 * residual.ln()))
        })
        .collect();
    let slopes: Vec<f32> =
        points.windows(2).map(|pair| ((pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0)) as f32).collect();
    mean(&slopes).clamp(0.0, 3.0)
}

/// The mean square distance of `walk` from straight lines through windows of `steps`, half of each overlapping the next.
fn residual(walk: &[f64], steps: usize) -> Option<f64> {
    let hop = (steps / 2).max(1);
    let (mut sum, mut count) = (0.0, 0);
    let n = steps as f64;
    let mean_x = (n - 1.0) / 2.0;
    let square_x = n * (n * n - 1.0) / 12.0;
    let mut start = 0;
    while start + steps <= walk.len() {
        let window = &walk[start..start + steps];
        let mean_y = window.iter().sum::<f64>() / n;
        let (mut product, mut square) = (0.0, 0.0);
        for (x, y) in window.iter().enumerate() {
            let y = y - mean_y;
            product += (x as f64 - mean_x) * y;
            square += y * y;
        }
        sum += (square - product * product / square_x).max(0.0) / n;
        count += 1;
        start += hop;
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// The mean distance of the level from its own middle, in dB.
///
/// *Source*: Streich, "Music Complexity: A Multi-Faceted Description of Audio Content", 2007, section 3.2.
pub(crate) fn complexity(envelope: &Envelope) -> f32 {
    let steps = (0.2 * envelope.rate) as usize;
    let levels: Vec<f32> = envelope
        .level_db
        .chunks(steps.max(1))
        .map(|chunk| {
            let power: f32 = chunk.iter().map(|db| 10.0_f32.powf(db / 10.0)).sum();
            10.0 * (power / chunk.len() as f32).max(1e-9).log10()
        })
        .collect();
    let middle = quantile(&levels, 0.5);
    // What is far below is silence between pieces and says nothing of them.
    let heard: Vec<f32> =
        levels.iter().filter(|&&level| level > middle - 40.0).map(|level| (level - middle).abs()).collect();
    mean(&heard)
}

/// The part of the steps whose power is less than half of the mean over the second around.
///
/// *Source*: Scheirer, Slaney, "Construction and Evaluation of a Robust Multifeature Speech/Music Discriminator", 1997.
pub(crate) fn pauses(envelope: &Envelope) -> f32 {
    let half = (0.5 * envelope.rate) as usize;
    let powers: Vec<f64> = envelope.level_db.iter().map(|&db| 10.0_f64.powf(f64::from(db) / 10.0)).collect();
    let mut sums = Vec::with_capacity(powers.len() + 1);
    sums.push(0.0);
    let mut total = 0.0;
    for power in &powers {
        total += power;
        sums.push(total);
    }
    let low = powers.iter().enumerate().filter(|&(step, &power)| {
        let (from, to) = (step.saturating_sub(half), (step + half + 1).min(powers.len()));
        power < 0.5 * (sums[to] - sums[from]) / (to - from) as f64
    });
    low.count() as f32 / powers.len().max(1) as f32
}
