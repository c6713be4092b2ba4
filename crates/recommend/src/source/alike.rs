//! What is alike when all that is known is taken together: who hears it, where it was put, and how it sounds.

use super::item_neighbours::of_anchors;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the nearest of what the listener likes or asked for, by the merged vectors of tracks.
///
/// It reaches tracks that nobody has played, by what is known of them.
#[derive(Debug)]
pub(super) struct Alike;

impl Source for Alike {
    fn name(&self) -> &'static str {
        "alike"
    }

    fn purpose(&self) -> &'static str {
        "tracks that are alike in all that is known of them together, heard or not"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.view_neighbours else {
            return Err(SourceError::NotLearnt { what: "vectors of all views" });
        };
        Ok(of_anchors(query, neighbours, |to| Evidence::Alike { to }))
    }
}
