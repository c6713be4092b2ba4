//! Which perspectives a listener answers to: a Bayesian linear model, updated by every outcome of a pick.
//!
//! The reward of a pick is a weighted sum of what the perspectives saw in it, plus noise; what is known of the weights
//! is a Gaussian.
//! Listeners stand in three tiers: everybody together, those of one segment, and the one. What a tier has seen is the
//! expectation of the tier below, and as firm as a few outcomes; so who has done nothing yet is taken for one of their
//! segment, and who has done much is taken for themselves.
//! For serving, weights are drawn from the Gaussian with the request's seed: what is not known yet is tried (Thompson
//! sampling).
//!
//! *Sources*: Gelman and others, "Bayesian data analysis", third edition, 2013, section 14.2 (the update) and chapter 5
//! (tiers); Russo and others, "A tutorial on Thompson sampling", 2018, section 5.

use crate::perspective::{PERSPECTIVE_COUNT, Views};

const COUNT: usize = PERSPECTIVE_COUNT;
/// The noise of one reward, as a variance: a pick may please or displease for reasons that no perspective sees.
const NOISE: f64 = 0.5;
/// How far a listener's weights lie from those of the tier above, as a standard deviation in reward per unit of view.
///
/// A judgement, not tuned.
const SPREAD: f64 = 0.25;
/// From how many outcomes on weights are drawn, and not only expected: chance is for who is partly known.
const DRAWN_FROM: u32 = 5;
/// Rewards run from −1 to 1, scores in log-odds: near even chances a probability moves a quarter as fast.
const LOG_ODDS_PER_REWARD: f64 = 2.0;
/// No weight may outweigh the ranker.
const WEIGHT_MAX: f64 = 0.6;

/// Sums of outcomes: all that the model needs of them, and what tiers add up.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Outcomes {
    products: [[f64; COUNT]; COUNT],
    rewards: [f64; COUNT],
    count: u32,
}

impl Outcomes {
    /// Takes in one outcome: what the perspectives saw, and the reward from −1 to 1.
    ///
    /// What is not finite is left out.
    pub fn observe(&mut self, views: &Views, reward: f32) {
        if !reward.is_finite() || views.iter().any(|view| !view.is_finite()) {
            return;
        }
        let reward = f64::from(reward.clamp(-1.0, 1.0));
        for (row, &a) in views.iter().enumerate() {
            self.rewards[row] += f64::from(a) * reward;
            for (column, &b) in views.iter().enumerate() {
                self.products[row][column] += f64::from(a) * f64::from(b);
            }
        }
        self.count += 1;
    }

    /// Adds what others have seen.
    pub fn add(&mut self, other: &Self) {
        for row in 0..COUNT {
            self.rewards[row] += other.rewards[row];
            for column in 0..COUNT {
                self.products[row][column] += other.products[row][column];
            }
        }
        self.count += other.count;
    }

    /// Takes away what is counted elsewhere already.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        for row in 0..COUNT {
            rest.rewards[row] -= other.rewards[row];
            for column in 0..COUNT {
                rest.products[row][column] -= other.products[row][column];
            }
        }
        rest.count = rest.count.saturating_sub(other.count);
        rest
    }

    /// How many outcomes.
    pub const fn count(&self) -> u32 {
        self.count
    }
}

/// What is known of a listener's weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    mean: [f64; COUNT],
    /// The lower triangle whose product with its transpose is the precision.
    root: [[f64; COUNT]; COUNT],
    count: u32,
}

impl Belief {
    /// What `own` outcomes say on top of those of everybody and of the segment.
    pub fn of(everybody: &Outcomes, segment: &Outcomes, own: &Outcomes) -> Self {
        let global = Self::update(&[0.0; COUNT], everybody);
        let segment = Self::update(&global.mean, segment);
        Self::update(&segment.mean, own)
    }

    fn update(expected: &[f64; COUNT], outcomes: &Outcomes) -> Self {
        let prior = 1.0 / (SPREAD * SPREAD);
        let mut precision = outcomes.products.map(|row| row.map(|product| product / NOISE));
        for (place, row) in precision.iter_mut().enumerate() {
            row[place] += prior;
        }
        let shift = std::array::from_fn(|place| outcomes.rewards[place] / NOISE + prior * expected[place]);
        let root = cholesky(&precision);
        Self { mean: solve_transposed(&root, &solve(&root, &shift)), root, count: outcomes.count }
    }

    /// The expected weights, in reward per unit of view.
    pub fn mean(&self) -> Views {
        self.mean.map(|weight| weight as f32)
    }

    /// How many of the listener's own outcomes it rests on.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The weights to rank by, in log-odds per unit of view: drawn by `chance`, which gives even numbers from 0 to 1,
    /// or as expected as long as hardly anything is known.
    pub fn weights(&self, mut chance: impl FnMut(u64) -> f32) -> Views {
        let mut weights = self.mean;
        if self.count >= DRAWN_FROM {
            let mut normal = [0.0; COUNT];
            for (place, cell) in normal.iter_mut().enumerate() {
                let salt = 2 * place as u64;
                *cell = standard_normal(chance(salt), chance(salt + 1));
            }
            let drawn = solve_transposed(&self.root, &normal);
            weights.iter_mut().zip(drawn).for_each(|(weight, step)| *weight += step);
        }
        weights.map(|weight| (LOG_ODDS_PER_REWARD * weight).clamp(-WEIGHT_MAX, WEIGHT_MAX) as f32)
    }
}

/// A standard normal number from two even ones (Box and Muller, 1958).
fn standard_normal(a: f32, b: f32) -> f64 {
    let radius = (-2.0 * f64::from(a).max(1e-9).ln()).sqrt();
    radius * (std::f64::consts::TAU * f64::from(b)).cos()
}

/// The lower triangle of a symmetric matrix that is positive definite, as the prior makes sure.
fn cholesky(matrix: &[[f64; COUNT]; COUNT]) -> [[f64; COUNT]; COUNT] {
    let mut root = [[0.0; COUNT]; COUNT];
    for row in 0..COUNT {
        for column in 0..=row {
            let known: f64 = (0..column).map(|place| root[row][place] * root[column][place]).sum();
            let left = matrix[row][column] - known;
            root[row][column] = if row == column { left.sqrt() } else { left / root[column][column] };
        }
    }
    root
}

fn solve(root: &[[f64; COUNT]; COUNT], right: &[f64; COUNT]) -> [f64; COUNT] {
    let mut solution = [0.0; COUNT];
    for row in 0..COUNT {
        let known: f64 = (0..row).map(|place| root[row][place] * solution[place]).sum();
        solution[row] = (right[row] - known) / root[row][row];
    }
    solution
}

fn solve_transposed(root: &[[f64; COUNT]; COUNT], right: &[f64; COUNT]) -> [f64; COUNT] {
    let mut solution = [0.0; COUNT];
    for row in (0..COUNT).rev() {
        let known: f64 = (row + 1..COUNT).map(|place| root[place][row] * solution[place]).sum();
        solution[row] = (right[row] - known) / root[row][row];
    }
    solution
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::perspective::PERSPECTIVES;
    use crate::pipeline::recommend;
    use crate::query::{Answer, Query, Request};
    use crate::runner::Inline;

    fn place(name: &str) -> usize {
        PERSPECTIVES.iter().position(|perspective| perspective.name == name).unwrap()
    }

    /// Even numbers from 0 to 1 that look drawn and are not.
    fn noise(index: u64) -> f32 {
        let mut x = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((x ^ (x >> 29)) >> 40) as f32 / (1 << 24) as f32
    }

    /// Fifty outcomes of a listener who goes by `likes` and sometimes does otherwise: slate after slate is made from what
    /// is known by then, and five picks of each are answered.
    fn after_fifty_events(likes: &str, salt: u64) -> (Belief, f32, f32) {
        let snapshot = snapshot();
        let plain = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let nobody = Outcomes::default();
        let mut own = Outcomes::default();
        let mut liked = Vec::new();
        for round in 0..10_u64 {
            let mut view = crate::listener::ListenerView::of(
                Arc::clone(&plain.listener.profile),
                &snapshot,
                plain.request.now,
            );
            view.belief = Some(Belief::of(&nobody, &nobody, &own));
            let request = Request { random_seed: round * 1_000 + salt, ..plain.request.clone() };
            let query = Arc::new(Query::new(request, Arc::new(view), &snapshot));
            let slate = recommend(&query, &snapshot, &Inline);
            assert_eq!(slate.views.len(), slate.picks.len());
            for pick in &slate.picks {
                let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
                assert!((sum - pick.score).abs() < 1e-4, "{sum} against {}", pick.score);
            }
            let seen = slate.views.iter().map(|views| views[place(likes)]);
            liked.push(seen.take(10).sum::<f32>() / 10.0);
            for (nth, views) in slate.views.iter().step_by(3).take(5).enumerate() {
                let doubt = 0.8 * (noise(salt + round * 10 + nth as u64) - 0.5);
                let reward = if views[place(likes)] + doubt > 0.0 { 1.0 } else { -1.0 };
                own.observe(views, reward);
            }
        }
        assert_eq!(own.count(), 50);
        (Belief::of(&nobody, &nobody, &own), liked[0], liked[9])
    }

    #[test]
    fn who_answers_to_sound_more_than_to_popularity_is_found_within_fifty_events() {
        let (mut by_sound, mut by_fame) = (0, 0);
        for salt in 0..10 {
            let (belief, first, last) = after_fifty_events("mood_fit", salt * 77);
            let mean = belief.mean();
            by_sound += i32::from(mean[place("mood_fit")] > mean[place("momentum")] + 0.1);
            assert!(last >= first - 0.1, "the slates turn away from the sound: {first} to {last}");
            let (belief, ..) = after_fifty_events("momentum", salt * 77);
            let mean = belief.mean();
            by_fame += i32::from(mean[place("momentum")] > mean[place("mood_fit")] + 0.1);
        }
        assert!(by_sound >= 9 && by_fame >= 9, "{by_sound} and {by_fame} of 10 are found");
    }

    #[test]
    fn who_has_done_nothing_is_taken_for_their_segment_and_later_for_themselves() {
        let mut view = [0.0; COUNT];
        view[2] = 1.0;
        let repeated = |reward: f32, times: u32| {
            let mut outcomes = Outcomes::default();
            (0..times).for_each(|_| outcomes.observe(&view, reward));
            outcomes
        };
        let weight = |everybody: &Outcomes, segment: &Outcomes, own: &Outcomes| {
            Belief::of(everybody, segment, own).mean()[2]
        };
        let (none, all, few) = (Outcomes::default(), repeated(-0.5, 1_000), repeated(0.5, 40));
        assert_eq!(weight(&none, &none, &none), 0.0);
        assert!(weight(&all, &none, &none) < -0.4, "as everybody");
        assert!(weight(&all, &few, &none) > 0.2, "as the segment");
        let own = repeated(-1.0, 60);
        assert!(weight(&all, &few, &own) < -0.5, "as themselves");
        let mut together = all.clone();
        together.add(&few);
        assert!((weight(&together.without(&few), &none, &none) - weight(&all, &none, &none)).abs() < 1e-6);
    }

    #[test]
    fn weights_are_drawn_once_something_is_known_and_less_widely_the_more_is() {
        let spread = |times: u32| {
            let mut outcomes = Outcomes::default();
            for index in 0..times {
                let view =
                    std::array::from_fn(|place| 2.0 * noise(u64::from(index) * 7 + place as u64) - 1.0);
                outcomes.observe(&view, 0.1);
            }
            let belief = Belief::of(&Outcomes::default(), &Outcomes::default(), &outcomes);
            let drawn: Vec<f32> =
                (0..50_u64).map(|seed| belief.weights(|salt| noise(seed * 100 + salt))[0]).collect();
            let mean = drawn.iter().sum::<f32>() / 50.0;
            drawn.iter().map(|weight| (weight - mean).abs()).sum::<f32>() / 50.0
        };
        assert_eq!(spread(0), 0.0);
        assert!(spread(10) > 0.1 && spread(1_000) < 0.5 * spread(10), "{} {}", spread(10), spread(1_000));
    }

    #[test]
    fn broken_numbers_are_left_out() {
        let mut outcomes = Outcomes::default();
        outcomes.observe(&[f32::NAN; COUNT], 1.0);
        outcomes.observe(&[1.0; COUNT], f32::INFINITY);
        assert_eq!(outcomes, Outcomes::default());
        outcomes.observe(&[1.0; COUNT], 9.0);
        let belief = Belief::of(&Outcomes::default(), &Outcomes::default(), &outcomes);
        assert!(belief.mean().iter().all(|weight| (0.0..1.0).contains(weight)));
    }
}
