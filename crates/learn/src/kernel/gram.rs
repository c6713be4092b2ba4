//! The sum of the outer products of many rows with themselves: Gram matrices and the Hessians of least squares.

use pulp::{Simd, WithSimd};

use super::{LANES_MAX, arch};

/// Adds `aᵀ·a` to the lower triangle of `out`, both row-major with rows of `stride` numbers.
///
/// Above the diagonal `out` holds nothing of use afterwards, except that whole tiles on it are filled.
/// `stride` is a multiple of [`LANES_MAX`]; pad shorter rows with zeros.
///
/// *Complexity*: `rows · stride² / 2` multiply-adds.
pub(crate) fn add_gram(a: &[f32], stride: usize, out: &mut [f32]) {
    assert!(stride.is_multiple_of(LANES_MAX) && stride > 0, "rows are padded to whole vectors");
    assert!(a.len().is_multiple_of(stride), "there are whole rows only");
    assert_eq!(out.len(), stride * stride, "the Gram matrix is square");
    // A panel of rows stays in the second-level cache while the tiles pass over it.
    for panel in a.chunks(PANEL_NUMBERS.next_multiple_of(stride)) {
        arch().dispatch(AddGram { a: panel, stride, out: &mut *out });
    }
}

/// Numbers per panel: 512 KiB.
const PANEL_NUMBERS: usize = 128 * 1024;

struct AddGram<'a> {
    a: &'a [f32],
    stride: usize,
    out: &'a mut [f32],
}

impl WithSimd for AddGram<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // A tile is `M` rows by two vectors; with its two inputs and a broadcast it fits the registers.
        // The narrower one keeps a scalar fallback of one lane correct as well.
        if S::REGISTER_COUNT >= 32 { self.run::<S, 8>(simd) } else { self.run::<S, 4>(simd) }
    }
}

impl AddGram<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize>(self, simd: S) {
        let row_vectors = self.stride / S::F32_LANES;
        let (a, _) = S::as_simd_f32s(self.a);
        let (out, _) = S::as_mut_simd_f32s(self.out);
        let input = Input { numbers: self.a, vectors: a, stride: self.stride, row_vectors };
        let mut j = 0;
        while j < row_vectors {
            // The last panel of columns is a single vector where their number is odd.
            let pair = j + 1 < row_vectors;
            let mut i = j * S::F32_LANES / M * M;
            while i < self.stride {
                if pair {
                    input.add_tile::<M, 2>(simd, i, j, out);
                } else {
                    input.add_tile::<M, 1>(simd, i, j, out);
                }
                i += M;
            }
            j += 2;
        }
    }
}

/// The rows, as numbers for the left factor of a tile and as vectors for the right one.
struct Input<'a, V> {
    numbers: &'a [f32],
    vectors: &'a [V],
    stride: usize,
    row_vectors: usize,
}

impl<V: Copy> Input<'_, V> {
    /// Adds rows `i..i + M` by vectors `j..j + N` of the Gram matrix.
    #[inline(always)]
    fn add_tile<const M: usize, const N: usize>(
        &self,
        simd: impl Simd<f32s = V>,
        i: usize,
        j: usize,
        out: &mut [V],
    ) {
        let mut sums = [[simd.splat_f32s(0.0); N]; M];
        let rows = self.numbers.chunks_exact(self.stride).zip(self.vectors.chunks_exact(self.row_vectors));
        for (numbers, vectors) in rows {
            let left = &numbers[i..i + M];
            let right = &vectors[j..j + N];
            for m in 0..M {
                let left = simd.splat_f32s(left[m]);
                for n in 0..N {
                    sums[m][n] = simd.mul_add_f32s(left, right[n], sums[m][n]);
                }
            }
        }
        for (m, sums) in sums.iter().enumerate() {
            let start = (i + m) * self.row_vectors + j;
            for (out, &sum) in out[start..start + N].iter_mut().zip(sums) {
                *out = simd.add_f32s(*out, sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_triangle_agrees_with_plain_sums() {
        for (row_count, stride) in [(0, 16), (1, 16), (3, 32), (7, 48), (40, 80), (9, 112)] {
            let a: Vec<f32> = (0..row_count * stride).map(|i| ((i * 29) % 31) as f32 / 31.0 - 0.5).collect();
            let mut out = vec![0.25; stride * stride];
            add_gram(&a, stride, &mut out);
            for i in 0..stride {
                for j in 0..=i {
                    let plain: f32 = (0..row_count).map(|k| a[k * stride + i] * a[k * stride + j]).sum();
                    let got = out[i * stride + j] - 0.25;
                    assert!((got - plain).abs() < 1e-4, "{row_count} {stride} {i} {j}: {got} {plain}");
                }
            }
        }
    }
}
