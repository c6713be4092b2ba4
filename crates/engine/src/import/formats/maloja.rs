//! Maloja: its JSON export and pages of its API.
//!
//! *Source*: Maloja's `export.py` and `import_scrobbles.py`; version 2 wrote names beside the time, version 3 writes them
//! into `track`.

use music::{ArtistDescription, PlayStart, ReleaseDescription, TrackDescription};
use serde::Deserialize;

use super::lenient::{Number, Texts};
use crate::import::drop_reason::DropReason;
use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::input::{Container, Input, JsonRows, RowFault};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::{time, values};

const CONTAINERS: &[Container] = &[
    Container { path: &["scrobbles"], opens: Some(b'[') },
    Container { path: &["list"], opens: Some(b'[') },
];

/// A scrobble of version 3, or with the names in itself of version 2.
#[derive(Deserialize)]
struct Row {
    time: Option<Number>,
    track: Option<Track>,
    /// Seconds that it was heard; in version 2 its length.
    duration: Option<Number>,
    artists: Option<Texts>,
    title: Option<String>,
    album: Option<Album>,
}

#[derive(Deserialize)]
struct Track {
    artists: Option<Texts>,
    title: Option<String>,
    album: Option<Album>,
    /// Seconds.
    length: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Album {
    Name(String),
    Object {
        #[serde(alias = "name", alias = "title")]
        albumtitle: Option<String>,
        artists: Option<Texts>,
    },
}

/// Reads one file or page.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let rows = JsonRows::of(input, ImportFormat::Maloja, CONTAINERS)?;
    rows.each(RecordKind::Event, sink, |sink, place, bytes| {
        let row: Row = serde_json::from_slice(bytes)?;
        let deed = row.deed(sink)?;
        sink.give(place, Fact::Deed(Box::new(deed)));
        Ok(())
    })
}

impl Row {
    fn deed(self, sink: &Sink) -> Result<Deed, RowFault> {
        let is_version_3 = self.track.is_some();
        let track = self.track.unwrap_or(Track {
            artists: self.artists,
            title: self.title,
            album: self.album,
            length: self.duration,
        });
        let title = track.title.as_deref().and_then(values::text).ok_or(DropReason::NoName)?.to_owned();
        let artists = names(track.artists);
        if artists.is_empty() {
            return Err(DropReason::NoName.into());
        }
        let description = TrackDescription {
            title,
            artists: artists.into_iter().map(ArtistDescription::named).collect(),
            release: track.album.and_then(Album::release),
            duration: track.length.and_then(|seconds| values::duration(seconds.0, 1_000.0)),
            ..TrackDescription::default()
        };
        let at = time::of_number(self.time.ok_or(DropReason::NoTime)?.0).ok_or(DropReason::UnreadableTime)?;
        let heard = self.duration.filter(|_| is_version_3);
        let played = heard.and_then(|seconds| values::played(seconds.0, 1_000.0));
        let act = Act::Played { played, start: PlayStart::Unknown };
        Ok(Deed::own(Subject::Track(description), act, Some(sink.check_time(at)?)))
    }
}

impl Album {
    fn release(self) -> Option<ReleaseDescription> {
        let (title, artists) = match self {
            Self::Name(name) => (Some(name), None),
            Self::Object { albumtitle, artists } => (albumtitle, artists),
        };
        let title = title.as_deref().and_then(values::text)?.to_owned();
        Some(ReleaseDescription { title, artist: names(artists).into_iter().next(), ..Default::default() })
    }
}

fn names(texts: Option<Texts>) -> Vec<String> {
    let names = texts.unwrap_or_default().0.into_iter();
    names.filter_map(|name| values::text(&name).map(str::to_owned)).collect()
}
