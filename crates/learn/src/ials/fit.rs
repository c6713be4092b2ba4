//! Fitting: both sides in turn, each row on its own.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use rayon::prelude::*;

use super::basis::Basis;
use super::gradients::Ground;
use super::item_model::discount;
use super::row_solver::{Fixed, RowSolver};
use super::{DiscountTable, Discounts, Ials, IalsParams, ItemModel, Penalties, Sweep};
use crate::error::{LearnError, check_length, check_not_negative};
use crate::factors::Factors;
use crate::progress::Progress;
use crate::sparse::Sparse;

/// Rows that one thread takes at once: enough to make the hand-over cheap, few enough to spread heavy rows.
const ROWS: usize = 16;

/// Beyond this one vector no longer fits the nearest cache, and no published gain is known on data of any size
/// (Rendle and others 2021 stop at 8192 for 41 thousand items, where EASE is better).
const DIM_MAX: usize = 4096;

impl Ials {
    /// Fits the model to confidences.
    ///
    /// *Shape*: `confidences` is `[listeners, items]`.
    /// A positive entry is a preference with that weight, a negative one an explicit "no" with its absolute value
    /// as weight, and a zero says nothing.
    ///
    /// The same seed gives the same model, bit for bit, with any number of threads.
    /// The last half-sweep is that of the listeners, so that a listener's row is (exactly, where the sweep is
    /// [exact](Sweep::Exact)) what [`ItemModel::fold_in`] returns for the same entries.
    ///
    /// # Errors
    /// When there is nothing to learn from, a parameter is out of its range, or the numbers overflow.
    pub fn fit(
        confidences: &Sparse,
        params: &IalsParams,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, LearnError> {
        Self::fit_from(None, confidences, params, progress)
    }

    /// The same from the items' vectors of an earlier model, so that fewer epochs come as far.
    ///
    /// *Shape*: `start` is `[items of then, dim]`; items are rows, so those that came since stand behind them and start
    /// at random, as do those that had no vector.
    /// A start with another number of dimensions is no start.
    ///
    /// The same seed and start give the same model.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_from(
        start: Option<&Factors>,
        confidences: &Sparse,
        params: &IalsParams,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, LearnError> {
        check(confidences, params)?;
        let discounted = Discounted::new(confidences, params.discounts)?;
        let confidences = &discounted.matrix;
        let by_item = confidences.transpose();
        let mut items = random_factors(by_item.row_count(), params)?;
        if let Some(start) = start.filter(|start| start.dim() == params.dim) {
            take_over(start, &mut items);
        }
        let mut rows = Factors::zeros(confidences.row_count(), params.dim)?;
        let total = 2 * params.epochs + 1;
        let mut energies = half_sweep(confidences, &mut rows, &mut items, params)?;
        progress(Progress { stage: "fitting factors", done: 1, total });
        for epoch in 0..params.epochs {
            half_sweep(&by_item, &mut items, &mut rows, params)?;
            progress(Progress { stage: "fitting factors", done: 2 * epoch + 2, total });
            energies = half_sweep(confidences, &mut rows, &mut items, params)?;
            progress(Progress { stage: "fitting factors", done: 2 * epoch + 3, total });
        }
        // Reloading checks that every number is finite; a model that overflowed goes no further than here.
        let rows = Factors::new(params.dim, rows.into_values())?;
        let items = Factors::new(params.dim, items.into_values())?;
        let items =
            ItemModel::from_parts(items, energies, params.penalties)?.with_discounts(discounted.table)?;
        Ok(Self { rows, items })
    }

    /// What is minimised, as written at the head of [the module](crate::ials), for the matrix that was fitted.
    ///
    /// *Complexity*: one pass over the entries and one over both sides' vectors.
    ///
    /// # Errors
    /// When the matrix has another shape.
    pub fn objective(&self, confidences: &Sparse, discounts: Discounts) -> Result<f64, LearnError> {
        check_length("listeners", self.rows.row_count(), confidences.row_count())?;
        check_length("items", self.items.item_count(), confidences.column_count())?;
        let confidences = &Discounted::new(confidences, discounts)?.matrix;
        let items = self.items.factors();
        let penalties = self.items.penalties();
        let mut observed = 0.0;
        let mut item_weights = vec![0.0_f64; items.row_count()];
        let mut ridges = 0.0;
        for row in 0..confidences.row_count() {
            let mut weight_sum = 0.0;
            let vector = self.rows.row(row);
            let (columns, values) = confidences.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                let target = if value > 0.0 { 1.0 } else { 0.0 };
                let error = crate::kernel::dot(vector, items.row(column as usize)) - target;
                observed += f64::from(value.abs()) * f64::from(error).powi(2);
                weight_sum += f64::from(value.abs());
                item_weights[column as usize] += f64::from(value.abs());
            }
            ridges += f64::from(penalties.ridge(weight_sum, items.row_count())) * energy(vector);
        }
        for (item, &weight_sum) in item_weights.iter().enumerate() {
            let ridge = penalties.ridge(weight_sum, confidences.row_count());
            ridges += f64::from(ridge) * energy(items.row(item));
        }
        // Σ (w·h)² over all pairs is Σ_k g_k Σ_u w_uk², since the items' Gram matrix is the diagonal g.
        let gram = self.items.gram();
        let all: f64 = (self.rows.values().chunks_exact(gram.len()))
            .flat_map(|row| row.iter().zip(gram))
            .map(|(value, energy)| f64::from(value * value) * f64::from(*energy))
            .sum();
        Ok(observed + f64::from(penalties.unobserved_weight) * all + ridges)
    }
}

impl ItemModel {
    /// The model with item vectors that come from anywhere, rotated into the basis that fold-in needs; no discounts.
    ///
    /// # Errors
    /// When a penalty is out of its range or the numbers overflow.
    pub fn from_factors(mut factors: Factors, penalties: Penalties) -> Result<Self, LearnError> {
        let basis = Basis::of(&factors)?;
        basis.rotate(&mut factors);
        Self::from_parts(
            Factors::new(factors.dim(), factors.into_values())?,
            basis.energies().to_vec(),
            penalties,
        )
    }
}

/// A matrix of confidences as they count.
struct Discounted {
    matrix: Sparse,
    table: DiscountTable,
}

impl Discounted {
    fn new(confidences: &Sparse, discounts: Discounts) -> Result<Self, LearnError> {
        let mut item_sums = vec![0.0_f64; confidences.column_count()];
        let mut listener_sums = vec![0.0_f64; confidences.row_count()];
        for (row, sum) in listener_sums.iter_mut().enumerate() {
            let (columns, values) = confidences.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                *sum += f64::from(value.abs());
                item_sums[column as usize] += f64::from(value.abs());
            }
        }
        let (item_mean, listener_mean) = (mean_of_observed(&item_sums), mean_of_observed(&listener_sums));
        let item_weights: Vec<f32> =
            item_sums.iter().map(|&sum| discount(sum, item_mean, discounts.item)).collect();
        let matrix = confidences.map(|row, column, value| {
            let listener = discount(listener_sums[row as usize], listener_mean, discounts.listener);
            value * item_weights[column as usize] * listener
        })?;
        let table = DiscountTable {
            item_weights,
            listener_exponent: discounts.listener,
            listener_weight_mean: listener_mean as f32,
        };
        Ok(Self { matrix, table })
    }
}

/// The mean of the sums that are not zero, 1 where all are.
fn mean_of_observed(sums: &[f64]) -> f64 {
    let count = sums.iter().filter(|&&sum| sum > 0.0).count();
    if count == 0 { 1.0 } else { sums.iter().sum::<f64>() / count as f64 }
}

fn energy(vector: &[f32]) -> f64 {
    vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

fn check(confidences: &Sparse, params: &IalsParams) -> Result<(), LearnError> {
    params.penalties.check()?;
    params.discounts.check()?;
    check_not_negative("start_deviation", f64::from(params.start_deviation))?;
    if params.dim > DIM_MAX {
        return Err(LearnError::TooLarge { what: "dim", got: params.dim, limit: DIM_MAX });
    }
    if matches!(params.sweep, Sweep::Blocks(0) | Sweep::Gradients(0)) {
        return Err(LearnError::Parameter { name: "sweep", value: 0.0, expected: "at least 1" });
    }
    if confidences.entry_count() == 0 {
        return Err(LearnError::Empty { what: "the matrix of confidences" });
    }
    Ok(())
}

/// Random vectors of about the length `start_deviation`.
fn random_factors(count: usize, params: &IalsParams) -> Result<Factors, LearnError> {
    let mut factors = Factors::zeros(count, params.dim)?;
    let deviation = params.start_deviation / (params.dim as f32).sqrt();
    let normal = Normal::new(0.0, deviation).expect("a finite deviation that is not negative was checked");
    let mut random = ChaCha8Rng::seed_from_u64(params.seed);
    factors.values_mut().fill_with(|| normal.sample(&mut random));
    Ok(factors)
}

/// Puts the vectors of an earlier model in the place of the random ones.
fn take_over(start: &Factors, items: &mut Factors) {
    let dim = items.dim();
    for (own, earlier) in items.values_mut().chunks_exact_mut(dim).zip(start.values().chunks_exact(dim)) {
        if energy(earlier) > 0.0 {
            own.copy_from_slice(earlier);
        }
    }
}

/// Improves every vector of `own` with `other` held fixed, after rotating both so that `other` is diagonal.
///
/// Returns the energies of `other` along its axes.
fn half_sweep(
    observations: &Sparse,
    own: &mut Factors,
    other: &mut Factors,
    params: &IalsParams,
) -> Result<Vec<f32>, LearnError> {
    let basis = Basis::of(other)?;
    basis.rotate(other);
    let block = match params.sweep {
        Sweep::Blocks(block) => block.min(params.dim),
        Sweep::Exact | Sweep::Gradients(_) => params.dim,
    };
    // Only exact solutions do not look at where the row was.
    if block < params.dim || matches!(params.sweep, Sweep::Gradients(_)) {
        basis.rotate(own);
    }
    let weight = params.penalties.unobserved_weight;
    let unobserved: Vec<f32> = basis.energies().iter().map(|energy| weight * energy).collect();
    let other = &*other;
    let fixed = Fixed { factors: other, unobserved: &unobserved };
    let ground = match params.sweep {
        Sweep::Gradients(steps) => {
            Some((Ground::new(other.values(), &unobserved, &column_weights(observations)), steps))
        }
        Sweep::Exact | Sweep::Blocks(_) => None,
    };
    let solve = |solver: &mut RowSolver, row: usize, vector: &mut [f32]| {
        solver.clear();
        let (columns, values) = observations.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            solver.observe(column, value.abs(), if value > 0.0 { 1.0 } else { 0.0 });
        }
        let ridge = params.penalties.ridge(solver.weight_sum(), other.row_count());
        match &ground {
            Some((ground, steps)) => solver.improve_by_gradients(fixed, ground, (ridge, *steps), vector),
            None => solver.improve(fixed, ridge, block, vector),
        }
    };
    own.values_mut().par_chunks_mut(ROWS * params.dim).enumerate().for_each_init(
        RowSolver::default,
        |solver, (chunk, vectors)| {
            for (place, vector) in vectors.chunks_exact_mut(params.dim).enumerate() {
                solve(solver, chunk * ROWS + place, vector);
            }
        },
    );
    Ok(basis.energies().to_vec())
}

/// The weight of all observations of each column.
fn column_weights(observations: &Sparse) -> Vec<f64> {
    let mut sums = vec![0.0; observations.column_count()];
    for row in 0..observations.row_count() {
        let (columns, values) = observations.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            sums[column as usize] += f64::from(value.abs());
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_listener_discount_gives_a_busy_account_no_more_say_than_another() {
        let busy = (0..40).map(|item| (0, item, 5.0));
        let others = (1..11).flat_map(|listener| [(listener, listener, 1.0), (listener, 39, -1.0)]);
        let matrix = Sparse::from_triplets(12, 40, busy.chain(others)).unwrap();
        let discounts = Discounts { item: 0.0, listener: 1.0 };
        let discounted = Discounted::new(&matrix, discounts).unwrap();
        let sum = |row: usize| discounted.matrix.row(row).1.iter().map(|value| value.abs()).sum::<f32>();
        assert_eq!(discounted.table.listener_weight_mean, 20.0);
        for row in 0..11 {
            assert!((sum(row) - 20.0).abs() < 1e-4, "row {row}: {}", sum(row));
        }
        assert!(discounted.matrix.row(1).1[1] < 0.0, "a negative stays one");
    }

    #[test]
    fn an_item_discount_counts_hits_less() {
        let entries = (0..16).map(|listener| (listener, 0, 1.0)).chain([(0, 1, 1.0)]);
        let matrix = Sparse::from_triplets(16, 3, entries).unwrap();
        let table = Discounted::new(&matrix, Discounts { item: 0.5, listener: 0.0 }).unwrap().table;
        assert!((table.item_weights[1] / table.item_weights[0] - 4.0).abs() < 1e-5, "{table:?}");
        assert_eq!(table.item_weights[2], 1.0, "an item without observations has nothing to discount");
    }
}
