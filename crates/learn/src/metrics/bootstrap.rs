//! Averages over listeners, with how far they might be off.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::error::{LearnError, check_length};

/// An average, and the range in which it would fall in 95 of 100 draws of other listeners of the same kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The average.
    pub mean: f64,
    /// The lower end of the range.
    pub low: f64,
    /// The upper end of the range.
    pub high: f64,
}

/// Draws of listeners; the ends of a 95 % range are then the 25th smallest and largest of a thousand.
pub const RESAMPLES: usize = 1000;

/// Averages one value per listener, with a percentile bootstrap over listeners; none where there are no listeners.
///
/// The same seed gives the same interval.
///
/// *Complexity*: `RESAMPLES · values`.
///
/// *Source*: Efron, Tibshirani (1993), "An Introduction to the Bootstrap", section 13.3.
///
/// # Errors
/// When a value is not finite.
pub fn bootstrap(values: &[f64], seed: u64) -> Result<Option<Interval>, LearnError> {
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(LearnError::NotFinite { what: "metric values", index });
    }
    if values.is_empty() {
        return Ok(None);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mut means: Vec<f64> = (0..RESAMPLES as u64)
        .into_par_iter()
        .map(|resample| {
            // One stream per draw, so that the result does not depend on which thread makes it.
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(resample);
            let sum: f64 = (0..values.len()).map(|_| values[random.random_range(0..values.len())]).sum();
            sum / values.len() as f64
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    let cut = RESAMPLES / 40;
    Ok(Some(Interval { mean, low: means[cut - 1], high: means[RESAMPLES - cut] }))
}

/// How much better one model is than another for the same listeners: [`bootstrap`] of the differences.
///
/// Listeners differ far more among themselves than models do for one listener, so this interval is much narrower
/// than two separate ones; it is the one to decide by.
///
/// # Errors
/// When the lengths differ or a value is not finite.
pub fn bootstrap_difference(
    better: &[f64],
    worse: &[f64],
    seed: u64,
) -> Result<Option<Interval>, LearnError> {
    check_length("values of the same listeners", better.len(), worse.len())?;
    let differences: Vec<f64> = better.iter().zip(worse).map(|(better, worse)| better - worse).collect();
    bootstrap(&differences, seed)
}

/// By how much the average of one group of listeners exceeds that of another group of other listeners, with a percentile
/// bootstrap that draws each group anew; none where a group has nobody.
///
/// The same seed gives the same interval.
///
/// *Complexity*: `RESAMPLES · values`.
///
/// *Source*: Efron, Tibshirani (1993), "An Introduction to the Bootstrap", section 8.3.
///
/// # Errors
/// When a value is not finite.
pub fn bootstrap_gap(one: &[f64], other: &[f64], seed: u64) -> Result<Option<Interval>, LearnError> {
    if let Some(index) = one.iter().chain(other).position(|value| !value.is_finite()) {
        return Err(LearnError::NotFinite { what: "metric values", index });
    }
    if one.is_empty() || other.is_empty() {
        return Ok(None);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let mut gaps: Vec<f64> = (0..RESAMPLES as u64)
        .into_par_iter()
        .map(|resample| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(resample);
            let mut drawn = |values: &[f64]| {
                let sum: f64 = (0..values.len()).map(|_| values[random.random_range(0..values.len())]).sum();
                sum / values.len() as f64
            };
            drawn(one) - drawn(other)
        })
        .collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let cut = RESAMPLES / 40;
    Ok(Some(Interval { mean: mean(one) - mean(other), low: gaps[cut - 1], high: gaps[RESAMPLES - cut] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_matches_the_standard_error() {
        // 2500 listeners, half of them 0 and half 1: the standard error of the mean is 0.5 / 50.
        let values: Vec<f64> = (0..2500).map(|listener| f64::from(listener % 2)).collect();
        let interval = bootstrap(&values, 1).unwrap().unwrap();
        assert_eq!(interval.mean, 0.5);
        assert!((interval.low - (0.5 - 1.96 * 0.01)).abs() < 0.003, "{interval:?}");
        assert!((interval.high - (0.5 + 1.96 * 0.01)).abs() < 0.003, "{interval:?}");
    }

    #[test]
    fn the_seed_decides_the_draws() {
        let values = [0.1, 0.5, 0.2, 0.9, 0.4];
        assert_eq!(bootstrap(&values, 5).unwrap(), bootstrap(&values, 5).unwrap());
        assert_ne!(bootstrap(&values, 5).unwrap(), bootstrap(&values, 6).unwrap());
    }

    #[test]
    fn a_small_but_steady_gain_is_sure() {
        let worse: Vec<f64> = (0..200).map(|listener| f64::from(listener % 10) / 10.0).collect();
        let better: Vec<f64> = worse.iter().map(|value| value + 0.01).collect();
        let gain = bootstrap_difference(&better, &worse, 3).unwrap().unwrap();
        assert!(gain.low > 0.009 && gain.high < 0.011, "{gain:?}");
        assert!(bootstrap_difference(&better, &[], 3).is_err());
    }

    #[test]
    fn a_gap_between_groups_has_the_errors_of_both() {
        // Standard errors of 0.5 / √400 and 0.5 / √100: together 0.0559.
        let coins = |count: u32| -> Vec<f64> { (0..count).map(|listener| f64::from(listener % 2)).collect() };
        let raised: Vec<f64> = coins(400).iter().map(|value| value + 0.3).collect();
        let gap = bootstrap_gap(&raised, &coins(100), 1).unwrap().unwrap();
        assert!((gap.mean - 0.3).abs() < 1e-12);
        assert!((gap.high - gap.low - 2.0 * 1.96 * 0.055_9).abs() < 0.03, "{gap:?}");
        assert_eq!(gap, bootstrap_gap(&raised, &coins(100), 1).unwrap().unwrap());
        assert_eq!(bootstrap_gap(&raised, &[], 1).unwrap(), None);
        assert!(bootstrap_gap(&raised, &[f64::NAN], 1).is_err());
    }

    #[test]
    fn nobody_has_no_average() {
        assert_eq!(bootstrap(&[], 0).unwrap(), None);
        assert!(bootstrap(&[f64::NAN], 0).is_err());
        assert_eq!(bootstrap(&[0.25], 0).unwrap(), Some(Interval { mean: 0.25, low: 0.25, high: 0.25 }));
    }
}
