//! What is sung about the same things, in the same words, whoever sings it.

use super::item_neighbours::of_anchors;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the songs of other artists whose words are near to those of what the listener likes or asked for.
///
/// A song whose words are not known is neither looked from nor found.
#[derive(Debug)]
pub(super) struct LyricsNeighbours;

impl Source for LyricsNeighbours {
    fn name(&self) -> &'static str {
        "lyrics_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "songs of others with words like those of songs the listener likes"
    }

    fn prior(&self) -> f32 {
        0.05
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.lyrics_neighbours else { return Ok(Vec::new()) };
        Ok(of_anchors(query, neighbours, |to| Evidence::Lyrics { to }))
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        let Some(neighbours) = &snapshot.models.lyrics_neighbours else {
            return Some(
                "too few songs with words are known; `segue scan` reads words, `segue train` learns from them",
            );
        };
        let is_near = |&(anchor, _): &(music::TrackId, f32)| !neighbours.of(anchor.get()).0.is_empty();
        (!query.anchors.iter().any(is_near))
            .then_some("no songs are known whose words are like those of what is liked")
    }
}
