//! Many rows through all trees at once.
//!
//! A row that is walked down a tree waits at each node for the one before. Here every node of a tree is asked of a block
//! of rows at once: each node that sends a row to the right takes the leaves on its left out of what the row may reach,
//! one bit per leaf, and the first leaf left over is the one where the row would have ended.
//! The scores are those of the walk to the last bit, since trees are added in the same order.
//!
//! *Sources*: Lucchese and others (2015), "QuickScorer: a fast algorithm to rank documents with additive ensembles of
//! regression trees"; Lucchese and others (2016), "Exploiting CPU SIMD extensions to speed-up document scoring with tree
//! ensembles".

use pulp::{Simd, WithSimd};

use super::model::Tree;
use crate::blocks::{Blocks, LANES, Lane};
use crate::kernel::arch;

/// Leaves that have a bit.
const LEAVES_MAX: usize = u32::BITS as usize;

/// One node: rows above the threshold lose the leaves on its left.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Question {
    feature: u32,
    threshold: f32,
    left: u32,
}

/// Trees laid out for blocks of rows.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Quick {
    questions: Vec<Question>,
    /// The leaves of each tree, from left to right; zeros behind the last.
    leaves: Vec<[f32; LEAVES_MAX]>,
    /// Where the questions of each tree end.
    ends: Vec<usize>,
}

impl Quick {
    /// The layout of these trees; none where one of them has more leaves than a number has bits.
    pub(crate) fn of(trees: &[Tree]) -> Option<Self> {
        let mut quick = Self::default();
        for tree in trees {
            if tree.leaves.len() > LEAVES_MAX || tree.nodes.len() >= LEAVES_MAX {
                return None;
            }
            let mut leaves = Vec::with_capacity(LEAVES_MAX);
            quick.lay(tree, if tree.nodes.is_empty() { -1 } else { 0 }, &mut leaves);
            leaves.resize(leaves.len().max(LEAVES_MAX), 0.0);
            quick.leaves.push(leaves.try_into().ok()?);
            quick.ends.push(quick.questions.len());
        }
        Some(quick)
    }

    /// Lays out what hangs below `at`, the leaves in their order, as long as there are bits for them.
    fn lay(&mut self, tree: &Tree, at: i32, leaves: &mut Vec<f32>) {
        if leaves.len() > LEAVES_MAX {
            // Something hangs in several places.
            return;
        }
        if at < 0 {
            leaves.push(tree.leaves[(-1 - at) as usize]);
            return;
        }
        let node = &tree.nodes[at as usize];
        let from = leaves.len();
        self.lay(tree, node.left, leaves);
        let to = leaves.len();
        // Beyond the bits nothing needs to be right: the tree is refused.
        let bits = |count: usize| u32::MAX.checked_shr(LEAVES_MAX.saturating_sub(count) as u32).unwrap_or(0);
        let left = bits(to) & !bits(from);
        self.questions.push(Question { feature: node.feature, threshold: node.threshold, left });
        self.lay(tree, node.right, leaves);
    }

    /// Adds the leaves in which the rows end to `scores`.
    ///
    /// # Panics
    /// When there is not one score per row, or rows have fewer features than the trees ask for.
    pub(crate) fn add_scores(&self, blocks: &Blocks, scores: &mut [f32]) {
        assert_eq!(scores.len(), blocks.row_count(), "every row has a score");
        for (block, scores) in scores.chunks_mut(LANES).enumerate() {
            arch().dispatch(OfBlock { quick: self, block: blocks.block(block), scores });
        }
    }
}

struct OfBlock<'a> {
    quick: &'a Quick,
    block: &'a [Lane],
    scores: &'a mut [f32],
}

impl WithSimd for OfBlock<'_> {
    type Output = ();

    /// Plain loops over arrays, which become vectors of whatever width is there.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut sums = [0.0_f32; LANES];
        sums.iter_mut().zip(&*self.scores).for_each(|(sum, score)| *sum = *score);
        let mut begin = 0;
        for (&end, leaves) in self.quick.ends.iter().zip(&self.quick.leaves) {
            let mut lost = [0_u32; LANES];
            for asked in &self.quick.questions[begin..end] {
                let values = &self.block[asked.feature as usize];
                for lane in 0..LANES {
                    // What is not a number is not above, and goes left.
                    lost[lane] |= if values[lane] > asked.threshold { asked.left } else { 0 };
                }
            }
            for lane in 0..LANES {
                // The last leaf lies on the left of no node, so one is always left; the remainder changes nothing, and
                // shows that there is no need to look at the length.
                sums[lane] += leaves[lost[lane].trailing_ones() as usize % LEAVES_MAX];
            }
            begin = end;
        }
        self.scores.copy_from_slice(&sums[..self.scores.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::RankingModel;
    use super::super::model::{Boosted, Node};
    use super::*;

    /// Numbers that look random and are not.
    fn noise(seed: u32) -> impl FnMut() -> f32 {
        let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as f32 / (1 << 24) as f32
        }
    }

    /// A tree that is grown by splitting a leaf drawn at random.
    fn tree(leaf_count: usize, feature_count: usize, mut draw: impl FnMut() -> f32) -> Tree {
        let mut tree = Tree { nodes: Vec::new(), leaves: vec![draw()] };
        let mut hangs: Vec<Option<(usize, bool)>> = vec![None];
        while tree.leaves.len() < leaf_count {
            let leaf = (draw() * tree.leaves.len() as f32) as usize;
            let node = tree.nodes.len();
            if let Some((parent, is_left)) = hangs[leaf] {
                let side = if is_left { &mut tree.nodes[parent].left } else { &mut tree.nodes[parent].right };
                *side = node as i32;
            }
            tree.nodes.push(Node {
                feature: (draw() * feature_count as f32) as u32,
                threshold: draw(),
                left: -1 - leaf as i32,
                right: -1 - tree.leaves.len() as i32,
                mean: 0.0,
            });
            hangs[leaf] = Some((node, true));
            hangs.push(Some((node, false)));
            tree.leaves.push(draw() - 0.5);
        }
        tree
    }

    #[test]
    fn blocks_score_as_rows_do() {
        let feature_count = 7;
        for (seed, row_count) in [(1, 0), (2, 1), (3, LANES), (4, 3 * LANES + 5)] {
            let mut draw = noise(seed);
            let trees: Vec<Tree> =
                [1, 2, 5, 12, 31, 32].iter().map(|&leaves| tree(leaves, feature_count, &mut draw)).collect();
            let model = Boosted::from_parts(feature_count, 0.25, trees).unwrap();
            let mut values: Vec<f32> = (0..row_count * feature_count).map(|_| draw()).collect();
            values.iter_mut().step_by(11).for_each(|value| *value = f32::NAN);
            values.iter_mut().skip(3).step_by(17).for_each(|value| *value = f32::INFINITY);
            let blocks = Blocks::of(&values, feature_count);
            assert_eq!(blocks.row_count(), row_count);
            let scores = model.scores(&blocks);
            let one_by_one: Vec<f32> = values.chunks(feature_count).map(|row| model.score(row)).collect();
            assert_eq!(scores, one_by_one);
        }
    }

    #[test]
    fn trees_of_many_leaves_are_walked() {
        let mut draw = noise(9);
        let large = tree(40, 3, &mut draw);
        assert!(Quick::of(std::slice::from_ref(&large)).is_none());
        let model = Boosted::from_parts(3, 0.0, vec![large]).unwrap();
        let values: Vec<f32> = (0..30).map(|_| draw()).collect();
        let one_by_one: Vec<f32> = values.chunks(3).map(|row| model.score(row)).collect();
        assert_eq!(model.scores(&Blocks::of(&values, 3)), one_by_one);
    }

    #[test]
    fn what_hangs_in_many_places_does_not_outgrow_the_bits() {
        // Each node has the next on both sides, which makes a billion ways to the leaf.
        let node = |place: i32| {
            let next = if place == 29 { -1 } else { place + 1 };
            Node { feature: 0, threshold: place as f32, left: next, right: next, mean: 0.0 }
        };
        let tree = Tree { nodes: (0..30).map(node).collect(), leaves: vec![1.5] };
        let model = Boosted::from_parts(1, 0.0, vec![tree]).unwrap();
        assert_eq!(model.scores(&Blocks::of(&[-1.0, 28.5, 99.0], 1)), [1.5; 3]);
    }
}
