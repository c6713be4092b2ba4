//! How a request is answered where an experiment is about it; see [`crate::experiment`].

use std::sync::Arc;

use learn::interleaving::Team;
use music::{ListenerId, Target, UnixMillis};
use recommend::{Slate, Sliders, Why};

use super::arms::Footing;
use super::ask::Ask;
use super::service::{Made, Service, draw};
use crate::error::EngineError;
use crate::experiment::merged::{merged, of_team};
use crate::experiment::{Arm, Assigned, Experiment};

/// A slate with everything that must be remembered of it.
pub(super) struct Tried<'a> {
    pub(super) made: Made,
    /// Which part of it is to be remembered where; all of it, where no part is said.
    parts: Vec<(Footing<'a>, Option<Slate>)>,
}

impl Tried<'_> {
    /// Remembers what the listener was shown, so that their answers are told to whoever made it.
    pub(super) fn served(&self, listener: ListenerId, at: UnixMillis) {
        for (footing, part) in &self.parts {
            footing.listeners.served(listener, part.as_ref().unwrap_or(&self.made.slate), at);
        }
    }
}

impl Service {
    /// The slate of whoever answers `ask`.
    pub(super) async fn tried(self: &Arc<Self>, ask: Ask) -> Result<Tried<'_>, EngineError> {
        match self.arms().assigned(&ask) {
            Assigned::Nobody => {
                let footing = self.footing();
                let made = self.made(ask, &footing).await?;
                Ok(Tried { made, parts: vec![(footing, None)] })
            }
            Assigned::One(experiment, arm) => {
                let footing = self.footing_of(arm);
                let mut made = self.made(arm.applied(ask), &footing).await?;
                made.slate.trace.trial = Some(experiment.trial(arm));
                tell(arm, &mut made.slate);
                Ok(Tried { made, parts: vec![(footing, None)] })
            }
            Assigned::Both(experiment, arms) => self.interleaved(ask, experiment, arms).await,
        }
    }

    async fn interleaved<'a>(
        self: &'a Arc<Self>,
        ask: Ask,
        experiment: &Experiment,
        arms: [&Arm; 2],
    ) -> Result<Tried<'a>, EngineError> {
        let seed = self.chance(&ask)?;
        let footings = arms.map(|arm| self.footing_of(arm));
        let (Made { slate, now }, teams) = self.made_by_both(ask, experiment, arms, &footings, seed).await?;
        let parts = match std::ptr::eq(footings[0].listeners, footings[1].listeners) {
            true => footings.into_iter().take(1).map(|footing| (footing, None)).collect(),
            false => {
                let of = footings.into_iter().zip([Team::First, Team::Second]);
                of.map(|(footing, team)| {
                    let snapshot = footing.snapshot.name.clone();
                    (footing, Some(Slate { snapshot, ..of_team(&slate, &teams, team) }))
                })
                .collect()
            }
        };
        Ok(Tried { made: Made { slate, now }, parts })
    }

    /// The chance of a request that two arms answer, which is the same for both, so that they differ in nothing but what
    /// they are to differ in.
    fn chance(&self, ask: &Ask) -> Result<u64, EngineError> {
        match ask.random_seed {
            Some(seed) => Ok(seed),
            None => Ok(draw(self.engine().random())? as u64),
        }
    }

    /// The slate that two arms make together, and whose each place is.
    async fn made_by_both(
        self: &Arc<Self>,
        ask: Ask,
        experiment: &Experiment,
        arms: [&Arm; 2],
        footings: &[Footing<'_>; 2],
        seed: u64,
    ) -> Result<(Made, Vec<Team>), EngineError> {
        let ask = Ask { random_seed: Some(seed), ..ask };
        let first = self.made(arms[0].applied(ask.clone()), &footings[0]).await?;
        let second = self.made(arms[1].applied(ask), &footings[1]).await?;
        let (now, mut slates) = (first.now, [first.slate, second.slate]);
        arms.iter().zip(&mut slates).for_each(|(arm, slate)| tell(arm, slate));
        let (slate, teams) = merged(experiment, arms, slates, seed);
        Ok((Made { slate, now }, teams))
    }

    /// What became of `target` in a slate that two arms make together: it is picked where it got a place of that one.
    async fn why_by_both(
        self: &Arc<Self>,
        ask: Ask,
        experiment: &Experiment,
        arms: [&Arm; 2],
        target: Target,
    ) -> Result<Why, EngineError> {
        let seed = self.chance(&ask)?;
        let footings = arms.map(|arm| self.footing_of(arm));
        let (Made { slate, .. }, _) =
            self.made_by_both(ask.clone(), experiment, arms, &footings, seed).await?;
        let candidate_count = slate.trace.candidate_count;
        let place = slate.picks.iter().position(|pick| pick.what.target() == target);
        if let Some((place, pick)) =
            place.and_then(|place| slate.picks.into_iter().nth(place).map(|pick| (place, pick)))
        {
            return Ok(Why::Picked { place: place + 1, pick });
        }
        let ask = Ask { random_seed: Some(seed), ..ask };
        let first = self.why_by(arms[0], ask.clone(), target).await?;
        let second = self.why_by(arms[1], ask, target).await?;
        let is_told = |why: &Why| matches!(why, Why::Picked { .. } | Why::Outranked { .. });
        let why = if is_told(&second) && !is_told(&first) { second } else { first };
        Ok(match why {
            // One arm alone would have it; in turns its place went to what the other put first.
            Why::Picked { place, pick } => {
                Why::Outranked { rank: place, candidate_count, score_needed: None, pick }
            }
            why => why,
        })
    }

    /// What became of `target` in the answer to `ask`, of whoever gives it.
    pub(super) async fn tried_why(self: &Arc<Self>, ask: Ask, target: Target) -> Result<Why, EngineError> {
        match self.arms().assigned(&ask) {
            Assigned::Nobody => self.why_on(ask, &self.footing(), target).await,
            Assigned::One(_, arm) => self.why_by(arm, ask, target).await,
            Assigned::Both(experiment, arms) => self.why_by_both(ask, experiment, arms, target).await,
        }
    }

    async fn why_by(self: &Arc<Self>, arm: &Arm, ask: Ask, target: Target) -> Result<Why, EngineError> {
        let mut why = self.why_on(arm.applied(ask), &self.footing_of(arm), target).await?;
        if let Why::Picked { pick, .. } | Why::Outranked { pick, .. } = &mut why
            && arm.sliders != Sliders::default()
        {
            recommend::sliders::tell_as_tried(pick);
        }
        Ok(why)
    }

    fn footing_of(&self, arm: &Arm) -> Footing<'_> {
        self.arms().footing(arm).unwrap_or_else(|| self.footing())
    }
}

/// Nobody asked for what an arm does.
fn tell(arm: &Arm, slate: &mut Slate) {
    if arm.sliders != Sliders::default() {
        slate.picks.iter_mut().for_each(recommend::sliders::tell_as_tried);
    }
}
