//! Covers out of files: which cards have one, and the picture itself for browsers that are logged in.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use music::TrackId;

use super::card::Card;
use crate::api::track_files::picture;
use crate::app::{App, Shared};
use crate::error::Problem;

/// The picture; its address names its hash, so that it never changes.
pub(super) async fn cover(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let track: TrackId = id.parse().map_err(|_| Problem::not_found())?;
    picture(&app, track, &headers, "private, max-age=31536000, immutable").await
}

/// Shows on each card the picture in the file of its track, where there is one.
pub(super) async fn show_files<'c>(
    app: &App,
    cards: impl Iterator<Item = &'c mut Card>,
) -> Result<(), Problem> {
    let mut cards: Vec<(TrackId, &mut Card)> =
        cards.filter_map(|card| Some((card.cover_track?, card))).collect();
    let tracks = cards.iter().map(|(track, _)| *track).collect();
    let covers = app.files.covers(app.engine().store().as_ref(), tracks).await?;
    for (track, card) in &mut cards {
        if let Some(cover) = covers.get(track) {
            card.cover.show_file(*track, &cover.art.hash);
        }
    }
    Ok(())
}
