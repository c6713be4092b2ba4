//! Playlists as an answer: what others put together and share, judged by what this listener would think of the tracks.
//!
//! A playlist is as good as its tracks are on average by the ranker that ranks tracks, and better the more passion and
//! care went into it ([`learn::care`]).
//! Which playlists are looked at closely is decided by what the sources propose: those that hold most of it.
//!
//! Whose playlists are shared is not decided here: whoever makes a [`SharedPlaylists`] puts in what everybody may see.

mod answer;
mod judge;
mod together;

use std::sync::Arc;

use music::{ListenerId, PlaylistId, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use self::answer::{recommend, why};
pub(crate) use self::together::recommend as recommend_together;

/// Shorter ones are no playlists to recommend.
pub const LENGTH_MIN: usize = 5;
/// Playlists that are remembered for a track, those made with most care first: a hit stands on too many to tell them
/// apart.
const LISTS_PER_TRACK: usize = 500;
/// Tracks that a playlist is thought to have more when its share of proposed tracks is taken, so that the shortest ones
/// are not always first; a judgement.
const LENGTH_PRIOR: f32 = 20.0;

/// A playlist that everybody may see.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedPlaylist {
    /// Its id.
    pub id: PlaylistId,
    /// Who made it; to offer nobody their own, never to be shown.
    pub owner: ListenerId,
    /// Its title.
    pub title: Box<str>,
    /// Its tracks in order, each once.
    pub tracks: Box<[TrackId]>,
    /// How much passion and care went into it. *Range*: 0.05 to 1.
    pub care: f32,
    /// What speaks most for the care, in the words of [`learn::care`]; at most two.
    pub care_words: Vec<&'static str>,
}

/// All playlists that may be answered with, and where each track stands.
#[derive(Clone, Debug, Default)]
pub struct SharedPlaylists {
    lists: Vec<Arc<SharedPlaylist>>,
    by_track: FxHashMap<TrackId, Vec<u32>>,
    by_id: FxHashMap<PlaylistId, u32>,
}

impl SharedPlaylists {
    /// Of these playlists those that are long enough to be an answer.
    ///
    /// *Complexity*: linear in all tracks on them.
    pub fn new(mut lists: Vec<Arc<SharedPlaylist>>) -> Self {
        lists.retain(|list| list.tracks.len() >= LENGTH_MIN);
        lists.sort_by(|a, b| b.care.total_cmp(&a.care).then(a.id.cmp(&b.id)));
        let mut by_track = FxHashMap::<TrackId, Vec<u32>>::default();
        for (row, list) in (0..).zip(&lists) {
            for &track in &list.tracks {
                let rows = by_track.entry(track).or_default();
                if rows.len() < LISTS_PER_TRACK {
                    rows.push(row);
                }
            }
        }
        let by_id = (0..).zip(&lists).map(|(row, list)| (list.id, row)).collect();
        Self { lists, by_track, by_id }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The playlist with this id, if it is shared.
    pub fn get(&self, id: PlaylistId) -> Option<&SharedPlaylist> {
        self.lists.get(self.row(id)?).map(|list| &**list)
    }

    fn row(&self, id: PlaylistId) -> Option<usize> {
        self.by_id.get(&id).map(|&row| row as usize)
    }

    /// The rows of the `count` playlists not made by `listeners` that hold most of `tracks` for their length and care,
    /// the best first.
    fn near(
        &self,
        tracks: impl Iterator<Item = TrackId>,
        count: usize,
        listeners: &FxHashSet<ListenerId>,
    ) -> Vec<usize> {
        let mut hits = FxHashMap::<u32, u32>::default();
        for row in tracks.filter_map(|track| self.by_track.get(&track)).flatten() {
            *hits.entry(*row).or_default() += 1;
        }
        let worth = |(row, hits): (u32, u32)| {
            let list = &self.lists[row as usize];
            let share = hits as f32 / (list.tracks.len() as f32 + LENGTH_PRIOR);
            (row as usize, share * (0.5 + list.care))
        };
        let foreign = |(row, _): &(u32, u32)| !listeners.contains(&self.lists[*row as usize].owner);
        let mut rows: Vec<(usize, f32)> = hits.into_iter().filter(foreign).map(worth).collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        rows.truncate(count);
        rows.into_iter().map(|(row, _)| row).collect()
    }
}

#[cfg(test)]
mod tests;
