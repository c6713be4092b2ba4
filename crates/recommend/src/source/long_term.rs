//! The whole taste: nearest to the listener among the learnt vectors.

use learn::{kernel, top_k};
use music::TrackId;

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
        let Some(model) = &snapshot.models.track_factors else {
            return Err(SourceError::NotLearnt { what: "track vectors" });
        };
        let Some(vector) = &query.listener.track_vector else { return Ok(Vec::new()) };
        let mut scores = vec![0.0; model.factors().row_count()];
        kernel::scores(model.factors(), vector, &mut scores);
        let best = top_k(&scores, PROPOSAL_LIMIT, |row| query.is_open_to(TrackId::new(row)));
        let proposal = |(row, score)| Candidate::track(TrackId::new(row), score, Evidence::Taste);
        Ok(best.into_iter().filter(|&(_, score)| score > 0.0).map(proposal).collect())
    }
}
