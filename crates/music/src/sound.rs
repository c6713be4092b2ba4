//! A track's sound in a handful of numbers, on the ranges that Spotify's audio features made common.

use serde::{Deserialize, Serialize};

/// One of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundFeature {
    /// How well one can dance to it, 0 to 1.
    Danceability,
    /// How intense it is, 0 to 1.
    Energy,
    /// How positive it sounds, 0 (sad, angry) to 1 (cheerful).
    Valence,
    /// How surely it is acoustic, 0 to 1.
    Acousticness,
    /// How surely nobody sings, 0 to 1.
    Instrumentalness,
    /// How much of it is spoken, 0 to 1.
    Speechiness,
    /// How surely an audience is present, 0 to 1.
    Liveness,
    /// Loudness over the whole track in LUFS, −60 to 0.
    Loudness,
    /// Tempo in BPM, 0 to 300.
    Tempo,
    /// Tonic, C = 0 to B = 11.
    Key,
    /// 1 major, 0 minor.
    Mode,
    /// Beats in a bar, 1 to 16; 6 for 6/8, whether its beats are eighths or two of three eighths.
    TimeSignature,
}

impl SoundFeature {
    /// All features, in the order of their values in [`Sound`].
    pub const ALL: [Self; 12] = [
        Self::Danceability,
        Self::Energy,
        Self::Valence,
        Self::Acousticness,
        Self::Instrumentalness,
        Self::Speechiness,
        Self::Liveness,
        Self::Loudness,
        Self::Tempo,
        Self::Key,
        Self::Mode,
        Self::TimeSignature,
    ];

    /// The name in files and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Danceability => "danceability",
            Self::Energy => "energy",
            Self::Valence => "valence",
            Self::Acousticness => "acousticness",
            Self::Instrumentalness => "instrumentalness",
            Self::Speechiness => "speechiness",
            Self::Liveness => "liveness",
            Self::Loudness => "loudness",
            Self::Tempo => "tempo",
            Self::Key => "key",
            Self::Mode => "mode",
            Self::TimeSignature => "time_signature",
        }
    }

    /// The feature with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// The least and the greatest value that makes sense.
    pub const fn range(self) -> (f32, f32) {
        match self {
            Self::Loudness => (-60.0, 10.0),
            Self::Tempo => (0.0, 300.0),
            Self::Key => (0.0, 11.0),
            Self::TimeSignature => (1.0, 16.0),
            _ => (0.0, 1.0),
        }
    }
}

/// The numbers of one track; any may be unknown, none is ever NaN or out of range.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(into = "SoundMap", try_from = "SoundMap")]
pub struct Sound {
    values: [Option<f32>; SoundFeature::ALL.len()],
}

/// A value that no track can have.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{value} is no {}; it runs from {} to {}", feature.name(), feature.range().0, feature.range().1)]
pub struct SoundError {
    /// The feature it was given for.
    pub feature: SoundFeature,
    /// What was given.
    pub value: f32,
}

impl Sound {
    /// The value of `feature`, where known.
    pub const fn get(&self, feature: SoundFeature) -> Option<f32> {
        self.values[feature as usize]
    }

    /// Sets the value of `feature`.
    ///
    /// # Errors
    /// When the value is not finite or out of range; the old value stays.
    pub fn set(&mut self, feature: SoundFeature, value: f32) -> Result<(), SoundError> {
        let (least, greatest) = feature.range();
        if !(least..=greatest).contains(&value) {
            return Err(SoundError { feature, value });
        }
        self.values[feature as usize] = Some(value);
        Ok(())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// The values that are known.
    pub fn known(&self) -> impl Iterator<Item = (SoundFeature, f32)> + '_ {
        SoundFeature::ALL.into_iter().filter_map(|feature| Some((feature, self.get(feature)?)))
    }

    /// Takes over each value that is unknown here and known in `other`.
    pub fn fill_from(&mut self, other: &Self) {
        for (mine, theirs) in self.values.iter_mut().zip(other.values) {
            *mine = mine.or(theirs);
        }
    }
}

/// The JSON form: an object with the known features.
type SoundMap = std::collections::BTreeMap<SoundFeature, f32>;

impl From<Sound> for SoundMap {
    fn from(sound: Sound) -> Self {
        sound.known().collect()
    }
}

impl TryFrom<SoundMap> for Sound {
    type Error = SoundError;

    fn try_from(map: SoundMap) -> Result<Self, SoundError> {
        let mut sound = Self::default();
        for (feature, value) in map {
            sound.set(feature, value)?;
        }
        Ok(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_the_range_are_refused() {
        let mut sound = Sound::default();
        sound.set(SoundFeature::Energy, 0.8).unwrap();
        for bad in [f32::NAN, f32::INFINITY, -0.1, 1.1] {
            assert!(sound.set(SoundFeature::Energy, bad).is_err(), "{bad}");
        }
        assert_eq!(sound.get(SoundFeature::Energy), Some(0.8));
        assert!(serde_json::from_str::<Sound>(r#"{"tempo": 1e9}"#).is_err());
    }

    #[test]
    fn json_shows_what_is_known() {
        let mut sound = Sound::default();
        sound.set(SoundFeature::Tempo, 92.0).unwrap();
        let json = serde_json::to_string(&sound).unwrap();
        assert_eq!(json, r#"{"tempo":92.0}"#);
        assert_eq!(serde_json::from_str::<Sound>(&json).unwrap(), sound);
    }

    #[test]
    fn features_stand_where_their_number_says() {
        for (index, feature) in SoundFeature::ALL.into_iter().enumerate() {
            assert_eq!(feature as usize, index);
            assert_eq!(SoundFeature::from_name(feature.name()), Some(feature));
        }
    }
}
