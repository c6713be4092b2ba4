//! What a listener remembers from day to day: the library, favourites, dislikes, what was heard how often.

use music::{ArtistId, ReleaseId, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::curation::OwnPlaylist;
use crate::past::Past;

/// How many of the latest tracks count as just heard.
const RECENT_COUNT: usize = 40;

/// The memory of one listener.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Tracks that are kept, oldest first.
    pub(super) library: Vec<TrackId>,
    kept: FxHashSet<TrackId>,
    /// Tracks with a heart.
    pub(super) liked: FxHashSet<TrackId>,
    /// Tracks that shall never be played, oldest first.
    pub(super) disliked: Vec<TrackId>,
    /// Artists that are followed, oldest first.
    pub(super) followed: Vec<ArtistId>,
    /// Releases in the library, oldest first.
    pub(super) saved: Vec<ReleaseId>,
    /// Good plays by artist.
    pub(super) good_plays: FxHashMap<ArtistId, u32>,
    /// What was heard last, oldest first.
    pub(super) recent: Vec<TrackId>,
    /// The playlists that exist by now.
    pub(super) playlists: Vec<OwnPlaylist>,
    /// What was heard and heard of.
    pub(super) past: Past,
}

impl Memory {
    /// Puts a track into the library; once is enough.
    pub(super) fn keep(&mut self, track: TrackId) {
        if self.kept.insert(track) {
            self.library.push(track);
        }
    }

    /// Takes a track out of the library.
    pub(super) fn drop(&mut self, track: TrackId) {
        if self.kept.remove(&track) {
            self.library.retain(|&other| other != track);
        }
    }

    /// Remembers a track as heard just now.
    pub(super) fn heard(&mut self, track: TrackId) {
        if self.recent.len() == RECENT_COUNT {
            self.recent.remove(0);
        }
        self.recent.push(track);
    }

    /// Whether a track was heard just now or shall not be heard at all, so that nothing should bring it up.
    pub(super) fn avoids(&self, track: TrackId) -> bool {
        self.recent.contains(&track) || self.disliked.contains(&track)
    }
}
