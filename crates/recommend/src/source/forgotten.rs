//! Once loved, not heard for long.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError, nothing_is_played};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks in the profile for tracks that were liked and have rested.
#[derive(Debug)]
pub(super) struct ForgottenFavourites;

/// Days without a play after which a favourite counts as forgotten.
///
/// *Source*: ListenBrainz takes 60 days as "not played lately" for its daily list of known tracks.
pub(super) const FORGOTTEN_DAYS: f32 = 60.0;
/// Rest of a favourite whose plays have no date, so that it counts as rested.
const UNDATED_DAYS: f32 = 180.0;

impl Source for ForgottenFavourites {
    fn name(&self) -> &'static str {
        "forgotten"
    }

    fn purpose(&self) -> &'static str {
        "favourites that were not heard for two months or longer"
    }

    fn prior(&self) -> f32 {
        0.3
    }

    fn propose(&self, query: &Query, _: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let now = query.request.now;
        let mut gathering = Gathering::default();
        for &(track, affinity) in &query.listener.summary.liked {
            let Some(taste) = query.listener.profile.track(track).filter(|taste| taste.play_count > 0) else {
                continue;
            };
            let days = taste.days_since_heard(now);
            let rest = days.unwrap_or(UNDATED_DAYS);
            if rest >= FORGOTTEN_DAYS && query.is_open_to(track) {
                // Love first; among the equally loved the one that rested longer.
                let score = affinity * (1.0 + 0.1 * (rest / FORGOTTEN_DAYS).ln());
                let evidence =
                    Evidence::Forgotten { play_count: taste.play_count, days: days.map(|days| days as u32) };
                gathering.add(Target::Track(track), score, evidence);
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        nothing_is_played(query)
    }
}
