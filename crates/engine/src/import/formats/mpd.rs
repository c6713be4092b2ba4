//! Slices of the Million Playlist Dataset, and files shaped like them.
//!
//! *Source*: C.-W. Chen, P. Lamere, M. Schedl, H. Zamani: "RecSys Challenge 2018: Automatic Music Playlist Continuation",
//! RecSys 2018; field list of the data set's own README.

use music::surface::PlaylistKind;
use music::{ArtistDescription, ExternalId, PlaylistDetails, ReleaseDescription, TrackDescription};
use serde::Deserialize;

use super::Plan;
use super::lenient::{Flag, Number};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Container, Input, JsonRows, RowFault};
use crate::import::limits::PLAYLIST_TRACK_COUNT_MAX;
use crate::import::record::{Fact, WholePlaylist};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::values::SpotifyKind;
use crate::import::{time, values};

/// The id space of playlists where no other is given.
pub(in crate::import) const SPACE: &str = "mpd";

const CONTAINERS: &[Container] = &[Container { path: &["playlists"], opens: Some(b'[') }];

#[derive(Deserialize)]
struct Row {
    name: Option<String>,
    description: Option<String>,
    pid: Option<Number>,
    collaborative: Option<Flag>,
    modified_at: Option<Number>,
    num_followers: Option<Number>,
    num_edits: Option<Number>,
    tracks: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    pos: Option<Number>,
    track_name: Option<String>,
    artist_name: Option<String>,
    album_name: Option<String>,
    track_uri: Option<String>,
    artist_uri: Option<String>,
    album_uri: Option<String>,
    duration_ms: Option<Number>,
}

/// Reads one slice.
pub(super) fn read(input: Input<'_>, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    let rows = JsonRows::of(input, ImportFormat::Mpd, CONTAINERS)?;
    let space = plan.options.space.as_deref().unwrap_or(SPACE);
    rows.each(RecordKind::Playlist, sink, |sink, place, bytes| {
        let row: Row = serde_json::from_slice(bytes)?;
        let playlist = row.playlist(space, sink, place)?;
        sink.give(place, Fact::Playlist(Box::new(playlist)));
        Ok(())
    })
}

impl Row {
    fn playlist(mut self, space: &str, sink: &mut Sink, place: Place) -> Result<WholePlaylist, RowFault> {
        let at = match self.modified_at {
            Some(modified) => {
                Some(sink.check_time(time::of_number(modified.0).ok_or(DropReason::UnreadableTime)?)?)
            }
            None => None,
        };
        let external = self.pid.and_then(Number::whole);
        let external =
            external.map(|pid| ExternalId::Foreign { space: space.into(), value: pid.to_string().into() });
        self.tracks.sort_by(|a, b| place_of(a).total_cmp(&place_of(b)));
        let track_count = self.tracks.len();
        let mut tracks = Vec::with_capacity(track_count.min(PLAYLIST_TRACK_COUNT_MAX));
        for entry in self.tracks {
            if tracks.len() == PLAYLIST_TRACK_COUNT_MAX {
                let left_out = (track_count - PLAYLIST_TRACK_COUNT_MAX) as u64;
                let reason = DropReason::TooMany;
                sink.drop_records(RecordKind::PlaylistTrack, place, reason, reason.text(), left_out);
                break;
            }
            match entry.track() {
                Some(track) => tracks.push(track),
                None => {
                    let reason = DropReason::NoName;
                    sink.drop_record(RecordKind::PlaylistTrack, place, reason, reason.text());
                }
            }
        }
        let details = PlaylistDetails {
            title: self.name.unwrap_or_default().trim().into(),
            description: self.description.unwrap_or_default().trim().into(),
            kind: PlaylistKind::Own,
            collaborative: self.collaborative == Some(Flag(true)),
            follower_count: self.num_followers.and_then(Number::whole),
            edit_count: self.num_edits.and_then(Number::whole),
        };
        Ok(WholePlaylist { external, details, tracks, at })
    }
}

fn place_of(entry: &Entry) -> f64 {
    entry.pos.map_or(f64::INFINITY, |position| position.0)
}

impl Entry {
    fn track(self) -> Option<TrackDescription> {
        let uri = |kind, uri: &Option<String>| uri.as_deref().and_then(|uri| values::spotify(kind, uri));
        let external: Vec<ExternalId> = uri(SpotifyKind::Track, &self.track_uri).into_iter().collect();
        let title = self.track_name.as_deref().and_then(values::text).unwrap_or_default();
        let artist = self.artist_name.as_deref().and_then(values::text).unwrap_or_default();
        if title.is_empty() || artist.is_empty() {
            return None;
        }
        let release = self.album_name.as_deref().and_then(values::text).map(|album| ReleaseDescription {
            title: album.to_owned(),
            external: uri(SpotifyKind::Album, &self.album_uri).into_iter().collect(),
            ..Default::default()
        });
        Some(TrackDescription {
            title: title.to_owned(),
            artists: vec![ArtistDescription {
                name: artist.to_owned(),
                external: uri(SpotifyKind::Artist, &self.artist_uri).into_iter().collect(),
                ..Default::default()
            }],
            release,
            duration: self.duration_ms.and_then(|ms| values::duration(ms.0, 1.0)),
            external,
            ..TrackDescription::default()
        })
    }
}
