//! The whole taste: nearest to the listener among the learnt vectors.

use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Scores every track against the listener's own vector.
#[derive(Debug)]
pub(super) struct LongTerm;

impl Source for LongTerm {
    fn name(&self) -> &'static str {
        "long_term"
    }

    fn purpose(&self) -> &'static str {
        "tracks that fit the listener's taste as a whole"
    }

    fn prior(&self) -> f32 {
        0.15
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        if snapshot.models.track_factors.is_none() {
            return Err(SourceError::NotLearnt { what: "track vectors" });
        }
        let Some(vector) = &query.listener.track_vector else { return Ok(Vec::new()) };
        let best = snapshot.tracks_along(vector, PROPOSAL_LIMIT, |track| query.is_open_to(track));
        let proposal = |(track, score)| Candidate::track(track, score, Evidence::Taste);
        Ok(best.into_iter().map(proposal).collect())
    }
}
