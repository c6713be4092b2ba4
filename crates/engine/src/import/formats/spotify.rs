//! Spotify's streaming history: the extended one in both generations, and that of the short account export.
//!
//! `ts` and `endTime` are the end of a play, so it began `ms_played` before.
//! Account name, IP address and user agent are not even read.
//!
//! *Source*: Spotify, "Understanding my data"; reasons and traps as collected by importers of ListenBrainz and Maloja.

use music::{
    Context, Millis, PlayStart, Region, ReleaseDescription, SkipDirection, TrackDescription, UnixMillis,
};
use serde::Deserialize;
use smallvec::SmallVec;

use super::lenient::{Flag, Number};
use super::spotify_context::device;
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Input, JsonRows, RowFault};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::values::SpotifyKind;
use crate::import::{time, values};

/// A play that was left earlier than this for another reason than its end is a skip.
///
/// *Source*: Spotify counts a stream after 30 seconds; ListenBrainz' importer draws the same line.
const LISTEN_MS_MIN: u32 = 30_000;

/// One row of either export.
#[derive(Deserialize)]
struct Row {
    ts: Option<String>,
    ms_played: Option<Number>,
    master_metadata_track_name: Option<String>,
    master_metadata_album_artist_name: Option<String>,
    master_metadata_album_album_name: Option<String>,
    spotify_track_uri: Option<String>,
    episode_name: Option<String>,
    episode_show_name: Option<String>,
    spotify_episode_uri: Option<String>,
    audiobook_title: Option<String>,
    audiobook_uri: Option<String>,
    audiobook_chapter_uri: Option<String>,
    reason_start: Option<String>,
    reason_end: Option<String>,
    shuffle: Option<Flag>,
    skipped: Option<Flag>,
    offline: Option<Flag>,
    incognito_mode: Option<Flag>,
    conn_country: Option<String>,
    platform: Option<String>,
    // The short export.
    #[serde(rename = "endTime")]
    end_time: Option<String>,
    #[serde(rename = "artistName")]
    artist_name: Option<String>,
    #[serde(rename = "trackName")]
    track_name: Option<String>,
    #[serde(rename = "msPlayed")]
    short_ms_played: Option<Number>,
}

/// Reads one file of the history.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let rows = JsonRows::of(input, ImportFormat::Spotify, &[])?;
    rows.each(RecordKind::Event, sink, |sink, place, bytes| {
        let row: Row = serde_json::from_slice(bytes)?;
        let deed = row.deed(sink, place)?;
        sink.give(place, Fact::Deed(Box::new(deed)));
        Ok(())
    })
}

impl Row {
    fn deed(self, sink: &mut Sink, place: Place) -> Result<Deed, RowFault> {
        if self.incognito_mode == Some(Flag(true)) {
            return Err(DropReason::Incognito.into());
        }
        let track = self.track(sink, place)?;
        let played = self.ms_played.or(self.short_ms_played).and_then(|ms| values::played(ms.0, 1.0));
        let played = played.ok_or_else(|| RowFault::new(DropReason::Malformed, "it has no played time"))?;
        let at = self.began(sink, played)?;
        let act = self.act(played)?;
        let context = self.context();
        Ok(Deed {
            listener: None,
            subject: Subject::Track(track),
            acts: SmallVec::from_buf([act]),
            at: Some(at),
            context,
        })
    }

    fn track(&self, sink: &mut Sink, place: Place) -> Result<TrackDescription, RowFault> {
        let title = self.master_metadata_track_name.as_deref().or(self.track_name.as_deref());
        let artist = self.master_metadata_album_artist_name.as_deref().or(self.artist_name.as_deref());
        let (Some(title), Some(artist)) = (title.and_then(values::text), artist.and_then(values::text))
        else {
            return Err(self.why_no_track().into());
        };
        let mut track = TrackDescription::named(artist, title);
        let album = self.master_metadata_album_album_name.as_deref().and_then(values::text);
        track.release =
            album.map(|album| ReleaseDescription { title: album.to_owned(), ..Default::default() });
        if let Some(uri) = self.spotify_track_uri.as_deref().and_then(values::text) {
            match values::spotify(SpotifyKind::Track, uri) {
                Some(uri) => track.external.push(uri),
                // A file of the listener's own, which Spotify names by its tags.
                None if uri.starts_with("spotify:local:") => {}
                None => sink.drop_value("spotify uri", place, uri),
            }
        }
        Ok(track)
    }

    /// What else a row without a track's title is about.
    const fn why_no_track(&self) -> DropReason {
        let is_audiobook = self.audiobook_title.is_some()
            || self.audiobook_uri.is_some()
            || self.audiobook_chapter_uri.is_some();
        let is_podcast = self.episode_name.is_some()
            || self.episode_show_name.is_some()
            || self.spotify_episode_uri.is_some();
        match (is_audiobook, is_podcast) {
            (true, _) => DropReason::Audiobook,
            (_, true) => DropReason::Podcast,
            _ => DropReason::NoName,
        }
    }

    fn began(&self, sink: &Sink, played: Millis) -> Result<UnixMillis, RowFault> {
        let text = self.ts.as_deref().or(self.end_time.as_deref()).ok_or(DropReason::NoTime)?;
        let ended = time::parse_utc(text)
            .ok_or_else(|| RowFault::new(DropReason::UnreadableTime, format!("`{text}` is no time")))?;
        let ended = sink.check_time(ended)?;
        Ok(sink.check_time(ended - played)?)
    }

    fn act(&self, played: Millis) -> Result<Act, RowFault> {
        let start = match self.reason_start.as_deref() {
            Some("clickrow" | "clickside" | "uriopen") => PlayStart::Chosen,
            Some("trackdone" | "fwdbtn" | "nextbtn") => PlayStart::Next,
            Some("backbtn") => PlayStart::Back,
            Some("appload" | "remote" | "reload") => PlayStart::Resumed,
            // The list is open, and some members of it say nothing: `playbtn` starts as well as it resumes.
            _ => PlayStart::Unknown,
        };
        let reason_end = self.reason_end.as_deref();
        let is_short = played.get() < LISTEN_MS_MIN;
        let is_skipped = self.skipped == Some(Flag(true));
        if reason_end == Some("trackerror") && is_short && !is_skipped {
            // Nobody chose to leave it.
            return Err(DropReason::DidNotPlay.into());
        }
        if !(is_skipped || is_short && reason_end != Some("trackdone")) {
            return Ok(Act::Played { played: Some(played), start });
        }
        let direction = match reason_end {
            Some("backbtn") => SkipDirection::Back,
            _ => SkipDirection::Forward,
        };
        Ok(Act::Skipped { played: Some(played), start, direction })
    }

    fn context(&self) -> Context {
        Context {
            device: self.platform.as_deref().and_then(device),
            online: self.offline.map(|Flag(is_offline)| !is_offline),
            // `ZZ` stands for an unknown country.
            region: self.conn_country.as_deref().filter(|code| *code != "ZZ").and_then(country),
            shuffle: self.shuffle.map(|Flag(is_on)| is_on),
            ..Context::default()
        }
    }
}

fn country(code: &str) -> Option<Region> {
    code.parse().ok()
}
