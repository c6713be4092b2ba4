//! What came after a skip: what the listener did with the track later, which is the only witness of what was meant.

use music::{Event, PlayStart, Prompt, Target};

/// What a listener did with one track after some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Aftermath {
    /// Plays that were heard out and came by themselves.
    pub heard: u32,
    /// Plays that were heard out and asked for.
    pub chosen: u32,
    /// Skips.
    pub skipped: u32,
    /// Likes.
    pub liked: u32,
    /// Dislikes.
    pub disliked: u32,
}

/// How much a play counts that came by itself, one that was asked for, a like, a skip and a dislike; and what is believed
/// before anything happened, with its weight.
///
/// A track that never comes back was more likely left for good than not.
/// Tuned on the simulated world of seed 1 (`cargo run -p sim --example skips`).
const HEARD: f32 = 0.5;
const CHOSEN: f32 = 2.0;
const LIKED: f32 = 3.0;
const SKIPPED: f32 = 1.0;
const DISLIKED: f32 = 2.0;
const BELIEF: f32 = 0.7;
const BELIEF_WEIGHT: f32 = 1.0;

impl Aftermath {
    /// Takes in one more event, if it is about the track.
    pub fn take(&mut self, event: &Event) {
        match event.prompt {
            Prompt::Played { start: PlayStart::Chosen | PlayStart::Back, .. } | Prompt::Replayed { .. } => {
                self.chosen += 1;
            }
            Prompt::Played { .. } => self.heard += 1,
            Prompt::Skipped { .. } => self.skipped += 1,
            Prompt::Liked { target: Target::Track(_) } => self.liked += 1,
            Prompt::Disliked { target: Target::Track(_) } => self.disliked += 1,
            _ => {}
        }
    }

    /// Whether anything happened with the track.
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }

    /// How likely the track was left for good, as far as the listener showed later. *Range*: 0 to 1.
    pub fn left_for_good(&self) -> f32 {
        let against = SKIPPED * self.skipped as f32 + DISLIKED * self.disliked as f32;
        let pro = HEARD * self.heard as f32 + CHOSEN * self.chosen as f32 + LIKED * self.liked as f32;
        (against + BELIEF * BELIEF_WEIGHT) / (against + pro + BELIEF_WEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_was_not_left_for_good() {
        let nothing = Aftermath::default();
        let asked = Aftermath { chosen: 1, ..nothing };
        let heard = Aftermath { heard: 1, ..nothing };
        let skipped = Aftermath { skipped: 2, ..nothing };
        let banned = Aftermath { disliked: 1, ..nothing };
        let order = [asked, heard, nothing, skipped].map(|after| after.left_for_good());
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{order:?}");
        assert!(banned.left_for_good() > nothing.left_for_good());
        assert!(!nothing.is_known() && asked.is_known());
    }
}
