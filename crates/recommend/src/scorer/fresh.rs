//! How new a track is to the world.

use music::Target;
use music::unit::DAY_MS;

use super::{Scorer, fill_tracks};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// 1 on the day of release, one half after a month, 0 where the date is unknown or ahead.
#[derive(Debug)]
pub(super) struct Fresh;

/// Days after which half of the novelty is gone; a judgement, not tuned.
const NOVELTY_DAYS: f32 = 30.0;

impl Scorer for Fresh {
    fn name(&self) -> &'static str {
        "fresh"
    }

    fn weight(&self) -> f32 {
        0.2
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let (now, catalogue) = (all.query.request.now, &all.snapshot.catalogue);
        fill_tracks(all, column, |track| {
            let released = catalogue.released(track);
            let age_days =
                released.map(|date| now.since(date) as f32 / DAY_MS as f32).filter(|&days| days >= 0.0);
            age_days.map_or(0.0, |days| (-days / NOVELTY_DAYS).exp2())
        });
    }

    fn words(&self, _: &Query, _: &Snapshot, _: Target, _: f32) -> String {
        "it is new".to_owned()
    }
}
