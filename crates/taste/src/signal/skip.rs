//! What a skip means, by where, when and after what it happened.

use music::{Event, Millis, Mood, PlayStart, PlaylistKind, Session, SkipDirection, Surface};

use super::{FAMILIAR_PLAY_COUNT, Familiarity, played_share};
use crate::opinion::Opinion;

/// A skip with everything that bears on its meaning.
pub(super) struct Skip<'a> {
    pub(super) event: &'a Event,
    pub(super) session: &'a Session,
    pub(super) familiarity: &'a Familiarity,
    pub(super) played: Option<Millis>,
    pub(super) start: PlayStart,
}

/// Shorter than this nobody has heard anything yet: the listener was on the way to somewhere.
const NAVIGATION_MS: u32 = 1_000;
/// From this share on a skip no longer speaks against a track.
const NEUTRAL_SHARE: f32 = 0.5;
/// What is left of the opinion of a listener who is after something else: known favourites are skipped because they
/// do not fit now, not because they are bad.
const FAVOURITE_TRUST: f32 = 0.35;
/// Each further skip in a row is one more sign of searching.
const RUN_DAMPING: f32 = 0.4;

impl Skip<'_> {
    /// The opinion, or none where the skip says nothing.
    pub(super) fn opinion(&self, direction: SkipDirection) -> Option<Opinion> {
        // Going back is a wish for the track before, and no word about this one.
        if direction == SkipDirection::Back {
            return None;
        }
        if self.played.is_some_and(|played| played.get() < NAVIGATION_MS) {
            return Some(Opinion::new(-0.1, 0.05));
        }
        let base = by_surface(self.event.context.surface);
        // An unknown share is read as an early skip, which is what most skips are.
        let share = played_share(self.played, self.familiarity).unwrap_or(0.2);
        Some(by_share(base, share).trusted(self.trust()))
    }

    /// How much of the opinion stands, given what led to the skip.
    fn trust(&self) -> f32 {
        let searching = 1.0 / (1.0 + RUN_DAMPING * self.session.skip_run as f32);
        let known = self.familiarity.play_count >= FAMILIAR_PLAY_COUNT || self.familiarity.affinity > 0.6;
        let favourite = if known { FAVOURITE_TRUST } else { 1.0 };
        let shuffled = if self.event.context.shuffle == Some(true) { 0.8 } else { 1.0 };
        // Who chose a track and then left it, meant it.
        let chosen = if self.start == PlayStart::Chosen { 1.2 } else { 1.0 };
        searching * favourite * shuffled * chosen
    }
}

/// What a skip at the very start means on each surface.
fn by_surface(surface: Surface) -> Opinion {
    let (preference, confidence) = match surface {
        // Browsing: the next thing is wanted, whatever this one is.
        Surface::FreshReleases => (-0.15, 0.2),
        Surface::Search => (-0.15, 0.15),
        Surface::Home => (-0.25, 0.25),
        // The listener's own choice: not now, rather than no.
        Surface::Library => (-0.15, 0.25),
        Surface::Album | Surface::Artist => (-0.25, 0.3),
        // Segue's choice, played while doing something else: it should have fitted.
        Surface::Radio | Surface::Mix => (-0.5, 0.55),
        Surface::Autoplay => (-0.5, 0.5),
        Surface::Playlist { kind, mood } => return by_playlist(kind, mood),
        Surface::Unknown => (-0.3, 0.3),
    };
    Opinion::new(preference, confidence)
}

/// Calm music is left alone unless something in it disturbs.
fn by_playlist(kind: PlaylistKind, mood: Option<Mood>) -> Opinion {
    let calm = matches!(mood, Some(Mood::Focus | Mood::Sleep | Mood::Chill));
    let (preference, confidence) = match (kind, calm) {
        (PlaylistKind::Own, true) => (-0.6, 0.6),
        (PlaylistKind::Own, false) => (-0.25, 0.35),
        (_, true) => (-0.8, 0.8),
        (PlaylistKind::Shared, false) => (-0.45, 0.45),
        (PlaylistKind::Editorial | PlaylistKind::Generated, false) => (-0.5, 0.5),
    };
    Opinion::new(preference, confidence)
}

/// A late skip is weaker than an early one, and after half the track it even speaks for it a little.
fn by_share(base: Opinion, share: f32) -> Opinion {
    if share < NEUTRAL_SHARE {
        let left = 1.0 - share / NEUTRAL_SHARE;
        Opinion::new(base.preference * left, base.confidence * (0.5 + 0.5 * left))
    } else {
        let liked = (share - NEUTRAL_SHARE) / (1.0 - NEUTRAL_SHARE);
        Opinion::new(0.3 * liked, 0.3)
    }
}
