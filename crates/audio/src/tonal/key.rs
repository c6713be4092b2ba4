//! The key: which of 24 scales explains the pitch classes of a stretch best.

use music::key::{Mode, PitchClass};

use super::Key;
use super::chroma::Chroma;

/// How well pitch classes fit after each tonic in listeners' ears.
///
/// *Source*: Krumhansl, Kessler, "Tracing the Dynamic Changes in Perceived Tonal Organization in a Spatial
/// Representation of Musical Keys", 1982.
const KRUMHANSL: [[f32; 12]; 2] = [
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
];

/// The best key for `chroma`; `weights` says how much each span counts.
pub(crate) fn estimate(chroma: &[Chroma], weights: &[f32]) -> Option<Key> {
    let mut classes = [0.0_f32; 12];
    let mut bass = [0.0_f32; 12];
    for (chroma, weight) in chroma.iter().zip(weights) {
        let total: f32 = chroma.treble.iter().chain(&chroma.bass).sum();
        if total <= 1e-6 {
            continue;
        }
        for class in 0..12 {
            classes[class] += weight * (chroma.treble[class] + chroma.bass[class]) / total;
            bass[class] += weight * chroma.bass[class] / total;
        }
    }
    if classes.iter().sum::<f32>() <= 0.0 {
        return None;
    }
    let bass_total = bass.iter().sum::<f32>().max(1e-9);
    let mut fits = [[0.0_f32; 12]; 2];
    for (mode, fits) in fits.iter_mut().enumerate() {
        for (tonic, fit) in fits.iter_mut().enumerate() {
            let rotated = std::array::from_fn(|interval| classes[(tonic + interval) % 12]);
            let ground = bass[tonic] / bass_total - 1.0 / 12.0;
            *fit = correlation(&rotated, &KRUMHANSL[mode]) + 0.3 * ground;
        }
    }
    let of = |tonic: usize, mode: usize| fits[mode][tonic % 12];
    let (tonic, mode) = (0..24)
        .map(|index| (index % 12, index / 12))
        .max_by(|&(a, m), &(b, n)| of(a, m).total_cmp(&of(b, n)))?;
    let relative = if mode == 1 { ((tonic + 9) % 12, 0) } else { ((tonic + 3) % 12, 1) };
    let rival = (0..24)
        .map(|index| (index % 12, index / 12))
        .filter(|&key| key != (tonic, mode) && key != relative)
        .map(|(tonic, mode)| of(tonic, mode))
        .fold(f32::NEG_INFINITY, f32::max);
    Some(Key {
        tonic: PitchClass::new(tonic as u8).ok()?,
        mode: if mode == 1 { Mode::Major } else { Mode::Minor },
        margin: of(tonic, mode) - rival,
        mode_margin: of(tonic, mode) - of(relative.0, relative.1),
        fit: of(tonic, mode),
        major_gap: best_of(&fits[1]) - best_of(&fits[0]),
    })
}

fn best_of(fits: &[f32; 12]) -> f32 {
    fits.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// Pearson's correlation; 0 where one of both is level.
pub(super) fn correlation(a: &[f32; 12], b: &[f32; 12]) -> f32 {
    let mean = |values: &[f32; 12]| values.iter().sum::<f32>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    let norm = (square_a * square_b).sqrt();
    if norm > 1e-12 { product / norm } else { 0.0 }
}
