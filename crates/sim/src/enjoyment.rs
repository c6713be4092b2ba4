//! The hidden truth about taste: how much a listener enjoys a track, in the guise of a persona, on a surface.
//!
//! A pure function without memory: fatigue and mood swings are behaviour and live in [`crate::behaviour`].

use music::{Id as _, ListenerId, Surface, TrackId, UnixMillis};

use crate::chance::{Purpose, logistic, normal_noise, uniform_noise};
use crate::listener::Listener;
use crate::mood::mismatch;
use crate::world::World;

/// When, as whom and where a track is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: UnixMillis,
    /// The index of the persona; none for the one that is awake at that time.
    pub persona: Option<usize>,
    /// Where; a playlist's mood asks for fitting music.
    pub surface: Surface,
}

impl Moment {
    /// A moment on no particular surface, as whoever is awake.
    pub const fn at(at: UnixMillis) -> Self {
        Self { at, persona: None, surface: Surface::Unknown }
    }
}

/// What enjoyment is made of, on the scale of log-odds.
///
/// Set so that a listener enjoys about a fifth of all music, two thirds of the music of a home style and nearly
/// all of what is kept in the library; see the tests here and of the crate.
mod weight {
    pub(super) const BASE: f32 = -3.0;
    pub(super) const FIT: f32 = 4.7;
    pub(super) const STYLE: f32 = 0.7;
    pub(super) const APPEAL: f32 = 0.35;
    pub(super) const FAME: f32 = 0.5;
    pub(super) const ARTIST: f32 = 0.55;
    pub(super) const TRACK: f32 = 0.45;
    pub(super) const OWN_LANGUAGE: f32 = 0.25;
    pub(super) const STRANGE_LANGUAGE: f32 = 0.8;
    pub(super) const EXPLICIT: f32 = 1.5;
    pub(super) const MOOD: f32 = 1.5;
}

/// The squared distance at which the fit falls to 1/e, for a taste of breadth 1.
const REACH: f32 = 6.0;

impl World {
    /// How much `listener` enjoys `track` at `moment`, fatigue aside.
    ///
    /// *Range*: 0 to 1; the probability that hearing it out is preferred to leaving it.
    ///
    /// # Panics
    /// When the listener, track or persona is not of this world.
    pub fn enjoyment(&self, listener: ListenerId, track: TrackId, moment: &Moment) -> f32 {
        let who = self.listener(listener);
        let persona = moment.persona.unwrap_or_else(|| self.active_persona(listener, moment.at));
        logistic(self.liking(who, persona, track, moment.at) - self.wrongness(track, moment.surface))
    }

    /// The persona of `listener` that is awake at `at`.
    ///
    /// Drawn by how much each pulls at that hour, and the same for all of that clock hour.
    ///
    /// # Panics
    /// When the listener is not of this world.
    pub fn active_persona(&self, listener: ListenerId, at: UnixMillis) -> usize {
        let pulls = self.listener(listener).pulls(at);
        let hour = at.get().div_euclid(music::unit::HOUR_MS);
        let noise = uniform_noise(self.seed(), Purpose::ActivePersona, [listener.get().into(), hour as u64]);
        let mut left = noise * pulls.iter().sum::<f32>();
        let awake = pulls.iter().position(|pull| {
            left -= pull;
            left < 0.0
        });
        // In an hour in which nobody pulls, the one that listens most is as good as any.
        awake.unwrap_or(0)
    }

    /// The enjoyment on the scale of log-odds, before the surface has its say.
    pub(crate) fn liking(&self, who: &Listener, persona: usize, track: TrackId, at: UnixMillis) -> f32 {
        let self_ = &who.personas[persona];
        let truth = self.track(track);
        let artist = self.artist(truth.artist);
        let listener = u64::from(who.id.get());
        let distance = truth
            .centre
            .weighted_squared_distance(&self_.centre_at(at, self.params().start), &self_.axis_weights);
        let fit = (-distance / (REACH * self_.breadth)).exp();
        let fondness = |purpose, row: usize| normal_noise(self.seed(), purpose, [listener, row as u64]);
        let language = match () {
            () if !truth.sung => 0.0,
            () if artist.language == who.origin.language => weight::OWN_LANGUAGE,
            () if who.understands(artist.language) => 0.0,
            () => -weight::STRANGE_LANGUAGE * (1.0 - who.temper.openness),
        };
        let explicit = if truth.explicit { -weight::EXPLICIT * who.temper.prudence } else { 0.0 };
        weight::BASE
            + weight::FIT * fit
            + weight::STYLE * self_.affinities[truth.style]
            + weight::APPEAL * truth.appeal
            + weight::FAME * (2.0 * who.temper.mainstream - 0.3) * truth.fame
            + weight::ARTIST * fondness(Purpose::ArtistFondness, truth.artist.row())
            + weight::TRACK * fondness(Purpose::TrackFondness, track.row())
            + language
            + explicit
    }

    /// What a surface that promises a mood takes off where the track does not serve it, in log-odds.
    pub(crate) fn wrongness(&self, track: TrackId, surface: Surface) -> f32 {
        match surface {
            Surface::Playlist { mood: Some(mood), .. } => {
                weight::MOOD * mismatch(mood, &self.track(track).centre)
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::WorldParams;
    use music::surface::{Mood, PlaylistKind};

    fn world() -> World {
        World::new(&WorldParams::default()).unwrap()
    }

    fn mean(values: impl Iterator<Item = f32>) -> f32 {
        let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
        sum / count as f32
    }

    #[test]
    fn listeners_enjoy_some_music_and_most_of_their_home_style() {
        let world = world();
        let at = world.params().start;
        let mut all = Vec::new();
        let mut home = Vec::new();
        for listener in world.listeners() {
            for persona in 0..listener.personas.len() {
                let moment = Moment { persona: Some(persona), ..Moment::at(at) };
                for row in (0..5_000).step_by(7) {
                    let track = TrackId::new(row);
                    let enjoyment = world.enjoyment(listener.id, track, &moment);
                    assert!((0.0..=1.0).contains(&enjoyment));
                    all.push(enjoyment);
                    if world.track(track).style == listener.personas[persona].home_style {
                        home.push(enjoyment);
                    }
                }
            }
        }
        let (all, home) = (mean(all.into_iter()), mean(home.into_iter()));
        assert!((0.08..0.25).contains(&all), "{all}");
        assert!((0.5..0.85).contains(&home), "{home}");
    }

    #[test]
    fn a_mood_asks_for_fitting_music() {
        let world = world();
        let at = world.params().start;
        let on = |surface| {
            let listeners = world.listeners().iter();
            let loud = (0..5_000)
                .map(TrackId::new)
                .find(|&track| mismatch(Mood::Sleep, &world.track(track).centre) > 2.0);
            mean(
                listeners
                    .map(|l| world.enjoyment(l.id, loud.unwrap(), &Moment { surface, ..Moment::at(at) })),
            )
        };
        let sleep = Surface::Playlist { kind: PlaylistKind::Own, mood: Some(Mood::Sleep) };
        assert!(on(sleep) < 0.3 * on(Surface::Library));
    }

    #[test]
    fn who_is_awake_follows_the_clock() {
        let world = world();
        let mut right = 0;
        let mut total = 0;
        for listener in world.listeners() {
            for hour in 0..24 * 7 {
                let at = UnixMillis::new(world.params().start.get() + hour * music::unit::HOUR_MS);
                let pulls = listener.pulls(at);
                if pulls.iter().sum::<f32>() > 0.0 {
                    total += 1;
                    right += u32::from(pulls[world.active_persona(listener.id, at)] > 0.0);
                }
            }
        }
        assert_eq!(right, total);
    }
}
