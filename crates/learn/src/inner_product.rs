//! The rows of a matrix with the largest products with a query, without looking at all of them.
//!
//! Rows stand by their length, the longest first, so that a search ends where no row that is left is long enough.
//! Of each row that may still be long enough the first numbers are multiplied, and what the others could add at best is
//! bounded by their lengths; only what may still be among the best is multiplied to its end.
//! The factors of [`ials`](crate::ials) have most of their length in the first numbers, and the lengths of rows go with
//! how much they are played, so that this mostly leaves a small part to look at. Nothing is lost: the result is that of a
//! scan.
//!
//! *Sources*: Teflioudi, Gemulla, Mykytiuk (2015), "LEMP: fast retrieval of large entries in a matrix product" (order by
//! length); Li and others (2017), "FEXIPRO: fast and exact inner product retrieval in recommender systems", section 4
//! (the product of the first numbers and the bound of the rest).

use crate::blocks::{Blocks, LANES};
use crate::factors::Factors;
use crate::kernel;
use crate::top_k::Best;

/// The first numbers of a row, which are always multiplied.
const HEAD: usize = 32;
/// Rows that are bounded together.
const GROUP: usize = 8 * LANES;
/// Bounds are widened by this share of the lengths, for products are rounded.
const SLACK: f32 = 1e-4;

/// Rows of factors, ready to be searched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InnerProducts {
    /// The rows by their length, the longest first; rows of zeros are left out.
    rows: Vec<u32>,
    lengths: Vec<f32>,
    /// The first numbers of each.
    heads: Blocks,
    /// The length of what the first numbers leave out.
    tails: Vec<f32>,
}

impl InnerProducts {
    /// The rows of `factors`.
    ///
    /// *Complexity*: linear, apart from sorting.
    pub fn of(factors: &Factors) -> Self {
        let length = |values: &[f32]| kernel::dot(values, values).sqrt();
        let all = (0..factors.row_count()).map(|row| (length(factors.row(row)), row as u32));
        let mut by_length: Vec<(f32, u32)> = all.filter(|(length, _)| *length > 0.0).collect();
        by_length.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let head = factors.dim().min(HEAD);
        let mut heads = Blocks::zeros(by_length.len(), head);
        let mut tails = Vec::with_capacity(by_length.len());
        for (place, &(_, row)) in by_length.iter().enumerate() {
            let (first, rest) = factors.row(row as usize).split_at(head);
            heads.set(place, first);
            tails.push(length(rest));
        }
        let (lengths, rows) = by_length.into_iter().unzip();
        Self { rows, lengths, heads, tails }
    }

    /// The `count` rows that `keep` accepts with the largest products with `query`, above zero, best first; ties by row.
    ///
    /// `factors` are those that it was made of.
    ///
    /// *Complexity*: a scan at worst; mostly much less.
    ///
    /// # Panics
    /// When `query` has not as many numbers as a row.
    pub fn largest(
        &self,
        factors: &Factors,
        query: &[f32],
        count: usize,
        keep: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        assert_eq!(query.len(), factors.dim(), "a query needs one number per dimension");
        let (first, rest) = query.split_at(self.heads.width());
        let whole_length = kernel::dot(query, query).sqrt();
        let first_length = kernel::dot(first, first).sqrt();
        let rest_length = kernel::dot(rest, rest).sqrt();
        let mut best = Best::new(count);
        let mut products = [0.0; GROUP];
        for from in (0..self.rows.len()).step_by(GROUP) {
            let to = (from + GROUP).min(self.rows.len());
            let needed = best.worst_score().unwrap_or(0.0).max(0.0);
            // The longest row of the group stands first.
            if widened(whole_length * self.lengths[from]) < needed {
                break;
            }
            self.heads.products(from / LANES..to.div_ceil(LANES), first, &mut products);
            for (place, product) in (from..to).zip(&products) {
                let needed = best.worst_score().unwrap_or(0.0).max(0.0);
                let room = rest_length * self.tails[place];
                let slack = SLACK * (first_length * self.lengths[place] + room);
                if product + room + slack < needed {
                    continue;
                }
                let row = self.rows[place];
                let score = kernel::dot(factors.row(row as usize), query);
                if score > 0.0 {
                    best.offer((row, score), &keep);
                }
            }
        }
        best.done()
    }
}

fn widened(bound: f32) -> f32 {
    bound * (1.0 + SLACK)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::top_k::top_k;

    /// Rows whose lengths and first numbers are larger than others, as those of learnt vectors are.
    fn factors(row_count: usize, dim: usize, seed: u32) -> Factors {
        let number = |place: usize| {
            let (row, axis) = (place / dim, place % dim);
            let drawn = ((place as u32).wrapping_mul(2_654_435_761).wrapping_add(seed * 97) >> 8) % 1_000;
            let size = 3.0 / (1.0 + row as f32 / 40.0) / (1.0 + axis as f32 / 4.0);
            if row % 13 == 5 { 0.0 } else { size * (drawn as f32 / 1_000.0 - 0.4) }
        };
        Factors::new(dim, (0..row_count * dim).map(number).collect()).unwrap()
    }

    fn scanned(
        factors: &Factors,
        query: &[f32],
        count: usize,
        keep: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        let scores: Vec<f32> =
            (0..factors.row_count()).map(|row| kernel::dot(factors.row(row), query)).collect();
        top_k(&scores, count, |row| scores[row as usize] > 0.0 && keep(row))
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_scan_finds(
            (row_count, dim, count) in (0_usize..900, 1_usize..40, 0_usize..50),
            seed in 0_u32..50,
        ) {
            let factors = factors(row_count, dim, seed);
            let index = InnerProducts::of(&factors);
            let query: Vec<f32> = (0..dim).map(|axis| ((axis as u32 * 31 + seed) % 7) as f32 - 2.5).collect();
            let keep = |row: u32| row % 3 != 1;
            prop_assert_eq!(
                index.largest(&factors, &query, count, keep),
                scanned(&factors, &query, count, keep)
            );
        }
    }

    #[test]
    fn a_query_of_zeros_finds_nothing_and_nothing_is_found_among_nothing() {
        let factors = factors(300, 8, 1);
        let index = InnerProducts::of(&factors);
        assert!(index.largest(&factors, &[0.0; 8], 5, |_| true).is_empty());
        let empty = Factors::zeros(0, 8).unwrap();
        assert!(InnerProducts::of(&empty).largest(&empty, &[1.0; 8], 5, |_| true).is_empty());
    }
}
