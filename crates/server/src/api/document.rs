//! The description of the API: OpenAPI for programs, a page for people, both from the code.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderValue, Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, ResponseBuilder};

use crate::access::table::{Access, ROUTES, Route};
use crate::app::Shared;
use crate::error::Problem;
use crate::pages;

/// What stands at the head of the document; the routes add themselves.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Segue",
        description = "Music recommendations that say why: log what is played, ask what to hear next.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    tags(
        (name = "recommendations", description = "What to hear next, and why."),
        (name = "listening", description = "What listeners do, and what is known about their taste."),
        (name = "music", description = "What the catalogue knows."),
        (name = "playlists", description = "Playlists with their whole history."),
        (name = "accounts", description = "Logging in, tokens, passwords."),
    )
)]
pub(crate) struct Base;

const SCHEME: &str = "token";

/// Adds what the table of access knows: who may call what, and how a refusal looks.
pub(crate) fn finished(mut document: OpenApi) -> OpenApi {
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document.components.get_or_insert_default().add_security_scheme(SCHEME, scheme);
    for route in ROUTES {
        let item = document.paths.paths.get_mut(route.path);
        if let Some(operation) = item.and_then(|item| operation(item, &route.method)) {
            finish(operation, route);
        }
    }
    document
}

fn operation<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    match *method {
        Method::GET => item.get.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}

fn finish(operation: &mut Operation, route: &Route) {
    let problem = |words: &str| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        ResponseBuilder::new().description(words).content("application/problem+json", content).build()
    };
    let mut refusals = vec![("4XX", "The request is not acceptable."), ("5XX", "Something failed here.")];
    if route.access != Access::Public {
        refusals.push(("401", "There is no token, or it is not valid."));
        refusals.push(("403", "The account may not do this."));
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
    }
    for (status, words) in refusals {
        operation.responses.responses.insert(status.to_owned(), problem(words).into());
    }
    let who = match route.access {
        Access::Public => "Anybody may call it.",
        Access::Account => "Any account may call it.",
        Access::Own | Access::OwnPlaylist => "The listener it is about may call it, and administrators.",
        Access::SharedPlaylist => {
            "The playlist's owner and administrators may call it, and everybody while the playlist is shared."
        }
        Access::Administrator => "Administrators may call it.",
    };
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{said}\n\n{who}").trim().to_owned());
}

/// The document and the page made from it; both never change while the program runs.
pub(crate) fn routes(document: &OpenApi) -> Router<Shared> {
    let json = Bytes::from(serde_json::to_vec(document).expect("the document is plain data"));
    let page: Arc<str> = pages::docs::render(document).into();
    let as_json = move || async move {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response()
    };
    let as_page = move || async move { axum::response::Html(page.to_string()) };
    Router::new().route("/api/v1/openapi.json", get(as_json)).route("/docs", get(as_page))
}
