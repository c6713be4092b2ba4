//! What a client, a file or a tag says about music, before the catalogue has matched it to an id.

use serde::{Deserialize, Serialize};

use crate::date::ReleaseDate;
use crate::external::ExternalId;
use crate::release::ReleaseKind;
use crate::sound::Sound;
use crate::tag::TagKind;
use crate::unit::Millis;

/// What somebody says about a track.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TrackDescription {
    /// Its title.
    pub title: String,
    /// Its artists, main artist first.
    pub artists: Vec<ArtistDescription>,
    /// The release it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseDescription>,
    /// How long it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Millis>,
    /// When it came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<ReleaseDate>,
    /// Whether the words are marked explicit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Its names in other systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalId>,
    /// Genres and other tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagDescription>,
    /// Audio features.
    #[serde(skip_serializing_if = "Sound::is_empty")]
    pub sound: Sound,
}

impl TrackDescription {
    /// A track of which only title and artist are known.
    pub fn named(artist: impl Into<String>, title: impl Into<String>) -> Self {
        Self { title: title.into(), artists: vec![ArtistDescription::named(artist)], ..Self::default() }
    }
}

/// What somebody says about an artist.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ArtistDescription {
    /// The name.
    pub name: String,
    /// Its names in other systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalId>,
    /// Genres and other tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagDescription>,
}

impl ArtistDescription {
    /// An artist of whom only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// What somebody says about a release.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ReleaseDescription {
    /// The title.
    pub title: String,
    /// Who it is credited to, where that differs from the track's main artist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// Album, EP, single…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReleaseKind>,
    /// When it came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<ReleaseDate>,
    /// Its names in other systems.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalId>,
}

/// A tag and how strongly it applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagDescription {
    /// The word.
    pub name: String,
    /// What sort of word it is.
    #[serde(default)]
    pub kind: TagKind,
    /// *Range*: above 0 to 1.
    #[serde(default = "plainly_so")]
    pub weight: f32,
}

fn plainly_so() -> f32 {
    1.0
}

impl TagDescription {
    /// A genre that plainly applies.
    pub fn genre(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: TagKind::Genre, weight: plainly_so() }
    }
}
