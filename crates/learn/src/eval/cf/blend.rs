//! A weighted sum of several models' scores, made comparable listener by listener.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::judge::{Scorer, listeners_at_once, mean};
use crate::error::LearnError;
use crate::eval::tune::{Axis, Best, climb};
use crate::metrics::{Metric, Relevant};
use crate::sparse::Sparse;
use crate::top_k::top_k;

/// Steps from no weight to the full one.
const STEPS: usize = 10;
/// Random mixtures that the climb may start from.
const MIXTURES: usize = 80;
/// The starts, best first, that are climbed from.
const CLIMBS: usize = 3;
/// Points that are judged on a climb, at most.
const BUDGET: usize = 60;

/// Several models and how much each counts.
pub(super) struct Blend<'a> {
    pub(super) parts: Vec<(&'a dyn Scorer, f32)>,
    /// What listeners are known to have turned to; left out when scores are made comparable.
    pub(super) history: &'a Sparse,
}

impl Scorer for Blend<'_> {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        let item_count = self.history.column_count();
        let mut scores = vec![0.0; out.len()];
        out.fill(0.0);
        for &(scorer, weight) in &self.parts {
            scorer.score(listeners.clone(), &mut scores);
            for (place, row) in listeners.clone().enumerate() {
                let block = place * item_count..(place + 1) * item_count;
                standardize(&mut scores[block.clone()], self.history.row(row).0);
                crate::kernel::add_scaled(weight, &scores[block.clone()], &mut out[block]);
            }
        }
    }
}

/// Brings one listener's scores to mean 0 and variance 1 over the items that are new to the listener.
pub(super) fn standardize(scores: &mut [f32], known: &[u32]) {
    let count = scores.len().saturating_sub(known.len()).max(1) as f64;
    let known_scores = || known.iter().map(|&item| f64::from(scores[item as usize]));
    let sum = scores.iter().map(|&score| f64::from(score)).sum::<f64>() - known_scores().sum::<f64>();
    let center = sum / count;
    let square = |score: f64| (score - center) * (score - center);
    let squares = scores.iter().map(|&score| square(f64::from(score))).sum::<f64>()
        - known_scores().map(square).sum::<f64>();
    let deviation = (squares.max(0.0) / count).sqrt();
    let scale = if deviation > 0.0 { deviation.recip() } else { 0.0 };
    for score in scores {
        *score = ((f64::from(*score) - center) * scale) as f32;
    }
}

/// The weights with which a blend does best on these candidates; the names are those of the models.
///
/// The climb starts from the best of the models alone and of random mixtures: two models that are better together are
/// often worse at the first small step from either.
pub(super) fn choose_weights(
    candidates: &[Candidates],
    names: &[&'static str],
    metric: Metric,
    seed: u64,
) -> Result<Best, LearnError> {
    let judge = |weights: &[f64]| {
        let scores: Result<Vec<Option<f64>>, LearnError> = candidates
            .par_iter()
            .map(|candidates| {
                let list = candidates.list(weights, metric.depth(candidates.relevant.len()));
                Ok(metric.of(&list, Relevant::new(&candidates.relevant)?))
            })
            .collect();
        Ok(mean(&scores?.into_iter().flatten().collect::<Vec<_>>()))
    };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let alone = (0..names.len())
        .map(|part| (0..names.len()).map(|other| usize::from(other == part) * STEPS).collect());
    let mixtures = (0..MIXTURES).map(|_| mixture(names.len(), &mut random));
    let starts: Vec<Vec<usize>> = alone.chain(mixtures.collect::<Vec<_>>()).collect();
    let weight = |place: &usize| *place as f64 / STEPS as f64;
    let mut judged = Vec::with_capacity(starts.len());
    for start in &starts {
        judged.push((judge(&start.iter().map(weight).collect::<Vec<_>>())?, start));
    }
    // Stable, so that of equal starts the earlier is taken.
    judged.sort_by(|a, b| b.0.total_cmp(&a.0));
    let values: Vec<f64> = (0..=STEPS).map(|place| weight(&place)).collect();
    let mut best: Option<Best> = None;
    for (_, start) in judged.into_iter().take(CLIMBS) {
        let axis = |(&name, &start): (&&'static str, &usize)| Axis { name, values: values.clone(), start };
        let axes: Vec<Axis> = names.iter().zip(start).map(axis).collect();
        let found = climb(&axes, BUDGET, seed, &mut |weights| judge(weights))?;
        if best.as_ref().is_none_or(|best| found.score > best.score) {
            best = Some(found);
        }
    }
    best.ok_or(LearnError::Empty { what: "the models of a blend" })
}

/// Random weights, the largest of them whole; each part is left out half of the time.
fn mixture(part_count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut draw = || if random.random::<bool>() { random.random::<f64>() } else { 0.0 };
    let drawn: Vec<f64> = (0..part_count).map(|_| draw()).collect();
    let largest = drawn.iter().copied().fold(0.0, f64::max);
    let scale = if largest > 0.0 { STEPS as f64 / largest } else { 0.0 };
    drawn.iter().map(|weight| (weight * scale).round() as usize).collect()
}

/// One listener's candidates and what each model says about them.
pub(super) struct Candidates {
    pub(super) row: usize,
    /// Ascending.
    pub(super) items: Vec<u32>,
    /// Standardised. *Shape*: `[items, models]`.
    pub(super) scores: Vec<f32>,
    /// What should be found, ascending; empty where that is not known.
    pub(super) relevant: Vec<u32>,
}

impl Candidates {
    fn list(&self, weights: &[f64], depth: usize) -> Vec<u32> {
        let sum =
            |scores: &[f32]| scores.iter().zip(weights).map(|(score, &weight)| score * weight as f32).sum();
        let sums: Vec<f32> = self.scores.chunks_exact(weights.len()).map(sum).collect();
        // Items stand in ascending order, so ties are broken as in a full ranking.
        top_k(&sums, depth, |_| true).into_iter().map(|(place, _)| self.items[place as usize]).collect()
    }
}

/// The `count` best items of each model for evenly spread listeners with targets, `listeners_max` of them at most.
pub(super) fn gather(
    scorers: &[&dyn Scorer],
    history: &Sparse,
    targets: &Sparse,
    count: usize,
    listeners_max: usize,
) -> Vec<Candidates> {
    let judged: Vec<usize> = (0..targets.row_count()).filter(|&row| targets.row_len(row) > 0).collect();
    let step = judged.len().div_ceil(listeners_max).max(1);
    let judged: Vec<usize> = judged.into_iter().step_by(step).collect();
    let item_count = history.column_count();
    // Neighbouring listeners share a pass over the factors.
    let runs: Vec<&[usize]> = judged
        .chunk_by(|a, b| b - a == 1)
        .flat_map(|run| run.chunks(listeners_at_once(item_count)))
        .collect();
    let gathered = runs.into_par_iter().map_init(
        || vec![Vec::new(); scorers.len()],
        |buffers: &mut Vec<Vec<f32>>, run| {
            for (scorer, buffer) in scorers.iter().zip(&mut *buffers) {
                buffer.resize(run.len() * item_count, 0.0);
                scorer.score(run[0]..run[0] + run.len(), buffer);
            }
            run.iter()
                .enumerate()
                .map(|(place, &row)| {
                    let found = candidates(buffers, place, row, history, count);
                    Candidates { relevant: targets.row(row).0.to_vec(), ..found }
                })
                .collect::<Vec<_>>()
        },
    );
    gathered.flatten_iter().collect()
}

/// The `count` best new items of each model for the listener of `row`, whose scores stand at `place` of the buffers and are
/// standardised there.
///
/// *Shape*: `buffers` has one `[listeners, items]` for each model.
pub(super) fn candidates(
    buffers: &mut [Vec<f32>],
    place: usize,
    row: usize,
    history: &Sparse,
    count: usize,
) -> Candidates {
    let item_count = history.column_count();
    let block = place * item_count..(place + 1) * item_count;
    let known = history.row(row).0;
    let mut items = Vec::new();
    for buffer in &mut *buffers {
        standardize(&mut buffer[block.clone()], known);
        let best = top_k(&buffer[block.clone()], count, |item| known.binary_search(&item).is_err());
        items.extend(best.into_iter().map(|(item, _)| item));
    }
    items.sort_unstable();
    items.dedup();
    let said = |&item: &u32| {
        let index = block.start + item as usize;
        buffers.iter().map(move |buffer| buffer[index])
    };
    let scores = items.iter().flat_map(said).collect();
    Candidates { row, items, scores, relevant: Vec::new() }
}
