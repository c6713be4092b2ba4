//! The nearest items by who listened to them.
//!
//! Weights inside a listener follow BM25, read with a listener as the document and an item as the word: the more a
//! listener played in all, the less one of their items says about another.
//! The inverse document frequency of BM25 has no place of its own here: a factor per item cancels in a cosine, and
//! what it is for (fame) is the business of the two exponents.
//!
//! *Sources*: Robertson, Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond", section 3.4;
//! Deshpande, Karypis (2004), "Item-Based Top-N Recommendation Algorithms"; shrinkage after Bell, Koren (2007),
//! "Improved Neighborhood-based Collaborative Filtering".

use rayon::prelude::*;

use crate::error::{LearnError, check_length, check_not_negative};
use crate::influence::Say;
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::top_k::order;

/// How similarity is reckoned.
///
/// With the weights `w` and `n_i = Σ_u w_ui²`, an item `j` of a listener's history speaks for a candidate `i` with
///
/// ```text
/// Σ_u w_ui·w_uj / (n_j^history_exponent · n_i^candidate_exponent + shrink)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bm25Params {
    /// How soon further plays of one item stop to matter. *Range*: 0 or more; 0 counts every item once.
    pub k1: f32,
    /// How much less an item says in a long history. *Range*: 0 to 1.
    pub b: f32,
    /// How much less a famous item of the history says. *Range*: 0 or more; 0.5 in both makes a cosine.
    pub history_exponent: f32,
    /// How much a famous candidate is held back. *Range*: 0 or more.
    pub candidate_exponent: f32,
    /// What makes similarity small where few listeners support it. *Range*: 0 or more.
    pub shrink: f32,
    /// Whose nearest items are kept.
    pub keep: Keep,
}

/// Whose nearest items are kept in the lists, which always lead from an item of the history to candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Each history item's nearest candidates; for "similar items".
    ForHistory,
    /// Each candidate's nearest history items; the lists of famous items become long. Often better for a profile.
    ForCandidate,
}

impl Default for Bm25Params {
    fn default() -> Self {
        // k1 and b are the customary values (Robertson, Zaragoza 2009, section 3.5); shrink is that of the measured
        // baseline.
        Self {
            k1: 1.2,
            b: 0.75,
            history_exponent: 0.5,
            candidate_exponent: 0.5,
            shrink: 20.0,
            keep: Keep::ForHistory,
        }
    }
}

/// The `k` nearest items of every item.
///
/// *Shape*: `interactions` is `[listeners, items]`; entries that are not positive say nothing.
///
/// *Complexity*: the sum over listeners of the square of their number of items.
///
/// # Errors
/// When a parameter is out of its range, or entries are so large or so small that similarities leave the range of 32 bits.
pub fn fit_item_knn(interactions: &Sparse, params: &Bm25Params, k: usize) -> Result<Neighbours, LearnError> {
    fit_supported_item_knn(interactions, params, &Say::even(interactions.row_count()), k)
}

/// The same with listeners who count differently: each product above is multiplied with what the listener's word is
/// worth, and items whom too few independent listeners know together are no neighbours.
///
/// # Errors
/// As [`fit_item_knn`], and when `say` has other listeners.
pub fn fit_supported_item_knn(
    interactions: &Sparse,
    params: &Bm25Params,
    say: &Say,
    k: usize,
) -> Result<Neighbours, LearnError> {
    params.check()?;
    check_length("listeners with a say", interactions.row_count(), say.weights.len())?;
    // A word counts in the product of two entries, so each has the root of it.
    let weighted =
        params.weigh(interactions)?.map(|row, _, value| value * say.weights[row as usize].sqrt())?;
    let by_item = weighted.transpose();
    let item_count = by_item.row_count();
    let norms: Vec<f32> =
        (0..item_count).map(|item| by_item.row(item).1.iter().map(|w| w * w).sum()).collect();
    let as_history: Vec<f32> = norms.iter().map(|norm| norm.powf(params.history_exponent)).collect();
    let as_candidate: Vec<f32> = norms.iter().map(|norm| norm.powf(params.candidate_exponent)).collect();
    let (own, other) = match params.keep {
        Keep::ForHistory => (&as_history, &as_candidate),
        Keep::ForCandidate => (&as_candidate, &as_history),
    };
    let lists: Vec<Vec<(u32, f32)>> = (0..item_count)
        .into_par_iter()
        .map_init(
            || (vec![0.0_f32; item_count], Vec::new(), Support::new(item_count)),
            |(sums, touched, support), item| {
                add_products(&by_item, &weighted, item, sums, touched);
                support.count(&by_item, &weighted, item, say);
                let nearest = touched.drain(..).filter_map(|near: u32| {
                    let sum = std::mem::take(&mut sums[near as usize]);
                    support
                        .take(near, say)
                        .then_some((near, sum / (own[item] * other[near as usize] + params.shrink)))
                });
                keep_best(nearest.collect(), k)
            },
        )
        .collect();
    if lists.iter().flatten().any(|(_, similarity)| !similarity.is_finite()) {
        return Err(LearnError::Numeric { what: "comparing items" });
    }
    Ok(match params.keep {
        Keep::ForHistory => Neighbours::from_lists(lists),
        Keep::ForCandidate => Neighbours::from_lists(lists).reversed(),
    })
}

impl Bm25Params {
    fn check(&self) -> Result<(), LearnError> {
        check_not_negative("k1", f64::from(self.k1))?;
        check_not_negative("b", f64::from(self.b))?;
        check_not_negative("history_exponent", f64::from(self.history_exponent))?;
        check_not_negative("candidate_exponent", f64::from(self.candidate_exponent))?;
        check_not_negative("shrink", f64::from(self.shrink))?;
        if self.b > 1.0 {
            return Err(LearnError::Parameter { name: "b", value: f64::from(self.b), expected: "at most 1" });
        }
        Ok(())
    }

    /// The BM25 weight of every entry; entries that are not positive become zero.
    fn weigh(&self, interactions: &Sparse) -> Result<Sparse, LearnError> {
        let length = |row: usize| interactions.row(row).1.iter().map(|value| value.max(0.0)).sum::<f32>();
        let lengths: Vec<f32> = (0..interactions.row_count()).map(length).collect();
        let mean = lengths.iter().sum::<f32>()
            / lengths.iter().filter(|&&length| length > 0.0).count().max(1) as f32;
        interactions.map(|row, _, value| {
            if value <= 0.0 {
                return 0.0;
            }
            let length = lengths[row as usize] / mean.max(f32::MIN_POSITIVE);
            value * (self.k1 + 1.0) / (value + self.k1 * (1.0 - self.b + self.b * length))
        })
    }
}

/// What the listeners weigh who know an item and another.
struct Support {
    weights: Vec<f32>,
}

impl Support {
    fn new(item_count: usize) -> Self {
        Self { weights: vec![0.0; item_count] }
    }

    fn count(&mut self, by_item: &Sparse, weighted: &Sparse, item: usize, say: &Say) {
        if say.support_min <= 0.0 {
            return;
        }
        let (listeners, weights) = by_item.row(item);
        for (&listener, _) in listeners.iter().zip(weights).filter(|&(_, &weight)| weight > 0.0) {
            let (others, other_weights) = weighted.row(listener as usize);
            for (&other, _) in others.iter().zip(other_weights).filter(|&(_, &weight)| weight > 0.0) {
                self.weights[other as usize] += say.weights[listener as usize];
            }
        }
        self.weights[item] = 0.0;
    }

    /// Whether it is enough; forgets it.
    fn take(&mut self, near: u32, say: &Say) -> bool {
        say.support_min <= 0.0 || std::mem::take(&mut self.weights[near as usize]) >= say.support_min
    }
}

/// Adds to `sums` the products of `item` with every other item, and lists those in `touched`.
pub(crate) fn add_products(
    by_item: &Sparse,
    weighted: &Sparse,
    item: usize,
    sums: &mut [f32],
    touched: &mut Vec<u32>,
) {
    let (listeners, weights) = by_item.row(item);
    for (&listener, &weight) in listeners.iter().zip(weights).filter(|&(_, &weight)| weight > 0.0) {
        let (others, other_weights) = weighted.row(listener as usize);
        for (&other, &other_weight) in others.iter().zip(other_weights) {
            let sum = &mut sums[other as usize];
            if *sum == 0.0 && other_weight > 0.0 && other as usize != item {
                touched.push(other);
            }
            *sum += weight * other_weight;
        }
    }
    sums[item] = 0.0;
}

/// The `k` best of a list, best first.
pub(crate) fn keep_best(mut list: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    if k == 0 {
        return Vec::new();
    }
    if list.len() > k {
        list.select_nth_unstable_by(k - 1, order);
        list.truncate(k);
    }
    list.sort_unstable_by(order);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_cosine(shrink: f32, keep: Keep) -> Bm25Params {
        Bm25Params { k1: 0.0, b: 0.0, shrink, keep, ..Bm25Params::default() }
    }

    /// Item 0 is shared by all; 1 and 2 by the same two listeners; 3 by one of them.
    fn interactions() -> Sparse {
        let entries = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (2, 0), (3, 0)];
        Sparse::from_triplets(4, 5, entries.map(|(row, column)| (row, column, 1.0))).unwrap()
    }

    #[test]
    fn similarity_is_the_shrunk_cosine() {
        let neighbours = fit_item_knn(&interactions(), &plain_cosine(0.0, Keep::ForHistory), 10).unwrap();
        let (items, similarities) = neighbours.of(1);
        assert_eq!(items, [2, 0, 3]);
        for (got, expected) in similarities.iter().zip([1.0, 2.0 / 8_f32.sqrt(), 1.0 / 2_f32.sqrt()]) {
            assert!((got - expected).abs() < 1e-6);
        }
        let shrunk = fit_item_knn(&interactions(), &plain_cosine(2.0, Keep::ForHistory), 1).unwrap();
        assert_eq!(shrunk.of(1), (&[2][..], &[0.5][..]));
        assert_eq!(shrunk.of(4), (&[][..], &[][..]), "nobody listened to item 4");
        assert_eq!(shrunk.item_count(), 5);
    }

    #[test]
    fn lists_kept_for_candidates_lead_from_history_all_the_same() {
        let neighbours = fit_item_knn(&interactions(), &plain_cosine(0.0, Keep::ForCandidate), 1).unwrap();
        // The nearest of 0 is 1 (tied with 2), of 1 it is 2, of 2 it is 1, of 3 it is 1 (tied with 2).
        assert_eq!(neighbours.of(1).0, [2, 0, 3]);
        assert_eq!(neighbours.of(2).0, [1]);
        assert!(neighbours.of(0).0.is_empty());
    }

    #[test]
    fn an_item_says_less_in_a_long_history() {
        // Items 0 and 1 meet in a short history, 0 and 2 in a long one.
        let long = (3..30).map(|item| (1, item));
        let entries = [(0, 0), (0, 1), (1, 0), (1, 2)].into_iter().chain(long);
        let matrix = Sparse::from_triplets(2, 30, entries.map(|(row, column)| (row, column, 1.0))).unwrap();
        // Without item 2's own weight in the divisor the effect is seen alone.
        let params = Bm25Params { candidate_exponent: 0.0, shrink: 0.0, ..Bm25Params::default() };
        let neighbours = fit_item_knn(&matrix, &params, 50).unwrap();
        assert_eq!(neighbours.of(0).0[0], 1);
        let even = fit_item_knn(&matrix, &Bm25Params { b: 0.0, ..params }, 50).unwrap();
        assert_eq!(even.of(0).1[0], even.of(0).1[1]);
    }

    #[test]
    fn entries_that_are_not_positive_say_nothing() {
        let matrix =
            Sparse::from_triplets(2, 3, [(0, 0, 1.0), (0, 1, 0.0), (0, 2, -3.0), (1, 1, 1.0)]).unwrap();
        let neighbours = fit_item_knn(&matrix, &Bm25Params::default(), 5).unwrap();
        assert!(neighbours.items().is_empty());
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        for params in [
            Bm25Params { b: 1.5, ..Bm25Params::default() },
            Bm25Params { k1: -1.0, ..Bm25Params::default() },
            Bm25Params { shrink: f32::NAN, ..Bm25Params::default() },
        ] {
            assert!(fit_item_knn(&interactions(), &params, 5).is_err(), "{params:?}");
        }
    }
}
