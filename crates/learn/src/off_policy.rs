//! What would another recommender have been worth? Estimates from slates that were logged with their propensities.
//!
//! The logging recommender showed an item with a known probability, its propensity, and the listener's answer is the
//! reward.
//! Another recommender would have shown the same item with another probability.
//! Weighting each reward by the quotient of the two makes the log speak for the other recommender:
//!
//! ```text
//! w = π(shown) / p(shown)
//! IPS    = 1/n Σ w·r
//! SNIPS  = Σ w·r / Σ w
//! DR     = 1/n Σ [ q̄ + w·(r − q) ]        q = model's reward of what was shown, q̄ = its mean under the other one
//! ```
//!
//! IPS is unbiased and noisy; SNIPS cannot leave the range of the rewards; doubly robust is right when either the
//! propensities or the reward model are.
//! The effective sample size says how many answers are left after weighting: below a few hundred believe nothing.
//!
//! *Sources*: Horvitz, Thompson, "A Generalization of Sampling Without Replacement", 1952 (IPS); Swaminathan, Joachims,
//! "The Self-Normalized Estimator for Counterfactual Learning", 2015 (SNIPS); Dudík, Langford, Li, "Doubly Robust Policy
//! Evaluation and Learning", 2011 (DR); Kish, "Survey Sampling", 1965, section 8.2 (effective sample size); Ionides,
//! "Truncated Importance Sampling", 2008 (clipping).
//!
//! It does not decide what a reward is, nor fit the reward model.

use crate::error::LearnError;

/// One item that was shown, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logged {
    /// What the listener's answer is worth. *Range*: finite.
    pub reward: f64,
    /// How probable it was that the logging recommender showed this. *Range*: above 0, to 1.
    pub propensity: f64,
    /// How probable it is that the other recommender would show this. *Range*: 0 to 1.
    pub target: f64,
}

/// What a model of rewards says about one item that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Modelled {
    /// The reward it expects of the item that was shown. *Range*: finite.
    pub shown: f64,
    /// The reward it expects of what the other recommender would show, on average. *Range*: finite.
    pub target: f64,
}

/// The worth of a recommender that did not serve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The expected reward of one item shown.
    pub value: f64,
    /// Its standard error, by the normal approximation; too small where the effective sample is.
    pub standard_error: f64,
    /// How many unweighted answers the weighted ones are worth. *Range*: 0 to the number of items.
    pub effective_sample_size: f64,
    /// The share of the items whose weight was clipped. *Range*: 0 to 1.
    pub clipped_share: f64,
}

impl Estimate {
    /// The interval that holds the truth in 95 of 100 logs.
    pub fn interval(&self) -> [f64; 2] {
        // The quantile of the normal distribution at .975.
        let reach = 1.959_964 * self.standard_error;
        [self.value - reach, self.value + reach]
    }
}

/// The greatest weight unless told otherwise: it bounds the variance at the price of some bias.
///
/// Within the 10 to 100 that are customary; a judgement, so look at [`Estimate::clipped_share`].
pub const WEIGHT_MAX: f64 = 50.0;

/// Weights each answer by how much more probable it is under the other recommender.
///
/// *Errors*: [`LearnError::Parameter`] where a propensity, probability, reward or `weight_max` is out of its range.
///
/// Returns none for an empty log.
pub fn ips(log: &[Logged], weight_max: f64) -> Result<Option<Estimate>, LearnError> {
    let Some(weights) = Weights::of(log, weight_max)? else { return Ok(None) };
    let terms: Vec<f64> = weights.values.iter().zip(log).map(|(w, shown)| w * shown.reward).collect();
    Ok(Some(weights.estimate(mean_and_error(&terms))))
}

/// The same, divided by the sum of the weights; none where the other recommender would have shown nothing of the log.
///
/// The standard error is that of a quotient of means, by linearisation.
///
/// *Errors*: as [`ips`].
pub fn snips(log: &[Logged], weight_max: f64) -> Result<Option<Estimate>, LearnError> {
    let Some(weights) = Weights::of(log, weight_max)? else { return Ok(None) };
    let sum: f64 = weights.values.iter().sum();
    if sum <= 0.0 {
        return Ok(None);
    }
    let pairs = || weights.values.iter().zip(log);
    let value = pairs().map(|(w, shown)| w * shown.reward).sum::<f64>() / sum;
    let squares: f64 = pairs().map(|(w, shown)| (w * (shown.reward - value)).powi(2)).sum();
    Ok(Some(weights.estimate((value, squares.sqrt() / sum))))
}

/// A model's guess, corrected by the weighted surprise of what was really answered.
///
/// *Shape*: one `modelled` for each entry of the log.
///
/// *Errors*: as [`ips`], and where the lengths differ or a guess is not finite.
pub fn doubly_robust(
    log: &[Logged],
    modelled: &[Modelled],
    weight_max: f64,
) -> Result<Option<Estimate>, LearnError> {
    crate::error::check_length("guesses of a reward model", log.len(), modelled.len())?;
    let is_finite = |guess: &Modelled| guess.shown.is_finite() && guess.target.is_finite();
    if let Some(index) = modelled.iter().position(|guess| !is_finite(guess)) {
        return Err(LearnError::NotFinite { what: "guess of a reward model", index });
    }
    let Some(weights) = Weights::of(log, weight_max)? else { return Ok(None) };
    let terms: Vec<f64> = weights
        .values
        .iter()
        .zip(log.iter().zip(modelled))
        .map(|(w, (shown, guess))| guess.target + w * (shown.reward - guess.shown))
        .collect();
    Ok(Some(weights.estimate(mean_and_error(&terms))))
}

/// The weights of a log, clipped.
struct Weights {
    values: Vec<f64>,
    clipped_count: usize,
}

impl Weights {
    fn of(log: &[Logged], weight_max: f64) -> Result<Option<Self>, LearnError> {
        // No limit at all is a limit, too.
        if weight_max.is_nan() || weight_max <= 0.0 {
            let expected = "above 0";
            return Err(LearnError::Parameter { name: "weight_max", value: weight_max, expected });
        }
        let mut clipped_count = 0;
        let mut values = Vec::with_capacity(log.len());
        for (index, shown) in log.iter().enumerate() {
            within("propensity", shown.propensity, shown.propensity > 0.0 && shown.propensity <= 1.0)?;
            within("probability of showing", shown.target, (0.0..=1.0).contains(&shown.target))?;
            if !shown.reward.is_finite() {
                return Err(LearnError::NotFinite { what: "reward", index });
            }
            let weight = shown.target / shown.propensity;
            clipped_count += usize::from(weight > weight_max);
            values.push(weight.min(weight_max));
        }
        Ok((!values.is_empty()).then_some(Self { values, clipped_count }))
    }

    /// `(Σ w)² / Σ w²`.
    fn effective_sample_size(&self) -> f64 {
        let sum: f64 = self.values.iter().sum();
        let squares: f64 = self.values.iter().map(|w| w * w).sum();
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    fn estimate(&self, (value, standard_error): (f64, f64)) -> Estimate {
        Estimate {
            value,
            standard_error,
            effective_sample_size: self.effective_sample_size(),
            clipped_share: self.clipped_count as f64 / self.values.len() as f64,
        }
    }
}

fn within(name: &'static str, value: f64, is_within: bool) -> Result<(), LearnError> {
    let expected = if name == "propensity" { "above 0, to 1" } else { "from 0 to 1" };
    if is_within { Ok(()) } else { Err(LearnError::Parameter { name, value, expected }) }
}

/// The mean of some numbers and its standard error.
fn mean_and_error(terms: &[f64]) -> (f64, f64) {
    let n = terms.len() as f64;
    let mean = terms.iter().sum::<f64>() / n;
    let variance = terms.iter().map(|term| (term - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, (variance / n).sqrt())
}

#[cfg(test)]
mod tests;
