//! Items as vectors, ready to take a listener in.

use super::Penalties;
use super::row_solver::{Fixed, RowSolver, counted};
use crate::error::{LearnError, check_finite, check_length, check_not_negative};
use crate::factors::Factors;
use crate::kernel;

/// One thing that is known about a listener and an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The item's row.
    pub item: u32,
    /// How much it counts. *Range*: above 0; a play is about 1.
    pub weight: f32,
    /// What the preference should be: 1 for liked, 0 for explicitly not.
    pub target: f32,
}

/// The item side of a fitted model: all that serving needs.
///
/// The vectors stand in the basis in which their Gram matrix is diagonal, strongest dimension first.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemModel {
    factors: Factors,
    gram: Vec<f32>,
    /// `gram` times the weight of unobserved pairs.
    unobserved: Vec<f32>,
    penalties: Penalties,
}

impl ItemModel {
    /// The model with these parts, as [`factors`](Self::factors), [`gram`](Self::gram) and
    /// [`penalties`](Self::penalties) return them.
    ///
    /// # Errors
    /// When the lengths do not fit, a number is not finite or negative where it cannot be, or a penalty is out of
    /// its range.
    pub fn from_parts(factors: Factors, gram: Vec<f32>, penalties: Penalties) -> Result<Self, LearnError> {
        penalties.check()?;
        check_length("the diagonal of a Gram matrix", factors.dim(), gram.len())?;
        check_finite("the diagonal of a Gram matrix", &gram)?;
        for &value in &gram {
            check_not_negative("a number on the diagonal of a Gram matrix", f64::from(value))?;
        }
        let unobserved = gram.iter().map(|value| value * penalties.unobserved_weight).collect();
        Ok(Self { factors, gram, unobserved, penalties })
    }

    /// The vector of a listener of whom this is known: the minimum of the model's own objective, exactly.
    ///
    /// An observation of an item that the model has not seen, or with a weight or target that says nothing (a weight
    /// that is not positive, a number that is not finite), is left out.
    /// The same item may be observed several times.
    /// Without observations the vector is all zeros.
    ///
    /// *Complexity*: for `n` observations and `d` dimensions, `n²d/2 + n³/6` or `nd²/2 + d³/6` multiply-adds,
    /// whichever is less.
    pub fn fold_in(&self, observations: &[Observation]) -> Vec<f32> {
        let mut vector = vec![0.0; self.dim()];
        let mut solver = RowSolver::default();
        let ridge = self.observe(&mut solver, observations);
        solver.solve(self.fixed(), ridge, &mut vector);
        vector
    }

    /// How much each observation adds to the score of `item`: these numbers sum to
    /// `fold_in(observations) · factors().row(item)`, up to rounding.
    ///
    /// *Shape*: one number per observation, 0 for those that are left out; all 0 for an item that is not known.
    ///
    /// *Complexity*: as [`fold_in`](Self::fold_in).
    ///
    /// *Source*: Hu, Koren, Volinsky (2008), section 5.
    pub fn explain(&self, observations: &[Observation], item: u32) -> Vec<f32> {
        let mut contributions = vec![0.0; observations.len()];
        let vector = self.factors.row(item as usize);
        if vector.is_empty() {
            return contributions;
        }
        // With A the matrix of the listener's problem, the score is hᵀA⁻¹HᵀCy: a sum over the observations.
        let mut reach = vector.to_vec();
        let mut solver = RowSolver::default();
        let ridge = self.observe(&mut solver, observations);
        solver.inverse_times(self.fixed(), ridge, &mut reach);
        for (contribution, observation) in contributions.iter_mut().zip(observations) {
            let other = self.factors.row(observation.item as usize);
            if let Some((weight, target)) = counted(observation.weight, observation.target)
                && !other.is_empty()
            {
                *contribution = weight * target * kernel::dot(&reach, other);
            }
        }
        contributions
    }

    /// The score of every item for a listener's vector.
    ///
    /// # Panics
    /// When `vector` has not [`dim`](Self::dim) numbers or `out` not one place per item.
    pub fn scores(&self, vector: &[f32], out: &mut [f32]) {
        kernel::scores(&self.factors, vector, out);
    }

    /// The items' vectors. *Shape*: `[items, dim]`.
    pub fn factors(&self) -> &Factors {
        &self.factors
    }

    /// The diagonal of `factorsᵀ·factors`, descending; off the diagonal it is zero up to rounding.
    ///
    /// *Shape*: `[dim]`.
    pub fn gram(&self) -> &[f32] {
        &self.gram
    }

    /// The weights under which the model was fitted, and a listener is folded in.
    pub fn penalties(&self) -> Penalties {
        self.penalties
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.factors.dim()
    }

    /// How many items.
    pub fn item_count(&self) -> usize {
        self.factors.row_count()
    }

    /// Hands the observations to the solver; returns the ridge that belongs to them.
    fn observe(&self, solver: &mut RowSolver, observations: &[Observation]) -> f32 {
        let known = |item: u32| (item as usize) < self.item_count();
        for observation in observations.iter().filter(|observation| known(observation.item)) {
            solver.observe(observation.item, observation.weight, observation.target);
        }
        self.penalties.ridge(solver.weight_sum(), self.item_count())
    }

    fn fixed(&self) -> Fixed<'_> {
        Fixed { factors: &self.factors, unobserved: &self.unobserved }
    }
}
