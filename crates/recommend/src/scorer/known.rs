//! How much the listener likes this very track.

use music::Target;

use super::{Scorer, fill_heard};
use crate::explain::times;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The affinity to the track, −1 to 1; 0 for what was never heard.
#[derive(Debug)]
pub(super) struct Known;

impl Scorer for Known {
    fn name(&self) -> &'static str {
        "known"
    }

    fn weight(&self) -> f32 {
        0.5
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let now = all.query.request.now;
        fill_heard(all, column, |taste| taste.affinity(now));
    }

    fn words(&self, query: &Query, _: &Snapshot, target: Target, value: f32) -> String {
        let plays = match target {
            Target::Track(track) => query.listener.profile.track(track).map_or(0, |taste| taste.play_count),
            _ => 0,
        };
        match (value > 0.0, plays) {
            (true, 0) => "you kept it".to_owned(),
            (true, 1) => "you have played it".to_owned(),
            (true, plays) => format!("you have played it {}", times(plays)),
            (false, _) => "you have skipped it before".to_owned(),
        }
    }
}
