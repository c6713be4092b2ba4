//! What sounds alike, whoever plays it and however few have heard it.

use music::TrackId;

use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::sound_space::likeness;

/// Looks for the tracks nearest to each anchor among the points of sound.
#[derive(Debug)]
pub(super) struct SoundNeighbours;

/// Anchors that are searched from; each costs one pass over all tracks.
const ANCHOR_LIMIT: usize = 4;

impl Source for SoundNeighbours {
    fn name(&self) -> &'static str {
        "sound_neighbours"
    }

    fn purpose(&self) -> &'static str {
        "tracks that sound like those the listener likes"
    }

    fn prior(&self) -> f32 {
        0.06
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let anchors: Vec<(TrackId, _)> = query
            .anchors
            .iter()
            .filter_map(|&(track, _)| Some((track, snapshot.sound.point(track)?)))
            .take(ANCHOR_LIMIT)
            .collect();
        if anchors.is_empty() {
            return Ok(Vec::new());
        }
        let mut proposals = Vec::new();
        for (track, point) in snapshot.sound.points() {
            let near = anchors.iter().map(|&(to, anchor)| (to, likeness(point, anchor)));
            let nearest = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            if let Some((to, likeness)) = nearest
                && to != track
            {
                proposals.push(Candidate::track(track, likeness, Evidence::Sound { to }));
            }
        }
        proposals.retain(
            |proposal| matches!(proposal.target, music::Target::Track(track) if query.is_open_to(track)),
        );
        let best_first =
            |a: &Candidate, b: &Candidate| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target));
        if proposals.len() > PROPOSAL_LIMIT {
            proposals.select_nth_unstable_by(PROPOSAL_LIMIT, best_first);
            proposals.truncate(PROPOSAL_LIMIT);
        }
        proposals.sort_unstable_by(best_first);
        Ok(proposals)
    }
}
