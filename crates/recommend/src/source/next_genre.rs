//! One step beyond the known genres: those that stand beside them, and that the listener does not know yet.

use std::collections::BTreeMap;

use music::{Id as _, TagId, Target, TrackId};
use taste::summary::{names_a_style, tags_of};

use super::gathering::Gathering;
use super::popular_in_tags::{nothing_liked_is_tagged, tags};
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks which other genres the tracks of liked genres carry, and takes the best known tracks of those.
#[derive(Debug)]
pub(super) struct NextGenre;

/// Liked genres that are gone out from.
const TAG_LIMIT: usize = 5;
/// Tracks looked at for each.
const TRACKS_PER_TAG: usize = 100;
/// A genre with at least this share of the taste is known already.
const KNOWN_SHARE: f32 = 0.05;
/// New genres that are gone to.
const NEW_LIMIT: usize = 4;
/// Tracks of each.
const TRACKS_PER_NEW: usize = 25;

impl Source for NextGenre {
    fn name(&self) -> &'static str {
        "next_genre"
    }

    fn purpose(&self) -> &'static str {
        "the best known tracks of genres that stand beside liked ones"
    }

    fn prior(&self) -> f32 {
        0.03
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let liked: BTreeMap<TagId, f32> = tags(query, snapshot).into_iter().collect();
        let mut beside = BTreeMap::<TagId, (f32, TagId)>::new();
        for (tag, share) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
            for track in looked_at(snapshot, tag).filter_map(|id| snapshot.catalogue.track(id)) {
                for other in tags_of(&snapshot.catalogue, track) {
                    let is_known = liked.get(&other.tag).is_some_and(|&share| share >= KNOWN_SHARE);
                    if other.tag != tag && !is_known && names_a_style(&snapshot.catalogue, other.tag) {
                        beside.entry(other.tag).or_insert((0.0, tag)).0 += share * other.weight;
                    }
                }
            }
        }
        let mut beside: Vec<(TagId, (f32, TagId))> = beside.into_iter().collect();
        beside.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.row().cmp(&b.0.row())));
        let mut gathering = Gathering::default();
        for (tag, (weight, near)) in beside.into_iter().take(NEW_LIMIT) {
            let open = looked_at(snapshot, tag).filter(|&track| query.is_open_to(track));
            for (rank, track) in open.take(TRACKS_PER_NEW).enumerate() {
                let score = weight / (TRACKS_PER_TAG as f32 * (1.0 + rank as f32 / 10.0));
                gathering.add(Target::Track(track), score, Evidence::BesideGenre { tag, near });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot)
    }
}

fn looked_at(snapshot: &Snapshot, tag: TagId) -> impl Iterator<Item = TrackId> + '_ {
    snapshot.tracks_with_tag(tag).iter().copied().take(TRACKS_PER_TAG)
}
