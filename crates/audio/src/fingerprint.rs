//! What finds the same recording again, whatever it was encoded with.
//!
//! It tells recordings apart, not songs: another performance has another fingerprint.
//!
//! *Source*: Haitsma, Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002, sections 4 and 5.
//! Differences: frames are twice as far apart as there, and only the first minute of sound is looked at.

use crate::resample::ANALYSIS_RATE_HZ;
use crate::sound::Sound;
use crate::spectrum::Stft;

/// A frame of 0.37 s, as in the source. *Unit*: samples.
const FRAME_LEN: usize = 8_192;
/// From one word to the next. *Unit*: samples.
const HOP: usize = 1_024;
/// How many words are kept, from where the sound begins: one minute.
const WORD_COUNT_MAX: usize = 60 * ANALYSIS_RATE_HZ as usize / HOP;
/// The bands lie between these, where every encoder keeps what it hears.
const BAND_HZ: (f32, f32) = (300.0, 2_000.0);
/// One more than the bits of a word.
const BAND_COUNT: usize = 33;
/// Up to this share of different bits it is the same recording; of two that have nothing to do with each other about
/// half of the bits differ. As in the source, section 5.2.
pub(crate) const ERROR_MAX: f32 = 0.35;
/// Two fingerprints must overlap by this many words, about ten seconds.
const OVERLAP_MIN: usize = 215;

/// The fingerprint of one recording.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Fingerprint {
    words: Vec<u32>,
}

impl Fingerprint {
    /// The fingerprint of `sound`; empty where nothing is heard.
    pub fn of(sound: &Sound) -> Self {
        if sound.is_silent() {
            return Self::default();
        }
        let stft = Stft::new(FRAME_LEN, HOP);
        let edges = band_edges(stft.bin_hz());
        let mut frames = stft.frames(sound);
        let (mut before, mut words) = ([0.0_f32; BAND_COUNT], Vec::new());
        let mut has_begun = false;
        for index in 0..stft.frame_count(sound) {
            let mut energies = [0.0; BAND_COUNT];
            let magnitudes = frames.magnitudes(index);
            for (energy, edge) in energies.iter_mut().zip(edges.windows(2)) {
                *energy = magnitudes[edge[0]..edge[1]].iter().map(|m| m * m).sum();
            }
            // What stands before the music differs between editions.
            has_begun |= energies.iter().sum::<f32>() > 1e-7;
            if has_begun {
                words.push(word(&energies, &before));
            }
            before = energies;
            if words.len() == WORD_COUNT_MAX {
                break;
            }
        }
        Self { words }
    }

    /// A fingerprint of words that were stored.
    pub const fn from_words(words: Vec<u32>) -> Self {
        Self { words }
    }

    /// The words, 22 a second.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The share of different bits where `other` begins `shift` words later in the recording than this one; none where
    /// they overlap too little.
    pub(crate) fn error(&self, other: &Self, shift: isize) -> Option<f32> {
        let (mine, theirs) = match usize::try_from(shift) {
            Ok(shift) => (self.words.get(shift..)?, &other.words[..]),
            Err(_) => (&self.words[..], other.words.get(shift.unsigned_abs()..)?),
        };
        let count = mine.len().min(theirs.len());
        if count < OVERLAP_MIN {
            return None;
        }
        let different: u32 = mine.iter().zip(theirs).map(|(a, b)| (a ^ b).count_ones()).sum();
        Some(different as f32 / (32 * count) as f32)
    }
}

/// The bins at which bands begin and end, evenly on a logarithmic scale.
fn band_edges(bin_hz: f32) -> Vec<usize> {
    let (low, high) = BAND_HZ;
    let edge = |band: usize| {
        let hz = low * (high / low).powf(band as f32 / BAND_COUNT as f32);
        (hz / bin_hz).round() as usize
    };
    (0..=BAND_COUNT).map(edge).collect()
}

/// One bit for each pair of neighbouring bands: whether their difference grows.
fn word(energies: &[f32; BAND_COUNT], before: &[f32; BAND_COUNT]) -> u32 {
    let differences = |e: &[f32; BAND_COUNT], band: usize| e[band] - e[band + 1];
    (0..BAND_COUNT - 1).fold(0, |word, band| {
        (word << 1) | u32::from(differences(energies, band) - differences(before, band) > 0.0)
    })
}

#[cfg(test)]
mod tests;
