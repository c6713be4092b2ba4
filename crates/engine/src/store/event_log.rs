//! Places in the log, and how pages of it are asked for.

use std::fmt;

use music::{Event, ListenerId, PlaylistId};
use serde::{Deserialize, Serialize};

/// A place in the log. Later events have greater places; there may be gaps, and no place is ever given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(i64);

impl Seq {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The place with this number; the first event has 1.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which page of the log to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The page starts behind this place.
    pub after: Seq,
    /// The most events on the page.
    pub limit: u32,
    /// Whose events.
    pub of: ScanOf,
}

/// Whose events a scan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ScanOf {
    /// Everybody's.
    #[default]
    All,
    /// One listener's.
    Listener(ListenerId),
    /// The steps in the history of one playlist.
    Playlist(PlaylistId),
}

impl Scan {
    /// Events on a page where nobody has a reason for another number.
    ///
    /// Measured with `cargo bench -p engine --bench store`: beyond this, larger pages read no faster.
    pub const PAGE_LEN: u32 = 8192;

    /// The first page of everything.
    pub const fn all() -> Self {
        Self { after: Seq::START, limit: Self::PAGE_LEN, of: ScanOf::All }
    }

    /// The first page of one listener's events.
    pub const fn of_listener(listener: ListenerId) -> Self {
        Self { of: ScanOf::Listener(listener), ..Self::all() }
    }

    /// The first page of one playlist's history.
    pub const fn of_playlist(playlist: PlaylistId) -> Self {
        Self { of: ScanOf::Playlist(playlist), ..Self::all() }
    }

    /// The same scan, starting behind `seq`.
    #[must_use]
    pub const fn after(self, seq: Seq) -> Self {
        Self { after: seq, ..self }
    }
}

/// An event and its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The place.
    pub seq: Seq,
    /// The event.
    pub event: Event,
}
