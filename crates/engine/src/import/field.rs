//! What a column of a table can mean.

use std::fmt;
use std::str::FromStr;

use music::SoundFeature;

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Who listened, or whose playlist it is.
    Listener,
    /// The artist's name.
    Artist,
    /// The artist's id in the table's id space.
    ArtistId,
    /// The artist's MusicBrainz id.
    ArtistMbid,
    /// The track's title.
    Track,
    /// The track's id in the table's id space.
    TrackId,
    /// The recording's MusicBrainz id.
    TrackMbid,
    /// The recording's code.
    Isrc,
    /// The track's Spotify URI, link or bare id.
    SpotifyUri,
    /// The release's title.
    Album,
    /// The release's id in the table's id space.
    AlbumId,
    /// The release's MusicBrainz id.
    AlbumMbid,
    /// When it came out.
    ReleaseDate,
    /// How often it was played.
    Plays,
    /// When it was played, or when it was put into the playlist's present form.
    Timestamp,
    /// How long it sounded, in milliseconds.
    PlayedMs,
    /// How long it is, in milliseconds.
    DurationMs,
    /// How long it is, in seconds.
    DurationS,
    /// The playlist's title.
    Playlist,
    /// The playlist's id in the table's id space.
    PlaylistId,
    /// The place in the playlist.
    Position,
    /// A genre.
    Genre,
    /// A finer genre.
    Subgenre,
    /// A word that somebody wrote on it; rows are counted.
    Tag,
    /// Stars, 0 to 5.
    Rating,
    /// Whether a heart was given.
    Liked,
    /// Whether it was skipped.
    Skipped,
    /// One number of its sound.
    Sound(SoundFeature),
}

/// A text that names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a field; fields are {}", Field::names())]
pub struct FieldError {
    /// What was given, cut to 40 characters.
    pub name: Box<str>,
}

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = Self::PLAIN.len() + SoundFeature::ALL.len();

    const PLAIN: [Self; 27] = [
        Self::Listener,
        Self::Artist,
        Self::ArtistId,
        Self::ArtistMbid,
        Self::Track,
        Self::TrackId,
        Self::TrackMbid,
        Self::Isrc,
        Self::SpotifyUri,
        Self::Album,
        Self::AlbumId,
        Self::AlbumMbid,
        Self::ReleaseDate,
        Self::Plays,
        Self::Timestamp,
        Self::PlayedMs,
        Self::DurationMs,
        Self::DurationS,
        Self::Playlist,
        Self::PlaylistId,
        Self::Position,
        Self::Genre,
        Self::Subgenre,
        Self::Tag,
        Self::Rating,
        Self::Liked,
        Self::Skipped,
    ];

    /// All fields.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::PLAIN.into_iter().chain(SoundFeature::ALL.into_iter().map(Self::Sound))
    }

    /// The place in [`all`](Self::all).
    pub(super) fn index(self) -> usize {
        match self {
            Self::Sound(feature) => Self::PLAIN.len() + feature as usize,
            plain => Self::PLAIN.iter().position(|&field| field == plain).expect("`PLAIN` holds the others"),
        }
    }

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Artist => "artist",
            Self::ArtistId => "artist_id",
            Self::ArtistMbid => "artist_mbid",
            Self::Track => "track",
            Self::TrackId => "track_id",
            Self::TrackMbid => "track_mbid",
            Self::Isrc => "isrc",
            Self::SpotifyUri => "spotify_uri",
            Self::Album => "album",
            Self::AlbumId => "album_id",
            Self::AlbumMbid => "album_mbid",
            Self::ReleaseDate => "release_date",
            Self::Plays => "plays",
            Self::Timestamp => "timestamp",
            Self::PlayedMs => "played_ms",
            Self::DurationMs => "duration_ms",
            Self::DurationS => "duration_s",
            Self::Playlist => "playlist",
            Self::PlaylistId => "playlist_id",
            Self::Position => "position",
            Self::Genre => "genre",
            Self::Subgenre => "subgenre",
            Self::Tag => "tag",
            Self::Rating => "rating",
            Self::Liked => "liked",
            Self::Skipped => "skipped",
            Self::Sound(feature) => feature.name(),
        }
    }

    /// Whether it holds an id that means something within an id space only.
    pub(super) const fn needs_space(self) -> bool {
        matches!(self, Self::ArtistId | Self::TrackId | Self::AlbumId | Self::PlaylistId)
    }

    /// The names of columns that usually hold this, the most telling first.
    ///
    /// In lower case, with `_` between words.
    /// `username` is not among them: an account's name is taken only where a person asks for it.
    pub(super) const fn usual_names(self) -> &'static [&'static str] {
        match self {
            Self::Listener => &["listener", "user", "user_id", "userid", "listener_id"],
            Self::Artist => {
                &["artist", "artist_name", "artistname", "track_artist", "artists", "performer", "band"]
            }
            Self::ArtistId => &["artist_id", "artistid"],
            Self::ArtistMbid => &["artist_mbid", "artistmbid"],
            Self::Track => &["track", "track_name", "trackname", "title", "track_title", "song", "song_name"],
            Self::TrackId => &["track_id", "trackid", "song_id", "item_id"],
            Self::TrackMbid => &["track_mbid", "trackmbid", "recording_mbid"],
            Self::Isrc => &["isrc"],
            Self::SpotifyUri => &["spotify_uri", "spotify_track_uri", "track_uri", "spotify_id"],
            Self::Album => {
                &["album", "album_name", "albumname", "track_album_name", "release", "release_name"]
            }
            Self::AlbumId => &["album_id", "albumid", "track_album_id"],
            Self::AlbumMbid => &["album_mbid", "albummbid", "release_mbid"],
            Self::ReleaseDate => {
                &["release_date", "track_album_release_date", "album_release_date", "release_year"]
            }
            Self::Plays => &["plays", "play_count", "playcount"],
            Self::Timestamp => {
                &["timestamp", "uts", "listened_at", "played_at", "unix_time", "utc_time", "time", "date"]
            }
            Self::PlayedMs => &["played_ms", "ms_played"],
            Self::DurationMs => &["duration_ms", "track_duration_ms"],
            Self::DurationS => &["duration_s", "duration_sec", "duration_seconds"],
            Self::Playlist => &["playlist", "playlist_name", "playlist_title"],
            Self::PlaylistId => &["playlist_id", "playlistid", "pid"],
            Self::Position => &["position", "pos", "playlist_position"],
            Self::Genre => &["genre", "playlist_genre", "track_genre"],
            Self::Subgenre => &["subgenre", "playlist_subgenre"],
            Self::Tag => &["tag", "tag_name"],
            Self::Rating => &["rating", "stars"],
            Self::Liked => &["liked", "loved"],
            Self::Skipped => &["skipped"],
            Self::Sound(_) => &[],
        }
    }

    /// The field that a column of this name usually holds, and how telling the name is; 0 is the most.
    pub(super) fn usually(column: &str) -> Option<(Self, usize)> {
        let words: Vec<&str> =
            column.trim().split(|c: char| c.is_whitespace() || c == '-' || c == '_').collect();
        let name = words.join("_").to_lowercase();
        if let Some(feature) = SoundFeature::from_name(&name) {
            return Some((Self::Sound(feature), 0));
        }
        Self::PLAIN.into_iter().find_map(|field| {
            let rank = field.usual_names().iter().position(|usual| *usual == name)?;
            Some((field, rank))
        })
    }

    fn names() -> String {
        Self::all().map(Self::name).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FromStr for Field {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let found = Self::all().find(|field| field.name() == text);
        found.ok_or_else(|| FieldError { name: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_indexes_are_places() {
        for (index, field) in Field::all().enumerate() {
            assert_eq!(field.name().parse(), Ok(field));
            assert_eq!(field.index(), index);
        }
        assert_eq!(Field::all().count(), Field::COUNT);
        assert!("bpm".parse::<Field>().unwrap_err().to_string().contains("tempo"));
    }

    #[test]
    fn usual_names_are_recognised_however_they_are_typed() {
        let field = |column: &str| Field::usually(column).map(|(field, _)| field);
        assert_eq!(field("Track Name"), Some(Field::Track));
        assert_eq!(field("track-name"), Some(Field::Track));
        assert_eq!(field("userID"), Some(Field::Listener));
        assert_eq!(field("Tempo"), Some(Field::Sound(SoundFeature::Tempo)));
        assert_eq!(field("username"), None, "account names are never taken by themselves");
        assert_eq!(field("weight"), None);
    }

    #[test]
    fn no_usual_name_means_two_things() {
        let mut names: Vec<&str> = Field::all().flat_map(|field| field.usual_names()).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
