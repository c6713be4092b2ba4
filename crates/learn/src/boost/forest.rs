//! Extremely randomised trees: many trees whose thresholds are drawn and not searched, averaged.
//!
//! For samples of some hundred rows, where boosting learns the noise; above some ten thousand rows boost instead.
//!
//! *Source*: Geurts, Ernst, Wehenkel (2006), "Extremely randomized trees".

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::model::{Boosted, Node, Tree};
use super::table::FeatureTable;
use crate::error::{LearnError, check_finite, check_length};

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ForestParams {
    /// Trees. *Range*: 1 or more.
    pub tree_count: usize,
    /// Rows that a leaf must hold. *Range*: 1 or more.
    pub rows_min: usize,
    /// The share of features that are tried at each node. *Range*: above 0 to 1.
    pub feature_share: f32,
    /// The seed of everything random.
    pub seed: u64,
}

impl Default for ForestParams {
    fn default() -> Self {
        Self { tree_count: 300, rows_min: 2, feature_share: 0.3, seed: 0 }
    }
}

impl Boosted {
    /// Fits a forest whose score is the mean of targets; with targets of 0 and 1, a probability.
    ///
    /// *Complexity*: `trees · features tried · rows · log2(rows)`.
    ///
    /// # Errors
    /// When there is no row, lengths do not fit, a target is not finite, or a parameter is out of its range.
    pub fn fit_forest(
        table: &FeatureTable,
        targets: &[f32],
        params: &ForestParams,
    ) -> Result<Self, LearnError> {
        check_length("targets of a forest", table.row_count(), targets.len())?;
        check_finite("targets of a forest", targets)?;
        if targets.is_empty() {
            return Err(LearnError::Empty { what: "the sample for a forest" });
        }
        if params.tree_count == 0 || params.rows_min == 0 {
            return Err(LearnError::Parameter {
                name: "tree_count and rows_min",
                value: 0.0,
                expected: "1 or more",
            });
        }
        if !(params.feature_share > 0.0 && params.feature_share <= 1.0) {
            let value = f64::from(params.feature_share);
            return Err(LearnError::Parameter {
                name: "feature_share",
                value,
                expected: "above 0, at most 1",
            });
        }
        let grow = |index: usize| {
            let mut random = ChaCha8Rng::seed_from_u64(params.seed);
            random.set_stream(index as u64);
            grow(table, targets, params, &mut random)
        };
        let trees = (0..params.tree_count).into_par_iter().map(grow).collect();
        Self::from_parts(table.feature_count(), 0.0, trees)
    }
}

/// A node, and whether its right side is meant.
type Side = (usize, bool);

fn grow(table: &FeatureTable, targets: &[f32], params: &ForestParams, random: &mut ChaCha8Rng) -> Tree {
    let scale = 1.0 / params.tree_count as f32;
    let mean = |rows: &[u32]| {
        (rows.iter().map(|&row| f64::from(targets[row as usize])).sum::<f64>() / rows.len() as f64) as f32
            * scale
    };
    let mut tree = Tree::default();
    // Rows that wait for a place, and the node and side that will point to it.
    let mut waiting: Vec<(Vec<u32>, Option<Side>)> = vec![((0..table.row_count() as u32).collect(), None)];
    while let Some((rows, parent)) = waiting.pop() {
        let split = draw_split(table, targets, &rows, params, random);
        let place = match split {
            Some((feature, threshold)) => {
                let goes_right = |row: &u32| table.row(*row as usize)[feature] > threshold;
                let (right, left): (Vec<u32>, Vec<u32>) = rows.iter().partition(|row| goes_right(row));
                let node = tree.nodes.len();
                let feature = feature as u32;
                tree.nodes.push(Node { feature, threshold, left: 0, right: 0, mean: mean(&rows) });
                waiting.push((right, Some((node, true))));
                waiting.push((left, Some((node, false))));
                node as i32
            }
            None => {
                tree.leaves.push(mean(&rows));
                -(tree.leaves.len() as i32)
            }
        };
        match parent {
            Some((node, false)) => tree.nodes[node].left = place,
            Some((node, true)) => tree.nodes[node].right = place,
            None => {}
        }
    }
    tree
}

/// The best of one drawn threshold per tried feature; none where nothing divides the rows.
fn draw_split(
    table: &FeatureTable,
    targets: &[f32],
    rows: &[u32],
    params: &ForestParams,
    random: &mut ChaCha8Rng,
) -> Option<(usize, f32)> {
    let first = targets[*rows.first()? as usize];
    if rows.len() < 2 * params.rows_min || rows.iter().all(|&row| targets[row as usize] == first) {
        return None;
    }
    let mut features: Vec<usize> = (0..table.feature_count()).collect();
    features.shuffle(random);
    let wanted = ((features.len() as f32 * params.feature_share).ceil() as usize).max(1);
    let (mut tried, mut best) = (0, None);
    for feature in features {
        if tried == wanted {
            break;
        }
        let values =
            rows.iter().map(|&row| table.row(row as usize)[feature]).filter(|value| value.is_finite());
        let (low, high) = values
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        // Constant features do not count as tried.
        if low >= high || low.is_infinite() {
            continue;
        }
        tried += 1;
        let threshold = low + random.random::<f32>() * (high - low);
        if !threshold.is_finite() || threshold >= high {
            continue;
        }
        let (mut left, mut left_count, mut all) = (0.0_f64, 0_usize, 0.0_f64);
        for &row in rows {
            let target = f64::from(targets[row as usize]);
            all += target;
            // As a row runs through the tree: what is missing goes left.
            let value = table.row(row as usize)[feature];
            if value.is_nan() || value <= threshold {
                left += target;
                left_count += 1;
            }
        }
        let right_count = rows.len() - left_count;
        if left_count < params.rows_min || right_count < params.rows_min {
            continue;
        }
        let gain = left * left / left_count as f64 + (all - left).powi(2) / right_count as f64;
        if best.is_none_or(|(most, _, _)| gain > most) {
            best = Some((gain, feature, threshold));
        }
    }
    best.map(|(_, feature, threshold)| (feature, threshold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boost::RankingModel;

    #[test]
    fn a_forest_gives_probabilities() {
        let values: Vec<f32> = (0..400).flat_map(|row| [(row % 20) as f32, f32::NAN]).collect();
        let table = FeatureTable::new(2, values).unwrap();
        let targets: Vec<f32> = (0..400).map(|row| f32::from(u8::from(row % 20 >= 10))).collect();
        let params = ForestParams { tree_count: 50, ..ForestParams::default() };
        let forest = Boosted::fit_forest(&table, &targets, &params).unwrap();
        assert!(forest.score(&[2.0, 0.0]) < 0.2 && forest.score(&[17.0, 0.0]) > 0.8);
        assert!(forest.score(&[f32::NAN, f32::NAN]).is_finite());
        assert_eq!(forest, Boosted::fit_forest(&table, &targets, &params).unwrap());
        assert!(Boosted::fit_forest(&table, &[f32::NAN; 400], &params).is_err());
        assert!(
            Boosted::fit_forest(&table, &targets, &ForestParams { feature_share: 0.0, ..params }).is_err()
        );
    }
}
