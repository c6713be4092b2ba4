//! Problems as pages, where people look at them.

use askama::Template;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use super::render;
use super::shell::Shell;
use crate::access::table::is_api;
use crate::error::Problem;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    shell: Shell,
    status: u16,
    title: &'a str,
    detail: &'a str,
}

/// Turns the problem that a page ended in into a page of its own; programs get it as it is.
pub(crate) async fn as_page(request: Request, next: Next) -> Response {
    let is_page = !is_api(request.uri().path());
    let response = next.run(request).await;
    if !is_page {
        return response;
    }
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let title = problem.status.canonical_reason().unwrap_or("Problem");
    let page = ProblemPage {
        shell: Shell::outside(),
        status: problem.status.as_u16(),
        title,
        detail: &problem.detail,
    };
    let mut page = render(&page);
    *page.status_mut() = problem.status;
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
