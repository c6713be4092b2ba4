//! One self at a time: nearest to the middle of each of the listener's selves.

use learn::kernel;
use music::Target;

use super::gathering::Gathering;
use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Scores every track against the medoid of each self, so that a small self is heard beside a large one.
#[derive(Debug)]
pub(super) struct Personas;

impl Source for Personas {
    fn name(&self) -> &'static str {
        "personas"
    }

    fn purpose(&self) -> &'static str {
        "tracks that fit one of the listener's several selves"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        if snapshot.models.track_factors.is_none() {
            return Err(SourceError::NotLearnt { what: "track vectors" });
        }
        let personas = &query.listener.personas;
        let share = PROPOSAL_LIMIT / personas.len().max(1);
        let mut gathering = Gathering::default();
        for persona in personas {
            let Some(middle) = snapshot.track_vector(persona.medoid) else { continue };
            let scale = kernel::dot(middle, middle).sqrt();
            let evidence = Evidence::Persona { medoid: persona.medoid };
            for (track, score) in snapshot.tracks_along(middle, share, |track| query.is_open_to(track)) {
                let length =
                    snapshot.track_vector(track).map_or(0.0, |vector| kernel::dot(vector, vector).sqrt());
                if length > 0.0 {
                    // The cosine, so that hits do not win everywhere; the choice above was by dot product, so that
                    // tracks nobody plays do not win either.
                    gathering.add(Target::Track(track), score / (scale * length), evidence);
                }
            }
        }
        Ok(gathering.into_proposals())
    }
}
