//! Last.fm: scrobbles and loved tracks, as the API's pages, as lists of tracks, or as tables.
//!
//! *Source*: Last.fm API, `user.getRecentTracks` and `user.getLovedTracks`; exporters that save its pages whole or as a
//! list of tracks, and lastfmstats.com's list of plain names.

use music::{ArtistDescription, ExternalId, PlayStart, ReleaseDescription, TrackDescription, UnixMillis};
use serde::Deserialize;

use super::lastfm_csv;
use super::lenient::{Flag, Number};
use crate::import::drop_reason::DropReason;
use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::input::{Container, Input, JsonRows, RowFault};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::{time, values};

const LOVED: Container = Container { path: &["lovedtracks", "track"], opens: None };

/// How lists of tracks are wrapped.
pub(super) const CONTAINERS: &[Container] = &[
    LOVED,
    Container { path: &["recenttracks", "track"], opens: None },
    Container { path: &["scrobbles"], opens: Some(b'[') },
    // The inside of a page; of one track alone the API makes no list.
    Container { path: &["track"], opens: None },
];

/// A scrobble or a loved track.
#[derive(Deserialize)]
struct Row {
    name: Option<String>,
    /// The title, where a plain list has it.
    track: Option<String>,
    title: Option<String>,
    artist: Option<Named>,
    album: Option<Named>,
    mbid: Option<String>,
    date: Option<Date>,
    timestamp: Option<Date>,
    time: Option<Date>,
    uts: Option<Date>,
    #[serde(rename = "@attr")]
    attributes: Option<Attributes>,
}

/// An artist or album: a name alone, or an object under one of two keys.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Name(String),
    Object {
        #[serde(rename = "#text")]
        text: Option<String>,
        name: Option<String>,
        title: Option<String>,
        mbid: Option<String>,
    },
}

impl Named {
    fn name(&self) -> Option<&str> {
        let name = match self {
            Self::Name(name) => Some(name),
            Self::Object { text, name, title, .. } => text.as_ref().or(name.as_ref()).or(title.as_ref()),
        };
        name.and_then(|name| values::text(name))
    }

    fn mbid(&self) -> Option<ExternalId> {
        match self {
            Self::Name(_) => None,
            Self::Object { mbid, .. } => mbid.as_deref().and_then(values::mbid),
        }
    }
}

/// A time: an object with seconds and a text, or one of them alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Date {
    Number(Number),
    Text(String),
    Object {
        uts: Option<Number>,
        #[serde(rename = "#text")]
        text: Option<String>,
    },
}

impl Date {
    fn time(&self) -> Option<UnixMillis> {
        match self {
            Self::Number(number) | Self::Object { uts: Some(number), .. } => time::of_number(number.0),
            Self::Text(text) | Self::Object { text: Some(text), .. } => time::parse_utc(text),
            Self::Object { uts: None, text: None } => None,
        }
    }
}

#[derive(Deserialize)]
struct Attributes {
    nowplaying: Option<Flag>,
}

/// Reads one file.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let first = input.head().iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) {
        return read_json(input, ImportFormat::Lastfm, sink);
    }
    let act = act_of_file(input.file());
    lastfm_csv::read(input, ImportFormat::Lastfm, act, sink)
}

/// Reads scrobbles or loved tracks as JSON.
pub(super) fn read_json(input: Input<'_>, format: ImportFormat, sink: &mut Sink) -> Result<(), ImportError> {
    let act = act_of_file(input.file());
    let rows = JsonRows::of(input, format, CONTAINERS)?;
    let act = if rows.container() == Some(LOVED) { Act::Liked } else { act };
    rows.each(RecordKind::Event, sink, |sink, place, bytes| {
        let row: Row = serde_json::from_slice(bytes)?;
        let deed = row.deed(act, sink)?;
        sink.give(place, Fact::Deed(Box::new(deed)));
        Ok(())
    })
}

/// A bare list does not say what it lists; its file's name does, for exporters call it so.
pub(super) fn act_of_file(name: &str) -> Act {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    if base.contains("loved") { Act::Liked } else { Act::Played { played: None, start: PlayStart::Unknown } }
}

impl Row {
    fn deed(&self, act: Act, sink: &Sink) -> Result<Deed, RowFault> {
        if self.attributes.as_ref().is_some_and(|attributes| attributes.nowplaying == Some(Flag(true))) {
            return Err(DropReason::NowPlaying.into());
        }
        let title = self.name.as_deref().or(self.track.as_deref()).or(self.title.as_deref());
        let title = title.and_then(values::text).ok_or(DropReason::NoName)?;
        let artist = self.artist.as_ref().ok_or(DropReason::NoName)?;
        let name = artist.name().ok_or(DropReason::NoName)?.to_owned();
        let album = self.album.as_ref();
        let release = album.and_then(Named::name).map(|title| ReleaseDescription {
            title: title.to_owned(),
            external: album.and_then(Named::mbid).into_iter().collect(),
            ..Default::default()
        });
        let track = TrackDescription {
            title: title.to_owned(),
            artists: vec![ArtistDescription {
                name,
                external: artist.mbid().into_iter().collect(),
                ..Default::default()
            }],
            release,
            external: self.mbid.as_deref().and_then(values::mbid).into_iter().collect(),
            ..TrackDescription::default()
        };
        let dates = [&self.date, &self.timestamp, &self.time, &self.uts];
        let date = dates.into_iter().flatten().next().ok_or(DropReason::NoTime)?;
        let at = sink.check_time(date.time().ok_or(DropReason::UnreadableTime)?)?;
        Ok(Deed::own(Subject::Track(track), act, Some(at)))
    }
}
