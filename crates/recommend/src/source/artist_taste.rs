//! Artists near the whole taste, by the learnt vectors.

use learn::{kernel, top_k};
use music::{ArtistId, Target};

use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// Scores every artist against the listener's own vector.
#[derive(Debug)]
pub(super) struct ArtistTaste;

impl Source for ArtistTaste {
    fn name(&self) -> &'static str {
        "artist_taste"
    }

    fn purpose(&self) -> &'static str {
        "artists that fit the listener's taste as a whole"
    }

    fn answer(&self) -> Answer {
        Answer::Artists
    }

    fn prior(&self) -> f32 {
        0.2
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(model) = &snapshot.models.artist_factors else {
            return Err(SourceError::NotLearnt { what: "artist vectors" });
        };
        let Some(vector) = &query.listener.artist_vector else { return Ok(Vec::new()) };
        let mut scores = vec![0.0; model.factors().row_count()];
        kernel::scores(model.factors(), vector, &mut scores);
        let best = top_k(&scores, PROPOSAL_LIMIT, |_| true);
        let proposal = |(row, score)| Candidate {
            target: Target::Artist(ArtistId::new(row)),
            score,
            evidence: Evidence::Taste,
        };
        Ok(best.into_iter().filter(|&(_, score)| score > 0.0).map(proposal).collect())
    }
}
