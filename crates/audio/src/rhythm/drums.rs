//! The drums: when kick, snare and hats are struck, and the pattern that bars repeat.
//!
//! What is short is taken from bands of the spectrum by a sliding median, and explained as a sum of three fixed shapes
//! and a few free ones, which take up what is no drum. Fixed shapes know no particular drum, so that a clap or a rim is a
//! snare, and a shaker or a ride is a hat.
//!
//! *Source*: Wu, Lerch, "Drum Transcription Using Partially Fixed Non-Negative Matrix Factorization with Template
//! Adaptation", 2015, section 2, here without adaptation; FitzGerald, "Harmonic/Percussive Separation Using Median
//! Filtering", 2010, for the median.

mod factors;
mod pattern;
mod strokes;

use self::factors::{BAND_COUNT, DRUM_COUNT, Factors};
pub(crate) use self::pattern::drums;
use crate::median::{self, Row, SlidingMedian};
use crate::spectrum::{Filterbank, Stft};

/// How much of each drum sounds at each frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct DrumCurves {
    /// Frames a second.
    pub(crate) rate: f64,
    /// Kick, snare and hats.
    pub(crate) drums: [Vec<f32>; DRUM_COUNT],
    /// What the three explain of all that is short.
    ///
    /// *Range*: 0 to 1.
    pub(crate) explained: f32,
}

/// Frames that are explained together: about half a minute, in which the free shapes may be others than before.
const BLOCK_FRAMES: usize = 3_000;
/// Half the median's width, in frames of about 10 ms: what lasts longer than this is no stroke.
///
/// Tuned on 29 November 2026 on excerpts of 40 to 55 s from 22 composed songs, seed 103, as are all constants of this
/// module that name no source.
const REACH_FRAMES: usize = 12;

/// Follows the drums while the spectra of the onset curves go by.
pub(crate) struct DrumListener {
    bank: Filterbank,
    /// *Shape*: `[frames, BAND_COUNT]`, what is not explained yet.
    bands: Vec<f32>,
    levels: Vec<u8>,
    medians: Vec<u8>,
    window: SlidingMedian,
    factors: Factors,
    curves: DrumCurves,
    sums: [f64; 2],
}

impl DrumListener {
    /// A listener to the spectra of `stft`.
    pub(crate) fn new(stft: &Stft) -> Self {
        let bank = Filterbank::mel(BAND_COUNT, 30.0, 10_800.0, stft.bin_hz(), stft.bin_count());
        let factors = Factors::new(&bank.centres_hz);
        Self {
            bank,
            bands: Vec::new(),
            levels: Vec::new(),
            medians: Vec::new(),
            window: SlidingMedian::new(),
            factors,
            curves: DrumCurves { rate: stft.rate(), ..DrumCurves::default() },
            sums: [0.0; 2],
        }
    }

    /// Takes the magnitudes of the next frame.
    pub(crate) fn push(&mut self, magnitudes: &[f32]) {
        let first = self.bands.len();
        self.bands.resize(first + BAND_COUNT, 0.0);
        self.bank.apply(magnitudes, &mut self.bands[first..]);
        if self.bands.len() == BLOCK_FRAMES * BAND_COUNT {
            self.explain();
        }
    }

    /// The curves of all that has been heard.
    pub(crate) fn finish(mut self) -> DrumCurves {
        self.explain();
        self.curves.explained = (self.sums[0] / self.sums[1].max(1e-9)) as f32;
        self.curves
    }

    fn explain(&mut self) {
        let frame_count = self.bands.len() / BAND_COUNT;
        self.levels.clear();
        self.levels.extend(self.bands.iter().map(|&band| median::level(band)));
        self.medians.resize(self.levels.len(), 0);
        for band in 0..BAND_COUNT {
            let row = Row { start: band, stride: BAND_COUNT, count: frame_count };
            self.window.filter(&self.levels, row, REACH_FRAMES, &mut self.medians);
        }
        for (band, &lasting) in self.bands.iter_mut().zip(&self.medians) {
            *band = (*band - median::magnitude(lasting)).max(0.0);
        }
        let (drums, rest) = self.factors.explain(&self.bands, &mut self.curves.drums);
        self.sums[0] += f64::from(drums);
        self.sums[1] += f64::from(drums + rest);
        self.bands.clear();
    }
}
