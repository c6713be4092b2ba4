//! The families of models that take part, and the parameters that are tried for each.

use serde_json::{Value, json};

use super::judge::Scorer;
use super::models::{EaseScorer, ItemKnn, Popularity, UserKnnScorer};
use super::split::Material;
use crate::ease::{self, Ease, EaseParams, SparseEaseParams};
use crate::error::LearnError;
use crate::eval::tune::Axis;
use crate::ials::{Discounts, Ials, IalsParams, ItemFeatures, Penalties};
use crate::knn::{Bm25Params, Keep, fit_item_knn};
use crate::rp3beta::{Rp3BetaParams, fit_rp3beta};
use crate::sparse::Sparse;
use crate::user_knn::{UserKnn, UserKnnParams};

/// A family of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Popularity,
    ItemKnn,
    Rp3Beta,
    UserKnn,
    Ease,
    /// EASE in blocks, where both sides are too large for the dense one.
    SparseEase,
    /// iALS with so few dimensions that it generalises where the wide one remembers; worth having in a blend.
    IalsNarrow,
    Ials,
    /// iALS that knows what is said about items; takes part where something is said.
    IalsFeatures,
}

/// How much a fit may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Enough to compare parameters.
    Rehearsal,
    /// The real thing.
    Full,
}

/// What the axis `lists` of [`Family::ItemKnn`] counts through.
const KNN_LISTS: [Keep; 2] = [Keep::ForHistory, Keep::ForCandidate];
/// Sweeps of the real fit.
const EPOCHS: usize = 12;
/// Sweeps while parameters of iALS are compared.
const REHEARSAL_EPOCHS: usize = 8;
/// Dimensions while parameters of iALS are compared: the order of parameters shifts only a little with them, and
/// on small data, where that matters most, there is time for more.
const fn rehearsal_dim(entry_count: usize) -> usize {
    if entry_count > 200_000 { 64 } else { 128 }
}

impl Family {
    pub(super) const ALL: [Self; 9] = [
        Self::Popularity,
        Self::ItemKnn,
        Self::Rp3Beta,
        Self::UserKnn,
        Self::Ease,
        Self::SparseEase,
        Self::IalsNarrow,
        Self::Ials,
        Self::IalsFeatures,
    ];

    /// Those of these names, all where there are none.
    pub(super) fn named(names: Option<&[String]>) -> Result<Vec<Self>, LearnError> {
        let Some(names) = names else { return Ok(Self::ALL.to_vec()) };
        let known = |name: &String| Self::ALL.iter().any(|family| family.name() == name);
        if let Some(name) = names.iter().find(|name| !known(name)) {
            let known = Self::ALL.map(Self::name).join(", ");
            return Err(LearnError::UnknownModel { name: name.clone(), known });
        }
        Ok(Self::ALL.into_iter().filter(|family| names.iter().any(|name| name == family.name())).collect())
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::ItemKnn => "item_knn",
            Self::Rp3Beta => "rp3beta",
            Self::UserKnn => "user_knn",
            Self::Ease => "ease",
            Self::SparseEase => "sparse_ease",
            Self::IalsNarrow => "ials_narrow",
            Self::Ials => "ials",
            Self::IalsFeatures => "ials_features",
        }
    }

    /// What may vary. The starts lie between the best points of the two published sets it was tried on.
    pub(super) fn axes(self) -> Vec<Axis> {
        match self {
            Self::Popularity => Vec::new(),
            Self::ItemKnn => vec![
                Axis::new("history_exponent", &[0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.7),
                Axis::new("candidate_exponent", &[0.2, 0.3, 0.4, 0.5, 0.6], 0.5),
                Axis::new("shrink", &[0.0, 1.0, 3.0, 10.0, 30.0, 100.0], 10.0),
                Axis::new("lists", &[0.0, 1.0], 1.0),
                Axis::new("k1", &[0.0, 1.2, 10.0, 100.0], 1.2),
                Axis::new("b", &[0.75, 1.0], 0.75),
                Axis::new("k", &[50.0, 100.0, 200.0, 400.0, 800.0], 400.0),
            ],
            Self::Rp3Beta => vec![
                Axis::new("alpha", &[0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], 0.8),
                Axis::new("beta", &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 0.3),
                Axis::new("neighbour_count", &[100.0, 200.0, 400.0, 800.0], 800.0),
            ],
            Self::UserKnn => vec![
                Axis::new("item_exponent", &[0.0, 0.15, 0.25, 0.35, 0.5], 0.35),
                Axis::new("power", &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0], 2.0),
            ],
            Self::Ease => vec![
                Axis::new("strength", &[0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3], 0.45),
                Axis::new("listener_exponent", &[0.0, 0.15, 0.3, 0.5], 0.3),
                Axis::new("item_exponent", &[0.0, 0.1, 0.2, 0.3, 0.4], 0.2),
                Axis::new("dropout", &[0.0, 0.1, 0.2, 0.33, 0.5], 0.0),
            ],
            Self::SparseEase => vec![
                Axis::new("strength", &[0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3], 0.7),
                Axis::new("listener_exponent", &[0.0, 0.15, 0.3, 0.5], 0.3),
                Axis::new("item_exponent", &[0.0, 0.1, 0.2, 0.3, 0.4], 0.2),
            ],
            Self::IalsNarrow => ials_axes(&[16.0, 24.0, 32.0, 48.0], 32.0),
            Self::Ials => ials_axes(&[128.0, 192.0, 256.0], 128.0),
            Self::IalsFeatures => {
                let mut axes = ials_axes(&[128.0, 192.0, 256.0], 128.0);
                axes.insert(
                    4,
                    Axis::new("feature_weight", &[0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.2, 3.3, 5.0], 1.0),
                );
                axes
            }
        }
    }

    /// Whether the family can be fitted to this.
    pub(super) fn takes_part(self, material: &Material) -> bool {
        let smaller = material.matrix.row_count().min(material.matrix.column_count());
        match self {
            Self::IalsFeatures => material.features.is_some(),
            Self::SparseEase => smaller > ease::LIMIT,
            _ => true,
        }
    }

    /// The axes whose best place is looked for by rehearsal; the others only matter in full.
    pub(super) fn rehearsed(self) -> Option<usize> {
        match self {
            Self::Ials => Some(4),
            Self::IalsFeatures => Some(5),
            _ => None,
        }
    }

    /// How many points are judged at most, in rehearsal (or where there is none, in full) and then in full.
    pub(super) fn budgets(self) -> (usize, usize) {
        match self {
            Self::Popularity => (1, 1),
            Self::ItemKnn => (26, 1),
            Self::Rp3Beta => (16, 1),
            Self::UserKnn => (12, 1),
            Self::Ease => (20, 1),
            Self::SparseEase => (10, 1),
            Self::IalsNarrow => (18, 1),
            Self::Ials | Self::IalsFeatures => (30, 4),
        }
    }

    /// The model with these values of the axes.
    pub(super) fn fit<'a>(
        self,
        values: &[f64],
        material: &'a Material,
        effort: Effort,
        seed: u64,
    ) -> Result<Box<dyn Scorer + 'a>, LearnError> {
        let matrix = &material.matrix;
        Ok(match self {
            Self::Popularity => Box::new(Popularity::fit(matrix)),
            Self::ItemKnn => {
                let (params, k) = knn_params(values);
                Box::new(ItemKnn { neighbours: fit_item_knn(matrix, &params, k)?, history: matrix })
            }
            Self::Rp3Beta => Box::new(ItemKnn {
                neighbours: fit_rp3beta(matrix, &rp3beta_params(values))?,
                history: matrix,
            }),
            Self::UserKnn => {
                let model = UserKnn::fit(matrix, &user_knn_params(values))?;
                Box::new(UserKnnScorer { model, history: matrix })
            }
            Self::Ease => {
                let model = Ease::fit(matrix, &ease_params(values, matrix)?)?;
                Box::new(EaseScorer { model, history: matrix })
            }
            Self::SparseEase => Box::new(ItemKnn {
                neighbours: ease::fit_sparse_ease(matrix, &sparse_ease_params(values, matrix)?)?,
                history: matrix,
            }),
            Self::IalsNarrow | Self::Ials => {
                Box::new(Ials::fit(matrix, &ials_params(values, effort, matrix, seed), &mut |_| {})?)
            }
            Self::IalsFeatures => {
                let features =
                    material.features.as_ref().ok_or(LearnError::Empty { what: "the features" })?;
                let features = ItemFeatures { values: features, weight: values[4] as f32 };
                let params = ials_params(&without_feature_weight(values), effort, matrix, seed);
                Box::new(Ials::fit_with_features(matrix, features, &params, &mut |_| {})?.model)
            }
        })
    }

    /// The parameters as they are reported.
    pub(super) fn params(self, values: &[f64], matrix: &Sparse, seed: u64) -> Result<Value, LearnError> {
        let value = match self {
            Self::Popularity => Ok(json!({})),
            Self::ItemKnn => {
                let (params, k) = knn_params(values);
                serde_json::to_value(params).map(|mut value| {
                    value["k"] = json!(k);
                    value
                })
            }
            Self::Rp3Beta => serde_json::to_value(rp3beta_params(values)),
            Self::UserKnn => serde_json::to_value(user_knn_params(values)),
            Self::Ease => serde_json::to_value(ease_params(values, matrix)?),
            Self::SparseEase => serde_json::to_value(sparse_ease_params(values, matrix)?),
            Self::IalsNarrow | Self::Ials => {
                serde_json::to_value(ials_params(values, Effort::Full, matrix, seed))
            }
            Self::IalsFeatures => {
                let params = ials_params(&without_feature_weight(values), Effort::Full, matrix, seed);
                serde_json::to_value(params).map(|mut value| {
                    value["feature_weight"] = json!(values[4]);
                    value
                })
            }
        };
        Ok(value.expect("parameters are plain numbers and names, which always have a JSON form"))
    }
}

/// The axes of iALS; the last is the number of dimensions.
fn ials_axes(dims: &[f64], dim: f64) -> Vec<Axis> {
    let unobserved = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0];
    let regularization = [0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.01, 0.012, 0.016, 0.024, 0.034, 0.05];
    vec![
        Axis::new("unobserved_weight", &unobserved, 0.2),
        Axis::new("regularization", &regularization, 0.008),
        Axis::new("listener_discount", &[0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9], 0.3),
        Axis::new("item_discount", &[-0.1, 0.0, 0.1, 0.2, 0.3, 0.4], 0.1),
        Axis::new("dim", dims, dim),
    ]
}

/// The values of [`Family::IalsFeatures`] as those of [`Family::Ials`]; in rehearsal there is no number of dimensions.
fn without_feature_weight(values: &[f64]) -> Vec<f64> {
    let (plain, rest) = (&values[..4], &values[5..]);
    plain.iter().chain(rest).copied().collect()
}

fn knn_params(values: &[f64]) -> (Bm25Params, usize) {
    let params = Bm25Params {
        history_exponent: values[0] as f32,
        candidate_exponent: values[1] as f32,
        shrink: values[2] as f32,
        keep: KNN_LISTS[values[3] as usize],
        k1: values[4] as f32,
        b: values[5] as f32,
    };
    (params, values[6] as usize)
}

fn rp3beta_params(values: &[f64]) -> Rp3BetaParams {
    Rp3BetaParams { alpha: values[0] as f32, beta: values[1] as f32, neighbour_count: values[2] as usize }
}

fn user_knn_params(values: &[f64]) -> UserKnnParams {
    UserKnnParams { item_exponent: values[0] as f32, power: values[1] as f32 }
}

fn ease_params(values: &[f64], matrix: &Sparse) -> Result<EaseParams, LearnError> {
    let params = EaseParams {
        regularization: 1.0,
        listener_exponent: values[1] as f32,
        item_exponent: values[2] as f32,
        dropout: values[3] as f32,
    };
    Ok(EaseParams { regularization: values[0] as f32 * ease::energy_scale(matrix, &params)?, ..params })
}

fn sparse_ease_params(values: &[f64], matrix: &Sparse) -> Result<SparseEaseParams, LearnError> {
    let without_dropout = [values[0], values[1], values[2], 0.0];
    Ok(SparseEaseParams { ease: ease_params(&without_dropout, matrix)?, ..SparseEaseParams::default() })
}

fn ials_params(values: &[f64], effort: Effort, matrix: &Sparse, seed: u64) -> IalsParams {
    let (dim, epochs) = match effort {
        Effort::Rehearsal => (rehearsal_dim(matrix.entry_count()), REHEARSAL_EPOCHS),
        Effort::Full => (values[4] as usize, EPOCHS),
    };
    IalsParams {
        dim,
        penalties: Penalties {
            unobserved_weight: values[0] as f32,
            regularization: values[1] as f32,
            frequency_exponent: 1.0,
        },
        discounts: Discounts { listener: values[2] as f32, item: values[3] as f32 },
        epochs,
        seed,
        ..IalsParams::default()
    }
}
