//! What the listener searched for lately, for those who did not find it as much as for those who did.

use music::Target;
use music::unit::DAY_MS;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::search::search;
use crate::snapshot::Snapshot;

/// Reads the words of the latest searches as a description of tracks.
#[derive(Debug)]
pub(super) struct SearchIntent;

/// Searches that are looked at: each costs a pass over the catalogue.
const SEARCH_COUNT: usize = 2;
/// A search this long ago is over.
const OVER_DAYS: f64 = 3.0;
/// Tracks looked at for each.
const TRACKS_PER_SEARCH: usize = 100;
/// A track that fits less misses a part of what was searched for; a judgement.
const FIT_MIN: f32 = 0.3;

impl Source for SearchIntent {
    fn name(&self) -> &'static str {
        "search_intent"
    }

    fn purpose(&self) -> &'static str {
        "tracks that fit the words of the latest searches"
    }

    fn prior(&self) -> f32 {
        0.1
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        if query.is_seeded {
            return Ok(Vec::new());
        }
        let mut gathering = Gathering::default();
        let now = query.request.now;
        for wanted in query.listener.profile.searches().latest().take(SEARCH_COUNT) {
            let days = now.since(wanted.at) as f64 / DAY_MS as f64;
            if days > OVER_DAYS {
                break;
            }
            let freshness = (-days.max(0.0)).exp2() as f32;
            for hit in search(snapshot, &wanted.query, TRACKS_PER_SEARCH, now).hits {
                if hit.score >= FIT_MIN && query.is_open_to(hit.track.id) {
                    gathering.add(Target::Track(hit.track.id), freshness * hit.score, Evidence::SearchedFor);
                }
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        if query.is_seeded {
            return Some("seeds say more than what was searched for");
        }
        query.listener.profile.searches().latest().next().is_none().then_some("nothing was searched for")
    }
}
