//! Exploration: a few places of a slate are drawn among what hardly anybody has heard yet.
//!
//! A ranker learns of what it shows. Without places of their own new tracks stay unknown because they are unknown.
//! The draw favours what the ranker thinks well of, every candidate has a chance, and the chance is logged with the
//! pick, so that what is learnt from the answers can be weighed by it; see [`learn::off_policy`].

use music::Target;

use super::artist_spacing::origins;
use super::{Ranked, Reranker};
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;
use crate::stage::Stage;

/// Draws the mix's number of places.
#[derive(Debug)]
pub(super) struct Exploration;

/// Tracks below this share of popularity are hardly known.
const UNKNOWN_PERCENTILE: f32 = 0.5;
/// The best candidates that are drawn from, per place.
const URN_PER_PLACE: usize = 20;
/// A difference of half a point in the score, which is in log-odds, multiplies the chance by e.
const TEMPERATURE: f32 = 0.5;
/// A candidate far behind the best keeps at least this share of its chance.
const WEIGHT_MIN: f32 = 1e-3;
/// Keeps this draw apart from others of the request.
const SALT: u64 = 0x6578_706c_6f72_6174;

impl Reranker for Exploration {
    fn name(&self) -> &'static str {
        "exploration"
    }

    fn rerank(
        &self,
        query: &Query,
        snapshot: &Snapshot,
        before: &[Ranked],
        mut ranked: Vec<Ranked>,
    ) -> Vec<Ranked> {
        let room = query.limit - before.len().min(query.limit);
        let place_count = place_count(query, before, &ranked);
        if place_count == 0 {
            ranked.truncate(room);
            return ranked;
        }
        // The last places give way to those that are drawn.
        let (mut urn, others) = urn(query, snapshot, ranked.split_off(room - place_count), place_count);
        let step = room / (place_count + 1);
        for turn in 0..place_count {
            if urn.is_empty() {
                break;
            }
            let (place, chance) = draw(query, &urn, turn as u64);
            let drawn = Ranked { propensity: chance, ..urn.swap_remove(place) };
            // One artist is drawn once, so that the cap holds.
            let artists = |one: &Ranked| {
                origins(&snapshot.catalogue, one.target).filter(|origin| matches!(origin, Target::Artist(_)))
            };
            urn.retain(|other| !artists(other).any(|artist| artists(&drawn).any(|theirs| theirs == artist)));
            ranked.insert(((turn + 1) * step).min(ranked.len()), drawn);
        }
        // Where there was not enough to draw, the places stay with those who had them.
        let left = room - ranked.len();
        ranked.extend(others.into_iter().take(left));
        ranked
    }
}

/// How many places are drawn.
fn place_count(query: &Query, before: &[Ranked], ranked: &[Ranked]) -> usize {
    let room = query.limit - before.len().min(query.limit);
    let is_wanted = query.has(Stage::Exploration) && !query.request.is_shared;
    if !is_wanted || query.request.answer != Answer::Tracks || ranked.len() <= room {
        return 0;
    }
    // A short slate has its share too, rounded.
    let length = query.request.mix.length;
    (2 * query.request.mix.explore * room + length) / (2 * length)
}

/// What is drawn from, the best first, and the rest of `ranked`.
fn urn(
    query: &Query,
    snapshot: &Snapshot,
    ranked: Vec<Ranked>,
    place_count: usize,
) -> (Vec<Ranked>, Vec<Ranked>) {
    let (mut urn, others): (Vec<Ranked>, Vec<Ranked>) =
        ranked.into_iter().partition(|one| is_unknown(query, snapshot, one));
    urn.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
    urn.truncate(URN_PER_PLACE * place_count);
    (urn, others)
}

/// How probable it is of each candidate that it is drawn first; empty where nothing is drawn.
pub(crate) fn chances(
    query: &Query,
    snapshot: &Snapshot,
    before: &[Ranked],
    mut ranked: Vec<Ranked>,
) -> Vec<(Ranked, f32)> {
    let place_count = place_count(query, before, &ranked);
    if place_count == 0 {
        return Vec::new();
    }
    let room = query.limit - before.len().min(query.limit);
    let (urn, _) = urn(query, snapshot, ranked.split_off(room - place_count), place_count);
    let weights = weights(&urn);
    let all: f32 = weights.iter().sum();
    urn.into_iter().zip(weights).map(|(one, weight)| (one, weight / all)).collect()
}

/// How much each of the urn weighs in the draw.
fn weights(urn: &[Ranked]) -> Vec<f32> {
    let best = urn.iter().map(|candidate| candidate.score).fold(f32::NEG_INFINITY, f32::max);
    urn.iter().map(|candidate| ((candidate.score - best) / TEMPERATURE).exp().max(WEIGHT_MIN)).collect()
}

fn is_unknown(query: &Query, snapshot: &Snapshot, candidate: &Ranked) -> bool {
    let Target::Track(track) = candidate.target else { return false };
    let percentile = snapshot.percentile(track).unwrap_or(0.0);
    candidate.score.is_finite() && percentile < UNKNOWN_PERCENTILE && !query.listener.has_heard(track)
}

/// One draw from the urn: its place there, and how probable it was, above 0.
fn draw(query: &Query, urn: &[Ranked], turn: u64) -> (usize, f32) {
    let weights = weights(urn);
    let all: f32 = weights.iter().sum();
    let mut left = all * query.chance(SALT ^ turn.wrapping_mul(0x9e37_79b9));
    // Rounding may leave nothing at the end: then it is the last.
    let place = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    let place = place.unwrap_or(urn.len() - 1);
    (place, weights[place] / all)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::pipeline::recommend;
    use crate::query::Query;
    use crate::runner::Inline;

    #[test]
    fn where_nothing_is_unknown_nothing_gives_way() {
        let snapshot = snapshot();
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let known = snapshot.tracks_by_popularity().iter().take(36).map(|&track| Target::Track(track));
        let rank = |(row, target)| Ranked {
            target,
            row,
            score: -(row as f32),
            adjustments: Vec::new(),
            propensity: 1.0,
        };
        let ranked: Vec<Ranked> = known.enumerate().map(rank).collect();
        assert!(ranked.iter().all(|one| !is_unknown(&query, &snapshot, one)));
        let slate = Exploration.rerank(&query, &snapshot, &[], ranked.clone());
        assert_eq!(slate, ranked[..query.limit]);
    }

    #[test]
    fn drawn_places_say_how_probable_they_were() {
        let snapshot = snapshot();
        let plain = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let mut drawn = BTreeMap::<Target, (u32, f32)>::new();
        for seed in 0..300 {
            let mut request = plain.request.clone();
            request.random_seed = seed;
            request.limit = Some(15);
            let query = Arc::new(Query::new(request, Arc::clone(&plain.listener), &snapshot));
            let slate = recommend(&query, &snapshot, &Inline);
            let explored: Vec<_> = slate.picks.iter().filter(|pick| pick.propensity < 1.0).collect();
            assert!(!explored.is_empty() && slate.picks[0].propensity == 1.0, "seed {seed}");
            for pick in explored {
                let Target::Track(track) = pick.what.target() else { panic!("a track was asked for") };
                assert!(snapshot.percentile(track).unwrap_or(0.0) < UNKNOWN_PERCENTILE);
                let entry = drawn.entry(pick.what.target()).or_default();
                entry.0 += 1;
                entry.1 += 1.0 / pick.propensity;
            }
        }
        assert!(drawn.len() >= 5, "many have their chance: {drawn:?}");
        // Inverse propensities of what was drawn estimate the number of all draws, which is what they are logged for.
        let likely = drawn.values().filter(|(count, _)| *count >= 30);
        assert!(likely.clone().count() > 0, "{drawn:?}");
        for (count, inverse) in likely {
            assert!((inverse / 300.0 - 1.0).abs() < 0.5, "{count} draws: {inverse}");
        }
    }
}
