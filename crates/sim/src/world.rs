//! A simulated world: music, listeners and what is true about them.

use music::{ArtistId, Catalogue, Id as _, ListenerId, PlaylistId, TrackId};

use crate::artist::ArtistTruth;
use crate::circles::Circles;
use crate::composition::{Composition, TrackTruth, compose};
use crate::error::WorldError;
use crate::listener::{Listener, listeners};
use crate::params::WorldParams;
use crate::playlist_plan::{PlaylistPlan, plans};
use crate::style::{Style, styles};

/// A world, complete from its first to its last day; time passes in [`simulate`](Self::simulate).
#[derive(Clone, Debug)]
pub struct World {
    params: WorldParams,
    styles: Vec<Style>,
    composition: Composition,
    listeners: Vec<Listener>,
    playlists: Vec<PlaylistPlan>,
    circles: Circles,
}

impl World {
    /// Makes a world; the same parameters make the same world.
    ///
    /// # Errors
    /// When a parameter is out of range; the error names it and its range.
    pub fn new(params: &WorldParams) -> Result<Self, WorldError> {
        params.check()?;
        let styles = styles(params.seed);
        let composition = compose(params, &styles);
        let listeners = listeners(params, &styles);
        let playlists = plans(params, &styles, &listeners);
        let circles = Circles::draw(params, &listeners);
        Ok(Self { params: params.clone(), styles, composition, listeners, playlists, circles })
    }

    /// What it was made from.
    pub fn params(&self) -> &WorldParams {
        &self.params
    }

    /// All music, in the order of release; what is not out yet stands at the end.
    pub fn catalogue(&self) -> &Catalogue {
        &self.composition.catalogue
    }

    /// The styles: roots first, then leaves; a style's row is also the row of its tag.
    pub fn styles(&self) -> &[Style] {
        &self.styles
    }

    /// The people; a listener's row is the id.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// The playlists that are made in the course of the simulation; a playlist's row is its id.
    pub fn playlists(&self) -> &[PlaylistPlan] {
        &self.playlists
    }

    /// One listener.
    ///
    /// # Panics
    /// When the listener is not of this world, as all look-ups here.
    pub fn listener(&self, id: ListenerId) -> &Listener {
        &self.listeners[id.row()]
    }

    /// The truth about a track.
    pub fn track(&self, id: TrackId) -> &TrackTruth {
        &self.composition.tracks[id.row()]
    }

    /// The truth about an artist.
    pub fn artist(&self, id: ArtistId) -> &ArtistTruth {
        &self.composition.artists[id.row()]
    }

    /// What the owner of a playlist means it to be.
    pub fn playlist(&self, id: PlaylistId) -> &PlaylistPlan {
        &self.playlists[id.row()]
    }

    /// The truth about all tracks, by row.
    pub fn tracks(&self) -> &[TrackTruth] {
        &self.composition.tracks
    }

    pub(crate) fn circles(&self) -> &Circles {
        &self.circles
    }

    pub(crate) fn seed(&self) -> u64 {
        self.params.seed
    }
}
