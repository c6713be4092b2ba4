//! What comes next: tracks that are heard in one session with what was just heard.

use music::{Target, TrackId};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up the session neighbours of the running session, the latest track counting most.
///
/// *Source* of the decay over positions: Ludewig, Jannach, "Evaluation of session-based recommendation
/// algorithms", 2018, V-SkNN; the rate is a judgement, not tuned.
#[derive(Debug)]
pub(super) struct SessionContinuation;

/// Weight from one track of the session to the one before.
const STEP_DECAY: f32 = 0.8;
/// Tracks of the session that count.
const STEP_LIMIT: usize = 20;

impl Source for SessionContinuation {
    fn name(&self) -> &'static str {
        "session"
    }

    fn purpose(&self) -> &'static str {
        "tracks that go on where the running session is"
    }

    fn prior(&self) -> f32 {
        0.2
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(neighbours) = &snapshot.models.session_neighbours else {
            return Err(SourceError::NotLearnt { what: "session neighbours" });
        };
        let mut gathering = Gathering::default();
        let mut weight = 1.0;
        for after in session_tracks(query) {
            let (items, similarities) = neighbours.of(after.get());
            for (&item, &similarity) in items.iter().zip(similarities) {
                let track = TrackId::new(item);
                if query.is_open_to(track) {
                    gathering.add(Target::Track(track), weight * similarity, Evidence::Session { after });
                }
            }
            weight *= STEP_DECAY;
        }
        Ok(gathering.into_proposals())
    }
}

/// What was heard in the running session and not skipped, the latest first; the seeds where there are any.
pub(super) fn session_tracks(query: &Query) -> Vec<TrackId> {
    if query.is_seeded {
        return query.anchors.iter().map(|&(track, _)| track).take(STEP_LIMIT).collect();
    }
    let Some(session) = query.listener.profile.running_session(query.request.now) else { return Vec::new() };
    let heard = query.listener.profile.recent().rev();
    let of_session =
        heard.take_while(|recent| recent.session_start == session.started && recent.at >= session.started);
    of_session.filter(|recent| !recent.skipped).map(|recent| recent.track).take(STEP_LIMIT).collect()
}
