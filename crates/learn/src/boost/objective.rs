//! What the trees minimise, as first and second derivatives by the score of each row.

use rayon::prelude::*;

use crate::error::{LearnError, check_finite, check_length};

/// First and second derivative of the loss by a row's score.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Derivatives {
    /// The first; the score should fall where it is above zero.
    pub gradient: f32,
    /// The second, not below zero.
    pub curvature: f32,
}

/// A loss over rows.
pub trait Objective: Sync {
    /// How many rows it is about.
    fn row_count(&self) -> usize;

    /// The best score that is the same for all rows.
    fn start(&self) -> f32;

    /// The derivatives at these scores; all finite.
    fn derivatives(&self, scores: &[f32], out: &mut [Derivatives]);
}

/// Half the squared distance to a target.
#[derive(Clone, Debug)]
pub struct SquaredLoss {
    targets: Vec<f32>,
}

impl SquaredLoss {
    /// The loss for these targets.
    ///
    /// # Errors
    /// When a target is not finite.
    pub fn new(targets: Vec<f32>) -> Result<Self, LearnError> {
        check_finite("targets", &targets)?;
        Ok(Self { targets })
    }
}

impl Objective for SquaredLoss {
    fn row_count(&self) -> usize {
        self.targets.len()
    }

    fn start(&self) -> f32 {
        (self.targets.iter().map(|&t| f64::from(t)).sum::<f64>() / self.targets.len().max(1) as f64) as f32
    }

    fn derivatives(&self, scores: &[f32], out: &mut [Derivatives]) {
        for ((out, score), target) in out.iter_mut().zip(scores).zip(&self.targets) {
            *out = Derivatives { gradient: score - target, curvature: 1.0 };
        }
    }
}

/// The negative logarithm of the probability of what happened; scores are log-odds.
#[derive(Clone, Debug)]
pub struct LogLoss {
    labels: Vec<f32>,
    weights: Vec<f32>,
}

/// Log-odds beyond these are not believed, whatever the sample says.
const LOG_ODDS_MAX: f32 = 8.0;

impl LogLoss {
    /// The loss for labels from 0 to 1 and their weights; no weights count all alike.
    ///
    /// # Errors
    /// When a number is not finite, a label lies outside 0 to 1, or a weight is below zero.
    pub fn new(labels: Vec<f32>, weights: Option<Vec<f32>>) -> Result<Self, LearnError> {
        check_finite("labels", &labels)?;
        let weights = weights.unwrap_or_else(|| vec![1.0; labels.len()]);
        check_finite("weights of labels", &weights)?;
        check_length("weights of labels", labels.len(), weights.len())?;
        if let Some(&label) = labels.iter().find(|label| !(0.0..=1.0).contains(*label)) {
            return Err(LearnError::Parameter {
                name: "label",
                value: f64::from(label),
                expected: "from 0 to 1",
            });
        }
        if let Some(&weight) = weights.iter().find(|&&weight| weight < 0.0) {
            return Err(LearnError::Parameter {
                name: "weight",
                value: f64::from(weight),
                expected: "not negative",
            });
        }
        Ok(Self { labels, weights })
    }
}

impl Objective for LogLoss {
    fn row_count(&self) -> usize {
        self.labels.len()
    }

    fn start(&self) -> f32 {
        let sum = |values: &mut dyn Iterator<Item = f32>| values.map(f64::from).sum::<f64>();
        let yes = sum(&mut self.labels.iter().zip(&self.weights).map(|(label, weight)| label * weight));
        let all = sum(&mut self.weights.iter().copied());
        (((yes + 1e-3) / (all - yes + 1e-3)).ln() as f32).clamp(-LOG_ODDS_MAX, LOG_ODDS_MAX)
    }

    fn derivatives(&self, scores: &[f32], out: &mut [Derivatives]) {
        for (row, (out, score)) in out.iter_mut().zip(scores).enumerate() {
            let probability = 1.0 / (1.0 + (-score).exp());
            let weight = self.weights[row];
            *out = Derivatives {
                gradient: weight * (probability - self.labels[row]),
                curvature: weight * (probability * (1.0 - probability)).max(1e-6),
            };
        }
    }
}

/// The order within each query: pairs that stand the wrong way round count by what exchanging them would bring.
///
/// *Source*: Burges (2010), section 7, with the change in NDCG; as in LightGBM's `lambdarank` (`rank_objective.hpp`) a
/// pair counts when the better placed of the two is within `truncation`, and the more, the nearer their scores are:
/// a pair that is far apart is either in order or beyond the reach of the next tree.
#[derive(Clone, Debug)]
pub struct LambdaRank {
    starts: Vec<usize>,
    labels: Vec<f32>,
    truncation: usize,
}

/// What keeps the nearness of two equal scores finite; from LightGBM's `rank_objective.hpp`.
const NEARNESS_OFFSET: f32 = 0.01;

impl LambdaRank {
    /// The order of rows by `labels` (gains, 0 for not relevant) within queries of these lengths, judged on the
    /// first `truncation` places.
    ///
    /// # Errors
    /// When the lengths do not add up, or a label is not finite or below zero.
    pub fn new(lengths: &[usize], labels: Vec<f32>, truncation: usize) -> Result<Self, LearnError> {
        check_finite("labels", &labels)?;
        if let Some(&label) = labels.iter().find(|&&label| label < 0.0) {
            let value = f64::from(label);
            return Err(LearnError::Parameter { name: "label", value, expected: "not negative" });
        }
        let mut starts = vec![0];
        for length in lengths {
            starts.push(starts[starts.len() - 1] + length);
        }
        check_length("rows of queries", labels.len(), starts[starts.len() - 1])?;
        Ok(Self { starts, labels, truncation: truncation.max(1) })
    }

    fn query(&self, labels: &[f32], scores: &[f32], out: &mut [Derivatives]) {
        out.fill(Derivatives::default());
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b)));
        let discount = |place: usize| 1.0 / (place as f32 + 2.0).log2();
        let mut gains: Vec<f32> = labels.iter().copied().filter(|&label| label > 0.0).collect();
        if gains.is_empty() {
            return;
        }
        gains.sort_unstable_by(|a, b| b.total_cmp(a));
        let ideal: f32 =
            gains.iter().take(self.truncation).enumerate().map(|(place, gain)| gain * discount(place)).sum();
        let discounts: Vec<f32> = (0..order.len()).map(discount).collect();
        let score = |place: usize| scores[order[place] as usize];
        // Where all scores are equal, as before the first tree, none is nearer than another.
        let by_nearness = score(0) > score(order.len() - 1);
        let mut total = 0.0;
        // Few are relevant: pairs are those of a relevant one and one that is less so.
        let relevant = (0..order.len()).filter(|&place| labels[order[place] as usize] > 0.0);
        for place in relevant {
            let high = order[place] as usize;
            // Beyond the truncation a pair needs the other one within it.
            let end = if place < self.truncation { order.len() } else { self.truncation.min(order.len()) };
            for (other, &low) in order[..end].iter().enumerate() {
                let low = low as usize;
                if labels[low] >= labels[high] {
                    continue;
                }
                let between = (discounts[place] - discounts[other]).abs();
                let apart = (scores[high] - scores[low]).clamp(-30.0, 30.0);
                let nearness = if by_nearness { 1.0 / (NEARNESS_OFFSET + apart.abs()) } else { 1.0 };
                let change = (labels[high] - labels[low]) * between / ideal * nearness;
                let wrong = 1.0 / (1.0 + apart.exp());
                let (pull, curve) = (wrong * change, wrong * (1.0 - wrong) * change);
                out[high].gradient -= pull;
                out[low].gradient += pull;
                out[high].curvature += curve;
                out[low].curvature += curve;
                total += 2.0 * pull;
            }
        }
        // Queries with much to put right do not drown the others.
        if total > 0.0 {
            let norm = (1.0 + total).log2() / total;
            for out in out {
                out.gradient *= norm;
                out.curvature *= norm;
            }
        }
    }
}

impl Objective for LambdaRank {
    fn row_count(&self) -> usize {
        self.labels.len()
    }

    fn start(&self) -> f32 {
        0.0
    }

    fn derivatives(&self, scores: &[f32], out: &mut [Derivatives]) {
        let mut queries = Vec::with_capacity(self.starts.len());
        let mut rest = out;
        for bounds in self.starts.windows(2) {
            let (query, after) = rest.split_at_mut(bounds[1] - bounds[0]);
            queries.push((bounds[0], query));
            rest = after;
        }
        queries.into_par_iter().with_min_len(64).for_each(|(start, out)| {
            let range = start..start + out.len();
            self.query(&self.labels[range.clone()], &scores[range], out);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gradients as the source defines them: over all pairs of places.
    fn plain(labels: &[f32], scores: &[f32], truncation: usize) -> Vec<f32> {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let discount = |place: usize| 1.0 / (place as f32 + 2.0).log2();
        let mut best = labels.to_vec();
        best.sort_by(|a, b| b.total_cmp(a));
        let ideal: f32 = best.iter().take(truncation).enumerate().map(|(p, gain)| gain * discount(p)).sum();
        let (mut gradients, mut total) = (vec![0.0; labels.len()], 0.0);
        for upper in 0..truncation.min(order.len()) {
            for lower in upper + 1..order.len() {
                let (a, b) = (order[upper], order[lower]);
                let (high, low) = if labels[a] > labels[b] { (a, b) } else { (b, a) };
                let change = (labels[high] - labels[low]) * (discount(upper) - discount(lower)) / ideal;
                let apart = scores[high] - scores[low];
                let equal = scores.iter().all(|&score| score == scores[0]);
                let nearness = if equal { 1.0 } else { 1.0 / (0.01 + apart.abs()) };
                let pull = change * nearness / (1.0 + apart.exp());
                gradients[high] -= pull;
                gradients[low] += pull;
                total += 2.0 * pull;
            }
        }
        gradients.iter().map(|gradient| gradient * (1.0 + total).log2() / total).collect()
    }

    #[test]
    fn pairs_are_those_of_the_source() {
        for (truncation, spread) in [(1, 5.0), (4, 5.0), (30, 5.0), (4, f32::INFINITY)] {
            let labels: Vec<f32> =
                (0..20_u32).map(|row| [0.0, 0.0, 0.0, 2.0, 0.0, 1.0][(row * 7 % 6) as usize]).collect();
            let scores: Vec<f32> = (0..20_u32).map(|row| ((row * 13) % 11) as f32 / spread).collect();
            let objective = LambdaRank::new(&[20], labels.clone(), truncation).unwrap();
            let mut got = vec![Derivatives::default(); 20];
            objective.derivatives(&scores, &mut got);
            for (got, expected) in got.iter().zip(plain(&labels, &scores, truncation)) {
                assert!((got.gradient - expected).abs() < 1e-5, "{got:?} instead of {expected}");
                assert!(got.curvature >= 0.0);
            }
        }
    }
}
