//! Sound becomes what is known of it: from a file's bytes to a `music::analysis::TrackAnalysis`.
//!
//! | where | what |
//! |---|---|
//! | `decode`, `resample`, `sound` | a file's bytes become one channel at one rate, with its loudness |
//! | `spectrum`, `median`, `envelope`, `timbre` | the transforms, level and colour that everything else reads |
//! | `rhythm` | onsets, beats, bars, what beats are divided into, and the drums |
//! | `fingerprint`, `duplicates` | what finds the same recording again |
//! | `tonal` | tuning, chords, key and melody |
//! | `form` | segments and sections with their labels |
//! | [`separation`] | drums, bass, voice and the rest, each by itself |
//! | `findings`, `analysis` | all of that for one sound, and how it is told |
//! | `calibration` | confidences become probabilities |
//! | `feature`, `descriptor`, `report` | the whole track in measures, as a point, and in words |
//! | [`annotation`] | what people wrote down about a track, from the files they wrote it to |
//! | [`score`] | how far an analysis agrees with an annotation |
//!
//! It reads what it is handed, knows no files, clock or chance, and gives the same for the same bytes.
//!
//! ```
//! use audio::{ANALYSIS_RATE_HZ, Sound};
//!
//! // Four seconds of a click every half second.
//! let mut samples = vec![0.0; 8 * ANALYSIS_RATE_HZ as usize];
//! samples.iter_mut().step_by(ANALYSIS_RATE_HZ as usize / 2).for_each(|sample| *sample = 0.9);
//! let beats = audio::beats(&Sound::of_mono(&samples));
//! assert!((beats[1].0 - beats[0].0 - 0.5).abs() < 0.02);
//! ```

mod analysis;
pub mod annotation;
mod calibration;
mod decode;
mod descriptor;
mod duplicates;
mod envelope;
mod error;
mod feature;
mod findings;
mod fingerprint;
mod form;
mod median;
mod report;
mod resample;
mod rhythm;
pub mod score;
pub mod separation;
mod sound;
mod spectrum;
mod timbre;
mod tonal;

pub use analysis::{FEATURES_VERSION, analyze, analyze_uncalibrated, raw_descriptor};
pub use decode::{Block, Decoder};
pub use descriptor::{DIMENSIONS, Dimension, descriptor_markdown};
pub use duplicates::duplicates;
pub use error::AudioError;
pub use feature::features_markdown;
pub use fingerprint::Fingerprint;
pub use resample::{ANALYSIS_RATE_HZ, Resampler};
pub use rhythm::{GivenBeats, beats, beats_of_activations};
pub use sound::{ANALYSED_SECONDS_MAX, Loudness, SILENCE_LUFS, Sound, SoundBuilder};
pub use spectrum::{MelSettings, mel_spectrogram};
pub use tonal::{Key, Tonality, melody, tonality};
