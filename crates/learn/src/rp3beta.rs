//! Three steps at random through who listened to what: from an item to a listener, to an item, held back by fame.
//!
//! *What is reckoned*: with `n_u` the weight of a listener's row and `n_i` that of an item's column, an item `j` of a
//! history speaks for a candidate `i` with
//!
//! ```text
//! Σ_u w_uj·w_ui / (n_j^α · n_u^α) / n_i^β
//! ```
//!
//! *Sources*: Cooper, Lee, Radinsky, Siantos (2014), "Random Walks in Recommender Systems: Exact Computation and
//! Simulations" (the exponent `α`); Paudel, Christoffel, Newell, Bernstein (2017), "Updatable, Accurate, Diverse, and
//! Scalable Recommendations for Interactive Applications" (the exponent `β`).
//!
//! *What differs from the papers*: they raise each step's probability to `α`; for rows of ones, as here most are, that
//! is the same.

use rayon::prelude::*;

use crate::error::{LearnError, check_not_negative};
use crate::knn::{add_products, keep_best};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rp3BetaParams {
    /// How much a step is divided by the number of ways it could have gone. *Range*: 0 or more; 1 is a fair walk.
    pub alpha: f32,
    /// How much a famous candidate is held back. *Range*: 0 or more.
    pub beta: f32,
    /// Candidates kept per item of a history.
    pub neighbour_count: usize,
}

impl Default for Rp3BetaParams {
    fn default() -> Self {
        // Between the best points on the validation parts of lastfm-hetrec-cf and lastfm-tracks-24k.
        Self { alpha: 0.8, beta: 0.3, neighbour_count: 800 }
    }
}

/// The items that a walk from each item reaches most often.
///
/// *Shape*: `interactions` is `[listeners, items]`; entries that are not positive say nothing.
///
/// *Complexity*: the sum over listeners of the square of their number of items.
///
/// # Errors
/// When a parameter is out of its range, or the numbers overflow.
pub fn fit_rp3beta(interactions: &Sparse, params: &Rp3BetaParams) -> Result<Neighbours, LearnError> {
    check_not_negative("alpha", f64::from(params.alpha))?;
    check_not_negative("beta", f64::from(params.beta))?;
    let positive = interactions.map(|_, _, value| value.max(0.0))?;
    let by_item = positive.transpose();
    let power = |sum: f32, exponent: f32| if sum > 0.0 { sum.powf(exponent) } else { 1.0 };
    let sum = |matrix: &Sparse, row: usize| matrix.row(row).1.iter().sum::<f32>();
    let listener_divisors: Vec<f32> =
        (0..positive.row_count()).map(|row| power(sum(&positive, row), params.alpha)).collect();
    let steps = positive.map(|row, _, value| value / listener_divisors[row as usize])?;
    let item_count = by_item.row_count();
    let sums: Vec<f32> = (0..item_count).map(|item| sum(&by_item, item)).collect();
    let fame: Vec<f32> = sums.iter().map(|&sum| power(sum, params.beta)).collect();
    let lists: Vec<Vec<(u32, f32)>> = (0..item_count)
        .into_par_iter()
        .map_init(
            || (vec![0.0_f32; item_count], Vec::new()),
            |(reached, touched), item| {
                add_products(&by_item, &steps, item, reached, touched);
                let start = power(sums[item], params.alpha);
                let candidates = touched.drain(..).map(|near: u32| {
                    let reached = std::mem::take(&mut reached[near as usize]);
                    (near, reached / (start * fame[near as usize]))
                });
                keep_best(candidates.collect(), params.neighbour_count)
            },
        )
        .collect();
    if let Some(index) = lists.iter().position(|list| list.iter().any(|near| !near.1.is_finite())) {
        return Err(LearnError::NotFinite { what: "walks from an item", index });
    }
    Ok(Neighbours::from_lists(lists))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Sparse {
        // Items 0 and 1 share listener 0 (two items) and 0 and 2 share listener 1 (three items).
        let entries = [(0, 0), (0, 1), (1, 0), (1, 2), (1, 3), (2, 2)];
        Sparse::from_triplets(3, 5, entries.map(|(row, column)| (row, column, 1.0))).unwrap()
    }

    #[test]
    fn a_fair_walk_counts_the_ways() {
        let params = Rp3BetaParams { alpha: 1.0, beta: 0.0, neighbour_count: 10 };
        let walk = fit_rp3beta(&matrix(), &params).unwrap();
        let (items, shares) = walk.of(0);
        assert_eq!(items, [1, 2, 3]);
        for (share, expected) in shares.iter().zip([0.5 / 2.0, 0.5 / 3.0, 0.5 / 3.0]) {
            assert!((share - expected).abs() < 1e-6, "{shares:?}");
        }
        assert!(walk.of(4).0.is_empty(), "nobody listened to item 4");
    }

    #[test]
    fn fame_holds_a_candidate_back() {
        let params = Rp3BetaParams { alpha: 1.0, beta: 1.0, neighbour_count: 10 };
        let walk = fit_rp3beta(&matrix(), &params).unwrap();
        assert_eq!(walk.of(0).0, [1, 3, 2], "two listeners know item 2 and one knows item 3");
        let short = fit_rp3beta(&matrix(), &Rp3BetaParams { neighbour_count: 1, ..params }).unwrap();
        assert_eq!(short.of(0).0, [1]);
    }

    #[test]
    fn odd_input_is_survived_or_refused() {
        let empty = Sparse::from_triplets(0, 0, []).unwrap();
        assert_eq!(fit_rp3beta(&empty, &Rp3BetaParams::default()).unwrap().item_count(), 0);
        let negative = Sparse::from_triplets(1, 2, [(0, 0, -1.0), (0, 1, 2.0)]).unwrap();
        assert!(fit_rp3beta(&negative, &Rp3BetaParams::default()).unwrap().items().is_empty());
        let params = Rp3BetaParams { alpha: f32::NAN, ..Rp3BetaParams::default() };
        assert!(fit_rp3beta(&matrix(), &params).is_err());
    }
}
