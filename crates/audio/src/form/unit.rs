//! The steps over which form is looked for: bars, or what is as long where no bars are heard.

use crate::rhythm::{Metre, Pulse};
use crate::timbre::{MFCC_COUNT, Texture};
use crate::tonal::BeatHarmony;

/// Parts of a unit in which harmony is looked at by itself, so that the order of chords counts.
const PARTS: usize = 4;
/// Beats of a unit where no bar is heard.
const BEATS_WITHOUT_BARS: usize = 4;
/// *Unit*: seconds of a unit where no beat is heard.
const SECONDS_WITHOUT_BEATS: f64 = 2.0;
/// Longer files have longer units, since what is compared grows with the square of their number.
const UNITS_MAX: usize = 1_200;

/// A track as a row of units.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    /// *Unit*: seconds; one more than there are units.
    pub(crate) edges: Vec<f64>,
    /// The pitch classes of each part of a unit, of unit length and without the track's mean.
    harmony: Vec<[f32; 12 * PARTS]>,
    /// The cepstrum of each unit, in deviations from the track's mean.
    colour: Vec<[f32; MFCC_COUNT]>,
}

impl Units {
    /// The units of a track that lasts `end` seconds.
    pub(crate) fn of(
        pulse: &Pulse,
        metre: &Metre,
        harmony: &BeatHarmony,
        texture: &Texture,
        end: f64,
    ) -> Self {
        let edges = edges(pulse, metre, end);
        let spans: Vec<(f64, f64)> = edges.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let classes = spans.iter().map(|&(from, to)| pitch_classes(harmony, from, to)).collect();
        let colour = spans.iter().map(|&(from, to)| {
            let rows = &texture.mfcc[texture.frames_between(from, to)];
            let mut mean = [0.0; MFCC_COUNT];
            rows.iter().for_each(|row| mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
            mean.map(|sum| sum / rows.len().max(1) as f32)
        });
        let mut units = Self { edges, harmony: classes, colour: colour.collect() };
        centre(&mut units.harmony, false);
        centre(&mut units.colour, true);
        units
    }

    /// How many units there are.
    pub(crate) fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// How alike the harmony of two units is.
    ///
    /// *Range*: −1 to 1.
    pub(crate) fn harmony_likeness(&self, a: usize, b: usize) -> f32 {
        cosine(&self.harmony[a], &self.harmony[b])
    }

    /// How alike the colour of two units is.
    ///
    /// *Range*: 0 to 1.
    pub(crate) fn colour_likeness(&self, a: usize, b: usize) -> f32 {
        let squares: f32 = self.colour[a].iter().zip(&self.colour[b]).map(|(a, b)| (a - b) * (a - b)).sum();
        (-squares / (2.0 * MFCC_COUNT as f32)).exp()
    }
}

fn edges(pulse: &Pulse, metre: &Metre, end: f64) -> Vec<f64> {
    let mut inner: Vec<f64> = if metre.downbeats.len() >= 4 {
        metre.downbeats.iter().map(|&beat| pulse.beats[beat]).collect()
    } else if pulse.beats.len() >= 4 * BEATS_WITHOUT_BARS {
        pulse.beats.iter().copied().step_by(BEATS_WITHOUT_BARS).collect()
    } else {
        (1..(end / SECONDS_WITHOUT_BEATS) as usize).map(|unit| unit as f64 * SECONDS_WITHOUT_BEATS).collect()
    };
    let step = inner.len().div_ceil(UNITS_MAX).max(1);
    inner = inner.into_iter().step_by(step).collect();
    let mut edges = vec![0.0];
    // What sounds before the first bar or after the last is a unit of its own only when it is long enough.
    let usual = inner.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max).max(1e-3);
    for edge in inner {
        if edge - edges[edges.len() - 1] > 0.3 * usual && end - edge > 0.3 * usual {
            edges.push(edge);
        }
    }
    edges.push(end.max(edges[edges.len() - 1] + 1e-3));
    edges
}

fn pitch_classes(harmony: &BeatHarmony, from: f64, to: f64) -> [f32; 12 * PARTS] {
    let mut classes = [0.0; 12 * PARTS];
    let first = harmony.grid.partition_point(|&moment| moment <= from).saturating_sub(1);
    for (span, chroma) in harmony.grid.windows(2).zip(&harmony.chroma).skip(first) {
        if span[0] >= to {
            break;
        }
        let middle = f64::midpoint(span[0], span[1]);
        let place = ((middle - from) / (to - from) * PARTS as f64).clamp(0.0, PARTS as f64 - 1.0) as usize;
        let total: f32 = chroma.treble.iter().chain(&chroma.bass).sum::<f32>().max(1e-6);
        for class in 0..12 {
            classes[12 * place + class] += (chroma.treble[class] + chroma.bass[class]) / total;
        }
    }
    for part in classes.chunks_exact_mut(12) {
        let norm = part.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
        part.iter_mut().for_each(|value| *value /= norm);
    }
    classes
}

/// Takes the mean off each number, and divides by its deviation where that is asked for.
fn centre<const N: usize>(rows: &mut [[f32; N]], is_scaled: bool) {
    let count = rows.len().max(1) as f32;
    for at in 0..N {
        let mean = rows.iter().map(|row| row[at]).sum::<f32>() / count;
        let deviation = (rows.iter().map(|row| (row[at] - mean).powi(2)).sum::<f32>() / count).sqrt();
        let scale = if !is_scaled {
            1.0
        } else if deviation > 1e-4 {
            1.0 / deviation
        } else {
            0.0
        };
        rows.iter_mut().for_each(|row| row[at] = (row[at] - mean) * scale);
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut left, mut right) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        product += x * y;
        left += x * x;
        right += y * y;
    }
    let norm = (left * right).sqrt();
    if norm > 1e-9 { product / norm } else { 0.0 }
}
