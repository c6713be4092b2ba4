//! One self of a listener: what it likes, and when it is awake.

use music::UnixMillis;
use rand::{Rng, RngExt as _};

use crate::chance::{happens, log_normal, normal, weighted_index};
use crate::listener::Temper;
use crate::mood::{bent_towards, mismatch};
use crate::occasion::Occasion;
use crate::space::{AXIS_COUNT, Point};
use crate::style::{ROOT_COUNT, Style};

/// One self of a listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// When it listens, and what for.
    pub occasion: Occasion,
    /// How much it listens, against the other personas.
    pub weight: f32,
    /// The row of the style it is most at home in.
    pub home_style: usize,
    /// The middle of its taste when the simulated days begin.
    pub centre: Point,
    /// Where that moves in 100 days.
    pub drift: Point,
    /// How far from the middle music may lie: about 0.7 for a narrow taste, 1.5 for a wide one.
    pub breadth: f32,
    /// How much each axis of the space matters; 1 on average.
    pub axis_weights: [f32; AXIS_COUNT],
    /// Likes and dislikes of styles as such, by row: 0 is neutral, 1 a plain liking.
    pub affinities: Box<[f32]>,
    /// How its listening is spread over the styles; adds up to 1.
    pub style_shares: Box<[f32]>,
}

impl Persona {
    /// Draws a persona beside those that are there already.
    pub(crate) fn draw(
        occasion: Occasion,
        others: &[Self],
        temper: &Temper,
        styles: &[Style],
        rng: &mut impl Rng,
    ) -> Self {
        let home_style = home_style(occasion, others, temper, styles, rng);
        let mut centre = styles[home_style].centre.near(rng, 0.28);
        if let Some(mood) = occasion.mood() {
            centre = bent_towards(mood, &centre, 0.3);
        }
        // Whoever looks for new things changes faster.
        let reach = 0.1 + 0.35 * temper.explorer;
        let drift = Point::default().near(rng, reach);
        let mut axis_weights: [f32; AXIS_COUNT] = std::array::from_fn(|_| log_normal(rng, 1.0, 0.35));
        let sum: f32 = axis_weights.iter().sum();
        axis_weights.iter_mut().for_each(|weight| *weight *= AXIS_COUNT as f32 / sum);
        let mut affinities: Box<[f32]> = styles.iter().map(|_| normal(rng, 0.0, 0.6)).collect();
        affinities[home_style] = 1.0 + 0.3 * rng.random::<f32>();
        let style_shares = style_shares(&centre, &affinities, styles);
        Self {
            occasion,
            weight: log_normal(rng, 1.0, 0.5),
            home_style,
            centre,
            drift,
            breadth: log_normal(rng, 0.85 + 0.35 * temper.explorer, 0.2),
            axis_weights,
            affinities,
            style_shares,
        }
    }

    /// The middle of its taste `days` after the simulation began.
    pub(crate) fn centre_after(&self, days: f32) -> Point {
        self.centre.plus(&self.drift, days / 100.0)
    }

    /// The middle of its taste at `at`, where the simulation began at `start`.
    pub fn centre_at(&self, at: UnixMillis, start: UnixMillis) -> Point {
        self.centre_after(at.days_since(start) as f32)
    }
}

/// A style that suits the occasion: popular for the mainstream, sometimes near to what another persona likes.
fn home_style(
    occasion: Occasion,
    others: &[Persona],
    temper: &Temper,
    styles: &[Style],
    rng: &mut impl Rng,
) -> usize {
    let akin = others.first().filter(|_| happens(rng, 0.3)).map(|other| styles[other.home_style].root);
    let weight = |(row, style): (usize, &Style)| {
        let is_taken = others.iter().any(|other| other.home_style == row);
        if row < ROOT_COUNT || is_taken || akin.is_some_and(|root| root != style.root) {
            return 0.0;
        }
        let fits = occasion.mood().map_or(1.0, |mood| (-1.2 * mismatch(mood, &style.centre)).exp());
        style.share.powf(0.3 + temper.mainstream) * fits
    };
    let weights: Vec<f32> = styles.iter().enumerate().map(weight).collect();
    weighted_index(rng, &weights).unwrap_or(ROOT_COUNT)
}

/// Near and liked styles get most of the listening.
fn style_shares(centre: &Point, affinities: &[f32], styles: &[Style]) -> Box<[f32]> {
    let mut shares: Box<[f32]> = styles
        .iter()
        .zip(affinities)
        .enumerate()
        .map(|(row, (style, affinity))| match row {
            0..ROOT_COUNT => 0.0,
            _ => (affinity - style.centre.squared_distance(centre) / 2.0).exp(),
        })
        .collect();
    let sum: f32 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum.max(f32::MIN_POSITIVE));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::listeners;
    use crate::params::WorldParams;
    use crate::space::Axis;
    use crate::style::styles;

    #[test]
    fn personas_suit_their_occasion() {
        let params = WorldParams { listener_count: 1_000, ..WorldParams::default() };
        let listeners = listeners(&params, &styles(params.seed));
        let energy = |occasion| {
            let personas = listeners.iter().flat_map(|listener| &listener.personas);
            let energies: Vec<f32> =
                personas.filter(|p| p.occasion == occasion).map(|p| p.centre.on(Axis::Energy)).collect();
            energies.iter().sum::<f32>() / energies.len() as f32
        };
        assert!(energy(Occasion::Workout) > 0.6);
        assert!(energy(Occasion::Sleep) < -0.6);
        assert!(energy(Occasion::Night) > energy(Occasion::Morning) + 0.8);
    }

    #[test]
    fn tastes_drift_and_those_of_explorers_drift_further() {
        let params = WorldParams { listener_count: 500, ..WorldParams::default() };
        let listeners = listeners(&params, &styles(params.seed));
        let drift = |range: std::ops::Range<f32>| {
            let who = listeners.iter().filter(|listener| range.contains(&listener.temper.explorer));
            let drifts: Vec<f32> = who
                .flat_map(|listener| &listener.personas)
                .map(|persona| {
                    persona.centre.squared_distance(&persona.centre_at(params.end(), params.start))
                })
                .collect();
            drifts.iter().sum::<f32>() / drifts.len() as f32
        };
        assert!(drift(0.0..0.3) > 0.05);
        assert!(drift(0.7..1.0) > 2.0 * drift(0.0..0.3));
    }

    #[test]
    fn the_home_style_gets_a_large_share() {
        let params = WorldParams::default();
        for listener in listeners(&params, &styles(params.seed)) {
            for persona in &listener.personas {
                assert!((persona.style_shares.iter().sum::<f32>() - 1.0).abs() < 1e-3);
                assert!(persona.style_shares[persona.home_style] > 0.05);
            }
        }
    }
}
