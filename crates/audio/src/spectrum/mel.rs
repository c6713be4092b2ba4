//! A spectrogram on the mel scale for listeners outside of this crate.

use super::filterbank::Filterbank;
use super::stft::Stft;
use crate::resample::ANALYSIS_RATE_HZ;
use crate::sound::Sound;

/// How a spectrogram is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelSettings {
    /// Samples in a frame.
    pub frame_len: usize,
    /// Samples from one frame to the next.
    pub hop: usize,
    /// Bands.
    pub band_count: usize,
    /// Where the lowest band begins. *Unit*: hertz.
    pub low_hz: f32,
    /// Where the highest band ends. *Unit*: hertz.
    pub high_hz: f32,
    /// What a band is multiplied by before the logarithm of one more than it is taken.
    pub gain: f32,
}

impl MelSettings {
    /// Whether a spectrogram can be made this way: frames of 32 to 65,536 samples, hops of up to a frame, no more than half
    /// as many bands as a frame has samples, all below half the rate.
    pub fn are_usable(&self) -> bool {
        (32..=65_536).contains(&self.frame_len)
            && (1..=self.frame_len).contains(&self.hop)
            && (1..=self.frame_len / 2).contains(&self.band_count)
            && self.low_hz >= 0.0
            && self.low_hz < self.high_hz
            && self.high_hz <= ANALYSIS_RATE_HZ as f32 / 2.0
            && self.gain > 0.0
            && self.gain.is_finite()
    }
}

/// The logarithm of one more than the magnitude in each band, frame after frame, at the reference loudness.
///
/// *Shape*: frames × bands, the bands of a frame together. A sine at full scale has magnitude 1.
/// Frames are centred on multiples of the hop.
/// Empty where the settings are not usable.
pub fn mel_spectrogram(sound: &Sound, settings: &MelSettings) -> Vec<f32> {
    if !settings.are_usable() {
        return Vec::new();
    }
    let stft = Stft::new(settings.frame_len, settings.hop);
    let bank = Filterbank::mel(
        settings.band_count,
        settings.low_hz,
        settings.high_hz,
        stft.bin_hz(),
        stft.bin_count(),
    );
    let (count, mut frames) = (stft.frame_count(sound), stft.frames(sound));
    let mut rows = vec![0.0; count * settings.band_count];
    for (index, row) in rows.chunks_exact_mut(settings.band_count).enumerate() {
        bank.apply(frames.magnitudes(index), row);
        row.iter_mut().for_each(|band| *band = (settings.gain * *band).ln_1p());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: MelSettings = MelSettings {
        frame_len: 1_024,
        hop: 441,
        band_count: 40,
        low_hz: 30.0,
        high_hz: 10_000.0,
        gain: 1_000.0,
    };

    #[test]
    fn a_higher_tone_lies_in_a_higher_band() {
        let loudest = |hz: f32| {
            let step = std::f32::consts::TAU * hz / ANALYSIS_RATE_HZ as f32;
            let samples: Vec<f32> = (0..22_050).map(|n| (step * n as f32).sin()).collect();
            let rows = mel_spectrogram(&Sound::of_mono(&samples), &SETTINGS);
            assert_eq!(rows.len(), 50 * SETTINGS.band_count);
            let row = &rows[25 * SETTINGS.band_count..][..SETTINGS.band_count];
            (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0)
        };
        let bands = [100.0, 400.0, 1_600.0, 6_400.0].map(loudest);
        assert!(bands.windows(2).all(|pair| pair[0] < pair[1]), "{bands:?}");
    }

    #[test]
    fn settings_that_make_no_sense_make_no_spectrogram() {
        let sound = Sound::of_mono(&[0.5; 4_000]);
        for wrong in [
            MelSettings { hop: 0, ..SETTINGS },
            MelSettings { band_count: 100_000, ..SETTINGS },
            MelSettings { high_hz: 20_000.0, ..SETTINGS },
            MelSettings { low_hz: f32::NAN, ..SETTINGS },
        ] {
            assert!(mel_spectrogram(&sound, &wrong).is_empty(), "{wrong:?}");
        }
    }
}
