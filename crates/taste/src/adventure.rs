//! How much of what a listener chooses by themselves is new to them.
//!
//! Only what nobody recommended counts: a recommender that learnt from its own slates how much novelty is wanted would
//! learn what it did.

use music::{Context, Event, PlaylistKind, Surface, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::decay::{Decayed, HalfLife};

/// Plays heard out, new ones and all.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Adventure {
    new: Decayed,
    all: Decayed,
}

/// What was sought two months ago counts half; a judgement.
const HALF_LIFE: HalfLife = HalfLife::days(60.0);
/// Tracks that must be known before anything counts: at the beginning of a log everything is new.
const KNOWN_MIN: usize = 30;
/// Plays below which nothing is known.
const COUNTED_MIN: f32 = 5.0;
/// The share that is taken for usual; a judgement.
pub const USUAL_SHARE: f32 = 0.25;
/// It weighs as much as so many plays; a judgement.
const USUAL_WEIGHT: f32 = 10.0;

impl Adventure {
    /// Counts a play that was heard out, before which so many tracks were known.
    pub(crate) fn observe(&mut self, event: &Event, is_new: bool, known_count: usize) {
        if known_count < KNOWN_MIN || !is_own_choice(&event.context) {
            return;
        }
        self.all.add(1.0, event.at, HALF_LIFE);
        if is_new {
            self.new.add(1.0, event.at, HALF_LIFE);
        }
    }

    /// The share of new tracks among those heard out, where any count. *Range*: above 0, below 1.
    pub fn share(&self, now: UnixMillis) -> Option<f32> {
        let (new, all) = (self.new.at(now, HALF_LIFE), self.all.at(now, HALF_LIFE));
        (all >= COUNTED_MIN).then(|| (new + USUAL_SHARE * USUAL_WEIGHT) / (all + USUAL_WEIGHT))
    }
}

/// Whether the listener, or somebody other than a recommender, chose what was played there.
fn is_own_choice(context: &Context) -> bool {
    let chosen_by_segue = match context.surface {
        Surface::Home | Surface::Radio | Surface::Autoplay | Surface::Mix | Surface::FreshReleases => true,
        Surface::Playlist { kind, .. } => kind == PlaylistKind::Generated,
        Surface::Unknown | Surface::Search | Surface::Album | Surface::Artist | Surface::Library => false,
    };
    context.slate.is_none() && !chosen_by_segue
}

#[cfg(test)]
mod tests {
    use music::{EventKey, ListenerId, Prompt, TrackId};

    use super::*;
    use crate::TasteProfile;

    fn share(surface: Surface, tracks: impl Iterator<Item = u32>) -> Option<f32> {
        let event = |(minute, track): (usize, u32)| Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::new(minute as i64 * 300_000),
            prompt: Prompt::played(TrackId::new(track)),
            context: Context { surface, ..Context::default() },
        };
        let events: Vec<Event> = tracks.enumerate().map(event).collect();
        let profile = TasteProfile::fold(ListenerId::new(0), &events, &|_| None);
        profile.adventure().share(UnixMillis::new(1_000 * 300_000))
    }

    #[test]
    fn the_beginning_of_a_log_says_nothing_of_adventure() {
        assert_eq!(share(Surface::Library, 0..30), None);
    }

    #[test]
    fn who_plays_the_same_is_no_adventurer_and_who_plays_ever_new_ones_is() {
        let faithful = share(Surface::Library, (0..600).map(|play| play % 40)).unwrap();
        let adventurous = share(Surface::Library, 0..600).unwrap();
        assert!(faithful < 0.1 && adventurous > 0.9, "{faithful} {adventurous}");
    }

    #[test]
    fn what_was_recommended_does_not_count() {
        assert_eq!(share(Surface::Mix, 0..600), None);
    }
}
