//! What the listener's company hears these days.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Adds up what companions heard out lately, up to this moment; see [`crate::company`] for who they are.
///
/// Who a companion is stays unsaid: only how many of them heard a track is told.
#[derive(Debug)]
pub(super) struct InCompany;

/// Tracks that are proposed, those that the company hears most.
const PROPOSED_MAX: usize = 200;

impl Source for InCompany {
    fn name(&self) -> &'static str {
        "company"
    }

    fn purpose(&self) -> &'static str {
        "tracks that those who share the listener's taste have heard out these days"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        if snapshot.models.crowd.is_none() {
            return Err(SourceError::NotLearnt { what: "listeners to compare with" });
        }
        let heard = query.listener.company.tracks().filter(|&(track, _)| query.is_open_to(track));
        let mut heard: Vec<_> = heard.collect();
        heard.sort_unstable_by(|a, b| b.1.plays.total_cmp(&a.1.plays).then(a.0.cmp(&b.0)));
        let mut gathering = Gathering::default();
        for (track, heard) in heard.into_iter().take(PROPOSED_MAX) {
            let evidence = Evidence::InCompany { listener_count: heard.listener_count };
            gathering.add(Target::Track(track), heard.plays, evidence);
        }
        Ok(gathering.into_proposals())
    }
}
