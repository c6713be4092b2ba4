//! Rows of numbers laid out so that many rows are worked on at once.
//!
//! A block holds as many rows as a few vectors have lanes, number by number. A product with a query then needs no sum
//! across a vector, and a decision by one number is made for all rows of a block together.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use crate::kernel::arch;

/// Rows of a block.
pub const LANES: usize = 32;

/// One number of all rows of a block.
pub type Lane = [f32; LANES];

/// Rows in blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    row_count: usize,
    width: usize,
    /// *Shape*: `[blocks, width]`; zeros behind the last row.
    values: Vec<Lane>,
}

impl Blocks {
    /// So many rows of zeros, of `width` numbers each.
    pub fn zeros(row_count: usize, width: usize) -> Self {
        Self { row_count, width, values: vec![[0.0; LANES]; row_count.div_ceil(LANES) * width] }
    }

    /// The blocks of rows that stand one after the other.
    ///
    /// # Panics
    /// When the values are no whole number of rows.
    pub fn of(values: &[f32], width: usize) -> Self {
        assert!(width > 0 && values.len().is_multiple_of(width), "blocks are made of whole rows");
        let mut blocks = Self::zeros(values.len() / width, width);
        for (row, values) in values.chunks_exact(width).enumerate() {
            blocks.set(row, values);
        }
        blocks
    }

    /// Puts the numbers of a row in; of those that are missing at its end the old ones stay.
    ///
    /// # Panics
    /// When there is no such row, or the numbers are more than a row has.
    pub fn set(&mut self, row: usize, values: &[f32]) {
        assert!(row < self.row_count && values.len() <= self.width, "a row of the blocks is set");
        let block = &mut self.values[row / LANES * self.width..][..values.len()];
        block.iter_mut().zip(values).for_each(|(lane, &value)| lane[row % LANES] = value);
    }

    /// One row, put together again.
    pub fn row(&self, row: usize) -> Vec<f32> {
        let block = &self.values[row / LANES * self.width..][..self.width];
        block.iter().map(|lane| lane[row % LANES]).collect()
    }

    /// How many rows.
    pub const fn row_count(&self) -> usize {
        self.row_count
    }

    /// How many numbers a row has.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How many blocks.
    pub const fn block_count(&self) -> usize {
        self.row_count.div_ceil(LANES)
    }

    /// The rows of a block, number by number.
    pub(crate) fn block(&self, block: usize) -> &[Lane] {
        &self.values[block * self.width..][..self.width]
    }

    /// The product of `query` with each row of some blocks.
    ///
    /// # Panics
    /// When there is no such block, `query` has more numbers than a row, or `out` fewer places than there are rows.
    pub fn products(&self, blocks: Range<usize>, query: &[f32], out: &mut [f32]) {
        self.fold(blocks, query, out, Multiply);
    }

    /// The square of the distance from `query` to each row of some blocks.
    ///
    /// # Panics
    /// As [`products`](Self::products).
    pub fn square_distances(&self, blocks: Range<usize>, query: &[f32], out: &mut [f32]) {
        self.fold(blocks, query, out, Distance);
    }

    fn fold(&self, blocks: Range<usize>, query: &[f32], out: &mut [f32], step: impl Step) {
        assert!(query.len() <= self.width, "a query has at most as many numbers as a row");
        let rows = (blocks.end * LANES).min(self.row_count) - (blocks.start * LANES).min(self.row_count);
        let values = &self.values[blocks.start * self.width..blocks.end * self.width];
        arch().dispatch(Fold { values, width: self.width, query, out: &mut out[..rows], step });
    }
}

/// What is done with one number of a row and of the query.
trait Step: Copy {
    fn step(self, sum: f32, value: f32, query: f32) -> f32;
}

#[derive(Clone, Copy)]
struct Multiply;

impl Step for Multiply {
    #[inline(always)]
    fn step(self, sum: f32, value: f32, query: f32) -> f32 {
        value.mul_add(query, sum)
    }
}

#[derive(Clone, Copy)]
struct Distance;

impl Step for Distance {
    #[inline(always)]
    fn step(self, sum: f32, value: f32, query: f32) -> f32 {
        (value - query).mul_add(value - query, sum)
    }
}

struct Fold<'a, T> {
    values: &'a [Lane],
    width: usize,
    query: &'a [f32],
    out: &'a mut [f32],
    step: T,
}

impl<T: Step> WithSimd for Fold<'_, T> {
    type Output = ();

    /// Plain loops over arrays, which become vectors of whatever width is there.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (block, out) in self.values.chunks_exact(self.width.max(1)).zip(self.out.chunks_mut(LANES)) {
            let mut sums = [0.0_f32; LANES];
            for (lane, &query) in block.iter().zip(self.query) {
                for place in 0..LANES {
                    sums[place] = self.step.step(sums[place], lane[place], query);
                }
            }
            out.copy_from_slice(&sums[..out.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_folded_is_what_rows_give_one_by_one(
            (row_count, width) in (0_usize..100, 1_usize..20),
            seed in 0_u32..20,
        ) {
            let number = |place: usize| ((place as u32 * 37 + seed * 11) % 23) as f32 / 23.0 - 0.5;
            let values: Vec<f32> = (0..row_count * width).map(number).collect();
            let blocks = Blocks::of(&values, width);
            let query: Vec<f32> = (3..3 + width).map(number).collect();
            let all = 0..blocks.block_count();
            let (mut products, mut distances) = (vec![0.0; row_count], vec![0.0; row_count]);
            blocks.products(all.clone(), &query, &mut products);
            blocks.square_distances(all, &query, &mut distances);
            for (row, values) in values.chunks_exact(width).enumerate() {
                prop_assert_eq!(&blocks.row(row), values);
                let product: f32 = values.iter().zip(&query).map(|(a, b)| a * b).sum();
                let distance: f32 = values.iter().zip(&query).map(|(a, b)| (a - b) * (a - b)).sum();
                prop_assert!((products[row] - product).abs() < 1e-5);
                prop_assert!((distances[row] - distance).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn some_blocks_are_folded_alone() {
        let blocks = Blocks::of(&(0..100).map(|value| value as f32).collect::<Vec<f32>>(), 1);
        let mut out = [0.0; 36];
        blocks.products(2..4, &[2.0], &mut out);
        assert_eq!((out[0], out[35], blocks.block_count()), (128.0, 198.0, 4));
        blocks.products(4..4, &[2.0], &mut out);
        Blocks::default().products(0..0, &[], &mut []);
    }
}
