//! Radio: pick something to start from, and see where it goes.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::Ask;
use music::Target;
use recommend::{Answer, Mix};
use serde::Deserialize;

use super::card::Card;
use super::cover_file::show_files;
use super::home::ask;
use super::render;
use super::shell::{Shell, Visit, require_target};
use crate::api::recommend::slate;
use crate::api::words::{ArtistLine, TrackLine};
use crate::app::Shared;
use crate::body::Params;
use crate::error::Problem;

/// What to start from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    #[serde(default)]
    seed: Option<String>,
}

#[derive(Template)]
#[template(path = "radio.html")]
struct RadioPage {
    shell: Shell,
    promise: &'static str,
    /// What it starts from.
    seed: Option<Card>,
    seed_name: String,
    slate: String,
    cards: Vec<Card>,
    /// Without a seed: what the listener likes best, to start from.
    ideas: Vec<Card>,
    back: String,
}

/// The artists that a page without a seed offers.
const IDEA_COUNT: usize = 12;

pub(super) async fn radio(
    State(app): State<Shared>,
    visit: Visit,
    Params(Start { seed }): Params<Start>,
) -> Result<Response, Problem> {
    let mix = Mix::named("radio").ok_or_else(Problem::not_found)?;
    let view = app.service.listener(visit.subject.0).await?;
    let snapshot = app.service.snapshot();
    let catalogue = &snapshot.catalogue;
    let mut page = RadioPage {
        shell: visit.shell(&app, "radio").await,
        promise: mix.promise,
        seed: None,
        seed_name: String::new(),
        slate: String::new(),
        cards: Vec::new(),
        ideas: Vec::new(),
        back: "/radio".to_owned(),
    };
    let Some(text) = seed.filter(|seed| !seed.is_empty()) else {
        let loved = view.summary.artists.iter().take(IDEA_COUNT).filter(|(_, affinity)| *affinity > 0.0);
        let artists = loved.filter_map(|&(id, _)| catalogue.artist(id));
        page.ideas = artists.map(|artist| Card::of_artist(&ArtistLine::of(artist), &view)).collect();
        return Ok(page.shell.close(render(&page)));
    };
    let target = require_target(&text)?;
    match target {
        Target::Track(id) => {
            let track = catalogue.track(id).ok_or_else(Problem::not_found)?;
            page.seed = Some(Card::of_track(&TrackLine::of(catalogue, track), &view));
            page.seed_name = catalogue.label(id);
        }
        Target::Artist(id) => {
            let artist = catalogue.artist(id).ok_or_else(Problem::not_found)?;
            page.seed = Some(Card::of_artist(&ArtistLine::of(artist), &view));
            page.seed_name = artist.name.to_string();
        }
        Target::Release(id) => {
            page.seed_name = catalogue.release(id).ok_or_else(Problem::not_found)?.title.to_string();
        }
        Target::Playlist(id) => {
            let owner = app.engine().library().await.playlist_owner(id);
            let playlist = match owner == Some(visit.subject.0) {
                true => app.service.playlist(id).await?.filter(|playlist| !playlist.deleted),
                false => app.service.shared_playlist(id).await?,
            };
            page.seed_name = playlist.ok_or_else(Problem::not_found)?.details.title.to_string();
        }
    }
    let ask = Ask { seeds: vec![target], answer: Answer::Tracks, limit: Some(30), ..ask(&visit, mix) };
    let slate = slate(&app, ask).await?;
    page.slate = slate.slate_id.to_string();
    page.cards = Card::list(&slate, &view);
    show_files(&app, page.cards.iter_mut().chain(&mut page.seed)).await?;
    page.back = format!("/radio?seed={text}");
    Ok(page.shell.close(render(&page)))
}
