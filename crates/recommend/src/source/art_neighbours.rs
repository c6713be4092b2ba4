//! What has a cover that looks alike: the eye tells styles and scenes apart before anything is heard.

use super::item_neighbours::of_anchors;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the tracks whose covers are near to those of what the listener likes or asked for.
///
/// They are of other artists and other releases, since a release shares one cover; a track whose cover is not known is
/// neither looked from nor found.
#[derive(Debug)]
pub(super) struct ArtNeighbours;

impl Source for ArtNeighbours {
    fn name(&self) -> &'static str {
        "art_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "tracks of others whose covers look like those of what the listener likes"
    }

    fn prior(&self) -> f32 {
        0.03
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.art_neighbours else { return Ok(Vec::new()) };
        Ok(of_anchors(query, neighbours, |to| Evidence::Art { to }))
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        let Some(neighbours) = &snapshot.models.art_neighbours else {
            return Some(
                "too few covers are known; `segue scan` looks at covers, `segue train` learns from them",
            );
        };
        let is_near = |&(anchor, _): &(music::TrackId, f32)| !neighbours.of(anchor.get()).0.is_empty();
        (!query.anchors.iter().any(is_near))
            .then_some("no covers are known that look like those of what is liked")
    }
}
