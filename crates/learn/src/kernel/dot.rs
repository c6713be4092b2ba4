//! One vector against another, and one against many.

use pulp::{Simd, WithSimd};

use super::arch;
use super::product::tile;
use crate::factors::Factors;

/// The sum of the products of two vectors' numbers.
///
/// # Panics
/// When the lengths differ.
#[inline]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "a dot product needs vectors of one length");
    arch().dispatch(Dot { a, b })
}

/// The cosine of the angle between two vectors, 0 where one of them is all zeros.
///
/// *Range*: −1 to 1.
///
/// # Panics
/// When the lengths differ.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let lengths = dot(a, a).sqrt() * dot(b, b).sqrt();
    if lengths > 0.0 { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}

/// The dot product of `query` with every row of `factors`.
///
/// *Complexity*: one pass over the factors; memory-bound.
///
/// # Panics
/// When `query` has not `factors.dim()` numbers, or `out` not one place per row.
pub fn scores(factors: &Factors, query: &[f32], out: &mut [f32]) {
    assert_eq!(query.len(), factors.dim(), "a query needs one number per dimension");
    assert_eq!(out.len(), factors.row_count(), "scores need one place per row");
    arch().dispatch(Scores { rows: factors.values(), query, out });
}

/// Adds `scale` times each number of `x` to the number of `y` at its place.
///
/// # Panics
/// When the lengths differ.
#[inline]
pub fn add_scaled(scale: f32, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "addition needs vectors of one length");
    arch().dispatch(AddScaled { scale, x, y });
}

struct Dot<'a> {
    a: &'a [f32],
    b: &'a [f32],
}

impl WithSimd for Dot<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let (a, a_tail) = S::as_simd_f32s(self.a);
        let (b, b_tail) = S::as_simd_f32s(self.b);
        // Four running sums, so that one addition need not wait for the one before.
        let mut sums = [simd.splat_f32s(0.0); 4];
        let (a_fours, a_rest) = pulp::as_arrays::<4, _>(a);
        let (b_fours, b_rest) = pulp::as_arrays::<4, _>(b);
        for (a, b) in a_fours.iter().zip(b_fours) {
            for lane in 0..4 {
                sums[lane] = simd.mul_add_f32s(a[lane], b[lane], sums[lane]);
            }
        }
        for (lane, (&a, &b)) in a_rest.iter().zip(b_rest).enumerate() {
            sums[lane] = simd.mul_add_f32s(a, b, sums[lane]);
        }
        if !a_tail.is_empty() {
            let (a, b) = (simd.partial_load_f32s(a_tail), simd.partial_load_f32s(b_tail));
            sums[3] = simd.mul_add_f32s(a, b, sums[3]);
        }
        let halves = (simd.add_f32s(sums[0], sums[1]), simd.add_f32s(sums[2], sums[3]));
        simd.reduce_sum_f32s(simd.add_f32s(halves.0, halves.1))
    }
}

struct Scores<'a> {
    rows: &'a [f32],
    query: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let dim = self.query.len();
        let mut fours = self.rows.chunks_exact(dim * 4);
        let mut out = self.out.chunks_exact_mut(4);
        for (rows, out) in fours.by_ref().zip(out.by_ref()) {
            let mut four = [&[][..]; 4];
            for (row, numbers) in four.iter_mut().zip(rows.chunks_exact(dim)) {
                *row = numbers;
            }
            let [sums] = tile::<S, 1, 4>(simd, [self.query], four);
            out.copy_from_slice(&sums);
        }
        for (row, out) in fours.remainder().chunks_exact(dim).zip(out.into_remainder()) {
            *out = Dot { a: row, b: self.query }.with_simd(simd);
        }
    }
}

struct AddScaled<'a> {
    scale: f32,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl WithSimd for AddScaled<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let scale = simd.splat_f32s(self.scale);
        let (x, x_tail) = S::as_simd_f32s(self.x);
        let (y, y_tail) = S::as_mut_simd_f32s(self.y);
        for (&x, y) in x.iter().zip(y) {
            *y = simd.mul_add_f32s(scale, x, *y);
        }
        for (&x, y) in x_tail.iter().zip(y_tail) {
            *y = self.scale.mul_add(x, *y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    }

    proptest! {
        #[test]
        fn every_length_agrees_with_the_plain_sum(
            pairs in proptest::collection::vec((-1.0_f32..1.0, -1.0_f32..1.0), 0..200)
        ) {
            let (a, b): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            prop_assert!((f64::from(dot(&a, &b)) - plain(&a, &b)).abs() < 1e-4);
            let mut y = b.clone();
            add_scaled(-0.5, &a, &mut y);
            for (place, &sum) in y.iter().enumerate() {
                prop_assert!((sum - (b[place] - 0.5 * a[place])).abs() < 1e-6);
            }
        }

        #[test]
        fn scores_are_dot_products(row_count in 0_usize..11, dim in 1_usize..50, seed in 0_u32..9) {
            let number = |i: usize| ((i as u32 * 37 + seed * 11) % 23) as f32 / 23.0 - 0.5;
            let values: Vec<f32> = (0..row_count * dim).map(number).collect();
            let query: Vec<f32> = (7..7 + dim).map(number).collect();
            let factors = Factors::new(dim, values).unwrap();
            let mut out = vec![0.0; row_count];
            scores(&factors, &query, &mut out);
            for (row, &score) in out.iter().enumerate() {
                prop_assert!((f64::from(score) - plain(factors.row(row), &query)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_cosine_of_nothing_is_zero() {
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 2.0]), 0.0);
        assert!((cosine(&[3.0, 0.0], &[4.0, 4.0]) - 0.5_f32.sqrt()).abs() < 1e-6);
    }
}
