//! Taste in sound and style: what lies near to a self's place in the hidden space pleases it.

use music::{Id as _, TrackId, UnixMillis};

use super::words;
use crate::chance::{Purpose, normal_noise};
use crate::listener::Listener;
use crate::world::World;

/// What enjoyment is made of, on the scale of log-odds.
///
/// Set so that a listener enjoys about a fifth of all music, two thirds of the music of a home style and nearly
/// all of what is kept in the library; see the tests here and of the crate.
mod weight {
    pub(super) const START: f32 = -3.0;
    pub(super) const FIT: f32 = 4.7;
    pub(super) const STYLE: f32 = 0.7;
    pub(super) const APPEAL: f32 = 0.35;
    pub(super) const FAME: f32 = 0.5;
    pub(super) const ARTIST: f32 = 0.55;
    pub(super) const TRACK: f32 = 0.45;
}

/// The squared distance at which the fit falls to 1/e, for a taste of breadth 1.
const REACH: f32 = 6.0;

/// The liking in log-odds.
pub(super) fn liking(world: &World, who: &Listener, persona: usize, track: TrackId, at: UnixMillis) -> f32 {
    let persona = &who.personas[persona];
    let truth = world.track(track);
    let listener = u64::from(who.id.get());
    let distance = truth
        .centre
        .weighted_squared_distance(&persona.centre_at(at, world.params().start), &persona.axis_weights);
    let fit = (-distance / (REACH * persona.breadth)).exp();
    let fondness = |purpose, row: usize| normal_noise(world.seed(), purpose, [listener, row as u64]);
    weight::START
        + weight::FIT * fit
        + weight::STYLE * persona.affinities[truth.style]
        + weight::APPEAL * truth.appeal
        + weight::FAME * (2.0 * who.temper.mainstream - 0.3) * truth.fame
        + weight::ARTIST * fondness(Purpose::ArtistFondness, truth.artist.row())
        + weight::TRACK * fondness(Purpose::TrackFondness, track.row())
        + words(who, truth, world.artist(truth.artist))
}
