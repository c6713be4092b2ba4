//! Drops what was started from: nobody asks for a radio to hear the same track.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Drops the seeds.
#[derive(Debug)]
pub(super) struct SeedItself;

impl Filter for SeedItself {
    fn verdict(&self, query: &Query, _: &Snapshot, target: Target) -> Option<DropReason> {
        query.is_seed(target).then_some(DropReason::Seed)
    }
}
