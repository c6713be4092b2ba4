//! What is on its way up in the listener's genres, whoever else there is: trending within the segment.

use music::{Target, TrackId};

use super::gathering::Gathering;
use super::popular_in_tags::{nothing_liked_is_tagged, tags};
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Takes the fastest rising tracks of each liked tag.
#[derive(Debug)]
pub(super) struct RisingInTags;

/// Brings what is on its way up and still known by few: tomorrow's favourites.
#[derive(Debug)]
pub(super) struct RisingNiche;

/// Tags that count.
const TAG_LIMIT: usize = 6;
/// Tracks looked at for each.
const TRACKS_PER_TAG: usize = 400;
/// Up to this share of less popular tracks a track is niche.
const NICHE_PERCENTILE: f32 = 0.7;
/// From this trend on a track rises.
const RISING_MIN: f32 = 0.1;

impl Source for RisingInTags {
    fn name(&self) -> &'static str {
        "rising_in_tags"
    }

    fn purpose(&self) -> &'static str {
        "tracks on their way up in liked genres"
    }

    fn prior(&self) -> f32 {
        0.06
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        rising(query, snapshot, |_| true)
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot)
    }
}

impl Source for RisingNiche {
    fn name(&self) -> &'static str {
        "rising_niche"
    }

    fn purpose(&self) -> &'static str {
        "little known tracks on their way up in liked genres"
    }

    fn prior(&self) -> f32 {
        0.04
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        rising(query, snapshot, |percentile| percentile <= NICHE_PERCENTILE)
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot)
    }
}

fn rising(
    query: &Query,
    snapshot: &Snapshot,
    is_meant: impl Fn(f32) -> bool,
) -> Result<Vec<Candidate>, SourceError> {
    let Some(popularity) = &snapshot.models.track_popularity else {
        return Err(SourceError::NotLearnt { what: "popularity and its trend" });
    };
    let mut gathering = Gathering::default();
    for (tag, share) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
        let tracks = snapshot.tracks_with_tag(tag).iter();
        // The list begins with what is played most; who is niche stands behind.
        let meant = |track: &&TrackId| {
            popularity.percentile(track.get()).is_some_and(&is_meant) && query.is_open_to(**track)
        };
        for &track in tracks.filter(meant).take(TRACKS_PER_TAG) {
            let (Some(trend), Some(listener_count)) =
                (popularity.trend(track.get()), popularity.listener_count(track.get()))
            else {
                continue;
            };
            if trend >= RISING_MIN && listener_count > 0 {
                let evidence = Evidence::RisingIn { tag, listener_count };
                gathering.add(Target::Track(track), share * trend.min(2.0), evidence);
            }
        }
    }
    Ok(gathering.into_proposals())
}
