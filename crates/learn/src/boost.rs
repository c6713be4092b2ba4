//! Gradient-boosted regression trees over binned features: a ranker, and calibrated probabilities of actions.
//!
//! | module | is for |
//! |---|---|
//! | `model` | [`Boosted`]: the trees, and scoring with them |
//! | `table` | [`FeatureTable`]: rows of numbers, and their bins |
//! | `quick` | many rows through all trees at once |
//! | `objective` | what is minimised: logistic loss, or the order within queries (LambdaMART) |
//! | `grow` | one tree, leaf by leaf, from integer histograms |
//! | `fit` | round after round, with early stopping |
//! | `forest` | extremely randomised trees, for samples of some hundred rows |
//! | `heads` | [`ActionHeads`]: one calibrated probability per action |
//!
//! Everything that scores a row of features does it behind [`RankingModel`].
//!
//! Gradients are brought to whole numbers before they are summed, the gradient in the upper and the curvature in the
//! lower half of one 64-bit integer: one addition per row and feature, and a sum that no order of threads can change.
//!
//! *Sources*: Friedman (2001), "Greedy function approximation: a gradient boosting machine"; Burges (2010), "From
//! RankNet to LambdaRank to LambdaMART: an overview"; Ke and others (2017), "LightGBM: a highly efficient gradient
//! boosting decision tree"; Shi and others (2022), "Quantized training of gradient boosting decision trees".

#[cfg(feature = "train")]
mod fit;
#[cfg(feature = "train")]
mod forest;
#[cfg(feature = "train")]
mod grow;
#[cfg(feature = "train")]
mod heads;
mod model;
#[cfg(feature = "train")]
mod objective;
mod quick;
#[cfg(feature = "train")]
mod table;
#[cfg(all(test, feature = "train"))]
mod tests;

#[cfg(feature = "train")]
pub use fit::{BoostParams, Validation};
#[cfg(feature = "train")]
pub use forest::ForestParams;
#[cfg(feature = "train")]
pub use heads::{ActionHead, ActionHeads, Labelled};
pub use model::{Boosted, Node, Tree};
#[cfg(feature = "train")]
pub use objective::{Derivatives, LambdaRank, LogLoss, Objective, SquaredLoss};
#[cfg(feature = "train")]
pub use table::FeatureTable;

/// What turns a row of features into one number to rank by, whatever it is inside.
pub trait RankingModel {
    /// How many numbers a row has.
    fn feature_count(&self) -> usize;

    /// The score of a row; the higher, the better.
    ///
    /// A feature that is not a number counts as missing; the score is always finite.
    ///
    /// # Panics
    /// When the row is shorter than [`feature_count`](Self::feature_count).
    fn score(&self, features: &[f32]) -> f32;

    /// What each feature adds to the score of this row, where the model can tell.
    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        vec![0.0; features.len()]
    }
}

impl RankingModel for crate::calibration::Logistic {
    fn feature_count(&self) -> usize {
        self.weights.len()
    }

    fn score(&self, features: &[f32]) -> f32 {
        let known: Vec<f32> =
            features.iter().map(|&value| if value.is_finite() { value } else { 0.0 }).collect();
        self.log_odds(&known)
    }

    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        self.weights
            .iter()
            .zip(features)
            .map(|(weight, &value)| if value.is_finite() { weight * value } else { 0.0 })
            .collect()
    }
}
