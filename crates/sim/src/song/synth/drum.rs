//! Drums: sweeps, bursts of noise and rings of metal.

use std::collections::BTreeMap;
use std::f32::consts::TAU;

use rand::{Rng, RngExt as _};
use rand_chacha::ChaCha8Rng;

use crate::song::RATE_HZ;
use crate::song::arrangement::{Drum, Stroke};
use crate::song::style::Kit;

/// How many takes of each drum there are; no two strokes are the same.
const TAKE_COUNT: usize = 5;

/// All strokes in one channel.
pub(super) fn play(strokes: &[Stroke], kit: Kit, frames: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let mut takes: BTreeMap<usize, Vec<Vec<f32>>> = BTreeMap::new();
    let voice = Voice::new(kit, rng);
    let mut out = vec![0.0; frames];
    for stroke in strokes {
        let takes = takes
            .entry(stroke.drum as usize)
            .or_insert_with(|| (0..TAKE_COUNT).map(|_| voice.take(stroke.drum, rng)).collect());
        let take = &takes[rng.random_range(0..TAKE_COUNT)];
        let first = (stroke.time * f64::from(RATE_HZ)) as usize;
        // Loudness as the ear has it grows faster than velocity.
        let gain = stroke.velocity * stroke.velocity.sqrt();
        for (out, sample) in out.iter_mut().skip(first).zip(take) {
            *out += gain * sample;
        }
    }
    out
}

/// What the drums of this song have in common.
struct Voice {
    kick_hertz: f32,
    kick_seconds: f32,
    snare_hertz: f32,
    snare_seconds: f32,
    bright: f32,
    loud_hats: f32,
}

impl Voice {
    fn new(kit: Kit, rng: &mut impl Rng) -> Self {
        let electronic = kit == Kit::Electronic;
        Self {
            kick_hertz: rng.random_range(44.0..62.0),
            kick_seconds: if electronic { rng.random_range(0.18..0.4) } else { rng.random_range(0.1..0.2) },
            snare_hertz: rng.random_range(165.0..230.0),
            snare_seconds: rng.random_range(0.09..0.18),
            bright: rng.random_range(0.35..0.75),
            loud_hats: rng.random_range(0.1..0.24),
        }
    }

    /// One stroke at full velocity.
    fn take(&self, drum: Drum, rng: &mut impl Rng) -> Vec<f32> {
        let vary = rng.random_range(0.96..1.04);
        match drum {
            Drum::Kick => {
                let mut sound = sweep(self.kick_hertz * vary, 3.2, 0.022, self.kick_seconds, 1.0);
                mix(&mut sound, &noise(0.006, 0.6, 0.25, rng));
                sound
            }
            Drum::Snare => {
                let mut sound = sweep(self.snare_hertz * vary, 1.4, 0.02, 0.09, 0.45);
                mix(&mut sound, &noise(self.snare_seconds * vary, self.bright, 0.6, rng));
                sound
            }
            Drum::Clap => {
                let mut sound = noise(0.11 * vary, 0.45, 0.55, rng);
                for late in [0.009, 0.019] {
                    let burst = noise(0.012, 0.5, 0.5, rng);
                    let first = (late * RATE_HZ as f32) as usize;
                    for (sound, sample) in sound.iter_mut().skip(first).zip(burst) {
                        *sound += sample;
                    }
                }
                sound
            }
            Drum::Rim => {
                let mut sound = sweep(1650.0 * vary, 1.0, 0.01, 0.018, 0.5);
                mix(&mut sound, &noise(0.008, 0.8, 0.2, rng));
                sound
            }
            Drum::ClosedHat => noise(0.035 * vary, 0.92, self.loud_hats, rng),
            Drum::OpenHat => noise(0.22 * vary, 0.9, self.loud_hats, rng),
            Drum::Ride => {
                let mut sound = noise(0.25, 0.93, 0.5 * self.loud_hats, rng);
                mix(&mut sound, &metal(0.5, 0.35 * self.loud_hats, vary));
                sound
            }
            Drum::Crash => {
                let mut sound = noise(0.9 * vary, 0.8, 0.35, rng);
                mix(&mut sound, &metal(0.8, 0.06, vary));
                sound
            }
            Drum::HighTom => sweep(150.0 * vary, 1.5, 0.05, 0.2, 0.7),
            Drum::LowTom => sweep(95.0 * vary, 1.5, 0.06, 0.28, 0.8),
            Drum::Brush => noise(0.13 * vary, 0.5, 0.25, rng),
            Drum::Shaker => {
                let mut sound = noise(0.06 * vary, 0.9, 0.16, rng);
                let rise = 0.018 * RATE_HZ as f32;
                for (index, sample) in sound.iter_mut().enumerate().take(rise as usize) {
                    *sample *= index as f32 / rise;
                }
                sound
            }
        }
    }
}

/// A tone that falls from `ratio` times its frequency and dies away in about `seconds`.
fn sweep(hertz: f32, ratio: f32, fall: f32, seconds: f32, gain: f32) -> Vec<f32> {
    let rate = RATE_HZ as f32;
    let mut phase = 0.0_f32;
    (0..(seconds * 5.0 * rate) as usize)
        .map(|index| {
            let time = index as f32 / rate;
            let frequency = hertz * (1.0 + (ratio - 1.0) * (-time / fall).exp());
            phase = (phase + frequency / rate).fract();
            let attack = (time / 0.0015).min(1.0);
            gain * attack * (-time / seconds).exp() * (phase * TAU).sin()
        })
        .collect()
}

/// Noise that dies away; `bright` is how much of its low part is taken out.
fn noise(seconds: f32, bright: f32, gain: f32, rng: &mut impl Rng) -> Vec<f32> {
    let rate = RATE_HZ as f32;
    let (mut low, mut lower) = (0.0_f32, 0.0_f32);
    (0..(seconds * 5.0 * rate) as usize)
        .map(|index| {
            let white: f32 = rng.random_range(-1.0..1.0);
            low += bright * (white - low);
            let high = white - low;
            lower += 0.5 * bright * (high - lower);
            let mixed = (high - lower) * bright + white * (1.0 - bright) * 0.5;
            gain * (-(index as f32) / (seconds * rate)).exp() * mixed * 2.0
        })
        .collect()
}

/// Partials that belong to no note.
fn metal(seconds: f32, gain: f32, vary: f32) -> Vec<f32> {
    let rate = RATE_HZ as f32;
    let partials = [3126.0, 4271.0, 5389.0, 6611.0, 8023.0].map(|hertz| hertz * vary);
    (0..(seconds * 4.0 * rate) as usize)
        .map(|index| {
            let time = index as f32 / rate;
            let sum: f32 = partials.iter().map(|hertz| ((hertz * time).fract() * TAU).sin()).sum();
            gain * (-time / seconds).exp() * sum / partials.len() as f32
        })
        .collect()
}

fn mix(sound: &mut Vec<f32>, other: &[f32]) {
    if other.len() > sound.len() {
        sound.resize(other.len(), 0.0);
    }
    sound.iter_mut().zip(other).for_each(|(sound, sample)| *sound += sample);
}
