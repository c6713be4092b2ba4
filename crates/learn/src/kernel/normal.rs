//! Least squares without their matrix: conjugate gradients over observed rows, each of which is read once a step.

use pulp::{Simd, WithSimd};

use super::{LANES_MAX, arch, padded};

/// Bytes of the widest vector; a load that begins at a multiple of it touches one line of the cache and not two.
const VECTOR_BYTES: usize = LANES_MAX * size_of::<f32>();

/// A copy of vectors whose rows begin at whole vectors in memory, padded with zeros.
#[derive(Debug, Default)]
pub(crate) struct AlignedRows {
    values: Vec<f32>,
    start: usize,
    stride: usize,
}

impl AlignedRows {
    /// A copy of rows of `dim` numbers.
    pub(crate) fn of(values: &[f32], dim: usize) -> Self {
        let (stride, count) = (padded(dim), values.len() / dim);
        let mut copy = vec![0.0; count * stride + LANES_MAX];
        // Where the allocation cannot be aligned the answer is the same, only later.
        let start = match copy.as_ptr().align_offset(VECTOR_BYTES) {
            start if start < LANES_MAX => start,
            _ => 0,
        };
        let rows = copy[start..].chunks_exact_mut(stride);
        for (to, from) in rows.zip(values.chunks_exact(dim)) {
            to[..dim].copy_from_slice(from);
        }
        Self { values: copy, start, stride }
    }

    /// Numbers per row, with those that pad it.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}

/// Observations of rows: how much each counts, and what it should come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed<'a> {
    pub(crate) rows: &'a AlignedRows,
    pub(crate) items: &'a [u32],
    pub(crate) weights: &'a [f32],
    /// *Length*: as `items`, or none at all for targets of zero.
    pub(crate) targets: &'a [f32],
}

/// Adds `Σ w (h·x − y) h` over the observations to `out`: half the gradient of their squared errors.
///
/// `x` and `out` are as long as a row with its padding, and zero there.
///
/// *Complexity*: two multiply-adds for each number of each observed row, which is read once.
#[cfg(test)]
fn add_gradient(observed: Observed<'_>, x: &[f32], out: &mut [f32]) {
    struct AddGradient<'a>(Observed<'a>, &'a [f32], &'a mut [f32]);
    impl WithSimd for AddGradient<'_> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            self.0.add_gradient(simd, S::as_simd_f32s(self.1).0, S::as_mut_simd_f32s(self.2).0);
        }
    }
    arch().dispatch(AddGradient(observed, x, out));
}

/// Observations that are taken together, so that sums do not wait for one another and `out` is touched less often.
const TOGETHER: usize = 4;

impl Observed<'_> {
    #[inline(always)]
    fn add_gradient<S: Simd>(self, simd: S, x: &[S::f32s], out: &mut [S::f32s]) {
        // The usual 64 and 128 dimensions fit the registers of wide processors.
        match self.rows.stride / S::F32_LANES {
            4 if S::REGISTER_COUNT >= 32 => self.add_held::<S, 4>(simd, x, out),
            8 if S::REGISTER_COUNT >= 32 => self.add_held::<S, 8>(simd, x, out),
            width => self.add_any(simd, &x[..width], &mut out[..width]),
        }
    }

    /// Vectors of `W` whole registers: point and gradient stay in them, and each row is loaded once.
    #[inline(always)]
    fn add_held<S: Simd, const W: usize>(self, simd: S, x: &[S::f32s], out: &mut [S::f32s]) {
        let Observed { rows, items, weights, .. } = self;
        let values = &rows.values[rows.start..];
        let (mut point, mut sums) = ([simd.splat_f32s(0.0); W], [simd.splat_f32s(0.0); W]);
        point.copy_from_slice(&x[..W]);
        sums.copy_from_slice(&out[..W]);
        for (place, (&item, &weight)) in items.iter().zip(weights).enumerate() {
            let row = &values[item as usize * rows.stride..][..rows.stride];
            let row = pulp::as_arrays::<W, _>(S::as_simd_f32s(row).0).0[0];
            let mut parts = [simd.splat_f32s(0.0); 2];
            for k in 0..W {
                parts[k % 2] = simd.mul_add_f32s(row[k], point[k], parts[k % 2]);
            }
            let product = simd.reduce_sum_f32s(simd.add_f32s(parts[0], parts[1]));
            let factor = simd.splat_f32s(weight * (product - self.target(place)));
            for k in 0..W {
                sums[k] = simd.mul_add_f32s(factor, row[k], sums[k]);
            }
        }
        out[..W].copy_from_slice(&sums);
    }

    /// Vectors of any length.
    #[inline(always)]
    fn add_any<S: Simd>(self, simd: S, x: &[S::f32s], out: &mut [S::f32s]) {
        let Observed { rows, items, weights, .. } = self;
        let stride = rows.stride;
        let values = &rows.values[rows.start..];
        let width = x.len();
        let whole = items.len() / TOGETHER * TOGETHER;
        for first in (0..whole).step_by(TOGETHER) {
            let mut vectors = [&[][..]; TOGETHER];
            for (vector, &item) in vectors.iter_mut().zip(&items[first..first + TOGETHER]) {
                *vector = &S::as_simd_f32s(&values[item as usize * stride..][..stride]).0[..width];
            }
            let mut sums = [simd.splat_f32s(0.0); TOGETHER];
            for k in 0..width {
                for m in 0..TOGETHER {
                    sums[m] = simd.mul_add_f32s(vectors[m][k], x[k], sums[m]);
                }
            }
            for m in 0..TOGETHER {
                let error = simd.reduce_sum_f32s(sums[m]) - self.target(first + m);
                sums[m] = simd.splat_f32s(weights[first + m] * error);
            }
            for k in 0..width {
                let mut sum = out[k];
                for m in 0..TOGETHER {
                    sum = simd.mul_add_f32s(sums[m], vectors[m][k], sum);
                }
                out[k] = sum;
            }
        }
        for place in whole..items.len() {
            let vector = &S::as_simd_f32s(&values[items[place] as usize * stride..][..stride]).0[..width];
            let error = inner(simd, vector, x) - self.target(place);
            let factor = simd.splat_f32s(weights[place] * error);
            for k in 0..width {
                out[k] = simd.mul_add_f32s(factor, vector[k], out[k]);
            }
        }
    }

    #[inline(always)]
    fn target(&self, place: usize) -> f32 {
        self.targets.get(place).copied().unwrap_or(0.0)
    }
}

/// The least-squares problem of one row: its observations, and the diagonals around them.
///
/// All vectors are padded as the rows of the fixed side are, with zeros (ones in `inverse` do no harm).
#[derive(Debug)]
pub(crate) struct Descent<'a> {
    pub(crate) observed: Observed<'a>,
    /// The diagonal of the matrix that does not come from observations.
    pub(crate) penalty: &'a [f32],
    /// One over the diagonal of the matrix, about.
    pub(crate) inverse: &'a [f32],
    pub(crate) x: &'a mut [f32],
    pub(crate) residual: &'a mut [f32],
    pub(crate) direction: &'a mut [f32],
    pub(crate) product: &'a mut [f32],
}

impl Descent<'_> {
    /// Moves `x` by so many steps of preconditioned conjugate gradients; the other vectors are memory to work in.
    ///
    /// *Source*: Golub, Van Loan (2013), "Matrix Computations", algorithm 11.5.1.
    pub(crate) fn take(self, steps: usize) {
        let stride = self.observed.rows.stride;
        for vector in [&self.x, &self.residual, &self.direction, &self.product] {
            assert_eq!(vector.len(), stride, "vectors are padded as the rows are");
        }
        assert!(self.penalty.len() == stride && self.inverse.len() == stride, "so are diagonals");
        assert_eq!(self.observed.items.len(), self.observed.weights.len(), "each observation has a weight");
        arch().dispatch(Steps { descent: self, steps });
    }
}

struct Steps<'a> {
    descent: Descent<'a>,
    steps: usize,
}

impl WithSimd for Steps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Descent { observed, penalty, inverse, x, residual, direction, product } = self.descent;
        let (penalty, inverse) = (S::as_simd_f32s(penalty).0, S::as_simd_f32s(inverse).0);
        let (x, residual) = (S::as_mut_simd_f32s(x).0, S::as_mut_simd_f32s(residual).0);
        let (direction, product) = (S::as_mut_simd_f32s(direction).0, S::as_mut_simd_f32s(product).0);
        let width = x.len();
        residual.fill(simd.splat_f32s(0.0));
        observed.add_gradient(simd, x, residual);
        let observed = Observed { targets: &[], ..observed };
        for k in 0..width {
            // The residual is minus the gradient.
            residual[k] = simd.neg_f32s(simd.mul_add_f32s(penalty[k], x[k], residual[k]));
            direction[k] = simd.mul_f32s(inverse[k], residual[k]);
        }
        let mut power = inner(simd, direction, residual);
        for step in 1..=self.steps {
            for k in 0..width {
                product[k] = simd.mul_f32s(penalty[k], direction[k]);
            }
            observed.add_gradient(simd, direction, product);
            let curvature = inner(simd, direction, product);
            // Nothing is left to gain, or less than 32-bit floats can tell.
            if !(curvature > 0.0 && power > 0.0) {
                break;
            }
            let length = simd.splat_f32s(power / curvature);
            for k in 0..width {
                x[k] = simd.mul_add_f32s(length, direction[k], x[k]);
            }
            if step == self.steps {
                break;
            }
            let back = simd.neg_f32s(length);
            for k in 0..width {
                residual[k] = simd.mul_add_f32s(back, product[k], residual[k]);
                product[k] = simd.mul_f32s(inverse[k], residual[k]);
            }
            let next_power = inner(simd, product, residual);
            let share = simd.splat_f32s(next_power / power);
            power = next_power;
            for k in 0..width {
                direction[k] = simd.mul_add_f32s(share, direction[k], product[k]);
            }
        }
    }
}

#[inline(always)]
fn inner<S: Simd>(simd: S, a: &[S::f32s], b: &[S::f32s]) -> f32 {
    let mut sum = simd.splat_f32s(0.0);
    for (&a, &b) in a.iter().zip(b) {
        sum = simd.mul_add_f32s(a, b, sum);
    }
    simd.reduce_sum_f32s(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_to_the_solution() {
        // Two items along the axes, weights 1 and 3, penalties 1: x = (1/2, 3/4).
        let rows = AlignedRows::of(&[1.0, 0.0, 0.0, 1.0], 2);
        let observed = Observed { rows: &rows, items: &[0, 1], weights: &[1.0, 3.0], targets: &[1.0, 1.0] };
        let ones = vec![1.0; rows.stride()];
        let (mut x, mut work) = (vec![0.0; rows.stride()], vec![vec![0.0; rows.stride()]; 3]);
        let [residual, direction, product] = &mut work[..] else { panic!("three vectors") };
        let (penalty, inverse) = (&ones[..], &ones[..]);
        Descent { observed, penalty, inverse, x: &mut x, residual, direction, product }.take(2);
        assert!((x[0] - 0.5).abs() < 1e-6 && (x[1] - 0.75).abs() < 1e-6, "{x:?}");
        assert!(x[2..].iter().all(|&padding| padding == 0.0));
    }

    #[test]
    fn the_gradient_agrees_with_plain_sums() {
        let number = |i: usize| ((i * 31 + 7) % 17) as f32 / 17.0 - 0.5;
        for (dim, count) in [(1, 1), (3, 4), (16, 5), (40, 9), (64, 7), (128, 3)] {
            let values: Vec<f32> = (0..20 * dim).map(number).collect();
            let rows = AlignedRows::of(&values, dim);
            let items: Vec<u32> = (0..count).map(|place| place * 7 % 20).collect();
            let weights: Vec<f32> = (0..count).map(|place| 0.5 + place as f32).collect();
            let targets: Vec<f32> = (0..count).map(|place| (place % 2) as f32).collect();
            for targets in [&targets[..], &[]] {
                let (mut x, mut out) = (vec![0.0; rows.stride()], vec![0.0; rows.stride()]);
                for (k, x) in x.iter_mut().take(dim).enumerate() {
                    *x = number(k + 3);
                }
                out[0] = 0.25;
                add_gradient(
                    Observed { rows: &rows, items: &items, weights: &weights, targets },
                    &x,
                    &mut out,
                );
                for (k, &got) in out.iter().enumerate().take(dim) {
                    let plain = items.iter().enumerate().map(|(place, &item)| {
                        let row = &values[item as usize * dim..][..dim];
                        let product: f32 = row.iter().zip(&x).map(|(a, b)| a * b).sum();
                        weights[place] * (product - targets.get(place).unwrap_or(&0.0)) * row[k]
                    });
                    let expected = plain.sum::<f32>() + if k == 0 { 0.25 } else { 0.0 };
                    assert!((got - expected).abs() < 1e-4, "{dim} {count} {k}: {got} {expected}");
                }
                assert!(out[dim..].iter().all(|&padding| padding == 0.0));
            }
        }
    }
}
