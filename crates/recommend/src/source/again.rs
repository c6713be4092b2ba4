//! On heavy rotation: what the listener wants to hear again just now.

use music::Target;

use super::forgotten::FORGOTTEN_DAYS;
use super::gathering::Gathering;
use super::{Source, SourceError, nothing_is_played_at_a_time};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks in the profile for tracks that are liked and were heard lately, though not within the last hours.
#[derive(Debug)]
pub(super) struct Again;

/// Rest after which a favourite may come again, in days.
const REST_DAYS: f32 = 0.5;
/// Days after which the wish to hear a favourite again has halved.
///
/// *Source* of the falling curve: Anderson, Kumar, Tomkins, Vassilvitskii, "The dynamics of repeat consumption",
/// 2014; the rate is a judgement, not tuned.
const WISH_HALF_LIFE_DAYS: f32 = 14.0;

impl Source for Again {
    fn name(&self) -> &'static str {
        "again"
    }

    fn purpose(&self) -> &'static str {
        "favourites of these weeks"
    }

    fn prior(&self) -> f32 {
        0.35
    }

    fn propose(&self, query: &Query, _: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let now = query.request.now;
        let mut gathering = Gathering::default();
        for &(track, affinity) in &query.listener.summary.liked {
            let Some(taste) = query.listener.profile.track(track) else { continue };
            let Some(days) = taste.days_since_heard(now) else { continue };
            if (REST_DAYS..FORGOTTEN_DAYS).contains(&days) && taste.play_count > 1 && query.is_open_to(track)
            {
                let wish = affinity * (-days / WISH_HALF_LIFE_DAYS).exp2();
                gathering.add(Target::Track(track), wish, Evidence::Again { play_count: taste.play_count });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        nothing_is_played_at_a_time(query)
    }
}
