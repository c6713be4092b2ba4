//! Struck, plucked and held tones: a sum of partials that die away each in its own time.

use rand::{Rng, RngExt as _};
use rand_chacha::ChaCha8Rng;

use super::hertz;
use crate::chance::normal;
use crate::song::RATE_HZ;
use crate::song::arrangement::Note;
use crate::song::style::Instrument;

/// The most partials of a tone; what lies above is hardly heard.
const PARTIAL_COUNT_MAX: usize = 24;

/// How an instrument sounds.
#[derive(Clone, Copy, Debug)]
struct Tone {
    partials: usize,
    /// How much weaker each partial is than the one below, as a power of its number.
    tilt: f32,
    /// How loud even partials are.
    even: f32,
    /// How fast the lowest partial dies away, and each one above it more, per second.
    decay: f32,
    damping: f32,
    /// In seconds.
    attack: f32,
    release: f32,
    /// How much too high the upper partials are.
    stretch: f64,
    /// How loud the noise at the start is.
    noise: f32,
    /// How far apart two voices of the same tone are, in cents; 0 for one voice.
    spread: f64,
    /// How hard it is driven into its limits; 0 for not at all.
    drive: f32,
}

const PIANO: Tone = Tone {
    partials: 16,
    tilt: 1.3,
    even: 1.0,
    decay: 0.9,
    damping: 0.35,
    attack: 0.003,
    release: 0.09,
    stretch: 0.0004,
    noise: 0.04,
    spread: 1.2,
    drive: 0.0,
};

/// Every instrument; set by ear.
#[rustfmt::skip]
const TONES: [(Instrument, Tone); 11] = [
    (Instrument::Piano, PIANO),
    (Instrument::ElectricPiano, Tone { partials: 6, tilt: 1.7, decay: 1.0, damping: 1.0, spread: 0.0, stretch: 0.0, noise: 0.02, ..PIANO }),
    (Instrument::Organ, Tone { partials: 8, tilt: 0.6, even: 0.7, decay: 0.0, damping: 0.0, attack: 0.008, release: 0.03, stretch: 0.0, noise: 0.01, spread: 4.0, drive: 0.0 }),
    (Instrument::AcousticGuitar, Tone { partials: 18, tilt: 1.0, decay: 1.6, damping: 0.55, release: 0.12, noise: 0.09, spread: 0.0, stretch: 0.0001, ..PIANO }),
    (Instrument::CleanGuitar, Tone { partials: 14, tilt: 1.1, decay: 1.2, damping: 0.5, release: 0.08, noise: 0.05, spread: 3.0, stretch: 0.0001, ..PIANO }),
    (Instrument::DistortedGuitar, Tone { partials: 16, tilt: 0.9, decay: 0.5, damping: 0.2, release: 0.05, noise: 0.06, spread: 2.0, stretch: 0.0, drive: 3.0, ..PIANO }),
    (Instrument::Pad, Tone { partials: 20, tilt: 1.2, decay: 0.0, damping: 0.0, attack: 0.18, release: 0.35, stretch: 0.0, noise: 0.0, spread: 9.0, ..PIANO }),
    (Instrument::Strings, Tone { partials: 20, tilt: 1.05, decay: 0.0, damping: 0.0, attack: 0.09, release: 0.2, stretch: 0.0, noise: 0.01, spread: 6.0, ..PIANO }),
    (Instrument::Synthesiser, Tone { partials: 24, tilt: 1.0, decay: 2.0, damping: 0.4, attack: 0.004, release: 0.07, stretch: 0.0, noise: 0.0, spread: 7.0, ..PIANO }),
    (Instrument::Flute, Tone { partials: 5, tilt: 1.8, decay: 0.0, damping: 0.0, attack: 0.04, release: 0.06, stretch: 0.0, noise: 0.04, spread: 0.0, ..PIANO }),
    (Instrument::Saxophone, Tone { partials: 16, tilt: 0.9, decay: 0.0, damping: 0.0, attack: 0.03, release: 0.06, stretch: 0.0, noise: 0.03, spread: 0.0, ..PIANO }),
];

fn tone(instrument: Instrument) -> Tone {
    TONES.iter().find(|row| row.0 == instrument).map_or(PIANO, |row| row.1)
}

/// A part for one instrument.
pub(super) fn play(
    instrument: Instrument,
    notes: &[Note],
    tuning_cents: f32,
    frames: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<f32> {
    let mut tone = tone(instrument);
    // No two instruments of a kind are the same.
    tone.tilt += normal(rng, 0.0, 0.12);
    tone.decay *= rng.random_range(0.75..1.35);
    render(&tone, notes, tuning_cents, frames, rng)
}

/// A bass, plucked or electronic.
pub(super) fn bass(notes: &[Note], tuning_cents: f32, frames: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let tone = match rng.random_range(0..3) {
        0 => Tone {
            partials: 10,
            tilt: 1.2,
            decay: 1.2,
            damping: 0.6,
            attack: 0.005,
            release: 0.05,
            noise: 0.05,
            spread: 0.0,
            ..PIANO
        },
        1 => Tone {
            partials: 14,
            tilt: 1.0,
            decay: 0.6,
            damping: 0.9,
            attack: 0.003,
            release: 0.03,
            noise: 0.0,
            spread: 0.0,
            ..PIANO
        },
        _ => Tone {
            partials: 5,
            tilt: 1.9,
            decay: 0.3,
            damping: 0.6,
            attack: 0.008,
            release: 0.06,
            noise: 0.02,
            spread: 0.0,
            ..PIANO
        },
    };
    render(&tone, notes, tuning_cents, frames, rng)
}

fn render(tone: &Tone, notes: &[Note], tuning_cents: f32, frames: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let mut out = vec![0.0; frames];
    for note in notes {
        let voices: &[f64] = if tone.spread > 0.0 { &[-0.5, 0.5] } else { &[0.0] };
        for voice in voices {
            let pitch = f64::from(note.pitch) + voice * tone.spread / 100.0;
            add_note(tone, note, hertz(pitch, tuning_cents), &mut out, rng);
        }
    }
    if tone.drive > 0.0 {
        let peak = out.iter().fold(1e-9_f32, |peak, sample| peak.max(sample.abs()));
        out.iter_mut().for_each(|sample| *sample = (tone.drive * *sample / peak * 2.0).tanh());
    }
    out
}

fn add_note(tone: &Tone, note: &Note, hertz: f64, out: &mut [f32], rng: &mut impl Rng) {
    let rate = f64::from(RATE_HZ);
    let first = (note.start * rate) as usize;
    let held = ((note.end - note.start) * rate) as usize;
    let release = (tone.release * rate as f32) as usize;
    let last = (first + held + release).min(out.len());
    if first >= last {
        return;
    }
    let mut partials = Partials::new(tone, note.velocity, hertz, rng);
    let attack = (tone.attack * rate as f32).max(1.0);
    let (mut noise_low, noise_length) = (0.0_f32, 0.02 * rate as f32);
    for (index, sample) in out[first..last].iter_mut().enumerate() {
        let rise = (index as f32 / attack).min(1.0);
        let fall = if index > held { 1.0 - (index - held) as f32 / release as f32 } else { 1.0 };
        let mut value = partials.next();
        if tone.noise > 0.0 && (index as f32) < noise_length {
            let white: f32 = rng.random_range(-1.0..1.0);
            noise_low += 0.4 * (white - noise_low);
            value += tone.noise * note.velocity * noise_low * (1.0 - index as f32 / noise_length) * 4.0;
        }
        *sample += value * rise * fall.max(0.0);
    }
}

/// Partials as turning pointers that shrink, all at once so that the processor can take several in a step.
struct Partials {
    re: [f32; PARTIAL_COUNT_MAX],
    im: [f32; PARTIAL_COUNT_MAX],
    turn_re: [f32; PARTIAL_COUNT_MAX],
    turn_im: [f32; PARTIAL_COUNT_MAX],
}

impl Partials {
    fn new(tone: &Tone, velocity: f32, hertz: f64, rng: &mut impl Rng) -> Self {
        let mut partials = Self {
            re: [0.0; PARTIAL_COUNT_MAX],
            im: [0.0; PARTIAL_COUNT_MAX],
            turn_re: [0.0; PARTIAL_COUNT_MAX],
            turn_im: [0.0; PARTIAL_COUNT_MAX],
        };
        for index in 0..tone.partials.min(PARTIAL_COUNT_MAX) {
            let number = (index + 1) as f64;
            let frequency = hertz * number * (1.0 + tone.stretch * number * number).sqrt();
            if frequency > 0.45 * f64::from(RATE_HZ) {
                break;
            }
            // What is played harder is brighter.
            let tilt = tone.tilt + 0.7 * (0.8 - velocity);
            let parity = if index % 2 == 1 { tone.even } else { 1.0 };
            let loudness = velocity * (number as f32).powf(-tilt) * parity;
            let phase = rng.random_range(0.0..std::f32::consts::TAU);
            partials.re[index] = loudness * phase.cos();
            partials.im[index] = loudness * phase.sin();
            let decay = tone.decay + tone.damping * index as f32 * (hertz as f32 / 220.0).sqrt();
            let shrink = (-f64::from(decay) / f64::from(RATE_HZ)).exp();
            let angle = std::f64::consts::TAU * frequency / f64::from(RATE_HZ);
            partials.turn_re[index] = (shrink * angle.cos()) as f32;
            partials.turn_im[index] = (shrink * angle.sin()) as f32;
        }
        partials
    }

    fn next(&mut self) -> f32 {
        let mut sum = 0.0;
        for index in 0..PARTIAL_COUNT_MAX {
            let (re, im) = (self.re[index], self.im[index]);
            self.re[index] = re * self.turn_re[index] - im * self.turn_im[index];
            self.im[index] = re * self.turn_im[index] + im * self.turn_re[index];
            sum += im;
        }
        sum
    }
}
