//! Which notes, each with its partials, sound together in a spectrum.
//!
//! *Source*: Mauch, Dixon, "Approximate Note Transcription for the Improved Identification of Difficult Chords", 2010,
//! section 2.3; solved by the multiplicative updates of Lee and Seung, "Algorithms for Non-negative Matrix
//! Factorization", 2001, which need no active sets and stay positive.

use super::pitch_spectrum::{BIN_COUNT, NOTE_COUNT, STEPS};

/// How much weaker each partial is than the one below.
const PARTIAL_DECAY: f32 = 0.7;
const PARTIAL_COUNT: usize = 12;
const UPDATE_COUNT: usize = 24;

/// Solves for the notes in spectra.
pub(crate) struct NoteSolver {
    /// Of each note: the steps it reaches with their weights.
    tones: Vec<Vec<(u16, f32)>>,
    fit: Vec<f32>,
}

impl NoteSolver {
    pub(crate) fn new() -> Self {
        let tones = (0..NOTE_COUNT)
            .map(|note| {
                let mut tone: Vec<(u16, f32)> = Vec::new();
                for partial in 1..=PARTIAL_COUNT {
                    let place = (note * STEPS + 1) as f32 + (STEPS * 12) as f32 * (partial as f32).log2();
                    let weight = PARTIAL_DECAY.powi(partial as i32 - 1);
                    let below = place.floor();
                    for (step, near) in
                        [(below - 1.0, 0.3), (below, 1.0), (below + 1.0, 1.0), (below + 2.0, 0.3)]
                    {
                        let closeness = (1.0 - (step - place).abs() / 1.6).max(0.0) * near;
                        let inside = step >= 0.0 && (step as usize) < BIN_COUNT;
                        if inside && closeness > 0.0 {
                            tone.push((step as u16, weight * closeness));
                        }
                    }
                }
                let norm = tone.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
                tone.into_iter().map(|(step, weight)| (step, weight / norm)).collect()
            })
            .collect();
        Self { tones, fit: vec![0.0; BIN_COUNT] }
    }

    /// The strength of each note in `spectrum`.
    ///
    /// *Shape*: `BIN_COUNT` in, `NOTE_COUNT` out.
    pub(crate) fn solve(&mut self, spectrum: &[f32], notes: &mut [f32]) {
        let mut goals = [0.0_f32; NOTE_COUNT];
        for ((goal, tone), note) in goals.iter_mut().zip(&self.tones).zip(notes.iter_mut()) {
            *goal = tone.iter().map(|&(step, weight)| weight * spectrum[usize::from(step)]).sum();
            *note = *goal;
        }
        for _ in 0..UPDATE_COUNT {
            self.fit.fill(0.0);
            for (tone, &note) in self.tones.iter().zip(notes.iter()) {
                if note > 1e-7 {
                    tone.iter().for_each(|&(step, weight)| self.fit[usize::from(step)] += weight * note);
                }
            }
            for ((note, tone), goal) in notes.iter_mut().zip(&self.tones).zip(&goals) {
                if *note > 1e-7 {
                    let have: f32 =
                        tone.iter().map(|&(step, weight)| weight * self.fit[usize::from(step)]).sum();
                    *note *= goal / (have + 1e-9);
                }
            }
        }
    }
}
