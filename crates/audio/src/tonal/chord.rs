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

/// What decides between paths; the values were set by hand before anything was measured.
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
}

impl Default for ChordModel {
    fn default() -> Self {
        Self { change: [4.0, 2.6], sharpness: 9.0, bass_weight: 0.25, none_score: 0.52 }
    }
}

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
    let treble = unit(&chroma.treble);
    let bass = unit(&chroma.bass);
    let mut scores = [0.0; STATE_COUNT];
    for root in 0..12 {
        for (quality, third) in [(0, 4), (12, 3)] {
            let tone = |interval: usize| treble[(root + interval) % 12];
            let fit = (tone(0) + tone(third) + tone(7)) / 3.0_f32.sqrt();
            let low = |interval: usize| bass[(root + interval) % 12];
            let ground = low(0) + 0.5 * low(7) + 0.4 * low(third);
            scores[quality + root] = model.sharpness * (fit + model.bass_weight * ground);
        }
    }
    let energy: f32 = chroma.treble.iter().sum();
    scores[NONE] =
        model.sharpness * if energy < 1e-4 { 2.0 } else { model.none_score + model.bass_weight * 0.4 };
    scores
}

fn unit(values: &[f32; 12]) -> [f32; 12] {
    let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if norm > 1e-9 { values.map(|value| value / norm) } else { [0.0; 12] }
}
