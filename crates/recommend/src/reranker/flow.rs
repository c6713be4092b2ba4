//! Flow: neighbours in a slate follow each other well in tempo, key and energy.
//!
//! What stands in the slate is settled by now; only the order changes, and no pick moves far from its place.

use music::{Sound, SoundFeature, Target};

use super::artist_spacing::origins;
use super::{Ranked, Reranker};
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// Swaps picks where that makes the course more even.
#[derive(Debug)]
pub(super) struct Flow;

/// Places that a pick moves at most.
const MOVE_MAX: usize = 4;
/// Passes over the slate at most; each swap makes the whole better, so it ends by itself mostly after two or three.
const PASS_MAX: usize = 6;
/// What a move by one place costs, where an even course counts 1; a judgement.
const MOVE_COST: f32 = 0.02;

impl Reranker for Flow {
    fn name(&self) -> &'static str {
        "flow"
    }

    fn rerank(
        &self,
        query: &Query,
        snapshot: &Snapshot,
        _: &[Ranked],
        mut slate: Vec<Ranked>,
    ) -> Vec<Ranked> {
        let mix = query.request.mix;
        if mix.flow <= 0.0 || query.request.answer != Answer::Tracks || slate.len() < 3 {
            return slate;
        }
        let mut order: Vec<usize> = (0..slate.len()).collect();
        let course = Course::of(snapshot, &slate, mix.flow, mix.artist_gap);
        for _ in 0..PASS_MAX {
            if !course.improve(&mut order) {
                break;
            }
        }
        let mut places: Vec<Option<Ranked>> = slate.drain(..).map(Some).collect();
        order.into_iter().filter_map(|index| places[index].take()).collect()
    }
}

/// How well an order goes.
struct Course<'a> {
    snapshot: &'a Snapshot,
    slate: &'a [Ranked],
    strength: f32,
    artist_gap: usize,
    /// How rough it is when one pick follows another. *Shape*: `[picks, picks]`.
    transitions: Vec<f32>,
}

impl<'a> Course<'a> {
    fn of(snapshot: &'a Snapshot, slate: &'a [Ranked], strength: f32, artist_gap: usize) -> Self {
        let feel = |ranked: &Ranked| match ranked.target {
            Target::Track(track) => Feel::of(snapshot.catalogue.track(track)?.sound.as_deref()),
            _ => None,
        };
        let feels: Vec<Option<Feel>> = slate.iter().map(feel).collect();
        let mut transitions = Vec::with_capacity(slate.len() * slate.len());
        for &from in &feels {
            transitions.extend(feels.iter().map(|&to| roughness(from, to)));
        }
        Self { snapshot, slate, strength, artist_gap, transitions }
    }

    /// Makes every swap that helps once; tells whether there was any.
    ///
    /// The first pick stays where it is: it is what the slate is opened for.
    fn improve(&self, order: &mut [usize]) -> bool {
        let mut any = false;
        for a in 1..order.len() {
            for b in a + 1..(a + MOVE_MAX + 1).min(order.len()) {
                let before = self.cost_around(order, a, b);
                order.swap(a, b);
                let moves_far = order[a].abs_diff(a).max(order[b].abs_diff(b)) > MOVE_MAX;
                if moves_far || self.cost_around(order, a, b) >= before - 1e-6 || !self.is_spaced(order, a, b)
                {
                    order.swap(a, b);
                } else {
                    any = true;
                }
            }
        }
        any
    }

    /// What the transitions into and out of two places cost, and how far their picks were moved.
    fn cost_around(&self, order: &[usize], a: usize, b: usize) -> f32 {
        let into = |place: usize| {
            if place == 0 || place >= order.len() {
                0.0
            } else {
                self.transition(order[place - 1], order[place])
            }
        };
        let moved = |place: usize| MOVE_COST * order[place].abs_diff(place) as f32;
        let between = if b == a + 1 { 0.0 } else { into(a + 1) };
        self.strength * (into(a) + between + into(b) + into(b + 1)) + moved(a) + moved(b)
    }

    fn transition(&self, from: usize, to: usize) -> f32 {
        self.transitions[from * self.slate.len() + to]
    }

    /// Whether the picks at two places keep their distance from others of their artists and releases.
    fn is_spaced(&self, order: &[usize], a: usize, b: usize) -> bool {
        let of = |place: usize| origins(&self.snapshot.catalogue, self.slate[order[place]].target);
        [a, b].into_iter().all(|place| {
            let least = place.saturating_sub(self.artist_gap);
            let beyond = (place + self.artist_gap + 1).min(order.len());
            let shares = |other: usize| of(other).any(|theirs| of(place).any(|own| own == theirs));
            (least..beyond).all(|other| other == place || !shares(other))
        })
    }
}

/// What is felt where one track follows another, as far as it is known.
#[derive(Clone, Copy, Debug)]
struct Feel {
    /// The tempo as a power of two.
    octaves: Option<f32>,
    energy: Option<f32>,
    /// The place of the key on the circle of fifths.
    fifths: Option<u32>,
}

impl Feel {
    fn of(sound: Option<&Sound>) -> Option<Self> {
        let sound = sound?;
        let tempo = sound.get(SoundFeature::Tempo).filter(|tempo| *tempo > 0.0);
        let (octaves, energy) = (tempo.map(f32::log2), sound.get(SoundFeature::Energy));
        Some(Self { octaves, energy, fifths: fifths(sound) })
    }
}

/// How rough it is when one track follows another: 0 where nothing is felt or nothing is known.
///
/// *Range*: 0 to 1; the mean of what is known of tempo, key and energy. Tempi an octave apart are the same pulse, and
/// half an octave is as far as it gets; keys are as far apart as on the circle of fifths, minor keys standing with their
/// relative major.
fn roughness(from: Option<Feel>, to: Option<Feel>) -> f32 {
    let (Some(from), Some(to)) = (from, to) else { return 0.0 };
    let tempo = from.octaves.zip(to.octaves).map(|(a, b)| 2.0 * ((a - b) - (a - b).round()).abs());
    let energy = from.energy.zip(to.energy).map(|(a, b)| (a - b).abs());
    let key = from.fifths.zip(to.fifths).map(|(a, b)| {
        let steps = (a + 12 - b) % 12;
        steps.min(12 - steps) as f32 / 6.0
    });
    let known = [tempo, energy, key].into_iter().flatten();
    let (sum, count) = known.fold((0.0, 0.0), |(sum, count), part| (sum + part, count + 1.0_f32));
    sum / count.max(1.0)
}

/// The place of a key on the circle of fifths, 0 to 11, if it is known.
fn fifths(sound: &Sound) -> Option<u32> {
    let key = sound.get(SoundFeature::Key)? as u32;
    let mode = sound.get(SoundFeature::Mode)?;
    // The relative major of a minor key lies three semitones above.
    let major = if mode < 0.5 { key + 3 } else { key };
    Some(major * 7 % 12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::mix::Mix;

    fn transition(from: Option<&Sound>, to: Option<&Sound>) -> f32 {
        super::roughness(Feel::of(from), Feel::of(to))
    }

    fn sound(tempo: f32, key: f32, mode: f32, energy: f32) -> Sound {
        let mut sound = Sound::default();
        let values = [
            (SoundFeature::Tempo, tempo),
            (SoundFeature::Key, key),
            (SoundFeature::Mode, mode),
            (SoundFeature::Energy, energy),
        ];
        values.into_iter().for_each(|(feature, value)| sound.set(feature, value).unwrap());
        sound
    }

    #[test]
    fn near_keys_and_the_same_pulse_follow_smoothly() {
        let a_minor = sound(90.0, 9.0, 0.0, 0.5);
        // The relative major at twice the tempo is no step at all; the tritone at half an octave is as far as it gets.
        assert!(transition(Some(&a_minor), Some(&sound(180.0, 0.0, 1.0, 0.5))) < 1e-6);
        let c_major = sound(90.0, 0.0, 1.0, 0.0);
        let far = transition(Some(&c_major), Some(&sound(90.0 * 2.0_f32.sqrt(), 6.0, 1.0, 1.0)));
        assert!((far - 1.0).abs() < 1e-5, "{far}");
        let fifth = transition(Some(&c_major), Some(&sound(90.0, 7.0, 1.0, 0.0)));
        assert!((fifth - 1.0 / 18.0).abs() < 1e-6, "{fifth}");
        assert_eq!(transition(None, Some(&a_minor)), 0.0);
    }

    #[test]
    fn the_order_gets_smoother_and_nobody_moves_far() {
        let snapshot = snapshot();
        let query = query(&snapshot, &rock_lover(), "autoplay", Answer::Tracks, &[]);
        assert!(Mix::named("autoplay").unwrap().flow > 0.0);
        let with_sound = snapshot.catalogue.tracks().iter().filter(|track| track.sound.is_some());
        let slate: Vec<Ranked> = with_sound
            .step_by(7)
            .take(20)
            .enumerate()
            .map(|(row, track)| Ranked {
                target: Target::Track(track.id),
                row,
                score: -(row as f32),
                adjustments: Vec::new(),
                propensity: 1.0,
            })
            .collect();
        let roughness = |slate: &[Ranked]| {
            let sound = |ranked: &Ranked| match ranked.target {
                Target::Track(track) => snapshot.catalogue.track(track).unwrap().sound.as_deref(),
                _ => None,
            };
            slate.windows(2).map(|pair| transition(sound(&pair[0]), sound(&pair[1]))).sum::<f32>()
        };
        let smooth = Flow.rerank(&query, &snapshot, &[], slate.clone());
        assert!(roughness(&smooth) < 0.9 * roughness(&slate), "{} {}", roughness(&smooth), roughness(&slate));
        let mut rows: Vec<usize> = smooth.iter().map(|ranked| ranked.row).collect();
        assert!(rows.iter().enumerate().all(|(place, row)| place.abs_diff(*row) <= MOVE_MAX));
        assert_eq!(rows[0], 0);
        rows.sort_unstable();
        assert_eq!(rows, (0..slate.len()).collect::<Vec<_>>());
    }
}
