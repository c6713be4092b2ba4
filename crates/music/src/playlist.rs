//! Playlists, and the history of edits that made them.

use serde::{Deserialize, Serialize};

use crate::id::{ListenerId, PlaylistId, TrackId};
use crate::surface::PlaylistKind;
use crate::unit::UnixMillis;

/// What is known about a playlist apart from its tracks.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PlaylistDetails {
    /// Its title.
    pub title: Box<str>,
    /// What its maker wrote about it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: Box<str>,
    /// How it came to be and who may see it: `shared` and `editorial` are offered to everybody, `own` and `generated`
    /// are seen by their owner alone.
    pub kind: PlaylistKind,
    /// Whether several people edit it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub collaborative: bool,
    /// Followers, as told by the service it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follower_count: Option<u32>,
    /// Edits before Segue saw it, as told by the service it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_count: Option<u32>,
}

/// One step in a playlist's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlaylistEdit {
    /// Tracks were put in before the track at `index`, or at the end.
    Added {
        /// The tracks in order.
        tracks: Vec<TrackId>,
        /// The place of the first of them; none for the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<u32>,
    },
    /// Tracks were taken out.
    Removed {
        /// The place of the first of them.
        index: u32,
        /// How many.
        count: u32,
    },
    /// A track was moved.
    Moved {
        /// From here,
        from: u32,
        /// to here, counted after it was taken out.
        to: u32,
    },
    /// Title, description or sharing changed.
    Described(PlaylistDetails),
    /// It was deleted; its history stays.
    Deleted,
}

/// A playlist as its history makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Playlist {
    /// Its id.
    pub id: PlaylistId,
    /// Who made it.
    pub owner: ListenerId,
    /// Title and the like.
    pub details: PlaylistDetails,
    /// Its tracks in order; one may occur twice.
    pub tracks: Vec<TrackId>,
    /// When it was made.
    pub created: UnixMillis,
    /// When it was last edited.
    pub edited: UnixMillis,
    /// Edits since Segue saw it first.
    pub edit_count: u32,
    /// How many of the edits fell on a day without an earlier one: care shows in coming back.
    pub edit_day_count: u32,
    /// The largest number of tracks added by one edit.
    pub largest_addition: u32,
    /// Whether it was deleted.
    pub deleted: bool,
}

impl Playlist {
    /// An empty playlist, made at `at`.
    pub fn create(id: PlaylistId, owner: ListenerId, details: PlaylistDetails, at: UnixMillis) -> Self {
        Self {
            id,
            owner,
            details,
            tracks: Vec::new(),
            created: at,
            edited: at,
            edit_count: 0,
            edit_day_count: 0,
            largest_addition: 0,
            deleted: false,
        }
    }

    /// Takes one step of the history.
    ///
    /// A place beyond the end means the end: two devices may edit at once, and no edit is lost for that.
    pub fn apply(&mut self, edit: &PlaylistEdit, at: UnixMillis) {
        let end = self.tracks.len();
        let place = |index: u32| (index as usize).min(end);
        match edit {
            PlaylistEdit::Added { tracks, index } => {
                let start = index.map_or(end, place);
                self.tracks.splice(start..start, tracks.iter().copied());
                self.largest_addition = self.largest_addition.max(tracks.len() as u32);
            }
            PlaylistEdit::Removed { index, count } => {
                let start = place(*index);
                self.tracks.drain(start..start.saturating_add(*count as usize).min(end));
            }
            PlaylistEdit::Moved { from, to } => {
                if place(*from) < end {
                    let track = self.tracks.remove(place(*from));
                    self.tracks.insert((*to as usize).min(self.tracks.len()), track);
                }
            }
            PlaylistEdit::Described(details) => self.details = details.clone(),
            PlaylistEdit::Deleted => self.deleted = true,
        }
        let first_of_day = self.edit_count == 0 || day(at) != day(self.edited);
        self.edit_day_count += u32::from(first_of_day);
        self.edit_count += 1;
        self.edited = at;
    }
}

fn day(at: UnixMillis) -> i64 {
    at.get().div_euclid(crate::unit::DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::DAY_MS;

    fn after(edits: &[PlaylistEdit]) -> Playlist {
        let start = UnixMillis::new(0);
        let mut playlist =
            Playlist::create(PlaylistId::new(0), ListenerId::new(0), PlaylistDetails::default(), start);
        for (day, edit) in edits.iter().enumerate() {
            playlist.apply(edit, UnixMillis::new(day as i64 / 2 * DAY_MS));
        }
        playlist
    }

    fn added(rows: impl IntoIterator<Item = u32>, index: Option<u32>) -> PlaylistEdit {
        PlaylistEdit::Added { tracks: rows.into_iter().map(TrackId::new).collect(), index }
    }

    fn rows(playlist: &Playlist) -> Vec<u32> {
        playlist.tracks.iter().map(|track| track.get()).collect()
    }

    #[test]
    fn the_history_makes_the_playlist() {
        let playlist = after(&[
            added([1, 2, 3], None),
            added([9], Some(1)),
            PlaylistEdit::Removed { index: 0, count: 1 },
            PlaylistEdit::Moved { from: 0, to: 2 },
        ]);
        assert_eq!(rows(&playlist), [2, 3, 9]);
        assert_eq!((playlist.edit_count, playlist.edit_day_count, playlist.largest_addition), (4, 2, 3));
    }

    #[test]
    fn places_beyond_the_end_mean_the_end() {
        let playlist = after(&[
            added([1], Some(u32::MAX)),
            PlaylistEdit::Removed { index: 7, count: u32::MAX },
            PlaylistEdit::Moved { from: 5, to: 0 },
            PlaylistEdit::Moved { from: 0, to: 9 },
        ]);
        assert_eq!(rows(&playlist), [1]);
    }
}
