//! One listener's days: when sessions begin, and when playlists are made and tended.

use music::UnixMillis;
use music::unit::{HOUR_MS, MINUTE_MS};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::diary::Diary;
use super::memory::Memory;
use super::{Day, SimEvent, curation, history, session};
use crate::chance::{Purpose, happens, poisson, stream, weighted_index};
use crate::listener::Listener;
use crate::playlist_plan::PlaylistPlan;
use crate::world::World;

/// Quiet between two sessions, at least.
pub(super) const PAUSE_MS: i64 = 20 * MINUTE_MS;

/// A listener who lives through the simulated days.
#[derive(Debug)]
pub(super) struct Life<'a> {
    pub(super) who: &'a Listener,
    pub(super) memory: Memory,
    pub(super) diary: Diary,
    rng: ChaCha8Rng,
    /// The playlists still to be made, latest first.
    plans: Vec<&'a PlaylistPlan>,
    has_joined: bool,
}

/// Something to do.
#[derive(Clone, Copy, Debug)]
enum Task<'a> {
    Listen,
    Create(&'a PlaylistPlan),
    /// Tend the playlist with this index.
    Tend(usize),
}

impl<'a> Life<'a> {
    pub(super) fn new(world: &'a World, who: &'a Listener) -> Self {
        let plans = world.playlists().iter().rev().filter(|plan| plan.owner == who.id).collect();
        Self {
            who,
            memory: Memory::default(),
            diary: Diary::new(world.seed(), who.id, world.params().start),
            rng: stream(world.seed(), Purpose::Behaviour, who.id.get().into()),
            plans,
            has_joined: false,
        }
    }

    /// Lives through a day and tells what happened, in the order of time.
    pub(super) fn live(&mut self, day: &Day<'_>) -> Vec<SimEvent> {
        let end = UnixMillis::new(day.at.get() + 24 * HOUR_MS);
        if end <= self.who.joined {
            return Vec::new();
        }
        self.arrive(day);
        let starts = session_starts(self.who, day.at, &mut self.rng);
        let mut tasks: Vec<_> = starts.into_iter().map(|at| (at, Task::Listen)).collect();
        tasks.extend(self.tending(day));
        while self.plans.last().is_some_and(|plan| plan.created < end) {
            tasks.extend(self.plans.pop().map(|plan| (plan.created, Task::Create(plan))));
        }
        // Sorting is stable: what falls on the same moment keeps this order in every run.
        tasks.sort_by_key(|(at, _)| *at);
        for (at, task) in tasks {
            self.carry_out(day, at, task);
        }
        self.diary.take()
    }

    /// Joins, if this is the day.
    pub(super) fn arrive(&mut self, day: &Day<'_>) {
        let end = UnixMillis::new(day.at.get() + 24 * HOUR_MS);
        if !self.has_joined && end > self.who.joined {
            self.has_joined = true;
            let at = day.at.max(self.who.joined);
            history::bring(day, self.who, &mut self.memory, &mut self.diary, at, &mut self.rng);
        }
    }

    fn carry_out(&mut self, day: &Day<'_>, at: UnixMillis, task: Task<'_>) {
        let free = self.diary.latest();
        let Self { who, memory, diary, rng, .. } = self;
        match task {
            Task::Listen if at.since(free) < PAUSE_MS && free > day.world.params().start => {}
            Task::Listen if at < who.joined => {}
            Task::Listen => session::listen(day, who, memory, diary, at, rng),
            // A playlist can wait for the end of a session.
            Task::Create(plan) => curation::create(day, who, memory, diary, (plan, at.max(free)), rng),
            Task::Tend(index) => curation::tend(day, who, memory, diary, (index, at.max(free)), rng),
        }
    }

    /// When playlists are tended, at hours like those of sessions.
    fn tending(&mut self, day: &Day<'_>) -> Vec<(UnixMillis, Task<'static>)> {
        let mut tasks = Vec::new();
        for index in 0..self.memory.playlists.len() {
            let share = self.memory.playlists[index].tending_share(&self.who.temper);
            if happens(&mut self.rng, share) {
                let local_hour =
                    self.rng.random_range(9..23) - i64::from(self.who.origin.utc_offset_minutes) / 60;
                let within_ms = self.rng.random_range(0..HOUR_MS);
                let at = day.at.get() + local_hour.rem_euclid(24) * HOUR_MS + within_ms;
                tasks.push((UnixMillis::new(at), Task::Tend(index)));
            }
        }
        tasks
    }
}

/// When the sessions of the day that begins at `day` begin, in no order: more in hours in which a persona is awake.
pub(super) fn session_starts(who: &Listener, day: UnixMillis, rng: &mut ChaCha8Rng) -> Vec<UnixMillis> {
    let hour = |index: i64| UnixMillis::new(day.get() + index * HOUR_MS);
    let pulls: Vec<f32> = (0..24).map(|index| who.pulls(hour(index)).iter().sum()).collect();
    let usual: f32 = usual_pull(who);
    let today: f32 = pulls.iter().sum();
    let count = poisson(rng, who.sessions_per_day * today / usual.max(1e-3));
    let mut starts = Vec::new();
    for _ in 0..count {
        let Some(index) = weighted_index(rng, &pulls) else { break };
        let within_ms = rng.random_range(0..HOUR_MS);
        starts.push(UnixMillis::new(hour(index as i64).get() + within_ms));
    }
    starts
}

/// The pull of an average day, over all personas.
fn usual_pull(who: &Listener) -> f32 {
    let sum: f32 = who
        .personas
        .iter()
        .flat_map(|persona| {
            let hours = move |weekday| (0..24).map(move |hour| persona.occasion.pull(weekday, hour));
            music::Weekday::ALL.into_iter().flat_map(hours).map(|pull| pull * persona.weight)
        })
        .sum();
    sum / 7.0
}
