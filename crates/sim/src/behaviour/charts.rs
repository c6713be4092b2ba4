//! What draws how many listens on one day, laid out so that a track can be drawn by it quickly.

use std::ops::Range;

use music::{Id as _, TrackId, UnixMillis};
use rand::{Rng, RngExt as _};

use crate::trend::attraction;
use crate::world::World;

/// The days for which a release counts as new.
const FRESH_DAYS: f64 = 28.0;

/// The attraction of everything that is out.
#[derive(Debug)]
pub(super) struct Charts<'a> {
    world: &'a World,
    /// Everything, as one shelf.
    all: Shelf,
    /// By row of the style.
    styles: Vec<Shelf>,
    /// The rows of the tracks that came out lately.
    fresh: Range<u32>,
}

/// Tracks with the running sum of their attraction.
#[derive(Clone, Debug, Default)]
struct Shelf {
    tracks: Vec<TrackId>,
    sums: Vec<f32>,
}

impl Shelf {
    fn put(&mut self, track: TrackId, attraction: f32) {
        self.tracks.push(track);
        self.sums.push(self.sums.last().copied().unwrap_or(0.0) + attraction);
    }

    fn draw(&self, rng: &mut impl Rng) -> Option<TrackId> {
        let at = rng.random::<f32>() * self.sums.last()?;
        let index = self.sums.partition_point(|&sum| sum <= at);
        Some(self.tracks[index.min(self.tracks.len() - 1)])
    }

    fn any(&self, rng: &mut impl Rng) -> Option<TrackId> {
        (!self.tracks.is_empty()).then(|| self.tracks[rng.random_range(0..self.tracks.len())])
    }
}

impl<'a> Charts<'a> {
    /// The attraction of each track at `at`.
    pub(super) fn new(world: &'a World, at: UnixMillis) -> Self {
        let tracks = world.tracks();
        let out_count = tracks.partition_point(|track| track.released <= at);
        let fresh_start = tracks.partition_point(|track| at.days_since(track.released) > FRESH_DAYS);
        let mut all = Shelf::default();
        let mut styles = vec![Shelf::default(); world.styles().len()];
        for (row, track) in tracks[..out_count].iter().enumerate() {
            let id = TrackId::from_row(row as u32);
            let drawn = track.draw * attraction(track.released, track.trend.as_ref(), at);
            all.put(id, drawn);
            styles[track.style].put(id, drawn);
        }
        Self { world, all, styles, fresh: fresh_start as u32..out_count as u32 }
    }

    /// Whether a track is out.
    pub(super) fn is_out(&self, track: TrackId) -> bool {
        track.get() < self.fresh.end
    }

    /// Any track, as probable as it is popular.
    pub(super) fn popular(&self, rng: &mut impl Rng) -> Option<TrackId> {
        self.all.draw(rng)
    }

    /// A track of a style, as probable as it is popular.
    pub(super) fn popular_in(&self, style: usize, rng: &mut impl Rng) -> Option<TrackId> {
        self.styles[style].draw(rng)
    }

    /// A track of a style, famous or not.
    pub(super) fn any_in(&self, style: usize, rng: &mut impl Rng) -> Option<TrackId> {
        self.styles[style].any(rng)
    }

    /// What came out in the last four weeks, oldest first.
    pub(super) fn fresh(&self) -> impl ExactSizeIterator<Item = TrackId> + use<> {
        self.fresh.clone().map(TrackId::new)
    }

    /// Some tracks of an artist that are out, the best known first.
    pub(super) fn top_of_artist(&self, artist: music::ArtistId, count: usize) -> Vec<TrackId> {
        let by_artist = self.world.catalogue().tracks_by_artist(artist).iter().copied();
        let mut tracks: Vec<TrackId> = by_artist.filter(|&track| self.is_out(track)).collect();
        let draw = |track: &TrackId| self.world.track(*track).draw;
        tracks.sort_by(|a, b| draw(b).total_cmp(&draw(a)).then(a.cmp(b)));
        tracks.truncate(count);
        tracks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};
    use crate::params::WorldParams;

    #[test]
    fn nothing_is_drawn_before_it_is_out() {
        let world = World::new(&WorldParams::default()).unwrap();
        let at = world.params().start;
        let charts = Charts::new(&world, at);
        let mut rng = stream(1, Purpose::Behaviour, 0);
        for _ in 0..2_000 {
            let track = charts.popular(&mut rng).unwrap();
            assert!(world.track(track).released <= at && charts.is_out(track));
        }
        assert!(charts.fresh().all(|track| at.days_since(world.track(track).released) <= 28.0));
        assert!(charts.fresh().len() > 0);
        let last = TrackId::new(4_999);
        assert!(!charts.is_out(last));
    }
}
