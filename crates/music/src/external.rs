//! Names that other systems gave to our tracks, artists and releases.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One name in one other system.
///
/// The order of the variants is the order of trust when two of them point at different things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExternalId {
    /// A file in the library: the path below the library's root.
    Path(Box<str>),
    /// A MusicBrainz identifier: of a recording for a track, else of the artist or release itself.
    Mbid(Box<str>),
    /// A Spotify URI such as `spotify:track:…`.
    SpotifyUri(Box<str>),
    /// A name from some other catalogue or data set, unique within `space`.
    Foreign {
        /// Whose name it is, such as `lastfm-2k`.
        space: Box<str>,
        /// The name.
        value: Box<str>,
    },
    /// An International Standard Recording Code; re-used by some labels, so the least trusted.
    Isrc(Box<str>),
}

impl ExternalId {
    /// The system, as stored: `path`, `mbid`, `spotify`, `isrc`, or the space of a foreign name.
    pub fn space(&self) -> &str {
        match self {
            Self::Path(_) => "path",
            Self::Mbid(_) => "mbid",
            Self::SpotifyUri(_) => "spotify",
            Self::Foreign { space, .. } => space,
            Self::Isrc(_) => "isrc",
        }
    }

    /// The name within that system.
    pub fn value(&self) -> &str {
        match self {
            Self::Path(value) | Self::Mbid(value) | Self::SpotifyUri(value) | Self::Isrc(value) => value,
            Self::Foreign { value, .. } => value,
        }
    }

    /// The id with this system and name; the inverse of [`space`](Self::space) and [`value`](Self::value).
    pub fn from_parts(space: &str, value: &str) -> Self {
        let value = value.into();
        match space {
            "path" => Self::Path(value),
            "mbid" => Self::Mbid(value),
            "spotify" => Self::SpotifyUri(value),
            "isrc" => Self::Isrc(value),
            other => Self::Foreign { space: other.into(), value },
        }
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.space(), self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_the_id_back() {
        for id in [
            ExternalId::Path("a/b.flac".into()),
            ExternalId::Mbid("b1a9c0e9-d987-4042-ae91-78d6a3267d69".into()),
            ExternalId::SpotifyUri("spotify:track:6rqhFgbbKwnb9MLmUQDhG6".into()),
            ExternalId::Foreign { space: "lastfm-2k".into(), value: "52".into() },
            ExternalId::Isrc("GBUM71029604".into()),
        ] {
            assert_eq!(ExternalId::from_parts(id.space(), id.value()), id);
        }
    }
}
