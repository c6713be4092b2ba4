//! How near a candidate is to what the listener has just turned down.
//!
//! This is what makes the next slate know the skip just made, and makes it know how much that skip meant.

use music::{Target, TrackId};

use super::Scorer;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The chance that a candidate is turned down for the same reason as something before, 0 to 1.
#[derive(Debug)]
pub(super) struct Rejection;

/// Skips, and dislikes, that are looked at.
const RECENT_LIMIT: usize = 12;
/// A dislike is firm, but about one track; this much of it is about tracks that are like it.
const DISLIKED: f32 = 0.6;
/// What is left of a rejection from an earlier session.
const EARLIER_SESSION: f32 = 0.5;

impl Scorer for Rejection {
    fn name(&self) -> &'static str {
        "rejection"
    }

    fn weight(&self) -> f32 {
        -2.0
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        // The column begins as the chance that nothing speaks against a row.
        column.fill(1.0);
        let rejected = rejected(all.query);
        all.compare(rejected.iter().map(|&(track, _)| Target::Track(track)), |place, likeness| {
            let (other, weight) = rejected[place];
            for ((kept, &likeness), &target) in column.iter_mut().zip(likeness).zip(all.targets) {
                let likeness = if target == Target::Track(other) { 1.0 } else { likeness };
                *kept *= 1.0 - risk(weight, likeness);
            }
        });
        column.iter_mut().for_each(|kept| *kept = 1.0 - *kept);
    }

    fn words(&self, query: &Query, snapshot: &Snapshot, target: Target, _: f32) -> String {
        let Target::Track(track) = target else { return "it is like what you turned down".to_owned() };
        let risk_of = |&(other, weight): &(TrackId, f32)| {
            risk(weight, if other == track { 1.0 } else { snapshot.likeness(other, track) })
        };
        let nearest =
            rejected(query).into_iter().max_by(|a, b| risk_of(a).total_cmp(&risk_of(b)).then(b.0.cmp(&a.0)));
        match nearest {
            Some((other, _)) => {
                let was_said =
                    query.listener.profile.track(other).is_some_and(|t| t.standing.said().is_some());
                let how = if was_said { "disliked" } else { "skipped" };
                format!("it is like {}, which you {how}", snapshot.catalogue.label(other))
            }
            None => "it is like what you turned down".to_owned(),
        }
    }
}

/// What was turned down, with how firmly, 0 to 1: the latest skips, and the tracks that were disliked.
fn rejected(query: &Query) -> Vec<(TrackId, f32)> {
    let profile = &query.listener.profile;
    let session_start = profile.running_session(query.request.now).map(|session| session.started);
    let weight = |recent: &taste::profile::Recent| {
        let in_session = Some(recent.session_start) == session_start;
        -recent.evidence * if in_session { 1.0 } else { EARLIER_SESSION }
    };
    let skipped = profile.recent().rev().filter(|recent| recent.evidence < 0.0);
    let skipped = skipped.take(RECENT_LIMIT).map(|recent| (recent.track, weight(recent)));
    let disliked = query.listener.summary.rejected.iter().filter(|&&(track, _)| {
        profile.track(track).and_then(|taste| taste.standing.said()).is_some_and(|said| said.preference < 0.0)
    });
    let disliked = disliked.take(RECENT_LIMIT).map(|&(track, affinity)| (track, -affinity * DISLIKED));
    skipped.chain(disliked).collect()
}

/// Only what is really alike shares the fate: the likeness counts by its square.
fn risk(weight: f32, likeness: f32) -> f32 {
    (weight * likeness * likeness).clamp(0.0, 1.0)
}
