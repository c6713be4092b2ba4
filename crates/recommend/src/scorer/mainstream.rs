//! How far a track's popularity is the one the listener likes: hits for some, what nobody knows for others.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// 0 where the track is exactly as popular as what the listener likes on average, −1 at the other end of the scale and
/// where nobody has played it.
///
/// It can only speak against a track: that a track is as well known as most others of the slate recommends none of them.
#[derive(Debug)]
pub(super) struct Mainstream;

impl Scorer for Mainstream {
    fn name(&self) -> &'static str {
        "mainstream"
    }

    fn weight(&self) -> f32 {
        0.3
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let Some(liked) = all.query.listener.mainstream else { return };
        fill_tracks(all, column, |track| {
            all.snapshot.percentile(track.id).map_or(-1.0, |percentile| -(percentile - liked).abs())
        });
    }

    fn words(&self, query: &Query, snapshot: &Snapshot, target: Target, _: f32) -> String {
        let percentile = match target {
            Target::Track(track) => snapshot.percentile(track),
            _ => None,
        };
        match (percentile, query.listener.mainstream) {
            (Some(percentile), Some(liked)) if percentile > liked => "it is better known than what you play",
            (Some(_), Some(_)) => "it is less known than what you play",
            _ => "hardly anybody has played it",
        }
        .to_owned()
    }
}
