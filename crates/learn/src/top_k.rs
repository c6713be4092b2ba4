//! The best few of many scores, in a total order.

use std::cmp::Ordering;

/// The `k` best rows of `scores` that `keep` accepts, best first.
///
/// The order is total: descending score, ties by row, NaN last.
/// So the ten best are the first ten of the hundred best, whatever the scores are.
///
/// *Complexity*: linear in `scores`, plus sorting about `2·k`; `keep` is asked once per row that is not already
/// beaten, in ascending order.
pub fn top_k(scores: &[f32], k: usize, mut keep: impl FnMut(u32) -> bool) -> Vec<(u32, f32)> {
    let mut best: Vec<(u32, f32)> = Vec::new();
    if k == 0 {
        return best;
    }
    // A buffer of twice the size is cut back to `k` by selection each time it is full; everything below the
    // worst of the kept rows is then passed over with one comparison.
    let room = k.saturating_mul(2).min(scores.len().max(1));
    best.reserve_exact(room);
    let mut worst = None;
    for (row, &score) in scores.iter().enumerate() {
        let candidate = (row as u32, score);
        if worst.is_some_and(|worst| order(&candidate, &worst) == Ordering::Greater) || !keep(row as u32) {
            continue;
        }
        best.push(candidate);
        if best.len() == k.saturating_mul(2) {
            best.select_nth_unstable_by(k - 1, order);
            best.truncate(k);
            worst = Some(best[k - 1]);
        }
    }
    best.sort_unstable_by(order);
    best.truncate(k);
    best
}

/// The best few of what is offered one after the other, in the order of [`top_k`].
#[derive(Debug)]
pub struct Best {
    count: usize,
    found: Vec<(u32, f32)>,
    worst: Option<(u32, f32)>,
}

impl Best {
    /// The best so many.
    pub fn new(count: usize) -> Self {
        Self { count, found: Vec::with_capacity(2 * count.min(4096)), worst: None }
    }

    /// Takes a row in, unless it is beaten already or `keep` does not want it.
    #[inline]
    pub fn offer(&mut self, candidate: (u32, f32), keep: &impl Fn(u32) -> bool) {
        let is_beaten = self.worst.is_some_and(|worst| order(&candidate, &worst).is_gt());
        if self.count == 0 || is_beaten || !keep(candidate.0) {
            return;
        }
        self.found.push(candidate);
        // Cut back only now and then, so that a candidate costs no search for its place.
        if self.found.len() >= 2 * self.count {
            self.found.select_nth_unstable_by(self.count - 1, order);
            self.found.truncate(self.count);
            self.worst = self.found.last().copied();
        }
    }

    /// A score below this is beaten, once enough was offered to tell.
    #[inline]
    pub fn worst_score(&self) -> Option<f32> {
        self.worst.map(|(_, score)| score)
    }

    /// How many are held, at least as many as were asked for once there were so many.
    #[cfg(feature = "train")]
    pub(crate) fn found_count(&self) -> usize {
        self.found.len()
    }

    /// The best, best first.
    pub fn done(mut self) -> Vec<(u32, f32)> {
        self.found.sort_unstable_by(order);
        self.found.truncate(self.count);
        self.found
    }
}

/// Best first: descending score, NaN last, ties by row.
pub(crate) fn order(a: &(u32, f32), b: &(u32, f32)) -> Ordering {
    match (a.1.is_nan(), b.1.is_nan()) {
        (false, false) => {
            // `partial_cmp` and not `total_cmp`, for which −0 and 0 would not tie.
            b.1.partial_cmp(&a.1).expect("neither is NaN").then(a.0.cmp(&b.0))
        }
        (true, true) => a.0.cmp(&b.0),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(scores: &[f32], k: usize) -> Vec<u32> {
        top_k(scores, k, |_| true).into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn ties_go_by_row_and_nan_is_last() {
        let scores = [f32::NAN, 1.0, f32::INFINITY, 1.0, -0.0, 0.0, f32::NEG_INFINITY, f32::NAN];
        assert_eq!(rows(&scores, 8), [2, 1, 3, 4, 5, 6, 0, 7]);
        assert!(rows(&scores, 0).is_empty());
        assert!(rows(&[], 3).is_empty());
        assert_eq!(rows(&scores, usize::MAX), [2, 1, 3, 4, 5, 6, 0, 7]);
    }

    #[test]
    fn rows_that_are_not_kept_never_appear() {
        let best = top_k(&[3.0, 2.0, 1.0], 2, |row| row != 0);
        assert_eq!(best, [(1, 2.0), (2, 1.0)]);
    }

    proptest! {
        #[test]
        fn a_shorter_list_is_the_start_of_a_longer_one(
            scores in proptest::collection::vec(prop_oneof![Just(f32::NAN), Just(1.0), -2.0_f32..2.0], 0..300),
            k in 0_usize..40,
        ) {
            let mut all: Vec<(u32, f32)> = scores.iter().enumerate().map(|(row, &s)| (row as u32, s)).collect();
            all.sort_by(order);
            let expected: Vec<u32> = all.iter().take(k).map(|&(row, _)| row).collect();
            prop_assert_eq!(rows(&scores, k), expected);
        }
    }
}
