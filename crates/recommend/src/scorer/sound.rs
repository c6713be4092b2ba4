//! How far a track sounds like what the listener likes.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// A bell curve around the listener's mean of each audio feature.
#[derive(Debug)]
pub(super) struct SoundFit;

impl Scorer for SoundFit {
    fn name(&self) -> &'static str {
        "sound"
    }

    fn weight(&self) -> f32 {
        0.4
    }

    fn fill(&self, query: &Query, snapshot: &Snapshot, targets: &[Target], column: &mut [f32]) {
        let taste = &query.listener.summary.sound;
        fill_tracks(targets, column, |track| snapshot.sound.fit(track, taste).unwrap_or(0.0));
    }

    fn words(&self, _: &Query, _: &Snapshot, _: Target, _: f32) -> String {
        "it sounds like what you play".to_owned()
    }
}
