//! What listeners do from day to day, as the events an app would log.
//!
//! Every listener lives through a day alone, with an own stream of chance, and sees of the others only what was
//! public when the day began: charts, editorial lists, other people's playlists.
//! The events of all are then put into the order of time.
//!
//! How the prompts are used: a play or skip is logged with the time it began and how long it sounded; a
//! [`Replayed`](music::Prompt::Replayed) stands for the second play itself, no other event follows for it.
//! Nothing here recommends anything, so no impressions and no mixes occur; a closed loop shows its slates to
//! [`World::respond`].

mod agenda;
mod charts;
mod curation;
mod diary;
mod editorial;
mod fatigue;
mod feedback;
mod history;
mod memory;
mod pick;
mod queue;
mod reaction;
mod session;
mod setting;

use music::unit::DAY_MS;
use music::{Event, UnixMillis};
use rayon::prelude::*;

use self::agenda::Life;
use self::charts::Charts;
use self::curation::{PublicPlaylist, published};
use self::editorial::Editorial;
pub use self::reaction::{Response, SkipReason};
use crate::world::World;

/// One event and the truth about it.
#[derive(Clone, Debug, PartialEq)]
pub struct SimEvent {
    /// What an app would log.
    pub event: Event,
    /// The index of the persona that did it.
    pub persona: usize,
    /// Why a track was skipped; none for everything but skips.
    pub truth: Option<SkipReason>,
}

/// What everybody can see on one day.
struct Day<'a> {
    world: &'a World,
    /// When it begins.
    at: UnixMillis,
    charts: Charts<'a>,
    editorial: &'a Editorial,
    public: &'a [PublicPlaylist],
}

impl World {
    /// Lets the simulated days pass and hands each event to `sink`, in the order of time.
    ///
    /// Calling it again gives the same events again.
    ///
    /// *Complexity*: linear in the listeners' sessions; each day also looks once at every track that is out.
    pub fn simulate(&self, sink: &mut dyn FnMut(SimEvent)) {
        let mut lives: Vec<Life> =
            self.listeners().iter().map(|listener| Life::new(self, listener)).collect();
        let mut editorial = Editorial::default();
        let mut waiting: Vec<SimEvent> = Vec::new();
        for index in 0..self.params().day_count {
            let at = UnixMillis::new(self.params().start.get() + i64::from(index) * DAY_MS);
            let next = UnixMillis::new(at.get() + DAY_MS);
            let charts = Charts::new(self, at);
            if index % 7 == 0 {
                editorial = Editorial::new(self, &charts, index);
            }
            let public = published(&lives);
            let day = Day { world: self, at, charts, editorial: &editorial, public: &public };
            let lived: Vec<Vec<SimEvent>> = lives.par_iter_mut().map(|life| life.live(&day)).collect();
            waiting.extend(lived.into_iter().flatten());
            // A night's session goes on after midnight; its events wait for those of the next day.
            waiting.sort_by_key(|sim| (sim.event.at, sim.event.listener));
            let done = waiting.partition_point(|sim| sim.event.at < next);
            waiting.drain(..done).for_each(&mut *sink);
        }
    }
}

#[cfg(test)]
mod tests;
