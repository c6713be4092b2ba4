//! Items as vectors, ready to take a listener in.

use super::row_solver::{Fixed, RowSolver, counted};
use super::{Discounts, Penalties};
use crate::error::{LearnError, check_finite, check_length, check_positive};
use crate::factors::Factors;
use crate::kernel;

/// One thing that is known about a listener and an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The item's row.
    pub item: u32,
    /// How much it counts, before the model's own discounts. *Range*: above 0; a play is about 1.
    pub weight: f32,
    /// What the preference should be: 1 for liked, 0 for explicitly not.
    pub target: f32,
}

impl Observation {
    /// The same observation `age_days` later: its weight halves every `half_life_days`, its target stays.
    ///
    /// An age below 0 counts as now; a half-life that is not above 0 makes nothing older.
    #[must_use]
    pub fn faded(self, age_days: f32, half_life_days: f32) -> Self {
        let share = if half_life_days > 0.0 { (-age_days.max(0.0) / half_life_days).exp2() } else { 1.0 };
        Self { weight: self.weight * share, ..self }
    }
}

/// How much less observations count where there are many, as it came out of the data a model was fitted to.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscountTable {
    /// What an observation of each item is multiplied by. *Shape*: `[items]`.
    pub item_weights: Vec<f32>,
    /// The exponent of [`Discounts::listener`](super::Discounts::listener).
    pub listener_exponent: f32,
    /// The mean weight of all observations of a listener.
    pub listener_weight_mean: f32,
}

impl DiscountTable {
    /// The table that counts everything as it comes.
    fn none(item_count: usize) -> Self {
        Self { item_weights: vec![1.0; item_count], listener_exponent: 0.0, listener_weight_mean: 1.0 }
    }

    fn check(&self, item_count: usize) -> Result<(), LearnError> {
        Discounts { listener: self.listener_exponent, item: 0.0 }.check()?;
        check_positive("listener_weight_mean", f64::from(self.listener_weight_mean))?;
        check_length("the weights of items", item_count, self.item_weights.len())?;
        check_diagonal("the weights of items", &self.item_weights)
    }
}

/// The item side of a fitted model: all that serving needs.
///
/// The vectors stand in the basis in which their Gram matrix is diagonal, strongest dimension first.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemModel {
    factors: Factors,
    gram: Vec<f32>,
    penalties: Penalties,
    discounts: DiscountTable,
    /// `gram` times the weight of unobserved pairs.
    unobserved: Vec<f32>,
}

impl ItemModel {
    /// The model with these parts, as [`factors`](Self::factors), [`gram`](Self::gram) and
    /// [`penalties`](Self::penalties) return them, and no discounts.
    ///
    /// # Errors
    /// When the lengths do not fit, a number is not finite or negative where it cannot be, or a penalty is out of
    /// its range.
    pub fn from_parts(factors: Factors, gram: Vec<f32>, penalties: Penalties) -> Result<Self, LearnError> {
        penalties.check()?;
        check_length("the diagonal of a Gram matrix", factors.dim(), gram.len())?;
        check_diagonal("the diagonal of a Gram matrix", &gram)?;
        let unobserved = gram.iter().map(|value| value * penalties.unobserved_weight).collect();
        let discounts = DiscountTable::none(factors.row_count());
        Ok(Self { factors, gram, penalties, discounts, unobserved })
    }

    /// The same model with the discounts that [`discounts`](Self::discounts) returned.
    ///
    /// # Errors
    /// When there is not one weight per item, or a number is out of its range.
    pub fn with_discounts(self, discounts: DiscountTable) -> Result<Self, LearnError> {
        discounts.check(self.item_count())?;
        Ok(Self { discounts, ..self })
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

    /// The vector of a listener of whom this is known, and who is otherwise taken to be at `prior` instead of at the
    /// origin: without observations it is the prior, and many observations leave little of it.
    ///
    /// The unobserved pairs and the ridge, which pull [`fold_in`](Self::fold_in) to zero, pull to the prior's scores and
    /// vector instead; `trust` is how strongly, where 1 is as strongly as they pull in the model itself.
    /// This is the mean of the same normal distribution with another prior mean.
    ///
    /// *Complexity*: as [`fold_in`](Self::fold_in).
    ///
    /// *Source*: Bishop (2006), "Pattern Recognition and Machine Learning", section 3.3.1.
    ///
    /// # Errors
    /// When `prior` has another length or a number that is not finite, or `trust` is not above 0.
    pub fn fold_in_around(
        &self,
        prior: &[f32],
        trust: f32,
        observations: &[Observation],
    ) -> Result<Vec<f32>, LearnError> {
        check_length("the prior of a vector", self.dim(), prior.len())?;
        check_finite("the prior of a vector", prior)?;
        check_positive("trust", f64::from(trust))?;
        let left = |observation: &Observation| {
            let row = self.factors.row(observation.item as usize);
            let told = if row.is_empty() { 0.0 } else { kernel::dot(prior, row) };
            Observation {
                weight: observation.weight / trust,
                target: observation.target - told,
                ..*observation
            }
        };
        let mut vector = self.fold_in(&observations.iter().map(left).collect::<Vec<_>>());
        kernel::add_scaled(1.0, prior, &mut vector);
        Ok(vector)
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
        let discount = self.listener_factor(observations);
        for (contribution, observation) in contributions.iter_mut().zip(observations) {
            if let Some((weight, target)) = self.counted(observation, discount) {
                let other = self.factors.row(observation.item as usize);
                *contribution = weight * target * kernel::dot(&reach, other);
            }
        }
        contributions
    }

    /// How unsure the score of `item` is, given what is known about a listener: `h·A⁻¹·h` with `A` the matrix of the
    /// listener's problem, which is the variance of the score where the vector is read as the mean of a normal distribution.
    ///
    /// *Range*: 0 or more, in units of the variance of one observation of weight 1; it falls with every observation of
    /// a like item, and is 0 for an item that is not known.
    ///
    /// *Complexity*: as [`fold_in`](Self::fold_in).
    ///
    /// *Source*: Bishop (2006), "Pattern Recognition and Machine Learning", section 3.3.2 (the predictive distribution of a
    /// linear model).
    pub fn variance(&self, observations: &[Observation], item: u32) -> f32 {
        let vector = self.factors.row(item as usize);
        if vector.is_empty() {
            return 0.0;
        }
        let mut reach = vector.to_vec();
        let mut solver = RowSolver::default();
        let ridge = self.observe(&mut solver, observations);
        solver.inverse_times(self.fixed(), ridge, &mut reach);
        kernel::dot(&reach, vector).max(0.0)
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

    /// How much less observations count where there are many; to be stored beside the vectors.
    pub fn discounts(&self) -> &DiscountTable {
        &self.discounts
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
        let discount = self.listener_factor(observations);
        for observation in observations {
            if let Some((weight, target)) = self.counted(observation, discount) {
                solver.observe(observation.item, weight, target);
            }
        }
        self.penalties.ridge(solver.weight_sum(), self.item_count())
    }

    /// The discount for how much is known about a listener.
    fn listener_factor(&self, observations: &[Observation]) -> f32 {
        let known = observations.iter().filter(|observation| (observation.item as usize) < self.item_count());
        let weights = known.filter_map(|observation| counted(observation.weight, observation.target));
        let sum: f64 = weights.map(|(weight, _)| f64::from(weight)).sum();
        discount(sum, f64::from(self.discounts.listener_weight_mean), self.discounts.listener_exponent)
    }

    /// The weight and target of an observation as they count; none where it says nothing.
    fn counted(&self, observation: &Observation, listener_factor: f32) -> Option<(f32, f32)> {
        let item_weight = self.discounts.item_weights.get(observation.item as usize)?;
        let (weight, target) = counted(observation.weight, observation.target)?;
        counted(weight * item_weight * listener_factor, target)
    }

    fn fixed(&self) -> Fixed<'_> {
        Fixed { factors: &self.factors, unobserved: &self.unobserved }
    }
}

/// What observations are multiplied by where they sum to `sum` and elsewhere to `mean`.
pub(super) fn discount(sum: f64, mean: f64, exponent: f32) -> f32 {
    if exponent == 0.0 || sum <= 0.0 || mean <= 0.0 {
        1.0
    } else {
        (sum / mean).powf(-f64::from(exponent)) as f32
    }
}

fn check_diagonal(what: &'static str, values: &[f32]) -> Result<(), LearnError> {
    match values.iter().position(|value| !value.is_finite() || *value < 0.0) {
        Some(index) => Err(LearnError::NotFinite { what, index }),
        None => Ok(()),
    }
}
