//! Voices, and instruments that bend their tones: partials over a pitch that moves, shaped by formants.

use rand::{Rng, RngExt as _};
use rand_chacha::ChaCha8Rng;

use super::hertz;
use super::intonation::Intonation;
use crate::chance::{happens, normal};
use crate::song::RATE_HZ;
use crate::song::arrangement::Note;
use crate::song::style::Instrument;

const PARTIAL_COUNT_MAX: usize = 28;
/// How often loudness of partials and pitch are worked out anew, in samples.
const BLOCK: usize = 64;
/// The first three formants of five vowels, in hertz, of a man's voice.
///
/// *Source*: Peterson, Barney, "Control methods used in a study of the vowels", 1952, rounded.
const VOWELS: [[f32; 3]; 5] = [
    [730.0, 1090.0, 2440.0],
    [530.0, 1840.0, 2480.0],
    [270.0, 2290.0, 3010.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
];

/// How loud a partial is at a frequency, at the start and at the end of a note.
struct Shape {
    from: [f32; 3],
    to: [f32; 3],
    /// How wide the formants are, in hertz; 0 for no formants at all.
    width: f32,
    tilt: f32,
    even: f32,
    attack: f32,
    release: f32,
    breath: f32,
}

/// A voice that sings vowels with a consonant here and there.
pub(super) fn voice(
    notes: &[Note],
    intonation: &Intonation,
    tuning_cents: f32,
    frames: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<f32> {
    let mut out = vec![0.0; frames];
    let mean = notes.iter().map(|note| f32::from(note.pitch)).sum::<f32>() / notes.len().max(1) as f32;
    let size = if mean > 62.0 { 1.16 } else { 1.0 } * normal(rng, 1.0, 0.03);
    let tilt = rng.random_range(0.75..1.15);
    for (index, note) in notes.iter().enumerate() {
        let vowel =
            |rng: &mut ChaCha8Rng| VOWELS[rng.random_range(0..VOWELS.len())].map(|formant| formant * size);
        let from = vowel(rng);
        let to = if happens(rng, 0.3) { vowel(rng) } else { from };
        let shape =
            Shape { from, to, width: 110.0, tilt, even: 1.0, attack: 0.035, release: 0.06, breath: 0.012 };
        add_note(
            note,
            index.checked_sub(1).map(|before| &notes[before]),
            &shape,
            intonation,
            tuning_cents,
            &mut out,
            rng,
        );
        if happens(rng, 0.55) {
            add_consonant(note, &mut out, rng);
        }
    }
    out
}

/// An instrument that glides.
pub(super) fn instrument(
    instrument: Instrument,
    notes: &[Note],
    intonation: &Intonation,
    tuning_cents: f32,
    frames: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<f32> {
    let mut out = vec![0.0; frames];
    let plain = Shape {
        from: [0.0; 3],
        to: [0.0; 3],
        width: 0.0,
        tilt: 1.0,
        even: 1.0,
        attack: 0.02,
        release: 0.05,
        breath: 0.0,
    };
    let mut shape = match instrument {
        Instrument::Flute => Shape { tilt: 1.9, attack: 0.04, breath: 0.03, ..plain },
        Instrument::Saxophone => Shape {
            from: [520.0, 1350.0, 2600.0],
            to: [560.0, 1400.0, 2600.0],
            width: 420.0,
            tilt: 0.7,
            attack: 0.03,
            breath: 0.015,
            ..plain
        },
        Instrument::Strings => Shape { tilt: 1.0, attack: 0.08, release: 0.12, breath: 0.006, ..plain },
        Instrument::DistortedGuitar => Shape {
            from: [900.0, 2200.0, 3400.0],
            to: [900.0, 2200.0, 3400.0],
            width: 900.0,
            tilt: 0.5,
            attack: 0.006,
            breath: 0.01,
            ..plain
        },
        _ => Shape { tilt: 0.95, even: 0.8, attack: 0.008, ..plain },
    };
    shape.tilt += normal(rng, 0.0, 0.08);
    for (index, note) in notes.iter().enumerate() {
        add_note(
            note,
            index.checked_sub(1).map(|before| &notes[before]),
            &shape,
            intonation,
            tuning_cents,
            &mut out,
            rng,
        );
    }
    out
}

#[expect(clippy::too_many_arguments, reason = "a note sounds by all that holds for it")]
fn add_note(
    note: &Note,
    before: Option<&Note>,
    shape: &Shape,
    intonation: &Intonation,
    tuning_cents: f32,
    out: &mut [f32],
    rng: &mut impl Rng,
) {
    let rate = f64::from(RATE_HZ);
    let first = (note.start * rate) as usize;
    let held = ((note.end - note.start) * rate) as usize;
    let release = (shape.release * rate as f32) as usize;
    let last = (first + held + release).min(out.len());
    let (mut phase, mut breath) = (0.0_f64, 0.0_f32);
    let attack = (shape.attack * rate as f32).max(1.0);
    for (block, samples) in out[first.min(last)..last].chunks_mut(BLOCK).enumerate() {
        let at = block * BLOCK;
        let frequency = hertz(intonation.pitch(note, before, at as f64 / rate), tuning_cents);
        let loudness = partials(shape, frequency as f32, at as f32 / (held + 1) as f32);
        for (index, sample) in samples.iter_mut().enumerate() {
            phase = (phase + frequency / rate).fract();
            let (sine, cosine) = (phase * std::f64::consts::TAU).sin_cos();
            let at = at + index;
            let rise = (at as f32 / attack).min(1.0);
            let fall = if at > held { (1.0 - (at - held) as f32 / release as f32).max(0.0) } else { 1.0 };
            let white: f32 = rng.random_range(-1.0..1.0);
            breath += 0.3 * (white - breath);
            let value = harmonics(sine as f32, cosine as f32, &loudness) + shape.breath * breath;
            *sample += note.velocity * rise * fall * value;
        }
    }
}

/// The sum of sines of all multiples of an angle: each from the two before.
fn harmonics(sine: f32, cosine: f32, loudness: &[f32; PARTIAL_COUNT_MAX]) -> f32 {
    let (mut before, mut now, mut sum) = (0.0, sine, 0.0);
    for &gain in loudness {
        sum += gain * now;
        (before, now) = (now, 2.0 * cosine * now - before);
    }
    sum
}

fn partials(shape: &Shape, frequency: f32, way: f32) -> [f32; PARTIAL_COUNT_MAX] {
    let way = way.clamp(0.0, 1.0);
    let mut loudness = [0.0; PARTIAL_COUNT_MAX];
    for (index, loudness) in loudness.iter_mut().enumerate() {
        let number = (index + 1) as f32;
        let at = frequency * number;
        if at > 0.4 * RATE_HZ as f32 {
            break;
        }
        let source = number.powf(-shape.tilt) * if index % 2 == 1 { shape.even } else { 1.0 };
        let resonance = if shape.width > 0.0 {
            let formants = shape.from.iter().zip(&shape.to).zip([1.0, 0.6, 0.35]);
            0.06 + formants
                .map(|((from, to), strength)| {
                    let off = (at - (from + (to - from) * way)) / shape.width;
                    strength / (1.0 + off * off)
                })
                .sum::<f32>()
        } else {
            1.0
        };
        *loudness = source * resonance;
    }
    loudness
}

/// A burst of noise before the vowel.
fn add_consonant(note: &Note, out: &mut [f32], rng: &mut impl Rng) {
    let rate = f64::from(RATE_HZ);
    let length = (rng.random_range(0.02..0.07) * rate) as usize;
    let first = ((note.start * rate) as usize).saturating_sub(length / 2);
    let last = (first + length).min(out.len());
    let loud = note.velocity * rng.random_range(0.05..0.25);
    let mut low = 0.0_f32;
    for (index, sample) in out[first.min(last)..last].iter_mut().enumerate() {
        let white: f32 = rng.random_range(-1.0..1.0);
        low += 0.35 * (white - low);
        let shape = (std::f32::consts::PI * index as f32 / length as f32).sin();
        *sample += loud * shape * (white - low);
    }
}
