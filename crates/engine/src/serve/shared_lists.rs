//! The playlists that everybody may see, as they stand in the log at this moment.
//!
//! A playlist is shared while its latest details say so and it is not deleted; see [`PlaylistKind::is_public`].
//! Before they are used, the log is asked for what has happened since, so a playlist that its owner has just taken back
//! is in no slate that comes after, whoever wrote that down.
//! They are read when somebody asks for playlists for the first time; whoever never does pays nothing.
//!
//! [`PlaylistKind::is_public`]: music::PlaylistKind::is_public

use std::collections::BTreeMap;
use std::sync::Arc;

use music::{Playlist, PlaylistId, Prompt};
use recommend::{SharedPlaylist, SharedPlaylists, Snapshot};
use rustc_hash::FxHashSet;
use tokio::sync::Mutex;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::PlaylistHistory;
use crate::store::{Scan, Seq, Store};
use crate::train::care_of;

/// What speaks for the care of a playlist is told where it adds at least this to its weight.
const WORD_MIN: f32 = 0.02;
/// Words about the care of one playlist at most.
const WORD_COUNT: usize = 2;

/// All shared playlists, up to date at every request.
#[derive(Debug, Default)]
pub(super) struct SharedLists {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The last event that was looked at; none before the first request.
    through: Option<Seq>,
    lists: BTreeMap<PlaylistId, Arc<SharedPlaylist>>,
    current: Arc<SharedPlaylists>,
}

impl SharedLists {
    /// The shared playlists, every event in the log included; care is judged by the music in `snapshot`.
    ///
    /// *Complexity*: at the first time one index lookup per playlist there is; then linear in the events since.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub(super) async fn current(
        &self,
        engine: &Engine,
        snapshot: &Snapshot,
    ) -> Result<Arc<SharedPlaylists>, EngineError> {
        let mut known = self.known.lock().await;
        let store = &**engine.store();
        let (changed, through) = match known.through {
            Some(through) => changed_since(store, through).await?,
            None => {
                // The end is read before the playlists: what comes in between is looked at twice, and not missed.
                let through = store.latest().await?;
                let count = engine.library().await.playlist_owners().len() as u32;
                ((0..count).map(PlaylistId::new).collect(), through)
            }
        };
        let mut read = Vec::new();
        for id in changed {
            let playlist = PlaylistHistory::read(store, id).await?.filter(is_shared);
            let playlist = playlist.map(|playlist| Arc::new(shared(&playlist, snapshot)));
            // What its owner alone sees, before and after, changes nothing here.
            if playlist.is_some() || known.lists.contains_key(&id) {
                read.push((id, playlist));
            }
        }
        // Nothing is taken over before all was read: whoever gives up waiting leaves it to the next request.
        known.take(read, through);
        Ok(Arc::clone(&known.current))
    }
}

impl Known {
    /// Takes over what became of playlists up to `through`; none for one that is shared no more.
    fn take(&mut self, read: Vec<(PlaylistId, Option<Arc<SharedPlaylist>>)>, through: Seq) {
        self.through = Some(through);
        if read.is_empty() {
            return;
        }
        for (id, playlist) in read {
            match playlist {
                Some(playlist) => self.lists.insert(id, playlist),
                None => self.lists.remove(&id),
            };
        }
        self.current = Arc::new(SharedPlaylists::new(self.lists.values().cloned().collect()));
    }
}

/// Whether everybody may see a playlist.
pub(super) fn is_shared(playlist: &Playlist) -> bool {
    !playlist.deleted && playlist.details.kind.is_public()
}

/// The playlists that changed behind `after`, and the end of the log.
async fn changed_since(store: &dyn Store, after: Seq) -> Result<(FxHashSet<PlaylistId>, Seq), EngineError> {
    let mut changed = FxHashSet::default();
    let (mut scan, mut through) = (Scan::all().after(after), after);
    loop {
        let page = store.events(scan).await?;
        let Some(last) = page.last().map(|stored| stored.seq) else { return Ok((changed, through)) };
        through = last;
        changed.extend(page.iter().filter_map(|stored| match stored.event.prompt {
            Prompt::PlaylistCreated { playlist, .. } | Prompt::PlaylistEdited { playlist, .. } => {
                Some(playlist)
            }
            _ => None,
        }));
        if page.len() < scan.limit as usize {
            return Ok((changed, through));
        }
        scan = scan.after(last);
    }
}

/// The playlist as a request reads it.
fn shared(playlist: &Playlist, snapshot: &Snapshot) -> SharedPlaylist {
    let care = care_of(playlist, &snapshot.catalogue, &snapshot.sound);
    let mut parts = care.parts;
    parts.retain(|(_, adds)| *adds >= WORD_MIN);
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut seen = FxHashSet::default();
    SharedPlaylist {
        id: playlist.id,
        owner: playlist.owner,
        title: playlist.details.title.clone(),
        tracks: playlist.tracks.iter().copied().filter(|track| seen.insert(*track)).collect(),
        care: care.weight,
        care_words: parts.into_iter().take(WORD_COUNT).map(|(word, _)| word).collect(),
    }
}
