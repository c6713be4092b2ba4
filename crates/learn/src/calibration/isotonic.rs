//! A curve that only rises: the best monotone fit of outcomes to scores.
//!
//! *Source*: Ayer, Brunk, Ewing, Reid, Silverman, "An empirical distribution function for sampling with incomplete
//! information", 1955 (pool adjacent violators); Zadrozny, Elkan, "Transforming classifier scores into accurate
//! multiclass probability estimates", 2002 (its use for calibration).

use crate::error::{LearnError, check_finite};

/// A non-decreasing, piecewise linear curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    knots: Vec<(f32, f32)>,
}

impl Isotonic {
    /// The curve through these knots.
    ///
    /// # Errors
    /// When there are none, a number is not finite, or they do not rise from left to right.
    pub fn from_knots(knots: Vec<(f32, f32)>) -> Result<Self, LearnError> {
        if knots.is_empty() {
            return Err(LearnError::Empty { what: "an isotonic curve" });
        }
        let numbers: Vec<f32> = knots.iter().flat_map(|&(x, y)| [x, y]).collect();
        check_finite("the knots of an isotonic curve", &numbers)?;
        let rises = |pair: &[(f32, f32)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
        match knots.windows(2).position(|pair| !rises(pair)) {
            Some(index) => {
                Err(LearnError::Unordered { what: "the knots of an isotonic curve", index: index + 1 })
            }
            None => Ok(Self { knots }),
        }
    }

    /// The knots, from left to right.
    pub fn knots(&self) -> &[(f32, f32)] {
        &self.knots
    }

    /// The value at `score`: straight between knots, flat beyond the ends; a NaN reads as the lowest score.
    pub fn apply(&self, score: f32) -> f32 {
        let right = self.knots.partition_point(|&(x, _)| x < score);
        match (right.checked_sub(1).map(|left| self.knots[left]), self.knots.get(right)) {
            (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * ((score - x0) / (x1 - x0)),
            (Some((_, last)), None) => last,
            (None, _) => self.knots[0].1,
        }
    }

    /// The curve that fits `outcomes` best in the sense of weighted squares among all that never fall.
    ///
    /// A sample is a score, an outcome (1 or 0, or anything between) and a weight.
    /// Scores that are pooled become one knot at their mean, so the curve is continuous.
    ///
    /// *Complexity*: sorting the samples.
    ///
    /// # Errors
    /// When there is no sample of positive weight, or a number is not finite or a weight negative.
    #[cfg(feature = "train")]
    pub fn fit(samples: &[(f32, f32, f32)]) -> Result<Self, LearnError> {
        let numbers: Vec<f32> = samples.iter().flat_map(|&(x, y, weight)| [x, y, weight]).collect();
        check_finite("samples for an isotonic curve", &numbers)?;
        for &(_, _, weight) in samples {
            crate::error::check_not_negative("the weight of a sample", f64::from(weight))?;
        }
        let mut sorted: Vec<Pool> = samples.iter().filter(|sample| sample.2 > 0.0).map(Pool::of).collect();
        if sorted.is_empty() {
            return Err(LearnError::Empty { what: "the sample for an isotonic curve" });
        }
        sorted.sort_by(|a, b| a.score().total_cmp(&b.score()).then(a.outcome().total_cmp(&b.outcome())));
        let mut pools: Vec<Pool> = Vec::new();
        for sample in sorted {
            let mut pool = sample;
            // Equal scores belong together whatever their outcomes are.
            while let Some(last) =
                pools.last().filter(|last| last.outcome() >= pool.outcome() || last.highest >= pool.lowest)
            {
                pool = last.joined(&pool);
                pools.pop();
            }
            pools.push(pool);
        }
        let mut knots: Vec<(f32, f32)> = Vec::with_capacity(pools.len());
        for pool in &pools {
            let knot = (pool.score() as f32, pool.outcome() as f32);
            // Pools nearer to each other than a 32-bit float can tell share a knot.
            if knots.last().is_none_or(|last| last.0 < knot.0) {
                knots.push(knot);
            }
        }
        Self::from_knots(knots)
    }
}

/// Samples that share one value.
#[cfg(feature = "train")]
#[derive(Clone, Copy, Debug)]
struct Pool {
    weight: f64,
    scores: f64,
    outcomes: f64,
    lowest: f32,
    highest: f32,
}

#[cfg(feature = "train")]
impl Pool {
    fn of(&(score, outcome, weight): &(f32, f32, f32)) -> Self {
        let weight = f64::from(weight);
        Self {
            weight,
            scores: weight * f64::from(score),
            outcomes: weight * f64::from(outcome),
            lowest: score,
            highest: score,
        }
    }

    fn joined(&self, later: &Self) -> Self {
        Self {
            weight: self.weight + later.weight,
            scores: self.scores + later.scores,
            outcomes: self.outcomes + later.outcomes,
            lowest: self.lowest,
            highest: later.highest,
        }
    }

    fn score(&self) -> f64 {
        self.scores / self.weight
    }

    fn outcome(&self) -> f64 {
        self.outcomes / self.weight
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn violators_are_pooled_to_their_mean() {
        let fit =
            Isotonic::fit(&[(1.0, 0.0, 1.0), (2.0, 1.0, 1.0), (3.0, 0.0, 1.0), (4.0, 1.0, 2.0)]).unwrap();
        assert_eq!(fit.knots(), [(1.0, 0.0), (2.5, 0.5), (4.0, 1.0)]);
        assert_eq!((fit.apply(-9.0), fit.apply(1.75), fit.apply(9.0)), (0.0, 0.25, 1.0));
        assert_eq!(fit.apply(f32::NAN), 0.0);
    }

    #[test]
    fn equal_scores_have_one_value() {
        let fit = Isotonic::fit(&[(1.0, 0.0, 1.0), (1.0, 1.0, 3.0)]).unwrap();
        assert_eq!(fit.knots(), [(1.0, 0.75)]);
    }

    #[test]
    fn what_is_no_sample_is_refused() {
        for samples in [&[][..], &[(1.0, 1.0, 0.0)], &[(f32::NAN, 1.0, 1.0)], &[(1.0, 1.0, -1.0)]] {
            assert!(Isotonic::fit(samples).is_err(), "{samples:?}");
        }
        assert!(Isotonic::from_knots(vec![(0.0, 0.5), (1.0, 0.4)]).is_err());
    }

    proptest! {
        #[test]
        fn the_curve_rises_and_keeps_the_mean(
            samples in prop::collection::vec((-5.0_f32..5.0, 0.0_f32..1.0, 0.1_f32..2.0), 1..60),
        ) {
            let fit = Isotonic::fit(&samples).unwrap();
            prop_assert!(fit.knots().windows(2).all(|pair| pair[0].1 <= pair[1].1));
            let xs: Vec<f32> = (-60..60).map(|step| step as f32 / 10.0).collect();
            let ys: Vec<f32> = xs.iter().map(|&x| fit.apply(x)).collect();
            prop_assert!(ys.windows(2).all(|pair| pair[0] <= pair[1] + 1e-6));
        }
    }
}
