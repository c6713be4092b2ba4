//! Artists close to loved ones, or to the one asked for.

use music::{ArtistId, Target};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// Adds up the neighbours of the loved artists, by common listeners and playlists.
#[derive(Debug)]
pub(super) struct SimilarArtists;

impl Source for SimilarArtists {
    fn name(&self) -> &'static str {
        "similar_artists"
    }

    fn purpose(&self) -> &'static str {
        "artists heard by those who hear the loved ones"
    }

    fn answer(&self) -> Answer {
        Answer::Artists
    }

    fn prior(&self) -> f32 {
        0.2
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.artist_neighbours else {
            return Err(SourceError::NotLearnt { what: "artist neighbours" });
        };
        let mut gathering = Gathering::default();
        for &(to, weight) in &query.artist_anchors {
            let (items, similarities) = neighbours.of(to.get());
            for (&item, &similarity) in items.iter().zip(similarities) {
                let target = Target::Artist(ArtistId::new(item));
                gathering.add(target, weight * similarity, Evidence::SimilarArtist { to });
            }
        }
        Ok(gathering.into_proposals())
    }
}
