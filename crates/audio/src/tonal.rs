//! Tonality: tuning, chords, key and the leading voice.

mod chord;
mod chroma;
mod key;
mod leading_voice;
mod nnls;
mod pitch_spectrum;

use music::analysis::{Chord, Melody};
use music::key::{Mode, PitchClass};
use music::unit::{Hertz, Seconds};

use self::chord::{ChordModel, Harmony, Quality};
use self::leading_voice::MelodyModel;
use self::pitch_spectrum::PitchSpectrum;
use crate::sound::Sound;

/// A key with what speaks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// The note that everything comes home to.
    pub tonic: PitchClass,
    /// Its scale.
    pub mode: Mode,
    /// How far the best unrelated key is behind, as a difference of correlations; not calibrated.
    pub margin: f32,
    /// How far the relative key is behind, likewise.
    pub mode_margin: f32,
}

/// What was found in the pitches of a track.
#[derive(Clone, Debug)]
pub struct Tonality {
    /// How far the music is from A = 440 Hz.
    ///
    /// *Range*: −50 to 50 cents.
    pub tuning_cents: f32,
    /// The key of the whole; none where no pitch sounds.
    pub key: Option<Key>,
    /// The harmony from start to end, without gaps.
    pub chords: Vec<Chord>,
}

/// The tuning, key and chords of `sound`; chords change at `beats` and between them.
pub fn tonality(sound: &Sound, beats: &[Seconds]) -> Tonality {
    let spectrum = PitchSpectrum::of(sound);
    let (grid, on_beat) = half_beats(beats, sound.analysed());
    let chroma = chroma::between(&spectrum, &grid);
    let path = chord::recognise(&chroma, &on_beat, &ChordModel::default());
    let weights: Vec<f32> = grid.windows(2).map(|span| (span[1] - span[0]) as f32).collect();
    Tonality {
        tuning_cents: spectrum.tuning_cents,
        key: key::estimate(&chroma, &weights),
        chords: joined(&path, &grid),
    }
}

/// The leading voice of `sound`.
pub fn melody(sound: &Sound) -> Melody {
    let curve = leading_voice::extract(sound, &MelodyModel::default());
    let pairs = curve.hertz.iter().zip(&curve.is_voiced);
    let hertz = pairs.map(|(&hertz, &is_voiced)| Hertz(if is_voiced { hertz } else { 0.0 })).collect();
    Melody { hop: Seconds(1.0 / curve.rate), hertz }
}

/// The moments at which a chord may begin, and whether each is a beat.
fn half_beats(beats: &[Seconds], end: Seconds) -> (Vec<f64>, Vec<bool>) {
    let (mut grid, mut on_beat) = (vec![0.0], vec![false]);
    for (index, beat) in beats.iter().enumerate().filter(|(_, beat)| beat.0 > 0.0) {
        grid.push(beat.0);
        on_beat.push(true);
        if let Some(next) = beats.get(index + 1) {
            grid.push(f64::midpoint(beat.0, next.0));
            on_beat.push(false);
        }
    }
    let last = grid.last().copied().unwrap_or(0.0);
    if end.0 > last {
        grid.push(end.0);
    }
    (grid, on_beat)
}

/// Spans of the same chord as one.
fn joined(path: &[(Harmony, f32)], grid: &[f64]) -> Vec<Chord> {
    let mut chords: Vec<Chord> = Vec::new();
    let mut last = None;
    for ((harmony, confidence), span) in path.iter().zip(grid.windows(2)) {
        let seconds = span[1] - span[0];
        match chords.last_mut() {
            Some(chord) if last == Some(*harmony) => {
                let share = (seconds / (chord.duration.0 + seconds)) as f32;
                chord.confidence += share * (confidence - chord.confidence);
                chord.duration.0 += seconds;
            }
            _ => chords.push(Chord {
                start: Seconds(span[0]),
                duration: Seconds(seconds),
                label: label(*harmony),
                confidence: *confidence,
            }),
        }
        last = Some(*harmony);
    }
    chords
}

/// The chord in the syntax of Harte et al. (2005).
fn label(harmony: Harmony) -> String {
    const ROOTS: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
    match harmony {
        Harmony::None => "N".to_owned(),
        Harmony::Chord { root, quality: Quality::Major } => format!("{}:maj", ROOTS[usize::from(root)]),
        Harmony::Chord { root, quality: Quality::Minor } => format!("{}:min", ROOTS[usize::from(root)]),
    }
}

#[cfg(test)]
mod tests;
