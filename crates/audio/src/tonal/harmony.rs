//! What sounds between beats: the grid of half beats, the pitch classes on it, and how they turn from beat to beat.

use super::chroma::{self, Chroma};
use super::pitch_spectrum::PitchSpectrum;

/// The pitch classes of a track on the grid of its half beats.
#[derive(Clone, Debug)]
pub(crate) struct BeatHarmony {
    /// *Unit*: seconds; from 0 to the end of the sound.
    pub(crate) grid: Vec<f64>,
    /// Whether each span of the grid starts on a beat.
    pub(crate) on_beat: Vec<bool>,
    /// One less than there are moments in the grid.
    pub(crate) chroma: Vec<Chroma>,
    /// The span at which each beat starts.
    starts: Vec<usize>,
}

impl BeatHarmony {
    /// The pitch classes of `spectrum` over `beats`, up to `end`, all in seconds.
    pub(crate) fn of(spectrum: &PitchSpectrum, beats: &[f64], end: f64) -> Self {
        let (mut grid, mut on_beat) = (vec![0.0], vec![false]);
        let mut starts = Vec::with_capacity(beats.len());
        for (index, &beat) in beats.iter().enumerate() {
            if beat > 0.0 {
                grid.push(beat);
                on_beat.push(true);
            }
            starts.push(grid.len() - 1);
            if let Some(&next) = beats.get(index + 1) {
                grid.push(f64::midpoint(beat, next));
                on_beat.push(false);
            }
        }
        if end > grid.last().copied().unwrap_or(0.0) {
            grid.push(end);
        }
        let chroma = chroma::between(spectrum, &grid);
        Self { grid, on_beat, chroma, starts }
    }

    /// How far the treble over `span` beats from `beat` on differs from that over as many before.
    ///
    /// *Range*: 0 to 1.
    pub(crate) fn treble_change(&self, beat: usize, span: usize) -> f32 {
        self.change(beat, span, |chroma| &chroma.treble)
    }

    /// The same of the bass.
    pub(crate) fn bass_change(&self, beat: usize, span: usize) -> f32 {
        self.change(beat, span, |chroma| &chroma.bass)
    }

    fn change(&self, beat: usize, span: usize, part: impl Fn(&Chroma) -> &[f32; 12]) -> f32 {
        let before = self.sum(beat.saturating_sub(span), beat, &part);
        let after = self.sum(beat, beat + span, &part);
        let (mut product, mut left, mut right) = (0.0, 0.0, 0.0);
        for (a, b) in before.iter().zip(&after) {
            product += a * b;
            left += a * a;
            right += b * b;
        }
        let norm = (left * right).sqrt();
        if norm > 1e-9 { (1.0 - product / norm).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The sum from one beat to another, each span with the same weight.
    fn sum(&self, from: usize, to: usize, part: impl Fn(&Chroma) -> &[f32; 12]) -> [f32; 12] {
        let at =
            |beat: usize| self.starts.get(beat).copied().unwrap_or(self.chroma.len()).min(self.chroma.len());
        let mut sum = [0.0; 12];
        for chroma in &self.chroma[at(from)..at(to)] {
            let values = part(chroma);
            let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value / norm);
        }
        sum
    }

    /// The mean of the pitch classes over the whole.
    pub(crate) fn all_classes(&self) -> [f32; 12] {
        self.classes_between(f64::NEG_INFINITY, f64::INFINITY)
    }

    /// The same over the spans that start between two moments, in seconds.
    pub(crate) fn classes_between(&self, from: f64, to: f64) -> [f32; 12] {
        let mut sum = [0.0; 12];
        for ((chroma, seconds), &start) in self.chroma.iter().zip(self.seconds()).zip(&self.grid) {
            if start < from - 1e-3 || start >= to - 1e-3 {
                continue;
            }
            let total = chroma.treble.iter().chain(&chroma.bass).sum::<f32>().max(1e-6);
            for (class, sum) in sum.iter_mut().enumerate() {
                *sum += seconds * (chroma.treble[class] + chroma.bass[class]) / total;
            }
        }
        sum
    }

    /// How far the harmony moves from span to span in the space of fifths and thirds.
    ///
    /// *Source*: Harte, Sandler, Gasser, "Detecting Harmonic Change in Musical Audio", 2006.
    pub(crate) fn mean_change(&self) -> f32 {
        let places: Vec<[f32; 6]> = self.chroma.iter().map(centroid).collect();
        let moves = places
            .windows(2)
            .map(|pair| pair[0].iter().zip(&pair[1]).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt());
        moves.sum::<f32>() / places.len().saturating_sub(1).max(1) as f32
    }

    /// How long each span of the grid is, in seconds.
    pub(crate) fn seconds(&self) -> Vec<f32> {
        self.grid.windows(2).map(|span| (span[1] - span[0]) as f32).collect()
    }
}

/// The place of a chroma on the circles of fifths, minor thirds and major thirds; as above, equation 1.
fn centroid(chroma: &Chroma) -> [f32; 6] {
    let total = chroma.treble.iter().chain(&chroma.bass).sum::<f32>().max(1e-6);
    let mut place = [0.0; 6];
    for class in 0..12 {
        let weight = (chroma.treble[class] + chroma.bass[class]) / total;
        for (circle, (turns, radius)) in [(7.0, 1.0), (9.0, 1.0), (4.0, 0.5)].into_iter().enumerate() {
            let angle = class as f32 * turns * std::f32::consts::PI / 6.0;
            place[2 * circle] += weight * radius * angle.sin();
            place[2 * circle + 1] += weight * radius * angle.cos();
        }
    }
    place
}
