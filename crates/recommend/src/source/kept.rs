//! What the listener kept and hardly ever plays.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Brings back what got a heart, or many stars, and was played seldom since.
#[derive(Debug)]
pub(super) struct Kept;

/// Up to so many plays count as hardly any.
const PLAY_COUNT_MAX: u32 = 3;

impl Source for Kept {
    fn name(&self) -> &'static str {
        "kept"
    }

    fn purpose(&self) -> &'static str {
        "tracks that the listener liked in words and hardly plays"
    }

    fn prior(&self) -> f32 {
        0.25
    }

    fn propose(&self, query: &Query, _: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let mut gathering = Gathering::default();
        for &(track, affinity) in &query.listener.summary.liked {
            let Some(taste) = query.listener.profile.track(track) else { continue };
            let is_said = taste.standing.said().is_some_and(|said| said.preference > 0.0);
            if is_said && taste.play_count <= PLAY_COUNT_MAX && query.is_open_to(track) {
                let score = affinity / (1.0 + taste.play_count as f32);
                gathering.add(Target::Track(track), score, Evidence::Kept { play_count: taste.play_count });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        let said = query.listener.profile.tracks().any(|(_, taste)| taste.standing.said().is_some());
        (!said).then_some("the listener has not said of any track that they like it")
    }
}
