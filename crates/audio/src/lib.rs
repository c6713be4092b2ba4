//! Sound becomes what is known of it: decoding, the beat, the harmony, the key and the leading voice.
//!
//! | where | what |
//! |---|---|
//! | `decode`, `resample`, `sound` | a file's bytes become one channel at one rate, with its loudness |
//! | `spectrum` | the transforms that everything else reads |
//! | `rhythm` | onsets and beats |
//! | `tonal` | tuning, chords, key and melody |
//!
//! It reads what it is handed, knows no files, clock or chance, and gives the same for the same bytes.
//! Form, features, the descriptor and the report of `music::analysis::TrackAnalysis` are not made here yet.
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

mod decode;
mod error;
mod resample;
mod rhythm;
mod sound;
mod spectrum;
mod tonal;

pub use decode::{Block, Decoder};
pub use error::AudioError;
pub use resample::ANALYSIS_RATE_HZ;
pub use rhythm::beats;
pub use sound::{ANALYSED_SECONDS_MAX, Loudness, Sound};
pub use tonal::{Key, Tonality, melody, tonality};
