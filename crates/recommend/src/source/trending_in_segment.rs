//! What people like this listener play more than others do, and ever more.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::segments::ListenerSegments;
use crate::snapshot::Snapshot;

/// Takes what stands out in the segments that the listener probably belongs to, each by its probability: for somebody of whom
/// nothing is known, and where something new is sought.
///
/// It needs no history: country, device and hour are enough to begin with, and without these it brings what the larger
/// segments like.
#[derive(Debug)]
pub(super) struct TrendingInSegment;

/// Segments that are less probable than this say nothing worth hearing.
const PROBABILITY_MIN: f32 = 0.02;
/// Tracks looked at of each segment.
const TRACKS_PER_SEGMENT: usize = 200;

impl Source for TrendingInSegment {
    fn name(&self) -> &'static str {
        "trending_in_segment"
    }

    fn purpose(&self) -> &'static str {
        "tracks that listeners of the same kind play more than others do"
    }

    fn prior(&self) -> f32 {
        0.06
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        // Seeds say what is wanted; who asks says little then.
        let Some(segments) = segments(query, snapshot) else { return Ok(Vec::new()) };
        let now = Some((&query.request.context, query.day_part));
        let odds = segments.probabilities(&query.listener.summary, &snapshot.catalogue, now);
        let mut gathering = Gathering::default();
        for (tracks, odds) in segments.tracks.iter().zip(odds).filter(|(_, odds)| *odds >= PROBABILITY_MIN) {
            let scale = odds / tracks.first().map_or(1.0, |best| best.score);
            let open = tracks.iter().filter(|one| query.is_open_to(one.track));
            for one in open.take(TRACKS_PER_SEGMENT) {
                let evidence = Evidence::InSegment { listener_count: one.listener_count };
                gathering.add(Target::Track(one.track), scale * one.score, evidence);
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        match snapshot.models.segments {
            None => Some("listeners do not fall into kinds, or are too few to tell"),
            Some(_) if query.is_seeded => Some("seeds say more than who asks"),
            Some(_) => {
                knows_better(query).then_some("more is known of this listener than of which kind they are")
            }
        }
    }
}

fn segments<'a>(query: &Query, snapshot: &'a Snapshot) -> Option<&'a ListenerSegments> {
    snapshot.models.segments.as_ref().filter(|_| !query.is_seeded && !knows_better(query))
}

/// Whether what the listener likes says more than what others of their kind do: always, but where something new is sought.
///
/// Measured on the closed-loop world: of a newcomer's home with three followed artists a third is of their genre, and with
/// this source beside the others a sixth.
fn knows_better(query: &Query) -> bool {
    let summary = &query.listener.summary;
    query.wants_known() && !(summary.liked.is_empty() && summary.artists.is_empty())
}
