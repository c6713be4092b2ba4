//! How strongly the bands of the ear move at the pace of syllables.
//!
//! *Source*: Scheirer, Slaney, "Construction and Evaluation of a Robust Multifeature Speech/Music Discriminator", 1997.

use crate::timbre::{BARK_COUNT, Texture};

/// *Unit*: seconds of sound that are looked at at once.
const WINDOW_SECONDS: f64 = 2.0;
/// *Unit*: hertz of movement: syllables.
const SYLLABLES_HZ: [f64; 4] = [3.0, 3.75, 4.5, 5.25];
/// Bands in which voices have their power, about 200 to 4,400 Hz.
const BANDS: std::ops::Range<usize> = 2..18;

/// The part of the bands' movement that is at the pace of syllables.
///
/// *Range*: 0 to 1.
pub(crate) fn syllabic(texture: &Texture) -> f32 {
    let steps = (WINDOW_SECONDS * texture.rate).round() as usize;
    let (mut slow, mut all) = (0.0, 0.0);
    for window in texture.bark_db.chunks_exact(steps.max(1)) {
        for band in BANDS.start..BANDS.end.min(BARK_COUNT) {
            let mean = window.iter().map(|row| f64::from(row[band])).sum::<f64>() / steps as f64;
            all += window.iter().map(|row| (f64::from(row[band]) - mean).powi(2)).sum::<f64>() / steps as f64;
            slow +=
                SYLLABLES_HZ.iter().map(|hz| power_at(window, band, mean, hz / texture.rate)).sum::<f64>();
        }
    }
    if all > 1e-9 { (slow / all).clamp(0.0, 1.0) as f32 } else { 0.0 }
}

/// The power of a band's movement at one frequency, in cycles a frame.
fn power_at(window: &[[f32; BARK_COUNT]], band: usize, mean: f64, frequency: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (step, row) in window.iter().enumerate() {
        let value = f64::from(row[band]) - mean;
        let (sin, cos) = (std::f64::consts::TAU * frequency * step as f64).sin_cos();
        re += value * cos;
        im += value * sin;
    }
    2.0 * (re * re + im * im) / (window.len() as f64).powi(2)
}
