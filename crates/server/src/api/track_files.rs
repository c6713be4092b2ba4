//! What stands in the files of a track: its cover, its words, and how loud it is to be played.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use music::TrackId;
use scan::tags::{Art, Gain, Tags};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, Shared};
use crate::error::Problem;
use crate::files::Files;

/// What the files of a track have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct FilesLine {
    /// The picture on its front, which `GET /api/v1/tracks/{track}/cover` gives.
    pub(crate) cover: Option<CoverLine>,
    /// Which words there are, which `GET /api/v1/tracks/{track}/lyrics` gives.
    pub(crate) lyrics: Option<LyricsKind>,
    /// How much louder or softer it should be played, relative to −18 LUFS.
    pub(crate) gain: Option<GainLine>,
}

/// A picture, described.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CoverLine {
    /// `image/jpeg`, `image/png`, `image/gif` or `image/webp`.
    pub(crate) media_type: String,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    /// In bytes.
    pub(crate) size: u64,
}

/// Which words there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LyricsKind {
    /// Without times.
    Plain,
    /// Lines with the times at which they are sung.
    Timed,
}

/// ReplayGain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct GainLine {
    /// In dB, for tracks that are played in any order.
    track_db: Option<f32>,
    /// In dB, for a release that is played as a whole.
    album_db: Option<f32>,
    /// The loudest sample, full scale being 1.
    track_peak: Option<f32>,
    /// The loudest sample of the release, full scale being 1.
    album_peak: Option<f32>,
}

/// The words of a song.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct LyricsPage {
    /// The words alone, a line each.
    plain: Option<String>,
    /// The words with their times; empty where none are known.
    timed: Vec<LyricsLine>,
}

/// One line and when it is sung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LyricsLine {
    /// In milliseconds from the start of the track.
    at_ms: u32,
    /// The words; empty between verses.
    text: String,
}

impl FilesLine {
    /// What the files of `track` have; of each thing what the first file says that says anything.
    pub(crate) async fn of(app: &App, track: TrackId) -> Result<Self, Problem> {
        let store = app.engine().store().as_ref();
        let files = Files::tags(store, track).await?;
        let covers = app.files.covers(store, vec![track]).await?;
        Ok(Self {
            cover: covers.get(&track).map(|cover| CoverLine::of(&cover.art)),
            lyrics: files.iter().find_map(|(_, tags)| LyricsKind::of(tags)),
            gain: files.iter().find_map(|(_, tags)| GainLine::of(tags.gain)),
        })
    }
}

impl CoverLine {
    fn of(art: &Art) -> Self {
        Self { media_type: art.media_type.clone(), width: art.width, height: art.height, size: art.size }
    }
}

impl LyricsKind {
    fn of(tags: &Tags) -> Option<Self> {
        let plain = tags.lyrics.plain.as_ref().map(|_| Self::Plain);
        if tags.lyrics.timed.is_empty() { plain } else { Some(Self::Timed) }
    }
}

impl GainLine {
    fn of(gain: Gain) -> Option<Self> {
        let Gain { track_db, album_db, track_peak, album_peak } = gain;
        let is_known = gain != Gain::default();
        is_known.then_some(Self { track_db, album_db, track_peak, album_peak })
    }
}

/// The words of a track, as its files have them.
#[utoipa::path(get, path = "/api/v1/tracks/{track}/lyrics", tag = "music", params(("track" = String, Path)),
    responses((status = 200, body = LyricsPage)))]
pub(crate) async fn lyrics(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<LyricsPage>, Problem> {
    let track: TrackId = id.parse().map_err(|_| Problem::not_found())?;
    let files = Files::tags(app.engine().store().as_ref(), track).await?;
    // Words with times first, whichever file has them.
    let timed = files.iter().find(|(_, tags)| !tags.lyrics.timed.is_empty());
    let (_, tags) = timed
        .or_else(|| files.iter().find(|(_, tags)| tags.lyrics.plain.is_some()))
        .ok_or_else(Problem::not_found)?;
    let line = |line: &scan::tags::TimedLine| LyricsLine { at_ms: line.at_ms, text: line.text.clone() };
    Ok(Json(LyricsPage {
        plain: tags.lyrics.plain.clone(),
        timed: tags.lyrics.timed.iter().map(line).collect(),
    }))
}

/// The picture on the front of a track, as it stands in its file; at most 16 MiB.
///
/// What it is tells the picture itself, whatever the file says; nothing is shown that browsers might take for a page.
#[utoipa::path(get, path = "/api/v1/tracks/{track}/cover", tag = "music", params(("track" = String, Path)),
    responses((status = 200, description = "The picture.", content(
        (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "The picture is the one of which `If-None-Match` tells.")))]
pub(crate) async fn cover(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let track: TrackId = id.parse().map_err(|_| Problem::not_found())?;
    // A file may get another picture at any time.
    picture(&app, track, &headers, "private, max-age=3600").await
}

/// The cover of `track`, for whoever has not got it yet, to be kept as `keep` says.
pub(crate) async fn picture(
    app: &App,
    track: TrackId,
    asked: &HeaderMap,
    keep: &'static str,
) -> Result<Response, Problem> {
    let covers = app.files.covers(app.engine().store().as_ref(), vec![track]).await?;
    let cover = covers.get(&track).ok_or_else(Problem::not_found)?;
    let mark = format!("\"{}\"", cover.art.hash);
    let is_known = asked.get_all(header::IF_NONE_MATCH).iter().any(|marks| {
        marks
            .to_str()
            .is_ok_and(|marks| marks.split(',').any(|known| known.trim().trim_start_matches("W/") == mark))
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let picture = app.files.picture(cover.path.to_path()).await?.ok_or_else(Problem::not_found)?;
        let media_type = HeaderValue::from_static(picture.media_type);
        ([(header::CONTENT_TYPE, media_type)], picture.bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&mark).map_err(|_| Problem::internal())?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    Ok(response)
}
