//! From onset curves to how likely a beat is at each moment.

use super::onset::OnsetCurves;

/// Half the span over which a curve is compared with its own level.
const LEVEL_SECONDS: f64 = 4.0;
/// Half the span of the running mean that an onset must stand above.
const FLOOR_SECONDS: f64 = 0.4;
/// The widths of the smoothing, in frames: about what performers and frames blur.
const SMOOTH_FRAMES: usize = 2;
/// What stands in for the quiet stretches' level, as a part of that of the whole track.
const LEVEL_FLOOR: f32 = 0.15;
/// How much kick and bass, middle and cymbals count; set by hand before anything was measured.
const WEIGHTS: [f32; 3] = [0.8, 1.0, 0.5];
/// No moment is certain, so that no single frame decides a path.
const RANGE: std::ops::RangeInclusive<f32> = 0.005..=0.95;

/// The probability of a beat at each frame.
///
/// *Range*: 0.005 to 0.95.
pub(crate) fn beat_activation(curves: &OnsetCurves) -> Vec<f32> {
    let count = curves.low.len();
    let mut sum = vec![0.0; count];
    for (curve, weight) in [&curves.low, &curves.mid, &curves.high].into_iter().zip(WEIGHTS) {
        let levelled = level(curve, curves.rate);
        sum.iter_mut().zip(&levelled).for_each(|(sum, value)| *sum += weight * value);
    }
    let smooth = moving_mean(&moving_mean(&sum, SMOOTH_FRAMES / 2), SMOOTH_FRAMES / 2);
    let floor = moving_mean(&smooth, (FLOOR_SECONDS * curves.rate) as usize);
    let above: Vec<f32> = smooth.iter().zip(&floor).map(|(value, floor)| (value - floor).max(0.0)).collect();
    let squares: Vec<f32> = above.iter().map(|value| value * value).collect();
    let power = moving_mean(&squares, (LEVEL_SECONDS * curves.rate) as usize);
    let whole = (squares.iter().sum::<f32>() / count.max(1) as f32).sqrt();
    above
        .iter()
        .zip(&power)
        .map(|(value, power)| {
            let level = power.sqrt().max(LEVEL_FLOOR * whole).max(1e-9);
            (value / (3.0 * level)).clamp(*RANGE.start(), *RANGE.end())
        })
        .collect()
}

/// A curve in units of its own mean nearby.
pub(super) fn level(curve: &[f32], rate: f64) -> Vec<f32> {
    let near = moving_mean(curve, (LEVEL_SECONDS * rate) as usize);
    let whole = curve.iter().sum::<f32>() / curve.len().max(1) as f32;
    let floor = (LEVEL_FLOOR * whole).max(1e-6);
    curve.iter().zip(&near).map(|(value, near)| value / near.max(floor)).collect()
}

/// The mean of each value and its `half` neighbours on both sides, as far as there are any.
pub(crate) fn moving_mean(values: &[f32], half: usize) -> Vec<f32> {
    if half == 0 {
        return values.to_vec();
    }
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0_f64);
    let mut total = 0.0_f64;
    for &value in values {
        total += f64::from(value);
        sums.push(total);
    }
    (0..values.len())
        .map(|index| {
            let (from, to) = (index.saturating_sub(half), (index + half + 1).min(values.len()));
            ((sums[to] - sums[from]) / (to - from) as f64) as f32
        })
        .collect()
}
