//! How far a track's popularity is the one the listener likes: hits for some, what nobody knows for others.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// 1 where the track is exactly as popular as what the listener likes on average, 0 at the other end of the scale.
#[derive(Debug)]
pub(super) struct Mainstream;

impl Scorer for Mainstream {
    fn name(&self) -> &'static str {
        "mainstream"
    }

    fn weight(&self) -> f32 {
        0.3
    }

    fn fill(&self, query: &Query, snapshot: &Snapshot, targets: &[Target], column: &mut [f32]) {
        let Some(liked) = query.listener.mainstream else { return };
        fill_tracks(targets, column, |track| {
            snapshot.percentile(track).map_or(0.0, |percentile| 1.0 - (percentile - liked).abs())
        });
    }

    fn words(&self, query: &Query, _: &Snapshot, _: Target, _: f32) -> String {
        match query.listener.mainstream {
            Some(liked) if liked > 0.9 => "it is as well known as what you play",
            Some(liked) if liked < 0.6 => "it is as little known as what you play",
            _ => "it is about as well known as what you play",
        }
        .to_owned()
    }
}
