//! The pages for people: rendered here, working without scripts.
//!
//! Names from files and imports are hostile until the templates have escaped them, which they always do.
//! Every form carries the token of its session, and every page asks the same functions as the API.

mod act;
mod assets;
mod card;
mod chart;
mod cover;
mod cover_file;
pub(crate) mod docs;
mod home;
mod login;
mod playlist;
pub(crate) mod problem;
mod radio;
mod search;
mod shell;
mod taste;
mod why;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::Shared;
use crate::error::Problem;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home::home))
        .route("/mix/{mix}", get(home::mix))
        .route("/playlist/{playlist}", get(playlist::playlist))
        .route("/radio", get(radio::radio))
        .route("/search", get(search::search))
        .route("/taste", get(taste::taste))
        .route("/why", get(why::why))
        .route("/cover/{track}", get(cover_file::cover))
        .route("/act", post(act::act))
        .route("/wish", post(act::wish))
        .route("/private", post(act::private))
        .route("/view", post(act::view))
        .route("/login", get(login::form).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/assets/style.css", get(assets::style))
        .route("/assets/icon.svg", get(assets::icon))
}

/// The page that a template makes.
fn render(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Problem::internal().into_response()
        }
    }
}
