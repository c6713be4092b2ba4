//! The layer in front of every handler.

use axum::RequestExt;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use music::{ListenerId, PlaylistId};

use super::caller::{Caller, Subject, VIEW_COOKIE, cookie, identify};
use super::table::{self, Access, Door, Route};
use crate::app::{App, Shared};
use crate::error::Problem;

/// Lets a request through to its handler, or answers it.
pub(crate) async fn authorise(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    if !app.config.answers_to(host) {
        return Problem::wrong_host().into_response();
    }
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let Some(route) = table::find(request.method(), path.as_str()) else {
        return not_in_table(path.as_str());
    };
    let names = request.extract_parts::<RawPathParams>().await;
    let (mut parts, body) = request.into_parts();
    if route.access != Access::Public {
        let name = names.ok().and_then(|names| names.iter().next().map(|(_, value)| value.to_owned()));
        if let Err(refusal) = admit(&app, route, name.as_deref(), &mut parts).await {
            return refuse(route, refusal);
        }
    } else if is_unsafe(&parts.method) && is_cross_site(&parts) {
        return Problem::cross_site().into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// What is not in the table is not there.
fn not_in_table(path: &str) -> Response {
    let methods = table::methods(path);
    if methods.is_empty() {
        tracing::error!(path, "a route is missing in the table of access; it answers nobody");
        return Problem::not_found().into_response();
    }
    let mut response = Problem::method_not_allowed().into_response();
    let allow = HeaderValue::from_str(&methods).expect("methods are plain words");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

/// A browser without a login is shown where to log in.
fn refuse(route: &Route, problem: Problem) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED && route.door() == Door::Cookie {
        return Redirect::to("/login").into_response();
    }
    problem.into_response()
}

/// Finds out who is asking about whom, and leaves both with the request.
async fn admit(app: &App, route: &Route, name: Option<&str>, parts: &mut Parts) -> Result<(), Problem> {
    let caller = identify(app, route.door(), parts).await?;
    if caller.is_ambient && is_unsafe(&parts.method) && is_cross_site(parts) {
        return Err(Problem::cross_site());
    }
    match route.access {
        Access::Public | Access::Account => {}
        Access::Administrator if caller.is_administrator() => {}
        Access::Administrator => return Err(Problem::forbidden()),
        Access::Own => {
            let subject = subject(app, route, name, &caller, parts).await?;
            parts.extensions.insert(subject);
        }
        Access::OwnPlaylist | Access::SharedPlaylist => {
            let subject = owner(app, route, name, &caller).await?;
            parts.extensions.insert(subject);
        }
    }
    parts.extensions.insert(caller);
    Ok(())
}

/// The listener in the path, in the query, or in an administrator's view; else the caller's own.
async fn subject(
    app: &App,
    route: &Route,
    name: Option<&str>,
    caller: &Caller,
    parts: &Parts,
) -> Result<Subject, Problem> {
    let in_path = name.filter(|_| route.path.contains("{listener}")).map(str::to_owned);
    let named = in_path.or_else(|| in_query(parts));
    let asked = match (named, route.door()) {
        (Some(name), _) => Some(
            name.parse::<ListenerId>()
                .map_err(|error| Problem::invalid("bad_listener", error.to_string()))?,
        ),
        (None, Door::Cookie) if caller.is_administrator() => {
            cookie(&parts.headers, VIEW_COOKIE).and_then(|view| view.parse().ok())
        }
        (None, _) => None,
    };
    let Some(listener) = asked.or(caller.listener) else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no_listener",
            "There is no listener yet; import some history first, for example with `segue import`.",
        ));
    };
    // First whether the caller may know, then whether there is such a listener.
    if !caller.is_administrator() && caller.listener != Some(listener) {
        return Err(Problem::forbidden());
    }
    if app.engine().library().await.listener(listener).is_none() {
        return Err(Problem::not_found());
    }
    Ok(Subject(listener))
}

fn in_query(parts: &Parts) -> Option<String> {
    let query = parts.uri.query().unwrap_or("");
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "listener").map(|(_, value)| value.into_owned())
}

/// The owner of the playlist in the path. To whom it is not shown it is as if there were none.
async fn owner(app: &App, route: &Route, name: Option<&str>, caller: &Caller) -> Result<Subject, Problem> {
    let playlist: PlaylistId = name.and_then(|name| name.parse().ok()).ok_or_else(Problem::not_found)?;
    let owner = app.engine().library().await.playlist_owner(playlist).ok_or_else(Problem::not_found)?;
    let is_own = caller.is_administrator() || caller.listener == Some(owner);
    let is_seen = is_own
        || route.access == Access::SharedPlaylist && app.service.shared_playlist(playlist).await?.is_some();
    if is_seen { Ok(Subject(owner)) } else { Err(Problem::not_found()) }
}

const fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a browser says that another site's page made this request.
///
/// *Source*: Fetch Metadata Request Headers, W3C; `Origin` for browsers that do not send them.
fn is_cross_site(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let host = text("host").unwrap_or("");
    let without_scheme = origin.split_once("://").map(|(_, rest)| rest);
    without_scheme.is_none_or(|origin| !origin.eq_ignore_ascii_case(host))
}
