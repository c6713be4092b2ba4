//! How near a track or artist is to the listener among the learnt vectors.

use learn::kernel;
use music::Target;

use super::Scorer;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The prediction of the factor model: about 1 for what is surely liked, about 0 for what is not.
#[derive(Debug)]
pub(super) struct TasteVector;

impl Scorer for TasteVector {
    fn name(&self) -> &'static str {
        "taste"
    }

    fn weight(&self) -> f32 {
        1.2
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let (listener, snapshot) = (&all.query.listener, all.snapshot);
        for (target, cell) in all.targets.iter().zip(column) {
            let pair = match *target {
                Target::Track(track) => listener.track_vector.as_deref().zip(snapshot.track_vector(track)),
                Target::Artist(artist) => {
                    listener.artist_vector.as_deref().zip(snapshot.artist_vector(artist))
                }
                Target::Release(_) | Target::Playlist(_) => None,
            };
            *cell = pair.map_or(0.0, |(listener, target)| kernel::dot(listener, target).clamp(-0.5, 1.5));
        }
    }

    fn words(&self, _: &Query, _: &Snapshot, _: Target, value: f32) -> String {
        if value > 0.0 { "listeners with your taste play it" } else { "listeners with your taste pass it by" }
            .to_owned()
    }
}
