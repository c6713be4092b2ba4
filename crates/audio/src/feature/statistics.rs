//! Means and spreads of a row of numbers; 0 where there are none.

pub(crate) fn mean(values: &[f32]) -> f32 {
    (values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64) as f32
}

pub(crate) fn deviation(values: &[f32]) -> f32 {
    let mean = mean(values);
    let squares = values.iter().map(|&value| f64::from(value - mean).powi(2)).sum::<f64>();
    (squares / values.len().max(1) as f64).sqrt() as f32
}

/// The value that `part` of all lie below.
pub(crate) fn quantile(values: &[f32], part: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let mut sorted = values.to_vec();
    let index = ((sorted.len() - 1) as f32 * part).round() as usize;
    *sorted.select_nth_unstable_by(index, f32::total_cmp).1
}

/// The entropy of `weights` in parts of the greatest that so many can have.
///
/// *Range*: 0 to 1.
pub(crate) fn entropy(weights: &[f32]) -> f32 {
    let total: f32 = weights.iter().sum();
    if total <= 1e-9 || weights.len() < 2 {
        return 0.0;
    }
    let bits: f32 = weights
        .iter()
        .map(|weight| weight / total)
        .filter(|&part| part > 1e-9)
        .map(|part| -part * part.log2())
        .sum();
    bits / (weights.len() as f32).log2()
}
