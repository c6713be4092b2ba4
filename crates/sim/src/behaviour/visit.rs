//! Sessions in which somebody else chooses the music: a recommender offers slates, the listener reacts.
//!
//! When sessions begin, as whom, on what and how long they would last comes from a stream of its own for each listener
//! and day, so that all recommenders meet the same listeners at the same times.

use music::unit::{HOUR_MS, MINUTE_MS};
use music::{Context, ListenerId, SlateId, Surface, TrackId, UnixMillis};
use rand_chacha::ChaCha8Rng;

use super::agenda::Life;
use super::charts::Charts;
use super::curation::{PublicPlaylist, published};
use super::queue::Queue;
use super::session::{SOURCES_MAX, Session};
use super::setting::Setting;
use super::{Day, Lives, SimEvent};
use crate::chance::{Purpose, log_normal, stream};
use crate::past::Past;
use music::{Id as _, PlayStart};

/// One day while it lasts: what is out, and what is public.
#[derive(Debug)]
pub struct Morning<'a> {
    at: UnixMillis,
    charts: Charts<'a>,
    public: Vec<PublicPlaylist>,
}

impl Morning<'_> {
    /// When the day begins.
    pub const fn at(&self) -> UnixMillis {
        self.at
    }
}

/// A session that wants music.
#[derive(Debug)]
pub struct Visit {
    /// Who.
    pub listener: ListenerId,
    /// The index of the persona that is awake; hidden from recommenders, except from one that knows the truth.
    pub persona: usize,
    /// When the next music is wanted.
    pub now: UnixMillis,
    end: UnixMillis,
    setting: Setting,
    rng: ChaCha8Rng,
    slate_count: usize,
    wears_out: bool,
    is_over: bool,
}

impl Visit {
    /// Whether it has ended.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// How many slates were heard in it so far.
    pub const fn slate_count(&self) -> usize {
        self.slate_count
    }

    /// What an app knows of the circumstances.
    pub fn context(&self) -> Context {
        self.setting.context(Surface::Mix, None, None)
    }
}

impl<'a> Lives<'a> {
    /// Begins the next day: newcomers arrive, friends have talked, and the sessions of the day are known.
    ///
    /// *Shape*: the visits in the order of their beginnings.
    pub fn morning(&mut self) -> (Morning<'a>, Vec<Visit>) {
        let (at, charts) = self.dawn();
        let public = published(&self.lives);
        let morning = Morning { at, charts, public };
        let mut visits = Vec::new();
        for row in 0..self.lives.len() {
            self.with_day(&morning, row, |life, day| life.arrive(day));
            visits.extend(self.visits(&morning, row));
        }
        visits.sort_by_key(|visit: &Visit| (visit.now, visit.listener));
        (morning, visits)
    }

    fn visits(&self, morning: &Morning<'a>, row: usize) -> Vec<Visit> {
        let who = self.lives[row].who;
        let day = morning.at.get().div_euclid(24 * HOUR_MS) as u64;
        let mut rng = stream(self.world.seed(), Purpose::Visits, (who.id.get() as u64) << 32 | day);
        let mut starts = super::agenda::session_starts(who, morning.at, &mut rng);
        starts.sort_unstable();
        let mut visits: Vec<Visit> = Vec::new();
        for now in starts {
            let persona = self.world.active_persona(who.id, now);
            let occasion = who.personas[persona].occasion;
            let setting = Setting::draw(who, occasion, &mut rng).connected();
            let minutes = log_normal(&mut rng, occasion.traits().minutes, 0.55).clamp(4.0, 300.0);
            let end = UnixMillis::new(now.get() + (minutes * MINUTE_MS as f32) as i64);
            let is_free = visits.last().is_none_or(|last| now.since(last.end) > super::agenda::PAUSE_MS);
            if now >= who.joined && is_free {
                let rng = stream(self.world.seed(), Purpose::Response, rand::RngExt::random(&mut rng));
                let (slate_count, wears_out, is_over) = (0, false, false);
                let listener = who.id;
                visits.push(Visit {
                    listener,
                    persona,
                    now,
                    end,
                    setting,
                    rng,
                    slate_count,
                    wears_out,
                    is_over,
                });
            }
        }
        visits
    }

    /// Lets the listener hear a slate from the top, until the time or the patience is over; tells what happened.
    ///
    /// An empty slate ends the session.
    pub fn hear(
        &mut self,
        morning: &Morning<'a>,
        visit: &mut Visit,
        slate: Option<SlateId>,
        tracks: &[TrackId],
    ) -> Vec<SimEvent> {
        let queue = Queue { slate, ..Queue::of(Surface::Mix, tracks.iter().copied(), PlayStart::Next) };
        visit.slate_count += 1;
        visit.is_over |= tracks.is_empty() || visit.slate_count >= SOURCES_MAX;
        self.within(morning, visit, |session| session.play(queue))
    }

    /// Lets the listener go through the session without any recommender, as on the days before.
    pub fn wander(&mut self, morning: &Morning<'a>, visit: &mut Visit) -> Vec<SimEvent> {
        visit.is_over = true;
        self.within(morning, visit, |session| {
            session.run();
            false
        })
    }

    fn within(
        &mut self,
        morning: &Morning<'a>,
        visit: &mut Visit,
        listen: impl FnOnce(&mut Session<'_>) -> bool,
    ) -> Vec<SimEvent> {
        let row = visit.listener.row();
        let (events, gave_up) = self.with_day(morning, row, |life, day| {
            let mut session = Session {
                day,
                who: life.who,
                persona: visit.persona,
                memory: &mut life.memory,
                diary: &mut life.diary,
                setting: visit.setting.clone(),
                now: visit.now,
                end: visit.end,
                rng: &mut visit.rng,
                latest_good: None,
                wears_out: visit.wears_out,
            };
            let gave_up = listen(&mut session);
            visit.now = session.now;
            (life.diary.take(), gave_up)
        });
        visit.is_over |= visit.now >= visit.end || (gave_up && visit.wears_out);
        visit.wears_out |= gave_up;
        events.iter().for_each(|sim| self.note(sim));
        events
    }

    /// What a listener has heard so far.
    ///
    /// # Panics
    /// When the listener is not of this world.
    pub fn past(&self, listener: ListenerId) -> &Past {
        &self.lives[listener.row()].memory.past
    }

    /// What a listener has said shall never be played.
    ///
    /// # Panics
    /// When the listener is not of this world.
    pub fn disliked(&self, listener: ListenerId) -> &[TrackId] {
        &self.lives[listener.row()].memory.disliked
    }

    /// Whether a listener is free to begin a session at `at`; one session follows the other.
    pub fn is_free(&self, visit: &Visit) -> bool {
        let life = &self.lives[visit.listener.row()];
        life.diary.latest() <= visit.now
    }

    fn with_day<T>(
        &mut self,
        morning: &Morning<'a>,
        row: usize,
        act: impl FnOnce(&mut Life<'a>, &Day<'_>) -> T,
    ) -> T {
        let Morning { at, charts, public } = morning;
        let day = Day { world: self.world, at: *at, charts, editorial: &self.editorial, public };
        act(&mut self.lives[row], &day)
    }
}
