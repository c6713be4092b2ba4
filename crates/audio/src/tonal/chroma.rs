//! How strongly each pitch class sounds, between the moments of a grid.

use super::nnls::NoteSolver;
use super::pitch_spectrum::{BIN_COUNT, LOWEST_NOTE, NOTE_COUNT, PitchSpectrum};

/// Pitch classes of the bass and of everything, C first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Chroma {
    pub(crate) bass: [f32; 12],
    pub(crate) treble: [f32; 12],
}

/// Where the bass fades out and the treble in, as MIDI notes.
const BASS_NOTES: (f32, f32) = (45.0, 55.0);
/// Where the bass begins and the treble ends to count.
const LOW_FADE: (f32, f32) = (26.0, 33.0);
const HIGH_FADE: (f32, f32) = (84.0, 104.0);

/// The chroma between each moment of `grid` and the next, in seconds.
pub(crate) fn between(spectrum: &PitchSpectrum, grid: &[f64]) -> Vec<Chroma> {
    let mut solver = NoteSolver::new();
    let (mut mean, mut notes) = (vec![0.0; BIN_COUNT], vec![0.0; NOTE_COUNT]);
    grid.windows(2)
        .map(|span| {
            spectrum.mean_between(span[0], span[1], &mut mean);
            solver.solve(&mean, &mut notes);
            fold(&notes)
        })
        .collect()
}

fn fold(notes: &[f32]) -> Chroma {
    let mut chroma = Chroma::default();
    let fade = |note: f32, (from, to): (f32, f32)| ((note - from) / (to - from)).clamp(0.0, 1.0);
    for (index, &strength) in notes.iter().enumerate() {
        let note = (LOWEST_NOTE + index) as f32;
        let class = (LOWEST_NOTE + index) % 12;
        let is_high = fade(note, BASS_NOTES);
        chroma.bass[class] += strength * fade(note, LOW_FADE) * (1.0 - is_high);
        chroma.treble[class] += strength * (0.15 + 0.85 * is_high) * (1.0 - fade(note, HIGH_FADE));
    }
    chroma
}
