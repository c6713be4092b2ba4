//! People who listen to this also listen to that.

use learn::Neighbours;
use music::{Target, TrackId};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the neighbours of what the listener likes or asked for, by common listeners.
#[derive(Debug)]
pub(super) struct ItemNeighbours;

impl Source for ItemNeighbours {
    fn name(&self) -> &'static str {
        "item_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "tracks heard by the people who hear what the listener likes"
    }

    fn prior(&self) -> f32 {
        0.15
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.track_neighbours else {
            return Err(SourceError::NotLearnt { what: "track neighbours" });
        };
        Ok(of_anchors(query, neighbours, |to| Evidence::Neighbour { to }))
    }
}

/// The neighbours of all anchors, added up.
pub(super) fn of_anchors(
    query: &Query,
    neighbours: &Neighbours,
    evidence: impl Fn(TrackId) -> Evidence,
) -> Vec<Candidate> {
    let mut gathering = Gathering::default();
    for &(anchor, weight) in &query.anchors {
        let (items, similarities) = neighbours.of(anchor.get());
        for (&item, &similarity) in items.iter().zip(similarities) {
            let track = TrackId::new(item);
            if query.is_open_to(track) {
                gathering.add(Target::Track(track), weight * similarity, evidence(anchor));
            }
        }
    }
    gathering.into_proposals()
}
