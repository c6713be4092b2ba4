//! How fresh a track still is in the ear: what was just heard is wanted less, however loved.

use music::Target;

use super::{Scorer, fill_heard};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// 1 for what was heard this moment, one half after [`REST_DAYS`], 0 for what was never heard.
#[derive(Debug)]
pub(super) struct Rest;

/// Days after which half of the weariness is gone.
///
/// A judgement, not tuned.
const REST_DAYS: f32 = 2.0;

impl Scorer for Rest {
    fn name(&self) -> &'static str {
        "rest"
    }

    fn weight(&self) -> f32 {
        -0.8
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let now = all.query.request.now;
        fill_heard(all, column, |taste| {
            taste.days_since_heard(now).map_or(0.0, |days| (-days.max(0.0) / REST_DAYS).exp2())
        });
    }

    fn words(&self, _: &Query, _: &Snapshot, _: Target, _: f32) -> String {
        "you heard it not long ago".to_owned()
    }
}
