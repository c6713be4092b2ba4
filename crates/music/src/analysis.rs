//! How a track goes in time: what `audio` finds, and what everything above it reads.
//!
//! The JSON form is that of `segue analyze --json`.
//! Times are seconds from the start of the track; confidences run from 0 to 1.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::{Mode, PitchClass};
use crate::sound::{Sound, SoundFeature};
use crate::unit::{Bpm, Hertz, Lufs, Seconds};

/// Which recipe made an analysis; vectors of different versions must never be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeaturesVersion(pub u16);

impl fmt::Display for FeaturesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "features version {}", self.0)
    }
}

/// The numbers of a descriptor.
pub const DESCRIPTOR_LEN: usize = 42;

/// A track's sound as one point, for distances.
///
/// *Shape*: 42 numbers, each between −1 and 1, scaled by median and spread of reference tracks by the recipe of its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    version: FeaturesVersion,
    values: [f32; DESCRIPTOR_LEN],
}

/// Why two descriptors cannot be compared or one cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptorError {
    /// They were made by different recipes.
    #[error("{left} cannot be compared with {right}; analyse the older track again")]
    Version {
        /// One recipe.
        left: FeaturesVersion,
        /// The other.
        right: FeaturesVersion,
    },
    /// A number is not finite.
    #[error("number {index} of a descriptor is not finite")]
    NotFinite {
        /// Which of the 42.
        index: usize,
    },
}

impl Descriptor {
    /// The descriptor with these numbers.
    ///
    /// # Errors
    /// When one of them is not finite.
    pub fn new(version: FeaturesVersion, values: [f32; DESCRIPTOR_LEN]) -> Result<Self, DescriptorError> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(DescriptorError::NotFinite { index }),
            None => Ok(Self { version, values }),
        }
    }

    /// The recipe.
    pub const fn version(&self) -> FeaturesVersion {
        self.version
    }

    /// The numbers.
    pub const fn values(&self) -> &[f32; DESCRIPTOR_LEN] {
        &self.values
    }

    /// The Euclidean distance to `other`.
    ///
    /// # Errors
    /// When the recipes differ.
    pub fn distance(&self, other: &Self) -> Result<f32, DescriptorError> {
        if self.version != other.version {
            return Err(DescriptorError::Version { left: self.version, right: other.version });
        }
        let squares = self.values.iter().zip(&other.values).map(|(a, b)| (a - b) * (a - b));
        Ok(squares.sum::<f32>().sqrt())
    }
}

/// Everything that was found in one track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackAnalysis {
    /// The recipe.
    pub features_version: FeaturesVersion,
    /// How long the sound is.
    pub duration: Seconds,
    /// The whole track in numbers.
    pub track: TrackSummary,
    /// The smallest regular pulse.
    pub tatums: Vec<Span>,
    /// The pulse one taps to.
    pub beats: Vec<Span>,
    /// Bars, each from one downbeat to the next.
    pub bars: Vec<Span>,
    /// Verse, chorus and so on.
    pub sections: Vec<Section>,
    /// Short stretches of even sound.
    pub segments: Vec<Segment>,
    /// The harmony.
    pub chords: Vec<Chord>,
    /// The leading voice.
    pub melody: Melody,
    /// The drums; none where nobody drums, and in analyses before version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drums: Option<Drums>,
    /// The point for distances.
    ///
    /// *Shape*: 42 numbers, see [`Descriptor`].
    pub descriptor: Vec<f32>,
    /// The analysis in words.
    pub report: String,
}

impl TrackAnalysis {
    /// The descriptor with its version.
    ///
    /// # Errors
    /// When a number is missing or not finite.
    pub fn descriptor(&self) -> Result<Descriptor, DescriptorError> {
        let values =
            self.descriptor.as_slice().try_into().map_err(|_| DescriptorError::NotFinite {
                index: self.descriptor.len().min(DESCRIPTOR_LEN),
            })?;
        Descriptor::new(self.features_version, values)
    }
}

/// What a neural model that the listener brought heard in a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Beats, and those of them that begin a bar where the model tells.
    Beats {
        /// The moments one taps to.
        beats: Vec<Seconds>,
        /// Those that begin a bar.
        downbeats: Vec<Seconds>,
    },
    /// The sound as a point: the mean over its windows.
    Embedding(Vec<f32>),
    /// Words, those that fit best first.
    Tags(Vec<Tag>),
}

/// A word and how well it fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// The word, as the model has it.
    pub label: String,
    /// *Range*: 0 to 1, as far as the model keeps to it.
    pub probability: f32,
}

/// A value and how sure we are of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate<T> {
    /// The value.
    pub value: T,
    /// *Range*: 0 to 1, calibrated: of the values given with 0.8, about 80 % are right.
    pub confidence: f32,
}

/// The whole track in numbers; ranges as in [`crate::sound::SoundFeature`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each number is described once, in `sound`; `…_confidence` runs from 0 to 1")]
pub struct TrackSummary {
    pub tempo: Bpm,
    pub tempo_confidence: f32,
    pub key: PitchClass,
    pub key_confidence: f32,
    pub mode: Mode,
    pub mode_confidence: f32,
    pub time_signature: u8,
    pub time_signature_confidence: f32,
    pub loudness: Lufs,
    pub loudness_confidence: f32,
    pub danceability: f32,
    pub danceability_confidence: f32,
    pub energy: f32,
    pub energy_confidence: f32,
    pub valence: f32,
    pub valence_confidence: f32,
    pub acousticness: f32,
    pub acousticness_confidence: f32,
    pub instrumentalness: f32,
    pub instrumentalness_confidence: f32,
    pub speechiness: f32,
    pub speechiness_confidence: f32,
    pub liveness: f32,
    pub liveness_confidence: f32,
}

impl TrackSummary {
    /// The numbers that somebody is sure of at all, in the form in which they come with metadata too.
    pub fn sound(&self) -> Sound {
        let mode = match self.mode {
            Mode::Major => 1.0,
            Mode::Minor => 0.0,
        };
        let numbers = [
            (SoundFeature::Danceability, self.danceability, self.danceability_confidence),
            (SoundFeature::Energy, self.energy, self.energy_confidence),
            (SoundFeature::Valence, self.valence, self.valence_confidence),
            (SoundFeature::Acousticness, self.acousticness, self.acousticness_confidence),
            (SoundFeature::Instrumentalness, self.instrumentalness, self.instrumentalness_confidence),
            (SoundFeature::Speechiness, self.speechiness, self.speechiness_confidence),
            (SoundFeature::Liveness, self.liveness, self.liveness_confidence),
            (SoundFeature::Loudness, self.loudness.0, self.loudness_confidence),
            (SoundFeature::Tempo, self.tempo.0, self.tempo_confidence),
            (SoundFeature::Key, f32::from(self.key.get()), self.key_confidence),
            (SoundFeature::Mode, mode, self.mode_confidence),
            (SoundFeature::TimeSignature, f32::from(self.time_signature), self.time_signature_confidence),
        ];
        let mut sound = Sound::default();
        for (feature, value, confidence) in numbers {
            if confidence > 0.0 {
                // A value out of range is one that nobody can use.
                let _ = sound.set(feature, value);
            }
        }
        sound
    }
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Span {
    pub start: Seconds,
    pub duration: Seconds,
    pub confidence: f32,
}

/// A part of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Section {
    pub start: Seconds,
    pub duration: Seconds,
    pub confidence: f32,
    pub label: SectionLabel,
    pub label_confidence: f32,
    pub tempo: Bpm,
    pub key: PitchClass,
    pub mode: Mode,
    pub loudness: Lufs,
}

/// What a part of the form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SectionLabel {
    Intro,
    Verse,
    PreChorus,
    Chorus,
    Bridge,
    Solo,
    Break,
    Outro,
    Other,
}

/// A short stretch of even sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Where it starts.
    pub start: Seconds,
    /// How long it is.
    pub duration: Seconds,
    /// How sure we are of its start.
    pub confidence: f32,
    /// Loudness at its start.
    pub loudness_start: Lufs,
    /// Loudness at its peak.
    pub loudness_max: Lufs,
    /// From its start to its peak.
    pub loudness_max_time: Seconds,
    /// Loudness where the next one starts.
    pub loudness_end: Lufs,
    /// How strongly each pitch class sounds, C first, the strongest 1.
    pub pitches: [f32; 12],
    /// The colour of the sound as coefficients of fixed spectral shapes.
    pub timbre: [f32; 12],
}

/// A chord and how long it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chord {
    /// Where it starts.
    pub start: Seconds,
    /// How long it holds.
    pub duration: Seconds,
    /// In the syntax of Harte et al. (2005), "Symbolic representation of musical chords": `A:min`, `N` for none.
    pub label: String,
    /// How sure we are.
    pub confidence: f32,
}

/// The drums, and the pattern that they repeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drums {
    /// The bass drum.
    pub kick: Drum,
    /// The snare drum, or what stands for it.
    pub snare: Drum,
    /// The hats, or what keeps time in their place.
    pub hat: Drum,
    /// How much of the snare falls on the second and the fourth of four beats, or on the last two of three.
    ///
    /// *Range*: 0 to 1.
    pub backbeat: f32,
    /// The share of beats with a kick, less that of the moments halfway between; 0 in bars that have not four beats.
    ///
    /// *Range*: 0 to 1.
    pub four_on_the_floor: f32,
    /// Strokes of all three a beat.
    pub density: f32,
    /// How sure we are that somebody drums like this.
    pub confidence: f32,
}

/// One drum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drum {
    /// When it is struck.
    pub strokes: Vec<Seconds>,
    /// In which share of the bars it is struck at each step, the first on the downbeat.
    ///
    /// *Shape*: four steps a beat, three where beats fall into three: mostly 16 or 12.
    pub pattern: Vec<f32>,
}

/// The leading voice as a curve.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Melody {
    /// Time from one value to the next.
    pub hop: Seconds,
    /// The pitch at each step, 0 where nothing leads.
    pub hertz: Vec<Hertz>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_of_different_recipes_are_an_error_to_compare() {
        let descriptor = |version, value| Descriptor::new(FeaturesVersion(version), [value; 42]).unwrap();
        let (a, b) = (descriptor(1, 0.0), descriptor(1, 2.0));
        assert!((a.distance(&b).unwrap() - (42.0_f32 * 4.0).sqrt()).abs() < 1e-5);
        let error = a.distance(&descriptor(2, 0.0)).unwrap_err();
        insta::assert_snapshot!(
            error,
            @"features version 1 cannot be compared with features version 2; analyse the older track again"
        );
    }

    #[test]
    fn a_descriptor_is_finite() {
        let mut values = [0.0; 42];
        values[7] = f32::NAN;
        let error = Descriptor::new(FeaturesVersion(1), values).unwrap_err();
        assert_eq!(error, DescriptorError::NotFinite { index: 7 });
    }
}
