//! What those turn to who like the same things.

use music::{Id as _, Target, TrackId};
use rustc_hash::FxHashMap;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up what the listener's companions like; see [`crate::company`] for who they are.
///
/// Who a neighbour is stays unsaid: only how many of them like a track is told.
#[derive(Debug)]
pub(super) struct SimilarListeners;

impl Source for SimilarListeners {
    fn name(&self) -> &'static str {
        "similar_listeners"
    }

    fn purpose(&self) -> &'static str {
        "tracks liked by those who share most with the listener"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(crowd) = &snapshot.models.crowd else {
            return Err(SourceError::NotLearnt { what: "listeners to compare with" });
        };
        let mut likes = FxHashMap::<TrackId, (f32, u32)>::default();
        for companion in &query.listener.companions {
            let (tracks, weights) = crowd.row(companion.listener.row());
            for (&track, weight) in tracks.iter().zip(weights) {
                let entry = likes.entry(TrackId::new(track)).or_default();
                entry.0 += companion.likeness.powi(2) * weight;
                entry.1 += 1;
            }
        }
        let mut gathering = Gathering::default();
        for (track, (score, listener_count)) in likes {
            if query.is_open_to(track) {
                gathering.add(Target::Track(track), score, Evidence::SimilarListeners { listener_count });
            }
        }
        Ok(gathering.into_proposals())
    }
}
