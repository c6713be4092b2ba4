//! Closed-loop experiments: listeners of a simulated world live on for weeks with one recommender, and how much they
//! really enjoy it is written down.
//!
//! First the listeners live for some time without any recommender; that history is what a recommender learns from.
//! Then each session asks the recommender for a slate, hears it from the top and reacts by the hidden truth of the
//! world's [`Family`](crate::Family); what was done is told to the recommender before it is asked again, and now and
//! then it learns anew from everything.
//! Sessions begin at the same times for all recommenders, so that they can be compared pair by pair.
//!
//! | question | module |
//! |---|---|
//! | who recommends? | [`Policy`] |
//! | what is measured? | [`Figures`], week by week in a [`Run`] |
//!
//! Time passes in steps of ten minutes: what is asked for within a step is answered at its end.
//! This module does I/O for one recommender only, the engine, whose store lies in a directory that is handed in.

mod figures;
mod oracle;
mod policy;
mod ranked;
mod recommender;
mod served;

use std::path::Path;
use std::sync::Arc;

use engine::EngineError;
use learn::LearnError;
use music::UnixMillis;
use music::unit::MINUTE_MS;

pub use self::figures::Figures;
use self::figures::Recorder;
pub use self::policy::Policy;
use self::recommender::Recommender;
use crate::behaviour::{Lives, Morning, SimEvent, Visit};
use crate::family::Family;
use crate::world::World;

/// Steps of time.
const STEP_MS: i64 = 10 * MINUTE_MS;
/// Steps of a day.
const STEP_COUNT: i64 = 24 * 60 / 10;

/// How an experiment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Days without a recommender at the beginning of the world.
    pub history_days: u32,
    /// Weeks with it; together they fit into the days of the world.
    pub weeks: u32,
    /// Days from one learning to the next.
    pub retrain_days: u32,
    /// Picks in a slate.
    pub slate_length: usize,
    /// Hours in which the plain recommenders do not bring a track up again.
    pub rest_hours: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { history_days: 60, weeks: 8, retrain_days: 7, slate_length: 30, rest_hours: 24 }
    }
}

impl Plan {
    /// The days of a world in which this runs.
    pub const fn day_count(&self) -> u32 {
        self.history_days + 7 * self.weeks
    }
}

/// What came of one recommender in one world.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The family of the world.
    pub family: Family,
    /// The seed of the world.
    pub seed: u64,
    /// Who recommended.
    pub policy: Policy,
    /// Week by week.
    pub weeks: Vec<Figures>,
    /// Over all weeks.
    pub whole: Figures,
    /// The mean satisfaction of each listener over all weeks; none for those who heard nothing.
    ///
    /// *Shape*: one number per listener, by row; so that runs can be compared listener by listener.
    pub by_listener: Vec<Option<f64>>,
    /// Days that listeners lived with the recommender.
    pub listener_days: u64,
}

/// Why an experiment could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// The world is too short for the plan.
    #[error(
        "the plan takes {planned} days and the world has {got}; make the world longer or the plan shorter"
    )]
    TooShort {
        /// Days of the plan.
        planned: u32,
        /// Days of the world.
        got: u32,
    },
    /// The engine failed.
    #[error("the engine failed")]
    Engine(#[from] EngineError),
    /// A model could not be fitted.
    #[error("a model could not be fitted")]
    Learn(#[from] LearnError),
}

/// Lets the listeners of `world` live on with `policy`.
///
/// `directory` is where the engine keeps its store, an empty directory; the other recommenders do not touch it.
/// `progress` is told the days that are over, history included.
///
/// The same world, plan and policy give the same run; the engine's depends on no clock, but on its sources answering in
/// time, for which it waits a minute.
///
/// # Errors
/// [`ExperimentError::TooShort`], and where the engine or a model fails.
pub async fn run(
    world: &Arc<World>,
    plan: &Plan,
    policy: Policy,
    directory: &Path,
    progress: &mut (dyn FnMut(u32) + Send),
) -> Result<Run, ExperimentError> {
    let (planned, got) = (plan.day_count(), world.params().day_count);
    if planned > got {
        return Err(ExperimentError::TooShort { planned, got });
    }
    let mut lives = world.begin();
    let mut history = Vec::new();
    for day in 0..plan.history_days {
        lives.live_day(&mut |sim| history.push(sim));
        progress(day + 1);
    }
    let start =
        UnixMillis::new(world.params().start.get() + i64::from(plan.history_days) * music::unit::DAY_MS);
    let recorder = Recorder::new(world, &lives, start);
    let mut recommender = Recommender::start(policy, world, plan, directory, start).await?;
    recommender.take_in(&history).await?;
    drop(history);
    let pending = lives.take_waiting();
    let mut course = Course { world, lives, recommender, recorder, pending, open: Vec::new() };
    for day in 0..7 * plan.weeks {
        let at = UnixMillis::new(start.get() + i64::from(day) * music::unit::DAY_MS);
        if day.is_multiple_of(plan.retrain_days.max(1)) {
            course.tell(at).await?;
            course.recommender.learn(at).await?;
        }
        course.live_day().await?;
        if day % 7 == 6 {
            course.recorder.end_week();
        }
        progress(plan.history_days + day + 1);
    }
    let (weeks, whole, by_listener) = course.recorder.finish();
    course.recommender.stop().await?;
    let listener_days = u64::from(7 * plan.weeks) * world.listeners().len() as u64;
    let (family, seed) = (world.params().family, world.params().seed);
    Ok(Run { family, seed, policy, weeks, whole, by_listener, listener_days })
}

/// An experiment while it runs.
struct Course<'a> {
    world: &'a World,
    lives: Lives<'a>,
    recommender: Recommender,
    recorder: Recorder<'a>,
    /// What was done and the recommender has not been told yet.
    pending: Vec<SimEvent>,
    /// Sessions that want music, now or later.
    open: Vec<Visit>,
}

impl<'a> Course<'a> {
    async fn live_day(&mut self) -> Result<(), ExperimentError> {
        let (morning, visits) = self.lives.morning();
        self.open.extend(visits);
        for step in 1..=STEP_COUNT {
            let now = UnixMillis::new(morning.at().get() + step * STEP_MS);
            let due: Vec<Visit> = self.open.extract_if(.., |visit| visit.now <= now).collect();
            if !due.is_empty() {
                self.answer(&morning, due, now).await?;
            }
        }
        Ok(())
    }

    /// Answers all sessions that want music.
    async fn answer(
        &mut self,
        morning: &Morning<'a>,
        mut due: Vec<Visit>,
        now: UnixMillis,
    ) -> Result<(), ExperimentError> {
        for visit in &mut due {
            visit.now = now;
        }
        due.retain(|visit| self.lives.is_free(visit));
        // Nobody listens twice at once: what was begun goes on, what would begin beside it falls out.
        due.sort_by_key(|visit| (visit.listener, std::cmp::Reverse(visit.slate_count())));
        due.dedup_by_key(|visit| visit.listener);
        self.tell(now).await?;
        let offers = self.recommender.offers(self.world, &self.lives, &due, now).await?;
        for (mut visit, offer) in due.into_iter().zip(offers) {
            let events = match offer {
                Some(offer) => self.lives.hear(morning, &mut visit, offer.slate, &offer.tracks),
                None => self.lives.wander(morning, &mut visit),
            };
            events.iter().for_each(|sim| self.recorder.note(sim));
            self.pending.extend(events);
            if !visit.is_over() {
                self.open.push(visit);
            }
        }
        Ok(())
    }

    /// Tells the recommender all that was done before `now`.
    async fn tell(&mut self, now: UnixMillis) -> Result<(), ExperimentError> {
        let mut past: Vec<SimEvent> = self.pending.extract_if(.., |sim| sim.event.at < now).collect();
        past.sort_by_key(|sim| (sim.event.at, sim.event.listener));
        self.recommender.take_in(&past).await
    }
}
