//! From the score to samples: each part by its own means, in a small room, at a usual level.

mod drum;
pub(super) mod intonation;
mod room;
mod sung;
mod tone;

use rand::RngExt as _;
use rayon::prelude::*;

use self::intonation::Intonation;
use super::arrangement::{Arrangement, Note};
use super::style::Instrument;
use super::{RATE_HZ, Stem, Stereo};
use crate::chance::{Purpose, normal, stream};

/// The highest sample of a mix.
const PEAK: f32 = 0.9;

/// The parts of a song, all equally long.
pub(super) fn play(song: &Arrangement) -> Vec<(Stem, Stereo)> {
    let mut stems: Vec<(Stem, Stereo)> =
        Stem::ALL.par_iter().map(|&stem| (stem, play_stem(song, stem))).collect();
    let count = stems.first().map_or(0, |stem| stem.1.len());
    let sum = |index: usize, side: usize| stems.iter().map(|stem| stem.1[index][side]).sum::<f32>().abs();
    let peak = (0..count).map(|index| sum(index, 0).max(sum(index, 1))).fold(1e-9, f32::max);
    for sample in stems.iter_mut().flat_map(|stem| &mut stem.1).flatten() {
        *sample *= PEAK / peak;
    }
    stems
}

fn play_stem(song: &Arrangement, stem: Stem) -> Stereo {
    let rng = &mut stream(song.seed, Purpose::Song, 5000 + 20 * song.style as u64 + stem as u64);
    let frames = (song.duration * f64::from(RATE_HZ)) as usize;
    let (pan, wet, level) = match stem {
        Stem::Drums => (0.5, 0.06, -20.0),
        Stem::Bass => (0.5, 0.0, -21.0),
        Stem::Chords => (rng.random_range(0.3..0.7), 0.1, -24.0),
        Stem::Lead => (rng.random_range(0.35..0.65), 0.16, -20.5),
        Stem::Voice => (0.5, 0.14, -19.0),
    };
    let mut mono = match stem {
        Stem::Drums => drum::play(&song.strokes, song.style.habits().kit, frames, rng),
        Stem::Bass => tone::bass(&song.bass, song.tuning_cents, frames, rng),
        Stem::Chords => chords(song, frames, rng),
        Stem::Lead => lead(song, frames, rng),
        Stem::Voice => {
            sung::voice(&song.voice, &Intonation::voice(song.seed), song.tuning_cents, frames, rng)
        }
    };
    bring_to(&mut mono, level + normal(rng, 0.0, 1.2).clamp(-3.0, 3.0));
    let mut stereo = room::place(&mono, pan, wet * rng.random_range(0.4..1.6));
    if let Some([start, end]) = song.fade {
        let rate = f64::from(RATE_HZ);
        for (index, sample) in stereo.iter_mut().enumerate().skip((start * rate) as usize) {
            let left = ((end - index as f64 / rate) / (end - start)).clamp(0.0, 1.0) as f32;
            *sample = sample.map(|side| side * left * left);
        }
    }
    stereo
}

fn chords(song: &Arrangement, frames: usize, rng: &mut rand_chacha::ChaCha8Rng) -> Vec<f32> {
    let mut sum = vec![0.0; frames];
    for (place, (instrument, notes)) in song.accompaniment.iter().enumerate() {
        let mut part = tone::play(*instrument, notes, song.tuning_cents, frames, rng);
        bring_to(&mut part, if place == 0 { -20.0 } else { -25.0 });
        sum.iter_mut().zip(part).for_each(|(sum, sample)| *sum += sample);
    }
    sum
}

fn lead(song: &Arrangement, frames: usize, rng: &mut rand_chacha::ChaCha8Rng) -> Vec<f32> {
    let (instrument, notes): &(Instrument, Vec<Note>) = &song.lead;
    match Intonation::instrument(*instrument) {
        Some(intonation) => sung::instrument(*instrument, notes, &intonation, song.tuning_cents, frames, rng),
        None => tone::play(*instrument, notes, song.tuning_cents, frames, rng),
    }
}

/// Scales so that what sounds has this mean level, in dB of full scale.
fn bring_to(samples: &mut [f32], level: f32) {
    let (mut energy, mut count) = (0.0_f64, 0_usize);
    for window in samples.chunks(RATE_HZ as usize / 20) {
        let own: f64 = window.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
        if own / window.len() as f64 > 1e-7 {
            energy += own;
            count += window.len();
        }
    }
    if count > 0 {
        let rms = (energy / count as f64).sqrt() as f32;
        let gain = 10.0_f32.powf(level / 20.0) / rms;
        samples.iter_mut().for_each(|sample| *sample *= gain);
    }
}

/// The frequency of a pitch, 69 for the A of 440 Hz.
fn hertz(pitch: f64, tuning_cents: f32) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0 + f64::from(tuning_cents) / 1200.0).exp2()
}
