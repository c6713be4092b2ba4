//! How far a track sounds like what the listener likes.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::gathered::Gathered;
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

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let (taste, sound) = (&all.query.listener.summary.sound, &all.snapshot.sound);
        fill_tracks(all, column, |track| sound.fit(track.id, taste).unwrap_or(0.0));
    }

    fn words(&self, _: &Query, _: &Snapshot, _: Target, _: f32) -> String {
        "it sounds like what you play".to_owned()
    }
}
