//! Drops what is not known to sound right, where a mix promises music for an occasion.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::source::activity::sound_fit;

/// Drops tracks whose sound is not known from mixes for an occasion: nobody is to run to what may be a lullaby.
#[derive(Debug)]
pub(super) struct Occasion;

impl Filter for Occasion {
    fn verdict(&self, query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
        let (Some(mood), Target::Track(track)) = (query.request.mix.mood, target) else { return None };
        let fit = snapshot.catalogue.track(track).and_then(|track| sound_fit(track, mood));
        fit.is_none().then_some(DropReason::SoundUnknown)
    }
}
