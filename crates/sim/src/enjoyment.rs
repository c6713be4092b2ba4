//! The hidden truth about taste: how much a listener enjoys a track, in the guise of a persona, on a surface, after
//! what was heard so far.
//!
//! A pure function: what a listener remembers is handed to it as a [`Past`]; mood swings are behaviour and live in
//! [`crate::behaviour`].
//! Each [`Family`] of worlds has a mechanism of its own, one file each.

mod circle;
mod habit;
mod sound;

use music::{ListenerId, Surface, TrackId, UnixMillis};

use crate::artist::ArtistTruth;
use crate::chance::{Purpose, logistic, uniform_noise};
use crate::composition::TrackTruth;
use crate::family::Family;
use crate::listener::Listener;
use crate::mood::mismatch;
use crate::past::Past;
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

/// What words add or take off, on the scale of log-odds; judged.
mod weight {
    pub(super) const OWN_LANGUAGE: f32 = 0.25;
    pub(super) const STRANGE_LANGUAGE: f32 = 0.8;
    pub(super) const EXPLICIT: f32 = 1.5;
    pub(super) const MOOD: f32 = 1.5;
}

impl World {
    /// How much `listener` enjoys `track` at `moment` with fresh ears: as if nothing had been heard before.
    ///
    /// *Range*: 0 to 1; the probability that hearing it out is preferred to leaving it.
    ///
    /// # Panics
    /// When the listener, track or persona is not of this world.
    pub fn enjoyment(&self, listener: ListenerId, track: TrackId, moment: &Moment) -> f32 {
        self.satisfaction(listener, track, moment, &Past::default())
    }

    /// How much `listener` enjoys `track` at `moment` after all that was heard: the truth that a recommendation is
    /// held against.
    ///
    /// *Range*: 0 to 1; the probability that hearing it out is preferred to leaving it.
    ///
    /// # Panics
    /// When the listener, track or persona is not of this world.
    pub fn satisfaction(&self, listener: ListenerId, track: TrackId, moment: &Moment, past: &Past) -> f32 {
        let who = self.listener(listener);
        let persona = moment.persona.unwrap_or_else(|| self.active_persona(listener, moment.at));
        let liking = self.liking(who, persona, track, moment.at, past);
        logistic(liking - self.wrongness(track, moment.surface) - self.fatigue(who, track, moment.at, past))
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

    /// The enjoyment on the scale of log-odds, before fatigue and the surface have their say.
    pub(crate) fn liking(
        &self,
        who: &Listener,
        persona: usize,
        track: TrackId,
        at: UnixMillis,
        past: &Past,
    ) -> f32 {
        match self.params().family {
            Family::Sound => sound::liking(self, who, persona, track, at),
            Family::Habit => habit::liking(self, who, persona, track, at, past),
            Family::Circle => circle::liking(self, who, track, at, past),
        }
    }

    /// What having heard too much of it takes off, in log-odds.
    pub(crate) fn fatigue(&self, who: &Listener, track: TrackId, at: UnixMillis, past: &Past) -> f32 {
        match self.params().family {
            Family::Sound | Family::Circle => past.exposure(track, at).fatigue(at, &who.temper),
            Family::Habit => habit::fatigue(self, who, track, at, past),
        }
    }

    /// The liking from which on a track is kept by somebody who came upon it before the first day.
    ///
    /// Where liking grows with hearing, nobody waits until it has grown.
    pub(crate) fn keeping_limit(&self) -> f32 {
        match self.params().family {
            Family::Sound => 0.0,
            Family::Habit | Family::Circle => -0.8,
        }
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

/// What the words of a song add or take off: their language, and whether they are explicit.
fn words(who: &Listener, track: &TrackTruth, artist: &ArtistTruth) -> f32 {
    let language = match () {
        () if !track.sung => 0.0,
        () if artist.language == who.origin.language => weight::OWN_LANGUAGE,
        () if who.understands(artist.language) => 0.0,
        () => -weight::STRANGE_LANGUAGE * (1.0 - who.temper.openness),
    };
    let explicit = if track.explicit { -weight::EXPLICIT * who.temper.prudence } else { 0.0 };
    language + explicit
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
