//! Ranking all items for all listeners, and judging the lists.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::error::LearnError;
use crate::metrics::{Metric, Relevant};
use crate::sparse::Sparse;
use crate::top_k::top_k;

/// A fitted model that scores items for the listeners of its training data.
pub(super) trait Scorer: Send + Sync {
    /// Writes the scores of all items for some listeners.
    ///
    /// *Shape*: `out` is `[listeners, items]`.
    fn score(&self, listeners: Range<usize>, out: &mut [f32]);
}

/// Numbers in the block of scores that one thread holds: 8 MB.
const BLOCK_NUMBERS: usize = 2 * 1024 * 1024;

/// How many listeners are scored at once.
pub(super) fn listeners_at_once(item_count: usize) -> usize {
    (BLOCK_NUMBERS / item_count.max(1)).clamp(1, 64)
}

/// The best `depth` items of every listener, those in `mask` left out; empty for listeners without `targets`.
pub(super) fn rank(scorer: &dyn Scorer, mask: &Sparse, targets: &Sparse, depth: usize) -> Vec<Vec<u32>> {
    let item_count = mask.column_count();
    let at_once = listeners_at_once(item_count);
    let mut lists = vec![Vec::new(); mask.row_count()];
    lists.par_chunks_mut(at_once).enumerate().for_each_init(
        Vec::new,
        |scores: &mut Vec<f32>, (chunk, lists)| {
            let first = chunk * at_once;
            if (first..first + lists.len()).all(|row| targets.row_len(row) == 0) {
                return;
            }
            scores.resize(lists.len() * item_count, 0.0);
            scorer.score(first..first + lists.len(), scores);
            for (place, list) in lists.iter_mut().enumerate() {
                let row = first + place;
                if targets.row_len(row) > 0 {
                    let known = mask.row(row).0;
                    let best = top_k(&scores[place * item_count..(place + 1) * item_count], depth, |item| {
                        known.binary_search(&item).is_err()
                    });
                    list.extend(best.into_iter().map(|(item, _)| item));
                }
            }
        },
    );
    lists
}

/// How deep lists must be for these metrics.
pub(super) fn depth(metrics: &[Metric], targets: &Sparse) -> usize {
    let longest = (0..targets.row_count()).map(|row| targets.row_len(row)).max().unwrap_or(0);
    metrics.iter().map(|metric| metric.depth(longest)).max().unwrap_or(0)
}

/// A metric of every listener who has targets, in the order of listeners.
pub(super) fn judge(metric: Metric, lists: &[Vec<u32>], targets: &Sparse) -> Result<Vec<f64>, LearnError> {
    let mut values = Vec::with_capacity(lists.len());
    for (row, list) in lists.iter().enumerate() {
        values.extend(metric.of(list, Relevant::new(targets.row(row).0)?));
    }
    Ok(values)
}

/// The averages of several metrics by their names.
pub(super) fn averages(
    metrics: &[Metric],
    lists: &[Vec<u32>],
    targets: &Sparse,
) -> Result<BTreeMap<String, f64>, LearnError> {
    metrics.iter().map(|&metric| Ok((metric.to_string(), mean(&judge(metric, lists, targets)?)))).collect()
}

/// The average, 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
