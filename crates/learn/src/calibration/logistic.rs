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

    use faer::linalg::matmul::triangular::{self, BlockStructure};
    use faer::linalg::solvers::Solve;
    use faer::{Accum, Mat, MatRef, Par, Side};
    use rayon::prelude::*;

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
    const CHUNK: usize = 1024;
    /// Samples whose sums are made by one thread; what is summed in which order depends on no number of threads.
    const STRIP: usize = 16 * CHUNK;
    /// Numbers between 1 and 2 whose product is far from the largest that there is.
    const FACTORS: usize = 512;
    /// The bias is pulled to zero just enough to stay finite when all labels are alike.
    const BIAS_PENALTY: f64 = 1e-3;

    /// Where some weights lead.
    struct Place {
        weights: Vec<f64>,
        loss: f64,
        /// The probability of each sample.
        probabilities: Vec<f64>,
    }

    impl Problem<'_> {
        fn solve(&self, step_count_max: usize) -> Result<Logistic, LearnError> {
            let weights = self.prior.iter().map(|&weight| f64::from(weight)).chain([0.0]).collect();
            let mut place = self.place(weights);
            for _ in 0..step_count_max {
                let step = self.newton_step(&place)?;
                // Halving the step until the loss falls makes Newton's method safe far from the optimum.
                let mut scale = 1.0;
                let next = loop {
                    let next =
                        self.place(place.weights.iter().zip(&step).map(|(w, s)| w - scale * s).collect());
                    if next.loss <= place.loss || scale < 1e-6 {
                        break next;
                    }
                    scale *= 0.5;
                };
                let gain = place.loss - next.loss;
                if gain < 0.0 {
                    break;
                }
                place = next;
                if gain <= 1e-9 * place.loss.abs().max(1.0) {
                    break;
                }
            }
            let mut weights = place.weights;
            let bias = weights.pop().expect("the bias stands behind the weights") as f32;
            Ok(Logistic { bias, weights: weights.into_iter().map(|weight| weight as f32).collect() })
        }

        /// The samples from `start` on, at most so many, each with its label.
        fn rows(&self, start: usize, count: usize) -> impl Iterator<Item = (&[f32], f64)> {
            let row = |index: usize| &self.features[index * self.feature_count..][..self.feature_count];
            let end = (start + count).min(self.labels.len());
            (start..end).map(move |index| (row(index), f64::from(self.labels[index])))
        }

        fn place(&self, weights: Vec<f64>) -> Place {
            let mut probabilities = vec![0.0; self.labels.len()];
            let strips: Vec<f64> = probabilities
                .par_chunks_mut(STRIP)
                .enumerate()
                .map(|(strip, probabilities)| self.strip_loss(&weights, strip * STRIP, probabilities))
                .collect();
            let away = self.prior.iter().zip(&weights).map(|(&p, w)| (w - f64::from(p)) * (w - f64::from(p)));
            let bias = weights[self.feature_count];
            let loss = strips.iter().sum::<f64>()
                + 0.5 * self.penalty * away.sum::<f64>()
                + 0.5 * BIAS_PENALTY * bias * bias;
            Place { weights, loss, probabilities }
        }

        /// What the samples from `start` on cost; their probabilities are written down.
        fn strip_loss(&self, weights: &[f64], start: usize, probabilities: &mut [f64]) -> f64 {
            let (mut loss, mut product) = (0.0, 1.0_f64);
            let count = probabilities.len();
            for (index, ((row, label), probability)) in self.rows(start, count).zip(probabilities).enumerate()
            {
                let odds = dot(row, weights) + weights[self.feature_count];
                let small = (-odds.abs()).exp();
                *probability = if odds > 0.0 { 1.0 } else { small } / (1.0 + small);
                // ln(1 + exp(odds)) − label·odds, without overflow; the logarithms of many are that of their product.
                loss += odds.max(0.0) - label * odds;
                product *= 1.0 + small;
                if index % FACTORS == FACTORS - 1 {
                    loss += product.ln();
                    product = 1.0;
                }
            }
            loss + product.ln()
        }

        fn newton_step(&self, place: &Place) -> Result<Vec<f64>, LearnError> {
            let (size, weights) = (self.feature_count + 1, &place.weights);
            let strips: Vec<(Mat<f64>, Vec<f64>)> = place
                .probabilities
                .par_chunks(STRIP)
                .enumerate()
                .map(|(strip, probabilities)| self.strip_slopes(strip * STRIP, probabilities))
                .collect();
            let mut hessian = Mat::<f64>::zeros(size, size);
            let mut gradient = Mat::<f64>::zeros(size, 1);
            for (of_strip, slope) in &strips {
                hessian += of_strip;
                (0..size).for_each(|index| gradient[(index, 0)] += slope[index]);
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

        /// The lower half of the Hessian and the gradient of the samples from `start` on.
        fn strip_slopes(&self, start: usize, probabilities: &[f64]) -> (Mat<f64>, Vec<f64>) {
            let size = self.feature_count + 1;
            let mut hessian = Mat::<f64>::zeros(size, size);
            let mut gradient = vec![0.0; size];
            // Rows scaled by the root of their curvature: the Hessian is their product with themselves.
            let mut scaled = vec![0.0; probabilities.len().min(CHUNK) * size];
            for (chunk, probabilities) in probabilities.chunks(CHUNK).enumerate() {
                let rows = self.rows(start + chunk * CHUNK, probabilities.len()).zip(probabilities);
                for (((row, label), probability), scaled) in rows.zip(scaled.chunks_exact_mut(size)) {
                    let (residual, root) = (probability - label, (probability * (1.0 - probability)).sqrt());
                    let (scaled_bias, scaled) = scaled.split_last_mut().expect("there is a bias");
                    for ((&x, sum), scaled) in row.iter().zip(&mut gradient).zip(scaled) {
                        *sum += residual * f64::from(x);
                        *scaled = root * f64::from(x);
                    }
                    gradient[size - 1] += residual;
                    *scaled_bias = root;
                }
                let count = probabilities.len();
                let rows = MatRef::from_row_major_slice(&scaled[..count * size], count, size);
                triangular::matmul(
                    &mut hessian,
                    BlockStructure::TriangularLower,
                    Accum::Add,
                    rows.transpose(),
                    BlockStructure::Rectangular,
                    rows,
                    BlockStructure::Rectangular,
                    1.0,
                    Par::Seq,
                );
            }
            (hessian, gradient)
        }
    }

    /// The sum of products of features and weights, in four lanes.
    fn dot(row: &[f32], weights: &[f64]) -> f64 {
        let (quads, rest) = row.as_chunks::<4>();
        let (weight_quads, _) = weights.as_chunks::<4>();
        let mut sums = [0.0; 4];
        for (quad, weights) in quads.iter().zip(weight_quads) {
            for lane in 0..4 {
                sums[lane] += f64::from(quad[lane]) * weights[lane];
            }
        }
        let of_rest = rest.iter().zip(&weights[row.len() - rest.len()..]).map(|(&x, w)| f64::from(x) * w);
        sums.iter().sum::<f64>() + of_rest.sum::<f64>()
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
