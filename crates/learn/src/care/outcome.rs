//! What playlists turned out to be worth: care is learnt from how often a playlist was right about others.
//!
//! Each playlist suggests its tracks to the playlists that share some with it, and some of the suggestions are tracks
//! that were hidden there.
//! How much more often that happens than chance explains is what the playlist was worth, and this model says how that
//! follows from how the playlist was made.
//!
//! *What is fitted*: the hits of a playlist are Poisson with mean `expected · exp(bias + weights·features)`, by
//! Newton's method with a penalty on the weights.
//!
//! *Source* of the method: McCullagh, Nelder (1989), "Generalized linear models", 2nd edition, chapter 6. That it
//! weighs playlists is ours.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

use super::{CareFeatures, saturating};
use crate::error::{LearnError, check_not_negative};

/// What came of a playlist's suggestions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CareOutcome {
    /// How the playlist was made.
    pub features: CareFeatures,
    /// Suggestions that were right. *Range*: 0 or more.
    pub hit_count: f32,
    /// As many as a playlist of this likeness to the others would have by chance. *Range*: 0 or more.
    pub expected: f32,
}

/// The weight of a playlist, learnt from outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedCare {
    bias: f64,
    weights: [f64; FEATURE_COUNT],
}

/// What [`LearnedCare`] looks at, in the order of [`LearnedCare::named_weights`].
const NAMES: [&str; FEATURE_COUNT] = [
    "size",
    "edits per track",
    "coming back",
    "lasting",
    "followers",
    "variety of artists",
    "cohesion",
    "title",
    "description",
    "made together",
    "duplicates",
    "made by a person",
];
const FEATURE_COUNT: usize = 12;
/// What the weights are held back by, in units of expected hits; a judgement, the outcomes number thousands.
const PENALTY: f64 = 20.0;
/// Steps at most; Newton's method needs a handful.
const STEP_COUNT_MAX: usize = 30;
/// No playlist is worth nothing, and none is worth five others.
const WEIGHT_MIN: f32 = 0.2;
const WEIGHT_MAX: f32 = 5.0;

impl LearnedCare {
    /// The model that explains these outcomes best.
    ///
    /// *Complexity*: a few passes over the outcomes.
    ///
    /// # Errors
    /// When there is no outcome, or a number is negative or not finite.
    pub fn fit(outcomes: &[CareOutcome]) -> Result<Self, LearnError> {
        if outcomes.is_empty() {
            return Err(LearnError::Empty { what: "the outcomes of playlists" });
        }
        for outcome in outcomes {
            check_not_negative("hit_count", f64::from(outcome.hit_count))?;
            check_not_negative("expected", f64::from(outcome.expected))?;
        }
        let rows: Vec<[f64; FEATURE_COUNT]> = outcomes.iter().map(|outcome| row(&outcome.features)).collect();
        let mut at = [0.0; FEATURE_COUNT + 1];
        let mut loss = loss(outcomes, &rows, &at);
        for _ in 0..STEP_COUNT_MAX {
            let Some((next, next_loss)) = descend(outcomes, &rows, &at, loss)? else { break };
            let gain = loss - next_loss;
            (at, loss) = (next, next_loss);
            if gain <= 1e-9 * loss.abs().max(1.0) {
                break;
            }
        }
        let weights = std::array::from_fn(|feature| at[feature]);
        Ok(Self { bias: at[FEATURE_COUNT], weights })
    }

    /// What a playlist is worth; 1 for one of which as much comes as is expected.
    ///
    /// *Range*: 0.2 to 5.
    pub fn weight(&self, features: &CareFeatures) -> f32 {
        let parts = row(features);
        let sum: f64 = parts.iter().zip(&self.weights).map(|(part, weight)| part * weight).sum();
        ((self.bias + sum).exp() as f32).clamp(WEIGHT_MIN, WEIGHT_MAX)
    }

    /// What each feature multiplies the weight by, as a logarithm per unit.
    pub fn named_weights(&self) -> impl Iterator<Item = (&'static str, f64)> {
        NAMES.into_iter().zip(self.weights)
    }
}

/// The features as numbers of about one; all finite.
fn row(features: &CareFeatures) -> [f64; FEATURE_COUNT] {
    let track_count = features.track_count.max(1) as f32;
    let flag = |is_so: bool| f32::from(u8::from(is_so));
    let known = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
    let parts = [
        // Forty tracks are no reason either way.
        (track_count / 40.0).ln(),
        (features.edit_count as f32 / track_count).min(1.0),
        saturating(features.edit_day_count.saturating_sub(1) as f32, 8.0),
        if features.lifetime_days.is_finite() { saturating(features.lifetime_days, 60.0) } else { 0.0 },
        saturating(features.follower_count as f32, 20.0),
        known(features.distinct_artist_share),
        known(features.cohesion.unwrap_or(0.0)),
        flag(features.has_title),
        flag(features.has_description),
        flag(features.is_collaborative),
        known(features.duplicate_share),
        flag(features.is_made_by_person),
    ];
    parts.map(f64::from)
}

type Weights = [f64; FEATURE_COUNT + 1];

/// The logarithm of the rate, within what a number holds.
fn log_rate(row: &[f64; FEATURE_COUNT], at: &Weights) -> f64 {
    let sum: f64 = row.iter().zip(at).map(|(x, w)| x * w).sum();
    (sum + at[FEATURE_COUNT]).clamp(-30.0, 30.0)
}

fn loss(outcomes: &[CareOutcome], rows: &[[f64; FEATURE_COUNT]], at: &Weights) -> f64 {
    let of_outcomes: f64 = outcomes
        .iter()
        .zip(rows)
        .map(|(outcome, row)| {
            let rate = log_rate(row, at);
            f64::from(outcome.expected) * rate.exp() - f64::from(outcome.hit_count) * rate
        })
        .sum();
    of_outcomes + 0.5 * PENALTY * at.iter().map(|w| w * w).sum::<f64>()
}

/// One step of Newton's method, halved until the loss falls; none where it falls no more.
fn descend(
    outcomes: &[CareOutcome],
    rows: &[[f64; FEATURE_COUNT]],
    at: &Weights,
    loss_at: f64,
) -> Result<Option<(Weights, f64)>, LearnError> {
    let size = at.len();
    let mut hessian =
        Mat::<f64>::from_fn(size, size, |row, column| if row == column { PENALTY } else { 0.0 });
    let mut gradient = Mat::<f64>::from_fn(size, 1, |row, _| PENALTY * at[row]);
    for (outcome, row) in outcomes.iter().zip(rows) {
        let mean = f64::from(outcome.expected) * log_rate(row, at).exp();
        let x: Weights = std::array::from_fn(|place| row.get(place).copied().unwrap_or(1.0));
        for i in 0..size {
            gradient[(i, 0)] += (mean - f64::from(outcome.hit_count)) * x[i];
            for j in 0..size {
                hessian[(i, j)] += mean * x[i] * x[j];
            }
        }
    }
    let factor =
        hessian.llt(Side::Lower).map_err(|_| LearnError::Numeric { what: "a step of learning care" })?;
    let step = factor.solve(&gradient);
    let mut scale = 1.0;
    while scale > 1e-6 {
        let next: Weights = std::array::from_fn(|place| at[place] - scale * step[(place, 0)]);
        let next_loss = loss(outcomes, rows, &next);
        if next_loss < loss_at {
            return Ok(Some((next, next_loss)));
        }
        scale *= 0.5;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(cohesion: f32, edit_count: u32) -> CareFeatures {
        CareFeatures {
            track_count: 40,
            edit_count,
            edit_day_count: edit_count,
            has_title: true,
            is_made_by_person: true,
            distinct_artist_share: 0.7,
            cohesion: Some(cohesion),
            ..CareFeatures::default()
        }
    }

    /// Playlists whose suggestions are right the more often, the more they hang together; edits say nothing.
    fn outcomes() -> Vec<CareOutcome> {
        let outcome = |row: u32| {
            let features = made((row % 10) as f32 / 10.0, row / 10 % 20);
            let worth = 0.5 + (row % 10) as f32 / 6.0;
            CareOutcome { features, hit_count: 4.0 * worth, expected: 4.0 }
        };
        (0..400).map(outcome).collect()
    }

    #[test]
    fn what_made_suggestions_right_is_found_and_what_did_not_is_left() {
        let care = LearnedCare::fit(&outcomes()).unwrap();
        let weights: std::collections::BTreeMap<_, _> = care.named_weights().collect();
        assert!(weights["cohesion"] > 0.8, "{weights:?}");
        assert!(weights["edits per track"].abs() < 0.1, "{weights:?}");
        assert!(care.weight(&made(0.9, 5)) > 1.5 * care.weight(&made(0.0, 5)));
        let odd = CareFeatures { cohesion: Some(f32::NAN), lifetime_days: f32::INFINITY, ..made(0.5, 5) };
        assert!(care.weight(&odd).is_finite());
    }

    #[test]
    fn a_few_outcomes_change_little_and_bad_ones_are_refused() {
        let one = CareOutcome { features: made(0.9, 30), hit_count: 3.0, expected: 1.0 };
        let weight = LearnedCare::fit(&[one]).unwrap().weight(&one.features);
        assert!((1.0..1.6).contains(&weight), "{weight}");
        assert!(LearnedCare::fit(&[]).is_err());
        for wrong in [CareOutcome { hit_count: f32::NAN, ..one }, CareOutcome { expected: -1.0, ..one }] {
            assert!(LearnedCare::fit(&[wrong]).is_err());
        }
        let huge = CareOutcome { hit_count: f32::MAX, expected: 0.0, ..one };
        assert!(LearnedCare::fit(&[huge]).map_or(true, |care| care.weight(&one.features).is_finite()));
    }
}
