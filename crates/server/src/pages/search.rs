//! Finding music by its name.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::card::Card;
use super::cover_file::show_files;
use super::render;
use super::shell::{Shell, Visit};
use crate::api::catalogue::find;
use crate::app::Shared;
use crate::body::Params;
use crate::error::Problem;
use crate::name_search::Kind;

/// What to find.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    artists: Vec<Card>,
    tracks: Vec<Card>,
    /// Ids and titles.
    releases: Vec<(String, String)>,
    slate: String,
    back: String,
}

const HIT_COUNT: usize = 24;

pub(super) async fn search(
    State(app): State<Shared>,
    visit: Visit,
    Params(Search { q }): Params<Search>,
) -> Result<Response, Problem> {
    let query = q.trim().to_owned();
    let kinds = vec![Kind::Artist, Kind::Track, Kind::Release];
    let found = find(&app, query.clone(), kinds, HIT_COUNT).await?;
    let view = app.service.listener(visit.subject.0).await?;
    let mut shell = visit.shell(&app, "search").await;
    let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    shell.query = query;
    let mut page = SearchPage {
        artists: found.artists.iter().map(|artist| Card::of_artist(artist, &view)).collect(),
        tracks: found.tracks.iter().map(|track| Card::of_track(track, &view)).collect(),
        releases: found.releases.into_iter().map(|release| (release.id.to_string(), release.title)).collect(),
        slate: String::new(),
        back: format!("/search?q={encoded}"),
        shell,
    };
    show_files(&app, page.tracks.iter_mut()).await?;
    Ok(page.shell.close(render(&page)))
}
