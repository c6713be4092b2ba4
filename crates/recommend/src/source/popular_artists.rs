//! The most played artists: an answer even for somebody about whom nothing is known.

use music::{ArtistId, Target};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// Proposes the artists with most listeners.
#[derive(Debug)]
pub(super) struct PopularArtists;

impl Source for PopularArtists {
    fn name(&self) -> &'static str {
        "popular_artists"
    }

    fn purpose(&self) -> &'static str {
        "the most played artists"
    }

    fn answer(&self) -> Answer {
        Answer::Artists
    }

    fn prior(&self) -> f32 {
        0.03
    }

    fn propose(&self, _: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(popularity) = &snapshot.models.artist_popularity else {
            return Err(SourceError::NotLearnt { what: "popular artists" });
        };
        let mut gathering = Gathering::default();
        for artist in snapshot.catalogue.artists() {
            let row = artist.id.get();
            if let (Some(percentile), Some(listener_count)) =
                (popularity.percentile(row), popularity.listener_count(row))
                && listener_count > 0
            {
                let target = Target::Artist(ArtistId::new(row));
                gathering.add(target, percentile, Evidence::Popular { listener_count });
            }
        }
        Ok(gathering.into_proposals())
    }
}
