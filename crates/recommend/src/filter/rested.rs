//! Drops what was heard a short while ago: no repeats within a stretch of listening.

use music::Target;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Slates that a catalogue must have tracks for, or rest is shorter in proportion: who has little hears it more often.
const SLATES_OF_MUSIC: usize = 50;

/// Drops tracks heard within the mix's rest, and whatever was heard in the running session.
#[derive(Debug)]
pub(super) struct Rested;

impl Filter for Rested {
    fn verdict(&self, query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
        let Target::Track(track) = target else { return None };
        if query.standing_place(target).is_some() {
            return None;
        }
        let profile = &query.listener.profile;
        let last_heard = profile.track(track)?.last_heard?;
        let rest_hours = query.request.now.since(last_heard) as f32 / music::unit::HOUR_MS as f32;
        let in_session =
            profile.running_session(query.request.now).is_some_and(|session| last_heard >= session.started);
        let music = snapshot.catalogue.tracks().len() as f32 / (SLATES_OF_MUSIC * query.limit) as f32;
        let rest_needed = query.request.mix.rest_hours * music.min(1.0);
        (in_session || rest_hours < rest_needed).then_some(DropReason::HeardLately)
    }
}
