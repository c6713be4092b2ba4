//! Which arm answers a request.

use learn::arm::arm;
use music::{ListenerId, Trial};
use recommend::{Answer, Sliders};

use super::declared::{Arm, Experiment, Experiments, Kind};
use crate::serve::Ask;

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assigned<'a> {
    /// No experiment is about it.
    Nobody,
    /// The arm that the listener is in.
    One(&'a Experiment, &'a Arm),
    /// Two arms take turns.
    Both(&'a Experiment, [&'a Arm; 2]),
}

impl Experiments {
    /// Who answers `ask`.
    ///
    /// An experiment is about a slate of tracks for one listener who asks for nothing special: whoever moves a slider gets
    /// what was asked for.
    pub fn assigned(&self, ask: &Ask) -> Assigned<'_> {
        let is_plain = ask.answer == Answer::Tracks
            && ask.sliders == Sliders::default()
            && ask.without.is_none()
            && ask.with.is_empty()
            && ask.suppose.is_empty();
        let about = |experiment: &&Experiment| experiment.mixes.contains(&ask.mix.name);
        match self.iter().find(about).filter(|_| is_plain) {
            None => Assigned::Nobody,
            Some(experiment) => experiment.assigned(ask.listener),
        }
    }
}

impl Experiment {
    fn assigned(&self, listener: ListenerId) -> Assigned<'_> {
        match (self.kind, &self.arms[..]) {
            (Kind::Interleaved, [first, second]) => Assigned::Both(self, [first, second]),
            (_, arms) => {
                let shares: Vec<f64> = arms.iter().map(|arm| arm.share).collect();
                let index = arm(&self.name, u64::from(listener.get()), &shares);
                Assigned::One(self, &arms[index.expect("shares are checked when they are read")])
            }
        }
    }

    /// What stands with the impression of a slate of one arm.
    pub fn trial(&self, arm: &Arm) -> Trial {
        Trial { experiment: self.name.clone(), arms: vec![arm.name.clone()], teams: Vec::new() }
    }
}

impl Arm {
    /// The same request, answered as this arm does.
    pub fn applied(&self, ask: Ask) -> Ask {
        Ask { without: self.without, sliders: self.sliders, ..ask }
    }
}
