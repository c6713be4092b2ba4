//! What friends hear of each other: yesterday's plays, told in the morning.

use music::{Id as _, ListenerId, TrackId};
use rustc_hash::FxHashMap;

use super::SimEvent;
use crate::circles::Circles;
use crate::past::Past;

/// The days in which half of what is told is forgotten; judged.
const HALF_LIFE_DAYS: f32 = 4.0;
/// What is less than this is no longer told.
const LEAST: f32 = 0.1;

/// What everybody played lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Grapevine {
    played: Vec<FxHashMap<TrackId, f32>>,
}

impl Grapevine {
    /// So many listeners who have played nothing.
    pub(super) fn of(listener_count: usize) -> Self {
        Self { played: vec![FxHashMap::default(); listener_count] }
    }

    /// Takes note of what was heard out.
    pub(super) fn note(&mut self, sim: &SimEvent) {
        if let (Some(track), None, Some(_)) = (sim.event.prompt.track(), sim.truth, sim.satisfaction) {
            *self.played[sim.event.listener.row()].entry(track).or_default() += 1.0;
        }
    }

    /// Lets a day pass.
    pub(super) fn fade(&mut self) {
        let share = (-1.0 / HALF_LIFE_DAYS).exp2();
        for played in &mut self.played {
            played.retain(|_, plays| {
                *plays *= share;
                *plays >= LEAST
            });
        }
    }

    /// Tells a listener what the friends play; many plays by one friend count as one that is never forgotten.
    pub(super) fn tell(&self, circles: &Circles, listener: ListenerId, past: &mut Past) {
        let mut talk: FxHashMap<TrackId, f32> = FxHashMap::default();
        for friend in circles.friends(listener) {
            for (&track, &plays) in &self.played[friend.row()] {
                *talk.entry(track).or_default() += plays.min(1.0);
            }
        }
        past.hear_of(talk.into_iter().collect());
    }
}
