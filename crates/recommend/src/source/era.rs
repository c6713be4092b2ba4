//! The years that the listener keeps going back to.

use music::{Target, TrackId};

use super::gathering::Gathering;
use super::popular_in_tags::{nothing_liked_is_tagged, tags};
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Takes well known tracks of liked genres from the decade that most of what is liked comes from.
#[derive(Debug)]
pub(super) struct Era;

/// Genres looked through.
const TAG_LIMIT: usize = 5;
/// Tracks looked at for each.
const TRACKS_PER_TAG: usize = 400;
/// A decade must hold this share of what is liked to be called the listener's.
const SHARE_MIN: f32 = 0.25;
/// Liked tracks with a date that there must be.
const DATED_MIN: f32 = 3.0;

impl Source for Era {
    fn name(&self) -> &'static str {
        "era"
    }

    fn purpose(&self) -> &'static str {
        "tracks from the listener's decades in liked genres"
    }

    fn prior(&self) -> f32 {
        0.06
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let decades = decades(query, snapshot);
        let mut gathering = Gathering::default();
        for (tag, share) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
            for (rank, &track) in snapshot.tracks_with_tag(tag).iter().take(TRACKS_PER_TAG).enumerate() {
                let own = decade(snapshot, track)
                    .and_then(|decade| decades.iter().find(|&&(own, _)| own == decade).copied());
                if let Some((decade, weight)) = own.filter(|_| query.is_open_to(track)) {
                    let score = share * weight / (1.0 + rank as f32 / 50.0);
                    gathering.add(Target::Track(track), score, Evidence::Era { decade });
                }
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot).or_else(|| {
            decades(query, snapshot).is_empty().then_some("no decade stands out in what is liked")
        })
    }
}

/// The first year of the decade in which a track came out.
fn decade(snapshot: &Snapshot, track: TrackId) -> Option<u16> {
    let track = snapshot.catalogue.track(track)?;
    let date = track.date.or_else(|| snapshot.catalogue.release(track.release?)?.date)?;
    Some(date.year() / 10 * 10)
}

/// The listener's decades with their share of what is liked; of the seeds where there are any.
fn decades(query: &Query, snapshot: &Snapshot) -> Vec<(u16, f32)> {
    let liked = if query.is_seeded { &query.anchors } else { &query.listener.summary.liked };
    let mut weights = std::collections::BTreeMap::<u16, f32>::new();
    let mut dated = 0.0;
    for &(track, affinity) in liked.iter().take(500) {
        if let Some(decade) = decade(snapshot, track) {
            *weights.entry(decade).or_default() += affinity;
            dated += 1.0;
        }
    }
    let total: f32 = weights.values().sum();
    if dated < DATED_MIN && !query.is_seeded {
        return Vec::new();
    }
    weights
        .into_iter()
        .map(|(decade, weight)| (decade, weight / total))
        .filter(|d| d.1 >= SHARE_MIN)
        .collect()
}
