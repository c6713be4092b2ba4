//! Music by what it is like.

use axum::Json;
use axum::extract::State;
use recommend::search::{HITS_MAX, Search, search};
use serde::Deserialize;
use utoipa::IntoParams;

use super::catalogue::QUERY_LEN_MAX;
use crate::app::Shared;
use crate::body::{Params, page_len};
use crate::error::Problem;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Description {
    /// Genres, moods, languages, decades, artists, ways to sound, in words.
    query: String,
    /// Hits at most, 1 to 200; 20 where it is missing.
    limit: Option<usize>,
}

/// Finds tracks by what they are like; what nobody tagged counts by the probability that was learnt.
#[utoipa::path(get, path = "/api/v1/search", tag = "music", params(Description),
    responses((status = 200, body = Search)))]
pub(crate) async fn described(
    State(app): State<Shared>,
    Params(Description { query, limit }): Params<Description>,
) -> Result<Json<Search>, Problem> {
    if query.len() > QUERY_LEN_MAX {
        return Err(Problem::invalid("too_long", format!("A search has at most {QUERY_LEN_MAX} bytes.")));
    }
    let limit = page_len(limit, 20, HITS_MAX)?;
    let app = Shared::clone(&app);
    let work = move || {
        let now = app.engine().clock().now();
        search(&app.service.snapshot(), &query, limit, now)
    };
    tokio::task::spawn_blocking(work).await.map(Json).map_err(|_| Problem::internal())
}
