//! A few steps of conjugate gradients towards the vector that best explains a row's observations.

use crate::kernel::{AlignedRows, Descent, Observed};

/// What all rows of a half-sweep share.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    rows: AlignedRows,
    /// The Gram matrix's diagonal times the weight of unobserved pairs.
    unobserved: &'a [f32],
    /// What one observation of weight 1 adds to the diagonal of a row's matrix, on average over the observations.
    observed: Vec<f32>,
}

impl<'a> Ground<'a> {
    /// *Shape*: `factors` is `[items, dim]`, `unobserved` is `[dim]`, `weights` has the weight of all observations of
    /// each item.
    pub(super) fn new(factors: &[f32], unobserved: &'a [f32], weights: &[f64]) -> Self {
        let dim = unobserved.len();
        let mut sums = vec![0.0_f64; dim];
        for (vector, &weight) in factors.chunks_exact(dim).zip(weights) {
            for (sum, &value) in sums.iter_mut().zip(vector) {
                *sum += weight * f64::from(value * value);
            }
        }
        let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let observed = sums.into_iter().map(|sum| (sum / total) as f32).collect();
        Self { rows: AlignedRows::of(factors, dim), unobserved, observed }
    }
}

/// One row's observations as they count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) items: &'a [u32],
    pub(super) weights: &'a [f32],
    pub(super) targets: &'a [f32],
    pub(super) weight_sum: f32,
    pub(super) ridge: f32,
}

/// Memory that is kept from row to row; all vectors are padded as the fixed side is.
#[derive(Debug, Default)]
pub(super) struct Gradients {
    x: Vec<f32>,
    residual: Vec<f32>,
    direction: Vec<f32>,
    product: Vec<f32>,
    /// The diagonal of the matrix that does not come from observations.
    penalty: Vec<f32>,
    /// One over the diagonal of the matrix, about.
    inverse: Vec<f32>,
}

impl Gradients {
    /// Moves `x` towards the minimum.
    ///
    /// *Source*: Takács, Pilászy, Tikk (2011), "Applications of the conjugate gradient method for implicit feedback
    /// collaborative filtering".
    /// The matrix is nearly diagonal in the basis where the Gram matrix is, so its diagonal is a good preconditioner.
    pub(super) fn improve(&mut self, ground: &Ground<'_>, row: Row<'_>, steps: usize, x: &mut [f32]) {
        let (dim, stride) = (x.len(), ground.rows.stride());
        for vector in [
            &mut self.x,
            &mut self.residual,
            &mut self.direction,
            &mut self.product,
            &mut self.penalty,
            &mut self.inverse,
        ] {
            vector.clear();
            vector.resize(stride, 0.0);
        }
        self.x[..dim].copy_from_slice(x);
        let diagonals = self.penalty.iter_mut().zip(&mut self.inverse);
        for ((penalty, inverse), (unobserved, observed)) in
            diagonals.zip(ground.unobserved.iter().zip(&ground.observed))
        {
            *penalty = unobserved + row.ridge;
            *inverse = (*penalty + row.weight_sum * observed).recip();
        }
        let Row { items, weights, targets, .. } = row;
        let descent = Descent {
            observed: Observed { rows: &ground.rows, items, weights, targets },
            penalty: &self.penalty,
            inverse: &self.inverse,
            x: &mut self.x,
            residual: &mut self.residual,
            direction: &mut self.direction,
            product: &mut self.product,
        };
        descent.take(steps);
        x.copy_from_slice(&self.x[..dim]);
    }
}
