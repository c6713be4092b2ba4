//! What is known about a listener: the fold of their events.
//!
//! A profile keeps what was said and shown about each track, artist and release, and nothing that can be derived
//! from that: what it means for genres, sound and the rest is read out by [`crate::summary`].
//! So taking back a like or a dislike restores the profile exactly, and a genre learnt later counts at once.

mod standing;

use std::collections::VecDeque;

use music::{
    ArtistId, Event, ListenerId, PlaylistId, Prompt, ReleaseId, Session, Target, TrackId, Trait, UnixMillis,
    Wish,
};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::adventure::Adventure;
use crate::habits::{DayPart, Habits};
use crate::opinion::Opinion;
use crate::reading::{Reading, SkipMoment};
use crate::searches::Searches;
use crate::session::{SessionRules, count};
use crate::shelf::Shelf;
use crate::signal::{Familiarity, is_held_against, reread, signal};
use crate::sitting::{Sitting, heard_out};

pub(crate) use self::standing::affinity;
pub use self::standing::{ArtistTaste, EAR_HALF_LIFE, SHOWN_HALF_LIFE, Standing, TrackTaste};

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
    #[serde(default)]
    playlists: FxHashMap<PlaylistId, Standing>,
    habits: Habits,
    #[serde(default)]
    adventure: Adventure,
    #[serde(default)]
    wishes: [Wish; Trait::ALL.len()],
    #[serde(default)]
    shelf: Shelf,
    #[serde(default)]
    searches: Searches,
    session: Option<Session>,
    recent: VecDeque<Recent>,
    sittings: VecDeque<Sitting>,
    event_count: u64,
    latest: Option<UnixMillis>,
}

/// A recent play or skip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    /// The track.
    pub track: TrackId,
    /// When it began.
    pub at: UnixMillis,
    /// Preference times confidence of its signal, −1 to 1, as the table reads it: what it says of the moment.
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
            playlists: FxHashMap::default(),
            habits: Habits::default(),
            adventure: Adventure::default(),
            wishes: Default::default(),
            shelf: Shelf::default(),
            searches: Searches::default(),
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
        reading: &(impl Reading + ?Sized),
    ) -> Self {
        let mut profile = Self::new(listener);
        for event in events {
            profile.observe(event, reading);
        }
        profile
    }

    /// What is known before a skip, where `event` is one that says anything; for models of what skips mean.
    pub fn before_skip<R>(
        &self,
        event: &Event,
        reading: &(impl Reading + ?Sized),
        look: impl FnOnce(&SkipMoment<'_>) -> R,
    ) -> Option<R> {
        let session = SessionRules::default().place(self.session.clone(), event);
        let familiarity = self.familiarity(event, reading);
        let says = is_held_against(event, &signal(event, &session, &familiarity));
        let moment = SkipMoment { profile: self, event, session: &session, familiarity: &familiarity };
        says.then(|| look(&moment))
    }

    /// Takes in one event of this listener; `reading` tells how long a track is, and may know more of skips.
    ///
    /// *Complexity*: constant, except that a full profile now and then forgets its faintest tracks.
    pub fn observe(&mut self, event: &Event, reading: &(impl Reading + ?Sized)) {
        self.event_count += 1;
        if let Prompt::Shown(shown) = &event.prompt {
            return self.shelf.shown(shown, event);
        }
        let mut session = SessionRules::default().place(self.session.take(), event);
        let familiarity = self.familiarity(event, reading);
        let mut signals = signal(event, &session, &familiarity);
        // What is wanted at the moment is read by the table; a model says what stays of it.
        let evidence = signals.first().and_then(|signal| signal.judgement.opinion()).map(Opinion::evidence);
        if is_held_against(event, &signals) {
            let moment = SkipMoment { profile: self, event, session: &session, familiarity: &familiarity };
            if let Some(evidence) = reading.skip(&moment) {
                reread(&mut signals, evidence);
            }
        }
        for signal in &signals {
            self.standing(signal.target).judge(signal.judgement, event.at);
        }
        self.take_facts(event);
        count(&mut session, event);
        self.remember(event, evidence.unwrap_or(0.0), session.started);
        self.sit(event, session.started);
        self.shelf.heard_out(event);
        self.searches.observe(event);
        self.session = Some(session);
        self.latest = self.latest.max(Some(event.at));
        if self.tracks.len() > TRACK_LIMIT {
            self.forget_faintest(event.at);
        }
    }

    fn familiarity(&self, event: &Event, reading: &(impl Reading + ?Sized)) -> Familiarity {
        let Some(track) = event.prompt.track() else { return Familiarity::default() };
        let known = self.tracks.get(&track);
        Familiarity {
            duration: reading.duration(track),
            play_count: known.map_or(0, |taste| taste.play_count),
            affinity: known.map_or(0.0, |taste| taste.affinity(event.at)),
        }
    }

    fn standing(&mut self, target: Target) -> &mut Standing {
        match target {
            Target::Track(track) => &mut self.tracks.entry(track).or_default().standing,
            Target::Artist(artist) => &mut self.artists.entry(artist).or_default().standing,
            Target::Release(release) => self.releases.entry(release).or_default(),
            Target::Playlist(playlist) => self.playlists.entry(playlist).or_default(),
        }
    }

    /// The facts beside the signals: how often, when, and who is followed.
    fn take_facts(&mut self, event: &Event) {
        let local = event.context.local(event.at);
        let day_part = DayPart::of(local);
        match &event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => {
                self.habits.observe(local, event.at);
                let is_new = !self.tracks.get(track).is_some_and(TrackTaste::is_heard);
                let known_count = self.tracks.len().saturating_sub(usize::from(is_new));
                self.adventure.observe(event, is_new, known_count);
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
            Prompt::Wished { of, wish } => self.wishes[*of as usize] = *wish,
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

    /// What was said about a release.
    pub fn release(&self, release: ReleaseId) -> Option<&Standing> {
        self.releases.get(&release)
    }

    /// What was said about a playlist as such; what stands on it is not judged by that.
    pub fn playlist(&self, playlist: PlaylistId) -> Option<&Standing> {
        self.playlists.get(&playlist)
    }

    /// All releases about which something was said, in no order that means anything.
    pub fn releases(&self) -> impl ExactSizeIterator<Item = (ReleaseId, &Standing)> {
        self.releases.iter().map(|(&release, standing)| (release, standing))
    }

    /// When the listener listens.
    pub const fn habits(&self) -> &Habits {
        &self.habits
    }

    /// What the listener says should be made of a property of tracks.
    pub const fn wish(&self, of: Trait) -> Wish {
        self.wishes[of as usize]
    }

    /// What was shown, mix by mix.
    pub const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// What was searched for lately.
    pub const fn searches(&self) -> &Searches {
        &self.searches
    }

    /// How much of what the listener chooses is new to them.
    pub const fn adventure(&self) -> &Adventure {
        &self.adventure
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
