//! The rest of the releases of which the listener likes a part.

use music::{ReleaseId, Target};
use rustc_hash::FxHashMap;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Goes from liked tracks to what stands beside them on the same release.
#[derive(Debug)]
pub(super) struct RestOfRelease;

/// Liked tracks looked at, the most liked first.
const LIKED_LIMIT: usize = 300;
/// Releases longer than this are samplers, and say little.
const RELEASE_LEN_MAX: usize = 60;

impl Source for RestOfRelease {
    fn name(&self) -> &'static str {
        "rest_of_release"
    }

    fn purpose(&self) -> &'static str {
        "what stands beside liked tracks on the same release"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let mut weights = FxHashMap::<ReleaseId, f32>::default();
        for (track, weight) in liked(query) {
            if let Some(release) = snapshot.catalogue.track(track).and_then(|track| track.release) {
                *weights.entry(release).or_default() += weight;
            }
        }
        let mut gathering = Gathering::default();
        for (release, weight) in weights {
            let tracks = snapshot.catalogue.tracks_by_release(release);
            if tracks.len() > RELEASE_LEN_MAX {
                continue;
            }
            // A part that is liked says more of a short release than of a long one.
            let score = weight / (tracks.len() as f32).sqrt();
            for &track in tracks.iter().filter(|&&track| query.is_open_to(track)) {
                gathering.add(Target::Track(track), score, Evidence::SameRelease { release });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        let has_release =
            |(track, _)| snapshot.catalogue.track(track).is_some_and(|track| track.release.is_some());
        (!liked(query).any(has_release)).then_some("nothing that is liked is known to stand on a release")
    }
}

fn liked(query: &Query) -> impl Iterator<Item = (music::TrackId, f32)> + '_ {
    let liked = if query.is_seeded { &query.anchors } else { &query.listener.summary.liked };
    liked.iter().copied().take(LIKED_LIMIT)
}
