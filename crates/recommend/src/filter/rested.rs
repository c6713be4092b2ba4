//! Drops what was heard a short while ago: no repeats within a stretch of listening.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Drops tracks heard within the mix's rest, and whatever was heard in the running session.
#[derive(Debug)]
pub(super) struct Rested;

impl Filter for Rested {
    fn verdict(&self, query: &Query, _: &Snapshot, target: Target) -> Option<DropReason> {
        let Target::Track(track) = target else { return None };
        let profile = &query.listener.profile;
        let last_heard = profile.track(track)?.last_heard?;
        let rest_hours = query.request.now.since(last_heard) as f32 / music::unit::HOUR_MS as f32;
        let in_session =
            profile.running_session(query.request.now).is_some_and(|session| last_heard >= session.started);
        (in_session || rest_hours < query.request.mix.rest_hours).then_some(DropReason::HeardLately)
    }
}
