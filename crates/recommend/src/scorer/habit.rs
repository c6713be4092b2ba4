//! How far a track belongs to this part of the listener's week.

use music::Target;

use super::{Scorer, fill_heard};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// By how much the share of a track's plays in this part of the week exceeds the share of all plays, −1 to 1.
#[derive(Debug)]
pub(super) struct Habit;

impl Scorer for Habit {
    fn name(&self) -> &'static str {
        "habit"
    }

    fn weight(&self) -> f32 {
        0.5
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let part = all.query.day_part.index();
        let usual = all.query.listener.summary.day_parts[part];
        fill_heard(all, column, |taste| {
            let plays: u32 = taste.day_parts.iter().map(|&count| u32::from(count)).sum();
            // Three imagined plays that follow the listener's habits: a single play is no habit.
            let here = f32::from(taste.day_parts[part]) + 3.0 * usual;
            if plays == 0 { 0.0 } else { here / (plays as f32 + 3.0) - usual }
        });
    }

    fn words(&self, query: &Query, _: &Snapshot, _: Target, value: f32) -> String {
        let part = query.day_part.name();
        if value > 0.0 { format!("you play it on {part}") } else { format!("you rarely play it on {part}") }
    }
}
