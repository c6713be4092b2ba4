//! The API for programs, under `/api/v1`: one file per thing.
//!
//! Handlers read what was asked, call the engine, and shape the answer; they decide nothing about access.

pub(crate) mod account;
pub(crate) mod catalogue;
pub(crate) mod document;
pub(crate) mod events;
mod export;
pub(crate) mod listeners;
mod onboarding;
mod playlists;
pub(crate) mod recommend;
mod search;
pub(crate) mod track_files;
pub(crate) mod words;

use axum::Router;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// All routes of the API, and what they say about themselves.
pub(crate) fn routes() -> (Router<Shared>, OpenApi) {
    OpenApiRouter::with_openapi(document::Base::openapi())
        .routes(routes!(account::login))
        .routes(routes!(account::logout))
        .routes(routes!(account::account))
        .routes(routes!(account::change_password))
        .routes(routes!(account::tokens, account::create_token))
        .routes(routes!(account::revoke_token))
        .routes(routes!(account::accounts, account::create_account))
        .routes(routes!(account::remove_account))
        .routes(routes!(listeners::listeners))
        .routes(routes!(listeners::listener))
        .routes(routes!(events::events))
        .routes(routes!(export::export))
        .routes(routes!(catalogue::search))
        .routes(routes!(search::described))
        .routes(routes!(catalogue::add_tracks))
        .routes(routes!(catalogue::track))
        .routes(routes!(track_files::cover))
        .routes(routes!(track_files::lyrics))
        .routes(routes!(catalogue::artist))
        .routes(routes!(catalogue::release))
        .routes(routes!(playlists::playlists, playlists::create))
        .routes(routes!(playlists::playlist))
        .routes(routes!(playlists::edit))
        .routes(routes!(playlists::history))
        .routes(routes!(onboarding::onboarding))
        .routes(routes!(recommend::mixes))
        .routes(routes!(recommend::rows))
        .routes(routes!(recommend::recommend))
        .routes(routes!(recommend::explain))
        .split_for_parts()
}
