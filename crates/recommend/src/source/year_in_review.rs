//! What was played most in the year that is being looked back on.

use music::unit::DAY_MS;
use music::{Target, UnixMillis};

use super::gathering::Gathering;
use super::{Source, SourceError, nothing_is_played_at_a_time};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks in the profile for the plays of one calendar year.
#[derive(Debug)]
pub(super) struct YearInReview;

/// So many days into a new year one still looks back on the old one.
const LOOKING_BACK_DAYS: i64 = 31;

/// The year that is looked back on at `now`: this one, and in January the last.
pub(crate) fn year_looked_back_on(now: UnixMillis) -> i16 {
    UnixMillis::new(now.get() - LOOKING_BACK_DAYS * DAY_MS).year()
}

impl Source for YearInReview {
    fn name(&self) -> &'static str {
        "year_in_review"
    }

    fn purpose(&self) -> &'static str {
        "what was played most this year, and in January last year"
    }

    fn prior(&self) -> f32 {
        0.3
    }

    fn propose(&self, query: &Query, _: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let year = year_looked_back_on(query.request.now);
        let mut gathering = Gathering::default();
        for (track, taste) in query.listener.profile.tracks() {
            let play_count = taste.plays_in(year);
            if play_count > 0 && query.is_open_to(track) {
                let evidence = Evidence::InYear { year, play_count };
                gathering.add(Target::Track(track), f32::from(play_count), evidence);
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        nothing_is_played_at_a_time(query)
    }
}
