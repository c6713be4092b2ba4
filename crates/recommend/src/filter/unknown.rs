//! Drops what the catalogue does not know: a model may be older or newer than it.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Drops targets without a row in the catalogue.
#[derive(Debug)]
pub(super) struct Unknown;

impl Filter for Unknown {
    fn verdict(&self, _: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
        let known = match target {
            Target::Track(track) => snapshot.catalogue.track(track).is_some(),
            Target::Artist(artist) => snapshot.catalogue.artist(artist).is_some(),
            Target::Release(release) => snapshot.catalogue.release(release).is_some(),
            Target::Playlist(_) => true,
        };
        (!known).then_some(DropReason::NotInCatalogue)
    }
}
