//! Playlists as JSON.
//!
//! *Source*: JSPF 1; ListenBrainz' extensions `https://musicbrainz.org/doc/jspf#playlist` and `…#track`.

use music::surface::PlaylistKind;
use music::{ExternalId, PlaylistDetails};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{Number, Texts};
use super::playlist_parts::{ItemList, PlaylistItem, unescaped};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Container, Input, JsonRows, RowFault};
use crate::import::limits::DOCUMENT_LEN_MAX;
use crate::import::record::{Fact, WholePlaylist};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::{time, values};

/// Lists of playlists, as ListenBrainz sends them.
const CONTAINERS: &[Container] = &[
    Container { path: &["playlists"], opens: Some(b'[') },
    Container { path: &["payload", "playlists"], opens: Some(b'{') },
];

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    playlist: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Playlist<'a> {
    title: Option<String>,
    annotation: Option<String>,
    identifier: Option<Texts>,
    date: Option<String>,
    /// Raw, so that one bad track costs itself.
    #[serde(borrow)]
    track: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    extension: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Track {
    title: Option<String>,
    creator: Option<String>,
    album: Option<String>,
    /// Milliseconds.
    duration: Option<Number>,
    identifier: Option<Texts>,
    location: Option<Texts>,
}

/// Reads one file.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let file = std::sync::Arc::clone(input.file());
    let rows = JsonRows::of(input, ImportFormat::Jspf, CONTAINERS)?.with_len_max(DOCUMENT_LEN_MAX);
    rows.each(RecordKind::Playlist, sink, |sink, place, bytes| {
        let document: Document<'_> = serde_json::from_slice(bytes)?;
        // Some write the inside alone.
        let playlist: Playlist<'_> = match document.playlist {
            Some(playlist) => serde_json::from_str(playlist.get())?,
            None => serde_json::from_slice(bytes)?,
        };
        let playlist = playlist.whole(&file, sink, place)?;
        sink.give(place, Fact::Playlist(Box::new(playlist)));
        Ok(())
    })
}

impl Playlist<'_> {
    fn whole(self, file: &str, sink: &mut Sink, place: Place) -> Result<WholePlaylist, RowFault> {
        let Some(members) = self.track else {
            return Err(RowFault::new(DropReason::Malformed, "it has no list of tracks"));
        };
        let mut list = ItemList::default();
        for member in members {
            match serde_json::from_str::<Track>(member.get()) {
                Ok(track) => list.push(&track.item(), sink, place),
                Err(error) => {
                    let reason = DropReason::Malformed;
                    sink.drop_record(RecordKind::PlaylistTrack, place, reason, &error.to_string());
                }
            }
        }
        let at = self.date.as_deref().and_then(time::parse_utc);
        let at = at.and_then(|at| sink.check_time(at).ok());
        if at.is_none()
            && let Some(date) = self.date
        {
            sink.drop_value("playlist date", place, &date);
        }
        let identifiers = self.identifier.unwrap_or_default().0;
        let title = self.title.as_deref().and_then(values::text).unwrap_or_else(|| stem(file));
        Ok(WholePlaylist {
            external: identifiers.iter().find_map(|text| playlist_id(text)),
            details: PlaylistDetails {
                title: title.into(),
                description: plain(&self.annotation.unwrap_or_default()).into(),
                kind: kind(self.extension),
                ..PlaylistDetails::default()
            },
            tracks: list.tracks,
            at,
        })
    }
}

impl Track {
    fn item(self) -> PlaylistItem {
        let locations = self.location.unwrap_or_default().0;
        PlaylistItem {
            title: self.title.unwrap_or_default(),
            artist: self.creator.unwrap_or_default(),
            album: self.album.unwrap_or_default(),
            duration: self.duration.and_then(|ms| values::duration(ms.0, 1.0)),
            identifiers: self.identifier.unwrap_or_default().0,
            locations: locations.iter().map(|location| unescaped(location)).collect(),
            ..PlaylistItem::default()
        }
    }
}

/// A playlist that ListenBrainz made says from which recipe.
fn kind(extension: Option<&RawValue>) -> PlaylistKind {
    #[derive(Deserialize)]
    struct Extensions {
        #[serde(rename = "https://musicbrainz.org/doc/jspf#playlist")]
        listenbrainz: Listenbrainz,
    }
    #[derive(Deserialize)]
    struct Listenbrainz {
        additional_metadata: AdditionalMetadata,
    }
    #[derive(Deserialize)]
    struct AdditionalMetadata {
        algorithm_metadata: AlgorithmMetadata,
    }
    #[derive(Deserialize)]
    struct AlgorithmMetadata {
        source_patch: String,
    }
    let extensions = extension.and_then(|raw| serde_json::from_str::<Extensions>(raw.get()).ok());
    let is_generated = extensions.is_some_and(|extensions| {
        !extensions.listenbrainz.additional_metadata.algorithm_metadata.source_patch.is_empty()
    });
    if is_generated { PlaylistKind::Generated } else { PlaylistKind::Own }
}

/// The identifier of a playlist: ListenBrainz' own, else the link as it is.
pub(super) fn playlist_id(text: &str) -> Option<ExternalId> {
    let text = values::text(text)?;
    if text.contains("listenbrainz.org/playlist/") {
        return values::mbid(text);
    }
    values::foreign("playlist link", text)
}

/// The text without the marks of HTML, in which ListenBrainz writes annotations.
pub(super) fn plain(annotation: &str) -> String {
    let mut text = String::with_capacity(annotation.len());
    let mut depth = 0_u32;
    for character in annotation.chars() {
        match character {
            '<' => depth += 1,
            '>' if depth > 0 => {
                depth -= 1;
                text.push(' ');
            }
            other if depth == 0 => text.push(if other.is_control() { ' ' } else { other }),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The file's name without folder and extension, for a playlist without a title.
pub(super) fn stem(file: &str) -> &str {
    let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
    base.rsplit_once('.').map_or(base, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_lose_their_marks() {
        assert_eq!(plain("<p>Made <b>for</b>\n you</p>"), "Made for you");
        assert_eq!(plain("a < b"), "a");
        assert_eq!(plain("x > y"), "x > y");
    }

    #[test]
    fn a_file_gives_its_name_to_a_playlist_without_one() {
        assert_eq!(stem("a/b/Morning Mix.m3u8"), "Morning Mix");
        assert_eq!(stem("x.zip/Mix"), "Mix");
    }
}
