//! How far genres and other tags are those the listener likes.

use music::Target;
use taste::summary::names_a_style;

use super::{Scorer, fill_tracks};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The cosine of the target's tags and the listener's.
#[derive(Debug)]
pub(super) struct Tags;

impl Scorer for Tags {
    fn name(&self) -> &'static str {
        "tags"
    }

    fn weight(&self) -> f32 {
        0.6
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let (summary, catalogue) = (&all.query.listener.summary, &all.snapshot.catalogue);
        fill_tracks(all, column, |track| summary.tag_match(catalogue, track));
        for (target, cell) in all.targets.iter().zip(column) {
            if let Target::Artist(artist) = *target {
                *cell = catalogue.artist(artist).map_or(0.0, |artist| summary.match_tags(&artist.tags));
            }
        }
    }

    fn is_particular(&self) -> bool {
        true
    }

    fn words(&self, query: &Query, snapshot: &Snapshot, target: Target, _: f32) -> String {
        let tags = match target {
            Target::Track(id) => snapshot
                .catalogue
                .track(id)
                .map_or(&[][..], |track| taste::summary::tags_of(&snapshot.catalogue, track)),
            Target::Artist(id) => snapshot.catalogue.artist(id).map_or(&[][..], |artist| &artist.tags),
            Target::Release(_) | Target::Playlist(_) => &[],
        };
        let liked = query.listener.summary.tags.iter().map(|&(tag, _)| tag);
        let styles = liked.filter(|&tag| names_a_style(&snapshot.catalogue, tag));
        let shared = styles.filter(|tag| tags.iter().any(|weight| weight.tag == *tag));
        let names: Vec<&str> =
            shared.take(2).filter_map(|tag| snapshot.catalogue.tag(tag)).map(|tag| &*tag.name).collect();
        match names.as_slice() {
            [] => "its genres are yours".to_owned(),
            names => format!("you like {}", names.join(" and ")),
        }
    }
}
