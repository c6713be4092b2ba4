//! For whoever keeps the machine: does it serve, and in numbers how well?

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::Shared;
use crate::error::Problem;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/healthz", get(healthz)).route("/metrics", get(metrics))
}

/// Whether requests are answered and events can be stored.
async fn healthz(State(app): State<Shared>) -> Result<&'static str, Problem> {
    let store = app.engine().store();
    if store.poison().is_poisoned() {
        return Err(Problem::unavailable());
    }
    store.latest().await?;
    Ok("ok\n")
}

async fn metrics(State(app): State<Shared>) -> Response {
    let text = app.telemetry.render(&app.service);
    let of_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, of_type)], text).into_response()
}
