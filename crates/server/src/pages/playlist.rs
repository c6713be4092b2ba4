//! One playlist: the listener's own, or one that its owner shares; it does not say who that is.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use music::{PlaylistId, PlaylistKind, Target};

use super::card::Card;
use super::cover_file::show_files;
use super::home::Nothing;
use super::render;
use super::shell::{Shell, Visit};
use crate::api::words::TrackLine;
use crate::app::Shared;
use crate::body::Params;
use crate::error::Problem;

#[derive(Template)]
#[template(path = "playlist.html")]
struct PlaylistPage {
    shell: Shell,
    card: Card,
    whose: &'static str,
    is_own: bool,
    description: String,
    cards: Vec<Card>,
    /// It is no slate, so nothing is answered by playing from it.
    slate: String,
    back: String,
}

pub(super) async fn playlist(
    State(app): State<Shared>,
    visit: Visit,
    Path(id): Path<String>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Response, Problem> {
    let id: PlaylistId = id.parse().map_err(|_| Problem::not_found())?;
    let is_own = app.engine().library().await.playlist_owner(id) == Some(visit.subject.0);
    let playlist = match is_own {
        true => app.service.playlist(id).await?.filter(|playlist| !playlist.deleted),
        false => app.service.shared_playlist(id).await?,
    };
    let playlist = playlist.ok_or_else(Problem::not_found)?;
    let view = app.service.listener(visit.subject.0).await?;
    let snapshot = app.service.snapshot();
    let lines = TrackLine::list(&snapshot.catalogue, &playlist.tracks);
    let mut cards: Vec<Card> = lines.iter().map(|line| Card::of_track(line, &view)).collect();
    let mut card = Card {
        cover_track: playlist.tracks.first().copied(),
        ..Card::of_playlist(id, &playlist.details.title, playlist.tracks.len())
    }
    .with_opinion(Target::Playlist(id), &view);
    show_files(&app, cards.iter_mut().chain(std::iter::once(&mut card))).await?;
    let page = PlaylistPage {
        shell: visit.shell(&app, "").await,
        whose: match (is_own, playlist.details.kind) {
            (true, _) => "Your playlist",
            (false, PlaylistKind::Editorial) => "A playlist by an editor",
            (false, _) => "A playlist that another listener shares",
        },
        is_own,
        description: playlist.details.description.to_string(),
        card,
        cards,
        slate: String::new(),
        back: format!("/playlist/{id}"),
    };
    Ok(page.shell.close(render(&page)))
}
