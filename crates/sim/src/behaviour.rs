//! What listeners do from day to day, as the events an app would log.
//!
//! Every listener lives through a day alone, with an own stream of chance, and sees of the others only what was
//! public when the day began: charts, editorial lists, other people's playlists.
//! The events of all are then put into the order of time.
//!
//! How the prompts are used: a play or skip is logged with the time it began and how long it sounded; a
//! [`Replayed`](music::Prompt::Replayed) stands for the second play itself, no other event follows for it.
//! Nothing here recommends anything, so in [`World::simulate`] no impressions and no mixes occur; a closed loop lets
//! each listener [`hear`](Lives::hear) its slates.

mod agenda;
mod charts;
mod curation;
mod diary;
mod editorial;
mod feedback;
mod grapevine;
mod history;
mod memory;
mod pick;
mod queue;
mod reaction;
mod session;
mod setting;
mod visit;

use music::unit::DAY_MS;
use music::{Event, UnixMillis};
use rayon::prelude::*;

use self::agenda::Life;
use self::charts::Charts;
use self::curation::{PublicPlaylist, published};
use self::editorial::Editorial;
use self::grapevine::Grapevine;
pub use self::reaction::{Response, SkipReason};
pub use self::visit::{Morning, Visit};
use crate::family::Family;
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
    /// How much the track was enjoyed that came up, 0 to 1; none for everything but plays and skips.
    pub satisfaction: Option<f32>,
}

/// What everybody can see on one day.
struct Day<'a> {
    world: &'a World,
    /// When it begins.
    at: UnixMillis,
    charts: &'a Charts<'a>,
    editorial: &'a Editorial,
    public: &'a [PublicPlaylist],
}

/// The lives of all listeners, one day after the other.
#[derive(Debug)]
pub struct Lives<'a> {
    world: &'a World,
    lives: Vec<Life<'a>>,
    editorial: Editorial,
    grapevine: Grapevine,
    waiting: Vec<SimEvent>,
    /// Days that have begun.
    day_count: u32,
}

impl<'a> Lives<'a> {
    /// Lets one more day pass and hands each event to `sink`, in the order of time.
    pub fn live_day(&mut self, sink: &mut dyn FnMut(SimEvent)) {
        let (at, charts) = self.dawn();
        let public = published(&self.lives);
        let Self { world, lives, editorial, .. } = self;
        let day = Day { world, at, charts: &charts, editorial, public: &public };
        let lived: Vec<Vec<SimEvent>> = lives.par_iter_mut().map(|life| life.live(&day)).collect();
        for sim in lived.into_iter().flatten() {
            self.note(&sim);
            self.waiting.push(sim);
        }
        // A night's session goes on after midnight; its events wait for those of the next day.
        self.waiting.sort_by_key(|sim| (sim.event.at, sim.event.listener));
        let next = UnixMillis::new(at.get() + DAY_MS);
        let done = self.waiting.partition_point(|sim| sim.event.at < next);
        self.waiting.drain(..done).for_each(sink);
    }

    /// What was done after the midnight that ended the last day, in the order of time.
    pub fn take_waiting(&mut self) -> Vec<SimEvent> {
        std::mem::take(&mut self.waiting)
    }

    /// The beginning of the next day: its charts are made, and friends are told what friends played.
    fn dawn(&mut self) -> (UnixMillis, Charts<'a>) {
        let index = self.day_count;
        self.day_count += 1;
        let at = UnixMillis::new(self.world.params().start.get() + i64::from(index) * DAY_MS);
        let charts = Charts::new(self.world, at);
        if index.is_multiple_of(7) {
            self.editorial = Editorial::new(self.world, &charts, index);
        }
        if self.world.params().family == Family::Circle {
            self.grapevine.fade();
            let Self { world, lives, grapevine, .. } = self;
            lives
                .par_iter_mut()
                .for_each(|life| grapevine.tell(world.circles(), life.who.id, &mut life.memory.past));
        }
        (at, charts)
    }

    fn note(&mut self, sim: &SimEvent) {
        if self.world.params().family == Family::Circle {
            self.grapevine.note(sim);
        }
    }
}

impl World {
    /// The lives of the listeners before the first day.
    pub fn begin(&self) -> Lives<'_> {
        Lives {
            world: self,
            lives: self.listeners().iter().map(|listener| Life::new(self, listener)).collect(),
            editorial: Editorial::default(),
            grapevine: Grapevine::of(self.listeners().len()),
            waiting: Vec::new(),
            day_count: 0,
        }
    }

    /// Lets the simulated days pass and hands each event to `sink`, in the order of time.
    ///
    /// Calling it again gives the same events again.
    ///
    /// *Complexity*: linear in the listeners' sessions; each day also looks once at every track that is out.
    pub fn simulate(&self, sink: &mut dyn FnMut(SimEvent)) {
        let mut lives = self.begin();
        for _ in 0..self.params().day_count {
            lives.live_day(sink);
        }
    }
}

#[cfg(test)]
mod tests;
