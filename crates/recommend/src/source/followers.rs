//! Sequential rules: what people put on right after the track that was just heard.

use music::{Target, TrackId};

use super::gathering::Gathering;
use super::session::session_tracks;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Follows the last two tracks to what came within two steps after them in the sessions of others.
///
/// Where the session source asks what belongs to the session, this one asks what comes next.
///
/// *Source*: Ludewig, Jannach, "Evaluation of session-based recommendation algorithms", 2018, sequential rules (SR).
#[derive(Debug)]
pub(super) struct Followers;

/// Tracks that are followed.
const STEP_LIMIT: usize = 2;
/// What the track before the last one says, beside it.
const STEP_DECAY: f32 = 0.5;

impl Source for Followers {
    fn name(&self) -> &'static str {
        "followers"
    }

    fn purpose(&self) -> &'static str {
        "tracks that others put on right after what was just heard"
    }

    fn prior(&self) -> f32 {
        0.2
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(followers) = &snapshot.models.followers else {
            return Err(SourceError::NotLearnt { what: "rules of what follows what" });
        };
        let mut gathering = Gathering::default();
        let mut weight = 1.0;
        for after in session_tracks(query).into_iter().take(STEP_LIMIT) {
            let (items, similarities) = followers.of(after.get());
            for (&item, &similarity) in items.iter().zip(similarities) {
                let track = TrackId::new(item);
                if query.is_open_to(track) {
                    gathering.add(Target::Track(track), weight * similarity, Evidence::Follows { after });
                }
            }
            weight *= STEP_DECAY;
        }
        Ok(gathering.into_proposals())
    }
}
