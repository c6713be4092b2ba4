//! The leading voice: the pitch contour that stands out most.
//!
//! *Source*: Salamon, Gómez, "Melody Extraction from Polyphonic Music Signals Using Pitch Contour Characteristics",
//! 2012, section II.B, for the salience of a pitch by its harmonics. The contour is the most likely path through the
//! salience instead of a set of rules on contours, since a path needs no thresholds between its pieces.

use music::analysis::Melody;
use music::unit::{Hertz, Seconds};

use crate::sound::Sound;
use crate::spectrum::Stft;

const FRAME_LEN: usize = 2_048;
const HOP: usize = 220;
/// The lowest pitch, A1, in hertz.
const LOWEST_HZ: f32 = 110.0;
/// *Unit*: cents from one pitch to the next.
const STEP_CENTS: f32 = 20.0;
/// Pitches: four octaves.
const PITCH_COUNT: usize = 240;
const HARMONIC_COUNT: usize = 10;
/// How much less each harmonic counts than the one below. *Source*: as above, table I.
const HARMONIC_DECAY: f32 = 0.8;
/// Peaks this much weaker than the strongest of their frame are noise. *Source*: as above, table I.
const PEAK_RANGE_DB: f32 = 40.0;
/// A peak counts for pitches so near: one semitone.
const SPREAD_STEPS: usize = 5;
const SPREAD_COUNT: usize = 2 * SPREAD_STEPS + 1;
/// Pitches below the lowest and above the highest whose peaks still reach the nearest of them.
const MARGIN: usize = SPREAD_COUNT;

/// What decides between paths; the values were set by hand before anything was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MelodyModel {
    /// Nats a semitone of movement from frame to frame.
    pub(crate) glide: f32,
    /// Nats for beginning a new note anywhere.
    pub(crate) jump: f32,
    /// The part of the strongest salience below which nothing leads.
    pub(crate) voicing: f32,
    /// The power of the salience as evidence.
    pub(crate) sharpness: f32,
    /// The middle of the range in which voices lead, and its width, in octaves above the lowest pitch.
    pub(crate) range: (f32, f32),
}

impl Default for MelodyModel {
    fn default() -> Self {
        Self { glide: 2.0, jump: 3.0, voicing: 0.35, sharpness: 4.0, range: (2.2, 1.2) }
    }
}

/// A leading voice over time.
#[derive(Clone, Debug, Default)]
pub(crate) struct MelodyCurve {
    /// Frames a second.
    pub(crate) rate: f64,
    /// The likeliest pitch at each frame, whether or not it leads.
    pub(crate) hertz: Vec<f32>,
    /// Whether it leads.
    pub(crate) is_voiced: Vec<bool>,
}

impl MelodyCurve {
    /// The part of the time between two moments, in seconds, in which a voice leads.
    pub(crate) fn voiced_share(&self, from: f64, to: f64) -> f32 {
        let count = self.is_voiced.len();
        let first = ((from * self.rate) as usize).min(count);
        let last = ((to * self.rate) as usize).clamp(first, count);
        let voiced = self.is_voiced[first..last].iter().filter(|&&is_voiced| is_voiced).count();
        voiced as f32 / (last - first).max(1) as f32
    }

    /// The pitches of the frames in which a voice leads, in hertz.
    pub(crate) fn voiced(&self) -> impl Iterator<Item = f32> + '_ {
        self.hertz.iter().zip(&self.is_voiced).filter(|(_, is_voiced)| **is_voiced).map(|(&hertz, _)| hertz)
    }

    /// The part of the steps within notes at which the pitch moves: keys stand still, throats do not.
    pub(crate) fn glide_share(&self) -> f32 {
        let (mut glides, mut steps) = (0, 0);
        for (pitch, voiced) in self.hertz.windows(2).zip(self.is_voiced.windows(2)) {
            let cents = (1_200.0 * (pitch[1] / pitch[0]).log2()).abs();
            if voiced[0] && voiced[1] && cents < 90.0 {
                steps += 1;
                glides += usize::from(cents > 1.0);
            }
        }
        glides as f32 / steps.max(1) as f32
    }
}

impl From<MelodyCurve> for Melody {
    fn from(curve: MelodyCurve) -> Self {
        let pairs = curve.hertz.iter().zip(&curve.is_voiced);
        let hertz = pairs.map(|(&hertz, &is_voiced)| Hertz(if is_voiced { hertz } else { 0.0 })).collect();
        Self { hop: Seconds(1.0 / curve.rate), hertz }
    }
}

/// The leading voice of `sound`.
///
/// *Complexity*: frames × pitches × steps of a glide.
pub(crate) fn extract(sound: &Sound, model: &MelodyModel) -> MelodyCurve {
    let stft = Stft::new(FRAME_LEN, HOP);
    let frame_count = stft.frame_count(sound);
    let mut salience = Salience::new(stft.bin_hz());
    let mut frames = stft.frames(sound);
    let prior: Vec<f32> = (0..PITCH_COUNT)
        .map(|pitch| {
            let octaves = pitch as f32 * STEP_CENTS / 1_200.0;
            let distance = (octaves - model.range.0) / model.range.1;
            (-0.5 * distance * distance).exp()
        })
        .collect();
    let mut path = Path::new(frame_count, model);
    let mut row = vec![0.0; PITCH_COUNT];
    for index in 0..frame_count {
        salience.of(frames.magnitudes(index), &mut row);
        row.iter_mut().zip(&prior).for_each(|(salience, prior)| *salience *= prior);
        path.push(&row);
    }
    let (pitches, strengths) = path.finish();
    let hertz =
        pitches.iter().map(|&pitch| LOWEST_HZ * 2.0_f32.powf(pitch as f32 * STEP_CENTS / 1_200.0)).collect();
    let is_voiced = voicing(&pitches, &strengths, model);
    MelodyCurve { rate: stft.rate(), hertz, is_voiced }
}

/// The salience of pitches in one spectrum after the other.
struct Salience {
    bin_hz: f32,
    /// The ear's weight of each bin.
    weights: Vec<f32>,
    weighted: Vec<f32>,
    spread: [f32; SPREAD_COUNT],
    /// Of each harmonic: how much it counts, and how many steps it lies above its pitch.
    harmonics: [(f32, f32); HARMONIC_COUNT],
    /// *Shape*: one for each pitch, and as many on both sides as a peak spreads to.
    padded: [f32; PITCH_COUNT + 2 * MARGIN],
}

impl Salience {
    fn new(bin_hz: f32) -> Self {
        let weights = (0..=FRAME_LEN / 2).map(|bin| a_weight(bin as f32 * bin_hz)).collect();
        let spread = std::array::from_fn(|index| {
            let step = index as f32 - SPREAD_STEPS as f32;
            let phase = step / (SPREAD_STEPS + 1) as f32 * std::f32::consts::FRAC_PI_2;
            phase.cos() * phase.cos()
        });
        let harmonics = std::array::from_fn(|harmonic| {
            let octaves = ((harmonic + 1) as f32).log2();
            (HARMONIC_DECAY.powi(harmonic as i32), 1_200.0 / STEP_CENTS * octaves)
        });
        let weighted = vec![0.0; FRAME_LEN / 2 + 1];
        Self { bin_hz, weights, weighted, spread, harmonics, padded: [0.0; PITCH_COUNT + 2 * MARGIN] }
    }

    fn of(&mut self, magnitudes: &[f32], row: &mut [f32]) {
        self.padded.fill(0.0);
        for ((weighted, magnitude), weight) in self.weighted.iter_mut().zip(magnitudes).zip(&self.weights) {
            *weighted = magnitude * weight;
        }
        let top = self.weighted.iter().copied().fold(0.0, f32::max);
        let floor = (top * 10.0_f32.powf(-PEAK_RANGE_DB / 20.0)).max(1e-6);
        let last = (5_000.0 / self.bin_hz) as usize;
        for bin in 2..last.min(self.weighted.len() - 1) {
            let (left, middle, right) = (self.weighted[bin - 1], self.weighted[bin], self.weighted[bin + 1]);
            if middle < floor || middle <= left || middle < right {
                continue;
            }
            // A parabola through the logarithms finds where between the bins the partial lies.
            let (l, m, r) = ((left + 1e-9).ln(), middle.ln(), (right + 1e-9).ln());
            let offset = 0.5 * (l - r) / (l - 2.0 * m + r);
            let hz = (bin as f32 + offset.clamp(-0.5, 0.5)) * self.bin_hz;
            let steps = 1_200.0 / STEP_CENTS * (hz / LOWEST_HZ).log2();
            for (decay, above) in &self.harmonics {
                // The nearest pitch is where adding a half and cutting off leads, once nothing is negative.
                let place = steps - above + (MARGIN as f32 + 0.5);
                if place < SPREAD_STEPS as f32 {
                    break;
                }
                let first = place as usize - SPREAD_STEPS;
                let Some(slots) = self.padded.get_mut(first..first + SPREAD_COUNT) else { continue };
                let strength = middle * decay;
                slots.iter_mut().zip(&self.spread).for_each(|(slot, weight)| *slot += strength * weight);
            }
        }
        row.copy_from_slice(&self.padded[MARGIN..MARGIN + PITCH_COUNT]);
    }
}

/// The A curve of IEC 61672-1 as a factor, 1 at 1 kHz.
fn a_weight(hz: f32) -> f32 {
    let square = hz * hz;
    let top = 12_194.0_f32.powi(2) * square * square;
    let bottom = (square + 20.6_f32.powi(2))
        * ((square + 107.7_f32.powi(2)) * (square + 737.9_f32.powi(2))).sqrt()
        * (square + 12_194.0_f32.powi(2));
    1.2589 * top / bottom
}

/// Frames after which what lies far enough back is decided, so that memory does not grow with the length of a file.
const DECIDED_FRAMES: usize = 6_000;
/// How far back that is: ten seconds, after which paths have long met.
const OPEN_FRAMES: usize = 1_000;

/// Finds the best path while frames arrive.
struct Path<'a> {
    /// What is decided: pitches and their saliences.
    pitches: Vec<usize>,
    strengths: Vec<f32>,
    model: &'a MelodyModel,
    /// Of each pitch, with as many on both sides as a voice may glide, from which no path comes.
    scores: Vec<f32>,
    /// *Shape*: `[open frames, PITCH_COUNT]`: how many steps below or above the pitch before; 127 for a jump.
    moves: Vec<i8>,
    /// The pitch that each frame's jumps come from.
    leaders: Vec<u16>,
    /// *Shape*: `[open frames, PITCH_COUNT]`.
    saliences: Vec<f32>,
}

/// Steps that a voice may glide from one frame to the next.
const GLIDE_STEPS: isize = 3;
const JUMP: i8 = i8::MAX;

impl<'a> Path<'a> {
    fn new(frame_count: usize, model: &'a MelodyModel) -> Self {
        let margin = GLIDE_STEPS as usize;
        Self {
            model,
            pitches: Vec::with_capacity(frame_count),
            strengths: Vec::with_capacity(frame_count),
            scores: [
                vec![f32::NEG_INFINITY; margin],
                vec![0.0; PITCH_COUNT],
                vec![f32::NEG_INFINITY; margin],
            ]
            .concat(),
            moves: Vec::new(),
            leaders: Vec::new(),
            saliences: Vec::new(),
        }
    }

    fn push(&mut self, row: &[f32]) {
        let total = row.iter().copied().fold(0.0, f32::max).max(1e-6);
        let (leader, top) =
            self.own_scores().iter().enumerate().fold((0, f32::NEG_INFINITY), |top, (pitch, &score)| {
                if score > top.1 { (pitch, score) } else { top }
            });
        self.leaders.push(leader as u16);
        let glide = self.model.glide * STEP_CENTS / 100.0;
        // A step at a time over all pitches, so that these stand side by side in the processor.
        let (mut best, mut steps) = ([top - self.model.jump; PITCH_COUNT], [f32::from(JUMP); PITCH_COUNT]);
        for step in -GLIDE_STEPS..=GLIDE_STEPS {
            let cost = glide * step.unsigned_abs() as f32;
            let before = &self.scores[(GLIDE_STEPS + step) as usize..][..PITCH_COUNT];
            for ((best, step_of_best), score) in best.iter_mut().zip(&mut steps).zip(before) {
                let score = score - cost;
                let is_better = score > *best;
                *best = if is_better { score } else { *best };
                *step_of_best = if is_better { step as f32 } else { *step_of_best };
            }
        }
        self.moves.extend(steps.iter().map(|&step| step as i8));
        let next = &mut self.scores[GLIDE_STEPS as usize..][..PITCH_COUNT];
        for ((next, best), salience) in next.iter_mut().zip(&best).zip(row) {
            *next = best + self.model.sharpness * (salience / total - 1.0);
        }
        // Scores stay small, so that they stay exact over an hour.
        let top = next.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        next.iter_mut().for_each(|score| *score -= top);
        self.saliences.extend_from_slice(row);
        if self.leaders.len() == DECIDED_FRAMES + OPEN_FRAMES {
            self.decide(DECIDED_FRAMES);
        }
    }

    /// The scores of the pitches that there are.
    fn own_scores(&self) -> &[f32] {
        &self.scores[GLIDE_STEPS as usize..][..PITCH_COUNT]
    }

    fn finish(mut self) -> (Vec<usize>, Vec<f32>) {
        self.decide(self.leaders.len());
        (self.pitches, self.strengths)
    }

    /// Follows the best path back and takes the first `count` of the open frames from it.
    fn decide(&mut self, count: usize) {
        let scores = self.own_scores();
        let mut pitch = (0..PITCH_COUNT).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
        let first = self.pitches.len();
        self.pitches.resize(first + count, 0);
        self.strengths.resize(first + count, 0.0);
        for frame in (0..self.leaders.len()).rev() {
            if frame < count {
                self.pitches[first + frame] = pitch;
                self.strengths[first + frame] = self.saliences[frame * PITCH_COUNT + pitch];
            }
            pitch = match self.moves[frame * PITCH_COUNT + pitch] {
                JUMP => usize::from(self.leaders[frame]),
                step => (pitch as isize + isize::from(step)).clamp(0, PITCH_COUNT as isize - 1) as usize,
            };
        }
        self.leaders.drain(..count);
        self.moves.drain(..count * PITCH_COUNT);
        self.saliences.drain(..count * PITCH_COUNT);
    }
}

/// Which frames lead: those of notes whose mean salience is a good part of the strong ones'.
fn voicing(pitches: &[usize], strengths: &[f32], model: &MelodyModel) -> Vec<bool> {
    let mut sorted: Vec<f32> = strengths.to_vec();
    sorted.sort_by(f32::total_cmp);
    let strong = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(0.0);
    let floor = (model.voicing * strong).max(1e-6);
    let mut is_voiced = vec![false; pitches.len()];
    let mut start = 0;
    while start < pitches.len() {
        let mut end = start + 1;
        while end < pitches.len() && pitches[end].abs_diff(pitches[end - 1]) as isize <= GLIDE_STEPS {
            end += 1;
        }
        let mean = strengths[start..end].iter().sum::<f32>() / (end - start) as f32;
        if mean > floor {
            for index in start..end {
                is_voiced[index] = strengths[index] > 0.5 * floor;
            }
        }
        start = end;
    }
    is_voiced
}
