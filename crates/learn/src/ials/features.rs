//! Vectors that know what is said about items, and vectors of items that nobody has turned to.
//!
//! A feature (a tag, an artist, a year) takes part in the fit as a further listener who "turned to" the items that have it,
//! so that items with features in common are pulled together by the same solves that explain the listeners; the pull
//! fades on its own as plays become many.
//! The vector of a new item is then the minimum of the same objective with its features as the only observations.
//!
//! *Sources*: Singh, Gordon (2008), "Relational Learning via Collective Matrix Factorization" (one factor shared by two
//! matrices); Saveski, Mantrach (2014), "Item Cold-Start Recommendations: Learning Local Collective Embeddings" (folding
//! a new item in by its content).

use super::basis::Basis;
use super::row_solver::{Fixed, RowSolver};
use super::{Ials, IalsParams, Penalties};
use crate::error::{LearnError, check_length, check_positive};
use crate::factors::Factors;
use crate::progress::Progress;
use crate::sparse::Sparse;

/// What is known about items besides who turned to them.
#[derive(Clone, Copy, Debug)]
pub struct ItemFeatures<'a> {
    /// How much an item has of each feature. *Shape*: `[items, features]`, entries 0 or more.
    pub values: &'a Sparse,
    /// What values are multiplied by, where a play counts 1. *Range*: above 0.
    pub weight: f32,
}

/// A fitted model that also takes in items by their features.
#[derive(Clone, Debug)]
pub struct FeatureAware {
    /// Listeners and items.
    pub model: Ials,
    /// The features' vectors in the basis in which their Gram matrix is diagonal.
    features: Factors,
    unobserved: Vec<f32>,
    basis: Basis,
    penalties: Penalties,
    weight: f32,
}

impl Ials {
    /// Fits the model to confidences and to what is known about the items.
    ///
    /// *Shape*: `confidences` is `[listeners, items]`.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and when the features are not those of the items, or their weight is out of its range.
    pub fn fit_with_features(
        confidences: &Sparse,
        features: ItemFeatures<'_>,
        params: &IalsParams,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<FeatureAware, LearnError> {
        check_positive("weight of features", f64::from(features.weight))?;
        check_length("items with features", confidences.column_count(), features.values.row_count())?;
        let by_feature = features.values.map(|_, _, value| value.max(0.0) * features.weight)?.transpose();
        let mut fitted = Self::fit(&below(confidences, &by_feature)?, params, progress)?;
        let listeners = confidences.row_count() * params.dim;
        let mut rows = fitted.rows.into_values();
        let mut features_rows = Factors::new(params.dim, rows.split_off(listeners))?;
        fitted.rows = Factors::new(params.dim, rows)?;
        let basis = Basis::of(&features_rows)?;
        basis.rotate(&mut features_rows);
        let weight = params.penalties.unobserved_weight;
        Ok(FeatureAware {
            model: fitted,
            features: features_rows,
            unobserved: basis.energies().iter().map(|energy| energy * weight).collect(),
            basis,
            penalties: params.penalties,
            weight: features.weight,
        })
    }
}

impl FeatureAware {
    /// The vector of an item that has these features and that nobody has turned to, in the basis of the model's listeners.
    ///
    /// Features that the model has not seen, and values that are not positive, are left out; without any the vector is
    /// all zeros.
    ///
    /// *Complexity*: as [`ItemModel::fold_in`](super::ItemModel::fold_in), plus `dim²`.
    pub fn new_item(&self, features: &[u32], values: &[f32]) -> Vec<f32> {
        let mut solver = RowSolver::default();
        for (&feature, &value) in features.iter().zip(values) {
            if (feature as usize) < self.features.row_count() {
                solver.observe(feature, value * self.weight, 1.0);
            }
        }
        let ridge = self.penalties.ridge(solver.weight_sum(), self.features.row_count());
        let mut vector = vec![0.0; self.features.dim()];
        solver.solve(Fixed { factors: &self.features, unobserved: &self.unobserved }, ridge, &mut vector);
        self.basis.turn_back(&vector)
    }
}

/// One matrix below another.
fn below(above: &Sparse, below: &Sparse) -> Result<Sparse, LearnError> {
    let offset = above.entry_count();
    let starts = above.row_starts().iter().copied();
    let further = below.row_starts().iter().skip(1).map(|start| start + offset);
    Sparse::from_parts(
        above.column_count(),
        starts.chain(further).collect(),
        above.columns().iter().chain(below.columns()).copied().collect(),
        above.values().iter().chain(below.values()).copied().collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dot;

    /// Two camps of listeners and items; items 18 and 19 are played by nobody. Feature 0 is that of even items.
    fn camps() -> (Sparse, Sparse) {
        let pairs = (0..30_u32).flat_map(|u| (0..18_u32).map(move |i| (u, i)));
        let played = pairs.filter(|&(u, i)| u % 2 == i % 2 && (u * 7 + i * 5) % 4 != 0);
        let plays = Sparse::from_triplets(30, 20, played.map(|(u, i)| (u, i, 1.0))).unwrap();
        let features = Sparse::from_triplets(20, 3, (0..20).map(|item| (item, item % 2, 1.0))).unwrap();
        (plays, features)
    }

    fn params() -> IalsParams {
        IalsParams { dim: 4, ..IalsParams::default() }
    }

    #[test]
    fn items_that_nobody_played_stand_with_their_kind() {
        let (plays, features) = camps();
        let features = ItemFeatures { values: &features, weight: 1.0 };
        let fitted = Ials::fit_with_features(&plays, features, &params(), &mut |_| {}).unwrap();
        assert_eq!(fitted.model.rows.row_count(), 30);
        let new_even = fitted.new_item(&[0, 77], &[1.0, 1.0]);
        for listener in 0..30 {
            let own = fitted.model.rows.row(listener);
            let score = |item| dot(own, fitted.model.items.factors().row(item));
            let (even, odd) = (score(18), score(19));
            assert_eq!(even > odd, listener % 2 == 0, "{listener}: {even} {odd}");
            let likes_new = dot(own, &new_even);
            assert_eq!(likes_new > 0.2, listener % 2 == 0, "{listener}: {likes_new}");
        }
        assert_eq!(fitted.new_item(&[], &[]), [0.0; 4]);
        assert_eq!(fitted.new_item(&[9], &[1.0]), [0.0; 4]);
        assert_eq!(fitted.new_item(&[0], &[f32::NAN]), [0.0; 4]);
    }

    #[test]
    fn features_of_other_items_are_refused() {
        let (plays, _) = camps();
        let others = Sparse::from_triplets(7, 2, [(0, 0, 1.0)]).unwrap();
        let fit = |values, weight| {
            Ials::fit_with_features(&plays, ItemFeatures { values, weight }, &params(), &mut |_| {})
        };
        assert!(matches!(fit(&others, 1.0), Err(LearnError::Shape { .. })));
        let (_, features) = camps();
        assert!(matches!(fit(&features, 0.0), Err(LearnError::Parameter { .. })));
    }
}
