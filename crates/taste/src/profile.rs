//! What is known about a listener: the fold of their events.
//!
//! A profile keeps what was said and shown about each track, artist and release, and nothing that can be derived
//! from that: what it means for genres, sound and the rest is read out by [`crate::summary`].
//! So taking back a like or a dislike restores the profile exactly, and a genre learnt later counts at once.

use std::collections::VecDeque;

use music::unit::DAY_MS;
use music::{ArtistId, Event, ListenerId, Millis, Prompt, ReleaseId, Session, Target, TrackId, UnixMillis};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::decay::{Decayed, HalfLife};
use crate::habits::{DayPart, Habits};
use crate::opinion::Opinion;
use crate::session::{SessionRules, count};
use crate::signal::{Familiarity, Judgement, signal};
use crate::sitting::{Sitting, heard_out};

/// What behaviour showed half a year ago counts half; what was said counts until it is taken back.
///
/// A judgement, not tuned.
pub const SHOWN_HALF_LIFE: HalfLife = HalfLife::days(180.0);
/// A week after a play, half of it is still in the ear.
///
/// A judgement: Anderson, Kumar, Tomkins, Vassilvitskii, "The Dynamics of Repeat Consumption", 2014, find weariness that
/// lasts for days to weeks; what it is worth is learnt.
pub const EAR_HALF_LIFE: HalfLife = HalfLife::days(7.0);
/// Evidence that stands against every small sample: one full play is not yet love.
const PRIOR_EVIDENCE: f32 = 1.0;
/// A skip leaves so much of a play in the ear; a judgement.
const SKIPPED_IN_EAR: f32 = 0.3;
/// Tracks a profile holds at most; beyond it those with the least to say are forgotten.
const TRACK_LIMIT: usize = 20_000;
/// Plays and skips that are kept one by one, for sources that look at the last few minutes.
const RECENT_LIMIT: usize = 100;
/// Sessions that are kept for telling selves apart: about half a year's of an average listener, 8 KiB.
const SITTING_LIMIT: usize = 100;

/// One listener's taste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TasteProfile {
    listener: ListenerId,
    tracks: FxHashMap<TrackId, TrackTaste>,
    artists: FxHashMap<ArtistId, ArtistTaste>,
    releases: FxHashMap<ReleaseId, Standing>,
    habits: Habits,
    session: Option<Session>,
    recent: VecDeque<Recent>,
    sittings: VecDeque<Sitting>,
    event_count: u64,
    latest: Option<UnixMillis>,
}

/// What was said and shown about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Standing {
    said: Option<Opinion>,
    summed: Option<Opinion>,
    shown_for: Decayed,
    shown_against: Decayed,
}

impl Standing {
    fn judge(&mut self, judgement: Judgement, at: UnixMillis) {
        match judgement {
            Judgement::Says(opinion) => self.said = Some(opinion),
            Judgement::Unsays => self.said = None,
            Judgement::SumsUp(opinion) => self.summed = Some(opinion),
            Judgement::Shows(opinion) if opinion.preference >= 0.0 => {
                self.shown_for.add(opinion.evidence(), at, SHOWN_HALF_LIFE);
            }
            Judgement::Shows(opinion) => {
                self.shown_against.add(-opinion.evidence(), at, SHOWN_HALF_LIFE);
            }
        }
    }

    /// What the listener said in plain words, if it still stands.
    pub const fn said(&self) -> Option<Opinion> {
        self.said
    }

    /// Evidence for it: 0 for none; each full, chosen play adds about 0.3.
    pub fn evidence_for(&self, now: UnixMillis) -> f32 {
        // A sum of plays has no date, so it does not fade; at most it weighs like a dozen full plays.
        let summed = self.summed.map_or(0.0, |opinion| 6.0 * opinion.evidence());
        self.shown_for.at(now, SHOWN_HALF_LIFE) + summed
    }

    /// Evidence against it, 0 for none.
    pub fn evidence_against(&self, now: UnixMillis) -> f32 {
        self.shown_against.at(now, SHOWN_HALF_LIFE)
    }

    /// How much the listener likes it, −1 to 1; 0 where nothing is known.
    pub fn affinity(&self, now: UnixMillis) -> f32 {
        affinity(self.said, self.evidence_for(now), self.evidence_against(now))
    }
}

/// The affinity that follows from what was said and from the evidence for and against.
pub(crate) fn affinity(said: Option<Opinion>, evidence_for: f32, evidence_against: f32) -> f32 {
    let evidence = evidence_for + evidence_against;
    let shown = (evidence_for - evidence_against) / (evidence + PRIOR_EVIDENCE);
    said.map_or(shown, |said| said.evidence() + (1.0 - said.confidence) * shown)
}

/// What is known about listener and track.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct TrackTaste {
    /// What was said and shown.
    pub standing: Standing,
    /// Plays that were not skipped, those from before Segue watched included.
    pub play_count: u32,
    /// Skips.
    pub skip_count: u32,
    /// When it was first heard, skipped or not, where that is known.
    pub first_heard: Option<UnixMillis>,
    /// When it was last heard, skipped or not, where that is known.
    pub last_heard: Option<UnixMillis>,
    /// Plays in each part of the week, see [`DayPart`].
    pub day_parts: [u16; DayPart::COUNT],
    plays_before: u32,
    in_ear: Decayed,
}

impl TrackTaste {
    /// How much the listener likes it, −1 to 1.
    pub fn affinity(&self, now: UnixMillis) -> f32 {
        self.standing.affinity(now)
    }

    /// Whether the listener has heard it at all.
    pub const fn is_heard(&self) -> bool {
        self.play_count + self.skip_count > 0
    }

    /// Days since it was last heard, where that is known.
    pub fn days_since_heard(&self, now: UnixMillis) -> Option<f32> {
        Some(now.since(self.last_heard?) as f32 / DAY_MS as f32)
    }

    /// How present it is in the listener's ears: plays and half-heard skips of the last days, faded by
    /// [`EAR_HALF_LIFE`].
    pub fn in_ear(&self, now: UnixMillis) -> f32 {
        self.in_ear.at(now, EAR_HALF_LIFE)
    }

    fn heard(&mut self, at: UnixMillis, day_part: DayPart, skipped: bool) {
        self.in_ear.add(if skipped { SKIPPED_IN_EAR } else { 1.0 }, at, EAR_HALF_LIFE);
        let counter = if skipped { &mut self.skip_count } else { &mut self.play_count };
        *counter = counter.saturating_add(1);
        self.first_heard = Some(self.first_heard.map_or(at, |first| first.min(at)));
        self.last_heard = Some(self.last_heard.map_or(at, |last| last.max(at)));
        if !skipped {
            let part = &mut self.day_parts[day_part.index()];
            *part = part.saturating_add(1);
        }
    }

    /// A later sum replaces an earlier one.
    fn summed(&mut self, plays: u32) {
        self.play_count = self.play_count.saturating_sub(self.plays_before).saturating_add(plays);
        self.plays_before = plays;
    }
}

/// What is known about listener and artist directly, apart from the artist's tracks.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ArtistTaste {
    /// What was said and shown.
    pub standing: Standing,
    /// Whether the listener follows the artist.
    pub followed: bool,
    /// Plays from before Segue watched.
    pub plays_before: u32,
}

/// A recent play or skip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    /// The track.
    pub track: TrackId,
    /// When it began.
    pub at: UnixMillis,
    /// Preference times confidence of its signal, −1 to 1.
    pub evidence: f32,
    /// Whether it was skipped.
    pub skipped: bool,
    /// When the session it belongs to began.
    pub session_start: UnixMillis,
}

impl TasteProfile {
    /// The profile of somebody about whom nothing is known.
    pub fn new(listener: ListenerId) -> Self {
        Self {
            listener,
            tracks: FxHashMap::default(),
            artists: FxHashMap::default(),
            releases: FxHashMap::default(),
            habits: Habits::default(),
            session: None,
            recent: VecDeque::new(),
            sittings: VecDeque::new(),
            event_count: 0,
            latest: None,
        }
    }

    /// The fold of `events`, which should stand in the order of their time.
    pub fn fold<'a>(
        listener: ListenerId,
        events: impl IntoIterator<Item = &'a Event>,
        duration: impl Fn(TrackId) -> Option<Millis>,
    ) -> Self {
        let mut profile = Self::new(listener);
        for event in events {
            profile.observe(event, &duration);
        }
        profile
    }

    /// Takes in one event of this listener; `duration` tells how long a track is.
    ///
    /// *Complexity*: constant, except that a full profile now and then forgets its faintest tracks.
    pub fn observe(&mut self, event: &Event, duration: impl Fn(TrackId) -> Option<Millis>) {
        self.event_count += 1;
        if matches!(event.prompt, Prompt::Shown(_)) {
            return;
        }
        let mut session = SessionRules::default().place(self.session.take(), event);
        let familiarity = self.familiarity(event, duration);
        let signals = signal(event, &session, &familiarity);
        for signal in &signals {
            if let Some(standing) = self.standing(signal.target) {
                standing.judge(signal.judgement, event.at);
            }
        }
        self.take_facts(event);
        count(&mut session, event);
        let evidence = signals.first().and_then(|signal| signal.judgement.opinion()).map(Opinion::evidence);
        self.remember(event, evidence.unwrap_or(0.0), session.started);
        self.sit(event, session.started);
        self.session = Some(session);
        self.latest = self.latest.max(Some(event.at));
        if self.tracks.len() > TRACK_LIMIT {
            self.forget_faintest(event.at);
        }
    }

    fn familiarity(&self, event: &Event, duration: impl Fn(TrackId) -> Option<Millis>) -> Familiarity {
        let Some(track) = event.prompt.track() else { return Familiarity::default() };
        let known = self.tracks.get(&track);
        Familiarity {
            duration: duration(track),
            play_count: known.map_or(0, |taste| taste.play_count),
            affinity: known.map_or(0.0, |taste| taste.affinity(event.at)),
        }
    }

    fn standing(&mut self, target: Target) -> Option<&mut Standing> {
        match target {
            Target::Track(track) => Some(&mut self.tracks.entry(track).or_default().standing),
            Target::Artist(artist) => Some(&mut self.artists.entry(artist).or_default().standing),
            Target::Release(release) => Some(self.releases.entry(release).or_default()),
            Target::Playlist(_) => None,
        }
    }

    /// The facts beside the signals: how often, when, and who is followed.
    fn take_facts(&mut self, event: &Event) {
        let local = event.context.local(event.at);
        let day_part = DayPart::of(local);
        match &event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => {
                self.habits.observe(local, event.at);
                self.tracks.entry(*track).or_default().heard(event.at, day_part, false);
            }
            Prompt::Skipped { track, .. } => {
                self.tracks.entry(*track).or_default().heard(event.at, day_part, true);
            }
            Prompt::PlayedBefore { target: Target::Track(track), plays } => {
                self.tracks.entry(*track).or_default().summed(*plays);
            }
            Prompt::PlayedBefore { target: Target::Artist(artist), plays } => {
                self.artists.entry(*artist).or_default().plays_before = *plays;
            }
            Prompt::Followed { artist } => self.artists.entry(*artist).or_default().followed = true,
            Prompt::Unfollowed { artist } => self.artists.entry(*artist).or_default().followed = false,
            _ => {}
        }
    }

    /// Keeps what was heard; what was said is kept with its target, where it can be taken back.
    fn remember(&mut self, event: &Event, evidence: f32, session_start: UnixMillis) {
        let (track, skipped) = match event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => (track, false),
            Prompt::Skipped { track, .. } => (track, true),
            _ => return,
        };
        if self.recent.len() == RECENT_LIMIT {
            self.recent.pop_front();
        }
        self.recent.push_back(Recent { track, at: event.at, evidence, skipped, session_start });
    }

    /// Keeps what was heard out with the session it belongs to.
    fn sit(&mut self, event: &Event, session_start: UnixMillis) {
        if heard_out(event).is_none() {
            return;
        }
        if self.sittings.back().is_none_or(|sitting| sitting.started != session_start) {
            if self.sittings.len() == SITTING_LIMIT {
                self.sittings.pop_front();
            }
            self.sittings.push_back(Sitting::begin(session_start, event));
        }
        if let Some(sitting) = self.sittings.back_mut() {
            sitting.take(event);
        }
    }

    /// Forgets a tenth of the tracks: those about which least was shown and nothing was said.
    fn forget_faintest(&mut self, now: UnixMillis) {
        let weight = |taste: &TrackTaste| match taste.standing.said() {
            Some(_) => f32::INFINITY,
            None => taste.standing.evidence_for(now) + taste.standing.evidence_against(now),
        };
        let mut weights: Vec<(f32, TrackId)> =
            self.tracks.iter().map(|(&track, taste)| (weight(taste), track)).collect();
        weights.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, track) in weights.into_iter().take(TRACK_LIMIT / 10) {
            self.tracks.remove(&track);
        }
    }

    /// Whose taste it is.
    pub const fn listener(&self) -> ListenerId {
        self.listener
    }

    /// What is known about a track, if anything is.
    pub fn track(&self, track: TrackId) -> Option<&TrackTaste> {
        self.tracks.get(&track)
    }

    /// All tracks about which something is known, in no order that means anything.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = (TrackId, &TrackTaste)> {
        self.tracks.iter().map(|(&track, taste)| (track, taste))
    }

    /// What is known about an artist directly.
    pub fn artist(&self, artist: ArtistId) -> Option<&ArtistTaste> {
        self.artists.get(&artist)
    }

    /// All artists about whom something is known directly, in no order that means anything.
    pub fn artists(&self) -> impl ExactSizeIterator<Item = (ArtistId, &ArtistTaste)> {
        self.artists.iter().map(|(&artist, taste)| (artist, taste))
    }

    /// All releases about which something was said, in no order that means anything.
    pub fn releases(&self) -> impl ExactSizeIterator<Item = (ReleaseId, &Standing)> {
        self.releases.iter().map(|(&release, standing)| (release, standing))
    }

    /// When the listener listens.
    pub const fn habits(&self) -> &Habits {
        &self.habits
    }

    /// The latest session, which may be long over; see [`Self::running_session`].
    pub const fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The session that an event at `now` on the same surface would continue.
    pub fn running_session(&self, now: UnixMillis) -> Option<&Session> {
        let gap_ms = SessionRules::default().gap_ms;
        self.session.as_ref().filter(|session| now.since(session.latest) <= gap_ms)
    }

    /// The latest plays and skips, oldest first; at most 100.
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = &Recent> + ExactSizeIterator {
        self.recent.iter()
    }

    /// The latest sessions in which anything was heard out, oldest first; at most 100.
    pub fn sittings(&self) -> impl DoubleEndedIterator<Item = &Sitting> + ExactSizeIterator {
        self.sittings.iter()
    }

    /// How many events it is made of.
    pub const fn event_count(&self) -> u64 {
        self.event_count
    }

    /// When the latest of them happened.
    pub const fn latest(&self) -> Option<UnixMillis> {
        self.latest
    }
}

#[cfg(test)]
mod tests;
