//! The least-squares problem of one row: the vector that best explains its observations.

#[cfg(feature = "train")]
use super::gradients::{Gradients, Ground, Row};
use crate::factors::Factors;
use crate::kernel::{Cholesky, Part, Rows, add_gram, add_scaled, dot, padded, products};

/// Observations that are gathered at once; bounds the memory of rows with very many.
const CHUNK: usize = 256;

/// Weights beyond this say no more than this: the square root of the range in which 32-bit sums stay exact enough.
const WEIGHT_MAX: f32 = 1e6;
/// Weights below this say nothing.
const WEIGHT_MIN: f32 = 1e-6;
/// Targets beyond this are cut; a preference is about 0 to 1.
const TARGET_MAX: f32 = 1e6;

/// The side that is held fixed while rows of the other are solved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed<'a> {
    /// Its vectors, in the basis in which their Gram matrix is diagonal.
    pub(super) factors: &'a Factors,
    /// That diagonal times the weight of unobserved pairs.
    pub(super) unobserved: &'a [f32],
}

/// Solves rows one after another in memory that is kept from row to row.
#[derive(Debug, Default)]
pub(super) struct RowSolver {
    items: Vec<u32>,
    weights: Vec<f32>,
    weight_roots: Vec<f32>,
    targets: Vec<f32>,
    weight_sum: f64,
    gathered: Vec<f32>,
    matrix: Vec<f32>,
    residuals: Vec<f32>,
    scales: Vec<f32>,
    step: Vec<f32>,
    cholesky: Cholesky,
    #[cfg(feature = "train")]
    gradients: Gradients,
}

impl RowSolver {
    /// Forgets the observations of the row before.
    #[cfg(feature = "train")]
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.weights.clear();
        self.weight_roots.clear();
        self.targets.clear();
        self.weight_sum = 0.0;
    }

    /// Takes one observation, unless it says nothing.
    ///
    /// The caller has checked that `item` is a row of the fixed side.
    pub(super) fn observe(&mut self, item: u32, weight: f32, target: f32) {
        if let Some((weight, target)) = counted(weight, target) {
            self.items.push(item);
            self.weights.push(weight);
            self.weight_roots.push(weight.sqrt());
            self.targets.push(target);
            self.weight_sum += f64::from(weight);
        }
    }

    /// The weights of the observations, summed.
    pub(super) fn weight_sum(&self) -> f64 {
        self.weight_sum
    }

    /// Moves `x` to the minimum, or, where that would be dear, by one sweep of blocks of `block` dimensions.
    pub(super) fn improve(&mut self, fixed: Fixed<'_>, ridge: f32, block: usize, x: &mut [f32]) {
        if self.items.is_empty() {
            x.fill(0.0);
        } else if self.prefers_dual(x.len(), block) {
            self.solve_dual(fixed, ridge, x);
        } else {
            self.sweep_blocks(fixed, ridge, block, x);
        }
    }

    /// Moves `x` by so many steps of conjugate gradients, or to the minimum where that is no dearer.
    #[cfg(feature = "train")]
    pub(super) fn improve_by_gradients(
        &mut self,
        fixed: Fixed<'_>,
        ground: &Ground<'_>,
        (ridge, steps): (f32, usize),
        x: &mut [f32],
    ) {
        let (n, d) = (self.items.len() as f64, x.len() as f64);
        let dual = n * n * d / 2.0 + n * n * n / 6.0 + 2.0 * n * d;
        if self.items.is_empty() {
            x.fill(0.0);
        } else if dual <= 2.0 * n * d * (1 + steps) as f64 {
            self.solve_dual(fixed, ridge, x);
        } else {
            let row = Row {
                items: &self.items,
                weights: &self.weights,
                targets: &self.targets,
                weight_sum: self.weight_sum as f32,
                ridge,
            };
            self.gradients.improve(ground, row, steps, x);
        }
    }

    /// Moves `x` to the minimum.
    pub(super) fn solve(&mut self, fixed: Fixed<'_>, ridge: f32, x: &mut [f32]) {
        self.improve(fixed, ridge, x.len(), x);
    }

    /// Whether a system with one unknown per observation is cheaper than blocks of dimensions.
    ///
    /// The exact solution is worth twice the operations of a sweep, which only comes nearer to it.
    fn prefers_dual(&self, dim: usize, block: usize) -> bool {
        let (n, d) = (self.items.len() as f64, dim as f64);
        let b = d.min(block as f64);
        let dual = n * n * d / 2.0 + n * n * n / 6.0;
        let sweep = n * d * b / 2.0 + d * b * b / 6.0 + 2.0 * n * d;
        n <= 2.0 * d && dual <= if b < d { 2.0 * sweep } else { sweep }
    }

    /// Solves by the Woodbury identity: with `D` the diagonal of penalties, `H` the observed vectors as rows,
    /// `C` their weights and `y` their targets, `x = D⁻¹Hᵀ (C⁻¹ + H D⁻¹ Hᵀ)⁻¹ y`.
    fn solve_dual(&mut self, fixed: Fixed<'_>, ridge: f32, x: &mut [f32]) {
        self.factorize_dual(fixed, ridge, x.len());
        self.residuals.clear();
        self.residuals.extend_from_slice(&self.targets);
        self.cholesky.solve(&self.matrix, &mut self.residuals);
        x.fill(0.0);
        self.add_gathered(1.0, x);
    }

    /// `(D + HᵀCH)⁻¹·v`, in place of `v`.
    pub(super) fn inverse_times(&mut self, fixed: Fixed<'_>, ridge: f32, v: &mut [f32]) {
        let dim = v.len();
        if self.prefers_dual(dim, dim) {
            // D⁻¹v − D⁻¹Hᵀ (C⁻¹ + H D⁻¹ Hᵀ)⁻¹ H D⁻¹ v; the gathered rows are H·D^(−1/2).
            self.factorize_dual(fixed, ridge, dim);
            for (number, scale) in v.iter_mut().zip(&self.scales) {
                *number *= scale;
            }
            let stride = padded(dim);
            self.residuals.clear();
            let rows = self.gathered.chunks_exact(stride).take(self.items.len());
            self.residuals.extend(rows.map(|row| dot(&row[..dim], v)));
            self.cholesky.solve(&self.matrix, &mut self.residuals);
            for (number, scale) in v.iter_mut().zip(&self.scales) {
                *number *= scale;
            }
            self.add_gathered(-1.0, v);
        } else {
            self.residuals.clear();
            self.residuals.resize(self.items.len(), 0.0);
            self.factorize_hessian(fixed, ridge, 0, dim);
            self.cholesky.solve(&self.matrix, v);
        }
    }

    /// Gathers `H·D^(−1/2)` and factorises `C⁻¹ + H D⁻¹ Hᵀ`.
    fn factorize_dual(&mut self, fixed: Fixed<'_>, ridge: f32, dim: usize) {
        let n = self.items.len();
        let stride = padded(dim);
        self.scales.clear();
        self.scales.extend(fixed.unobserved.iter().map(|unobserved| (unobserved + ridge).sqrt().recip()));
        self.gathered.resize((n * stride).max(self.gathered.len()), 0.0);
        for (row, &item) in self.gathered.chunks_exact_mut(stride).zip(&self.items) {
            let vector = fixed.factors.row(item as usize);
            for ((number, &value), &scale) in row.iter_mut().zip(vector).zip(&self.scales) {
                *number = value * scale;
            }
            row[dim..].fill(0.0);
        }
        self.matrix.resize((n * n).max(self.matrix.len()), 0.0);
        let rows = Rows::new(&self.gathered, stride, stride, n);
        products(rows, rows, Part::Lower, &mut self.matrix, n);
        for (i, root) in self.weight_roots.iter().enumerate() {
            self.matrix[i * n + i] += (root * root).recip();
        }
        self.cholesky.factorize(&mut self.matrix, n, n);
    }

    /// Adds `sign · D⁻¹·Hᵀ·residuals` to `x`, from what [`factorize_dual`](Self::factorize_dual) gathered.
    fn add_gathered(&mut self, sign: f32, x: &mut [f32]) {
        let dim = x.len();
        self.step.clear();
        self.step.resize(dim, 0.0);
        for (row, &coefficient) in self.gathered.chunks_exact(padded(dim)).zip(&self.residuals) {
            add_scaled(coefficient, &row[..dim], &mut self.step);
        }
        for ((number, step), scale) in x.iter_mut().zip(&self.step).zip(&self.scales) {
            *number += sign * step * scale;
        }
    }

    /// One Newton step per block of dimensions, the others held (iALS++, arXiv 2110.14044, algorithm 2).
    ///
    /// In our basis the term of unobserved pairs couples no dimensions, so blocks meet only in the residuals.
    fn sweep_blocks(&mut self, fixed: Fixed<'_>, ridge: f32, block: usize, x: &mut [f32]) {
        let dim = x.len();
        let block = block.clamp(1, dim);
        if block == dim {
            // One step reaches the minimum from anywhere; from zero the residuals come for nothing.
            x.fill(0.0);
        }
        self.residuals.clear();
        for ((&item, root), target) in self.items.iter().zip(&self.weight_roots).zip(&self.targets) {
            let predicted = if block == dim { 0.0 } else { dot(fixed.factors.row(item as usize), x) };
            self.residuals.push(root * (predicted - target));
        }
        for first in (0..dim).step_by(block) {
            let end = dim.min(first + block);
            self.newton_step(fixed, ridge, first, &mut x[first..end]);
            if end < dim {
                for ((residual, &item), root) in
                    self.residuals.iter_mut().zip(&self.items).zip(&self.weight_roots)
                {
                    let part = &fixed.factors.row(item as usize)[first..end];
                    *residual -= root * dot(part, &self.step);
                }
            }
        }
    }

    /// Takes the step of one block from `x` and leaves it in `self.step`.
    fn newton_step(&mut self, fixed: Fixed<'_>, ridge: f32, first: usize, x: &mut [f32]) {
        let width = x.len();
        self.factorize_hessian(fixed, ridge, first, width);
        for ((gradient, value), unobserved) in self.step.iter_mut().zip(&*x).zip(&fixed.unobserved[first..]) {
            *gradient += (unobserved + ridge) * value;
        }
        self.cholesky.solve(&self.matrix, &mut self.step);
        for (value, step) in x.iter_mut().zip(&self.step) {
            *value -= step;
        }
    }

    /// Factorises the Hessian of the dimensions from `first` on, and leaves the gradient of the observed part in
    /// `self.step`.
    fn factorize_hessian(&mut self, fixed: Fixed<'_>, ridge: f32, first: usize, width: usize) {
        let stride = padded(width);
        self.matrix.resize((stride * stride).max(self.matrix.len()), 0.0);
        let hessian = &mut self.matrix[..stride * stride];
        hessian.fill(0.0);
        self.step.clear();
        self.step.resize(width, 0.0);
        self.gathered.resize((CHUNK.min(self.items.len()) * stride).max(self.gathered.len()), 0.0);
        let observations = self.items.chunks(CHUNK).zip(self.weight_roots.chunks(CHUNK));
        for ((items, roots), residuals) in observations.zip(self.residuals.chunks(CHUNK)) {
            let gathered = &mut self.gathered[..items.len() * stride];
            for ((row, &item), &root) in gathered.chunks_exact_mut(stride).zip(items).zip(roots) {
                let vector = &fixed.factors.row(item as usize)[first..first + width];
                for (number, &value) in row.iter_mut().zip(vector) {
                    *number = root * value;
                }
                row[width..].fill(0.0);
            }
            add_gram(gathered, stride, hessian);
            for (row, &residual) in gathered.chunks_exact(stride).zip(residuals) {
                add_scaled(residual, &row[..width], &mut self.step);
            }
        }
        for (i, unobserved) in fixed.unobserved[first..first + width].iter().enumerate() {
            hessian[i * stride + i] += unobserved + ridge;
        }
        self.cholesky.factorize(hessian, width, stride);
    }
}

/// The weight and target as they count; none where they say nothing: a weight that is not positive and finite, or a
/// target that is not finite.
pub(super) fn counted(weight: f32, target: f32) -> Option<(f32, f32)> {
    let says_something = weight.is_finite() && weight >= WEIGHT_MIN && target.is_finite();
    says_something.then(|| (weight.min(WEIGHT_MAX), target.clamp(-TARGET_MAX, TARGET_MAX)))
}
