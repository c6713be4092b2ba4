//! Performers and credit lines.

use serde::{Deserialize, Serialize};

use crate::id::ArtistId;
use crate::tag::TagWeight;

/// What the catalogue knows about an artist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Artist {
    /// Its id.
    pub id: ArtistId,
    /// The name as first seen.
    pub name: Box<str>,
    /// What people call the music, strongest first.
    pub tags: Box<[TagWeight]>,
}
