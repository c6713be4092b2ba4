//! Implicit alternating least squares: listeners and items become vectors whose products are preferences.
//!
//! *What is minimised*, over listener vectors `w` and item vectors `h`, for observed entries `S` with weight `c` and
//! target `y` (1, or 0 for an explicit negative), and all pairs with target 0 and the small weight `α₀`:
//!
//! ```text
//! Σ_{(u,i) ∈ S} c_ui (w_u·h_i − y_ui)²  +  α₀ Σ_u Σ_i (w_u·h_i)²
//!   + λ Σ_u (C_u + α₀·|I|)^ν |w_u|²  +  λ Σ_i (C_i + α₀·|U|)^ν |h_i|²        with C_u = Σ_i c_ui, C_i = Σ_u c_ui
//! ```
//!
//! *Sources*: Hu, Koren, Volinsky (2008), "Collaborative Filtering for Implicit Feedback Datasets"; Rendle, Krichene,
//! Zhang, Koren (2021), "Revisiting the Performance of iALS on Item Recommendation Benchmarks" (arXiv 2110.14037,
//! the regularisation that grows with frequency); the same authors (2021), "iALS++: Speeding up Matrix Factorization
//! with Subspace Optimization" (arXiv 2110.14044, block updates); Takács, Pilászy, Tikk (2011), "Applications of the
//! conjugate gradient method for implicit feedback collaborative filtering" (steps instead of solutions).
//!
//! *What differs from the papers.* A product of vectors does not change when both sides are turned by the same
//! rotation, so before each half-sweep we rotate into the basis in which the Gram matrix of the fixed side is
//! diagonal.
//! The system of a row with `n` observations is then a diagonal plus `n` rank-one terms, and by the Woodbury identity
//! it is solved *exactly* in `n²·d/2 + n³/6` operations instead of `n·d²/2 + d³/6`.
//! Rows with more observations than that pays for are improved by a few steps of conjugate gradients, or block by block
//! as in iALS++ ([`Sweep`]).
//! The rotation helps there as well: what is left beside the diagonal is small, so that the diagonal is a good
//! preconditioner and a step needs no product with the Gram matrix.
//! Folding one listener in costs microseconds for the same reason, and leading dimensions carry the most energy.
//!
//! A weight is the entry of the matrix times a discount for how often the item and how much the listener was observed
//! ([`Discounts`]), so that neither a hit nor a busy account bends every vector its way.
//!
//! Beyond that it does not decide what an interaction is worth; the matrix it is handed says so.

#[cfg(feature = "train")]
pub(crate) mod basis;
#[cfg(feature = "train")]
mod features;
#[cfg(feature = "train")]
mod fit;
#[cfg(feature = "train")]
mod gradients;
mod item_model;
mod row_solver;

#[cfg(feature = "train")]
pub use features::{FeatureAware, ItemFeatures};
pub use item_model::{DiscountTable, ItemModel, Observation};

use crate::error::{LearnError, check_not_negative, check_positive};
use crate::factors::Factors;

/// What is chosen before fitting.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub struct IalsParams {
    /// Numbers per vector. *Range*: 1 to 4096.
    pub dim: usize,
    /// The weights of everything that is not an observation.
    pub penalties: Penalties,
    /// How much less observations count where there are many.
    pub discounts: Discounts,
    /// How far a row is moved at a time.
    pub sweep: Sweep,
    /// Sweeps over both sides.
    pub epochs: usize,
    /// The standard deviation of the length of a random start vector.
    pub start_deviation: f32,
    /// The seed of the random start.
    pub seed: u64,
}

impl Default for IalsParams {
    fn default() -> Self {
        Self {
            dim: 128,
            penalties: Penalties::default(),
            discounts: Discounts::default(),
            sweep: Sweep::default(),
            epochs: 16,
            // Rendle and others (2021), arXiv 2110.14037, section 4.
            start_deviation: 0.1,
            seed: 0,
        }
    }
}

/// How far a row's vector is moved towards its minimum while the other side is held.
///
/// Rows with so few observations that the minimum is cheaper go all the way in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub enum Sweep {
    /// All the way.
    Exact,
    /// One Newton step for each so many dimensions (iALS++). *Range*: 1 or more; `dim` or more is exact.
    Blocks(usize),
    /// So many steps of preconditioned conjugate gradients from where the row was. *Range*: 1 or more.
    Gradients(usize),
}

impl Default for Sweep {
    /// Three steps, as Takács and others (2011) found enough.
    ///
    /// On the validation parts of ml-1m-cf and lastfm-hetrec-cf, 64 and 128 dimensions and 4 to 16 epochs, they are as
    /// good as exact rows (N@10 within .001 at sensible penalties) and three to five times as fast; two steps fall
    /// behind where the penalties are very small.
    fn default() -> Self {
        Self::Gradients(3)
    }
}

/// The weights of everything that is not an observation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub struct Penalties {
    /// `α₀`: the weight of "nothing is known about this pair, so probably nothing". *Range*: 0 or more.
    pub unobserved_weight: f32,
    /// `λ`: how strongly vectors are pulled to zero. *Range*: above 0.
    pub regularization: f32,
    /// `ν`: how much more strongly those with many observations are; 0 for all alike. *Range*: 0 to 2.
    pub frequency_exponent: f32,
}

/// How much less observations count where there are many.
///
/// With `C_i` the weight of all observations of an item and `C_u` that of a listener, an observation of weight `c` counts
/// `c · (C_i / mean C_i)^−item · (C_u / mean C_u)^−listener`.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize))]
pub struct Discounts {
    /// The exponent for items. *Range*: −1 to 1; 0 counts all alike.
    pub item: f32,
    /// The exponent for listeners. *Range*: −1 to 1; 0 counts all alike, 1 gives every listener the same weight in all.
    pub listener: f32,
}

impl Discounts {
    fn check(self) -> Result<(), LearnError> {
        for (name, value) in [("item discount", self.item), ("listener discount", self.listener)] {
            if !(-1.0..=1.0).contains(&value) {
                return Err(LearnError::Parameter {
                    name,
                    value: f64::from(value),
                    expected: "from -1 to 1",
                });
            }
        }
        Ok(())
    }
}

impl Default for Penalties {
    fn default() -> Self {
        // The setting of Rendle and others (2021), arXiv 2110.14037, for MovieLens 20M.
        Self { unobserved_weight: 0.1, regularization: 0.003, frequency_exponent: 1.0 }
    }
}

impl Penalties {
    fn check(&self) -> Result<(), LearnError> {
        check_not_negative("unobserved_weight", f64::from(self.unobserved_weight))?;
        check_positive("regularization", f64::from(self.regularization))?;
        check_not_negative("frequency_exponent", f64::from(self.frequency_exponent))?;
        if self.frequency_exponent > 2.0 {
            let value = f64::from(self.frequency_exponent);
            return Err(LearnError::Parameter { name: "frequency_exponent", value, expected: "at most 2" });
        }
        Ok(())
    }

    /// How strongly the vector of a row with observations of this total weight is pulled to zero.
    fn ridge(&self, weight_sum: f64, other_count: usize) -> f32 {
        let frequency = weight_sum + f64::from(self.unobserved_weight) * other_count as f64;
        let ridge = f64::from(self.regularization) * frequency.powf(f64::from(self.frequency_exponent));
        // Below the floor the inverse would leave the range of 32-bit floats; above the ceiling as well.
        (ridge as f32).clamp(1e-9, 1e12)
    }
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ials {
    /// The listeners' vectors, in the same basis as the items'.
    ///
    /// *Shape*: `[listeners, dim]`; all zeros for a listener without observations.
    pub rows: Factors,
    /// The items' vectors, and what is needed to fold a listener in.
    pub items: ItemModel,
}

#[cfg(test)]
#[cfg(feature = "train")]
mod tests;
