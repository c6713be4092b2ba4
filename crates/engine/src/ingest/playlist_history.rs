//! Playlists as their history makes them, and the steps that lead from one state to another.

use music::{Event, Playlist, PlaylistDetails, PlaylistEdit, PlaylistId, Prompt, TrackId};
use rustc_hash::FxHashMap;

use crate::error::EngineError;
use crate::store::{Scan, Store};

/// Folds events into playlists.
///
/// Events that are not about playlists are passed over, so the whole log may be poured in.
#[derive(Clone, Debug, Default)]
pub struct PlaylistHistory {
    playlists: FxHashMap<PlaylistId, Playlist>,
}

impl PlaylistHistory {
    /// The playlist as its whole history in the log makes it; none where there is no such playlist.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn read(store: &dyn Store, id: PlaylistId) -> Result<Option<Playlist>, EngineError> {
        let mut history = Self::default();
        history.follow(store, id).await?;
        Ok(history.playlists.remove(&id))
    }

    /// Takes all events of one playlist that are in the log.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn follow(&mut self, store: &dyn Store, id: PlaylistId) -> Result<(), EngineError> {
        let mut scan = Scan::of_playlist(id);
        loop {
            let page = store.events(scan).await?;
            page.iter().for_each(|stored| self.apply(&stored.event));
            match page.last() {
                Some(last) if page.len() == scan.limit as usize => scan = scan.after(last.seq),
                _ => return Ok(()),
            }
        }
    }

    /// Takes one event. Steps of a playlist whose making was not seen are passed over.
    pub fn apply(&mut self, event: &Event) {
        match &event.prompt {
            Prompt::PlaylistCreated { playlist, details } => {
                let create = || Playlist::create(*playlist, event.listener, details.clone(), event.at);
                self.playlists.entry(*playlist).or_insert_with(create);
            }
            Prompt::PlaylistEdited { playlist, edit } => {
                if let Some(playlist) = self.playlists.get_mut(playlist) {
                    playlist.apply(edit, event.at);
                }
            }
            _ => {}
        }
    }

    /// The playlist as it stands.
    pub fn get(&self, id: PlaylistId) -> Option<&Playlist> {
        self.playlists.get(&id)
    }

    /// All playlists that were made, deleted ones too, by id.
    pub fn into_playlists(self) -> Vec<Playlist> {
        let mut playlists: Vec<Playlist> = self.playlists.into_values().collect();
        playlists.sort_by_key(|playlist| playlist.id);
        playlists
    }
}

/// The steps that make `playlist` what an import says it is; none where it is that already.
///
/// What both begin with and what both end with stays; what lies between is taken out and put in.
/// So tracks put in at the end are one step, and so are tracks taken out in the middle.
pub fn difference(playlist: &Playlist, details: &PlaylistDetails, tracks: &[TrackId]) -> Vec<PlaylistEdit> {
    let mut edits = Vec::new();
    if playlist.details != *details {
        edits.push(PlaylistEdit::Described(details.clone()));
    }
    let known = playlist.tracks.as_slice();
    let prefix = common(known.iter(), tracks.iter());
    let suffix = common(known[prefix..].iter().rev(), tracks[prefix..].iter().rev());
    let gone = known.len() - prefix - suffix;
    let added = &tracks[prefix..tracks.len() - suffix];
    let index = prefix as u32;
    if gone > 0 {
        edits.push(PlaylistEdit::Removed { index, count: gone as u32 });
    }
    // Each piece at its own place, in order, so that the largest addition stays bounded and the steps read naturally.
    for (piece_index, piece) in added.chunks(ADDED_LEN_MAX).enumerate() {
        let place = index + (piece_index * ADDED_LEN_MAX) as u32;
        edits.push(PlaylistEdit::Added { tracks: piece.to_vec(), index: (suffix > 0).then_some(place) });
    }
    edits
}

/// The most tracks in one step; a bound on the size of an event.
const ADDED_LEN_MAX: usize = 1_000;

fn common<'a>(one: impl Iterator<Item = &'a TrackId>, other: impl Iterator<Item = &'a TrackId>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}
