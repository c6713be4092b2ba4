//! How much every account and playlist may say, so that nobody pushes a track with accounts made for it.
//!
//! What counts as a copy is the business of [`learn::influence`]; here it is put to what the log has.

use learn::Sparse;
use learn::influence::{InfluenceParams, Say};

use super::history::History;
use crate::error::EngineError;

/// What all sessions of one listener add to a pair of tracks, in sessions: habits show, and nobody drums one in.
const SESSION_CAP: f32 = 3.0;
/// What all playlists of one owner add to a pair, in playlists of full care.
const PLAYLIST_CAP: f32 = 2.0;
/// Playlists of one owner that count in full; where there are more they share what these would say.
const PLAYLISTS_PER_OWNER: f32 = 20.0;

/// The weights of listeners and playlists.
pub(super) struct Guard {
    /// What each listener's word is worth.
    pub(super) listeners: Say,
    /// The same of each playlist in its own right, its owner's worth included.
    pub(super) playlists: Vec<f32>,
    is_on: bool,
}

impl Guard {
    /// Weighs everybody by what they like.
    pub(super) fn of(
        history: &History,
        track_count: usize,
        artist_count: usize,
    ) -> Result<Self, EngineError> {
        let params = InfluenceParams::default();
        // Artists stand behind the tracks, so that histories of either kind are told apart.
        let first_artist = track_count as u32;
        let artists =
            history.artist_likes.iter().map(|&(row, artist, value)| (row, first_artist + artist, value));
        let likes = history.track_likes.iter().copied().chain(artists);
        let likes = Sparse::from_triplets(history.listener_count, track_count + artist_count, likes)?;
        let listeners = Say::of(&likes, &params)?;
        let is_on = listeners.support_min > 0.0;
        let entries = (0..).zip(&history.playlists).flat_map(|(row, playlist)| {
            playlist.tracks.iter().map(move |&track| (row, track, playlist.weight))
        });
        let playlists = Sparse::from_triplets(history.playlists.len(), track_count, entries)?;
        let mut playlists = Say::of(&playlists, &params)?.weights;
        let mut counts = vec![0.0_f32; history.listener_count];
        let owner = |row: usize| history.playlists[row].owner as usize;
        (0..playlists.len()).for_each(|row| counts[owner(row)] += 1.0);
        for (row, weight) in playlists.iter_mut().enumerate() {
            let shared = if is_on { (PLAYLISTS_PER_OWNER / counts[owner(row)]).min(1.0) } else { 1.0 };
            *weight *= shared * listeners.weights[owner(row)];
        }
        Ok(Self { listeners, playlists, is_on })
    }

    /// What the sessions of a listener add to a pair, at most.
    pub(super) fn session_cap(&self) -> f32 {
        if self.is_on { SESSION_CAP } else { f32::INFINITY }
    }

    /// What the playlists of an owner add to a pair, at most.
    pub(super) fn playlist_cap(&self) -> f32 {
        if self.is_on { PLAYLIST_CAP } else { f32::INFINITY }
    }
}
