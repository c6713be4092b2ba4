//! What sounds alike, whoever plays it and however few have heard it.

use music::TrackId;

use super::{PROPOSAL_LIMIT, Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::sound_space::likeness;

/// Looks for the tracks nearest to each anchor: by descriptor where files were analysed, else by audio features.
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
            .filter_map(|&(track, _)| Some((track, snapshot.sound.place(track)?)))
            .take(ANCHOR_LIMIT)
            .collect();
        if anchors.is_empty() {
            return Ok(Vec::new());
        }
        // The choice is by distance alone; only what is chosen is worth working out as a likeness.
        let places: Vec<_> = anchors.iter().map(|&(_, place)| place).collect();
        let is_anchor = |track: TrackId| anchors.iter().any(|&(anchor, _)| anchor == track);
        let is_open = |track| !is_anchor(track) && query.is_open_to(track);
        let nearest = snapshot.sound.nearest(&places, PROPOSAL_LIMIT, is_open);
        let proposal = |track| {
            let place = snapshot.sound.place(track)?;
            let near = anchors.iter().map(|&(to, anchor)| (to, likeness(place, anchor)));
            let (to, likeness) = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
            Some(Candidate::track(track, likeness, Evidence::Sound { to }))
        };
        Ok(nearest.into_iter().filter_map(proposal).collect())
    }
}
