//! Whether a track is heard out or left, when, and why.

use music::surface::PlaylistKind;
use music::{Id as _, ListenerId, Millis, Surface, TrackId};
use rand::{Rng, RngExt as _};

use crate::chance::{Purpose, exponential, happens, log_normal, logistic, normal, scramble, stream};
use crate::enjoyment::Moment;
use crate::listener::Listener;
use crate::past::Past;
use crate::world::World;

/// Why a track was skipped. Only the first of these speaks against the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// It is not liked, or not enough to stay.
    Dislike,
    /// Another persona of the same listener would have enjoyed it.
    WrongPersona,
    /// It is liked and does not serve what the playlist is for.
    WrongMood,
    /// It is liked and was heard too often lately.
    Fatigue,
    /// The listener was looking through new releases; enough was heard to know.
    Sampling,
    /// The listener was on the way to another track.
    Seeking,
    /// There was no reason in the music.
    Restless,
}

/// What a listener did with a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// How long it sounded.
    pub played: Millis,
    /// Why it was left, where it was.
    pub skip: Option<SkipReason>,
}

/// What decides about a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation {
    /// How much the awake persona likes it, in log-odds, the surface and fatigue left out.
    pub(super) liking: f32,
    /// How much another persona likes it at most.
    pub(super) liking_of_others: f32,
    /// What the surface's mood takes off.
    pub(super) wrongness: f32,
    /// What fatigue takes off.
    pub(super) fatigue: f32,
    /// Where it is heard.
    pub(super) surface: Surface,
    /// Whether the listener asked for this very track.
    pub(super) chosen: bool,
    /// How near the skip button is, 0 to 1.
    pub(super) attention: f32,
    /// 0 skips at once, 1 hears things out.
    pub(super) patience: f32,
    /// How long the track is.
    pub(super) duration: Millis,
}

/// Below this liking, in log-odds, a track tends to be skipped: low where leaving is a bother, high where the next
/// is a tap away.
fn threshold(surface: Surface) -> f32 {
    match surface {
        Surface::Album => -1.3,
        // Whoever works or sleeps reaches for the button only when it really disturbs.
        Surface::Playlist { mood: Some(music::Mood::Focus | music::Mood::Sleep), .. } => -1.6,
        Surface::Playlist { kind: PlaylistKind::Own, .. } | Surface::Library => -0.5,
        Surface::Autoplay | Surface::Artist => -0.3,
        Surface::Search => 0.0,
        _ => 0.1,
    }
}

/// How often a fine track is left on the list of new releases, once enough of it was heard.
const SAMPLING_SHARE: f32 = 0.55;
/// How often a track is skipped for no reason, at full attention.
const RESTLESS_SHARE: f32 = 0.03;
/// Daily changes of taste, in log-odds.
const WHIM: f32 = 0.7;
/// How sharply liking decides.
const SHARPNESS: f32 = 1.7;

impl Situation {
    /// How much the track is enjoyed, whims aside; *range*: 0 to 1.
    pub(super) fn satisfaction(&self) -> f32 {
        logistic(self.liking - self.wrongness - self.fatigue)
    }

    /// What happens.
    pub(super) fn response(&self, rng: &mut impl Rng) -> Response {
        match self.skip(rng) {
            Some(reason) => Response { played: self.skipped_after(reason, rng), skip: Some(reason) },
            None => Response { played: self.duration, skip: None },
        }
    }

    fn skip(&self, rng: &mut impl Rng) -> Option<SkipReason> {
        let felt = self.liking - self.wrongness - self.fatigue + normal(rng, 0.0, WHIM);
        let asked_for = if self.chosen { 1.2 } else { 0.0 };
        let limit = threshold(self.surface) - asked_for + 0.8 * (0.5 - self.patience);
        let leaves = self.attention * logistic(SHARPNESS * (limit - felt) * 2.0);
        if happens(rng, leaves) {
            return Some(self.reason(limit, felt));
        }
        if self.surface == Surface::FreshReleases
            && happens(rng, SAMPLING_SHARE * (1.3 - 0.6 * self.patience))
        {
            // Enough was heard to know; what there was to know differs.
            let is_fine = self.liking > 0.0;
            return Some(if is_fine { SkipReason::Sampling } else { SkipReason::Dislike });
        }
        let is_restless = !self.chosen && happens(rng, RESTLESS_SHARE * self.attention);
        is_restless.then_some(SkipReason::Restless)
    }

    /// Which of the parts tipped the scales.
    fn reason(&self, limit: f32, felt: f32) -> SkipReason {
        // A track that is liked well enough falls by the largest thing that was taken off.
        let likes = self.liking > limit.max(0.5);
        match () {
            () if likes && self.fatigue > self.wrongness && self.fatigue > 0.3 => SkipReason::Fatigue,
            () if likes && self.wrongness > 0.3 => SkipReason::WrongMood,
            () if likes => SkipReason::Restless,
            () if self.liking_of_others > 0.5 && self.liking_of_others > felt + 1.0 => {
                SkipReason::WrongPersona
            }
            () => SkipReason::Dislike,
        }
    }

    /// How long a track sounds before it is left for a reason.
    fn skipped_after(&self, reason: SkipReason, rng: &mut impl Rng) -> Millis {
        let patience = 0.5 + self.patience;
        let seconds = match reason {
            SkipReason::Dislike => 1.5 + exponential(rng, 13.0 * patience),
            SkipReason::WrongPersona => 1.0 + exponential(rng, 7.0 * patience),
            SkipReason::WrongMood => 2.0 + exponential(rng, 14.0 * patience),
            // It begins well, as always, and then it has been heard.
            SkipReason::Fatigue => 3.0 + exponential(rng, 38.0 * patience),
            SkipReason::Sampling => log_normal(rng, 28.0 * patience, 0.6),
            SkipReason::Seeking => 0.6 + exponential(rng, 1.5),
            SkipReason::Restless => rng.random::<f32>() * self.duration.get() as f32 / 1000.0,
        };
        let longest = 0.95 * self.duration.get() as f32;
        Millis::new((seconds * 1000.0).min(longest) as u32)
    }
}

impl World {
    /// What `listener` does with fresh ears when `track` comes up next at `moment`; `draw` picks one of the things
    /// that may happen.
    ///
    /// For closed loops: show a slate, ask this for each pick, log what comes back.
    ///
    /// # Panics
    /// When the listener, track or persona is not of this world.
    pub fn respond(&self, listener: ListenerId, track: TrackId, moment: &Moment, draw: u64) -> Response {
        let who = self.listener(listener);
        let persona = moment.persona.unwrap_or_else(|| self.active_persona(listener, moment.at));
        let about = scramble(draw, Purpose::Response, [listener.row() as u64, track.row() as u64]);
        let mut rng = stream(self.seed(), Purpose::Response, about);
        self.situation(who, persona, track, moment, &Past::default()).response(&mut rng)
    }

    /// A track that comes up unasked.
    pub(super) fn situation(
        &self,
        who: &Listener,
        persona: usize,
        track: TrackId,
        moment: &Moment,
        past: &Past,
    ) -> Situation {
        let others = (0..who.personas.len()).filter(|&other| other != persona);
        let likings = others.map(|other| self.liking(who, other, track, moment.at, past));
        Situation {
            liking: self.liking(who, persona, track, moment.at, past),
            liking_of_others: likings.fold(f32::NEG_INFINITY, f32::max),
            wrongness: self.wrongness(track, moment.surface),
            fatigue: self.fatigue(who, track, moment.at, past),
            surface: moment.surface,
            chosen: false,
            attention: who.personas[persona].occasion.traits().attention,
            patience: who.temper.patience,
            duration: Millis::new(self.track(track).duration_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::Mood;

    const PLAIN: Situation = Situation {
        liking: 1.5,
        liking_of_others: -3.0,
        wrongness: 0.0,
        fatigue: 0.0,
        surface: Surface::Radio,
        chosen: false,
        attention: 0.8,
        patience: 0.5,
        duration: Millis::new(200_000),
    };

    /// The share of skips, and the reason for most of them.
    fn skips(situation: &Situation) -> (f32, Option<SkipReason>) {
        let mut rng = stream(1, Purpose::Response, 0);
        let mut reasons = std::collections::BTreeMap::new();
        let mut count = 0;
        for _ in 0..1_000 {
            let response = situation.response(&mut rng);
            assert!(response.played <= situation.duration);
            if let Some(reason) = response.skip {
                assert!(response.played < situation.duration);
                *reasons.entry(reason).or_insert(0) += 1;
                count += 1;
            }
        }
        let most = reasons.into_iter().max_by_key(|(_, count)| *count).map(|(reason, _)| reason);
        (count as f32 / 1_000.0, most)
    }

    #[test]
    fn what_is_liked_is_heard_and_what_is_not_is_left() {
        let (liked, _) = skips(&PLAIN);
        let (disliked, reason) = skips(&Situation { liking: -2.0, ..PLAIN });
        assert!(liked < 0.15 && disliked > 0.7, "{liked} {disliked}");
        assert_eq!(reason, Some(SkipReason::Dislike));
    }

    #[test]
    fn each_reason_has_its_cause() {
        let most = |situation: Situation| skips(&situation).1.unwrap();
        assert_eq!(most(Situation { fatigue: 3.0, ..PLAIN }), SkipReason::Fatigue);
        assert_eq!(
            most(Situation { liking: -1.5, liking_of_others: 1.0, ..PLAIN }),
            SkipReason::WrongPersona
        );
        let workout = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Workout) };
        assert_eq!(most(Situation { wrongness: 3.0, surface: workout, ..PLAIN }), SkipReason::WrongMood);
        assert_eq!(most(Situation { surface: Surface::FreshReleases, ..PLAIN }), SkipReason::Sampling);
    }

    #[test]
    fn surfaces_differ_in_what_a_skip_takes() {
        let at = |surface, liking| skips(&Situation { surface, liking, ..PLAIN }).0;
        let focus = Surface::Playlist { kind: PlaylistKind::Own, mood: Some(Mood::Focus) };
        assert!(at(Surface::FreshReleases, 1.5) > 0.4, "fine music is skipped while browsing");
        assert!(
            at(focus, 0.2) < 0.6 * at(Surface::Radio, 0.2),
            "a focus playlist is left only for good reason"
        );
        assert!(at(Surface::Album, -0.5) < at(Surface::Radio, -0.5));
    }
}
