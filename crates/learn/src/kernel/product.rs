//! Many vectors against many: the product of one matrix with the transpose of another.

use pulp::{Simd, WithSimd};

use super::arch;

/// Rows of equal length inside a slice, `stride` apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    values: &'a [f32],
    stride: usize,
    len: usize,
    count: usize,
}

impl<'a> Rows<'a> {
    /// The first `len` numbers of each of `count` rows that start `stride` apart.
    pub(crate) fn new(values: &'a [f32], stride: usize, len: usize, count: usize) -> Self {
        assert!(len <= stride, "a row ends before the next begins");
        assert!(count == 0 || (count - 1) * stride + len <= values.len(), "the rows lie inside the slice");
        Self { values, stride, len, count }
    }

    #[inline(always)]
    fn row(self, index: usize) -> &'a [f32] {
        &self.values[index * self.stride..index * self.stride + self.len]
    }

    fn part(self, first: usize, count: usize) -> Self {
        Self { values: &self.values[first * self.stride..], count, ..self }
    }
}

/// Which products are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// Only where the column is not above the row, rounded up to whole tiles.
    Lower,
}

/// Writes the dot product of row `i` of `a` and row `j` of `b` to `out[i * out_stride + j]`.
pub(crate) fn products(a: Rows<'_>, b: Rows<'_>, part: Part, out: &mut [f32], out_stride: usize) {
    assert_eq!(a.len, b.len, "products need rows of one length");
    assert!(b.count <= out_stride, "a row of products ends before the next begins");
    assert!(a.count == 0 || (a.count - 1) * out_stride + b.count <= out.len(), "the products fit");
    // Rows of `b` are taken in panels that stay in the nearest cache while all rows of `a` pass by.
    let panel = (PANEL_NUMBERS / a.len.max(1)).max(16).next_multiple_of(4);
    let mut first = 0;
    while first < b.count {
        let count = panel.min(b.count - first);
        arch().dispatch(Products { a, b: b.part(first, count), first, part, out: &mut *out, out_stride });
        first += count;
    }
}

/// Numbers of `b` per panel: 64 KiB, a share of the second-level cache that leaves room for the rest.
const PANEL_NUMBERS: usize = 16 * 1024;

struct Products<'a> {
    a: Rows<'a>,
    b: Rows<'a>,
    /// Where the rows of `b` stand in the whole of it.
    first: usize,
    part: Part,
    out: &'a mut [f32],
    out_stride: usize,
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // Sixteen running sums fit where there are 32 registers; eight where there are 16.
        if S::REGISTER_COUNT >= 32 { self.run::<S, 4, 4>(simd) } else { self.run::<S, 4, 2>(simd) }
    }
}

impl Products<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(self, simd: S) {
        let mut i = 0;
        while i < self.a.count {
            let i_count = M.min(self.a.count - i);
            let mut j = 0;
            while j < self.b.count && (self.part == Part::All || self.first + j < i + i_count) {
                let j_count = N.min(self.b.count - j);
                // At the edges a tile repeats its last row; the repeats are not written.
                let (mut a, mut b) = ([&[][..]; M], [&[][..]; N]);
                for (m, row) in a.iter_mut().enumerate() {
                    *row = self.a.row(i + m.min(i_count - 1));
                }
                for (n, row) in b.iter_mut().enumerate() {
                    *row = self.b.row(j + n.min(j_count - 1));
                }
                let sums = tile::<S, M, N>(simd, a, b);
                for (m, sums) in sums.iter().enumerate().take(i_count) {
                    let start = (i + m) * self.out_stride + self.first + j;
                    self.out[start..start + j_count].copy_from_slice(&sums[..j_count]);
                }
                j += N;
            }
            i += M;
        }
    }
}

/// The dot products of `M` rows with `N` rows, which all have the same length.
#[inline(always)]
pub(super) fn tile<S: Simd, const M: usize, const N: usize>(
    simd: S,
    a: [&[f32]; M],
    b: [&[f32]; N],
) -> [[f32; N]; M] {
    // Loops and no closures: a closure that is not inlined is compiled without the vector instructions.
    let whole = a[0].len() / S::F32_LANES;
    let (mut a_vectors, mut b_vectors) = ([&[][..]; M], [&[][..]; N]);
    for m in 0..M {
        a_vectors[m] = &S::as_simd_f32s(a[m]).0[..whole];
    }
    for n in 0..N {
        b_vectors[n] = &S::as_simd_f32s(b[n]).0[..whole];
    }
    let mut sums = [[simd.splat_f32s(0.0); N]; M];
    for k in 0..whole {
        for m in 0..M {
            for n in 0..N {
                sums[m][n] = simd.mul_add_f32s(a_vectors[m][k], b_vectors[n][k], sums[m][n]);
            }
        }
    }
    let start = whole * S::F32_LANES;
    if start < a[0].len() {
        for m in 0..M {
            let a = simd.partial_load_f32s(&a[m][start..]);
            for n in 0..N {
                sums[m][n] = simd.mul_add_f32s(a, simd.partial_load_f32s(&b[n][start..]), sums[m][n]);
            }
        }
    }
    let mut totals = [[0.0; N]; M];
    for m in 0..M {
        for n in 0..N {
            totals[m][n] = simd.reduce_sum_f32s(sums[m][n]);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_shape_agrees_with_plain_sums(
            a_count in 0_usize..13, b_count in 0_usize..70, len in 0_usize..40, extra in 0_usize..3
        ) {
            let stride = len + extra;
            let number = |i: usize| ((i * 37 + 11) % 29) as f32 / 29.0 - 0.5;
            let a: Vec<f32> = (0..a_count * stride).map(number).collect();
            let b: Vec<f32> = (5..5 + b_count * stride).map(number).collect();
            let out_stride = b_count + 1;
            let mut out = vec![f32::NAN; a_count * out_stride];
            let (rows_a, rows_b) =
                (Rows::new(&a, stride, len, a_count), Rows::new(&b, stride, len, b_count));
            products(rows_a, rows_b, Part::All, &mut out, out_stride);
            for i in 0..a_count {
                for j in 0..b_count {
                    let plain: f32 = (0..len).map(|k| a[i * stride + k] * b[j * stride + k]).sum();
                    prop_assert!((out[i * out_stride + j] - plain).abs() < 1e-5);
                }
                prop_assert!(out[i * out_stride + b_count].is_nan(), "wrote beyond the row");
            }
            let mut lower = vec![f32::NAN; b_count * b_count];
            products(rows_b, rows_b, Part::Lower, &mut lower, b_count);
            for i in 0..b_count {
                for j in 0..=i {
                    let plain: f32 = (0..len).map(|k| b[i * stride + k] * b[j * stride + k]).sum();
                    prop_assert!((lower[i * b_count + j] - plain).abs() < 1e-5);
                }
            }
        }
    }
}
