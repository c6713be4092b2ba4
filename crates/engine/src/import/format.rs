//! The formats that can be imported, and what a person needs to know about each.
//!
//! The command line's help and `docs/imports.md` are made from this table; how a format is read is said in
//! [`super::formats`].

use std::fmt;
use std::str::FromStr;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportFormat {
    /// Spotify's extended streaming history and the short account export.
    Spotify,
    /// ListenBrainz: listens and feedback.
    Listenbrainz,
    /// Last.fm: scrobbles and loved tracks.
    Lastfm,
    /// The log that Rockbox and other players write.
    ScrobblerLog,
    /// Maloja's export.
    Maloja,
    /// Libre.fm and other GNU FM servers.
    Librefm,
    /// The Million Playlist Dataset and whatever is shaped like it.
    Mpd,
    /// Playlists as JSON.
    Jspf,
    /// Playlists as XML.
    Xspf,
    /// Playlists as lines of paths.
    M3u,
    /// Tables with commas.
    Csv,
    /// Tables with tabs.
    Tsv,
    /// Tables in columns.
    Parquet,
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a format; formats are {}", ImportFormat::names())]
pub struct ImportFormatError {
    /// What was given, cut to 40 characters.
    pub name: Box<str>,
}

impl ImportFormat {
    /// All formats, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Spotify,
        Self::Listenbrainz,
        Self::Lastfm,
        Self::Librefm,
        Self::Maloja,
        Self::ScrobblerLog,
        Self::Mpd,
        Self::Jspf,
        Self::Xspf,
        Self::M3u,
        Self::Csv,
        Self::Tsv,
        Self::Parquet,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spotify => "spotify",
            Self::Listenbrainz => "listenbrainz",
            Self::Lastfm => "lastfm",
            Self::ScrobblerLog => "scrobbler-log",
            Self::Maloja => "maloja",
            Self::Librefm => "librefm",
            Self::Mpd => "mpd",
            Self::Jspf => "jspf",
            Self::Xspf => "xspf",
            Self::M3u => "m3u",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
        }
    }

    /// What is read from which files.
    pub const fn reads(self) -> &'static str {
        match self {
            Self::Spotify => {
                "plays and skips from the extended streaming history (Streaming_History_Audio_*.json, endsong_*.json) \
                 or the short account export (StreamingHistory*.json); the zip, its folder or single files"
            }
            Self::Listenbrainz => {
                "listens and feedback from an export (zip, JSONL), a JSON array, or pages of the listens API"
            }
            Self::Lastfm => {
                "scrobbles and loved tracks as CSV or JSON, as the usual exporters and the API's recenttracks and \
                 lovedtracks pages write them"
            }
            Self::ScrobblerLog => {
                "plays and skips from a player's .scrobbler.log (AUDIOSCROBBLER/1.0 and 1.1)"
            }
            Self::Maloja => "scrobbles from Maloja's JSON export or its API",
            Self::Librefm => "scrobbles of Libre.fm and other GNU FM servers as TSV, CSV or JSON",
            Self::Mpd => {
                "playlists from slices of the Million Playlist Dataset (mpd.slice.*.json), or anything shaped like \
                 them; a zip, a folder or single files"
            }
            Self::Jspf => "playlists in JSPF, also as ListenBrainz writes them",
            Self::Xspf => "playlists in XSPF",
            Self::M3u => "playlists in M3U and M3U8, with #EXTINF and #PLAYLIST",
            Self::Csv => {
                "any table with commas or another delimiter, by a mapping of its columns; also as .gz"
            }
            Self::Tsv => "any table with tabs and no quotes, by a mapping of its columns; also as .gz",
            Self::Parquet => "any flat Parquet table, by a mapping of its columns",
        }
    }

    /// Where a person gets the file.
    pub const fn obtain(self) -> &'static str {
        match self {
            Self::Spotify => {
                "At spotify.com open Account, then Privacy settings, and request the extended streaming history; \
                 a mail with a link to a zip comes after some days or weeks."
            }
            Self::Listenbrainz => {
                "At listenbrainz.org open Settings, then Export data; a zip is ready after a while. \
                 Pages of /1/user/NAME/listens work too."
            }
            Self::Lastfm => {
                "Last.fm has no export of its own: use an exporter such as lastfm-to-csv, mainstream.ghan.nl or \
                 lastfmstats.com, or save pages of user.getRecentTracks and user.getLovedTracks with format=json."
            }
            Self::ScrobblerLog => {
                "Switch the log on in the player (Rockbox: Settings, Last.fm log), then take the hidden file \
                 .scrobbler.log from its root directory."
            }
            Self::Maloja => {
                "Run `maloja export`, or open Admin, then Export; the file is maloja_export_*.json."
            }
            Self::Librefm => {
                "Export the profile's data on the server, or run lastexport.py with the server's address."
            }
            Self::Mpd => {
                "The dataset is given out for research at aicrowd.com; many tools write their own playlists in its \
                 shape."
            }
            Self::Jspf => {
                "ListenBrainz offers JSPF on each playlist's page; other players export it under this name."
            }
            Self::Xspf => "Players such as VLC, Strawberry and Clementine save playlists in this format.",
            Self::M3u => {
                "Nearly every player saves playlists in this format; they often lie beside the music."
            }
            Self::Csv | Self::Tsv => {
                "Any table of listens, plays, playlists, tags or features; docs/imports.md has recipes."
            }
            Self::Parquet => "Any table that a data tool has written; docs/imports.md has recipes.",
        }
    }

    /// One command as an example.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Spotify => "segue import spotify my_spotify_data.zip",
            Self::Listenbrainz => "segue import listenbrainz listenbrainz_export.zip",
            Self::Lastfm => "segue import lastfm recenttracks.csv lovedtracks.json",
            Self::ScrobblerLog => {
                "segue import scrobbler-log /media/player/.scrobbler.log --utc-offset +02:00"
            }
            Self::Maloja => "segue import maloja maloja_export_1700000000.json",
            Self::Librefm => "segue import librefm exported_tracks.txt",
            Self::Mpd => "segue import mpd spotify_million_playlist_dataset.zip",
            Self::Jspf => "segue import jspf weekly-exploration.jspf",
            Self::Xspf => "segue import xspf favourites.xspf",
            Self::M3u => "segue import m3u ~/Music/Playlists",
            Self::Csv => {
                "segue import csv plays.csv --map listener=user --map artist=performer --map track=title \
                 --map timestamp=played_at"
            }
            Self::Tsv => {
                "segue import tsv plays.tsv --map listener=1 --map artist=2 --map track=3 --map plays=4"
            }
            Self::Parquet => "segue import parquet listens.parquet --map listener=user_id --map track=title",
        }
    }

    /// Whether it is a table whose columns can be mapped.
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Parquet)
    }

    /// All names, for a message.
    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Whether a file of this name, found in a folder or an archive, is meant.
    ///
    /// A file that is named on its own is read whatever its name.
    pub(super) fn wants(self, file_name: &str) -> bool {
        let name = file_name.to_ascii_lowercase();
        let name = match self {
            Self::Csv | Self::Tsv | Self::Lastfm | Self::Librefm => name.strip_suffix(".gz").unwrap_or(&name),
            _ => name.as_str(),
        };
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
        match self {
            Self::Spotify => spotify_wants(name),
            Self::Listenbrainz => {
                ends(&[".json", ".jsonl"])
                    && !matches!(name, "user.json" | "pinned_recording.jsonl" | "pinned_recordings.jsonl")
            }
            Self::Lastfm => ends(&[".csv", ".json"]),
            Self::ScrobblerLog => name.ends_with("scrobbler.log"),
            Self::Maloja => ends(&[".json"]),
            Self::Librefm => ends(&[".tsv", ".csv", ".json", ".txt"]),
            Self::Mpd => ends(&[".json"]),
            Self::Jspf => ends(&[".jspf", ".json"]),
            Self::Xspf => ends(&[".xspf", ".xml"]),
            Self::M3u => ends(&[".m3u", ".m3u8"]),
            Self::Csv => ends(&[".csv"]),
            Self::Tsv => ends(&[".tsv", ".tab", ".dat"]),
            Self::Parquet => ends(&[".parquet"]),
        }
    }
}

/// As ListenBrainz' importer chooses members (names with `audio` or `endsong`), and those of the short export.
///
/// The same archives hold videos, podcasts, searches and playlists under other names.
fn spotify_wants(name: &str) -> bool {
    let short =
        name.starts_with("streaminghistory") && !name.contains("podcast") && !name.contains("audiobook");
    let extended = name.starts_with("streaming_history_audio") || name.starts_with("endsong");
    name.ends_with(".json") && (short || extended)
}

impl fmt::Display for ImportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ImportFormat {
    type Err = ImportFormatError;

    fn from_str(text: &str) -> Result<Self, ImportFormatError> {
        let found = Self::ALL.into_iter().find(|format| format.name() == text);
        found.ok_or_else(|| ImportFormatError { name: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_examples_use_them() {
        for format in ImportFormat::ALL {
            assert_eq!(format.name().parse(), Ok(format));
            assert!(format.example().starts_with(&format!("segue import {format} ")), "{format}");
        }
        let error = "itunes".parse::<ImportFormat>().unwrap_err().to_string();
        assert!(error.contains("`itunes`") && error.contains("listenbrainz"), "{error}");
    }

    #[test]
    fn folders_are_searched_for_the_right_names() {
        let wanted = [
            (ImportFormat::Spotify, "Streaming_History_Audio_2019-2020_3.json", true),
            (ImportFormat::Spotify, "endsong_0.json", true),
            (ImportFormat::Spotify, "StreamingHistory0.json", true),
            (ImportFormat::Spotify, "StreamingHistory_music_1.json", true),
            (ImportFormat::Spotify, "StreamingHistory_podcast_0.json", false),
            (ImportFormat::Spotify, "Streaming_History_Video_2020.json", false),
            (ImportFormat::Spotify, "Playlist1.json", false),
            (ImportFormat::Listenbrainz, "5.jsonl", true),
            (ImportFormat::Listenbrainz, "user.json", false),
            (ImportFormat::ScrobblerLog, ".scrobbler.log", true),
            (ImportFormat::M3u, "Mix.M3U8", true),
            (ImportFormat::Csv, "plays.csv.gz", true),
            (ImportFormat::Parquet, "part-0.parquet", true),
        ];
        for (format, name, expected) in wanted {
            assert_eq!(format.wants(name), expected, "{format} {name}");
        }
    }
}
