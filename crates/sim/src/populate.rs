//! A world's music and history, written into an engine through the interface that everybody uses.
//!
//! The engine hands out ids of its own; [`Populated`] keeps both, so that the truth about a track can be found again.

use std::sync::Arc;

use engine::{Engine, EngineError, NewEvent};
use music::event::{Impression, ShownPick, Target};
use music::{
    ArtistId, Context, Event, Id as _, ListenerId, PlaylistEdit, PlaylistId, Prompt, ReleaseId, TrackId,
};
use rustc_hash::FxHashMap;

use crate::world::World;

/// A world whose history an engine knows.
#[derive(Clone, Debug)]
pub struct Populated {
    /// The world with its truth.
    pub world: Arc<World>,
    /// How many events were written.
    pub event_count: usize,
    listeners: Vec<ListenerId>,
    tracks: Vec<TrackId>,
    artists: Vec<ArtistId>,
    releases: Vec<ReleaseId>,
    back: FxHashMap<TrackId, TrackId>,
    playlists: FxHashMap<PlaylistId, PlaylistId>,
}

/// How far populating has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PopulateProgress {
    /// What is being written.
    pub stage: &'static str,
    /// Rows written.
    pub done: usize,
    /// Rows in all, where that is known.
    pub total: Option<usize>,
}

/// Rows in one batch: large enough that syncing the disk does not matter, small enough to keep memory low.
const BATCH_LEN: usize = 4_000;

/// Writes the catalogue of `world` as of its end, its listeners, and all that happens in its days.
///
/// # Errors
/// Where the engine cannot write, or rejects an event: a simulated world writes only what is acceptable.
pub async fn populate(
    engine: &Engine,
    world: Arc<World>,
    progress: &mut (dyn FnMut(PopulateProgress) + Send),
) -> Result<Populated, EngineError> {
    let mut populated = Populated::settle(engine, world, progress).await?;
    populated.write_events(engine, progress).await?;
    Ok(populated)
}

impl Populated {
    /// Writes the catalogue of `world` as of its end and its listeners, before anything has happened.
    ///
    /// # Errors
    /// Where the engine cannot write.
    pub async fn settle(
        engine: &Engine,
        world: Arc<World>,
        progress: &mut (dyn FnMut(PopulateProgress) + Send),
    ) -> Result<Self, EngineError> {
        let mut populated = Self {
            event_count: 0,
            listeners: Vec::new(),
            tracks: Vec::new(),
            artists: vec![ArtistId::default(); world.catalogue().artists().len()],
            releases: vec![ReleaseId::default(); world.catalogue().releases().len()],
            back: FxHashMap::default(),
            playlists: FxHashMap::default(),
            world,
        };
        populated.write_catalogue(engine, progress).await?;
        populated.write_listeners(engine).await?;
        Ok(populated)
    }

    /// Writes events of the world's listeners, in the world's own ids; a playlist is made before it is used.
    ///
    /// # Errors
    /// Where the engine cannot write, or rejects an event.
    pub async fn write(&mut self, engine: &Engine, events: &[Event]) -> Result<(), EngineError> {
        for batch in events.chunks(BATCH_LEN) {
            self.write_batch(engine, batch).await?;
            self.event_count += batch.len();
        }
        Ok(())
    }

    async fn write_catalogue(
        &mut self,
        engine: &Engine,
        progress: &mut (dyn FnMut(PopulateProgress) + Send),
    ) -> Result<(), EngineError> {
        let total = self.world.catalogue().tracks().len();
        while self.tracks.len() < total {
            let mut intake = engine.intake().await?;
            // A description brings a handful of rows: the track, its artists and release, their names elsewhere.
            for row in self.tracks.len()..total.min(self.tracks.len() + BATCH_LEN / 8) {
                let own = TrackId::new(row as u32);
                let track = intake.track(&self.world.describe(own))?;
                self.back.insert(track, own);
                self.tracks.push(track);
                self.learn_names(own, intake.library().track(track).expect("it was taken in above"));
            }
            intake.commit().await?;
            progress(PopulateProgress { stage: "tracks", done: self.tracks.len(), total: Some(total) });
        }
        Ok(())
    }

    fn learn_names(&mut self, own: TrackId, theirs: &music::Track) {
        let ours = &self.world.catalogue().tracks()[own.row()];
        for (ours, &theirs) in ours.artists.iter().zip(&theirs.artists) {
            self.artists[ours.row()] = theirs;
        }
        if let (Some(ours), Some(theirs)) = (ours.release, theirs.release) {
            self.releases[ours.row()] = theirs;
        }
    }

    /// Several people may share a first name; the engine tells listeners apart by name.
    async fn write_listeners(&mut self, engine: &Engine) -> Result<(), EngineError> {
        let mut namesakes = FxHashMap::<&str, u32>::default();
        let mut intake = engine.intake().await?;
        for listener in self.world.listeners() {
            let number = namesakes.entry(&*listener.name).or_default();
            *number += 1;
            let name = match *number {
                1 => listener.name.to_string(),
                number => format!("{} {number}", listener.name),
            };
            self.listeners.push(intake.listener(&name)?);
        }
        intake.commit().await?;
        Ok(())
    }

    async fn write_events(
        &mut self,
        engine: &Engine,
        progress: &mut (dyn FnMut(PopulateProgress) + Send),
    ) -> Result<(), EngineError> {
        let world = Arc::clone(&self.world);
        let (sender, mut batches) = tokio::sync::mpsc::channel::<Vec<Event>>(4);
        let simulation = tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(BATCH_LEN);
            world.simulate(&mut |sim_event| {
                batch.push(sim_event.event);
                if batch.len() == BATCH_LEN {
                    // A closed channel means that writing has failed; the rest of the days then passes unseen.
                    let _ = sender.blocking_send(std::mem::take(&mut batch));
                }
            });
            let _ = sender.blocking_send(batch);
        });
        while let Some(batch) = batches.recv().await {
            self.write(engine, &batch).await?;
            progress(PopulateProgress { stage: "events", done: self.event_count, total: None });
        }
        simulation.await.map_err(|_| EngineError::Broke { what: "the simulation" })
    }

    async fn write_batch(&mut self, engine: &Engine, batch: &[Event]) -> Result<(), EngineError> {
        let mut intake = engine.intake().await?;
        for event in batch {
            let listener = self.listener(event.listener);
            if let Prompt::PlaylistCreated { playlist, details } = &event.prompt {
                let key = format!("sim {playlist}");
                let made = intake.create_playlist(listener, details.clone(), event.at, Some(&key))?;
                self.playlists.insert(*playlist, made);
                continue;
            }
            let playlist = |own: PlaylistId| self.playlists[&own];
            intake.event(NewEvent {
                listener,
                at: event.at,
                prompt: self.prompt(&event.prompt, &playlist),
                context: Context { playlist: event.context.playlist.map(playlist), ..event.context.clone() },
                client_key: None,
            })?;
        }
        intake.commit().await?;
        Ok(())
    }

    /// The same prompt in the engine's ids.
    fn prompt(&self, prompt: &Prompt, playlist: &dyn Fn(PlaylistId) -> PlaylistId) -> Prompt {
        let target = |target: Target| match target {
            Target::Track(track) => Target::Track(self.track(track)),
            Target::Artist(artist) => Target::Artist(self.artist(artist)),
            Target::Release(release) => Target::Release(self.releases[release.row()]),
            Target::Playlist(own) => Target::Playlist(playlist(own)),
        };
        let mut prompt = prompt.clone();
        match &mut prompt {
            Prompt::Played { track, .. } | Prompt::Skipped { track, .. } | Prompt::Replayed { track } => {
                *track = self.track(*track);
            }
            Prompt::PlayedBefore { target: named, .. }
            | Prompt::Liked { target: named }
            | Prompt::Unliked { target: named }
            | Prompt::Disliked { target: named }
            | Prompt::Undisliked { target: named }
            | Prompt::Rated { target: named, .. }
            | Prompt::Shared { target: named } => *named = target(*named),
            Prompt::Searched { chosen, .. } => *chosen = chosen.map(target),
            Prompt::Saved { release } | Prompt::Unsaved { release } => {
                *release = self.releases[release.row()];
            }
            Prompt::Followed { artist } | Prompt::Unfollowed { artist } => *artist = self.artist(*artist),
            Prompt::PlaylistCreated { playlist: own, .. } => *own = playlist(*own),
            Prompt::PlaylistEdited { playlist: own, edit } => {
                *own = playlist(*own);
                if let PlaylistEdit::Added { tracks, .. } = edit {
                    tracks.iter_mut().for_each(|track| *track = self.track(*track));
                }
            }
            Prompt::Shown(Impression { picks, .. }) => {
                picks.iter_mut().for_each(|pick: &mut ShownPick| pick.target = target(pick.target));
            }
            Prompt::Wished { .. } => {}
        }
        prompt
    }

    /// The engine's id of a listener of the world.
    ///
    /// # Panics
    /// When the listener is not of this world, as all look-ups here.
    pub fn listener(&self, own: ListenerId) -> ListenerId {
        self.listeners[own.row()]
    }

    /// The engine's id of a track of the world.
    pub fn track(&self, own: TrackId) -> TrackId {
        self.tracks[own.row()]
    }

    /// The engine's id of an artist of the world.
    pub fn artist(&self, own: ArtistId) -> ArtistId {
        self.artists[own.row()]
    }

    /// The world's own id of a track that the engine names; none for music that is not of this world.
    pub fn own_track(&self, theirs: TrackId) -> Option<TrackId> {
        self.back.get(&theirs).copied()
    }
}
