//! How near a candidate is to what was asked for, or to what is being listened to.

use music::Target;

use super::Scorer;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The weighted likeness to the nearest few anchors, 0 to 1.
#[derive(Debug)]
pub(super) struct Anchor;

/// Anchors that are looked at: the latest or most important ones.
const ANCHOR_LIMIT: usize = 8;

impl Scorer for Anchor {
    fn name(&self) -> &'static str {
        "anchor"
    }

    fn weight(&self) -> f32 {
        0.4
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let anchors: Vec<(Target, f32)> = anchors(all.query).collect();
        all.compare(anchors.iter().map(|&(anchor, _)| anchor), |place, likeness| {
            let (anchor, weight) = anchors[place];
            for ((cell, &likeness), &target) in column.iter_mut().zip(likeness).zip(all.targets) {
                if target != anchor {
                    *cell = f32::max(*cell, weight * likeness);
                }
            }
        });
    }

    fn is_particular(&self) -> bool {
        true
    }

    fn words(&self, query: &Query, snapshot: &Snapshot, target: Target, _: f32) -> String {
        let near = nearest(query, snapshot, target).map(|(anchor, _)| name(snapshot, anchor));
        let near = near.unwrap_or_else(|| "what you play".to_owned());
        if query.is_seeded { format!("it stays near {near}") } else { format!("it is close to {near}") }
    }
}

fn anchors(query: &Query) -> impl Iterator<Item = (Target, f32)> + '_ {
    let tracks =
        query.anchors.iter().take(ANCHOR_LIMIT).map(|&(track, weight)| (Target::Track(track), weight));
    let artists = query
        .artist_anchors
        .iter()
        .take(ANCHOR_LIMIT)
        .map(|&(artist, weight)| (Target::Artist(artist), weight));
    tracks.chain(artists)
}

fn nearest(query: &Query, snapshot: &Snapshot, target: Target) -> Option<(Target, f32)> {
    let weighted = |(anchor, weight)| (anchor, weight * snapshot.target_likeness(anchor, target));
    let of_kind = anchors(query).filter(|(anchor, _)| {
        std::mem::discriminant(anchor) == std::mem::discriminant(&target) && *anchor != target
    });
    of_kind.map(weighted).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

fn name(snapshot: &Snapshot, target: Target) -> String {
    match target {
        Target::Track(track) => snapshot.catalogue.label(track),
        Target::Artist(id) => {
            snapshot.catalogue.artist(id).map_or_else(|| id.to_string(), |artist| artist.name.to_string())
        }
        Target::Release(_) | Target::Playlist(_) => String::new(),
    }
}
