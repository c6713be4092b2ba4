//! One tree, leaf by leaf: always the split that gains most, from histograms of whole numbers.

use rayon::prelude::*;

use super::fit::BoostParams;
use super::model::{Node, Tree};
use super::objective::Derivatives;
use super::table::{BIN_COUNT, Binned};

/// Rows that one task sums; below, one thread is faster.
const CHUNK: usize = 32 * 1024;
/// What the sum of all absolute gradients becomes as a whole number; half of what 32 signed bits hold.
const SCALE: f64 = (1_u64 << 30) as f64;

/// A bin's sum of gradients in the upper 32 bits and of curvatures in the lower.
type Packed = i64;

fn gradient(packed: Packed) -> f64 {
    (packed >> 32) as f64
}

fn curvature(packed: Packed) -> f64 {
    (packed & 0xffff_ffff) as f64
}

/// What derivatives were multiplied by to become whole numbers.
struct Scales {
    gradient: f64,
    curvature: f64,
}

/// The best way to divide a leaf.
#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    /// The place among the features that may decide.
    feature: usize,
    bin: usize,
}

struct Leaf {
    /// Where its rows stand among all.
    start: usize,
    len: usize,
    depth: usize,
    sum: Packed,
    histogram: Vec<[Packed; BIN_COUNT]>,
    split: Option<Split>,
    /// The place that points here: a node and its side; none for the root.
    parent: Option<(usize, bool)>,
}

/// Grows a tree on `rows`.
///
/// `features` are those that may decide; `binned` holds them and no others.
pub(super) fn grow(
    binned: &Binned,
    derivatives: &[Derivatives],
    rows: Vec<u32>,
    features: &[usize],
    params: &BoostParams,
) -> Tree {
    let mut sums = (0.0_f64, 0.0_f64);
    for &row in &rows {
        let of_row = derivatives[row as usize];
        sums = (sums.0 + f64::from(of_row.gradient.abs()), sums.1 + f64::from(of_row.curvature));
    }
    let scales =
        Scales { gradient: SCALE / sums.0.max(f64::MIN_POSITIVE), curvature: SCALE / sums.1.max(1e-300) };
    if sums.0 <= 0.0 || !scales.gradient.is_finite() || !scales.curvature.is_finite() {
        return Tree { nodes: Vec::new(), leaves: vec![0.0] };
    }
    let packed: Vec<Packed> = derivatives
        .par_iter()
        .map(|of_row| {
            let gradient = (f64::from(of_row.gradient) * scales.gradient).round() as i64;
            let curvature = (f64::from(of_row.curvature) * scales.curvature).round() as i64;
            (gradient << 32) + curvature
        })
        .collect();
    Grower { binned, packed, rows, features, params, scales, derivatives }.run()
}

struct Grower<'a> {
    binned: &'a Binned,
    packed: Vec<Packed>,
    rows: Vec<u32>,
    features: &'a [usize],
    params: &'a BoostParams,
    scales: Scales,
    derivatives: &'a [Derivatives],
}

impl Grower<'_> {
    fn run(mut self) -> Tree {
        let histogram = self.histogram(0, self.rows.len());
        let sum = self.rows.iter().map(|&row| self.packed[row as usize]).sum();
        let mut root =
            Leaf { start: 0, len: self.rows.len(), depth: 0, sum, histogram, split: None, parent: None };
        root.split = self.best_split(&root);
        let mut leaves = vec![root];
        let mut nodes: Vec<Node> = Vec::new();
        while leaves.len() < self.params.leaf_count {
            let gain = |leaf: &Leaf| leaf.split.map_or(0.0, |split| split.gain);
            // The first of equals, so that nothing depends on chance.
            let best = (0..leaves.len()).rev().max_by(|&a, &b| gain(&leaves[a]).total_cmp(&gain(&leaves[b])));
            let Some(split) = best.and_then(|best| leaves[best].split) else { break };
            let leaf = leaves.swap_remove(best.expect("there is a split"));
            let node = nodes.len();
            nodes.push(Node {
                feature: self.features[split.feature] as u32,
                threshold: self.binned.threshold(split.feature, split.bin),
                left: 0,
                right: 0,
                mean: self.value(leaf.start, leaf.len),
            });
            link(&mut nodes, leaf.parent, node as i32);
            let (left, right) = self.divide(leaf, split, node);
            leaves.push(left);
            leaves.push(right);
        }
        let mut tree = Tree { nodes, leaves: Vec::with_capacity(leaves.len()) };
        for leaf in &leaves {
            link(&mut tree.nodes, leaf.parent, -1 - tree.leaves.len() as i32);
            tree.leaves.push(self.value(leaf.start, leaf.len));
        }
        tree
    }

    /// The score of a leaf, from the derivatives themselves and not from whole numbers.
    fn value(&self, start: usize, len: usize) -> f32 {
        let (mut gradient, mut curvature) = (0.0, 0.0);
        for &row in &self.rows[start..start + len] {
            gradient += f64::from(self.derivatives[row as usize].gradient);
            curvature += f64::from(self.derivatives[row as usize].curvature);
        }
        let step = -gradient / (curvature + f64::from(self.params.ridge)).max(1e-12);
        (step * f64::from(self.params.learning_rate)).clamp(-1e6, 1e6) as f32
    }

    fn histogram(&self, start: usize, len: usize) -> Vec<[Packed; BIN_COUNT]> {
        let width = self.binned.feature_count;
        let sum = |rows: &[u32]| {
            let mut histogram = vec![[0; BIN_COUNT]; width];
            for &row in rows {
                let packed = self.packed[row as usize];
                for (of_feature, &bin) in histogram.iter_mut().zip(self.binned.row(row)) {
                    of_feature[bin as usize] += packed;
                }
            }
            histogram
        };
        let rows = &self.rows[start..start + len];
        if len <= CHUNK {
            return sum(rows);
        }
        // Whole numbers: the order in which the parts are added changes nothing.
        let tasks = rayon::current_num_threads().max(1);
        rows.par_chunks(len.div_ceil(tasks).max(CHUNK / 2))
            .map(sum)
            .reduce_with(|mut a, b| {
                for (a, b) in a.as_flattened_mut().iter_mut().zip(b.as_flattened()) {
                    *a += b;
                }
                a
            })
            .unwrap_or_default()
    }

    fn best_split(&self, leaf: &Leaf) -> Option<Split> {
        if leaf.len < 2 * self.params.rows_min || leaf.depth >= self.params.depth_max {
            return None;
        }
        let (all_g, all_h) =
            (gradient(leaf.sum) / self.scales.gradient, curvature(leaf.sum) / self.scales.curvature);
        let ridge = f64::from(self.params.ridge);
        let score = |g: f64, h: f64| g * g / (h + ridge).max(1e-12);
        let whole = score(all_g, all_h);
        // Curvature stands in for rows, as the histogram has no count of its own.
        let rows_per_curvature = leaf.len as f64 / all_h.max(1e-300);
        let rows_min = self.params.rows_min as f64;
        let curvature_min = f64::from(self.params.curvature_min);
        let mut best: Option<Split> = None;
        for feature in 0..self.features.len() {
            let mut left: Packed = 0;
            let bin_count = self.binned.borders[feature].len() + 1;
            for bin in 0..bin_count {
                let here = leaf.histogram[feature][bin];
                left += here;
                if here == 0 {
                    continue;
                }
                let (g, h) = (gradient(left) / self.scales.gradient, curvature(left) / self.scales.curvature);
                let (other_g, other_h) = (all_g - g, all_h - h);
                if h * rows_per_curvature < rows_min || h < curvature_min {
                    continue;
                }
                if other_h * rows_per_curvature < rows_min || other_h < curvature_min {
                    break;
                }
                let gain = score(g, h) + score(other_g, other_h) - whole;
                if gain > f64::from(self.params.gain_min) && best.is_none_or(|best| gain > best.gain) {
                    best = Some(Split { gain, feature, bin });
                }
            }
        }
        best
    }

    fn divide(&mut self, leaf: Leaf, split: Split, node: usize) -> (Leaf, Leaf) {
        let rows = &self.rows[leaf.start..leaf.start + leaf.len];
        let goes_left = |row: &u32| usize::from(self.binned.row(*row)[split.feature]) <= split.bin;
        let (mut ordered, right): (Vec<u32>, Vec<u32>) = rows.iter().partition(|row| goes_left(row));
        let left_len = ordered.len();
        ordered.extend(right);
        self.rows[leaf.start..leaf.start + leaf.len].copy_from_slice(&ordered);
        let right_len = leaf.len - left_len;
        let left_is_smaller = left_len <= right_len;
        let (start, len) =
            if left_is_smaller { (leaf.start, left_len) } else { (leaf.start + left_len, right_len) };
        let smaller = self.histogram(start, len);
        let mut larger = leaf.histogram;
        for (larger, smaller) in larger.as_flattened_mut().iter_mut().zip(smaller.as_flattened()) {
            *larger -= smaller;
        }
        let (left, right) = if left_is_smaller { (smaller, larger) } else { (larger, smaller) };
        let make = |start, len, histogram: Vec<[Packed; BIN_COUNT]>, is_right| {
            let sum = histogram[split.feature].iter().sum();
            let depth = leaf.depth + 1;
            let mut leaf =
                Leaf { start, len, depth, sum, histogram, split: None, parent: Some((node, is_right)) };
            leaf.split = self.best_split(&leaf);
            leaf
        };
        (make(leaf.start, left_len, left, false), make(leaf.start + left_len, right_len, right, true))
    }
}

fn link(nodes: &mut [Node], parent: Option<(usize, bool)>, to: i32) {
    match parent {
        Some((node, false)) => nodes[node].left = to,
        Some((node, true)) => nodes[node].right = to,
        None => {}
    }
}
