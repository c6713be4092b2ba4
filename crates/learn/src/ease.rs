//! A linear model from a listener's whole history to every item, in closed form.
//!
//! *What is minimised*: `|Y − Y·B|² + λ·|B|²` with the diagonal of `B` zero, where `Y` is the matrix of interactions,
//! optionally divided by powers of how much a listener played and how often an item was played.
//! With `P = (YᵀY + λI)⁻¹` the solution is `B = I − P·diag(P)⁻¹`.
//!
//! *Source*: Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data" (arXiv 1905.03375).
//!
//! With dropout (EDLAE) an item is also predicted from histories of which a share `p` was forgotten; in expectation that
//! adds `p/(1 − p)` of each item's own energy to its place on the diagonal of `λI`, which we reach by dividing the
//! item's column once more.
//!
//! *Source of that*: Steck (2020), "Autoencoders that don't overfit towards the Identity", NeurIPS, section 3.
//!
//! *What differs from the papers*: where there are fewer listeners than items the inverse of the smaller matrix
//! `K = YYᵀ + λI` is enough, since `P = (I − YᵀK⁻¹Y)/λ`; so the limit on size is on the smaller side.
//!
//! Dense, and therefore only for small sides; [`LIMIT`] says how small, and [`fit_sparse_ease`] goes beyond.

mod sparse;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::{MatMut, MatRef, Par, Spec};
use rayon::prelude::*;

use crate::error::{LearnError, check_not_negative, check_positive};
use crate::kernel::add_scaled;
use crate::sparse::Sparse;

pub use sparse::{SparseEaseParams, fit_sparse_ease};

/// The largest size of the smaller side: above, the inverse needs more than about 2 GB and minutes.
pub const LIMIT: usize = 15_000;

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EaseParams {
    /// `λ`. *Range*: above 0.
    pub regularization: f32,
    /// Each listener's row is divided by this power of its sum. *Range*: 0 or more; 0 in the paper.
    pub listener_exponent: f32,
    /// Each item's column is divided by this power of its sum, and its score multiplied by it. *Range*: 0 or more; 0
    /// in the paper.
    pub item_exponent: f32,
    /// `p`: the share of a history that is forgotten while fitting. *Range*: 0 up to below 1; 0 is plain EASE.
    pub dropout: f32,
}

impl Default for EaseParams {
    fn default() -> Self {
        Self { regularization: 300.0, listener_exponent: 0.0, item_exponent: 0.0, dropout: 0.0 }
    }
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Ease {
    /// What an item's column was divided by.
    item_scales: Vec<f32>,
    solution: Solution,
}

#[derive(Clone, Debug)]
enum Solution {
    /// `B`, row by row.
    Items { weights: Vec<f32> },
    /// `Y` itself, `K⁻¹` row by row, and for each item the inverse of `1 − y_iᵀK⁻¹y_i`, which is `1/(λ·P_ii)`.
    Listeners { rows: Sparse, columns: Sparse, inverse: Vec<f32>, pivots: Vec<f32> },
}

impl Ease {
    /// Fits the model.
    ///
    /// *Shape*: `interactions` is `[listeners, items]`; entries that are not positive say nothing.
    ///
    /// *Complexity*: `n³` for the smaller side `n`, on all cores.
    ///
    /// # Errors
    /// When a parameter is out of its range, a side is empty, both are larger than [`LIMIT`], or the numbers overflow.
    pub fn fit(interactions: &Sparse, params: &EaseParams) -> Result<Self, LearnError> {
        check_positive("regularization", f64::from(params.regularization))?;
        check_not_negative("listener_exponent", f64::from(params.listener_exponent))?;
        check_not_negative("item_exponent", f64::from(params.item_exponent))?;
        if !(0.0..1.0).contains(&params.dropout) {
            let value = f64::from(params.dropout);
            return Err(LearnError::Parameter { name: "dropout", value, expected: "from 0 to below 1" });
        }
        let smaller = interactions.row_count().min(interactions.column_count());
        if smaller > LIMIT {
            return Err(LearnError::TooLarge {
                what: "the smaller side of the matrix",
                got: smaller,
                limit: LIMIT,
            });
        }
        if smaller == 0 {
            return Err(LearnError::Empty { what: "the matrix" });
        }
        let (rows, item_scales) = normalize(interactions, params)?;
        let (rows, item_scales) = forget(rows, item_scales, params)?;
        let columns = rows.transpose();
        let solution = if rows.row_count() < rows.column_count() {
            let inverse = inverse_of_gram(&columns, &rows, params.regularization)?;
            let pivots = (0..columns.row_count()).into_par_iter().map(|item| {
                (1.0 - quadratic_form(&inverse, rows.row_count(), columns.row(item)))
                    .max(f32::EPSILON)
                    .recip()
            });
            Solution::Listeners { pivots: pivots.collect(), rows, columns, inverse }
        } else {
            let mut weights = inverse_of_gram(&rows, &columns, params.regularization)?;
            let pivots: Vec<f32> = weights.iter().step_by(columns.row_count() + 1).copied().collect();
            weights.par_chunks_mut(columns.row_count()).enumerate().for_each(|(item, row)| {
                for (weight, pivot) in row.iter_mut().zip(&pivots) {
                    *weight /= -pivot;
                }
                row[item] = 0.0;
            });
            Solution::Items { weights }
        };
        Ok(Self { item_scales, solution })
    }

    /// How many items.
    pub fn item_count(&self) -> usize {
        self.item_scales.len()
    }

    /// Writes the score of every item for a listener with this history: items and how much each counts.
    ///
    /// History items beyond the end of the catalogue are left out.
    /// The scores of items of the history are of no use.
    ///
    /// *Complexity*: `history · items`, or with fewer listeners than items `listeners² + entries`.
    ///
    /// # Panics
    /// When `out` has not one place per item.
    pub fn scores(&self, items: &[u32], weights: &[f32], out: &mut [f32]) {
        assert_eq!(out.len(), self.item_count(), "scores need one place per item");
        out.fill(0.0);
        let item_count = self.item_count();
        let known = items.iter().zip(weights).filter(|&(&item, _)| (item as usize) < item_count);
        let history = known.map(|(&item, &weight)| (item as usize, weight / self.item_scales[item as usize]));
        match &self.solution {
            Solution::Items { weights } => {
                for (item, weight) in history {
                    add_scaled(weight, &weights[item * item_count..(item + 1) * item_count], out);
                }
            }
            Solution::Listeners { rows, columns, inverse, pivots } => {
                let listener_count = rows.row_count();
                // x·P ∝ x − (x·Yᵀ)·K⁻¹·Y, column by column divided by its pivot; x itself meets only items of the
                // history, whose scores nobody wants.
                let mut overlap = vec![0.0; listener_count];
                for (item, weight) in history {
                    let (listeners, values) = columns.row(item);
                    for (&listener, value) in listeners.iter().zip(values) {
                        overlap[listener as usize] += weight * value;
                    }
                }
                let mut shared = vec![0.0; listener_count];
                for (row, &overlap) in inverse.chunks_exact(listener_count).zip(&overlap) {
                    if overlap != 0.0 {
                        add_scaled(overlap, row, &mut shared);
                    }
                }
                for (listener, &share) in shared.iter().enumerate() {
                    let (items, values) = rows.row(listener);
                    for (&item, value) in items.iter().zip(values) {
                        out[item as usize] += share * value;
                    }
                }
                for (score, pivot) in out.iter_mut().zip(pivots) {
                    *score *= pivot;
                }
            }
        }
        for (score, scale) in out.iter_mut().zip(&self.item_scales) {
            *score *= scale;
        }
    }
}

/// The energy of an item's column, averaged over interactions after scaling: what makes a regularisation of the same
/// strength comparable between data sets and exponents.
pub(crate) fn energy_scale(interactions: &Sparse, params: &EaseParams) -> Result<f32, LearnError> {
    let (rows, _) = normalize(interactions, params)?;
    let mut energies = vec![0.0_f32; rows.column_count()];
    for (&column, &value) in rows.columns().iter().zip(rows.values()) {
        energies[column as usize] += value * value;
    }
    let total: f32 = energies.iter().sum();
    let squares: f32 = energies.iter().map(|energy| energy * energy).sum();
    Ok(if total > 0.0 { squares / total } else { 1.0 })
}

/// The positive entries divided by powers of their row's and column's sums, and the columns' divisors.
fn normalize(interactions: &Sparse, params: &EaseParams) -> Result<(Sparse, Vec<f32>), LearnError> {
    let positive = interactions.map(|_, _, value| value.max(0.0))?;
    let power = |sum: f32, exponent: f32| if sum > 0.0 { sum.powf(exponent) } else { 1.0 };
    let row_scale = |row| power(positive.row(row).1.iter().sum(), params.listener_exponent);
    let row_scales: Vec<f32> = (0..positive.row_count()).map(row_scale).collect();
    let mut sums = vec![0.0_f32; positive.column_count()];
    for (&column, &value) in positive.columns().iter().zip(positive.values()) {
        sums[column as usize] += value;
    }
    let scales: Vec<f32> = sums.iter().map(|&sum| power(sum, params.item_exponent)).collect();
    let scaled =
        positive.map(|row, column, value| value / (row_scales[row as usize] * scales[column as usize]))?;
    Ok((scaled, scales))
}

/// Divides columns so that with `λI` they act as with `λI + p/(1 − p)·diag(YᵀY)` before: for a diagonal `Λ` the weights
/// `−P_ij/P_jj` of `(YᵀY + Λ)⁻¹` are those of `Y·√(λ/Λ)`, brought back by the same scales.
fn forget(rows: Sparse, mut scales: Vec<f32>, params: &EaseParams) -> Result<(Sparse, Vec<f32>), LearnError> {
    if params.dropout == 0.0 {
        return Ok((rows, scales));
    }
    let mut further = vec![0.0_f32; scales.len()];
    for (&column, &value) in rows.columns().iter().zip(rows.values()) {
        further[column as usize] += value * value;
    }
    let odds = params.dropout / (1.0 - params.dropout);
    for (further, scale) in further.iter_mut().zip(&mut scales) {
        *further = (1.0 + odds * *further / params.regularization).sqrt();
        *scale *= *further;
    }
    Ok((rows.map(|_, column, value| value / further[column as usize])?, scales))
}

/// `(AᵀA + λI)⁻¹`, row by row, for `A` given by rows and by columns.
fn inverse_of_gram(by_row: &Sparse, by_column: &Sparse, regularization: f32) -> Result<Vec<f32>, LearnError> {
    let size = by_column.row_count();
    // faer keeps columns together; each column of the Gram matrix is filled on its own.
    let mut gram = vec![0.0_f32; size * size];
    gram.par_chunks_mut(size).enumerate().for_each(|(column, sums)| {
        let (rows, values) = by_column.row(column);
        for (&row, &value) in rows.iter().zip(values) {
            let (others, other_values) = by_row.row(row as usize);
            for (&other, &other_value) in others.iter().zip(other_values) {
                sums[other as usize] += value * other_value;
            }
        }
        sums[column] += regularization;
    });
    let par = Par::rayon(0);
    let scratch = llt::factor::cholesky_in_place_scratch::<f32>(size, par, Spec::default());
    llt::factor::cholesky_in_place(
        MatMut::from_column_major_slice_mut(&mut gram, size, size),
        llt::factor::LltRegularization::default(),
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| LearnError::Numeric { what: "inverting the Gram matrix" })?;
    let mut lower = vec![0.0_f32; size * size];
    let scratch = llt::inverse::inverse_scratch::<f32>(size, par);
    llt::inverse::inverse(
        MatMut::from_column_major_slice_mut(&mut lower, size, size),
        MatRef::from_column_major_slice(&gram, size, size),
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
    );
    // Only the lower triangle was filled, that is, column `j` from row `j` on.
    let mut inverse = gram;
    inverse.par_chunks_mut(size).enumerate().for_each(|(row, values)| {
        let (before, after) = values.split_at_mut(row);
        for (column, value) in before.iter_mut().enumerate() {
            *value = lower[column * size + row];
        }
        after.copy_from_slice(&lower[row * size + row..(row + 1) * size]);
    });
    crate::error::check_finite("the inverse of the Gram matrix", &inverse)?;
    Ok(inverse)
}

/// `vᵀ·M·v` for a sparse vector.
fn quadratic_form(matrix: &[f32], size: usize, (places, values): (&[u32], &[f32])) -> f32 {
    let row_sum = |place: u32| -> f32 {
        let row = &matrix[place as usize * size..][..size];
        places.iter().zip(values).map(|(&other, value)| row[other as usize] * value).sum()
    };
    places.iter().zip(values).map(|(&place, value)| value * row_sum(place)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: u32, columns: u32) -> Sparse {
        let entries = (0..rows * columns).filter(|i| (u64::from(*i).pow(2) * 7 + u64::from(i / 3)) % 5 < 2);
        let triplets = entries.map(|i| (i / columns, i % columns, 1.0 + (i % 3) as f32 / 2.0));
        Sparse::from_triplets(rows as usize, columns as usize, triplets).unwrap()
    }

    /// Scores by plain Gauss-Jordan inversion in 64 bits, on the item side.
    fn plain_scores(matrix: &Sparse, params: &EaseParams, items: &[u32]) -> Vec<f64> {
        let (rows, scales) = normalize(matrix, params).unwrap();
        let n = rows.column_count();
        let mut system = vec![vec![0.0_f64; 2 * n]; n];
        for row in 0..rows.row_count() {
            let (columns, values) = rows.row(row);
            for (&a, &x) in columns.iter().zip(values) {
                for (&b, &y) in columns.iter().zip(values) {
                    system[a as usize][b as usize] += f64::from(x) * f64::from(y);
                }
            }
        }
        for k in 0..n {
            let odds = f64::from(params.dropout / (1.0 - params.dropout));
            system[k][k] += system[k][k] * odds + f64::from(params.regularization);
            system[k][n + k] = 1.0;
        }
        for k in 0..n {
            let pivot = system[k].iter().map(|value| value / system[k][k]).collect::<Vec<_>>();
            for (i, row) in system.iter_mut().enumerate() {
                let factor = row[k];
                if i == k {
                    row.clone_from(&pivot);
                } else {
                    row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
                }
            }
        }
        let weight = |from: usize, to: usize| -system[from][n + to] / system[to][n + to];
        let score = |to: usize| -> f64 {
            let parts = items.iter().filter(|&&item| item as usize != to);
            parts.map(|&item| weight(item as usize, to) / f64::from(scales[item as usize])).sum::<f64>()
                * f64::from(scales[to])
        };
        (0..n).map(score).collect()
    }

    #[test]
    fn both_sides_agree_with_plain_inversion() {
        for params in [
            EaseParams { regularization: 2.0, ..EaseParams::default() },
            EaseParams { regularization: 0.5, listener_exponent: 0.5, item_exponent: 0.25, dropout: 0.0 },
            EaseParams { regularization: 2.0, listener_exponent: 0.0, item_exponent: 0.25, dropout: 0.4 },
        ] {
            for (rows, columns) in [(9, 14), (20, 6)] {
                let matrix = matrix(rows, columns);
                let model = Ease::fit(&matrix, &params).unwrap();
                let history = [1, 4, 1000];
                let mut scores = vec![f32::NAN; columns as usize];
                model.scores(&history, &[1.0; 3], &mut scores);
                let plain = plain_scores(&matrix, &params, &history[..2]);
                for (item, (got, expected)) in scores.iter().zip(&plain).enumerate() {
                    if !history.contains(&(item as u32)) {
                        assert!(
                            (f64::from(*got) - expected).abs() < 1e-4,
                            "{item}: {got} instead of {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_number_of_threads_does_not_change_the_model() {
        let matrix = matrix(300, 150);
        let scores = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let model = pool.install(|| Ease::fit(&matrix, &EaseParams::default()).unwrap());
            let mut scores = vec![0.0; 150];
            model.scores(&[3, 9], &[1.0; 2], &mut scores);
            scores
        };
        assert_eq!(scores(1), scores(3));
    }

    #[test]
    fn parameters_out_of_range_are_refused() {
        let matrix = matrix(3, 3);
        let refused = |params| Ease::fit(&matrix, &params).is_err();
        assert!(refused(EaseParams { regularization: 0.0, ..EaseParams::default() }));
        assert!(refused(EaseParams { item_exponent: f32::NAN, ..EaseParams::default() }));
    }
}
