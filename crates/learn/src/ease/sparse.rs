//! EASE for catalogues that are too large for a dense matrix: weights between items that have much to do with each
//! other, and zero elsewhere.
//!
//! An item's weights are those that EASE would give it in a catalogue of the items nearest to it.
//! Where the nearest items of many items are nearly the same, one such block serves several of them.
//! Memory is bounded by two settings: the size of a block, once per thread, and the number of weights of an item.
//!
//! *Source*: Steck (2019), "Markov Random Fields for Collaborative Filtering", NeurIPS, section 3.2 (a sparse inverse
//! from overlapping blocks, and a share of each block that it is used for).
//!
//! *What differs from the paper*: blocks hold the nearest items by cosine, and an item that stands in several blocks takes
//! its weights from the one in which it is nearest to the middle, not from their average.

use rayon::prelude::*;

use super::{EaseParams, forget, normalize};
use crate::error::{LearnError, check_not_negative, check_positive};
use crate::kernel::{Cholesky, padded};
use crate::knn::{Bm25Params, fit_item_knn};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::top_k::order;

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SparseEaseParams {
    /// What EASE itself takes.
    pub ease: EaseParams,
    /// Items in a block, the one in the middle included. *Range*: 2 to 4096.
    pub block: usize,
    /// The share of a block, nearest to its middle first, that takes its weights from it. *Range*: 0 (the middle alone)
    /// to 1.
    pub shared: f32,
    /// Weights that lead to an item, at most; the largest by size are kept.
    pub weight_count: usize,
}

impl Default for SparseEaseParams {
    /// The share is one of those that the paper tries; the sizes are a judgement: 1,000 items of a block take 4 MB.
    fn default() -> Self {
        Self { ease: EaseParams::default(), block: 256, shared: 0.1, weight_count: 128 }
    }
}

/// Blocks of more items take longer than a dense solution of what they are meant for.
const BLOCK_MAX: usize = 4096;
/// What makes nearness small where few listeners support it.
const SHRINK: f32 = 1.0;

/// Fits the model.
///
/// *Shape*: `interactions` is `[listeners, items]`; entries that are not positive say nothing.
/// The lists lead from an item of a history to candidates, whose scores are sums as with any [`Neighbours`]; weights may
/// be negative.
///
/// *Complexity*: for each of the blocks, of which there are between `items` and `items / (shared · block)`,
/// `block³/6 + shared · block³`; memory `block²` numbers per thread and `items · max(block, weight_count)` pairs.
///
/// # Errors
/// When a parameter is out of its range or the numbers overflow.
pub fn fit_sparse_ease(interactions: &Sparse, params: &SparseEaseParams) -> Result<Neighbours, LearnError> {
    check_positive("regularization", f64::from(params.ease.regularization))?;
    check_not_negative("shared", f64::from(params.shared))?;
    if !(2..=BLOCK_MAX).contains(&params.block) {
        let value = params.block as f64;
        return Err(LearnError::Parameter { name: "block", value, expected: "from 2 to 4096" });
    }
    if !(0.0..1.0).contains(&params.ease.dropout) {
        let value = f64::from(params.ease.dropout);
        return Err(LearnError::Parameter { name: "dropout", value, expected: "from 0 to below 1" });
    }
    let (rows, scales) = normalize(interactions, &params.ease)?;
    let (rows, scales) = forget(rows, scales, &params.ease)?;
    let nearness = Bm25Params { k1: 0.0, b: 0.0, shrink: SHRINK, ..Bm25Params::default() };
    let near = fit_item_knn(&rows, &nearness, params.block - 1)?;
    let columns = rows.transpose();
    let blocks = blocks(&near, params);
    let solved: Vec<Vec<Column>> = blocks
        .par_iter()
        .map_init(Solver::default, |solver, block| solver.solve(block, &near, &columns, params))
        .collect();
    let mut lists = vec![Vec::new(); columns.row_count()];
    for (item, weights) in solved.into_iter().flatten() {
        for (from, weight) in weights {
            let weight = weight * scales[item as usize] / scales[from as usize];
            if !weight.is_finite() {
                return Err(LearnError::Numeric { what: "solving a block of items" });
            }
            lists[from as usize].push((item, weight));
        }
    }
    lists.par_iter_mut().for_each(|list| list.sort_unstable_by(order));
    Ok(Neighbours::from_lists(lists))
}

/// The weights that lead to an item.
type Column = (u32, Vec<(u32, f32)>);

/// A block: the item in its middle, and those that take their weights from it, the middle first.
struct Block {
    served: Vec<u32>,
}

/// Blocks that serve every item once; the most connected items come first, so that blocks stand where items are dense.
fn blocks(near: &Neighbours, params: &SparseEaseParams) -> Vec<Block> {
    let mut items: Vec<u32> = (0..near.item_count() as u32).collect();
    items.sort_by_key(|&item| std::cmp::Reverse(near.of(item).0.len()));
    let mut is_served = vec![false; items.len()];
    let mut blocks = Vec::new();
    for middle in items {
        if is_served[middle as usize] {
            continue;
        }
        let neighbours = near.of(middle).0;
        let shared = (params.shared.min(1.0) * neighbours.len() as f32) as usize;
        let others = neighbours[..shared].iter().copied().filter(|&item| !is_served[item as usize]);
        let served: Vec<u32> = std::iter::once(middle).chain(others).collect();
        served.iter().for_each(|&item| is_served[item as usize] = true);
        blocks.push(Block { served });
    }
    blocks
}

/// Room for one block at a time.
#[derive(Default)]
struct Solver {
    /// (listener, place in the block, value) of every entry of the block's columns.
    entries: Vec<(u32, u32, f32)>,
    matrix: Vec<f32>,
    cholesky: Cholesky,
}

impl Solver {
    fn solve(
        &mut self,
        block: &Block,
        near: &Neighbours,
        columns: &Sparse,
        params: &SparseEaseParams,
    ) -> Vec<Column> {
        let mut items: Vec<u32> = near.of(block.served[0]).0.to_vec();
        items.push(block.served[0]);
        items.sort_unstable();
        let (size, stride) = (items.len(), padded(items.len()));
        self.gram(&items, stride, columns, params.ease.regularization);
        self.cholesky.factorize(&mut self.matrix, size, stride);
        let mut column = vec![0.0; size];
        let solved = block.served.iter().map(|&item| {
            let place = items.binary_search(&item).expect("what is served stands in the block");
            column.fill(0.0);
            column[place] = 1.0;
            self.cholesky.solve(&self.matrix, &mut column);
            let pivot = column[place];
            let others = items.iter().zip(&column).filter(|&(&other, _)| other != item);
            let mut weights: Vec<(u32, f32)> = others
                .map(|(&other, value)| (other, -value / pivot))
                .filter(|(_, weight)| *weight != 0.0)
                .collect();
            if weights.len() > params.weight_count {
                let by_size =
                    |a: &(u32, f32), b: &(u32, f32)| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0));
                weights.select_nth_unstable_by(params.weight_count, by_size);
                weights.truncate(params.weight_count);
            }
            (item, weights)
        });
        solved.collect()
    }

    /// Leaves `YᵀY + λI` of these items in `self.matrix`, the lower triangle at least.
    fn gram(&mut self, items: &[u32], stride: usize, columns: &Sparse, regularization: f32) {
        self.entries.clear();
        for (place, &item) in items.iter().enumerate() {
            let (listeners, values) = columns.row(item as usize);
            let entries =
                listeners.iter().zip(values).map(|(&listener, &value)| (listener, place as u32, value));
            self.entries.extend(entries);
        }
        self.entries.sort_unstable_by_key(|&(listener, place, _)| (listener, place));
        self.matrix.clear();
        self.matrix.resize(stride * stride, 0.0);
        for of_listener in self.entries.chunk_by(|a, b| a.0 == b.0) {
            for (nth, &(_, row, value)) in of_listener.iter().enumerate() {
                let row = &mut self.matrix[row as usize * stride..(row as usize + 1) * stride];
                for &(_, column, other) in &of_listener[..=nth] {
                    row[column as usize] += value * other;
                }
            }
        }
        for place in 0..items.len() {
            self.matrix[place * stride + place] += regularization;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ease::Ease;

    /// Sixty listeners of three tastes among ninety items.
    fn tastes() -> Sparse {
        let mut state = 3_u32;
        let mut draw = |limit: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % limit
        };
        let mut entries = Vec::new();
        for listener in 0..60 {
            for _ in 0..14 {
                let taste = if draw(6) == 0 { draw(3) } else { listener % 3 };
                entries.push((listener, taste * 30 + draw(30).min(draw(30)), 1.0));
            }
        }
        Sparse::from_triplets(60, 90, entries).unwrap().map(|_, _, _| 1.0).unwrap()
    }

    fn scores(model: &Neighbours, history: (&[u32], &[f32])) -> Vec<f32> {
        let mut scores = vec![0.0; model.item_count()];
        history
            .0
            .iter()
            .zip(history.1)
            .for_each(|(&item, &value)| model.add_scores(item, value, &mut scores));
        scores
    }

    #[test]
    fn one_block_of_everything_is_ease_itself() {
        // One listener turned to everything, so that every item is among the nearest of every other.
        let entries = (0..60).flat_map(|row| {
            let tastes = tastes();
            tastes.row(row).0.iter().map(|&item| (row as u32, item, 1.0)).collect::<Vec<_>>()
        });
        let all = (0..90).map(|item| (60, item, 1.0));
        let matrix = Sparse::from_triplets(61, 90, entries.chain(all)).unwrap();
        let ease =
            EaseParams { regularization: 2.0, listener_exponent: 0.2, item_exponent: 0.3, dropout: 0.2 };
        let params = SparseEaseParams { ease, block: 90, shared: 0.0, weight_count: 90 };
        let (sparse, dense) =
            (fit_sparse_ease(&matrix, &params).unwrap(), Ease::fit(&matrix, &ease).unwrap());
        let mut wanted = vec![0.0; 90];
        for row in 0..60 {
            let history = matrix.row(row);
            dense.scores(history.0, history.1, &mut wanted);
            let got = scores(&sparse, history);
            for item in (0..90_u32).filter(|item| history.0.binary_search(item).is_err()) {
                let (got, wanted) = (got[item as usize], wanted[item as usize]);
                assert!((got - wanted).abs() < 0.01, "{row} {item}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn small_blocks_keep_tastes_apart_and_memory_is_bounded() {
        let matrix = tastes();
        let ease = EaseParams { regularization: 2.0, ..EaseParams::default() };
        for shared in [0.0, 0.3, 1.0] {
            let params = SparseEaseParams { ease, block: 24, shared, weight_count: 10 };
            let model = fit_sparse_ease(&matrix, &params).unwrap();
            assert!(model.items().len() <= 90 * 10);
            let mut right = 0;
            for row in 0..60 {
                let known = matrix.row(row).0;
                let scores = scores(&model, matrix.row(row));
                let best = crate::top_k(&scores, 5, |item| known.binary_search(&item).is_err());
                right += best.iter().filter(|(item, _)| *item / 30 == row as u32 % 3).count();
            }
            assert!(right > 200, "{right} of 300 with {shared}");
            assert_eq!(model, fit_sparse_ease(&matrix, &params).unwrap());
        }
    }

    #[test]
    fn parameters_out_of_range_are_refused_and_nothing_gives_nothing() {
        let params = SparseEaseParams::default();
        for bad in [
            SparseEaseParams { block: 1, ..params },
            SparseEaseParams { shared: -1.0, ..params },
            SparseEaseParams { ease: EaseParams { regularization: 0.0, ..params.ease }, ..params },
            SparseEaseParams { ease: EaseParams { dropout: 1.0, ..params.ease }, ..params },
        ] {
            assert!(fit_sparse_ease(&tastes(), &bad).is_err(), "{bad:?}");
        }
        let none = Sparse::from_triplets(3, 4, []).unwrap();
        assert!(fit_sparse_ease(&none, &params).unwrap().items().is_empty());
    }
}
