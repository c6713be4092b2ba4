//! Why something is in a mix, or why it is not.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use recommend::{Answer, MIXES, Mix, Why};
use serde::Deserialize;

use super::card::Card;
use super::cover_file::show_files;
use super::home::ask;
use super::render;
use super::shell::{Shell, Visit, require_target};
use crate::api::words::{ArtistLine, ReleaseLine, TrackLine};
use crate::app::Shared;
use crate::body::Params;
use crate::error::Problem;

/// What it is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Doubt {
    target: String,
    #[serde(default)]
    mix: Option<String>,
}

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage {
    shell: Shell,
    others: Vec<&'static Mix>,
    card: Card,
    /// What became of it, in one sentence.
    verdict: String,
    slate: String,
    back: String,
}

pub(super) async fn why(
    State(app): State<Shared>,
    visit: Visit,
    Params(Doubt { target: text, mix }): Params<Doubt>,
) -> Result<Response, Problem> {
    let target = require_target(&text)?;
    let name = mix.as_deref().unwrap_or("home");
    let mix = Mix::named(name).filter(|mix| !mix.needs_seed).ok_or_else(Problem::not_found)?;
    let view = app.service.listener(visit.subject.0).await?;
    let snapshot = app.service.snapshot();
    let catalogue = &snapshot.catalogue;
    let (plain, answer) = match target {
        music::Target::Track(id) => {
            let track = catalogue.track(id).ok_or_else(Problem::not_found)?;
            (Card::of_track(&TrackLine::of(catalogue, track), &view), Answer::Tracks)
        }
        music::Target::Artist(id) => {
            let artist = catalogue.artist(id).ok_or_else(Problem::not_found)?;
            (Card::of_artist(&ArtistLine::of(artist), &view), Answer::Artists)
        }
        music::Target::Release(id) => {
            let release = catalogue.release(id).ok_or_else(Problem::not_found)?;
            let tracks = catalogue.tracks_by_release(id);
            let of_track = || catalogue.track(*tracks.first()?).map(music::Track::main_artist);
            let artist = release.artist.or_else(of_track).and_then(|artist| catalogue.artist(artist));
            let artist = artist.map(ArtistLine::of);
            let line = ReleaseLine::of(release);
            let card = Card::of_release(&line, artist.as_ref(), tracks.first().copied(), &view);
            (card, Answer::Releases)
        }
        music::Target::Playlist(id) => {
            let playlist = app.service.shared_playlist(id).await?.ok_or_else(Problem::not_found)?;
            let (title, count) = (&playlist.details.title, playlist.tracks.len());
            (Card::of_playlist(id, title, count).with_opinion(target, &view), Answer::Playlists)
        }
    };
    let mut ask = ask(&visit, mix);
    ask.answer = answer;
    let (verdict, mut card) = match app.service.why(ask, target).await? {
        Why::Picked { place, pick } => {
            (format!("It is in “{}” at place {place}.", mix.title), Card::of_pick(&pick, &view))
        }
        Why::Outranked { rank, candidate_count, pick, .. } => {
            let words = format!(
                "It was thought of for “{}”, but others came first: it is number {rank} of {candidate_count}.",
                mix.title
            );
            (words, Card::of_pick(&pick, &view))
        }
        Why::Dropped { words, .. } => (format!("It was left out of “{}” because {words}.", mix.title), plain),
        Why::NotProposed => (format!("Nothing speaks for it in “{}” yet.", mix.title), plain),
    };
    show_files(&app, std::iter::once(&mut card)).await?;
    let page = WhyPage {
        shell: visit.shell(&app, "").await,
        others: MIXES.iter().copied().filter(|other| !other.needs_seed && other.name != mix.name).collect(),
        card,
        verdict,
        slate: String::new(),
        back: format!("/why?target={text}&mix={}", mix.name),
    };
    Ok(page.shell.close(render(&page)))
}
