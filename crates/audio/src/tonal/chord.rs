//! The harmony: the most likely sequence of chords over a grid of half beats.
//!
//! *Source*: Mauch, Dixon, "Approximate Note Transcription for the Improved Identification of Difficult Chords", 2010,
//! for treble and bass chroma as evidence; Sheh, Ellis, "Chord Segmentation and Recognition using EM-Trained Hidden
//! Markov Models", 2003, for the sequence.

use super::chroma::Chroma;

/// What kind of chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Quality {
    Major,
    Minor,
}

/// A chord, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harmony {
    None,
    Chord { root: u8, quality: Quality },
}

/// What decides between paths.
///
/// Tuned on 29 November 2026 on 44 composed songs (seeds 103 and 104) and rendered POP909.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChordModel {
    /// How little a change is expected between beats and on a beat, in nats.
    pub(crate) change: [f32; 2],
    /// Nats for a perfect fit.
    pub(crate) sharpness: f32,
    /// How much the bass counts beside the treble.
    pub(crate) bass_weight: f32,
    /// The fit below which no chord is likelier than any.
    pub(crate) none_score: f32,
    /// By how much a chord with a seventh must fit better than one without.
    pub(crate) seventh_cost: f32,
    /// The powers that strengths of treble and bass are raised to, so that the loudest note does not stand for all.
    pub(crate) compression: [f32; 2],
}

impl Default for ChordModel {
    fn default() -> Self {
        Self {
            change: [4.0, 2.6],
            sharpness: 6.0,
            bass_weight: 0.5,
            none_score: 0.52,
            seventh_cost: 0.03,
            compression: [0.5, 0.7],
        }
    }
}

/// What a chord can be made of, in semitones above its root, and which triad stands for it.
const SHAPES: [(&[usize], Quality); 5] = [
    (&[0, 4, 7], Quality::Major),
    (&[0, 4, 7, 10], Quality::Major),
    (&[0, 4, 7, 11], Quality::Major),
    (&[0, 3, 7], Quality::Minor),
    (&[0, 3, 7, 10], Quality::Minor),
];

const STATE_COUNT: usize = 25;
/// The state that stands for no chord.
const NONE: usize = 24;

/// The chord of each span of a grid; `on_beat` tells of each span whether it starts on a beat.
///
/// *Returns* the chords, and of each how much likelier it is than its best rival, 0 to 1.
pub(crate) fn recognise(chroma: &[Chroma], on_beat: &[bool], model: &ChordModel) -> Vec<(Harmony, f32)> {
    if chroma.is_empty() {
        return Vec::new();
    }
    let scores: Vec<[f32; STATE_COUNT]> = chroma.iter().map(|chroma| emissions(chroma, model)).collect();
    let mut best = scores[0];
    let mut from: Vec<[u8; STATE_COUNT]> = Vec::with_capacity(scores.len());
    from.push([0; STATE_COUNT]);
    for (score, &on_beat) in scores.iter().zip(on_beat).skip(1) {
        let change = model.change[usize::from(on_beat)];
        let (leader, top) = best.iter().enumerate().fold((0, f32::NEG_INFINITY), |top, (state, &score)| {
            if score > top.1 { (state, score) } else { top }
        });
        let mut origin = [0; STATE_COUNT];
        let mut next = [0.0; STATE_COUNT];
        for state in 0..STATE_COUNT {
            let (source, value) =
                if best[state] >= top - change { (state, best[state]) } else { (leader, top - change) };
            origin[state] = source as u8;
            next[state] = value + score[state];
        }
        from.push(origin);
        best = next;
    }
    let mut state = (0..STATE_COUNT).max_by(|&a, &b| best[a].total_cmp(&best[b])).unwrap_or(NONE);
    let mut path = vec![(Harmony::None, 0.0); scores.len()];
    for index in (0..scores.len()).rev() {
        path[index] = (harmony(state), certainty(&scores[index], state));
        state = usize::from(from[index][state]);
    }
    path
}

fn harmony(state: usize) -> Harmony {
    match state {
        NONE => Harmony::None,
        state if state < 12 => Harmony::Chord { root: state as u8, quality: Quality::Major },
        state => Harmony::Chord { root: (state - 12) as u8, quality: Quality::Minor },
    }
}

/// The posterior of `state` in one span, without its neighbours.
fn certainty(scores: &[f32; STATE_COUNT], state: usize) -> f32 {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = scores.iter().map(|score| (score - top).exp()).sum();
    (scores[state] - top).exp() / total
}

fn emissions(chroma: &Chroma, model: &ChordModel) -> [f32; STATE_COUNT] {
    let treble = unit(&chroma.treble, model.compression[0]);
    let bass = unit(&chroma.bass, model.compression[1]);
    let mut scores = [f32::NEG_INFINITY; STATE_COUNT];
    for (tones, quality) in SHAPES {
        let (first_state, third) = match quality {
            Quality::Major => (0, 4),
            Quality::Minor => (12, 3),
        };
        let cost = if tones.len() > 3 { model.seventh_cost } else { 0.0 };
        for root in 0..12 {
            let sum: f32 = tones.iter().map(|tone| treble[(root + tone) % 12]).sum();
            let low = |interval: usize| bass[(root + interval) % 12];
            let ground = low(0) + 0.5 * low(7) + 0.4 * low(third);
            let fit = sum / (tones.len() as f32).sqrt() - cost + model.bass_weight * ground;
            let score = &mut scores[first_state + root];
            *score = score.max(model.sharpness * fit);
        }
    }
    let energy: f32 = chroma.treble.iter().sum();
    scores[NONE] =
        model.sharpness * if energy < 1e-4 { 2.0 } else { model.none_score + model.bass_weight * 0.4 };
    scores
}

/// The strengths raised to `power`, of unit length.
pub(super) fn unit(values: &[f32; 12], power: f32) -> [f32; 12] {
    let values = values.map(|value| value.powf(power));
    let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if norm > 1e-9 { values.map(|value| value / norm) } else { [0.0; 12] }
}
