//! Composition: each pick is chosen for what it is and for what it adds to those before it.
//!
//! A slate is composed greedily: at each place stands the candidate with the best sum of its own score and of what each
//! [`Aspect`] of the slate gains by it. What the aspects add is told as part of the score, so that scores still add up.

mod diversity;
mod genres;
mod novelty;

use std::fmt;

use music::Target;

use super::{Adjustment, Because, Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::stage::Stage;

/// One thing that a slate as a whole should have.
trait Aspect: fmt::Debug {
    /// Its name in reasons; never changes.
    fn name(&self) -> &'static str;

    /// What the slate so far gains by the candidate at `index` of the pool, in units of the score; mostly below zero.
    fn gain(&self, index: usize) -> f32;

    /// Adds the gains of the whole pool to what its candidates are worth.
    ///
    /// *Shape*: `worth` has one number per candidate of the pool.
    fn add_gains(&self, worth: &mut [f32]) {
        worth.iter_mut().enumerate().for_each(|(index, worth)| *worth += self.gain(index));
    }

    /// What the gain comes from.
    fn because(&self, index: usize) -> Because;

    /// Takes the candidate into the slate.
    fn take(&mut self, index: usize);
}

/// Greedy maximisation of scores and aspects together.
#[derive(Debug)]
pub(super) struct Composition;

/// Candidates that are looked at, per pick wanted.
const POOL_PER_PICK: usize = 5;
/// Candidates that are put in order, per pick wanted, so that the spacing of artists has something to choose from.
const KEPT_PER_PICK: usize = 2;
/// Candidates that are looked at in any case.
const POOL_MIN: usize = 160;
/// Candidates that are put in order in any case.
const KEPT_MIN: usize = 60;
/// Candidates behind those that are looked at, from which places may still be drawn.
const REST_COUNT: usize = 200;
/// A gain below this is not told: it changes no place.
const TOLD_MIN: f32 = 1e-4;

impl Reranker for Composition {
    fn name(&self) -> &'static str {
        "composition"
    }

    fn rerank(
        &self,
        query: &Query,
        snapshot: &Snapshot,
        before: &[Ranked],
        ranked: Vec<Ranked>,
    ) -> Vec<Ranked> {
        let mut pool = before.to_vec();
        pool.extend(ranked);
        let pool_count = before.len() + (POOL_PER_PICK * query.limit).max(POOL_MIN);
        let mut rest = pool.split_off(pool.len().min(pool_count));
        rest.truncate(REST_COUNT);
        let kept_count = (KEPT_PER_PICK * query.limit).max(KEPT_MIN).min(pool.len() - before.len());
        let targets: Vec<Target> = pool.iter().map(|ranked| ranked.target).collect();
        let mut aspects = aspects(query, snapshot, &pool, &targets);
        let mut taken = vec![false; pool.len()];
        for (index, taken) in taken.iter_mut().enumerate().take(before.len()) {
            *taken = true;
            aspects.iter_mut().for_each(|aspect| aspect.take(index));
        }
        let mut chosen = Vec::with_capacity(pool.len() + rest.len());
        let scores: Vec<f32> = pool.iter().map(|ranked| ranked.score).collect();
        let mut worth = vec![0.0; pool.len()];
        while chosen.len() < kept_count {
            worth.copy_from_slice(&scores);
            aspects.iter().for_each(|aspect| aspect.add_gains(&mut worth));
            let open = (0..pool.len()).filter(|&index| !taken[index]).map(|index| (index, worth[index]));
            // Of equals the earlier one, which has the better score.
            let Some((best, _)) = open.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { break };
            taken[best] = true;
            chosen.push(pick(&pool[best], best, &mut aspects));
        }
        drop(aspects);
        let left = pool.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(left, _)| left);
        chosen.extend(left.chain(rest));
        chosen
    }
}

/// The candidate with what all aspects gain by it, which take it in.
fn pick(candidate: &Ranked, index: usize, aspects: &mut [Box<dyn Aspect + '_>]) -> Ranked {
    let mut pick = candidate.clone();
    for aspect in aspects {
        let contribution = aspect.gain(index);
        if contribution.abs() > TOLD_MIN {
            pick.score += contribution;
            let because = aspect.because(index);
            pick.adjustments.push(Adjustment { name: aspect.name(), contribution, because });
        }
        aspect.take(index);
    }
    pick
}

/// What this request's slate should have, as the mix asks for it.
fn aspects<'a>(
    query: &'a Query,
    snapshot: &'a Snapshot,
    pool: &'a [Ranked],
    targets: &'a [Target],
) -> Vec<Box<dyn Aspect + 'a>> {
    let mix = query.request.mix;
    let strength = |stage, strength| if query.has(stage) { strength } else { 0.0 };
    let mut aspects: Vec<Box<dyn Aspect + 'a>> = Vec::new();
    if mix.diversity > 0.0 && query.has(Stage::Diversity) {
        aspects.push(diversity::of(mix.diversity, snapshot, targets));
    }
    if let Some(genres) =
        genres::Genres::of(strength(Stage::Calibration, mix.calibration), query, snapshot, pool)
    {
        aspects.push(Box::new(genres));
    }
    if let Some(novelty) = novelty::Novelty::of(strength(Stage::Novelty, mix.novelty), query, pool) {
        aspects.push(Box::new(novelty));
    }
    aspects
}
