//! The rotation after which the Gram matrix of a side is diagonal.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par, Spec};
use rayon::prelude::*;

use crate::error::LearnError;
use crate::factors::Factors;
use crate::kernel::{Part, Rows, add_gram, add_scaled, padded, products};

/// Parts into which the sum over rows is cut.
///
/// Fixed, and not the number of threads, so that the order of summation and with it the result is always the same.
const PARTS: usize = 8;

/// Rows that are rotated at once by one thread.
const ROWS: usize = 128;

/// A rotation of the space of vectors.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    dim: usize,
    /// The new axes as rows, strongest first.
    axes: Vec<f32>,
    /// The energy along each axis: the diagonal of the Gram matrix after rotation.
    energies: Vec<f32>,
}

impl Basis {
    /// The basis in which the Gram matrix of `factors` is diagonal.
    pub(crate) fn of(factors: &Factors) -> Result<Self, LearnError> {
        let dim = factors.dim();
        let stride = padded(dim);
        let gram = gram(factors);
        // In 64 bits: the weak axes matter as much as the strong ones, since penalties are small.
        let symmetric = Mat::from_fn(dim, dim, |i, j| f64::from(gram[i.max(j) * stride + i.min(j)]));
        let mut vectors = Mat::<f64>::zeros(dim, dim);
        let mut values = faer::diag::Diag::<f64>::zeros(dim);
        // One thread: with several the order of summation would depend on their number.
        let par = Par::Seq;
        let scratch = self_adjoint_evd_scratch::<f64>(dim, ComputeEigenvectors::Yes, par, Spec::default());
        self_adjoint_evd(
            symmetric.as_ref(),
            values.as_mut(),
            Some(vectors.as_mut()),
            par,
            MemStack::new(&mut MemBuffer::new(scratch)),
            Spec::default(),
        )
        .map_err(|_| LearnError::Numeric { what: "finding the axes of the factors" })?;
        // faer sorts ascending; the strongest axis comes first here.
        let axes = (0..dim).flat_map(|axis| {
            let vectors = &vectors;
            (0..dim).map(move |place| vectors[(place, dim - 1 - axis)] as f32)
        });
        let energies = (0..dim).map(|axis| values.column_vector()[dim - 1 - axis].max(0.0) as f32);
        Ok(Self { dim, axes: axes.collect(), energies: energies.collect() })
    }

    /// The energy along each axis, strongest first.
    pub(crate) fn energies(&self) -> &[f32] {
        &self.energies
    }

    /// The vector that has these coordinates along the axes.
    pub(crate) fn turn_back(&self, coordinates: &[f32]) -> Vec<f32> {
        let mut vector = vec![0.0; self.dim];
        for (axis, &coordinate) in self.axes.chunks_exact(self.dim).zip(coordinates) {
            add_scaled(coordinate, axis, &mut vector);
        }
        vector
    }

    /// Replaces each vector by its coordinates along the axes.
    pub(crate) fn rotate(&self, factors: &mut Factors) {
        let dim = self.dim;
        factors.values_mut().par_chunks_mut(ROWS * dim).for_each_init(
            Vec::new,
            |turned: &mut Vec<f32>, rows| {
                turned.resize(rows.len(), 0.0);
                let count = rows.len() / dim;
                let axes = Rows::new(&self.axes, dim, dim, dim);
                products(Rows::new(rows, dim, dim, count), axes, Part::All, turned, dim);
                rows.copy_from_slice(turned);
            },
        );
    }
}

/// The lower triangle of `factorsᵀ·factors`, rows padded.
fn gram(factors: &Factors) -> Vec<f32> {
    let dim = factors.dim();
    let stride = padded(dim);
    let part = factors.row_count().div_ceil(PARTS).max(1) * dim;
    let parts: Vec<Vec<f32>> = factors
        .values()
        .par_chunks(part)
        .map(|rows| {
            let mut sum = vec![0.0; stride * stride];
            if stride == dim {
                add_gram(rows, stride, &mut sum);
            } else {
                let mut padded_rows = vec![0.0; ROWS * stride];
                for rows in rows.chunks(ROWS * dim) {
                    let padded_rows = &mut padded_rows[..rows.len() / dim * stride];
                    for (to, from) in padded_rows.chunks_exact_mut(stride).zip(rows.chunks_exact(dim)) {
                        to[..dim].copy_from_slice(from);
                    }
                    add_gram(padded_rows, stride, &mut sum);
                }
            }
            sum
        })
        .collect();
    let mut sum = vec![0.0; stride * stride];
    for part in parts {
        for (total, number) in sum.iter_mut().zip(part) {
            *total += number;
        }
    }
    sum
}
