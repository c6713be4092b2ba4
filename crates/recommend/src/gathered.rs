//! What scorers and facts read of every candidate, looked up once for all of them.

use music::{ArtistId, Id, Target, Track};
use taste::TrackTaste;

use crate::packed::{Packed, Scratch};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The request, what it is answered from, and what both know of each candidate.
#[derive(Debug)]
pub struct Gathered<'a> {
    /// The request.
    pub query: &'a Query,
    /// What it is answered from.
    pub snapshot: &'a Snapshot,
    /// The candidates, row by row.
    pub targets: &'a [Target],
    /// The track of each row that is one.
    pub(crate) tracks: Vec<Option<&'a Track>>,
    /// What the listener has done with it.
    pub(crate) tastes: Vec<Option<&'a TrackTaste>>,
    packed: Packed<'a>,
}

impl<'a> Gathered<'a> {
    /// What is known of `targets`.
    pub(crate) fn of(query: &'a Query, snapshot: &'a Snapshot, targets: &'a [Target]) -> Self {
        let all = snapshot.catalogue.tracks();
        let track = |target: &Target| match target {
            Target::Track(track) => all.get(track.row()),
            _ => None,
        };
        let taste = |target: &Target| match target {
            Target::Track(track) => query.listener.profile.track(*track),
            _ => None,
        };
        Self {
            query,
            snapshot,
            targets,
            tracks: targets.iter().map(track).collect(),
            tastes: targets.iter().map(taste).collect(),
            packed: Packed::of(snapshot, targets),
        }
    }

    /// The main artist of the track in `row`.
    pub(crate) fn artist(&self, row: usize) -> Option<ArtistId> {
        self.tracks[row].map(Track::main_artist)
    }

    /// Looks at all candidates beside each of `others`: `each` is told the place of the other, and how alike every
    /// row is to it, 0 to 1.
    pub(crate) fn compare(
        &self,
        others: impl IntoIterator<Item = Target>,
        mut each: impl FnMut(usize, &[f32]),
    ) {
        let mut scratch = Scratch::default();
        for (place, other) in others.into_iter().enumerate() {
            self.packed.likeness(other, &mut scratch);
            each(place, &scratch.likeness);
        }
    }
}
