//! ListenBrainz: listens and feedback, from an export, a dump of lines, or pages of the API.
//!
//! Names of accounts and of clients are not even read.
//!
//! *Source*: ListenBrainz documentation, "JSON documents" and "Core".

use music::description::TagDescription;
use music::{ArtistDescription, ExternalId, PlayStart, ReleaseDescription, TagKind, TrackDescription};
use serde::Deserialize;

use super::lenient::{Number, Texts};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Container, Input, JsonRows, RowFault};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::values::SpotifyKind;
use crate::import::{time, values};

/// How lists of listens and of feedback are wrapped: by the API, by a submission, by an export.
const CONTAINERS: &[Container] = &[
    Container { path: &["payload", "listens"], opens: Some(b'{') },
    Container { path: &["payload"], opens: Some(b'[') },
    Container { path: &["listens"], opens: Some(b'[') },
    Container { path: &["feedback"], opens: Some(b'[') },
];

/// A listen, or an opinion.
#[derive(Deserialize)]
struct Row {
    listened_at: Option<Number>,
    /// In old exports, in place of `listened_at`.
    timestamp: Option<Number>,
    track_metadata: Option<Metadata>,
    score: Option<Number>,
    created: Option<Number>,
    recording_mbid: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    artist_name: Option<String>,
    track_name: Option<String>,
    release_name: Option<String>,
    additional_info: Option<AdditionalInfo>,
    mbid_mapping: Option<MbidMapping>,
}

/// What the client said beside the names.
#[derive(Deserialize, Default)]
#[serde(default)]
struct AdditionalInfo {
    recording_mbid: Option<String>,
    release_mbid: Option<String>,
    artist_mbids: Option<Texts>,
    isrc: Option<Texts>,
    spotify_id: Option<String>,
    duration: Option<Number>,
    duration_ms: Option<Number>,
    tags: Option<Texts>,
}

/// What ListenBrainz made of the names.
#[derive(Deserialize, Default)]
#[serde(default)]
struct MbidMapping {
    recording_mbid: Option<String>,
    release_mbid: Option<String>,
    artists: Option<Vec<MappedArtist>>,
}

#[derive(Deserialize)]
struct MappedArtist {
    artist_mbid: Option<String>,
    artist_credit_name: Option<String>,
}

/// Reads one file or page.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let rows = JsonRows::of(input, ImportFormat::Listenbrainz, CONTAINERS)?;
    rows.each(RecordKind::Event, sink, |sink, place, bytes| {
        let row: Row = serde_json::from_slice(bytes)?;
        let deed = match row.score {
            Some(score) => row.opinion(score, sink, place)?,
            None => row.listen(sink, place)?,
        };
        sink.give(place, Fact::Deed(Box::new(deed)));
        Ok(())
    })
}

impl Row {
    fn listen(self, sink: &mut Sink, place: Place) -> Result<Deed, RowFault> {
        let Some(metadata) = self.track_metadata else {
            return Err(RowFault::new(DropReason::Malformed, "it is neither a listen nor feedback"));
        };
        let track = metadata.track(sink, place).ok_or(DropReason::NoName)?;
        let at = self.listened_at.or(self.timestamp).ok_or(DropReason::NoTime)?;
        let at = sink.check_time(time::of_number(at.0).ok_or(DropReason::UnreadableTime)?)?;
        let act = Act::Played { played: None, start: PlayStart::Unknown };
        Ok(Deed::own(Subject::Track(track), act, Some(at)))
    }

    /// A heart or its opposite; without names the track must be known by its identifier.
    fn opinion(self, score: Number, sink: &mut Sink, place: Place) -> Result<Deed, RowFault> {
        let act = match score.0 {
            1.0 => Act::Liked,
            -1.0 => Act::Disliked,
            0.0 => return Err(DropReason::NoOpinion.into()),
            _ => return Err(RowFault::new(DropReason::Malformed, "its score is not 1, 0 or -1")),
        };
        let at = match self.created {
            Some(created) => {
                Some(sink.check_time(time::of_number(created.0).ok_or(DropReason::UnreadableTime)?)?)
            }
            None => None,
        };
        let id = self.recording_mbid.as_deref().and_then(values::mbid);
        let described = self.track_metadata.and_then(|metadata| metadata.track(sink, place));
        let subject = match (described, id) {
            (Some(mut track), id) => {
                let has_mbid = track.external.iter().any(|id| matches!(id, ExternalId::Mbid(_)));
                track.external.extend(id.filter(|_| !has_mbid));
                Subject::Track(track)
            }
            (None, Some(id)) => Subject::KnownTrack(id),
            (None, None) => return Err(DropReason::NoName.into()),
        };
        Ok(Deed::own(subject, act, at))
    }
}

impl Metadata {
    /// None without title or artist.
    fn track(self, sink: &mut Sink, place: Place) -> Option<TrackDescription> {
        let info = self.additional_info.unwrap_or_default();
        let mapping = self.mbid_mapping.unwrap_or_default();
        let title = self.track_name.as_deref().and_then(values::text)?.to_owned();
        let credit = self.artist_name.as_deref().and_then(values::text)?;
        let artists = artists(credit, &info, mapping.artists);
        // What the client knew from the file's tags is better than what was found by names.
        let recording = checked_mbid(info.recording_mbid, sink, place)
            .or_else(|| checked_mbid(mapping.recording_mbid, sink, place));
        let release_mbid = checked_mbid(info.release_mbid, sink, place);
        let mut external: Vec<ExternalId> = recording.into_iter().collect();
        external.extend(info.isrc.iter().flat_map(|texts| &texts.0).filter_map(|text| values::isrc(text)));
        external.extend(info.spotify_id.iter().filter_map(|id| values::spotify(SpotifyKind::Track, id)));
        let release_title = self.release_name.as_deref().and_then(values::text).unwrap_or("");
        // A release that was found by names may be another one than the one that was named.
        let release_external = release_mbid.or_else(|| {
            let mapped = mapping.release_mbid.filter(|_| release_title.is_empty());
            checked_mbid(mapped, sink, place)
        });
        let release = ReleaseDescription {
            title: release_title.to_owned(),
            external: release_external.into_iter().collect(),
            ..Default::default()
        };
        let duration = info.duration_ms.and_then(|ms| values::duration(ms.0, 1.0));
        let duration = duration.or_else(|| info.duration.and_then(|s| values::duration(s.0, 1_000.0)));
        let tags = info.tags.unwrap_or_default().0.into_iter().filter(|tag| !tag.trim().is_empty());
        Some(TrackDescription {
            title,
            artists,
            release: (!release.title.is_empty()).then_some(release),
            duration,
            external,
            tags: tags.map(|name| TagDescription { name, kind: TagKind::Genre, weight: 1.0 }).collect(),
            ..TrackDescription::default()
        })
    }
}

/// Each artist of a credit, where ListenBrainz has taken it apart; else the credit as one artist.
fn artists(credit: &str, info: &AdditionalInfo, mapped: Option<Vec<MappedArtist>>) -> Vec<ArtistDescription> {
    let told: Vec<ArtistDescription> = mapped
        .unwrap_or_default()
        .into_iter()
        .filter_map(|artist| {
            let name = artist.artist_credit_name.as_deref().and_then(values::text)?.to_owned();
            let external = artist.artist_mbid.as_deref().and_then(values::mbid).into_iter().collect();
            Some(ArtistDescription { name, external, ..Default::default() })
        })
        .collect();
    if !told.is_empty() {
        return told;
    }
    let ids = info.artist_mbids.as_ref().map_or(&[][..], |texts| &texts.0);
    let external = match ids {
        [only] => values::mbid(only).into_iter().collect(),
        _ => Vec::new(),
    };
    vec![ArtistDescription { name: credit.to_owned(), external, ..Default::default() }]
}

fn checked_mbid(text: Option<String>, sink: &mut Sink, place: Place) -> Option<ExternalId> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    let id = values::mbid(&text);
    if id.is_none() {
        sink.drop_value("mbid", place, &text);
    }
    id
}
