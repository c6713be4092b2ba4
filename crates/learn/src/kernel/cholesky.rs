//! Small symmetric systems: factorise in place, then solve.

use pulp::{Simd, WithSimd};

use super::product::{Part, Rows, products};
use super::{add_scaled, arch, dot, padded};

/// Columns that are factorised together; their products with all earlier columns go through the fast kernel.
const BLOCK: usize = 32;

/// A pivot below this share of the largest diagonal number is rounding noise of a 32-bit sum.
const PIVOT_SHARE_MIN: f32 = 1e-6;

/// The factor `L` of a positive definite matrix `A = L·Lᵀ`, in 32-bit floats.
///
/// A direction that 32-bit floats cannot tell from zero (a pivot that is not above a millionth of the largest
/// diagonal number) is given an infinite pivot, so that its part of every solution is zero: the solution with the
/// least doubt instead of a failure.
///
/// *Complexity*: `size³ / 6` multiply-adds.
#[derive(Debug, Default)]
pub(crate) struct Cholesky {
    size: usize,
    stride: usize,
    /// The columns in work, each as a row of this buffer, so that vectors run down a column.
    panel: Vec<f32>,
}

impl Cholesky {
    /// Replaces the lower triangle of `matrix`, rows of `stride` numbers, by its factor.
    ///
    /// What stands above the diagonal is left as it is.
    pub(crate) fn factorize(&mut self, matrix: &mut [f32], size: usize, stride: usize) {
        assert!(size <= stride && (size == 0 || (size - 1) * stride + size <= matrix.len()));
        (self.size, self.stride) = (size, stride);
        let largest = (0..size).map(|i| matrix[i * stride + i]).fold(0.0, f32::max);
        let mut first = 0;
        while first < size {
            let width = BLOCK.min(size - first);
            let count = size - first;
            let panel_stride = padded(count);
            self.panel.resize((width * panel_stride).max(self.panel.len()), 0.0);
            let panel = &mut self.panel[..width * panel_stride];
            load_panel(matrix, stride, first, count, panel);
            let pivot_min = largest * PIVOT_SHARE_MIN;
            arch().dispatch(FactorizePanel { panel: &mut *panel, stride: panel_stride, width, pivot_min });
            for i in 0..count {
                let row = &mut matrix[(first + i) * stride + first..];
                for (j, number) in row.iter_mut().take(width.min(i + 1)).enumerate() {
                    *number = panel[j * panel_stride + i];
                }
            }
            first += width;
        }
    }

    /// Replaces `right` by the solution `x` of `A·x = right`; `matrix` is what [`factorize`](Self::factorize) left.
    pub(crate) fn solve(&self, matrix: &[f32], right: &mut [f32]) {
        assert_eq!(right.len(), self.size, "one number per unknown");
        for i in 0..self.size {
            let row = &matrix[i * self.stride..];
            right[i] = (right[i] - dot(&row[..i], &right[..i])) / row[i];
        }
        for i in (0..self.size).rev() {
            let row = &matrix[i * self.stride..];
            right[i] /= row[i];
            let (before, from) = right.split_at_mut(i);
            add_scaled(-from[0], &row[..i], before);
        }
    }
}

/// Fills the panel with the columns from `first` on, less what the columns before them explain.
fn load_panel(matrix: &[f32], stride: usize, first: usize, count: usize, panel: &mut [f32]) {
    let panel_stride = padded(count);
    let width = panel.len() / panel_stride;
    let rows = &matrix[first * stride..];
    if first == 0 {
        panel.fill(0.0);
    } else {
        let below = Rows::new(rows, stride, first, count);
        products(Rows::new(rows, stride, first, width), below, Part::All, panel, panel_stride);
    }
    for i in 0..count {
        for (j, number) in rows[i * stride + first..].iter().take(width.min(i + 1)).enumerate() {
            panel[j * panel_stride + i] = number - panel[j * panel_stride + i];
        }
    }
}

struct FactorizePanel<'a> {
    panel: &'a mut [f32],
    stride: usize,
    width: usize,
    pivot_min: f32,
}

impl WithSimd for FactorizePanel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for j in 0..self.width {
            let (earlier, from) = self.panel.split_at_mut(j * self.stride);
            let column = &mut from[..self.stride];
            let mut factors = [0.0; BLOCK];
            for (factor, earlier) in factors.iter_mut().zip(earlier.chunks_exact(self.stride)) {
                *factor = earlier[j];
            }
            // Vectors start at a whole one; the few numbers above the diagonal that this touches are never read.
            let start = j / S::F32_LANES;
            subtract_columns(simd, &factors[..j], earlier, column, start);
            let pivot = column[j];
            let pivot = if pivot > self.pivot_min { pivot.sqrt() } else { f32::INFINITY };
            let inverse = simd.splat_f32s(1.0 / pivot);
            for number in &mut S::as_mut_simd_f32s(column).0[start..] {
                *number = simd.mul_f32s(*number, inverse);
            }
            column[j] = pivot;
        }
    }
}

/// Subtracts from `column` each earlier column times its factor, from vector `start` on.
#[inline(always)]
fn subtract_columns<S: Simd>(simd: S, factors: &[f32], earlier: &[f32], column: &mut [f32], start: usize) {
    let stride = column.len() / S::F32_LANES;
    let (earlier, _) = S::as_simd_f32s(earlier);
    let (column, _) = S::as_mut_simd_f32s(column);
    let (fours, rest) = pulp::as_arrays_mut::<4, _>(&mut column[start..]);
    let rest_start = start + fours.len() * 4;
    for (four, sums) in fours.iter_mut().enumerate() {
        for (&factor, earlier) in factors.iter().zip(earlier.chunks_exact(stride)) {
            let factor = simd.splat_f32s(-factor);
            let earlier = &earlier[start + four * 4..][..4];
            for lane in 0..4 {
                sums[lane] = simd.mul_add_f32s(factor, earlier[lane], sums[lane]);
            }
        }
    }
    for (place, sum) in rest.iter_mut().enumerate() {
        for (&factor, earlier) in factors.iter().zip(earlier.chunks_exact(stride)) {
            *sum = simd.mul_add_f32s(simd.splat_f32s(-factor), earlier[rest_start + place], *sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A well-conditioned matrix and a solution.
    fn system(size: usize) -> (Vec<f32>, Vec<f32>) {
        let number = |i: usize| ((i * 31 + 7) % 17) as f32 / 17.0 - 0.5;
        let root: Vec<f32> = (0..size * size).map(number).collect();
        let mut matrix = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..size {
                matrix[i * size + j] = (0..size).map(|k| root[i * size + k] * root[j * size + k]).sum();
            }
            matrix[i * size + i] += 1.0;
        }
        (matrix, (0..size).map(number).collect())
    }

    #[test]
    fn the_solution_solves_the_system() {
        for size in [0, 1, 2, 31, 32, 33, 64, 100] {
            let (matrix, solution) = system(size);
            let mut right: Vec<f32> =
                (0..size).map(|i| (0..size).map(|j| matrix[i * size + j] * solution[j]).sum()).collect();
            let mut factor = matrix.clone();
            let mut cholesky = Cholesky::default();
            cholesky.factorize(&mut factor, size, size);
            cholesky.solve(&factor, &mut right);
            for (got, expected) in right.iter().zip(&solution) {
                assert!((got - expected).abs() < 1e-3, "{size}: {got} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_direction_that_cannot_be_resolved_stays_at_zero() {
        // Rank one: both unknowns say the same.
        let mut matrix = vec![1.0, 1.0, 1.0, 1.0];
        let mut cholesky = Cholesky::default();
        cholesky.factorize(&mut matrix, 2, 2);
        let mut right = [2.0, 2.0];
        cholesky.solve(&matrix, &mut right);
        assert_eq!(right, [2.0, 0.0]);
    }
}
