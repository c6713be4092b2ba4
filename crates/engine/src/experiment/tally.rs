//! What each listener did with the picks of each arm, read from the log.
//!
//! A pick is answered where a play or skip names its slate; the first answer to a pick counts.
//! What counts as heard out is the same as in training: also a track that was left in its last fifth, or played again.
//! A like counts for the pick whose slate it names, or else for the latest slate of the day before that showed the track.

use std::collections::{BTreeMap, BTreeSet};

use learn::interleaving::{Team, winner};
use music::unit::DAY_MS;
use music::{Event, ListenerId, Millis, Prompt, SlateId, Target, TrackId, Trial, UnixMillis};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::serve::events_of;
use crate::store::Seq;
use crate::train::is_heard_out;

/// Within this time a like without a slate counts for the one that showed the track last.
const LIKE_MS: i64 = DAY_MS;

/// One listener in one experiment.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// What became of the picks of each arm, by its name.
    pub by_arm: BTreeMap<Box<str>, ArmTally>,
    /// Where slates are interleaved: how many were for each arm, by its name.
    pub wins: BTreeMap<Box<str>, u64>,
    /// Where slates are interleaved: how many were for neither arm.
    pub tie_count: u64,
    /// The days on which the listener listened to anything, counted from 1970.
    pub heard_days: BTreeSet<i64>,
}

/// What became of the picks of one arm for one listener.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArmTally {
    /// Slates that it had a part in.
    pub impressions: u64,
    /// Picks that came up.
    pub answered: u64,
    /// Those that were heard out.
    pub finished: u64,
    /// Those that were skipped.
    pub skipped: u64,
    /// Picks that were liked.
    pub liked: u64,
    /// Those of the liked picks that did not come up.
    pub liked_unheard: u64,
    /// The days on which it was shown, counted from 1970.
    pub shown_days: BTreeSet<i64>,
}

/// All experiments of a log.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    /// Listener by listener, by the name of the experiment; only those who were shown something of it.
    pub by_experiment: BTreeMap<Box<str>, Vec<Tally>>,
    /// The experiments whose slates are interleaved.
    pub interleaved: BTreeSet<Box<str>>,
    /// The day of the last event of all, counted from 1970.
    pub last_day: i64,
}

impl Tallies {
    /// Reads the whole log, listener by listener.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn read(
        engine: &Engine,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<Self, EngineError> {
        let count = engine.library().await.listeners().len();
        let catalogue = engine.catalogue().await;
        let duration = |track| catalogue.track(track).and_then(|track| track.duration);
        let mut tallies = Self { last_day: i64::MIN, ..Self::default() };
        for row in 0..count {
            let listener = ListenerId::new(row as u32);
            let events = events_of(&**engine.store(), listener, Seq::START).await?;
            let mut events: Vec<Event> = events.into_iter().map(|stored| stored.event).collect();
            events.sort_by_key(|event| event.at);
            tallies.add(&events, duration);
            progress(row + 1, count);
        }
        Ok(tallies)
    }

    /// Takes in all events of one listener, which must stand in the order of their time; `duration` knows how long tracks
    /// are.
    pub fn add(&mut self, events: &[Event], duration: impl Fn(TrackId) -> Option<Millis>) {
        let last = events.last().map_or(i64::MIN, |event| day(event.at));
        self.last_day = self.last_day.max(last);
        let mut reading = Reading::default();
        // All slates first: an answer names its slate, and the clock that timed it may be behind ours.
        events.iter().for_each(|event| reading.show(event));
        events.iter().for_each(|event| reading.take(event, &duration));
        for slate in reading.slates.values().filter(|slate| slate.trial.is_interleaved()) {
            self.interleaved.insert(slate.trial.experiment.clone());
        }
        for (experiment, mut tally) in reading.finish() {
            tally.heard_days.clone_from(&reading.heard_days);
            self.by_experiment.entry(experiment).or_default().push(tally);
        }
    }
}

/// A slate of an experiment.
struct Shown {
    at: UnixMillis,
    trial: Trial,
    places: FxHashMap<TrackId, usize>,
    answered: FxHashSet<TrackId>,
    liked: FxHashSet<TrackId>,
    /// Places that were heard out or liked.
    taken_up: FxHashSet<usize>,
}

/// One listener while their events are read.
#[derive(Default)]
struct Reading {
    slates: FxHashMap<SlateId, Shown>,
    /// The slates in the order in which they were shown.
    order: Vec<SlateId>,
    tallies: BTreeMap<Box<str>, Tally>,
    heard_days: BTreeSet<i64>,
}

impl Reading {
    /// Takes in a slate; nothing else.
    fn show(&mut self, event: &Event) {
        let Prompt::Shown(shown) = &event.prompt else { return };
        let Some(trial) = &shown.trial else { return };
        let track = |(place, pick): (usize, &music::ShownPick)| match pick.target {
            Target::Track(track) => Some((track, place)),
            _ => None,
        };
        let places = shown.picks.iter().enumerate().filter_map(track).collect();
        let tally = self.tallies.entry(trial.experiment.clone()).or_default();
        for arm in &trial.arms {
            let of_arm = tally.by_arm.entry(arm.clone()).or_default();
            of_arm.impressions += 1;
            of_arm.shown_days.insert(day(event.at));
        }
        let (trial, at) = (Trial::clone(trial), event.at);
        let (answered, liked, taken_up) = Default::default();
        self.order.push(shown.slate);
        self.slates.insert(shown.slate, Shown { at, trial, places, answered, liked, taken_up });
    }

    /// Takes in an answer; all slates are known.
    fn take(&mut self, event: &Event, duration: &impl Fn(TrackId) -> Option<Millis>) {
        match &event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => self.answer(event, *track, true),
            Prompt::Skipped { track, played, .. } => {
                self.answer(event, *track, is_heard_out(*played, duration(*track)));
            }
            Prompt::Liked { target: Target::Track(track) } => self.like(event, *track),
            _ => {}
        }
    }

    fn answer(&mut self, event: &Event, track: TrackId, is_heard_out: bool) {
        self.heard_days.insert(day(event.at));
        let Some(shown) = event.context.slate.and_then(|slate| self.slates.get_mut(&slate)) else { return };
        let Some(&place) = shown.places.get(&track) else { return };
        if !shown.answered.insert(track) {
            return;
        }
        let was_liked = shown.liked.contains(&track);
        if is_heard_out {
            shown.taken_up.insert(place);
        }
        let Some(tally) = of_place(&mut self.tallies, &shown.trial, place) else { return };
        tally.answered += 1;
        tally.finished += u64::from(is_heard_out);
        tally.skipped += u64::from(!is_heard_out);
        tally.liked_unheard -= u64::from(was_liked);
    }

    fn like(&mut self, event: &Event, track: TrackId) {
        let is_meant = |slate: &&SlateId| {
            let shown = &self.slates[*slate];
            shown.places.contains_key(&track) && (0..=LIKE_MS).contains(&event.at.since(shown.at))
        };
        let latest = || self.order.iter().rev().find(is_meant).copied();
        let Some(slate) = event.context.slate.or_else(latest) else { return };
        let Some(shown) = self.slates.get_mut(&slate) else { return };
        let Some(&place) = shown.places.get(&track) else { return };
        if !shown.liked.insert(track) {
            return;
        }
        let was_heard = shown.answered.contains(&track);
        shown.taken_up.insert(place);
        let Some(tally) = of_place(&mut self.tallies, &shown.trial, place) else { return };
        tally.liked += 1;
        tally.liked_unheard += u64::from(!was_heard);
    }

    /// The tallies, with the slates that each arm won.
    fn finish(&mut self) -> BTreeMap<Box<str>, Tally> {
        for shown in self.slates.values().filter(|shown| shown.trial.is_interleaved()) {
            let team = |(place, team): (usize, &u8)| {
                (place as u32, if *team == 0 { Team::First } else { Team::Second })
            };
            let places: Vec<(u32, Team)> = shown.trial.teams.iter().enumerate().map(team).collect();
            let winner = winner(&places, |place| shown.taken_up.contains(&(place as usize)));
            let Some(tally) = self.tallies.get_mut(&shown.trial.experiment) else { continue };
            match winner.and_then(|team| shown.trial.arms.get(usize::from(team == Team::Second))) {
                Some(arm) => *tally.wins.entry(arm.clone()).or_default() += 1,
                None => tally.tie_count += 1,
            }
        }
        std::mem::take(&mut self.tallies)
    }
}

/// The tally of the arm that put something at a place.
fn of_place<'a>(
    tallies: &'a mut BTreeMap<Box<str>, Tally>,
    trial: &Trial,
    place: usize,
) -> Option<&'a mut ArmTally> {
    tallies.get_mut(&trial.experiment)?.by_arm.get_mut(trial.arm_of(place)?)
}

fn day(at: UnixMillis) -> i64 {
    at.get().div_euclid(DAY_MS)
}
