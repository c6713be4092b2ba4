//! Which songs do people put together?

use super::item_neighbours::of_anchors;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the neighbours of what the listener likes or asked for, by common playlists.
#[derive(Debug)]
pub(super) struct PlaylistNeighbours;

impl Source for PlaylistNeighbours {
    fn name(&self) -> &'static str {
        "playlist_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "tracks that stand on the same playlists, those made with care counting more"
    }

    fn prior(&self) -> f32 {
        0.15
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.playlist_neighbours else {
            return Err(SourceError::NotLearnt { what: "playlist neighbours" });
        };
        Ok(of_anchors(query, neighbours, |with| Evidence::Together { with }))
    }
}
