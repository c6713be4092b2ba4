//! What became of the slates that this process served: which listener answers to which perspective.
//!
//! A slate is remembered with what each perspective saw in its picks. When the listener plays, skips, likes or dislikes
//! one of them, that is an outcome, and it counts with the next request.
//! All of it is derived state in memory. It is not in the log what perspectives saw, so after a restart, and on another
//! replica, it is learnt again from the slates to come; until then everybody is ranked as without it.

use std::collections::VecDeque;

use music::{Event, ListenerId, Prompt, SlateId, TagId, Target, UnixMillis};
use recommend::{Belief, Outcomes, Slate, Views};
use rustc_hash::FxHashMap;
use taste::TasteProfile;

use super::trials::Trials;

/// Slates that are remembered of each listener, the latest.
const SLATE_LIMIT: usize = 8;
/// Picks that are remembered of each, the first; further down hardly anybody looks.
const PICK_LIMIT: usize = 50;
/// A full play that was chosen is evidence of about a third (see `taste::signal`), and counts as a whole reward.
const REWARD_PER_EVIDENCE: f32 = 3.0;

/// The answers of all listeners, in the three tiers of [`Belief`].
#[derive(Debug, Default)]
pub(super) struct Answers {
    everybody: Outcomes,
    by_segment: FxHashMap<TagId, Outcomes>,
    by_listener: FxHashMap<ListenerId, Answering>,
    by_snapshot: Trials,
}

/// A slate as it was served.
#[derive(Debug)]
struct Served {
    slate: SlateId,
    snapshot: Box<str>,
    at: UnixMillis,
    /// Picks that were not answered yet.
    picks: Vec<(Target, Views)>,
}

/// One listener.
#[derive(Debug, Default)]
struct Answering {
    slates: VecDeque<Served>,
    own: Outcomes,
    /// What of `own` was counted for which segment.
    segment: Option<TagId>,
}

impl Answers {
    /// Remembers what was served.
    pub(super) fn served(&mut self, listener: ListenerId, slate: &Slate, at: UnixMillis) {
        if slate.views.is_empty() {
            return;
        }
        let targets = slate.picks.iter().map(|pick| pick.what.target());
        let picks = targets.zip(slate.views.iter().copied()).take(PICK_LIMIT).collect();
        let slates = &mut self.by_listener.entry(listener).or_default().slates;
        slates.push_back(Served { slate: slate.slate_id, snapshot: slate.snapshot.clone(), at, picks });
        if slates.len() > SLATE_LIMIT {
            slates.pop_front();
        }
    }

    /// Takes in what a listener has just done; `profile` has taken it in already.
    pub(super) fn observe(&mut self, event: &Event, profile: &TasteProfile) {
        let (Some(target), Some(reward)) = (event.prompt.target(), reward(event, profile)) else { return };
        let Some(answering) = self.by_listener.get_mut(&event.listener) else { return };
        let Some((views, snapshot)) = answering.take(target, event) else { return };
        self.by_snapshot.observe(&snapshot, reward);
        answering.own.observe(&views, reward);
        self.everybody.observe(&views, reward);
        if let Some(segment) = answering.segment {
            self.by_segment.entry(segment).or_default().observe(&views, reward);
        }
    }

    /// What is known of a listener whose music is mostly of `segment`; none where nobody has answered yet.
    pub(super) fn belief(&mut self, listener: ListenerId, segment: Option<TagId>) -> Option<Belief> {
        let nothing = Answering::default();
        if let Some(answering) = self.by_listener.get_mut(&listener).filter(|known| known.segment != segment)
        {
            // The listener's answers move to the new segment with them.
            if let Some(old) = answering.segment.and_then(|old| self.by_segment.get_mut(&old)) {
                *old = old.without(&answering.own);
            }
            if let Some(new) = segment {
                self.by_segment.entry(new).or_default().add(&answering.own);
            }
            answering.segment = segment;
        }
        if self.everybody.count() == 0 {
            return None;
        }
        let own = &self.by_listener.get(&listener).unwrap_or(&nothing).own;
        let everybody = self.everybody.without(own);
        let of_segment =
            segment.and_then(|segment| self.by_segment.get(&segment)).map(|all| all.without(own));
        Some(Belief::of(&everybody, &of_segment.unwrap_or_default(), own))
    }

    /// The snapshot that answered clearly better than `in_use` before it, if there is one.
    pub(super) fn better_than(&self, in_use: &str) -> Option<&str> {
        self.by_snapshot.better_than(in_use)
    }

    /// Remembers that a snapshot failed.
    pub(super) fn failed(&mut self, snapshot: &str) {
        self.by_snapshot.failed(snapshot);
    }

    /// Forgets a listener, in all tiers.
    pub(super) fn forget(&mut self, listener: ListenerId) {
        let Some(answering) = self.by_listener.remove(&listener) else { return };
        self.everybody = self.everybody.without(&answering.own);
        if let Some(all) = answering.segment.and_then(|segment| self.by_segment.get_mut(&segment)) {
            *all = all.without(&answering.own);
        }
    }
}

impl Answering {
    /// What was seen in `target` when it was shown, and from which snapshot: in the slate that the event names, else
    /// in the latest before it that held it. The first answer to a pick counts.
    fn take(&mut self, target: Target, event: &Event) -> Option<(Views, Box<str>)> {
        let is_meant = |served: &&mut Served| {
            served.at <= event.at && event.context.slate.is_none_or(|slate| slate == served.slate)
        };
        self.slates.iter_mut().rev().filter(is_meant).find_map(|served| {
            let place = served.picks.iter().position(|(shown, _)| *shown == target)?;
            Some((served.picks.swap_remove(place).1, served.snapshot.clone()))
        })
    }
}

/// How pleased the listener was, −1 to 1; none for what says nothing about it.
fn reward(event: &Event, profile: &TasteProfile) -> Option<f32> {
    match &event.prompt {
        Prompt::Liked { .. } => Some(1.0),
        Prompt::Disliked { .. } => Some(-1.0),
        Prompt::Played { track, .. } | Prompt::Replayed { track } | Prompt::Skipped { track, .. } => {
            let latest = profile.recent().rev().find(|recent| recent.track == *track)?;
            Some((REWARD_PER_EVIDENCE * latest.evidence).clamp(-1.0, 1.0))
        }
        _ => None,
    }
}
