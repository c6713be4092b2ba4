//! Drops what is not out yet.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Drops tracks whose date lies ahead.
#[derive(Debug)]
pub(super) struct Unreleased;

impl Filter for Unreleased {
    fn verdict(&self, query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
        let Target::Track(track) = target else { return None };
        let released = snapshot.catalogue.released(snapshot.catalogue.track(track)?)?;
        (released > query.request.now).then_some(DropReason::NotReleased)
    }
}
