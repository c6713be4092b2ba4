//! Round after round, until validation says stop.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::grow::grow;
use super::model::Boosted;
use super::objective::{Derivatives, Objective};
use super::table::{Binned, FeatureTable};
use crate::error::{LearnError, check_length, check_not_negative, check_positive};

/// What is chosen before fitting.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BoostParams {
    /// Trees at most.
    pub tree_count: usize,
    /// Leaves per tree at most. *Range*: 2 or more.
    pub leaf_count: usize,
    /// Decisions from the root to a leaf at most.
    pub depth_max: usize,
    /// How much of each tree is believed. *Range*: above 0 to 1.
    pub learning_rate: f32,
    /// Rows that a leaf must hold.
    pub rows_min: usize,
    /// Curvature that a leaf must hold.
    pub curvature_min: f32,
    /// What is added to the curvature of a leaf, so that small leaves say little.
    pub ridge: f32,
    /// What a split must gain.
    pub gain_min: f32,
    /// The share of features that a tree may use, drawn anew for each. *Range*: above 0 to 1.
    pub feature_share: f32,
    /// The share of rows that a tree sees, drawn anew for each. *Range*: above 0 to 1.
    pub row_share: f32,
    /// Bins per feature at most. *Range*: 2 to 255.
    pub bin_count: usize,
    /// Rounds without improvement on validation data after which fitting ends.
    pub patience: usize,
    /// The seed of everything random.
    pub seed: u64,
}

impl Default for BoostParams {
    fn default() -> Self {
        Self {
            tree_count: 150,
            leaf_count: 31,
            depth_max: 32,
            learning_rate: 0.1,
            rows_min: 20,
            curvature_min: 1e-3,
            ridge: 1.0,
            gain_min: 0.0,
            feature_share: 1.0,
            row_share: 1.0,
            bin_count: 255,
            patience: 20,
            seed: 0,
        }
    }
}

impl BoostParams {
    fn check(&self) -> Result<(), LearnError> {
        check_positive("learning_rate", f64::from(self.learning_rate))?;
        check_not_negative("ridge", f64::from(self.ridge))?;
        check_not_negative("gain_min", f64::from(self.gain_min))?;
        check_not_negative("curvature_min", f64::from(self.curvature_min))?;
        for (name, share) in [("feature_share", self.feature_share), ("row_share", self.row_share)] {
            if !(share > 0.0 && share <= 1.0) {
                return Err(LearnError::Parameter {
                    name,
                    value: f64::from(share),
                    expected: "above 0, at most 1",
                });
            }
        }
        if self.leaf_count < 2 {
            let value = self.leaf_count as f64;
            return Err(LearnError::Parameter { name: "leaf_count", value, expected: "2 or more" });
        }
        Ok(())
    }
}

/// Rows that decide when fitting ends.
pub struct Validation<'a> {
    /// The rows.
    pub table: &'a FeatureTable,
    /// How good these scores of the rows are; the higher, the better.
    pub measure: &'a (dyn Fn(&[f32]) -> f64 + Sync),
}

impl std::fmt::Debug for Validation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validation").field("rows", &self.table.row_count()).finish_non_exhaustive()
    }
}

/// Rounds between two looks at validation data.
const LOOK_EVERY: usize = 5;

impl Boosted {
    /// Fits trees to an objective; with validation rows, as many as were best there.
    ///
    /// *Complexity*: per tree about `rows · features · log2(leaves) / 2` additions.
    ///
    /// # Errors
    /// When there is no row, lengths do not fit, or a parameter is out of its range.
    pub fn fit(
        table: &FeatureTable,
        objective: &dyn Objective,
        validation: Option<&Validation<'_>>,
        params: &BoostParams,
    ) -> Result<Self, LearnError> {
        params.check()?;
        check_length("rows of the objective", table.row_count(), objective.row_count())?;
        if table.row_count() == 0 {
            return Err(LearnError::Empty { what: "the sample for boosted trees" });
        }
        let binned = Binned::new(table, params.bin_count);
        let start = objective.start();
        let mut scores = vec![start; table.row_count()];
        let mut valid_scores = validation.map(|v| vec![start; v.table.row_count()]);
        let mut derivatives = vec![Derivatives::default(); table.row_count()];
        let mut trees = Vec::with_capacity(params.tree_count);
        let (mut best, mut best_count) = (f64::NEG_INFINITY, 0);
        for round in 0..params.tree_count {
            objective.derivatives(&scores, &mut derivatives);
            let mut random = ChaCha8Rng::seed_from_u64(params.seed);
            random.set_stream(round as u64);
            let features = draw_features(table.feature_count(), params.feature_share, &mut random);
            let rows = draw_rows(table.row_count(), params.row_share, &mut random);
            let narrow = (features.len() < table.feature_count()).then(|| binned.narrowed(&features));
            let tree = grow(narrow.as_ref().unwrap_or(&binned), &derivatives, rows, &features, params);
            add(&tree, table, &mut scores);
            if let (Some(validation), Some(scores)) = (validation, &mut valid_scores) {
                add(&tree, validation.table, scores);
                trees.push(tree);
                if (round + 1) % LOOK_EVERY == 0 {
                    let value = (validation.measure)(scores);
                    if value > best {
                        (best, best_count) = (value, trees.len());
                    } else if trees.len() - best_count >= params.patience {
                        break;
                    }
                }
            } else {
                trees.push(tree);
            }
        }
        if validation.is_some() && best_count > 0 {
            trees.truncate(best_count);
        }
        Self::from_parts(table.feature_count(), start, trees)
    }
}

fn add(tree: &super::Tree, table: &FeatureTable, scores: &mut [f32]) {
    scores.par_iter_mut().enumerate().with_min_len(1024).for_each(|(row, score)| {
        *score += tree.leaves[tree.leaf(table.row(row))];
    });
}

fn draw_features(count: usize, share: f32, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut features: Vec<usize> = (0..count).collect();
    if share < 1.0 {
        features.shuffle(random);
        features.truncate(((count as f32 * share).ceil() as usize).max(1));
        features.sort_unstable();
    }
    features
}

fn draw_rows(count: usize, share: f32, random: &mut ChaCha8Rng) -> Vec<u32> {
    let all = 0..count as u32;
    if share >= 1.0 { all.collect() } else { all.filter(|_| random.random::<f32>() < share).collect() }
}
