//! The catalogue as it comes out of the store.

use music::event::Target;
use music::{Artist, ExternalId, ListenerId, Release, Tag, Track};

/// Everything that is known about music, listeners and playlists.
///
/// *Shape*: each list stands in the order of its ids, without gaps; every id named in it has its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogueRows {
    /// The tracks.
    pub tracks: Vec<Track>,
    /// The artists.
    pub artists: Vec<Artist>,
    /// The releases.
    pub releases: Vec<Release>,
    /// The vocabulary.
    pub tags: Vec<Tag>,
    /// The listeners' names.
    pub listeners: Vec<Box<str>>,
    /// The playlists' owners.
    pub playlists: Vec<ListenerId>,
    /// Names in other systems.
    pub external: Vec<(Target, ExternalId)>,
}
