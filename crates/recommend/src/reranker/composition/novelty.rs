//! Novelty: a slate has as much that is new as the listener seeks by themselves.
//!
//! What is known best is also what is surest to be enjoyed, so that a ranker left alone brings ever less that is new.
//! How much a listener wants of it shows in what they choose when nobody recommends anything; see [`taste::adventure`].

use music::Target;
use taste::adventure::USUAL_SHARE;

use super::{Aspect, Because};
use crate::query::{Aim, Answer, Query};
use crate::reranker::Ranked;

/// A slate begins as if it had so many picks with the wanted share; a judgement.
const PICKS_BEFORE: f32 = 2.0;
/// The slider of adventure at its end multiplies the odds of what is new by e to this; a judgement.
const SLIDER: f32 = 2.0;

/// The shares of what is new and what is known.
#[derive(Debug)]
pub(super) struct Novelty {
    strength: f32,
    /// Whether each candidate is new to the listener.
    is_new: Vec<bool>,
    /// The share wanted of what is known, and of what is new.
    wanted: [f32; 2],
    so_far: [f32; 2],
}

impl Novelty {
    /// The aspect where the mix wants it; a mix of new music alone has nothing to weigh up.
    pub(super) fn of(strength: f32, query: &Query, pool: &[Ranked]) -> Option<Self> {
        let request = &query.request;
        let is_mixed = request.mix.aim == Aim::Enjoy && request.answer == Answer::Tracks;
        let is_mixed = is_mixed && !query.is_seeded && !request.is_shared;
        if !(strength > 0.0 && is_mixed) {
            return None;
        }
        let known = query.listener.profile.adventure().share(request.now);
        // Of somebody who has shown nothing and asks for nothing it is not known what they seek.
        let asks = request.sliders.adventurous != 0.0;
        let sought = known.or(asks.then_some(USUAL_SHARE))?.clamp(0.02, 0.98);
        let odds = sought / (1.0 - sought) * (SLIDER * request.sliders.adventurous).exp();
        let new = odds / (1.0 + odds);
        let wanted = [1.0 - new, new];
        let is_new = |ranked: &Ranked| match ranked.target {
            Target::Track(track) => !query.listener.has_heard(track),
            _ => false,
        };
        let so_far = wanted.map(|share| share * PICKS_BEFORE);
        let is_new: Vec<bool> = pool.iter().map(is_new).collect();
        // Where there is but one kind there is nothing to choose.
        is_new.windows(2).any(|pair| pair[0] != pair[1]).then_some(Self { strength, is_new, wanted, so_far })
    }

    /// What is known gains, and what is new.
    fn gains(&self) -> [f32; 2] {
        let picks: f32 = self.so_far.iter().sum();
        [0, 1].map(|side| self.strength * (self.wanted[side] * picks / self.so_far[side]).ln())
    }
}

impl Aspect for Novelty {
    fn name(&self) -> &'static str {
        "novelty"
    }

    fn gain(&self, index: usize) -> f32 {
        self.gains()[usize::from(self.is_new[index])]
    }

    fn add_gains(&self, worth: &mut [f32]) {
        let gains = self.gains();
        worth.iter_mut().zip(&self.is_new).for_each(|(worth, &is_new)| *worth += gains[usize::from(is_new)]);
    }

    fn because(&self, index: usize) -> Because {
        if self.is_new[index] { Because::New } else { Because::Known }
    }

    fn take(&mut self, index: usize) {
        self.so_far[usize::from(self.is_new[index])] += 1.0;
    }
}
