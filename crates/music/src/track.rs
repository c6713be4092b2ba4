//! Recordings.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::date::ReleaseDate;
use crate::id::{ArtistId, ReleaseId, TrackId};
use crate::sound::Sound;
use crate::tag::TagWeight;
use crate::unit::Millis;

/// What the catalogue knows about a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Its id.
    pub id: TrackId,
    /// The title as first seen.
    pub title: Box<str>,
    /// The artists, main artist first; never empty.
    pub artists: SmallVec<[ArtistId; 2]>,
    /// The release it was first seen on.
    pub release: Option<ReleaseId>,
    /// How long it is.
    pub duration: Option<Millis>,
    /// When it came out, where it is known for the track itself.
    pub date: Option<ReleaseDate>,
    /// Whether the words are marked explicit.
    pub explicit: Option<bool>,
    /// Its own tags, strongest first; those of the artist are not repeated here.
    pub tags: Box<[TagWeight]>,
    /// Audio features: what our own analysis of a file found, else what came with the metadata.
    pub sound: Option<Box<Sound>>,
}

impl Track {
    /// The artist who is named first.
    pub fn main_artist(&self) -> ArtistId {
        self.artists[0]
    }
}
