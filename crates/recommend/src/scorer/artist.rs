//! How much the listener likes the artist.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The affinity to the main artist, −1 to 1.
#[derive(Debug)]
pub(super) struct Artist;

impl Scorer for Artist {
    fn name(&self) -> &'static str {
        "artist"
    }

    fn weight(&self) -> f32 {
        0.6
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let summary = &all.query.listener.summary;
        fill_tracks(all, column, |track| summary.artist(track.main_artist()));
    }

    fn is_particular(&self) -> bool {
        true
    }

    fn words(&self, _: &Query, snapshot: &Snapshot, target: Target, value: f32) -> String {
        let artist = match target {
            Target::Track(track) => snapshot.catalogue.track(track).map(music::Track::main_artist),
            _ => None,
        };
        let name =
            artist.and_then(|artist| snapshot.catalogue.artist(artist)).map_or("the artist", |a| &a.name);
        if value > 0.0 { format!("you like {name}") } else { format!("you tend to skip {name}") }
    }
}
