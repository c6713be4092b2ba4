//! Friends and trends: what friends play and what is on the rise pleases.
//!
//! A track that friends played in the last days is welcome, the more of them the more, with ever smaller steps.
//! Scenes have their heroes, and styles come into and go out of fashion there in waves.
//! Who goes with the crowd likes what the whole world is on about; who does not is put off by it.
//! The sound has no part in it.
//!
//! *Sources* of the shapes: Salganik, Dodds, Watts, "Experimental Study of Inequality and Unpredictability in an
//! Artificial Cultural Market", 2006 (what others play pleases); Bikhchandani, Hirshleifer, Welch, "A Theory of Fads,
//! Fashion, Custom, and Cultural Change as Informational Cascades", 1992. The numbers are judged.

use music::{Id as _, TrackId, UnixMillis};

use super::words;
use crate::chance::{Purpose, normal_noise};
use crate::listener::Listener;
use crate::past::Past;
use crate::trend::attraction;
use crate::world::World;

/// What enjoyment is made of, on the scale of log-odds.
mod weight {
    pub(super) const START: f32 = -1.9;
    /// Each e-fold of what friends play.
    pub(super) const TALK: f32 = 1.5;
    /// A style that is at the height of its fashion.
    pub(super) const TIDE: f32 = 0.8;
    /// A hero of the scene, per deviation.
    pub(super) const HERO: f32 = 0.9;
    /// Each e-fold of what the whole world is on about, for one who goes with it.
    pub(super) const HEAT: f32 = 0.9;
    pub(super) const FAME: f32 = 0.5;
    /// Somebody from here.
    pub(super) const LOCAL: f32 = 0.7;
    pub(super) const APPEAL: f32 = 0.3;
    pub(super) const FOND_OF_ARTIST: f32 = 0.3;
    pub(super) const FOND_OF_TRACK: f32 = 0.3;
}

/// What friends play counts up to here, in plays that fade.
const TALK_MAX: f32 = 6.0;

/// The liking in log-odds.
pub(super) fn liking(world: &World, who: &Listener, track: TrackId, at: UnixMillis, past: &Past) -> f32 {
    let truth = world.track(track);
    let artist = world.artist(truth.artist);
    let scene = world.circles().scene(who.id);
    let noise = |purpose, of: u64, row: usize| normal_noise(world.seed(), purpose, [of, row as u64]);
    let listener = u64::from(who.id.get());
    let heat = attraction(truth.released, truth.trend.as_ref(), at).max(1.0).ln();
    let crowd = 2.0 * who.temper.mainstream - 0.6;
    let local = if artist.origin == who.origin { weight::LOCAL } else { 0.0 };
    weight::START
        + weight::TALK * past.talk_of(track).min(TALK_MAX).ln_1p()
        + weight::TIDE * world.circles().tide(world.seed(), scene, truth.style, at)
        + weight::HERO * noise(Purpose::SceneHeroes, scene.into(), truth.artist.row())
        + weight::HEAT * crowd * heat
        + weight::FAME * crowd * truth.fame
        + weight::APPEAL * truth.appeal
        + weight::FOND_OF_ARTIST * noise(Purpose::ArtistFondness, listener, truth.artist.row())
        + weight::FOND_OF_TRACK * noise(Purpose::TrackFondness, listener, track.row())
        + local
        + words(who, truth, artist)
}
