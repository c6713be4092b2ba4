//! More of the loved artists: what the listener has not heard of them yet.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Proposes unheard tracks of loved artists, or of the artists asked for.
#[derive(Debug)]
pub(super) struct DeepCuts;

/// Tracks of one artist at most.
const TRACKS_PER_ARTIST: usize = 15;

impl Source for DeepCuts {
    fn name(&self) -> &'static str {
        "deep_cuts"
    }

    fn purpose(&self) -> &'static str {
        "unheard tracks by loved artists"
    }

    fn prior(&self) -> f32 {
        0.15
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let mut gathering = Gathering::default();
        for &(artist, weight) in &query.artist_anchors {
            let tracks = snapshot.tracks_of_artist(artist).iter();
            let unheard =
                tracks.filter(|&&track| !query.listener.has_heard(track) && query.is_open_to(track));
            for (rank, &track) in unheard.take(TRACKS_PER_ARTIST).enumerate() {
                let score = weight / (1.0 + rank as f32).sqrt();
                gathering.add(Target::Track(track), score, Evidence::ByArtist { artist });
            }
        }
        Ok(gathering.into_proposals())
    }
}
