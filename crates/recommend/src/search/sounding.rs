//! Words for how music sounds, as bounds on audio features.

use music::SoundFeature as Feature;
use music::TrackId;

use crate::snapshot::Snapshot;

/// A word that names a way to sound.
#[derive(Debug, PartialEq)]
pub struct Sounding {
    /// The words for it.
    pub(super) words: &'static [&'static str],
    /// Features that should be high (true) or low, measured against the catalogue.
    pub(super) features: &'static [(Feature, bool)],
}

/// What people say of sound, and which features show it.
///
/// The pairings are those of Spotify's descriptions of its audio features (developer documentation, "Get track's audio
/// features"); which of two features a word means is a judgement.
pub(super) static SOUNDINGS: &[Sounding] = &[
    Sounding { words: &["instrumental", "instrumentals"], features: &[(Feature::Instrumentalness, true)] },
    Sounding { words: &["acoustic", "unplugged"], features: &[(Feature::Acousticness, true)] },
    Sounding { words: &["danceable", "dancing", "dance"], features: &[(Feature::Danceability, true)] },
    Sounding {
        words: &["energetic", "intense", "powerful", "upbeat", "workout", "party"],
        features: &[(Feature::Energy, true)],
    },
    Sounding {
        words: &["chill", "calm", "relaxing", "relaxed", "mellow", "peaceful", "soft", "quiet", "sleep"],
        features: &[(Feature::Energy, false), (Feature::Loudness, false)],
    },
    Sounding {
        words: &["happy", "cheerful", "joyful", "sunny", "bright"],
        features: &[(Feature::Valence, true)],
    },
    Sounding {
        words: &["sad", "melancholic", "melancholy", "gloomy", "dark"],
        features: &[(Feature::Valence, false)],
    },
    Sounding {
        words: &["angry", "aggressive"],
        features: &[(Feature::Energy, true), (Feature::Valence, false)],
    },
    Sounding { words: &["fast", "quick"], features: &[(Feature::Tempo, true)] },
    Sounding { words: &["slow"], features: &[(Feature::Tempo, false)] },
    Sounding { words: &["loud"], features: &[(Feature::Loudness, true)] },
    Sounding { words: &["live"], features: &[(Feature::Liveness, true)] },
    Sounding { words: &["spoken", "talk"], features: &[(Feature::Speechiness, true)] },
];

/// The share of the catalogue beyond which a feature counts as high or low.
const BEYOND: f32 = 0.65;
/// How fast confidence rises around that: from a quarter to three quarters over a ninth of the catalogue.
const STEEPNESS: f32 = 20.0;

impl Sounding {
    /// How surely each track sounds so; `unknown` where its sound is not known.
    pub(super) fn column(&self, snapshot: &Snapshot, unknown: f32) -> Vec<f32> {
        let tracks = snapshot.catalogue.tracks();
        let mut column = vec![1.0_f32; tracks.len()];
        let mut known = vec![false; tracks.len()];
        for &(feature, is_high) in self.features {
            let values: Vec<Option<f32>> =
                tracks.iter().map(|track| track.sound.as_deref()?.get(feature)).collect();
            let mut sorted: Vec<f32> = values.iter().flatten().copied().collect();
            sorted.sort_unstable_by(f32::total_cmp);
            for (row, value) in values.into_iter().enumerate() {
                let Some(value) = value else { continue };
                known[row] = true;
                let below = sorted.partition_point(|other| other.total_cmp(&value).is_lt());
                let upto = sorted.partition_point(|other| other.total_cmp(&value).is_le());
                // Equal values stand in the middle of the places that they take.
                let share = (below + upto) as f32 / (2 * sorted.len()) as f32;
                let share = if is_high { share } else { 1.0 - share };
                column[row] = column[row].min(1.0 / (1.0 + (-STEEPNESS * (share - BEYOND)).exp()));
            }
        }
        column.iter_mut().zip(known).filter(|(_, known)| !known).for_each(|(value, _)| *value = unknown);
        column.iter_mut().for_each(|value| *value = value.max(super::OTHERWISE));
        column
    }

    /// The values that it is judged by, in words.
    pub(super) fn reason(&self, snapshot: &Snapshot, track: TrackId) -> String {
        let sound = snapshot.catalogue.track(track).and_then(|track| track.sound.as_deref());
        let value =
            |&(feature, _): &(Feature, bool)| Some(format!("{} {:.2}", feature.name(), sound?.get(feature)?));
        let values: Vec<String> = self.features.iter().filter_map(value).collect();
        if values.is_empty() { "its sound is not known".to_owned() } else { values.join(", ") }
    }

    /// What it is, in words.
    pub(super) fn said(&self) -> String {
        let part = |&(feature, is_high): &(Feature, bool)| {
            format!("{} {}", if is_high { "high" } else { "low" }, feature.name())
        };
        self.features.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}
