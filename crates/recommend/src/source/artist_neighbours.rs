//! Tracks by artists who are close to loved ones.

use music::{ArtistId, Target};

use super::gathering::Gathering;
use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Goes from the loved artists to their neighbours, and from these to their most played tracks.
#[derive(Debug)]
pub(super) struct ArtistNeighbours;

/// Tracks that each neighbouring artist brings.
const TRACKS_PER_ARTIST: usize = 5;

impl Source for ArtistNeighbours {
    fn name(&self) -> &'static str {
        "artist_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "the best known tracks of artists close to loved ones"
    }

    fn prior(&self) -> f32 {
        0.1
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.artist_neighbours else {
            return Err(SourceError::NotLearnt { what: "artist neighbours" });
        };
        let mut artists = Gathering::default();
        for &(to, weight) in &query.artist_anchors {
            let (items, similarities) = neighbours.of(to.get());
            for (&item, &similarity) in items.iter().zip(similarities) {
                let artist = Target::Artist(ArtistId::new(item));
                artists.add(artist, weight * similarity, Evidence::SimilarArtist { to });
            }
        }
        // An artist's first track scores as the artist does, so no track of later artists gets a place.
        let mut gathering = Gathering::default();
        let mut artist_count = 0;
        for Candidate { target, score, evidence } in artists.into_sorted() {
            let Target::Artist(artist) = target else { continue };
            if artist_count == PROPOSAL_LIMIT {
                break;
            }
            let tracks = snapshot.tracks_of_artist(artist).iter();
            let open = tracks.filter(|&&track| query.is_open_to(track));
            let mut open = open.peekable();
            artist_count += usize::from(open.peek().is_some());
            for (rank, &track) in open.take(TRACKS_PER_ARTIST).enumerate() {
                gathering.add(Target::Track(track), score / (1.0 + rank as f32).sqrt(), evidence);
            }
        }
        Ok(gathering.into_proposals())
    }
}
