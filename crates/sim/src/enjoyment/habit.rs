//! Habit and fatigue: what is known pleases, until it was heard too often.
//!
//! Pleasure over exposures is an inverted U, the sum of a reward that sets in early and an aversion that sets in late
//! (the two curves of Wundt, as Berlyne took them up); rest brings it back, because exposures fade.
//! An artist who is known makes new tracks welcome, the artists of this part of the day belong to it, and too much of
//! one artist within days satiates.
//! The sound hardly matters.
//!
//! *Sources* of the shapes: Berlyne, "Novelty, Complexity, and Hedonic Value", 1970; Zajonc, "Attitudinal Effects of
//! Mere Exposure", 1968; Chmiel, Schubert, "Back to the Inverted-U for Music Preference", 2017; McAlister, "A Dynamic
//! Attribute Satiation Model of Variety-Seeking Behavior", 1982. The numbers are judged: see the tests of `family`.

use music::{Id as _, TrackId, UnixMillis};

use crate::chance::{Purpose, logistic, normal_noise};
use crate::listener::Listener;
use crate::past::Past;
use crate::world::World;

/// What enjoyment is made of, on the scale of log-odds.
mod weight {
    pub(super) const START: f32 = -2.2;
    /// The height of the reward of knowing a track.
    pub(super) const REWARD: f32 = 2.8;
    /// The depth of the aversion to a track that was heard too often.
    pub(super) const AVERSION: f32 = 3.6;
    /// A known artist, at most.
    pub(super) const ARTIST: f32 = 1.5;
    /// An artist who belongs to this part of the day, at most.
    pub(super) const ROUTINE: f32 = 1.4;
    /// A new track for a listener who looks for new things, and against one who does not.
    pub(super) const NOVELTY: f32 = 1.6;
    pub(super) const APPEAL: f32 = 0.7;
    pub(super) const FOND_OF_ARTIST: f32 = 0.7;
    pub(super) const FOND_OF_TRACK: f32 = 0.4;
    /// The place in the hidden space; about a tenth of what it weighs where taste is in the sound.
    pub(super) const FIT: f32 = 0.5;
    /// One play of the track too many within days.
    pub(super) const TRACK_PRESENCE: f32 = 0.9;
    /// One play of the artist too many within days.
    pub(super) const ARTIST_PRESENCE: f32 = 0.3;
}

/// Plays at which half of the reward is there.
const REWARD_PLAYS: f32 = 1.5;
/// Plays at which half of the aversion is there, for a listener of middling stamina.
const AVERSION_PLAYS: f32 = 11.0;
/// Plays of an artist that make somebody known.
const ARTIST_PLAYS: f32 = 4.0;
/// Plays of an artist that make a routine.
const ROUTINE_PLAYS: f32 = 3.0;
/// Plays of a track within days that do no harm.
const TRACK_PRESENCE_FREE: f32 = 0.8;
/// Plays of an artist within days that do no harm.
const ARTIST_PRESENCE_FREE: f32 = 3.0;
/// The squared distance at which the fit falls to 1/e.
const REACH: f32 = 8.0;

/// The liking in log-odds, everything that was too much left out.
pub(super) fn liking(
    world: &World,
    who: &Listener,
    persona: usize,
    track: TrackId,
    at: UnixMillis,
    past: &Past,
) -> f32 {
    let truth = world.track(track);
    let listener = u64::from(who.id.get());
    let fondness = |purpose, row: usize| normal_noise(world.seed(), purpose, [listener, row as u64]);
    let plays = past.of_track(track, at).familiarity;
    let saturating = |plays: f32, scale: f32| 1.0 - (-plays / scale).exp();
    let centre = who.personas[persona].centre_at(at, world.params().start);
    let novelty = (-plays).exp() * (who.temper.explorer - 0.5);
    weight::START
        + weight::REWARD * logistic(2.0 * (plays - REWARD_PLAYS))
        + weight::NOVELTY * novelty
        + weight::ARTIST * saturating(past.of_artist(truth.artist, at).familiarity, ARTIST_PLAYS)
        + weight::ROUTINE * saturating(past.routine(truth.artist, who, at).familiarity, ROUTINE_PLAYS)
        + weight::APPEAL * truth.appeal
        + weight::FOND_OF_ARTIST * fondness(Purpose::ArtistFondness, truth.artist.row())
        + weight::FOND_OF_TRACK * fondness(Purpose::TrackFondness, track.row())
        + weight::FIT * (-truth.centre.squared_distance(&centre) / REACH).exp()
}

/// What was too much of the track and of its artist, in log-odds.
pub(super) fn fatigue(world: &World, who: &Listener, track: TrackId, at: UnixMillis, past: &Past) -> f32 {
    let of_track = past.of_track(track, at);
    let of_artist = past.of_artist(world.track(track).artist, at);
    let limit = AVERSION_PLAYS * (0.5 + who.temper.stamina);
    weight::AVERSION * logistic(4.0 * (of_track.familiarity / limit - 1.0))
        + weight::TRACK_PRESENCE * (of_track.presence - TRACK_PRESENCE_FREE).max(0.0)
        + weight::ARTIST_PRESENCE * (of_artist.presence - ARTIST_PRESENCE_FREE).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Family;
    use crate::params::WorldParams;
    use music::unit::DAY_MS;

    #[test]
    fn pleasure_rises_and_falls_with_exposure_and_rest_brings_it_back() {
        let params = WorldParams { family: Family::Habit, listener_count: 1, ..WorldParams::default() };
        let world = World::new(&params).unwrap();
        let who = &world.listeners()[0];
        let track = TrackId::new(10);
        let artist = world.track(track).artist;
        let mut past = Past::default();
        let mut at = params.start;
        let pleasure =
            |past: &Past, at| liking(&world, who, 0, track, at, past) - fatigue(&world, who, track, at, past);
        let mut curve = vec![pleasure(&past, at)];
        for _ in 0..40 {
            past.hear((track, artist), at, 1.0, who);
            at = UnixMillis::new(at.get() + 2 * DAY_MS);
            curve.push(pleasure(&past, at));
        }
        let peak = curve.iter().copied().fold(f32::MIN, f32::max);
        assert!(peak > curve[0] + 2.0, "{curve:?}");
        assert!(*curve.last().unwrap() < peak - 1.5, "{curve:?}");
        let rested = pleasure(&past, UnixMillis::new(at.get() + 90 * DAY_MS));
        assert!(rested > curve.last().unwrap() + 1.0, "{rested} after {curve:?}");
    }
}
