//! How music is told to programs: ids with the names that people need.

use music::{
    Artist, ArtistId, Catalogue, ListenerId, Release, ReleaseDate, ReleaseId, ReleaseKind, Sound, TagKind,
    TagWeight, Track, TrackId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::track_files::FilesLine;

/// A track in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TrackLine {
    /// Its id.
    pub(crate) id: TrackId,
    /// Its title.
    pub(crate) title: String,
    /// Its artists, main artist first.
    pub(crate) artists: Vec<ArtistLine>,
    /// Its release, where known.
    pub(crate) release: Option<ReleaseLine>,
    /// How long it is in milliseconds, where known.
    pub(crate) duration_ms: Option<u32>,
}

/// An artist in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ArtistLine {
    /// Its id.
    pub(crate) id: ArtistId,
    /// The name.
    pub(crate) name: String,
}

/// A release in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ReleaseLine {
    /// Its id.
    pub(crate) id: ReleaseId,
    /// The title.
    pub(crate) title: String,
    /// Album, EP, single…, where known.
    pub(crate) kind: Option<ReleaseKind>,
    /// When it came out, where known.
    #[schema(value_type = Option<String>)]
    pub(crate) date: Option<ReleaseDate>,
}

/// A tag and how strongly it applies.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TagLine {
    /// The word.
    pub(crate) name: String,
    /// What sort of word it is.
    pub(crate) kind: TagKind,
    /// Above 0, at most 1.
    pub(crate) weight: f32,
}

/// All that is known about a track.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TrackPage {
    /// The track.
    #[serde(flatten)]
    pub(crate) track: TrackLine,
    /// When it came out, where known.
    #[schema(value_type = Option<String>)]
    pub(crate) date: Option<ReleaseDate>,
    /// Whether the words are marked explicit, where known.
    pub(crate) explicit: Option<bool>,
    /// Its tags, strongest first.
    pub(crate) tags: Vec<TagLine>,
    /// How it sounds in numbers, where known.
    #[schema(value_type = Option<Object>)]
    pub(crate) sound: Option<Box<Sound>>,
    /// What its files have.
    #[serde(flatten)]
    pub(crate) files: FilesLine,
}

/// All that is known about an artist.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ArtistPage {
    /// The artist.
    #[serde(flatten)]
    pub(crate) artist: ArtistLine,
    /// What people call the music, strongest first.
    pub(crate) tags: Vec<TagLine>,
    /// The artist's tracks, the most played first; at most 500.
    pub(crate) tracks: Vec<TrackLine>,
}

/// All that is known about a release.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ReleasePage {
    /// The release.
    #[serde(flatten)]
    pub(crate) release: ReleaseLine,
    /// Who it is credited to, where known.
    pub(crate) artist: Option<ArtistLine>,
    /// Its tracks.
    pub(crate) tracks: Vec<TrackLine>,
}

/// A listener in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ListenerLine {
    /// The id.
    pub(crate) id: ListenerId,
    /// The name.
    pub(crate) name: String,
}

/// The longest list of tracks in one answer.
pub(crate) const LIST_LEN_MAX: usize = 500;

impl TrackLine {
    pub(crate) fn of(catalogue: &Catalogue, track: &Track) -> Self {
        let artists = track.artists.iter().filter_map(|&id| catalogue.artist(id)).map(ArtistLine::of);
        Self {
            id: track.id,
            title: track.title.to_string(),
            artists: artists.collect(),
            release: track.release.and_then(|id| catalogue.release(id)).map(ReleaseLine::of),
            duration_ms: track.duration.map(music::Millis::get),
        }
    }

    /// Those of `tracks` that the catalogue knows.
    pub(crate) fn list(catalogue: &Catalogue, tracks: &[TrackId]) -> Vec<Self> {
        let known = tracks.iter().filter_map(|&id| catalogue.track(id)).take(LIST_LEN_MAX);
        known.map(|track| Self::of(catalogue, track)).collect()
    }
}

impl ArtistLine {
    pub(crate) fn of(artist: &Artist) -> Self {
        Self { id: artist.id, name: artist.name.to_string() }
    }
}

impl ReleaseLine {
    pub(crate) fn of(release: &Release) -> Self {
        Self { id: release.id, title: release.title.to_string(), kind: release.kind, date: release.date }
    }
}

impl TagLine {
    pub(crate) fn list(catalogue: &Catalogue, tags: &[TagWeight]) -> Vec<Self> {
        let known = tags.iter().filter_map(|weight| Some((catalogue.tag(weight.tag)?, weight.weight)));
        known.map(|(tag, weight)| Self { name: tag.name.to_string(), kind: tag.kind, weight }).collect()
    }
}
