//! The engine's side of an import: takes records in, and counts what became of them.
//!
//! Each chunk is one intake and one batch; while the disk writes one, the next is matched.

mod tags;

use std::collections::VecDeque;
use std::sync::Arc;

use music::event::Target;
use music::playlist::PlaylistEdit;
use music::surface::PlaylistKind;
use music::{Event, ExternalId, PlaylistDetails, Prompt, TrackId, UnixMillis};

use super::drop_reason::DropReason;
use super::error::Place;
use super::limits::{GATHERED_ENTRY_COUNT_MAX, TAG_PAIR_COUNT_MAX};
use super::playlist_gatherer::{Gathered, Gathering, PlaylistGatherer};
use super::record::{Act, Deed, Fact, PlaylistEntry, Subject, WholePlaylist};
use super::report::{Example, ImportReport, NewThings, RecordKind};
use super::sink::Chunk;
use super::tag_counter::TagCounter;
use crate::catalogue::{Library, validate_text};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::{Intake, NewEvent, PlaylistImport, Rejection};
use crate::store::{Acknowledgement, Receipt};

/// Rows of a batch that are kept free for what one record may bring.
const ROOM_MIN: usize = 2_000;

/// Batches that may wait for the disk while the next one is made.
const WAITING_COUNT_MAX: usize = 2;

/// Who and when is meant where a file does not say it.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    /// Whose history it is.
    pub(super) listener: Box<str>,
    /// Whose playlists they are.
    pub(super) playlist_owner: Box<str>,
    /// How the playlists of a table came to be.
    pub(super) playlist_kind: PlaylistKind,
    /// The time of what has none.
    pub(super) as_of: UnixMillis,
    /// How far the listener's clock was ahead of UTC, where that is known.
    pub(super) utc_offset_minutes: Option<i16>,
}

/// Takes records into the engine.
#[derive(Debug)]
pub(super) struct Recorder<'e> {
    engine: &'e Engine,
    defaults: Defaults,
    open: Option<OpenIntake>,
    waiting: VecDeque<(Acknowledgement, Vec<Run>)>,
    playlists: PlaylistGatherer,
    tags: TagCounter,
    report: ImportReport,
    /// The file that the current records are from.
    file: Arc<str>,
}

/// The intake that is being filled.
#[derive(Debug)]
struct OpenIntake {
    intake: Intake,
    /// What its events are, in order.
    runs: Vec<Run>,
    size_before: NewThings,
}

/// Events that belong together, for counting their receipts.
#[derive(Debug)]
enum Run {
    /// So many events of their own.
    Events(usize),
    /// The steps of one playlist of so many tracks: how many each of them added.
    Playlist { track_count: u64, added: Vec<u64> },
    /// Steps of a playlist that was dropped in the middle.
    Uncounted(usize),
}

impl<'e> Recorder<'e> {
    /// A recorder into `engine`.
    pub(super) fn new(engine: &'e Engine, defaults: Defaults) -> Self {
        Self {
            engine,
            defaults,
            open: None,
            waiting: VecDeque::new(),
            playlists: PlaylistGatherer::new(GATHERED_ENTRY_COUNT_MAX),
            tags: TagCounter::new(TAG_PAIR_COUNT_MAX),
            report: ImportReport::default(),
            file: "".into(),
        }
    }

    /// Takes one chunk, and queues it to the disk.
    ///
    /// # Errors
    /// Where the store has failed.
    pub(super) async fn take(&mut self, chunk: Chunk) -> Result<(), EngineError> {
        self.file = chunk.file;
        for record in chunk.records {
            let place = Some(record.place);
            match record.fact {
                Fact::Deed(deed) => self.deed(place, *deed).await?,
                Fact::Playlist(playlist) => self.playlist(place, *playlist).await?,
                Fact::PlaylistEntry(entry) => self.playlist_entry(place, *entry).await?,
                Fact::Catalogue(subject) => self.describe(place, &subject).await?,
                Fact::Tag(tag) => {
                    let target = match validate_text("tag", &tag.tag) {
                        Ok(_) => resolve(&mut self.open().await?.intake, &tag.subject),
                        Err(rejection) => Err(rejection),
                    };
                    match target {
                        Ok(target)
                            if self.tags.add(target, &tag.tag, tag.kind, (&self.file, record.place)) => {}
                        Ok(_) => self.drop_for(RecordKind::Tag, place, DropReason::NoRoomForTag, 1),
                        Err(rejection) => self.reject(RecordKind::Tag, place, &rejection, 1),
                    }
                }
            }
        }
        self.submit().await
    }

    /// Stores what waited for the end, waits for the disk, and says what became of everything.
    ///
    /// # Errors
    /// Where the store has failed.
    pub(super) async fn finish(mut self) -> Result<ImportReport, EngineError> {
        for gathered in self.playlists.take_all() {
            self.gathered(gathered).await?;
        }
        self.store_tags().await?;
        self.submit().await?;
        self.settle(0).await?;
        Ok(self.report)
    }

    /// The open intake, with room for one more record.
    async fn open(&mut self) -> Result<&mut OpenIntake, EngineError> {
        if self.open.as_ref().is_some_and(|open| open.intake.room() < ROOM_MIN) {
            self.submit().await?;
        }
        if self.open.is_none() {
            let intake = self.engine.intake().await?;
            let size_before = size(intake.library());
            self.open = Some(OpenIntake { intake, runs: Vec::new(), size_before });
        }
        Ok(self.open.as_mut().expect("it was made above"))
    }

    /// Queues what is open as one batch, and gives the library free for others.
    async fn submit(&mut self) -> Result<(), EngineError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        self.report.new.add_growth(open.size_before, size(open.intake.library()));
        let acknowledgement = open.intake.submit().await?;
        self.waiting.push_back((acknowledgement, open.runs));
        self.settle(WAITING_COUNT_MAX).await
    }

    /// Waits until at most `waiting_count` batches are not on disk yet.
    async fn settle(&mut self, waiting_count: usize) -> Result<(), EngineError> {
        while self.waiting.len() > waiting_count
            && let Some((acknowledgement, runs)) = self.waiting.pop_front()
        {
            let receipts = acknowledgement.await?;
            self.count(&receipts, runs);
        }
        Ok(())
    }

    fn count(&mut self, receipts: &[Receipt], runs: Vec<Run>) {
        let mut receipts = receipts.iter().copied().map(Receipt::is_stored);
        let report = &mut self.report;
        for run in runs {
            match run {
                Run::Events(count) => {
                    let stored = receipts.by_ref().take(count).filter(|is_stored| *is_stored).count();
                    report.stored(RecordKind::Event, stored as u64);
                    report.known(RecordKind::Event, (count - stored) as u64);
                }
                Run::Playlist { track_count, added } => {
                    let steps: Vec<(bool, u64)> = receipts.by_ref().take(added.len()).zip(added).collect();
                    let stored: u64 = steps.iter().filter(|(is_stored, _)| *is_stored).map(|(_, n)| n).sum();
                    report.stored(RecordKind::PlaylistTrack, stored);
                    report.known(RecordKind::PlaylistTrack, track_count - stored);
                    match steps.iter().any(|(is_stored, _)| *is_stored) {
                        true => report.stored(RecordKind::Playlist, 1),
                        false => report.known(RecordKind::Playlist, 1),
                    }
                }
                Run::Uncounted(count) => drop(receipts.by_ref().take(count).count()),
            }
        }
    }

    async fn deed(&mut self, place: Option<Place>, deed: Deed) -> Result<(), EngineError> {
        let name = deed.listener.clone().unwrap_or_else(|| self.defaults.listener.clone());
        self.report.listener.get_or_insert_with(|| name.clone());
        let at = deed.at.unwrap_or(self.defaults.as_of);
        let mut context = deed.context;
        context.utc_offset_minutes = context.utc_offset_minutes.or(self.defaults.utc_offset_minutes);
        let open = self.open().await?;
        let resolved = resolve(&mut open.intake, &deed.subject);
        let resolved = resolved.and_then(|target| Ok((target, open.intake.listener(&name)?)));
        let (target, listener) = match resolved {
            Ok(resolved) => resolved,
            Err(rejection) => {
                self.reject(RecordKind::Event, place, &rejection, deed.acts.len() as u64);
                return Ok(());
            }
        };
        let mut rejections = Vec::new();
        for act in deed.acts {
            let event = prompt(act, target).and_then(|prompt| {
                let key = deed.at.is_none().then(|| undated_key(&prompt));
                let context = context.clone();
                open.intake.event(NewEvent { listener, at, prompt, context, client_key: key.as_deref() })
            });
            match (event, open.runs.last_mut()) {
                (Ok(()), Some(Run::Events(count))) => *count += 1,
                (Ok(()), _) => open.runs.push(Run::Events(1)),
                (Err(rejection), _) => rejections.push(rejection),
            }
        }
        for rejection in rejections {
            self.reject(RecordKind::Event, place, &rejection, 1);
        }
        Ok(())
    }

    async fn describe(&mut self, place: Option<Place>, subject: &Subject) -> Result<(), EngineError> {
        let intake = &mut self.open().await?.intake;
        let change_count = intake.library().change_count();
        let outcome = resolve(intake, subject);
        let is_new = intake.library().change_count() > change_count;
        match outcome {
            Ok(_) if is_new => self.report.stored(RecordKind::Catalogue, 1),
            Ok(_) => self.report.known(RecordKind::Catalogue, 1),
            Err(rejection) => self.reject(RecordKind::Catalogue, place, &rejection, 1),
        }
        Ok(())
    }

    async fn playlist(&mut self, place: Option<Place>, playlist: WholePlaylist) -> Result<(), EngineError> {
        let WholePlaylist { external, details, tracks: descriptions, at } = playlist;
        let mut tracks = Vec::with_capacity(descriptions.len());
        for description in descriptions {
            match self.open().await?.intake.track(&description) {
                Ok(track) => tracks.push(track),
                Err(rejection) => self.reject(RecordKind::PlaylistTrack, place, &rejection, 1),
            }
        }
        let owner = self.defaults.playlist_owner.clone();
        let at = at.unwrap_or(self.defaults.as_of);
        let owner = self.open().await?.intake.listener(&owner);
        let import = owner.map(|owner| PlaylistImport { owner, external, details, tracks, at });
        self.store_playlist(place, import).await
    }

    /// Stores a playlist that was read before, whose tracks were not counted yet.
    async fn store_playlist(
        &mut self,
        place: Option<Place>,
        import: Result<PlaylistImport, Rejection>,
    ) -> Result<(), EngineError> {
        let track_count = import.as_ref().map_or(0, |import| import.tracks.len() as u64);
        let open = self.open().await?;
        let event_count = open.intake.event_count();
        let outcome = match import {
            Ok(import) => open.intake.playlist(import).await,
            Err(rejection) => Err(rejection.into()),
        };
        let added: Vec<u64> = open.intake.events()[event_count..].iter().map(added_count).collect();
        match outcome {
            Ok(_) if added.is_empty() => {
                self.report.known(RecordKind::Playlist, 1);
                self.report.known(RecordKind::PlaylistTrack, track_count);
            }
            Ok(_) => open.runs.push(Run::Playlist { track_count, added }),
            Err(EngineError::Rejected(rejection)) => {
                open.runs.push(Run::Uncounted(added.len()));
                self.reject(RecordKind::Playlist, place, &rejection, 1);
                self.reject(RecordKind::PlaylistTrack, place, &rejection, track_count);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn playlist_entry(
        &mut self,
        place: Option<Place>,
        entry: PlaylistEntry,
    ) -> Result<(), EngineError> {
        let PlaylistEntry { owner, external, title, position, track } = entry;
        let owner = owner.unwrap_or_else(|| self.defaults.playlist_owner.clone());
        let intake = &mut self.open().await?.intake;
        let resolved = validate_text("playlist title", &title)
            .and_then(|_| intake.track(&track))
            .and_then(|track| Ok((intake.listener(&owner)?, track)));
        let (owner, track) = match resolved {
            Ok(resolved) => resolved,
            Err(rejection) => {
                self.reject(RecordKind::PlaylistTrack, place, &rejection, 1);
                return Ok(());
            }
        };
        match self.playlists.add(owner, external, &title, position, track) {
            Gathering::Waits => {}
            Gathering::IsFull { playlist } => {
                for gathered in self.playlists.take_all_but(playlist) {
                    self.gathered(gathered).await?;
                }
            }
            Gathering::TooLate => {
                self.drop_for(RecordKind::PlaylistTrack, place, DropReason::PlaylistScattered, 1);
            }
        }
        Ok(())
    }

    async fn gathered(&mut self, gathered: Gathered) -> Result<(), EngineError> {
        self.report.read(RecordKind::Playlist, 1);
        let row_count = gathered.entry_count();
        let (owner, external) = (gathered.owner, gathered.external.clone());
        let details = PlaylistDetails {
            title: gathered.title.clone(),
            kind: self.defaults.playlist_kind,
            ..PlaylistDetails::default()
        };
        let tracks: Vec<TrackId> = gathered.into_tracks();
        // Rows that say the same again.
        self.report.known(RecordKind::PlaylistTrack, row_count - tracks.len() as u64);
        let at = self.defaults.as_of;
        self.store_playlist(None, Ok(PlaylistImport { owner, external, details, tracks, at })).await
    }

    fn reject(&mut self, kind: RecordKind, place: Option<Place>, rejection: &Rejection, count: u64) {
        let file = &self.file;
        let example = || Example::new(file, place, &rejection.to_string());
        self.report.drop_records(kind, rejection.into(), count, example);
    }

    fn drop_for(&mut self, kind: RecordKind, place: Option<Place>, reason: DropReason, count: u64) {
        let file = &self.file;
        self.report.drop_records(kind, reason, count, || Example::new(file, place, reason.text()));
    }
}

/// The thing that a record is about; made where it is not known and more than an id is said of it.
fn resolve(intake: &mut Intake, subject: &Subject) -> Result<Target, Rejection> {
    let unknown = |id: &ExternalId| Rejection::Unknown { id: id.to_string().into() };
    match subject {
        Subject::Track(track) => intake.track(track).map(Target::Track),
        Subject::Artist(artist) => intake.artist(artist).map(Target::Artist),
        Subject::KnownTrack(id) => {
            intake.library().track_with(id).map(Target::Track).ok_or_else(|| unknown(id))
        }
        Subject::KnownArtist(id) => {
            intake.library().artist_with(id).map(Target::Artist).ok_or_else(|| unknown(id))
        }
    }
}

fn prompt(act: Act, target: Target) -> Result<Prompt, Rejection> {
    let track = || match target {
        Target::Track(track) => Ok(track),
        _ => Err(Rejection::Missing { what: "track" }),
    };
    Ok(match act {
        Act::Played { played, start } => Prompt::Played { track: track()?, played, start },
        Act::Skipped { played, start, direction } => {
            Prompt::Skipped { track: track()?, played, start, direction }
        }
        Act::PlayedBefore { plays } => Prompt::PlayedBefore { target, plays },
        Act::Liked => Prompt::Liked { target },
        Act::Disliked => Prompt::Disliked { target },
        Act::Rated { stars } => Prompt::Rated { target, stars },
    })
}

/// What makes an event without a time the same event when it is imported again, at another time.
///
/// This form is fixed for good, as those in [`crate::ingest`]'s keys are.
fn undated_key(prompt: &Prompt) -> String {
    let json = serde_json::to_string(prompt).expect("a prompt has a JSON form");
    format!("undated {json}")
}

fn added_count(event: &Event) -> u64 {
    match &event.prompt {
        Prompt::PlaylistEdited { edit: PlaylistEdit::Added { tracks, .. }, .. } => tracks.len() as u64,
        _ => 0,
    }
}

fn size(library: &Library) -> NewThings {
    let size = library.size();
    NewThings {
        listeners: size.listeners as u64,
        artists: size.artists as u64,
        releases: size.releases as u64,
        tracks: size.tracks as u64,
        playlists: size.playlists as u64,
        tags: size.tags as u64,
    }
}
