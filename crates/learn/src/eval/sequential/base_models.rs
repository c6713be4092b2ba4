//! The first stage: whole history, recent items, order and attributes; and the features of its candidates.

use super::read::Histories;
use crate::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use crate::ease::{Ease, EaseParams};
use crate::error::LearnError;
use crate::eval::two_stage::Query;
use crate::ials::{Ials, IalsParams, ItemModel, Observation, Penalties};
use crate::knn::{Bm25Params, fit_item_knn};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::top_k;

/// Scores of each item: EASE of the whole history and of its end, neighbours of both, factors of both, order, close
/// together, attributes of both.
const SCORE_COUNT: usize = 10;
/// Weights of the scores in the first stage, each brought to at most 1; a judgement, the ranker learns its own.
const BLEND: [f32; SCORE_COUNT] = [0.6, 0.5, 0.6, 0.5, 0.4, 0.4, 0.3, 0.6, 0.2, 0.3];
const OTHER_COUNT: usize = 6;
/// Numbers per candidate.
pub(super) const WIDTH: usize = 2 * SCORE_COUNT + OTHER_COUNT;
/// What is left of an item's weight with each further one after it, for scores of the end of the history.
const FADE: f32 = 0.85;

/// What the first stage knows.
pub(super) struct Base {
    ease: Option<Ease>,
    knn: Neighbours,
    order: Neighbours,
    close: Neighbours,
    factors: ItemModel,
    /// Attributes of each item, weighed by how rare they are, of length 1.
    attributes: Vec<Vec<(u32, f32)>>,
    counts: Vec<f32>,
}

impl Base {
    pub(super) fn fit(histories: &Histories, rows: &[&[u32]], seed: u64) -> Result<Self, LearnError> {
        let item_count = histories.item_count;
        let entries = rows
            .iter()
            .enumerate()
            .flat_map(|(row, items)| items.iter().map(move |&item| (row as u32, item, 1.0)));
        let plays = Sparse::from_triplets(rows.len(), item_count, entries)?;
        let ease_params = EaseParams { regularization: 100.0, ..EaseParams::default() };
        let ease = match Ease::fit(&plays, &ease_params) {
            Ok(ease) => Some(ease),
            Err(LearnError::TooLarge { .. }) => None,
            Err(error) => return Err(error),
        };
        let knn = fit_item_knn(&plays, &Bm25Params::default(), item_count.min(1000))?;
        let lists: Vec<List> = rows.iter().map(|items| List { items: items.to_vec(), weight: 1.0 }).collect();
        let order_params = CooccurrenceParams { support_min: 1, ..CooccurrenceParams::SESSIONS };
        let order = fit_cooccurrence(item_count, &lists, &order_params, 300)?;
        let close_params = CooccurrenceParams {
            window: 8,
            step_decay: 0.8,
            length_exponent: 0.0,
            shrink: 2.0,
            ..CooccurrenceParams::PLAYLISTS
        };
        let close = fit_cooccurrence(item_count, &lists, &close_params, 500)?;
        let penalties = Penalties { unobserved_weight: 0.05, regularization: 0.01, frequency_exponent: 1.0 };
        let params = IalsParams { dim: 48, epochs: 12, penalties, seed, ..IalsParams::default() };
        let factors = Ials::fit(&plays, &params, &mut |_| {})?.items;
        let mut counts = vec![0.0; item_count];
        rows.iter().flat_map(|items| items.iter()).for_each(|&item| counts[item as usize] += 1.0);
        let attributes = weighed_attributes(histories);
        Ok(Self { ease, knn, order, close, factors, attributes, counts })
    }

    /// The `count` best items after this history, with features.
    pub(super) fn query(&self, histories: &Histories, history: &[u32], count: usize) -> Query {
        let item_count = self.counts.len();
        let mut scores = vec![vec![0.0_f32; item_count]; SCORE_COUNT];
        let fading: Vec<f32> =
            (0..history.len()).map(|place| FADE.powi((history.len() - 1 - place) as i32)).collect();
        let even = vec![1.0; history.len()];
        if let Some(ease) = &self.ease {
            ease.scores(history, &even, &mut scores[0]);
            ease.scores(history, &fading, &mut scores[1]);
        }
        for (&item, &weight) in history.iter().zip(&fading) {
            self.knn.add_scores(item, 1.0, &mut scores[2]);
            self.knn.add_scores(item, weight, &mut scores[3]);
            self.order.add_scores(item, weight, &mut scores[6]);
            self.close.add_scores(item, weight, &mut scores[7]);
        }
        let fold = |weights: &[f32]| {
            let observation = |(&item, &weight): (&u32, &f32)| Observation { item, weight, target: 1.0 };
            let known = history.iter().zip(weights).filter(|&(_, &weight)| weight > 1e-3);
            self.factors.fold_in(&known.map(observation).collect::<Vec<_>>())
        };
        self.factors.scores(&fold(&even), &mut scores[4]);
        self.factors.scores(&fold(&fading), &mut scores[5]);
        self.attribute_scores(histories, history, &even, &mut scores[8]);
        self.attribute_scores(histories, history, &fading, &mut scores[9]);
        let mut is_own = vec![false; item_count];
        history.iter().for_each(|&item| is_own[item as usize] = true);
        let mut blend = vec![0.0; item_count];
        let mut scales = [0.0_f32; SCORE_COUNT];
        for ((scores, scale), weight) in scores.iter().zip(&mut scales).zip(BLEND) {
            let others = scores.iter().zip(&is_own).filter(|&(_, &own)| !own);
            *scale = others.fold(1e-9_f32, |most, (&score, _)| most.max(score)).recip();
            blend.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weight * *scale * score);
        }
        let best = top_k(&blend, count, |item| !is_own[item as usize]);
        let logs = history.iter().map(|&item| (1.0 + self.counts[item as usize]).ln());
        let mean_log = logs.sum::<f32>() / history.len().max(1) as f32;
        let mut features = Vec::with_capacity(best.len() * WIDTH);
        for (rank, &(item, score)) in best.iter().enumerate() {
            let place = item as usize;
            features.extend(scores.iter().map(|scores| scores[place]));
            features.extend(scores.iter().zip(scales).map(|(scores, scale)| scores[place] * scale));
            let log = (1.0 + self.counts[place]).ln();
            features.extend([score, rank as f32, log, log - mean_log, mean_log, history.len() as f32]);
        }
        Query { items: best.into_iter().map(|(item, _)| item).collect(), features, relevant: Vec::new() }
    }

    /// The cosine of each item's attributes with those of the history.
    fn attribute_scores(&self, histories: &Histories, history: &[u32], weights: &[f32], out: &mut [f32]) {
        if self.attributes.is_empty() {
            return;
        }
        let mut taste = vec![0.0; histories.attribute_count];
        for (&item, weight) in history.iter().zip(weights) {
            for &(attribute, value) in &self.attributes[item as usize] {
                taste[attribute as usize] += weight * value;
            }
        }
        for (score, attributes) in out.iter_mut().zip(&self.attributes) {
            *score = attributes.iter().map(|&(attribute, value)| value * taste[attribute as usize]).sum();
        }
    }
}

/// How rare each attribute is, brought to length 1.
fn weighed_attributes(histories: &Histories) -> Vec<Vec<(u32, f32)>> {
    let mut holders = vec![0.0_f32; histories.attribute_count];
    histories.attributes.iter().flatten().for_each(|&attribute| holders[attribute as usize] += 1.0);
    let total = histories.attributes.len() as f32;
    let weigh = |attributes: &Vec<u32>| -> Vec<(u32, f32)> {
        let rarity = |attribute: u32| ((1.0 + total) / (1.0 + holders[attribute as usize])).ln();
        let raw: Vec<(u32, f32)> =
            attributes.iter().map(|&attribute| (attribute, rarity(attribute))).collect();
        let length = raw.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-9);
        raw.into_iter().map(|(attribute, value)| (attribute, value / length)).collect()
    };
    histories.attributes.iter().map(weigh).collect()
}
