//! One unit of work: descriptions and events in, one batch out.

use std::sync::Arc;

use music::description::TagDescription;
use music::event::Target;
use music::{
    ArtistDescription, ArtistId, Context, Event, EventKey, ExternalId, ListenerId, PlaylistDetails,
    PlaylistId, Prompt, TrackDescription, TrackId, UnixMillis,
};
use tokio::sync::OwnedMutexGuard;

use super::key::step_key;
use super::playlist_history::{PlaylistHistory, difference};
use super::{Rejection, client_key, derived_key, validate_event};
use crate::catalogue::{Library, normal_form, validate_external};
use crate::error::EngineError;
use crate::store::{AccountChange, Acknowledgement, Batch, FileChange, Receipt, Store};

/// The most rows of one intake: a description brings a few hundred at most, and a thousand are left for them.
const ROW_COUNT_MAX: usize = Batch::ROW_COUNT_MAX - 1_000;

/// Takes in descriptions and events, and commits them as one batch.
///
/// It holds the library's lock, so that batches are queued in the order in which their ids were given out and no event
/// is ever written before the thing it is about.
/// The lock is free again as soon as the batch is queued; waiting for the disk happens outside of it.
/// Keep an intake short: a few thousand events, and no waiting for others in between.
///
/// Dropping an intake drops its events; what the library has learnt stays and goes to the store with the next batch.
#[derive(Debug)]
pub struct Intake {
    library: OwnedMutexGuard<Library>,
    store: Arc<dyn Store>,
    now: UnixMillis,
    events: Vec<Event>,
    accounts: Vec<AccountChange>,
    files: Vec<FileChange>,
    /// The histories of playlists that this intake has read or made, with the steps it has added.
    histories: PlaylistHistory,
}

/// An event before it has its key.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent<'a> {
    /// Who did it.
    pub listener: ListenerId,
    /// When; for a play, when the play began.
    pub at: UnixMillis,
    /// What was done.
    pub prompt: Prompt,
    /// What was around it.
    pub context: Context,
    /// What makes it the same event when it comes again, where the client says so; unique for the listener.
    pub client_key: Option<&'a str>,
}

impl NewEvent<'_> {
    /// An event about whose surroundings nothing is known.
    pub fn plain(listener: ListenerId, at: UnixMillis, prompt: Prompt) -> Self {
        Self { listener, at, prompt, context: Context::default(), client_key: None }
    }
}

/// A whole playlist, as some service or file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistImport {
    /// Whose it is.
    pub owner: ListenerId,
    /// What finds it again; where there is nothing, owner and title do.
    pub external: Option<ExternalId>,
    /// Title and the like.
    pub details: PlaylistDetails,
    /// Its tracks in order.
    pub tracks: Vec<TrackId>,
    /// When it was made, or when it became what it is now.
    pub at: UnixMillis,
}

impl Intake {
    pub(crate) fn new(library: OwnedMutexGuard<Library>, store: Arc<dyn Store>, now: UnixMillis) -> Self {
        Self {
            library,
            store,
            now,
            events: Vec::new(),
            accounts: Vec::new(),
            files: Vec::new(),
            histories: PlaylistHistory::default(),
        }
    }

    /// The library, to look things up.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The time that events are compared with.
    pub const fn now(&self) -> UnixMillis {
        self.now
    }

    /// Events taken in so far.
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// The events taken in so far.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Rows that still fit in; a description or an event brings a few, a playlist one per thousand tracks.
    pub fn room(&self) -> usize {
        ROW_COUNT_MAX.saturating_sub(self.events.len() + self.files.len() + self.library.change_count())
    }

    /// The listener with this name, who is new where nobody has it yet.
    ///
    /// # Errors
    /// Where the name is empty, too long or unreadable.
    pub fn listener(&mut self, name: &str) -> Result<ListenerId, Rejection> {
        self.require_room()?;
        self.library.add_listener(name)
    }

    /// The track that `description` means; see [`Library::add_track`].
    ///
    /// # Errors
    /// Where the description is not acceptable; then nothing of it is taken over.
    pub fn track(&mut self, description: &TrackDescription) -> Result<TrackId, Rejection> {
        self.require_room()?;
        self.library.add_track(description)
    }

    /// The artist that `description` means; see [`Library::add_artist`].
    ///
    /// # Errors
    /// Where the description is not acceptable; then nothing of it is taken over.
    pub fn artist(&mut self, description: &ArtistDescription) -> Result<ArtistId, Rejection> {
        self.require_room()?;
        self.library.add_artist(description)
    }

    /// Puts a tag on a track or artist; see [`Library::add_tag`].
    ///
    /// # Errors
    /// Where the tag is not acceptable or the thing has no room for it.
    pub fn tag(&mut self, target: Target, tag: &TagDescription) -> Result<bool, Rejection> {
        self.require_room()?;
        self.library.add_tag(target, tag)
    }

    /// Takes an event in.
    ///
    /// # Errors
    /// Where it is not acceptable, or the batch is full.
    pub fn event(&mut self, event: NewEvent<'_>) -> Result<(), Rejection> {
        let key = match event.client_key {
            Some(text) => client_key(event.listener, text),
            None => derived_key(event.listener, event.at, &event.prompt),
        };
        self.event_with(key, event)
    }

    fn event_with(&mut self, key: EventKey, event: NewEvent<'_>) -> Result<(), Rejection> {
        self.require_room()?;
        validate_event::event(&self.library, &event, self.now)?;
        let NewEvent { listener, at, prompt, context, .. } = event;
        let event = Event { key, listener, at, prompt, context };
        self.histories.apply(&event);
        self.events.push(event);
        Ok(())
    }

    /// A new, empty playlist.
    ///
    /// `client_key` makes a retry find the playlist of the first try instead of making another.
    ///
    /// # Errors
    /// Where title, description or time are not acceptable.
    pub fn create_playlist(
        &mut self,
        owner: ListenerId,
        details: PlaylistDetails,
        at: UnixMillis,
        client_key: Option<&str>,
    ) -> Result<PlaylistId, Rejection> {
        let external = client_key.map(|key| own_name("client", owner, key));
        let known = external.as_ref().and_then(|external| self.library.playlist_with(external));
        let Some(known) = known else { return self.new_playlist(owner, external.as_ref(), details, at) };
        // Again: the first try may have been dropped before it was committed. Stored once all the same.
        self.create_event(known, owner, details, at)?;
        Ok(known)
    }

    /// Makes the playlist that `import` describes what it describes, and keeps the steps that led there.
    ///
    /// Importing the same again stores nothing; importing a changed playlist stores the difference.
    ///
    /// # Errors
    /// [`EngineError::Rejected`] where it is not acceptable, and where its history cannot be read.
    pub async fn playlist(&mut self, import: PlaylistImport) -> Result<PlaylistId, EngineError> {
        let PlaylistImport { owner, external, details, tracks, at } = import;
        let external = match external {
            Some(external) => external,
            None if details.title.trim().is_empty() => {
                return Err(Rejection::Missing { what: "playlist title" }.into());
            }
            None => own_name("title", owner, &normal_form(&details.title)),
        };
        validate_external(&external)?;
        let id = match self.library.playlist_with(&external) {
            Some(known) => known,
            None => self.new_playlist(owner, Some(&external), details.clone(), at)?,
        };
        if self.histories.get(id).is_none() {
            self.read_history(id).await?;
        }
        let owner = self.library.playlist_owner(id).expect("it was found or made above");
        if self.histories.get(id).is_none() {
            // Its making never reached the store: the intake that gave it its id was dropped.
            self.create_event(id, owner, details.clone(), at)?;
        }
        let playlist = self.histories.get(id).expect("it was read or made above");
        let first_step = playlist.edit_count + 1;
        for (step, edit) in (first_step..).zip(difference(playlist, &details, &tracks)) {
            let prompt = Prompt::PlaylistEdited { playlist: id, edit };
            self.event_with(step_key(id, step), NewEvent::plain(owner, at, prompt))?;
        }
        Ok(id)
    }

    /// Takes in what has become known about a file.
    ///
    /// # Errors
    /// Where the batch is full.
    pub fn file(&mut self, change: FileChange) -> Result<(), Rejection> {
        self.require_room()?;
        self.files.push(change);
        Ok(())
    }

    /// Takes in a change of an account, so that it is stored together with the listener it belongs to.
    pub(crate) fn account(&mut self, change: AccountChange) {
        self.accounts.push(change);
    }

    fn new_playlist(
        &mut self,
        owner: ListenerId,
        external: Option<&ExternalId>,
        details: PlaylistDetails,
        at: UnixMillis,
    ) -> Result<PlaylistId, Rejection> {
        self.require_room()?;
        validate_event::time(at, self.now)?;
        validate_event::details(&details)?;
        if self.library.listener(owner).is_none() {
            return Err(Rejection::Unknown { id: owner.to_string().into() });
        }
        let id = self.library.add_playlist(owner, external);
        self.create_event(id, owner, details, at)?;
        Ok(id)
    }

    fn create_event(
        &mut self,
        playlist: PlaylistId,
        owner: ListenerId,
        details: PlaylistDetails,
        at: UnixMillis,
    ) -> Result<(), Rejection> {
        let prompt = Prompt::PlaylistCreated { playlist, details };
        self.event_with(step_key(playlist, 0), NewEvent::plain(owner, at, prompt))
    }

    /// Reads the history of a playlist that was made in an earlier batch.
    async fn read_history(&mut self, id: PlaylistId) -> Result<(), EngineError> {
        // Its steps may still be queued: an empty batch is acknowledged when all before it are on disk.
        self.store.append(Batch::default()).await?;
        self.histories.follow(&*self.store, id).await
    }

    fn require_room(&self) -> Result<(), Rejection> {
        if self.room() == 0 {
            return Err(Rejection::BatchFull { row_count_max: ROW_COUNT_MAX });
        }
        Ok(())
    }

    /// Queues everything as one batch and gives the library free; the acknowledgement resolves when it is on disk.
    ///
    /// # Errors
    /// [`EngineError::Poisoned`] where writing has failed before.
    pub async fn submit(mut self) -> Result<Acknowledgement, EngineError> {
        let own_count = self.events.len() + self.accounts.len() + self.files.len();
        let row_count = own_count + self.library.change_count();
        let place = self.store.reserve(row_count).await?;
        // No waiting between taking and queueing: a caller who goes away leaves either all or nothing behind.
        let changes = self.library.take_changes();
        let Self { accounts, files, events, .. } = self;
        Ok(place.append(Batch { changes, accounts, files, events }))
    }

    /// Stores everything as one batch and returns one receipt per event, in order, when it is on disk.
    ///
    /// # Errors
    /// [`EngineError::Poisoned`] where writing fails; then nothing of it counts as stored.
    pub async fn commit(self) -> Result<Vec<Receipt>, EngineError> {
        self.submit().await?.await
    }
}

/// A name of ours for a playlist that no other system has a name for.
fn own_name(space: &'static str, owner: ListenerId, text: &str) -> ExternalId {
    ExternalId::Foreign { space: space.into(), value: format!("{owner}/{text}").into() }
}
