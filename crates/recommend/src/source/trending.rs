//! What everybody listens to now: the source that always has an answer.

use music::TrackId;

use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Proposes what is played much, and what is played more than it used to be.
#[derive(Debug)]
pub(super) struct Trending;

impl Source for Trending {
    fn name(&self) -> &'static str {
        "trending"
    }

    fn purpose(&self) -> &'static str {
        "tracks that many listeners play, rising ones first"
    }

    fn prior(&self) -> f32 {
        0.04
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let open = snapshot.tracks_by_popularity().iter().copied().filter(|&track| query.is_open_to(track));
        let Some(popularity) = &snapshot.models.track_popularity else {
            // Before anything was learnt there is something to begin with all the same.
            let unheard = |track| Candidate::track(track, 0.0, Evidence::Unheard);
            return Ok(open.take(PROPOSAL_LIMIT).map(unheard).collect());
        };
        let proposal = |track: TrackId| {
            let row = track.get();
            let listener_count = popularity.listener_count(row).filter(|&count| count > 0)?;
            let (percentile, rise) = (popularity.percentile(row)?, popularity.trend(row)?);
            let evidence = if rise > RISING {
                Evidence::Trending { listener_count }
            } else {
                Evidence::Popular { listener_count }
            };
            Some(Candidate::track(track, percentile + 0.5 * rise.clamp(-1.0, 1.0), evidence))
        };
        let mut proposals: Vec<Candidate> = open.take(2 * PROPOSAL_LIMIT).filter_map(proposal).collect();
        proposals.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
        proposals.truncate(PROPOSAL_LIMIT);
        Ok(proposals)
    }
}

/// From this trend on a track is called rising.
const RISING: f32 = 0.2;
