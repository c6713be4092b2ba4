//! The music: finding it by name, looking at it, telling Segue about more of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use music::{ArtistId, ReleaseId, Target, TrackDescription, TrackId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::track_files::FilesLine;
use super::words::{ArtistLine, ArtistPage, ReleaseLine, ReleasePage, TagLine, TrackLine, TrackPage};
use crate::app::Shared;
use crate::body::{Body, Params, page_len};
use crate::error::Problem;
use crate::name_search::Kind;

/// What to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// A name or its beginning; for tracks also artist and title together.
    query: String,
    /// What to look among; everything where it is missing.
    kind: Option<Kind>,
    /// Hits of each kind at most, 1 to 100; 20 where it is missing.
    limit: Option<usize>,
}

/// What was found, the best fit first.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Found {
    /// Tracks.
    pub(crate) tracks: Vec<TrackLine>,
    /// Artists.
    pub(crate) artists: Vec<ArtistLine>,
    /// Releases.
    pub(crate) releases: Vec<ReleaseLine>,
}

/// The longest text that is searched for, in bytes.
pub(crate) const QUERY_LEN_MAX: usize = 1_000;

/// Finds music by its name.
#[utoipa::path(get, path = "/api/v1/catalogue", tag = "music", params(Search),
    responses((status = 200, body = Found)))]
pub(crate) async fn search(
    State(app): State<Shared>,
    Params(Search { query, kind, limit }): Params<Search>,
) -> Result<Json<Found>, Problem> {
    let kinds = kind.map_or_else(|| vec![Kind::Track, Kind::Artist, Kind::Release], |kind| vec![kind]);
    find(&app, query, kinds, page_len(limit, 20, 100)?).await.map(Json)
}

/// The hits for `query` among the `kinds`.
pub(crate) async fn find(
    app: &Shared,
    query: String,
    kinds: Vec<Kind>,
    limit: usize,
) -> Result<Found, Problem> {
    if query.len() > QUERY_LEN_MAX {
        return Err(Problem::invalid("too_long", format!("A search has at most {QUERY_LEN_MAX} bytes.")));
    }
    let app = Shared::clone(app);
    let work = move || {
        let snapshot = app.service.snapshot();
        let catalogue = &snapshot.catalogue;
        let mut found = Found::default();
        for target in kinds.into_iter().flat_map(|kind| app.names.find(&snapshot, kind, &query, limit)) {
            match target {
                Target::Track(id) => {
                    found.tracks.extend(catalogue.track(id).map(|track| TrackLine::of(catalogue, track)));
                }
                Target::Artist(id) => found.artists.extend(catalogue.artist(id).map(ArtistLine::of)),
                Target::Release(id) => found.releases.extend(catalogue.release(id).map(ReleaseLine::of)),
                Target::Playlist(_) => {}
            }
        }
        found
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

/// A track.
#[utoipa::path(get, path = "/api/v1/tracks/{track}", tag = "music", params(("track" = String, Path)),
    responses((status = 200, body = TrackPage)))]
pub(crate) async fn track(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<TrackPage>, Problem> {
    let id: TrackId = id.parse().map_err(|_| Problem::not_found())?;
    let files = FilesLine::of(&app, id).await?;
    let catalogue = app.engine().catalogue().await;
    let track = catalogue.track(id).ok_or_else(Problem::not_found)?;
    Ok(Json(TrackPage {
        files,
        track: TrackLine::of(&catalogue, track),
        date: track.date,
        explicit: track.explicit,
        tags: TagLine::list(&catalogue, &track.tags),
        sound: track.sound.clone(),
    }))
}

/// An artist.
#[utoipa::path(get, path = "/api/v1/artists/{artist}", tag = "music", params(("artist" = String, Path)),
    responses((status = 200, body = ArtistPage)))]
pub(crate) async fn artist(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<ArtistPage>, Problem> {
    let id: ArtistId = id.parse().map_err(|_| Problem::not_found())?;
    let snapshot = app.service.snapshot();
    let artist = snapshot.catalogue.artist(id).ok_or_else(Problem::not_found)?;
    Ok(Json(ArtistPage {
        artist: ArtistLine::of(artist),
        tags: TagLine::list(&snapshot.catalogue, &artist.tags),
        tracks: TrackLine::list(&snapshot.catalogue, snapshot.tracks_of_artist(id)),
    }))
}

/// A release.
#[utoipa::path(get, path = "/api/v1/releases/{release}", tag = "music", params(("release" = String, Path)),
    responses((status = 200, body = ReleasePage)))]
pub(crate) async fn release(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<ReleasePage>, Problem> {
    let id: ReleaseId = id.parse().map_err(|_| Problem::not_found())?;
    let catalogue = app.engine().catalogue().await;
    let release = catalogue.release(id).ok_or_else(Problem::not_found)?;
    Ok(Json(ReleasePage {
        release: ReleaseLine::of(release),
        artist: release.artist.and_then(|artist| catalogue.artist(artist)).map(ArtistLine::of),
        tracks: TrackLine::list(&catalogue, catalogue.tracks_by_release(id)),
    }))
}

/// Tracks to make known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTracks {
    /// What is known about each; at most 1,000 at once.
    #[schema(max_items = 1000)]
    tracks: Vec<TrackDescription>,
}

/// What became of each description, in order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedTracks {
    /// One outcome for each description.
    tracks: Vec<AddedTrack>,
}

/// What became of one description.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub(crate) enum AddedTrack {
    /// It is in the catalogue, now or since before.
    Known {
        /// Under this id.
        track: TrackId,
    },
    /// It is not acceptable.
    Rejected {
        /// Why, for programs.
        reason: &'static str,
        /// Why, for people.
        detail: String,
    },
}

const NEW_TRACK_COUNT_MAX: usize = 1_000;

/// Makes tracks known by description; each is matched with what is known already.
///
/// Events name tracks by id, and this is where a client gets the ids of its own library.
#[utoipa::path(post, path = "/api/v1/tracks", tag = "music", request_body = NewTracks,
    responses((status = 200, body = AddedTracks)))]
pub(crate) async fn add_tracks(
    State(app): State<Shared>,
    Body(NewTracks { tracks }): Body<NewTracks>,
) -> Result<(StatusCode, Json<AddedTracks>), Problem> {
    if tracks.len() > NEW_TRACK_COUNT_MAX {
        let detail =
            format!("At most {NEW_TRACK_COUNT_MAX} tracks are taken at once; send the rest afterwards.");
        return Err(Problem::invalid("too_many", detail));
    }
    let mut intake = app.engine().intake().await?;
    let mut outcomes = Vec::with_capacity(tracks.len());
    for description in &tracks {
        outcomes.push(match intake.track(description) {
            Ok(track) => AddedTrack::Known { track },
            Err(rejection) => {
                AddedTrack::Rejected { reason: rejection.name(), detail: rejection.to_string() }
            }
        });
    }
    intake.commit().await?;
    app.service.refresh().await?;
    Ok((StatusCode::OK, Json(AddedTracks { tracks: outcomes })))
}
