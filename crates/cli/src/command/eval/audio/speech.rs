//! Speech against music: spoken digits and read speech beside clips of music, in windows of three seconds.
//!
//! Everything is low-passed below 4 kHz first, because the digits have nothing above it and the width of the band would
//! give them away.

use std::path::{Path, PathBuf};

use anyhow::Result;
use audio::{ANALYSIS_RATE_HZ, Sound};

/// How long a window is, in seconds.
const WINDOW_SECONDS: f64 = 3.0;
/// How many windows of a clip of music are looked at, evenly spread.
const MUSIC_WINDOW_COUNT: usize = 3;
/// Where the low-pass begins, in hertz, and how many samples its filter has: it is through before 4 kHz.
const CUTOFF_HERTZ: f64 = 3_500.0;
const TAP_COUNT: usize = 181;

/// Files that are joined and told apart from the other kind.
#[derive(Clone, Debug)]
pub(super) struct SpeechTest {
    /// The files, in order.
    pub(super) files: Vec<PathBuf>,
    /// Whether somebody speaks in them.
    pub(super) is_speech: bool,
}

/// What is said of each window: our speechiness, and whether it is speech; and how many seconds were looked at.
pub(super) fn windows(
    test: &SpeechTest,
    read: impl Fn(&Path) -> Result<Sound>,
) -> Result<(Vec<(f64, bool)>, f64)> {
    let mut samples: Vec<f32> = Vec::new();
    for file in &test.files {
        let sound = read(file)?;
        let mut own = vec![0.0; sound.len()];
        sound.read_into(0..own.len() as isize, &mut own);
        samples.extend(own);
    }
    let samples = low_passed(&samples);
    let length = (WINDOW_SECONDS * f64::from(ANALYSIS_RATE_HZ)) as usize;
    let all: Vec<&[f32]> = samples.chunks_exact(length).collect();
    let count = if test.is_speech { all.len() } else { all.len().min(MUSIC_WINDOW_COUNT) };
    let chosen = (0..count).map(|window| all[(2 * window + 1) * all.len() / (2 * count)]);
    let scored = chosen.map(|window| {
        let analysis = audio::analyze(&Sound::of_mono(window));
        (f64::from(analysis.track.speechiness), test.is_speech)
    });
    Ok((scored.collect(), WINDOW_SECONDS * count as f64))
}

/// What lies below the cutoff, by a sinc under a Blackman window.
fn low_passed(samples: &[f32]) -> Vec<f32> {
    let cutoff = 2.0 * CUTOFF_HERTZ / f64::from(ANALYSIS_RATE_HZ);
    let middle = (TAP_COUNT / 2) as f64;
    let tap = |index: usize| {
        let from_middle = index as f64 - middle;
        let angle = std::f64::consts::PI * cutoff * from_middle;
        let sinc = if from_middle == 0.0 { 1.0 } else { angle.sin() / angle };
        let turn = std::f64::consts::TAU * index as f64 / (TAP_COUNT - 1) as f64;
        (cutoff * sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())) as f32
    };
    let taps: Vec<f32> = (0..TAP_COUNT).map(tap).collect();
    let padding = vec![0.0; TAP_COUNT / 2];
    let padded = [&padding[..], samples, &padding[..]].concat();
    padded
        .windows(TAP_COUNT)
        .map(|window| window.iter().zip(&taps).map(|(sample, tap)| sample * tap).sum())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_digits_do_not_have_is_taken_out() {
        let tone = |hertz: f64| -> Vec<f32> {
            let step = std::f64::consts::TAU * hertz / f64::from(ANALYSIS_RATE_HZ);
            (0..20_000).map(|index| (index as f64 * step).sin() as f32).collect()
        };
        let left = |hertz| {
            low_passed(&tone(hertz))[1000..19_000].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
        };
        assert!((left(1000.0) - 1.0).abs() < 0.01);
        assert!(left(4000.0) < 1e-3 && left(9000.0) < 1e-3);
        assert!(low_passed(&[]).is_empty());
    }
}
