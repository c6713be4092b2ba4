//! What the playlist formats have in common: tracks said by names, links and paths.

use music::{ArtistDescription, ExternalId, Millis, ReleaseDescription, TrackDescription};

use crate::import::drop_reason::DropReason;
use crate::import::error::Place;
use crate::import::limits::PLAYLIST_TRACK_COUNT_MAX;
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::values::{self, SpotifyKind};

/// A track as a playlist file says it.
#[derive(Clone, Debug, Default)]
pub(super) struct PlaylistItem {
    pub(super) title: String,
    pub(super) artist: String,
    pub(super) album: String,
    pub(super) duration: Option<Millis>,
    /// Links and identifiers, of any kind.
    pub(super) identifiers: Vec<String>,
    /// Where the file is, as a path or link.
    pub(super) locations: Vec<String>,
    /// Whether something was said of it, so that it must come.
    pub(super) is_announced: bool,
}

impl PlaylistItem {
    /// The track; none where neither a title nor an identifier is left.
    pub(super) fn track(&self) -> Option<TrackDescription> {
        let mut external: Vec<ExternalId> = Vec::new();
        let named = self.identifiers.iter().filter_map(|text| identifier(text));
        let located = self.locations.iter().filter_map(|text| identifier(text).or_else(|| path(text)));
        for id in named.chain(located) {
            // Of several identifiers of one system the first is meant; two would forbid each other.
            if external.iter().all(|known| known.space() != id.space()) {
                external.push(id);
            }
        }
        let title = self.title.trim();
        if title.is_empty() && external.is_empty() {
            return None;
        }
        Some(TrackDescription {
            title: title.to_owned(),
            artists: values::text(&self.artist).map(ArtistDescription::named).into_iter().collect(),
            release: values::text(&self.album)
                .map(|album| ReleaseDescription { title: album.to_owned(), ..Default::default() }),
            duration: self.duration,
            external,
            ..TrackDescription::default()
        })
    }
}

/// Gathers the tracks of one playlist, and counts those that cannot be taken.
#[derive(Debug, Default)]
pub(super) struct ItemList {
    pub(super) tracks: Vec<TrackDescription>,
}

impl ItemList {
    /// Takes the next track.
    pub(super) fn push(&mut self, item: &PlaylistItem, sink: &mut Sink, place: Place) {
        let reason = match item.track() {
            Some(track) if self.tracks.len() < PLAYLIST_TRACK_COUNT_MAX => {
                self.tracks.push(track);
                return;
            }
            Some(_) => DropReason::TooMany,
            None => DropReason::NoName,
        };
        sink.drop_record(RecordKind::PlaylistTrack, place, reason, reason.text());
    }

    /// Counts a playlist whose file breaks after `place`, and drops it.
    ///
    /// Half a playlist would take tracks out of the whole one that may be known already.
    pub(super) fn cut_off(self, sink: &mut Sink, place: Place) {
        let reason = DropReason::CutOff;
        sink.drop_record(RecordKind::Playlist, place, reason, reason.text());
        let track_count = self.tracks.len() as u64;
        sink.drop_records(RecordKind::PlaylistTrack, place, reason, reason.text(), track_count);
    }
}

/// A link or URI that names a recording.
fn identifier(text: &str) -> Option<ExternalId> {
    let text = text.trim();
    if text.contains("musicbrainz.org/recording/") || text.starts_with("mbid:") {
        return values::mbid(text.trim_start_matches("mbid:"));
    }
    if text.starts_with("spotify:") || text.contains("open.spotify.com/") {
        return values::spotify(SpotifyKind::Track, text);
    }
    text.strip_prefix("isrc:").or_else(|| text.strip_prefix("urn:isrc:")).and_then(values::isrc)
}

/// A path below the library, in the form in which the library has it.
///
/// An absolute path tells where somebody's home is and is of no use elsewhere, so nothing is kept of it; nor of a link,
/// which may hold a key.
fn path(text: &str) -> Option<ExternalId> {
    let text = text.trim().replace('\\', "/");
    let is_absolute = text.starts_with('/') || text.contains("://") || text.as_bytes().get(1) == Some(&b':');
    if text.is_empty() || is_absolute || text.starts_with("file:") || text.starts_with("data:") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| ExternalId::Path(parts.join("/").into()))
}

/// What `text` means where it is a relative link, in which marks are written as `%20`.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escaped = (bytes[index] == b'%').then(|| text.get(index + 1..index + 3)).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                index += 3;
            }
            None => {
                plain.push(bytes[index]);
                index += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kept_below_the_library_only() {
        let kept = |text: &str| path(text).map(|id| id.value().to_owned());
        assert_eq!(kept("./A/b.flac").as_deref(), Some("A/b.flac"));
        assert_eq!(kept("A\\b.flac").as_deref(), Some("A/b.flac"));
        assert_eq!(kept("A/../B/b.flac").as_deref(), Some("B/b.flac"));
        for private in [
            "../b.flac",
            "/srv/anna/b.flac",
            "C:\\Users\\anna\\b.flac",
            "file:///srv/anna/b.flac",
            "https://radio.example/stream?key=1",
            "",
            "..",
        ] {
            assert_eq!(kept(private), None, "{private}");
        }
    }

    #[test]
    fn identifiers_are_recognised_in_links() {
        let id = |text: &str| identifier(text).map(|id| id.to_string());
        assert_eq!(
            id("https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69").as_deref(),
            Some("mbid:b1a9c0e9-d987-4042-ae91-78d6a3267d69")
        );
        assert_eq!(
            id("https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6").as_deref(),
            Some("spotify:spotify:track:6rqhFgbbKwnb9MLmUQDhG6")
        );
        assert_eq!(id("urn:isrc:GBUM71029604").as_deref(), Some("isrc:GBUM71029604"));
        assert_eq!(id("https://example.org/1"), None);
    }

    #[test]
    fn marks_in_links_are_read() {
        assert_eq!(unescaped("A%20B/%C3%A9.mp3"), "A B/é.mp3");
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(unescaped("%zz%é%FF"), "%zz%é%FF");
    }
}
