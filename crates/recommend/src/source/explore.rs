//! Cold tracks: hardly played by anybody, yet right by tags and sound. Without this no new track would ever be heard.

use music::{Id, Target, TrackId};

use super::fresh_near_taste::best_tag;
use super::gathering::Gathering;
use super::popular_in_tags::{nothing_liked_is_tagged, tags};
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Draws little played tracks from liked genres; the draw follows the request's seed.
#[derive(Debug)]
pub(super) struct Explore;

/// Tracks below this share of popularity count as cold.
const COLD_PERCENTILE: f32 = 0.5;
/// Tags that are drawn from.
const TAG_LIMIT: usize = 5;
/// Tracks drawn from each.
const TRACKS_PER_TAG: usize = 30;

impl Source for Explore {
    fn name(&self) -> &'static str {
        "explore"
    }

    fn purpose(&self) -> &'static str {
        "hardly known tracks from liked genres"
    }

    fn prior(&self) -> f32 {
        0.03
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let mut gathering = Gathering::default();
        for (tag, _) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
            let cold = |&track: &TrackId| {
                snapshot.percentile(track).unwrap_or(0.0) < COLD_PERCENTILE && query.is_open_to(track)
            };
            let mut drawn: Vec<(f32, TrackId)> = snapshot
                .tracks_with_tag(tag)
                .iter()
                .copied()
                .filter(cold)
                .map(|track| (query.chance(track.row() as u64), track))
                .collect();
            let by_draw = |a: &(f32, TrackId), b: &(f32, TrackId)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            let count = drawn.len();
            if count > TRACKS_PER_TAG {
                drawn.select_nth_unstable_by(TRACKS_PER_TAG - 1, by_draw);
                drawn.truncate(TRACKS_PER_TAG);
            }
            drawn.sort_unstable_by(by_draw);
            let chance = (TRACKS_PER_TAG as f32 / count.max(1) as f32).min(1.0);
            for (_, id) in drawn {
                let Some(track) = snapshot.catalogue.track(id) else { continue };
                let sound = snapshot.sound.fit(id, &query.listener.summary.sound).unwrap_or(0.3);
                let fit = query.listener.summary.tag_match(&snapshot.catalogue, track) * sound;
                let tag = best_tag(query, snapshot, track).unwrap_or(tag);
                gathering.add(Target::Track(id), fit, Evidence::Explore { tag, chance });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot)
    }
}
