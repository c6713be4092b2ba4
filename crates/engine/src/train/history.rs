//! The log as rows that models are fitted on.

use std::sync::Arc;

use learn::popularity::Play;
use learn::reception::Hearing;
use music::{Catalogue, Event, ListenerId, PlayStart, Prompt, Target, TrackId, UnixMillis};
use taste::{Reading, SessionRules, TasteProfile, TasteSummary};

use super::playlists::{self, WeighedPlaylist};
use super::segments::Around;
use super::{TrainProgress, age_days};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::{Scan, Seq, Store};

/// Everything that models are fitted on.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Listeners in all, silent ones included.
    pub(super) listener_count: usize,
    /// (listener, track, how much): above 0 for liked, below 0 for rejected.
    pub(super) track_likes: Vec<(u32, u32, f32)>,
    /// (listener, artist, how much), above 0.
    pub(super) artist_likes: Vec<(u32, u32, f32)>,
    /// Plays of tracks, for popularity.
    pub(super) plays: Vec<Play>,
    /// Plays of artists, for popularity.
    pub(super) artist_plays: Vec<Play>,
    /// What came up, and whether it was heard out.
    pub(super) hearings: Vec<Hearing>,
    /// Tracks that were heard out in one session, in order.
    pub(super) sessions: Vec<Heard>,
    /// Playlists with what their making is worth.
    pub(super) playlists: Vec<WeighedPlaylist>,
    /// Where, when and on what listeners listen, and the tags of what they like.
    pub(super) around: Around,
}

/// One session.
#[derive(Debug)]
pub(super) struct Heard {
    /// Who listened.
    pub(super) listener: u32,
    /// What was heard out, in order.
    pub(super) tracks: Vec<u32>,
}

/// Which events count.
pub(super) trait Selection: Sync {
    /// Whether to learn from `event`.
    fn has(&self, event: &Event) -> bool;

    /// Whether to learn from a playlist that was made at `created`.
    fn has_playlist(&self, created: UnixMillis) -> bool;
}

/// From this affinity down a track enters the matrix as an explicit "no".
const REJECTED_AFFINITY: f32 = -0.3;
/// Sessions longer than this are background, and say nothing about what belongs together.
const SESSION_LEN_MAX: usize = 200;
/// Plays that a sum from before Segue watched counts as, at most, and how long ago: it must not outweigh what was seen.
const SUMMED_PLAY_COUNT_MAX: u32 = 20;
const SUMMED_AGE_DAYS: f32 = 180.0;

/// Tags of what a listener likes that are counted, the largest shares first.
const AROUND_TAGS_MAX: usize = 10;

/// Reads the log listener by listener, up to the event that was the last when it was opened.
#[derive(Debug)]
pub(super) struct Reader {
    store: Arc<dyn Store>,
    catalogue: Arc<Catalogue>,
    listener_count: usize,
    playlist_count: usize,
    through: Seq,
}

impl Reader {
    pub(super) async fn open(engine: &Engine, catalogue: Arc<Catalogue>) -> Result<Self, EngineError> {
        let store = Arc::clone(engine.store());
        let through = store.latest().await?;
        if through == Seq::START && catalogue.tracks().is_empty() {
            return Err(EngineError::NothingToLearn);
        }
        let library = engine.library().await;
        let (listener_count, playlist_count) = (library.listeners().len(), library.playlist_owners().len());
        drop(library);
        Ok(Self { store, catalogue, listener_count, playlist_count, through })
    }

    pub(super) const fn through(&self) -> Seq {
        self.through
    }

    pub(super) const fn listener_count(&self) -> usize {
        self.listener_count
    }

    /// How long a track is, as profiles want to know.
    pub(super) fn duration(&self, track: TrackId) -> Option<music::Millis> {
        self.catalogue.track(track).and_then(|track| track.duration)
    }

    /// All events of one listener in the order of their time.
    pub(super) async fn events(&self, listener: ListenerId) -> Result<Vec<Event>, EngineError> {
        let mut events = self.scan(Scan::of_listener(listener)).await?;
        events.sort_by_key(|event| event.at);
        Ok(events)
    }

    /// All events of a scan in the order of arrival.
    async fn scan(&self, mut scan: Scan) -> Result<Vec<Event>, EngineError> {
        let mut events = Vec::new();
        loop {
            let page = self.store.events(scan).await?;
            let Some(last) = page.last().map(|stored| stored.seq) else { return Ok(events) };
            let is_last = page.len() < scan.limit as usize || last >= self.through;
            let in_time = page.into_iter().filter(|stored| stored.seq <= self.through);
            events.extend(in_time.map(|stored| stored.event));
            if is_last {
                return Ok(events);
            }
            scan = scan.after(last);
        }
    }

    /// Reads everything that `selection` has, as of `now`; skips mean what the table says.
    pub(super) async fn read(
        &self,
        selection: &dyn Selection,
        now: UnixMillis,
        progress: &mut (dyn FnMut(TrainProgress) + Send),
    ) -> Result<History, EngineError> {
        self.read_by(selection, &|track| self.duration(track), now, progress).await
    }

    /// The same with events read by `reading`.
    pub(super) async fn read_by(
        &self,
        selection: &dyn Selection,
        reading: &(impl Reading + Sync),
        now: UnixMillis,
        progress: &mut (dyn FnMut(TrainProgress) + Send),
    ) -> Result<History, EngineError> {
        let mut history = History { listener_count: self.listener_count, ..History::default() };
        for row in 0..self.listener_count {
            let listener = ListenerId::new(row as u32);
            let mut events = self.events(listener).await?;
            events.retain(|event| selection.has(event));
            self.add_listener(&mut history, (listener, &events), reading, now);
            progress(TrainProgress { stage: "reading listeners", done: row + 1, total: self.listener_count });
        }
        let mut made = Vec::new();
        for row in 0..self.playlist_count {
            let events = self.scan(Scan::of_playlist(music::PlaylistId::new(row as u32))).await?;
            made.extend(playlists::fold(&events).filter(|playlist| selection.has_playlist(playlist.created)));
            progress(TrainProgress { stage: "reading playlists", done: row + 1, total: self.playlist_count });
        }
        history.playlists = playlists::weigh(made, &self.catalogue);
        Ok(history)
    }

    fn add_listener(
        &self,
        history: &mut History,
        (listener, events): (ListenerId, &[Event]),
        reading: &impl Reading,
        now: UnixMillis,
    ) {
        let profile = TasteProfile::fold(listener, events, reading);
        let summary = TasteSummary::of(&profile, &self.catalogue, now);
        let row = listener.get();
        let liked = summary.liked.iter().map(|&(track, affinity)| (row, track.get(), like_weight(affinity)));
        let rejected = summary.rejected.iter().filter(|&&(_, affinity)| affinity < REJECTED_AFFINITY);
        let rejected = rejected.map(|&(track, affinity)| (row, track.get(), affinity));
        history.track_likes.extend(liked.chain(rejected));
        let artists = summary.artists.iter().filter(|&&(_, affinity)| affinity > 0.0);
        history
            .artist_likes
            .extend(artists.map(|&(artist, affinity)| (row, artist.get(), like_weight(affinity))));
        let tags = summary.tags.iter().take(AROUND_TAGS_MAX).map(|&(tag, share)| (row, tag.get(), share));
        history.around.tags.extend(tags);
        history.around.add_events(row, events);
        for event in events {
            self.add_plays(history, row, event, now);
            if let Some((track, is_heard_out)) = came_up(event, |track| self.duration(track))
                && let Some(known) = self.catalogue.track(track)
            {
                let (item, group) = (track.get(), known.main_artist().get());
                history.hearings.push(Hearing { item, group, listener: row, is_heard_out });
            }
        }
        for listening in SessionRules::default().cut(events) {
            let heard = listening.plays.iter().filter(|heard| !heard.skipped).map(|heard| heard.track.get());
            let tracks: Vec<u32> = heard.collect();
            if (2..=SESSION_LEN_MAX).contains(&tracks.len()) {
                history.sessions.push(Heard { listener: row, tracks });
            }
        }
    }

    fn add_plays(&self, history: &mut History, listener: u32, event: &Event, now: UnixMillis) {
        let (target, age_days, weight) = match event.prompt {
            Prompt::Played { track, .. } | Prompt::Replayed { track } => {
                (Target::Track(track), age_days(now, event.at), 1.0)
            }
            Prompt::PlayedBefore { target, plays } => {
                (target, SUMMED_AGE_DAYS, plays.min(SUMMED_PLAY_COUNT_MAX) as f32)
            }
            _ => return,
        };
        match target {
            Target::Track(track) => {
                history.plays.push(Play { item: track.get(), listener, age_days, weight });
                for artist in self.catalogue.track(track).iter().flat_map(|track| &track.artists) {
                    history.artist_plays.push(Play { item: artist.get(), listener, age_days, weight });
                }
            }
            Target::Artist(artist) => {
                history.artist_plays.push(Play { item: artist.get(), listener, age_days, weight });
            }
            Target::Release(_) | Target::Playlist(_) => {}
        }
    }
}

/// From this share of a track on, leaving it is no skip; the end of many tracks is silence or applause.
const HEARD_OUT_SHARE: f32 = 0.8;

/// The track that came up by itself with `event`, and whether it was heard out; none where it was put on by hand.
pub(super) fn came_up(
    event: &Event,
    duration: impl Fn(TrackId) -> Option<music::Millis>,
) -> Option<(TrackId, bool)> {
    let (track, start, left) = match event.prompt {
        Prompt::Played { track, start, .. } => (track, start, None),
        Prompt::Skipped { track, start, played, .. } => (track, start, Some(played)),
        _ => return None,
    };
    let is_heard_out = left.is_none_or(|played| is_heard_out(played, duration(track)));
    matches!(start, PlayStart::Next | PlayStart::Unknown).then_some((track, is_heard_out))
}

/// Whether a track that was left after `played` counts as heard out; not where its whole duration is not known.
pub(crate) fn is_heard_out(played: Option<music::Millis>, whole: Option<music::Millis>) -> bool {
    played
        .zip(whole)
        .is_some_and(|(played, whole)| played.get() as f32 >= HEARD_OUT_SHARE * whole.get().max(1) as f32)
}

/// A liked thing counts from one half to two: that it is liked says most, how much says little.
///
/// On lastfm-2k play counts do not help a neighbour model (measured in its SOURCE.md), so the span is narrow.
fn like_weight(affinity: f32) -> f32 {
    0.5 + 1.5 * affinity
}
