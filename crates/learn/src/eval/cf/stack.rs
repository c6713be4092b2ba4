//! What all models say of items that they had not seen, and a ranker that learns from it.
//!
//! The listener's train items are cut into folds; the models are fitted to all folds but one, with the parameters that were
//! chosen, and say what they think of the one that was left out.
//! So every train item teaches once, ten times as many as the validation part has, and the validation part only decides
//! how many trees are enough, and how much a plain weighted sum counts beside them.
//!
//! *Source*: Wolpert (1992), "Stacked Generalization"; the ranker is that of [`crate::boost`].

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::blend::{Candidates, candidates, gather, standardize};
use super::family::{Effort, Family};
use super::judge::Scorer;
use super::split::Material;
use crate::boost::{BoostParams, RankingModel};
use crate::error::LearnError;
use crate::eval::HoldOut;
use crate::eval::two_stage::{Query, Voters, fit_voters};
use crate::metrics::{Metric, Relevant};
use crate::sparse::Sparse;
use crate::top_k::top_k;

/// The best items of each model that the ranker sees.
const CANDIDATES: usize = 40;
/// Parts into which train items are cut.
const FOLDS: u32 = 4;
/// Listeners that the ranker learns from, over all folds.
const QUERIES_MAX: usize = 12_000;
/// Rankers that vote.
const VOTERS: u64 = 2;
/// Places that the ranker is judged by while it learns.
const TRUNCATION: usize = 30;
/// Features besides two for each model.
const OTHER_FEATURES: usize = 6;
/// What an item that no model proposed is scored with.
const UNKNOWN: f32 = -1e9;

/// A family and the parameters that were chosen for it.
pub(super) type Member<'a> = (Family, &'a [f64]);

/// What the models say of items that they had not seen.
pub(super) struct OutOfFold {
    pub(super) candidates: Vec<Candidates>,
    /// One for each of the candidates. *Shape*: `[items, width]`.
    features: Vec<Vec<f32>>,
}

impl OutOfFold {
    /// Fits the members to all but one fold, asks them about that one, and so on.
    pub(super) fn gather(
        members: &[Member<'_>],
        material: &Material,
        hold_out: HoldOut,
        seed: u64,
    ) -> Result<Self, LearnError> {
        let mut all = Self { candidates: Vec::new(), features: Vec::new() };
        for fold in 0..FOLDS {
            let (kept, left_out) = cut(&material.matrix, hold_out, fold, seed)?;
            let kept = Material { matrix: kept, features: material.features.clone() };
            let fitted = members
                .iter()
                .map(|&(family, values)| family.fit(values, &kept, Effort::Full, seed))
                .collect::<Result<Vec<_>, _>>()?;
            let parts: Vec<&dyn Scorer> = fitted.iter().map(|scorer| &**scorer).collect();
            all.add(&parts, &kept.matrix, &left_out, QUERIES_MAX / FOLDS as usize);
        }
        Ok(all)
    }

    /// What models say of targets that they had not seen either.
    pub(super) fn of(scorers: &[&dyn Scorer], history: &Sparse, targets: &Sparse) -> Self {
        let mut all = Self { candidates: Vec::new(), features: Vec::new() };
        all.add(scorers, history, targets, QUERIES_MAX);
        all
    }

    fn add(&mut self, parts: &[&dyn Scorer], history: &Sparse, targets: &Sparse, count_max: usize) {
        let about = About::new(history);
        let found = gather(parts, history, targets, CANDIDATES, count_max);
        self.features.extend(found.iter().map(|found| about.features(found)));
        self.candidates.extend(found);
    }

    fn queries(&self) -> impl Iterator<Item = Query> {
        self.candidates.iter().zip(&self.features).map(|(found, features)| Query {
            items: found.items.clone(),
            features: features.clone(),
            relevant: found.relevant.clone(),
        })
    }
}

/// The ranker, and how much the weighted sum of the models counts beside it.
pub(super) struct Stack {
    voters: Voters,
    weights: Vec<f64>,
    sum_weight: f32,
    width: usize,
}

impl Stack {
    /// Learns from `learnt`; none where the models find nothing in it.
    ///
    /// `weights` are those of the models in the sum.
    pub(super) fn fit(
        learnt: &OutOfFold,
        valid: &OutOfFold,
        weights: &[f64],
        metric: Metric,
        seed: u64,
    ) -> Result<Option<Self>, LearnError> {
        let width = 2 * weights.len() + OTHER_FEATURES;
        let measure = move |ranked: &[u32], relevant: &[u32]| {
            let metric = deeper(metric);
            Relevant::new(relevant).ok().and_then(|relevant| metric.of(ranked, relevant)).unwrap_or(0.0)
        };
        let valid_queries: Vec<Query> = valid.queries().collect();
        let learnt = learnt.queries().collect();
        let voters =
            fit_voters(width, learnt, &valid_queries, &measure, TRUNCATION, (&params(seed), VOTERS))?;
        let Some(voters) = voters else { return Ok(None) };
        let mut stack = Self { voters, weights: weights.to_vec(), sum_weight: 0.0, width };
        let mut best = (f64::NEG_INFINITY, 0.0);
        for sum_weight in SUM_WEIGHTS {
            stack.sum_weight = sum_weight;
            let mut reached = 0.0;
            for (found, features) in valid.candidates.iter().zip(&valid.features) {
                let scores = stack.scores(found, features);
                let list = top_k(&scores, metric.depth(found.relevant.len()), |_| true);
                let list: Vec<u32> = list.into_iter().map(|(place, _)| found.items[place as usize]).collect();
                reached += metric.of(&list, Relevant::new(&found.relevant)?).unwrap_or(0.0);
            }
            if reached > best.0 {
                best = (reached, sum_weight);
            }
        }
        stack.sum_weight = best.1;
        Ok(Some(stack))
    }

    /// The parameters as they are reported.
    pub(super) fn params(&self) -> Value {
        json!({ "trees": self.voters.tree_counts(), "sum_weight": self.sum_weight })
    }

    /// One score for each candidate.
    fn scores(&self, found: &Candidates, features: &[f32]) -> Vec<f32> {
        let mut voted: Vec<f32> =
            features.chunks_exact(self.width).map(|row| self.voters.score(row)).collect();
        let sum =
            |row: &[f32]| row.iter().zip(&self.weights).map(|(score, &weight)| score * weight as f32).sum();
        let mut sums: Vec<f32> = found.scores.chunks_exact(self.weights.len()).map(sum).collect();
        // On one scale, since trees and sums have none in common.
        standardize(&mut voted, &[]);
        standardize(&mut sums, &[]);
        voted.iter().zip(&sums).map(|(voted, sum)| voted + self.sum_weight * sum).collect()
    }
}

/// What the sum of the models may count, beside a ranker that counts 1.
const SUM_WEIGHTS: [f32; 7] = [0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0];

/// The same metric on lists four times as long: it decides how many trees are enough, and is less a matter of chance.
const fn deeper(metric: Metric) -> Metric {
    match metric {
        Metric::Ndcg(k) => Metric::Ndcg(4 * k),
        Metric::Recall(k) => Metric::Recall(4 * k),
        other => other,
    }
}

/// Set by hand for queries of about a hundred candidates, not tuned.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 300,
        leaf_count: 15,
        learning_rate: 0.05,
        rows_min: 200,
        feature_share: 0.7,
        row_share: 0.7,
        bin_count: 64,
        patience: 40,
        seed,
        ..BoostParams::default()
    }
}

/// The members and their ranker as one model.
pub(super) struct Stacked<'a> {
    pub(super) stack: &'a Stack,
    pub(super) parts: Vec<&'a dyn Scorer>,
    pub(super) about: About<'a>,
}

impl Scorer for Stacked<'_> {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        let item_count = self.about.history.column_count();
        let mut buffers: Vec<Vec<f32>> = vec![vec![0.0; out.len()]; self.parts.len()];
        for (part, buffer) in self.parts.iter().zip(&mut buffers) {
            part.score(listeners.clone(), buffer);
        }
        out.fill(UNKNOWN);
        for (place, row) in listeners.enumerate() {
            let found = candidates(&mut buffers, place, row, self.about.history, CANDIDATES);
            let features = self.about.features(&found);
            let scores = &mut out[place * item_count..(place + 1) * item_count];
            for (&item, score) in found.items.iter().zip(self.stack.scores(&found, &features)) {
                scores[item as usize] = score;
            }
        }
    }
}

/// What is known about listeners and items besides what models say.
pub(super) struct About<'a> {
    pub(super) history: &'a Sparse,
    /// `ln(1 + listeners)` of each item.
    fame: Vec<f32>,
}

impl<'a> About<'a> {
    pub(super) fn new(history: &'a Sparse) -> Self {
        let mut fame = vec![0.0_f32; history.column_count()];
        history.columns().iter().for_each(|&item| fame[item as usize] += 1.0);
        fame.iter_mut().for_each(|count| *count = count.ln_1p());
        Self { history, fame }
    }

    /// *Shape*: `[items, 2 · models + OTHER_FEATURES]`.
    fn features(&self, found: &Candidates) -> Vec<f32> {
        let models = found.scores.len() / found.items.len().max(1);
        let known = self.history.row(found.row).0;
        let fames: Vec<f32> = known.iter().map(|&item| self.fame[item as usize]).collect();
        let mean = fames.iter().sum::<f32>() / fames.len().max(1) as f32;
        let spread = fames.iter().map(|fame| (fame - mean).powi(2)).sum::<f32>() / fames.len().max(1) as f32;
        let ranks: Vec<Vec<f32>> = (0..models).map(|model| ranks(&found.scores, models, model)).collect();
        let mut features = Vec::with_capacity(found.items.len() * (2 * models + OTHER_FEATURES));
        for (place, (&item, scores)) in found.items.iter().zip(found.scores.chunks_exact(models)).enumerate()
        {
            let fame = self.fame[item as usize];
            features.extend(scores);
            features.extend(ranks.iter().map(|ranks| ranks[place]));
            features.extend([
                scores.iter().sum::<f32>(),
                ranks.iter().map(|ranks| ranks[place]).fold(f32::INFINITY, f32::min),
                fame,
                fame - mean,
                spread,
                known.len() as f32,
            ]);
        }
        features
    }
}

/// `ln(1 + place)` of every candidate in the order of one model.
fn ranks(scores: &[f32], models: usize, model: usize) -> Vec<f32> {
    let column: Vec<(u32, f32)> = (0..).zip(scores.iter().skip(model).step_by(models).copied()).collect();
    let mut order = column.clone();
    order.sort_unstable_by(crate::top_k::order);
    let mut ranks = vec![0.0; column.len()];
    for (rank, (place, _)) in order.into_iter().enumerate() {
        ranks[place as usize] = (rank as f32).ln_1p();
    }
    ranks
}

/// The items outside of a fold, and those in it; a listener keeps at least one.
///
/// Folds are as far from the rest as what is held out to choose by.
fn cut(matrix: &Sparse, hold_out: HoldOut, fold: u32, seed: u64) -> Result<(Sparse, Sparse), LearnError> {
    if hold_out == HoldOut::Groups {
        return hold_out.split(matrix, seed.wrapping_add(1 + u64::from(fold)));
    }
    // The same draws for every fold, so that each item is in exactly one.
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for row in 0..matrix.row_count() {
        let (items, values) = matrix.row(row);
        for (place, (&item, &value)) in items.iter().zip(values).enumerate() {
            let is_left_out = random.random_range(0..FOLDS) == fold && (place > 0 || items.len() > 2);
            if is_left_out { &mut left_out } else { &mut kept }.push((row as u32, item, value));
        }
    }
    let shape = (matrix.row_count(), matrix.column_count());
    Ok((Sparse::from_triplets(shape.0, shape.1, kept)?, Sparse::from_triplets(shape.0, shape.1, left_out)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_left_out_once_at_most_and_nobody_is_left_with_nothing_for_long() {
        let entries = (0..50_u32).flat_map(|row| (0..8).map(move |item| (row, (row + item * 3) % 40, 1.0)));
        let all = Sparse::from_triplets(50, 40, entries).unwrap();
        let mut seen = 0;
        for fold in 0..FOLDS {
            let (kept, left_out) = cut(&all, HoldOut::Tenth, fold, 9).unwrap();
            assert_eq!(kept.entry_count() + left_out.entry_count(), all.entry_count());
            seen += left_out.entry_count();
        }
        assert_eq!(seen, all.entry_count());
        let one = Sparse::from_triplets(1, 2, [(0, 1, 1.0)]).unwrap();
        assert!((0..FOLDS).all(|fold| cut(&one, HoldOut::Tenth, fold, 9).unwrap().1.entry_count() == 0));
    }

    #[test]
    fn ranks_follow_scores() {
        let scores = [0.1, 5.0, 0.9, 4.0, 0.5, 6.0];
        assert_eq!(ranks(&scores, 2, 0), [2.0_f32.ln_1p(), 0.0, 1.0_f32.ln_1p()]);
        assert_eq!(ranks(&scores, 2, 1)[2], 0.0);
    }
}
