//! The families of models that take part, and the parameters that are tried for each.

use serde_json::{Value, json};

use super::judge::Scorer;
use super::models::{EaseScorer, ItemKnn, Popularity};
use crate::ease::{self, Ease, EaseParams};
use crate::error::LearnError;
use crate::eval::tune::Axis;
use crate::ials::{Discounts, Ials, IalsParams, Penalties};
use crate::knn::{Bm25Params, Keep, fit_item_knn};
use crate::sparse::Sparse;

/// A family of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Popularity,
    ItemKnn,
    Ease,
    /// iALS with so few dimensions that it generalises where the wide one remembers; worth having in a blend.
    IalsNarrow,
    Ials,
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
    pub(super) const ALL: [Self; 5] =
        [Self::Popularity, Self::ItemKnn, Self::Ease, Self::IalsNarrow, Self::Ials];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::ItemKnn => "item_knn",
            Self::Ease => "ease",
            Self::IalsNarrow => "ials_narrow",
            Self::Ials => "ials",
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
            Self::Ease => vec![
                Axis::new("strength", &[0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.3], 0.45),
                Axis::new("listener_exponent", &[0.0, 0.15, 0.3, 0.5], 0.3),
                Axis::new("item_exponent", &[0.0, 0.1, 0.2, 0.3, 0.4], 0.2),
            ],
            Self::IalsNarrow => ials_axes(&[16.0, 24.0, 32.0, 48.0], 32.0),
            Self::Ials => ials_axes(&[128.0, 192.0, 256.0], 128.0),
        }
    }

    /// The axes whose best place is looked for by rehearsal; the others only matter in full.
    pub(super) fn rehearsed(self) -> Option<usize> {
        (self == Self::Ials).then_some(4)
    }

    /// How many points are judged at most, in rehearsal (or where there is none, in full) and then in full.
    pub(super) fn budgets(self) -> (usize, usize) {
        match self {
            Self::Popularity => (1, 1),
            Self::ItemKnn => (26, 1),
            Self::Ease => (16, 1),
            Self::IalsNarrow => (18, 1),
            Self::Ials => (30, 4),
        }
    }

    /// The model with these values of the axes.
    pub(super) fn fit<'a>(
        self,
        values: &[f64],
        matrix: &'a Sparse,
        effort: Effort,
        seed: u64,
    ) -> Result<Box<dyn Scorer + 'a>, LearnError> {
        Ok(match self {
            Self::Popularity => Box::new(Popularity::fit(matrix)),
            Self::ItemKnn => {
                let (params, k) = knn_params(values);
                Box::new(ItemKnn { neighbours: fit_item_knn(matrix, &params, k)?, history: matrix })
            }
            Self::Ease => {
                let model = Ease::fit(matrix, &ease_params(values, matrix)?)?;
                Box::new(EaseScorer { model, history: matrix })
            }
            Self::IalsNarrow | Self::Ials => {
                Box::new(Ials::fit(matrix, &ials_params(values, effort, matrix, seed), &mut |_| {})?)
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
            Self::Ease => serde_json::to_value(ease_params(values, matrix)?),
            Self::IalsNarrow | Self::Ials => {
                serde_json::to_value(ials_params(values, Effort::Full, matrix, seed))
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

fn ease_params(values: &[f64], matrix: &Sparse) -> Result<EaseParams, LearnError> {
    let params = EaseParams {
        regularization: 1.0,
        listener_exponent: values[1] as f32,
        item_exponent: values[2] as f32,
    };
    Ok(EaseParams { regularization: values[0] as f32 * ease::energy_scale(matrix, &params)?, ..params })
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
