//! Logistic regression: a weighted sum that reads as a probability, with weights that people can read.

/// A fitted model: `P = 1 / (1 + exp(−(bias + weights·features)))`.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// What is added before anything is known.
    pub bias: f32,
    /// One weight per feature.
    pub weights: Vec<f32>,
}

impl Logistic {
    /// The log-odds for these features.
    ///
    /// # Panics
    /// When there are not as many features as weights.
    pub fn log_odds(&self, features: &[f32]) -> f32 {
        assert_eq!(features.len(), self.weights.len(), "one feature per weight");
        self.bias + features.iter().zip(&self.weights).map(|(feature, weight)| feature * weight).sum::<f32>()
    }

    /// The probability for these features.
    ///
    /// # Panics
    /// When there are not as many features as weights.
    pub fn probability(&self, features: &[f32]) -> f32 {
        1.0 / (1.0 + (-self.log_odds(features)).exp())
    }
}

#[cfg(feature = "train")]
pub use fit::LogisticParams;

#[cfg(feature = "train")]
mod fit {
    //! Newton's method on the penalised likelihood.
    //!
    //! *Source*: Hastie, Tibshirani, Friedman, "The elements of statistical learning", 2nd edition, section 4.4.1.

    use faer::linalg::matmul::matmul;
    use faer::linalg::solvers::Solve;
    use faer::{Accum, Mat, Par, Side};

    use super::Logistic;
    use crate::error::{LearnError, check_finite, check_length, check_positive};

    /// What is chosen before fitting.
    #[derive(Clone, Debug, PartialEq)]
    pub struct LogisticParams {
        /// The penalty on the square distance of the weights from [`prior`](Self::prior), in units of one sample.
        pub penalty: f32,
        /// What the weights are pulled to; empty for zero.
        pub prior: Vec<f32>,
        /// Steps at most; a handful is enough.
        pub step_count_max: usize,
    }

    impl Default for LogisticParams {
        fn default() -> Self {
            Self { penalty: 1.0, prior: Vec::new(), step_count_max: 50 }
        }
    }

    impl Logistic {
        /// Fits the weights to `labels` (1 or 0, or a probability).
        ///
        /// *Shape*: `features` is `[labels.len(), feature_count]`, row after row.
        ///
        /// *Complexity*: per step one pass over the features and one solve of the size of the weights.
        ///
        /// # Errors
        /// When the lengths do not fit, a number is not finite, the penalty is not positive, or there is no sample.
        pub fn fit(
            features: &[f32],
            feature_count: usize,
            labels: &[f32],
            params: &LogisticParams,
        ) -> Result<Self, LearnError> {
            check_length("features of samples", labels.len() * feature_count, features.len())?;
            check_finite("features of samples", features)?;
            check_finite("labels of samples", labels)?;
            check_positive("penalty", f64::from(params.penalty))?;
            if labels.is_empty() {
                return Err(LearnError::Empty { what: "the sample for a logistic model" });
            }
            let prior = match params.prior.len() {
                0 => vec![0.0; feature_count],
                _ => params.prior.clone(),
            };
            check_length("prior weights", feature_count, prior.len())?;
            check_finite("prior weights", &prior)?;
            let problem =
                Problem { features, feature_count, labels, prior, penalty: f64::from(params.penalty) };
            problem.solve(params.step_count_max)
        }
    }

    struct Problem<'a> {
        features: &'a [f32],
        feature_count: usize,
        labels: &'a [f32],
        prior: Vec<f32>,
        penalty: f64,
    }

    /// Samples that are multiplied at once; a few hundred kilobytes.
    const CHUNK: usize = 2048;
    /// The bias is pulled to zero just enough to stay finite when all labels are alike.
    const BIAS_PENALTY: f64 = 1e-3;

    impl Problem<'_> {
        fn solve(&self, step_count_max: usize) -> Result<Logistic, LearnError> {
            let mut weights: Vec<f64> =
                self.prior.iter().map(|&weight| f64::from(weight)).chain([0.0]).collect();
            let mut loss = self.loss(&weights);
            for _ in 0..step_count_max {
                let step = self.newton_step(&weights)?;
                // Halving the step until the loss falls makes Newton's method safe far from the optimum.
                let mut scale = 1.0;
                let (next, next_loss) = loop {
                    let next: Vec<f64> = weights.iter().zip(&step).map(|(w, s)| w - scale * s).collect();
                    let next_loss = self.loss(&next);
                    if next_loss <= loss || scale < 1e-6 {
                        break (next, next_loss);
                    }
                    scale *= 0.5;
                };
                let gain = loss - next_loss;
                if gain < 0.0 {
                    break;
                }
                weights = next;
                loss = next_loss;
                if gain <= 1e-9 * loss.abs().max(1.0) {
                    break;
                }
            }
            let bias = weights.pop().expect("the bias stands behind the weights") as f32;
            Ok(Logistic { bias, weights: weights.into_iter().map(|weight| weight as f32).collect() })
        }

        fn rows(&self) -> impl Iterator<Item = (&[f32], f64)> {
            let row = |index: usize| &self.features[index * self.feature_count..][..self.feature_count];
            (0..self.labels.len()).map(move |index| (row(index), f64::from(self.labels[index])))
        }

        fn log_odds(&self, weights: &[f64], row: &[f32]) -> f64 {
            let sum: f64 = row.iter().zip(weights).map(|(&x, w)| f64::from(x) * w).sum();
            sum + weights[self.feature_count]
        }

        fn loss(&self, weights: &[f64]) -> f64 {
            let of_samples: f64 = self
                .rows()
                .map(|(row, label)| {
                    let odds = self.log_odds(weights, row);
                    // ln(1 + exp(odds)) − label·odds, without overflow.
                    odds.max(0.0) + (-odds.abs()).exp().ln_1p() - label * odds
                })
                .sum();
            let away = self.prior.iter().zip(weights).map(|(&p, w)| (w - f64::from(p)) * (w - f64::from(p)));
            let bias = weights[self.feature_count];
            of_samples + 0.5 * self.penalty * away.sum::<f64>() + 0.5 * BIAS_PENALTY * bias * bias
        }

        fn newton_step(&self, weights: &[f64]) -> Result<Vec<f64>, LearnError> {
            let size = self.feature_count + 1;
            let mut hessian = Mat::<f64>::zeros(size, size);
            let mut gradient = Mat::<f64>::zeros(size, 1);
            // Rows scaled by the root of their curvature: the Hessian is their product with themselves.
            let mut scaled = Mat::<f64>::zeros(self.labels.len().min(CHUNK), size);
            for start in (0..self.labels.len()).step_by(CHUNK) {
                let rows = CHUNK.min(self.labels.len() - start);
                for (index, (row, label)) in self.rows().skip(start).take(rows).enumerate() {
                    let probability = 1.0 / (1.0 + (-self.log_odds(weights, row)).exp());
                    let root = (probability * (1.0 - probability)).sqrt();
                    for (column, x) in row.iter().map(|&x| f64::from(x)).chain([1.0]).enumerate() {
                        gradient[(column, 0)] += (probability - label) * x;
                        scaled[(index, column)] = root * x;
                    }
                }
                let chunk = scaled.get(..rows, ..);
                matmul(&mut hessian, Accum::Add, chunk.transpose(), chunk, 1.0, Par::Seq);
            }
            for index in 0..self.feature_count {
                gradient[(index, 0)] += self.penalty * (weights[index] - f64::from(self.prior[index]));
                hessian[(index, index)] += self.penalty;
            }
            gradient[(size - 1, 0)] += BIAS_PENALTY * weights[size - 1];
            hessian[(size - 1, size - 1)] += BIAS_PENALTY;
            let factor = hessian
                .llt(Side::Lower)
                .map_err(|_| LearnError::Numeric { what: "a step of logistic regression" })?;
            let step = factor.solve(&gradient);
            Ok((0..size).map(|index| step[(index, 0)]).collect())
        }
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;

    /// Samples drawn evenly from a known model: the label is the model's own probability.
    fn known(weights: &[f32], bias: f32, count: usize) -> (Vec<f32>, Vec<f32>) {
        let truth = Logistic { bias, weights: weights.to_vec() };
        let mut features = Vec::new();
        let mut labels = Vec::new();
        for index in 0..count {
            let row: Vec<f32> =
                (0..weights.len()).map(|axis| ((index * (axis + 3)) % 17) as f32 / 8.0 - 1.0).collect();
            labels.push(truth.probability(&row));
            features.extend(row);
        }
        (features, labels)
    }

    #[test]
    fn the_weights_of_a_known_model_are_found() {
        let (features, labels) = known(&[1.5, -0.7], 0.4, 500);
        let params = LogisticParams { penalty: 1e-4, ..LogisticParams::default() };
        let fit = Logistic::fit(&features, 2, &labels, &params).unwrap();
        assert!((fit.weights[0] - 1.5).abs() < 0.01 && (fit.weights[1] + 0.7).abs() < 0.01, "{fit:?}");
        assert!((fit.bias - 0.4).abs() < 0.01, "{fit:?}");
    }

    #[test]
    fn few_samples_leave_the_weights_at_their_prior() {
        let (features, labels) = known(&[1.5, -0.7], 0.4, 3);
        let params = LogisticParams { penalty: 1e4, prior: vec![2.0, 3.0], ..LogisticParams::default() };
        let fit = Logistic::fit(&features, 2, &labels, &params).unwrap();
        assert!((fit.weights[0] - 2.0).abs() < 0.01 && (fit.weights[1] - 3.0).abs() < 0.01, "{fit:?}");
    }

    #[test]
    fn labels_that_are_all_alike_give_finite_weights() {
        let (features, _) = known(&[1.0, 1.0], 0.0, 50);
        let fit = Logistic::fit(&features, 2, &[1.0; 50], &LogisticParams::default()).unwrap();
        assert!(
            fit.bias.is_finite() && fit.bias > 1.0 && fit.weights.iter().all(|w| w.is_finite()),
            "{fit:?}"
        );
    }

    #[test]
    fn what_is_no_sample_is_refused() {
        let params = LogisticParams::default();
        assert!(Logistic::fit(&[], 2, &[], &params).is_err());
        assert!(Logistic::fit(&[1.0], 2, &[1.0], &params).is_err());
        assert!(Logistic::fit(&[f32::NAN, 1.0], 2, &[1.0], &params).is_err());
    }
}
