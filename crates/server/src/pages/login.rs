//! Logging in and out with a browser.

use askama::Template;
use axum::RequestExt;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::render;
use super::shell::{Shell, set_cookie};
use crate::access::caller::{Caller, Peer, SESSION_COOKIE};
use crate::api::account::{Login, log_in as check};
use crate::app::{App, Shared};
use crate::body::Form;
use crate::error::Problem;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    /// Whether nobody has an account yet.
    is_first: bool,
    /// Why it did not work the last time.
    problem: String,
}

pub(super) async fn form(State(app): State<Shared>) -> Result<Response, Problem> {
    page(&app, String::new()).await
}

async fn page(app: &App, problem: String) -> Result<Response, Problem> {
    let is_first = app.engine().accounts().all().await?.is_empty();
    Ok(render(&LoginPage { shell: Shell::outside(), is_first, problem }))
}

pub(super) async fn log_in(State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    let peer = request.extensions().get::<Peer>().copied();
    let Form(login): Form<Login> = request.extract().await?;
    let (secret, _) = match check(&app, peer, &login).await {
        Ok(made) => made,
        Err(problem)
            if matches!(problem.status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) =>
        {
            let mut response = page(&app, problem.detail).await?;
            *response.status_mut() = problem.status;
            return Ok(response);
        }
        Err(problem) => return Err(problem),
    };
    let mut response = Redirect::to("/").into_response();
    let seconds = app.config.session.as_secs();
    set_cookie(&mut response, SESSION_COOKIE, &secret.reveal(), seconds, app.config.is_https);
    Ok(response)
}

/// Nothing but the token of the form.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn log_out(
    State(app): State<Shared>,
    caller: Caller,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    if let Some(token) = caller.token {
        app.engine().accounts().revoke(token).await?;
    }
    let mut response = Redirect::to("/login").into_response();
    set_cookie(&mut response, SESSION_COOKIE, "", 0, app.config.is_https);
    Ok(response)
}
