//! Sound becomes a `TrackAnalysis`.

mod decode;
mod error;
mod resample;
mod rhythm;
mod sound;
mod spectrum;
mod tonal;

pub use decode::{Block, Decoder, source_of};
pub use error::AudioError;
pub use resample::{ANALYSIS_RATE_HZ, Resampler};
pub use sound::{Loudness, Sound};

/// dev
#[derive(Debug)]
pub struct Dev {
    /// dev
    pub beats: Vec<f64>,
    /// dev
    pub chords: Vec<(f64, f64, String)>,
    /// dev
    pub key: String,
    /// dev
    pub melody: Vec<(f64, f32)>,
}

/// dev
pub fn dev(sound: &Sound) -> Dev {
    let curves = rhythm::onset::OnsetCurves::of(sound);
    let activation = rhythm::activation::beat_activation(&curves);
    let path = rhythm::beat::track(&activation, curves.rate, &rhythm::beat::BeatModel::default());
    let beats: Vec<f64> = path.frames.iter().map(|&f| f as f64 / curves.rate).collect();
    let end = sound.analysed().0;
    let mut grid = vec![0.0];
    let mut strength = vec![0];
    for (i, b) in beats.iter().enumerate() {
        grid.push(*b);
        strength.push(1);
        if let Some(n) = beats.get(i + 1) {
            grid.push((b + n) / 2.0);
            strength.push(0);
        }
    }
    grid.push(end.max(grid[grid.len() - 1] + 0.01));
    let spectrum = tonal::pitch_spectrum::PitchSpectrum::of(sound);
    let chroma = tonal::chroma::between(&spectrum, &grid);
    let path = tonal::chord::recognise(&chroma, &strength, &tonal::chord::ChordModel::default());
    let names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
    let chords = path
        .iter()
        .zip(grid.windows(2))
        .map(|((h, _), w)| {
            let l = match h {
                tonal::chord::Harmony::None => "N".to_owned(),
                tonal::chord::Harmony::Chord { root, quality } => format!(
                    "{}:{}",
                    names[*root as usize],
                    if *quality == tonal::chord::Quality::Major { "maj" } else { "min" }
                ),
            };
            (w[0], w[1], l)
        })
        .collect();
    let weights: Vec<f32> = grid.windows(2).map(|w| (w[1] - w[0]) as f32).collect();
    let key = tonal::key::estimate(&chroma, &weights);
    let key = key.map_or("C major".to_owned(), |k| {
        format!("{} {}", names[k.tonic as usize], if k.is_major { "major" } else { "minor" })
    });
    let m = tonal::melody::extract(sound, &tonal::melody::MelodyModel::default());
    let melody = m.hertz.iter().zip(&m.is_voiced).enumerate().map(|(i, (h, v))| (i as f64 / m.rate, if *v { *h } else { -*h })).collect();
    Dev { beats, chords, key, melody }
}
