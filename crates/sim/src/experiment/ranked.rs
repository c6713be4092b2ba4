//! The plain recommenders: one score for each track, the highest first, nothing else.
//!
//! They are given what is usual for them: plays as weights, a listener's newest plays at every slate, and a rest in
//! which a track does not come up again.

use learn::ials::{Ials, IalsParams, Observation};
use learn::knn::{Bm25Params, fit_item_knn};
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::{Neighbours, Sparse, top_k};
use music::unit::HOUR_MS;
use music::{Event, Id as _, ListenerId, Prompt, Target, TrackId, UnixMillis};
use rustc_hash::FxHashMap;

use super::{ExperimentError, Plan};
use crate::chance::{Purpose, scramble};
use crate::world::World;

/// Numbers per vector: those of the engine's training.
const DIM: usize = 64;
/// Neighbours that are kept for each track.
const NEIGHBOUR_COUNT: usize = 100;

/// By what is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ranking {
    Ials,
    ItemKnn,
    Popularity,
    Random,
}

/// A plain recommender.
pub(super) struct Ranked {
    ranking: Ranking,
    slate_length: usize,
    rest_ms: i64,
    seed: u64,
    track_count: usize,
    /// Plays that were heard out, by listener.
    plays: Vec<FxHashMap<u32, f32>>,
    /// When a track came up last, by listener.
    latest: Vec<FxHashMap<u32, UnixMillis>>,
    /// When what was played by whom.
    log: Vec<(UnixMillis, u32, u32)>,
    popularity: Vec<f32>,
    factors: Option<Ials>,
    neighbours: Option<Neighbours>,
    slate_count: u64,
}

impl Ranked {
    pub(super) fn new(ranking: Ranking, world: &World, plan: &Plan) -> Self {
        Self {
            ranking,
            slate_length: plan.slate_length,
            rest_ms: i64::from(plan.rest_hours) * HOUR_MS,
            seed: world.seed(),
            track_count: world.tracks().len(),
            plays: vec![FxHashMap::default(); world.listeners().len()],
            latest: vec![FxHashMap::default(); world.listeners().len()],
            log: Vec::new(),
            popularity: vec![0.0; world.tracks().len()],
            factors: None,
            neighbours: None,
            slate_count: 0,
        }
    }

    pub(super) fn take_in(&mut self, event: &Event) {
        let row = event.listener.row();
        let mut count = |track: TrackId, plays: f32| {
            *self.plays[row].entry(track.get()).or_default() += plays;
        };
        match &event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => {
                count(*track, 1.0);
                self.log.push((event.at, event.listener.get(), track.get()));
                self.latest[row].insert(track.get(), event.at);
            }
            Prompt::Skipped { track, .. } => {
                self.latest[row].insert(track.get(), event.at);
            }
            Prompt::PlayedBefore { target: Target::Track(track), plays } => count(*track, *plays as f32),
            Prompt::Liked { target: Target::Track(track) } => count(*track, 1.0),
            _ => {}
        }
    }

    pub(super) fn learn(&mut self, now: UnixMillis) -> Result<(), ExperimentError> {
        let age = |&(at, listener, item): &(UnixMillis, u32, u32)| Play {
            item,
            listener,
            age_days: now.days_since(at) as f32,
            weight: 1.0,
        };
        let plays = self.log.iter().map(age).collect();
        let counted = Popularity::count(self.track_count, plays, &PopularityParams::default())?;
        self.popularity = counted.scores().to_vec();
        let matrix = self.matrix()?;
        if matrix.entry_count() == 0 {
            return Ok(());
        }
        match self.ranking {
            Ranking::Ials => {
                let params = IalsParams { dim: DIM, seed: self.seed, ..IalsParams::default() };
                self.factors = Some(Ials::fit(&matrix, &params, &mut |_| {})?);
            }
            Ranking::ItemKnn => {
                self.neighbours = Some(fit_item_knn(&matrix, &Bm25Params::default(), NEIGHBOUR_COUNT)?);
            }
            Ranking::Popularity | Ranking::Random => {}
        }
        Ok(())
    }

    /// *Shape*: `[listeners, tracks]`; the logarithm of 1 + plays.
    fn matrix(&self) -> Result<Sparse, ExperimentError> {
        let triplets = self.plays.iter().enumerate().flat_map(|(row, plays)| {
            plays.iter().map(move |(&track, &count)| (row as u32, track, count.ln_1p()))
        });
        Ok(Sparse::from_triplets(self.plays.len(), self.track_count, triplets)?)
    }

    pub(super) fn slate(
        &mut self,
        world: &World,
        listener: ListenerId,
        disliked: &[TrackId],
        now: UnixMillis,
    ) -> Vec<TrackId> {
        self.slate_count += 1;
        let scores = self.scores(listener);
        let latest = &self.latest[listener.row()];
        let keep = |item: u32| {
            let is_rested = latest.get(&item).is_none_or(|at| now.since(*at) >= self.rest_ms);
            let track = TrackId::new(item);
            is_rested && world.track(track).released <= now && !disliked.contains(&track)
        };
        let best = top_k(&scores, self.slate_length, keep);
        best.into_iter().map(|(item, _)| TrackId::new(item)).collect()
    }

    fn scores(&self, listener: ListenerId) -> Vec<f32> {
        // In the order of the tracks, so that sums are the same every time.
        let mut plays: Vec<(u32, f32)> =
            self.plays[listener.row()].iter().map(|(&track, &count)| (track, count.ln_1p())).collect();
        plays.sort_unstable_by_key(|(track, _)| *track);
        // Of somebody who played nothing, nothing is known but what everybody plays.
        if plays.is_empty() && self.ranking != Ranking::Random {
            return self.popularity.clone();
        }
        let mut scores = vec![0.0; self.track_count];
        match (self.ranking, &self.factors, &self.neighbours) {
            (Ranking::Ials, Some(factors), _) => {
                let observe = |&(item, weight): &(u32, f32)| Observation { item, weight, target: 1.0 };
                let observed: Vec<Observation> = plays.iter().map(observe).collect();
                factors.items.scores(&factors.items.fold_in(&observed), &mut scores);
            }
            (Ranking::ItemKnn, _, Some(neighbours)) => {
                for &(item, weight) in &plays {
                    neighbours.add_scores(item, weight, &mut scores);
                }
            }
            (Ranking::Random, ..) => {
                for (item, score) in scores.iter_mut().enumerate() {
                    let bits = scramble(self.seed, Purpose::Experiment, [self.slate_count, item as u64]);
                    *score = (bits >> 40) as f32;
                }
            }
            _ => return self.popularity.clone(),
        }
        scores
    }
}
