//! The rows of the catalogue in memory, and what finds them.

use std::sync::Arc;

use music::event::Target;
use music::{
    Artist, ArtistId, Catalogue, ExternalId, Id, ListenerId, PlaylistId, Release, ReleaseId, Tag, TagId,
    TagKind, TagWeight, Track, TrackId,
};
use rustc_hash::FxHashMap;

use super::digest::Digest;
use super::external_index::ExternalIndex;
use super::name_index::NameIndex;
use super::{LIST_LEN_MAX, UNKNOWN_ARTIST, match_release, match_track, normal_form, validate};
use crate::ingest::Rejection;
use crate::store::{CatalogueChange, CatalogueRows, Heard, TrackRow};

/// Everything that is known about music, listeners and playlists, ready to grow.
///
/// *Memory*: per track about 160 bytes for its row and title (96 more where its sound is known), and 60 to 115 for the
/// indexes with one external id, depending on how full their maps are; measured with a million tracks.
#[derive(Debug)]
pub struct Library {
    pub(super) tracks: Vec<Track>,
    pub(super) artists: Vec<Artist>,
    pub(super) releases: Vec<Release>,
    pub(super) tags: Vec<Tag>,
    listeners: Vec<Box<str>>,
    playlists: Vec<ListenerId>,

    pub(super) track_names: NameIndex,
    pub(super) artist_names: NameIndex,
    pub(super) release_names: NameIndex,
    tag_names: FxHashMap<Digest, TagId>,
    listener_names: FxHashMap<Box<str>, ListenerId>,

    pub(super) track_external: ExternalIndex,
    pub(super) artist_external: ExternalIndex,
    pub(super) release_external: ExternalIndex,
    playlist_external: ExternalIndex,

    /// What was heard in files, by track.
    heard: FxHashMap<TrackId, Heard>,
    /// What the store does not know yet.
    changes: Vec<CatalogueChange>,
    /// The rows as readers see them; none where they have changed since.
    snapshot: Option<Arc<Catalogue>>,
}

/// How many things of each kind a library has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LibrarySize {
    pub listeners: usize,
    pub artists: usize,
    pub releases: usize,
    pub tracks: usize,
    pub playlists: usize,
    pub tags: usize,
}

impl Default for Library {
    fn default() -> Self {
        Self::from_rows(CatalogueRows::default())
    }
}

impl Library {
    /// The library of these rows, as a store returns them.
    ///
    /// *Complexity*: linear; it makes the normal form of every name, about a second for a million tracks.
    pub fn from_rows(rows: CatalogueRows) -> Self {
        let mut library = Self {
            track_names: NameIndex::default(),
            artist_names: NameIndex::default(),
            release_names: NameIndex::default(),
            tag_names: FxHashMap::default(),
            listener_names: FxHashMap::default(),
            track_external: ExternalIndex::new(false),
            artist_external: ExternalIndex::new(true),
            release_external: ExternalIndex::new(false),
            playlist_external: ExternalIndex::new(false),
            heard: FxHashMap::default(),
            changes: Vec::new(),
            snapshot: None,
            tracks: rows.tracks,
            artists: rows.artists,
            releases: rows.releases,
            tags: rows.tags,
            listeners: rows.listeners,
            playlists: rows.playlists,
        };
        library.index(&rows.external);
        library
    }

    fn index(&mut self, external: &[(Target, ExternalId)]) {
        let artist_names: Vec<String> = self.artists.iter().map(|artist| normal_form(&artist.name)).collect();
        for name in &artist_names {
            self.artist_names.push(Some(Digest::of([name.as_str()])));
        }
        for track in &self.tracks {
            let artists = track.artists.iter().map(|artist| artist_names[artist.row()].as_str());
            self.track_names.push(match_track::name(artists, &normal_form(&track.title)));
        }
        for release in &self.releases {
            self.release_names.push(match_release::name(release.artist, &normal_form(&release.title)));
        }
        self.tag_names = self.tags.iter().map(|tag| (tag_digest(&tag.name), tag.id)).collect();
        let listeners = (0..).zip(&self.listeners);
        self.listener_names = listeners.map(|(row, name)| (name.clone(), ListenerId::new(row))).collect();
        for (target, id) in external {
            self.claim(*target, id);
        }
    }

    /// The rows as they are now, for readers.
    ///
    /// *Complexity*: nothing where nothing has changed; else it copies all rows: 4 ms with 50,000 tracks, 150 ms with a
    /// million (bench `catalogue`). Ask for it once per task, not once per track.
    pub fn catalogue(&mut self) -> Arc<Catalogue> {
        if let Some(snapshot) = &self.snapshot {
            return Arc::clone(snapshot);
        }
        let mut tracks = self.tracks.clone();
        let mut descriptors = vec![None; if self.heard.is_empty() { 0 } else { tracks.len() }];
        for (id, heard) in &self.heard {
            let Some(track) = tracks.get_mut(id.row()) else { continue };
            // What we heard ourselves is on one scale for all files; what came with the metadata fills the gaps.
            let mut sound = heard.sound;
            sound.fill_from(&track.sound.as_deref().copied().unwrap_or_default());
            track.sound = Some(Box::new(sound));
            descriptors[id.row()] = heard.descriptor.clone().map(Box::new);
        }
        let rows = (self.artists.clone(), self.releases.clone(), self.tags.clone());
        let catalogue = Catalogue::new(tracks, rows.0, rows.1, rows.2).with_descriptors(descriptors);
        Arc::clone(self.snapshot.insert(Arc::new(catalogue)))
    }

    /// Takes over what was heard in files, in place of what was heard before.
    pub(crate) fn set_heard(&mut self, heard: FxHashMap<TrackId, Heard>) {
        if self.heard != heard {
            self.heard = heard;
            self.snapshot = None;
        }
    }

    /// The track with this id.
    pub fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.get(id.row())
    }

    /// The artist with this id.
    pub fn artist(&self, id: ArtistId) -> Option<&Artist> {
        self.artists.get(id.row())
    }

    /// The release with this id.
    pub fn release(&self, id: ReleaseId) -> Option<&Release> {
        self.releases.get(id.row())
    }

    /// The name of a listener.
    pub fn listener(&self, id: ListenerId) -> Option<&str> {
        self.listeners.get(id.row()).map(|name| &**name)
    }

    /// The listener with exactly this name.
    pub fn listener_named(&self, name: &str) -> Option<ListenerId> {
        self.listener_names.get(name.trim()).copied()
    }

    /// The names of all listeners, in the order of their ids.
    pub fn listeners(&self) -> &[Box<str>] {
        &self.listeners
    }

    /// Whose playlist it is.
    pub fn playlist_owner(&self, id: PlaylistId) -> Option<ListenerId> {
        self.playlists.get(id.row()).copied()
    }

    /// The owners of all playlists, in the order of their ids.
    pub fn playlist_owners(&self) -> &[ListenerId] {
        &self.playlists
    }

    /// The track with this name in some other system.
    pub fn track_with(&self, id: &ExternalId) -> Option<TrackId> {
        self.track_external.find(id).map(|row| TrackId::from_row(row as u32))
    }

    /// The artist with this name in some other system.
    pub fn artist_with(&self, id: &ExternalId) -> Option<ArtistId> {
        self.artist_external.find(id).map(|row| ArtistId::from_row(row as u32))
    }

    /// The release with this name in some other system.
    pub fn release_with(&self, id: &ExternalId) -> Option<ReleaseId> {
        self.release_external.find(id).map(|row| ReleaseId::from_row(row as u32))
    }

    /// The playlist with this name in some other system.
    pub fn playlist_with(&self, id: &ExternalId) -> Option<PlaylistId> {
        self.playlist_external.find(id).map(|row| PlaylistId::from_row(row as u32))
    }

    /// How many things of each kind there are.
    pub fn size(&self) -> LibrarySize {
        LibrarySize {
            listeners: self.listeners.len(),
            artists: self.artists.len(),
            releases: self.releases.len(),
            tracks: self.tracks.len(),
            playlists: self.playlists.len(),
            tags: self.tags.len(),
        }
    }

    /// Whether the thing exists.
    pub fn has(&self, target: Target) -> bool {
        match target {
            Target::Track(id) => id.row() < self.tracks.len(),
            Target::Artist(id) => id.row() < self.artists.len(),
            Target::Release(id) => id.row() < self.releases.len(),
            Target::Playlist(id) => id.row() < self.playlists.len(),
        }
    }

    /// The listener with this name, who is new where nobody has it yet.
    ///
    /// # Errors
    /// Where the name is empty, too long or unreadable.
    pub fn add_listener(&mut self, name: &str) -> Result<ListenerId, Rejection> {
        let name = validate::text("listener name", name)?;
        if name.is_empty() {
            return Err(Rejection::Missing { what: "listener name" });
        }
        if let Some(known) = self.listener_names.get(name) {
            return Ok(*known);
        }
        let id = ListenerId::new(next_row(&self.listeners));
        self.listeners.push(name.into());
        self.listener_names.insert(name.into(), id);
        self.changes.push(CatalogueChange::Listener { id, name: name.into() });
        Ok(id)
    }

    /// A new playlist of `owner`, which `external` shall find again.
    pub(crate) fn add_playlist(&mut self, owner: ListenerId, external: Option<&ExternalId>) -> PlaylistId {
        let id = PlaylistId::new(next_row(&self.playlists));
        self.playlists.push(owner);
        self.changes.push(CatalogueChange::Playlist { id, owner });
        if let Some(external) = external {
            self.learn_external(Target::Playlist(id), external);
        }
        id
    }

    /// Takes away what the store does not know yet, to hand it over.
    pub(crate) fn take_changes(&mut self) -> Vec<CatalogueChange> {
        std::mem::take(&mut self.changes)
    }

    /// How much [`take_changes`](Self::take_changes) would take.
    pub(crate) const fn change_count(&self) -> usize {
        self.changes.len()
    }

    /// Notes a change for the store, and that readers do not see it yet.
    pub(super) fn learn(&mut self, change: CatalogueChange) {
        self.snapshot = None;
        self.changes.push(change);
    }

    /// Notes that a track's own row is new or has been filled in.
    pub(super) fn learn_track(&mut self, row: usize) {
        let track = TrackRow::from(&self.tracks[row]);
        self.learn(CatalogueChange::Track(track));
    }

    /// Gives a thing a name in another system, where that name is free.
    pub(super) fn learn_external(&mut self, target: Target, id: &ExternalId) {
        if self.claim(target, id) {
            self.changes.push(CatalogueChange::External { target, id: id.clone() });
        }
    }

    fn claim(&mut self, target: Target, id: &ExternalId) -> bool {
        match target {
            Target::Track(track) => self.track_external.claim(track.row(), id),
            Target::Artist(artist) => self.artist_external.claim(artist.row(), id),
            Target::Release(release) => self.release_external.claim(release.row(), id),
            Target::Playlist(playlist) => self.playlist_external.claim(playlist.row(), id),
        }
    }

    /// The tag with this name.
    pub(super) fn tag_named(&self, name: &str) -> Option<TagId> {
        self.tag_names.get(&tag_digest(name)).copied()
    }

    /// The tag with this name, which is new where there is none; the kind it came with first stays.
    pub(super) fn tag(&mut self, name: &str, kind: TagKind) -> TagId {
        let digest = tag_digest(name);
        if let Some(known) = self.tag_names.get(&digest) {
            return *known;
        }
        let name: Box<str> = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into();
        let tag = Tag { id: TagId::new(next_row(&self.tags)), name, kind };
        self.tags.push(tag.clone());
        self.tag_names.insert(digest, tag.id);
        let id = tag.id;
        self.learn(CatalogueChange::Tag(tag));
        id
    }

    /// The tags of a description that are not among `known` yet, as far as there is room.
    pub(super) fn new_tags(
        &mut self,
        known: &[TagWeight],
        described: &[music::description::TagDescription],
    ) -> Vec<TagWeight> {
        let mut new: Vec<TagWeight> = Vec::new();
        for tag in described {
            let id = self.tag(&tag.name, tag.kind);
            let is_known = known.iter().chain(&new).any(|known| known.tag == id);
            if !is_known && known.len() + new.len() < LIST_LEN_MAX {
                new.push(TagWeight { tag: id, weight: tag.weight });
            }
        }
        new
    }
}

/// Two tag names with the same normal form are one tag.
fn tag_digest(name: &str) -> Digest {
    Digest::of([normal_form(name).as_str()])
}

/// `known` and `new` together, strongest first.
pub(super) fn merged_tags(known: &[TagWeight], new: &[TagWeight]) -> Box<[TagWeight]> {
    let mut tags: Vec<TagWeight> = known.iter().chain(new).copied().collect();
    tags.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.tag.cmp(&b.tag)));
    tags.into()
}

/// The id that the next row of a list gets.
pub(super) fn next_row<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).expect("memory ends before four billion rows")
}

/// Whether a normal name is that of the artist nobody knows.
pub(super) fn is_unknown_artist(normal: &str) -> bool {
    normal.is_empty() || normal == UNKNOWN_ARTIST
}
