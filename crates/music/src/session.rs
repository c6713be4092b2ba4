//! A stretch of listening that hangs together.

use serde::{Deserialize, Serialize};

use crate::id::ListenerId;
use crate::surface::Surface;
use crate::unit::UnixMillis;

/// One listening session as it stands after its latest event.
///
/// Where one ends and the next begins is decided in `taste`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose it is.
    pub listener: ListenerId,
    /// When its first event happened.
    pub started: UnixMillis,
    /// When its latest event happened.
    pub latest: UnixMillis,
    /// Where it takes place.
    pub surface: Surface,
    /// Tracks that were played without being skipped.
    pub play_count: u32,
    /// Tracks that were skipped.
    pub skip_count: u32,
    /// Skips since the latest track that was not skipped.
    pub skip_run: u32,
}

impl Session {
    /// A session that starts at `at` on `surface`, before its first event is counted.
    pub const fn start(listener: ListenerId, at: UnixMillis, surface: Surface) -> Self {
        Self { listener, started: at, latest: at, surface, play_count: 0, skip_count: 0, skip_run: 0 }
    }
}
