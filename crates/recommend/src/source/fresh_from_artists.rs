//! New releases by artists the listener follows or loves.

use music::Target;
use music::unit::DAY_MS;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks through what came out lately for followed and loved artists.
#[derive(Debug)]
pub(super) struct FreshFromArtists;

/// What counts as new, in days.
pub(super) const FRESH_DAYS: i64 = 45;
/// From this affinity on an artist counts as loved.
const LOVED: f32 = 0.3;

impl Source for FreshFromArtists {
    fn name(&self) -> &'static str {
        "fresh_from_artists"
    }

    fn purpose(&self) -> &'static str {
        "new releases by followed and loved artists"
    }

    fn prior(&self) -> f32 {
        0.25
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let now = query.request.now;
        let mut gathering = Gathering::default();
        for (date, id) in snapshot.released_between(now - days_ms(FRESH_DAYS), now) {
            let Some(track) = snapshot.catalogue.track(id) else { continue };
            let days = (now.since(date) / DAY_MS) as u32;
            for &artist in &track.artists {
                let followed = query.listener.profile.artist(artist).is_some_and(|taste| taste.followed);
                let affinity = query.listener.summary.artist(artist);
                if (followed || affinity > LOVED) && query.is_open_to(id) {
                    let score = affinity.max(if followed { 0.8 } else { 0.0 }) * freshness(days);
                    gathering.add(Target::Track(id), score, Evidence::NewFrom { artist, days });
                }
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, _: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_is_dated(snapshot)
    }
}

/// Why nothing can be new where it is so.
pub(super) fn nothing_is_dated(snapshot: &Snapshot) -> Option<&'static str> {
    (!snapshot.is_dated()).then_some("no track in the catalogue has a release date")
}

/// A number of days as a length of time; at most 49 days fit.
pub(super) fn days_ms(days: i64) -> music::Millis {
    music::Millis::new((days * DAY_MS) as u32)
}

/// 1 on the day of release, falling to about a half over two weeks.
pub(super) fn freshness(days: u32) -> f32 {
    1.0 / (1.0 + days as f32 / 14.0)
}
