//! The recommender that knows the truth: what is within reach at all.

use music::{Id as _, Surface, TrackId};
use rayon::prelude::*;

use crate::behaviour::{Lives, Visit};
use crate::enjoyment::Moment;
use crate::world::World;

/// Tracks that are weighed anew for each place of a slate.
const SHORTLIST: usize = 200;

/// The slate that pleases most, place by place, each place after all before it have been heard.
pub(super) fn oracle(world: &World, lives: &Lives<'_>, visit: &Visit, length: usize) -> Vec<TrackId> {
    let (listener, at) = (visit.listener, visit.now);
    let who = world.listener(listener);
    let moment = Moment { at, persona: Some(visit.persona), surface: Surface::Mix };
    let mut past = lives.past(listener).clone();
    let disliked = lives.disliked(listener);
    let out_count = world.tracks().partition_point(|track| track.released <= at);
    let mut shortlist: Vec<(f32, TrackId)> = (0..out_count as u32)
        .into_par_iter()
        .map(TrackId::from_row)
        .filter(|track| !disliked.contains(track))
        .map(|track| (world.satisfaction(listener, track, &moment, &past), track))
        .collect();
    shortlist.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    shortlist.truncate(SHORTLIST);
    let mut slate = Vec::with_capacity(length);
    while slate.len() < length {
        let felt = |track: TrackId| world.satisfaction(listener, track, &moment, &past);
        let best = shortlist
            .iter()
            .enumerate()
            .map(|(index, (_, track))| (felt(*track), index))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((_, index)) = best else { break };
        let (_, track) = shortlist.remove(index);
        past.hear((track, world.track(track).artist), at, 1.0, who);
        slate.push(track);
    }
    slate
}
