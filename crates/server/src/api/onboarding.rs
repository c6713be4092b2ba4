//! What to ask somebody of whom nothing is known.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::words::{ArtistLine, TrackLine};
use crate::app::Shared;
use crate::body::{Params, page_len};
use crate::error::Problem;

/// How much to ask.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ask {
    /// Artists and tracks at most, of each, 1 to 100; 20 where it is missing.
    limit: Option<usize>,
}

/// Artists and tracks to show a newcomer, each the most telling first.
///
/// What the newcomer names is sent as `liked` to `/api/v1/events`, and the next answer knows it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Questions {
    /// Artists; every kind of listener knows some of them.
    artists: Vec<ArtistLine>,
    /// Tracks; the same.
    tracks: Vec<TrackLine>,
}

/// Says what to ask a newcomer: a short list on which every kind of listener finds something.
///
/// Both lists are empty as long as nothing was learnt.
#[utoipa::path(get, path = "/api/v1/onboarding", tag = "recommendations", params(Ask),
    responses((status = 200, body = Questions)))]
pub(crate) async fn onboarding(
    State(app): State<Shared>,
    Params(Ask { limit }): Params<Ask>,
) -> Result<Json<Questions>, Problem> {
    let limit = page_len(limit, 20, 100)?;
    let snapshot = app.service.snapshot();
    let (catalogue, questions) = (&snapshot.catalogue, &snapshot.models.questions);
    let artists = questions.artists.iter().filter_map(|&artist| catalogue.artist(artist));
    let tracks = questions.tracks.iter().filter_map(|&track| catalogue.track(track));
    Ok(Json(Questions {
        artists: artists.take(limit).map(ArtistLine::of).collect(),
        tracks: tracks.take(limit).map(|track| TrackLine::of(catalogue, track)).collect(),
    }))
}
