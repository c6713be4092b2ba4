//! A sum of trees, and how a row runs through it.

use super::RankingModel;
use super::quick::Quick;
use crate::blocks::Blocks;
use crate::error::{LearnError, check_finite};
use crate::sparse::check_below;

/// One node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub struct Node {
    /// The feature that decides.
    pub feature: u32,
    /// A value up to this one goes left, and so does a missing one.
    pub threshold: f32,
    /// The node to the left; below zero a leaf, `-1 - index`.
    pub left: i32,
    /// The node to the right; below zero a leaf, `-1 - index`.
    pub right: i32,
    /// The mean score of the rows that came here while fitting, to explain by.
    pub mean: f32,
}

/// A binary tree whose leaves hold scores.
#[derive(Clone, Debug, PartialEq, Default)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub struct Tree {
    /// The deciding nodes, the root first; none where the tree is a single leaf.
    pub nodes: Vec<Node>,
    /// The scores of the leaves.
    pub leaves: Vec<f32>,
}

impl Tree {
    /// The leaf in which a row ends.
    pub(crate) fn leaf(&self, features: &[f32]) -> usize {
        let mut at = if self.nodes.is_empty() { -1 } else { 0 };
        while at >= 0 {
            let node = &self.nodes[at as usize];
            // Not the negation of `<=`: what is not a number goes left.
            at = if features[node.feature as usize] > node.threshold { node.right } else { node.left };
        }
        (-1 - at) as usize
    }
}

/// A fitted sum of trees.
#[derive(Clone, Debug, PartialEq)]
pub struct Boosted {
    feature_count: usize,
    start: f32,
    trees: Vec<Tree>,
    /// The same trees for many rows at once; none where a tree has too many leaves for it.
    quick: Option<Quick>,
}

impl Boosted {
    /// The model with these parts, as [`start`](Self::start) and [`trees`](Self::trees) return them.
    ///
    /// # Errors
    /// When a number is not finite, or a node names a feature, node or leaf that does not exist or comes before it.
    pub fn from_parts(feature_count: usize, start: f32, trees: Vec<Tree>) -> Result<Self, LearnError> {
        check_finite("start of boosted trees", &[start])?;
        for tree in &trees {
            check_finite("leaves of a tree", &tree.leaves)?;
            if tree.leaves.is_empty() {
                return Err(LearnError::Empty { what: "a tree without leaves" });
            }
            for (index, node) in tree.nodes.iter().enumerate() {
                check_finite("node of a tree", &[node.threshold, node.mean])?;
                check_below("feature of a node", index, node.feature as usize, feature_count)?;
                for child in [node.left, node.right] {
                    if child < 0 {
                        check_below("leaf of a node", index, (-1 - child) as usize, tree.leaves.len())?;
                    } else if child as usize <= index {
                        return Err(LearnError::Unordered { what: "nodes of a tree", index });
                    } else {
                        check_below("child of a node", index, child as usize, tree.nodes.len())?;
                    }
                }
            }
        }
        let quick = Quick::of(&trees);
        Ok(Self { feature_count, start, trees, quick })
    }

    /// The score before any tree.
    pub fn start(&self) -> f32 {
        self.start
    }

    /// The trees in the order in which they were grown.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Only the first trees.
    #[must_use]
    pub fn truncated(mut self, tree_count: usize) -> Self {
        self.trees.truncate(tree_count);
        self.quick = Quick::of(&self.trees);
        self
    }

    /// The scores of many rows, as [`score`](RankingModel::score) gives them one by one.
    ///
    /// # Panics
    /// When rows have fewer numbers than there are features.
    pub fn scores(&self, rows: &Blocks) -> Vec<f32> {
        assert!(rows.width() >= self.feature_count, "a row has one number per feature");
        let mut scores = vec![self.start; rows.row_count()];
        match &self.quick {
            Some(quick) => quick.add_scores(rows, &mut scores),
            None => {
                for (row, score) in scores.iter_mut().enumerate() {
                    *score = self.score(&rows.row(row));
                }
            }
        }
        scores
    }

    /// How often each feature decides, as a share of all nodes.
    ///
    /// *Shape*: one number per feature, 0 to 1.
    pub fn usage(&self) -> Vec<f32> {
        let mut usage = vec![0.0; self.feature_count];
        let total: usize = self.trees.iter().map(|tree| tree.nodes.len()).sum();
        for node in self.trees.iter().flat_map(|tree| &tree.nodes) {
            usage[node.feature as usize] += 1.0 / total as f32;
        }
        usage
    }
}

impl RankingModel for Boosted {
    fn feature_count(&self) -> usize {
        self.feature_count
    }

    fn score(&self, features: &[f32]) -> f32 {
        assert!(features.len() >= self.feature_count, "a row has one number per feature");
        self.trees.iter().fold(self.start, |sum, tree| sum + tree.leaves[tree.leaf(features)])
    }

    /// By how much each decision moved the mean score of the rows that were left (Saabas's path attribution).
    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        let mut parts = vec![0.0; self.feature_count];
        for tree in &self.trees {
            let mut at = if tree.nodes.is_empty() { -1 } else { 0 };
            while at >= 0 {
                let node = &tree.nodes[at as usize];
                at = if features[node.feature as usize] > node.threshold { node.right } else { node.left };
                let reached =
                    if at < 0 { tree.leaves[(-1 - at) as usize] } else { tree.nodes[at as usize].mean };
                parts[node.feature as usize] += reached - node.mean;
            }
        }
        parts
    }
}
