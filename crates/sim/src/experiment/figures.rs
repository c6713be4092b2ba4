//! What is measured in an experiment, week by week and over all weeks.

use learn::metrics::gini;
use music::{Id as _, ListenerId, Surface, TrackId, UnixMillis};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::behaviour::{Lives, SimEvent};
use crate::enjoyment::Moment;
use crate::space::{AXIS_COUNT, Point};
use crate::world::World;

/// Tracks heard out in a week below which a listener's spread says nothing.
const HEARD_MIN: u32 = 10;
/// Tracks by which a listener's true taste in styles is measured, at most.
const TASTE_SAMPLE: usize = 2_000;

/// What the listeners had of some weeks.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Figures {
    /// Tracks that came up.
    pub heard_count: u64,
    /// How much they were enjoyed, by the hidden truth, skipped ones included. *Range*: 0 to 1.
    pub satisfaction: f64,
    /// The share of them that was skipped. *Range*: 0 to 1.
    pub skip_share: f64,
    /// Of the tracks that were heard out, the share that had never come up for the listener before. *Range*: 0 to 1.
    pub discovery_share: f64,
    /// How much tracks were enjoyed that came up for the first time. *Range*: 0 to 1.
    pub discovery_satisfaction: f64,
    /// How near to each other lies what a listener hears out, averaged over listeners: the mean cosine of the tracks with
    /// their centre of gravity, in the hidden space. *Range*: 0, everything, to 1, always the same.
    ///
    /// *Source*: Anderson, Maystre, Anderson, Mehrotra, Lalmas, "Algorithmic Effects on the Diversity of Consumption on
    /// Spotify", 2020 (the generalist–specialist score).
    pub generalist_specialist: f64,
    /// How unevenly the artists are heard: the Gini coefficient of the plays over all artists. *Range*: 0 to 1.
    pub artist_gini: f64,
    /// How far the styles that a listener hears out lie from those the listener truly enjoyed when the experiment began,
    /// averaged over listeners: the Jensen–Shannon divergence in bits. *Range*: 0, the same, to 1, nothing in common.
    ///
    /// *Source* of the measure: Lin, "Divergence Measures Based on the Shannon Entropy", 1991.
    pub drift: f64,
}

/// Writes down what is heard.
pub(super) struct Recorder<'a> {
    world: &'a World,
    /// Where each track lies as seen from the middle of all music, of length 1.
    directions: Vec<[f32; AXIS_COUNT]>,
    /// How a listener's true taste is spread over the styles.
    tastes: Vec<Vec<f32>>,
    known: Vec<FxHashSet<TrackId>>,
    week: Tally,
    whole: Tally,
    weeks: Vec<Figures>,
}

/// Sums over some time.
#[derive(Clone)]
struct Tally {
    heard_count: u64,
    skip_count: u64,
    satisfaction: f64,
    first_count: u64,
    first_heard_out_count: u64,
    first_satisfaction: f64,
    artists: Vec<u32>,
    listeners: Vec<Share>,
}

/// What one listener had of it.
#[derive(Clone, Default)]
struct Share {
    heard_count: u32,
    satisfaction: f64,
    heard_out_count: u32,
    direction: [f32; AXIS_COUNT],
    styles: Vec<f32>,
}

impl<'a> Recorder<'a> {
    /// Begins to write at `at`; what was heard before is known.
    pub(super) fn new(world: &'a World, lives: &Lives<'_>, at: UnixMillis) -> Self {
        let centres = world.tracks().iter().map(|track| &track.centre);
        let middle = Point::mean(centres).unwrap_or_default();
        let directions = world.tracks().iter().map(|track| direction(&middle.to(&track.centre))).collect();
        let listeners = world.listeners();
        let tastes = listeners.par_iter().map(|who| taste(world, lives, who.id, at)).collect();
        let known = listeners.iter().map(|who| lives.past(who.id).tracks().collect()).collect();
        let (week, whole) = (Tally::new(world), Tally::new(world));
        Self { world, directions, tastes, known, week, whole, weeks: Vec::new() }
    }

    /// Writes down what an event says about enjoyment, if it does.
    pub(super) fn note(&mut self, sim: &SimEvent) {
        let (Some(track), Some(satisfaction)) = (sim.event.prompt.track(), sim.satisfaction) else { return };
        let row = sim.event.listener.row();
        let is_first = self.known[row].insert(track);
        let truth = self.world.track(track);
        for tally in [&mut self.week, &mut self.whole] {
            let satisfaction = f64::from(satisfaction);
            tally.heard_count += 1;
            tally.satisfaction += satisfaction;
            tally.skip_count += u64::from(sim.truth.is_some());
            tally.artists[truth.artist.row()] += 1;
            let share = &mut tally.listeners[row];
            share.heard_count += 1;
            share.satisfaction += satisfaction;
            if is_first {
                tally.first_count += 1;
                tally.first_satisfaction += satisfaction;
            }
            if sim.truth.is_none() {
                tally.first_heard_out_count += u64::from(is_first);
                share.heard_out_count += 1;
                share.styles[truth.style] += 1.0;
                for (sum, step) in share.direction.iter_mut().zip(&self.directions[track.row()]) {
                    *sum += step;
                }
            }
        }
    }

    /// Closes a week.
    pub(super) fn end_week(&mut self) {
        let week = std::mem::replace(&mut self.week, Tally::new(self.world));
        self.weeks.push(week.figures(&self.tastes));
    }

    /// Week by week, over all of them, and the mean satisfaction of each listener.
    pub(super) fn finish(self) -> (Vec<Figures>, Figures, Vec<Option<f64>>) {
        let mean = |share: &Share| {
            (share.heard_count > 0).then(|| share.satisfaction / f64::from(share.heard_count))
        };
        let by_listener = self.whole.listeners.iter().map(mean).collect();
        (self.weeks, self.whole.figures(&self.tastes), by_listener)
    }
}

impl Tally {
    fn new(world: &World) -> Self {
        let share = Share { styles: vec![0.0; world.styles().len()], ..Share::default() };
        Self {
            heard_count: 0,
            skip_count: 0,
            satisfaction: 0.0,
            first_count: 0,
            first_heard_out_count: 0,
            first_satisfaction: 0.0,
            artists: vec![0; world.catalogue().artists().len()],
            listeners: vec![share; world.listeners().len()],
        }
    }

    fn figures(&self, tastes: &[Vec<f32>]) -> Figures {
        let of = |part: f64, whole: u64| if whole == 0 { 0.0 } else { part / whole as f64 };
        let heard_out = self.heard_count - self.skip_count;
        let telling = || {
            let pairs = self.listeners.iter().zip(tastes);
            pairs.filter(|(share, _)| share.heard_out_count >= HEARD_MIN)
        };
        let count = telling().count() as u64;
        Figures {
            heard_count: self.heard_count,
            satisfaction: of(self.satisfaction, self.heard_count),
            skip_share: of(self.skip_count as f64, self.heard_count),
            discovery_share: of(self.first_heard_out_count as f64, heard_out),
            discovery_satisfaction: of(self.first_satisfaction, self.first_count),
            generalist_specialist: of(telling().map(|(share, _)| share.concentration()).sum(), count),
            artist_gini: gini(&self.artists),
            drift: of(telling().map(|(share, taste)| divergence(&share.styles, taste)).sum(), count),
        }
    }
}

impl Share {
    /// The mean cosine of unit vectors with their sum is the length of their mean.
    fn concentration(&self) -> f64 {
        let squares: f32 = self.direction.iter().map(|sum| sum * sum).sum();
        f64::from(squares.sqrt()) / f64::from(self.heard_out_count)
    }
}

fn direction(step: &Point) -> [f32; AXIS_COUNT] {
    let length = step.0.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    step.0.map(|x| x / length)
}

/// How what a listener truly enjoys at `at` is spread over the styles: the cube of the satisfaction, so that what is
/// loved counts and the mass of what is merely borne does not.
fn taste(world: &World, lives: &Lives<'_>, listener: ListenerId, at: UnixMillis) -> Vec<f32> {
    let past = lives.past(listener);
    let out_count = world.tracks().partition_point(|track| track.released <= at);
    let mut shares = vec![0.0; world.styles().len()];
    for row in (0..out_count).step_by(out_count.div_ceil(TASTE_SAMPLE).max(1)) {
        let track = TrackId::from_row(row as u32);
        for (index, persona) in world.listener(listener).personas.iter().enumerate() {
            let moment = Moment { at, persona: Some(index), surface: Surface::Mix };
            let satisfaction = world.satisfaction(listener, track, &moment, past);
            shares[world.track(track).style] += persona.weight * satisfaction.powi(3);
        }
    }
    shares
}

/// The Jensen–Shannon divergence of two distributions in bits; they need not add up to 1.
fn divergence(a: &[f32], b: &[f32]) -> f64 {
    let sum = |values: &[f32]| f64::from(values.iter().sum::<f32>()).max(f64::MIN_POSITIVE);
    let (total_a, total_b) = (sum(a), sum(b));
    let term = |p: f64, m: f64| if p > 0.0 { p * (p / m).log2() } else { 0.0 };
    a.iter()
        .zip(b)
        .map(|(&a, &b)| {
            let (p, q) = (f64::from(a) / total_a, f64::from(b) / total_b);
            let m = 0.5 * (p + q);
            0.5 * (term(p, m) + term(q, m))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divergence_is_nought_for_the_same_and_one_for_the_foreign() {
        assert_eq!(divergence(&[1.0, 3.0], &[2.0, 6.0]), 0.0);
        assert!((divergence(&[1.0, 0.0], &[0.0, 5.0]) - 1.0).abs() < 1e-12);
        // ½·log₂(4/3) + ½·(½·log₂(2/3) + ½·log₂ 2), by hand.
        assert!((divergence(&[2.0, 0.0], &[1.0, 1.0]) - 0.311_278).abs() < 1e-6);
    }

    #[test]
    fn concentration_tells_specialists_from_generalists() {
        let share = |directions: &[[f32; 2]]| {
            let mut share = Share { heard_out_count: directions.len() as u32, ..Share::default() };
            for direction in directions {
                share.direction[0] += direction[0];
                share.direction[1] += direction[1];
            }
            share.concentration()
        };
        assert_eq!(share(&[[1.0, 0.0], [1.0, 0.0]]), 1.0);
        assert_eq!(share(&[[1.0, 0.0], [-1.0, 0.0]]), 0.0);
        assert!((share(&[[1.0, 0.0], [0.0, 1.0]]) - 0.5_f64.sqrt()).abs() < 1e-6);
    }
}
