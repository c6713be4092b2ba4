//! The best known tracks of the listener's genres: how a record shop would begin.

use music::{Target, TrackId};
use taste::summary::{names_a_style, tags_of};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Takes the most played tracks of each liked tag, more of those that are liked more.
#[derive(Debug)]
pub(super) struct PopularInTags;

/// Tags that count.
const TAG_LIMIT: usize = 8;
/// Tracks looked at for each.
const TRACKS_PER_TAG: usize = 60;

impl Source for PopularInTags {
    fn name(&self) -> &'static str {
        "popular_in_tags"
    }

    fn purpose(&self) -> &'static str {
        "the most played tracks of liked genres"
    }

    fn prior(&self) -> f32 {
        0.08
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let popularity = snapshot.models.track_popularity.as_ref();
        let is_played = |track: TrackId| {
            popularity
                .and_then(|popularity| popularity.listener_count(track.get()))
                .is_some_and(|count| count > 0)
        };
        let mut gathering = Gathering::default();
        for (tag, share) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
            let open = snapshot.tracks_with_tag(tag).iter().filter(|&&track| query.is_open_to(track));
            for (rank, &track) in open.take(TRACKS_PER_TAG).enumerate() {
                let score = share / (1.0 + rank as f32 / 10.0);
                let evidence =
                    if is_played(track) { Evidence::PopularIn { tag } } else { Evidence::Tagged { tag } };
                gathering.add(Target::Track(track), score, evidence);
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        nothing_liked_is_tagged(query, snapshot)
    }
}

/// Why no tag leads anywhere where it is so.
pub(super) fn nothing_liked_is_tagged(query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
    tags(query, snapshot).is_empty().then_some("nothing that this starts from has a genre")
}

/// The tags of the seeds where there are any, else those the listener likes, with their shares; a language is no style,
/// and is left out.
pub(super) fn tags(query: &Query, snapshot: &Snapshot) -> Vec<(music::TagId, f32)> {
    if !query.is_seeded {
        let liked = query.listener.summary.tags.iter().copied();
        return liked.filter(|&(tag, _)| names_a_style(&snapshot.catalogue, tag)).collect();
    }
    let mut shares = std::collections::BTreeMap::new();
    let of_tracks = query.anchors.iter().filter_map(|&(id, weight)| {
        Some((tags_of(&snapshot.catalogue, snapshot.catalogue.track(id)?), weight))
    });
    let of_artists = query
        .artist_anchors
        .iter()
        .filter_map(|&(id, weight)| Some((&*snapshot.catalogue.artist(id)?.tags, weight)));
    for (tags, weight) in of_tracks.chain(of_artists) {
        for tag in tags.iter().filter(|tag| names_a_style(&snapshot.catalogue, tag.tag)) {
            *shares.entry(tag.tag).or_insert(0.0) += weight * tag.weight;
        }
    }
    let total: f32 = shares.values().sum();
    let mut shares: Vec<_> = shares.into_iter().map(|(tag, weight)| (tag, weight / total)).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    shares
}
