//! New releases by anybody, as long as they are close to what the listener likes.

use music::unit::DAY_MS;
use music::{TagId, Target, Track};
use taste::summary::{names_a_style, tags_of};

use super::fresh_from_artists::{FRESH_DAYS, days_ms, freshness, nothing_is_dated};
use super::gathering::Gathering;
use super::popular_in_tags::nothing_liked_is_tagged;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks through what came out lately by tags and sound, which are known before anybody has played it.
#[derive(Debug)]
pub(super) struct FreshNearTaste;

impl Source for FreshNearTaste {
    fn name(&self) -> &'static str {
        "fresh_near_taste"
    }

    fn purpose(&self) -> &'static str {
        "new releases close to the listener's genres and sound"
    }

    fn prior(&self) -> f32 {
        0.08
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let now = query.request.now;
        let summary = &query.listener.summary;
        let mut gathering = Gathering::default();
        for (date, id) in snapshot.released_between(now - days_ms(FRESH_DAYS), now) {
            let Some(track) = snapshot.catalogue.track(id).filter(|_| query.is_open_to(id)) else { continue };
            let Some(tag) = best_tag(query, snapshot, track) else { continue };
            let sound = snapshot.sound.fit(id, &summary.sound).unwrap_or(0.5);
            let fit = summary.tag_match(&snapshot.catalogue, track) * (0.5 + 0.5 * sound);
            let days = (now.since(date) / DAY_MS) as u32;
            gathering.add(Target::Track(id), fit * freshness(days), Evidence::NewIn { tag, days });
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_is_dated(snapshot).or_else(|| nothing_liked_is_tagged(query, snapshot))
    }
}

/// The tag of a track that the listener likes best, if any; a language is no style.
pub(super) fn best_tag(query: &Query, snapshot: &Snapshot, track: &Track) -> Option<TagId> {
    let tags = tags_of(&snapshot.catalogue, track);
    let liked = query.listener.summary.tags.iter().map(|&(tag, _)| tag);
    let mut shared = liked.filter(|tag| tags.iter().any(|weight| weight.tag == *tag));
    shared.find(|&tag| names_a_style(&snapshot.catalogue, tag))
}
