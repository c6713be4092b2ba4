//! Rhythm: from onsets to the beat, its bars and its parts, and to the drums.

mod activation;
mod bar;
mod beat;
mod drums;
mod given;
mod level;
mod onset;
mod pulse;
mod tatum;

use music::unit::Seconds;

pub(crate) use self::bar::{Metre, metre};
pub(crate) use self::drums::drums;
pub use self::given::{GivenBeats, beats_of_activations};
pub(crate) use self::onset::OnsetCurves;
pub(crate) use self::pulse::Pulse;
pub(crate) use self::tatum::{Division, division};
use crate::sound::Sound;

/// The moments one taps to, in order; none where nothing is regular enough to be followed for a second.
///
/// *Source*: see `rhythm::onset` and `rhythm::beat`.
pub fn beats(sound: &Sound) -> Vec<Seconds> {
    Pulse::of(sound).beats.into_iter().map(Seconds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resample::ANALYSIS_RATE_HZ;

    /// Bursts of decaying noise every `period` seconds from `start` on.
    fn bursts(start: f64, period: f64, seconds: f64) -> Sound {
        let rate = f64::from(ANALYSIS_RATE_HZ);
        let mut state = 1_u32;
        let samples: Vec<f32> = (0..(seconds * rate) as usize)
            .map(|index| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
                let since = index as f64 / rate - start;
                if since < 0.0 { 0.0 } else { 0.5 * noise * (-(since % period) * 40.0).exp() as f32 }
            })
            .collect();
        Sound::of_mono(&samples)
    }

    #[test]
    fn beats_fall_on_the_bursts_at_every_tempo() {
        for bpm in [70.0, 95.0, 120.0, 140.0, 174.0] {
            let period = 60.0 / bpm;
            let beats = beats(&bursts(0.3, period, 20.0));
            let inner = beats.iter().filter(|beat| (1.0..19.0).contains(&beat.0));
            let (mut count, mut worst) = (0, 0.0_f64);
            for beat in inner {
                let phase = (beat.0 - 0.3) / period;
                worst = worst.max((phase - phase.round()).abs() * period);
                count += 1;
            }
            assert!(worst < 0.035, "{bpm}: {worst}");
            assert!((f64::from(count) - 18.0 / period).abs() <= 1.5, "{bpm}: {count}");
        }
    }

    #[test]
    fn where_nothing_sounds_or_lasts_there_are_no_beats() {
        assert!(beats(&Sound::of_mono(&[])).is_empty());
        assert!(beats(&Sound::of_mono(&[0.5])).is_empty());
        assert!(beats(&Sound::of_mono(&vec![0.0; 100_000])).is_empty());
    }

    #[test]
    fn beats_do_not_depend_on_gain() {
        let loud = bursts(0.2, 0.5, 10.0);
        let mut samples = vec![0.0; loud.len()];
        loud.read_into(0..loud.len() as isize, &mut samples);
        samples.iter_mut().for_each(|sample| *sample *= 0.01);
        assert_eq!(beats(&loud), beats(&Sound::of_mono(&samples)));
    }
}
