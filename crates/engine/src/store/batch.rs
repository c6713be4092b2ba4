//! What is written together, and how its writer learns that it is on disk.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use music::event::Target;
use music::{
    ArtistId, Event, ExternalId, ListenerId, Millis, PlaylistId, Release, ReleaseDate, ReleaseId, Sound, Tag,
    TagWeight, Track, TrackId,
};
use smallvec::SmallVec;

use super::{FileChange, Seq};
use crate::account::{Account, Token, TokenHash};
use crate::error::EngineError;

/// Rows that are stored in one transaction: all of them or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// What the catalogue has learnt, in the order in which it learnt it.
    pub changes: Vec<CatalogueChange>,
    /// What happened to accounts.
    pub accounts: Vec<AccountChange>,
    /// What has become known about files; they may name tracks that `changes` brings.
    pub files: Vec<FileChange>,
    /// What happened; they may name ids that `changes` brings.
    pub events: Vec<Event>,
}

impl Batch {
    /// The most rows that the store takes in one batch; a bound on memory, far above what pays.
    pub const ROW_COUNT_MAX: usize = 100_000;

    /// A batch of events alone.
    pub fn of_events(events: Vec<Event>) -> Self {
        Self { events, ..Self::default() }
    }

    /// Changes, files and events together.
    pub const fn row_count(&self) -> usize {
        self.changes.len() + self.accounts.len() + self.files.len() + self.events.len()
    }
}

/// One row that the catalogue adds or fills in. Writing it twice is the same as writing it once.
#[derive(Clone, Debug, PartialEq)]
pub enum CatalogueChange {
    /// A new listener.
    Listener {
        /// The next free id.
        id: ListenerId,
        /// The name; no two listeners share one.
        name: Box<str>,
    },
    /// A new artist.
    Artist {
        /// The next free id.
        id: ArtistId,
        /// The name as first seen.
        name: Box<str>,
    },
    /// A release that is new or has been filled in.
    Release(Release),
    /// A new word in the vocabulary.
    Tag(Tag),
    /// A track that is new or has been filled in.
    Track(TrackRow),
    /// How a track sounds, as far as is known now.
    TrackSound {
        /// The track.
        track: TrackId,
        /// The numbers.
        sound: Box<Sound>,
    },
    /// A tag on a track.
    TrackTag {
        /// The track.
        track: TrackId,
        /// The tag.
        tag: TagWeight,
    },
    /// A tag on an artist.
    ArtistTag {
        /// The artist.
        artist: ArtistId,
        /// The tag.
        tag: TagWeight,
    },
    /// A new playlist; its title and tracks are events.
    Playlist {
        /// The next free id.
        id: PlaylistId,
        /// Whose it is.
        owner: ListenerId,
    },
    /// A name that some other system gave to something here; the first to claim a name keeps it.
    External {
        /// What is named.
        target: Target,
        /// The name.
        id: ExternalId,
    },
}

/// The parts of a [`Track`] that stand in its own row.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackRow {
    /// Its id.
    pub id: TrackId,
    /// The title.
    pub title: Box<str>,
    /// The artists, main artist first; they never change.
    pub artists: SmallVec<[ArtistId; 2]>,
    /// The release, where known.
    pub release: Option<ReleaseId>,
    /// How long it is, where known.
    pub duration: Option<Millis>,
    /// When it came out, where known.
    pub date: Option<ReleaseDate>,
    /// Whether it is marked explicit, where known.
    pub explicit: Option<bool>,
}

impl From<&Track> for TrackRow {
    fn from(track: &Track) -> Self {
        Self {
            id: track.id,
            title: track.title.clone(),
            artists: track.artists.clone(),
            release: track.release,
            duration: track.duration,
            date: track.date,
            explicit: track.explicit,
        }
    }
}

/// One step in the life of an account or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// An account is new or has changed; its name stays.
    Put(Account),
    /// An account is gone, with all its tokens.
    Removed {
        /// Its name.
        name: Box<str>,
    },
    /// A token is new.
    TokenPut(Token),
    /// A token no longer counts.
    TokenRemoved {
        /// Its hash.
        hash: TokenHash,
    },
    /// All tokens of an account no longer count, as after a change of password.
    TokensRemoved {
        /// The account.
        account: Box<str>,
    },
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It is on disk now.
    Stored {
        /// Its place in the log.
        seq: Seq,
    },
    /// An event with this key was there before, and stays as it is.
    Known {
        /// The place of that event.
        seq: Seq,
    },
}

impl Receipt {
    /// The place in the log of the event with this key.
    pub const fn seq(self) -> Seq {
        match self {
            Self::Stored { seq } | Self::Known { seq } => seq,
        }
    }

    /// Whether this event is new.
    pub const fn is_stored(self) -> bool {
        matches!(self, Self::Stored { .. })
    }
}

/// A place in the queue to the writer.
///
/// Dropping it gives the place back.
pub struct Reservation {
    hand_over: Box<dyn FnOnce(Batch) -> Acknowledgement + Send>,
}

impl Reservation {
    /// A place that hands a batch over like this.
    pub fn new(hand_over: impl FnOnce(Batch) -> Acknowledgement + Send + 'static) -> Self {
        Self { hand_over: Box::new(hand_over) }
    }

    /// Puts the batch into the queue at once, behind all that were put there before.
    ///
    /// It is written even if nobody waits for the acknowledgement.
    pub fn append(self, batch: Batch) -> Acknowledgement {
        (self.hand_over)(batch)
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").finish_non_exhaustive()
    }
}

/// Resolves to one receipt per event, in order, when the batch is on disk.
///
/// # Errors
/// [`EngineError::Poisoned`] where writing failed: the batch may or may not be on disk, and sending it again after a
/// restart is safe.
#[must_use = "an event is acknowledged only when this has resolved"]
pub struct Acknowledgement(BoxFuture<'static, Result<Vec<Receipt>, EngineError>>);

impl Acknowledgement {
    /// An acknowledgement that resolves like `future`.
    pub fn new(future: impl Future<Output = Result<Vec<Receipt>, EngineError>> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }
}

impl Future for Acknowledgement {
    type Output = Result<Vec<Receipt>, EngineError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for Acknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledgement").finish_non_exhaustive()
    }
}
