//! Looking for parameters, for as long as there is time.
//!
//! The models are fitted on the older part of the log, and judged by the tracks that listeners turned to after it and had not
//! known before.
//! The search is the climb that `segue eval` uses; what it finds is kept in the manifest of the snapshot, and later
//! trainings start from there.

use std::collections::BTreeMap;
use std::time::Duration;

use learn::eval::tune::{Axis, climb};
use learn::ials::{Discounts, Ials, IalsParams, Penalties};
use learn::knn::{Bm25Params, Keep, fit_supported_item_knn};
use learn::metrics::{Metric, Relevant};
use learn::{Sparse, top_k};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fit::TrackMatrices;
use super::history::History;
use super::{TrainOptions, TrainProgress};
use crate::clock::Clock;
use crate::error::EngineError;

/// Parameters that a search chose, and how good they were.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// The weights of the factor models.
    pub penalties: Penalties,
    /// How much less observations count where there are many.
    pub discounts: Discounts,
    /// How neighbours are reckoned.
    pub neighbours: Bm25Params,
    /// What was measured: `ndcg@20` of each kind of model before and after, and how many points were judged.
    pub figures: BTreeMap<String, f64>,
}

/// What decides.
const METRIC: Metric = Metric::Ndcg(20);
/// Points that are judged of one kind of model, at most, however long there is time.
const BUDGET: usize = 200;
/// Sweeps while points are compared; their order hardly changes after these.
const EPOCHS: usize = 6;
/// Listeners that must have turned to something new for a search to be worth it.
const JUDGED_MIN: usize = 5;

/// Searches for about `time`; none where the log is too small to tell parameters apart.
///
/// A point that was begun is finished, so it may take a fit longer.
pub(super) fn tune(
    (older, everything): (&History, &History),
    (track_count, artist_count): (usize, usize),
    (time, clock): (Duration, &dyn Clock),
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Option<Tuning>, EngineError> {
    let matrices = TrackMatrices::of(older, track_count, artist_count)?;
    let targets = new_likes(&matrices.by_listener, everything, track_count)?;
    let judged_count = (0..targets.row_count()).filter(|&row| targets.row_len(row) > 0).count();
    if judged_count < JUDGED_MIN {
        return Ok(None);
    }
    let begun = clock.now();
    let spent = || clock.now().since(begun).max(0) as f64 / 1000.0;
    let total = time.as_secs_f64();
    let mut search = Search {
        seed: options.seed,
        targets: &targets,
        known: &matrices.by_listener,
        spent: &spent,
        total,
        progress,
    };
    let mut tuning = Tuning::default();
    tuning.figures.insert("listeners judged by".to_owned(), judged_count as f64);

    let best = search.climb("factors", &factor_axes(), total / 2.0, &mut tuning, &mut |values| {
        let (penalties, discounts) = factor_params(values);
        let params = IalsParams {
            dim: options.dim,
            epochs: options.epochs.min(EPOCHS),
            seed: options.seed,
            penalties,
            discounts,
            ..IalsParams::default()
        };
        let model = Ials::fit(&matrices.by_all, &params, &mut |_| {})?;
        Ok(Box::new(move |row: usize, out: &mut [f32]| model.items.scores(model.rows.row(row), out)))
    })?;
    (tuning.penalties, tuning.discounts) = factor_params(&best);

    let best = search.climb("neighbours", &neighbour_axes(), total, &mut tuning, &mut |values| {
        let say = &matrices.guard.listeners;
        let count = super::fit::NEIGHBOUR_COUNT;
        let neighbours =
            fit_supported_item_knn(&matrices.by_listener, &neighbour_params(values), say, count)?;
        let known = &matrices.by_listener;
        Ok(Box::new(move |row: usize, out: &mut [f32]| {
            out.fill(0.0);
            let (items, values) = known.row(row);
            items.iter().zip(values).for_each(|(&item, &value)| neighbours.add_scores(item, value, out));
        }))
    })?;
    tuning.neighbours = neighbour_params(&best);
    Ok(Some(tuning))
}

/// Writes the scores of all tracks for a listener.
type Score<'a> = Box<dyn Fn(usize, &mut [f32]) + Sync + 'a>;
/// Fits a model with these values of the axes.
type Fit<'f, 'a> = dyn FnMut(&[f64]) -> Result<Score<'a>, learn::LearnError> + 'f;

struct Search<'a> {
    targets: &'a Sparse,
    known: &'a Sparse,
    spent: &'a dyn Fn() -> f64,
    total: f64,
    seed: u64,
    progress: &'a mut (dyn FnMut(TrainProgress) + Send),
}

impl Search<'_> {
    /// The best point that is found before `until` seconds are spent; the start is always judged.
    fn climb<'a>(
        &mut self,
        kind: &str,
        axes: &[Axis],
        until: f64,
        tuning: &mut Tuning,
        fit: &mut Fit<'_, 'a>,
    ) -> Result<Vec<f64>, EngineError> {
        let (mut start, mut judged) = (None, 0);
        let best = climb(axes, BUDGET, self.seed, &mut |values| {
            if start.is_some() && (self.spent)() >= until {
                // Worse than everything, so that the climb comes to its end without another fit.
                return Ok(f64::NEG_INFINITY);
            }
            let reached = self.judge(&*fit(values)?)?;
            start.get_or_insert(reached);
            judged += 1;
            let (done, total) = ((self.spent)() as usize, self.total.ceil() as usize);
            (self.progress)(TrainProgress {
                stage: "searching for parameters",
                done: done.min(total),
                total,
            });
            Ok(reached)
        })?;
        let start = start.unwrap_or(best.score);
        for (what, value) in
            [("ndcg@20 before", start), ("ndcg@20 after", best.score), ("points", f64::from(judged))]
        {
            tuning.figures.insert(format!("{kind}: {what}"), value);
        }
        Ok(best.values)
    }

    fn judge(&self, score: &(dyn Fn(usize, &mut [f32]) + Sync)) -> Result<f64, learn::LearnError> {
        let rows: Vec<usize> =
            (0..self.targets.row_count()).filter(|&row| self.targets.row_len(row) > 0).collect();
        let values: Result<Vec<f64>, learn::LearnError> = rows
            .par_iter()
            .map_init(
                || vec![0.0; self.known.column_count()],
                |scores, &row| {
                    score(row, scores);
                    let known = self.known.row(row).0;
                    let relevant = self.targets.row(row).0;
                    let best = top_k(scores, METRIC.depth(relevant.len()), |item| {
                        known.binary_search(&item).is_err()
                    });
                    let list: Vec<u32> = best.into_iter().map(|(item, _)| item).collect();
                    Ok(METRIC.of(&list, Relevant::new(relevant)?).unwrap_or(0.0))
                },
            )
            .collect();
        let values = values?;
        Ok(values.iter().sum::<f64>() / values.len().max(1) as f64)
    }
}

/// What listeners like in all and did not know in the older part.
fn new_likes(known: &Sparse, everything: &History, track_count: usize) -> Result<Sparse, EngineError> {
    let is_new = |&&(listener, track, value): &&(u32, u32, f32)| {
        value > 0.0 && known.row(listener as usize).0.binary_search(&track).is_err()
    };
    let entries = everything.track_likes.iter().filter(is_new).copied();
    Ok(Sparse::from_triplets(everything.listener_count, track_count, entries)?)
}

/// What may vary in the factor models, from what is used without a search.
fn factor_axes() -> Vec<Axis> {
    let start = IalsParams::default();
    let axis = |name, values: &[f64], start: f32| Axis::new(name, values, f64::from(start));
    vec![
        axis(
            "unobserved_weight",
            &[0.003, 0.006, 0.012, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8],
            start.penalties.unobserved_weight,
        ),
        axis(
            "regularization",
            &[0.001, 0.002, 0.003, 0.005, 0.008, 0.012, 0.02, 0.035, 0.06],
            start.penalties.regularization,
        ),
        axis("listener_discount", &[0.0, 0.15, 0.3, 0.45, 0.6, 0.75], start.discounts.listener),
        axis("item_discount", &[-0.1, 0.0, 0.1, 0.2, 0.3, 0.4], start.discounts.item),
    ]
}

fn factor_params(values: &[f64]) -> (Penalties, Discounts) {
    let penalties = Penalties {
        unobserved_weight: values[0] as f32,
        regularization: values[1] as f32,
        ..Penalties::default()
    };
    (penalties, Discounts { listener: values[2] as f32, item: values[3] as f32 })
}

/// What may vary in the neighbour models.
fn neighbour_axes() -> Vec<Axis> {
    vec![
        Axis::new("history_exponent", &[0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.5),
        Axis::new("candidate_exponent", &[0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 0.5),
        Axis::new("shrink", &[0.0, 1.0, 3.0, 10.0, 20.0, 50.0, 150.0], 20.0),
        Axis::new("k1", &[0.0, 1.2, 10.0, 100.0], 1.2),
        Axis::new("b", &[0.0, 0.5, 0.75, 1.0], 0.75),
    ]
}

fn neighbour_params(values: &[f64]) -> Bm25Params {
    Bm25Params {
        history_exponent: values[0] as f32,
        candidate_exponent: values[1] as f32,
        shrink: values[2] as f32,
        k1: values[3] as f32,
        b: values[4] as f32,
        // "Similar tracks" are shown, so the lists are those of the track itself.
        keep: Keep::ForHistory,
    }
}
