//! All routes and the layers in front of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use engine::{EngineError, Service};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access::authorise::authorise;
use crate::app::{App, Shared};
use crate::config::Config;
use crate::error::Problem;
use crate::{api, health, observe, pages};

/// Everything that this server answers.
///
/// It expects to be run by [`serve`](crate::serve), which tells it where connections come from; without that, a server
/// without a login lets nobody in.
///
/// # Errors
/// [`EngineError::Random`] where the system gives no random numbers.
pub fn router(service: Arc<Service>, config: Config) -> Result<Router, EngineError> {
    let app = App::new(service, config)?;
    let (api, openapi) = api::routes();
    let document = api::document::finished(openapi);
    // Pages carry secrets beside words of others, so only what carries none is compressed (BREACH, 2013).
    let api = api.layer(CompressionLayer::new());
    let router = api
        .merge(health::routes())
        .merge(pages::routes())
        .merge(api::document::routes(&document))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    Ok(layered(router, &app).with_state(app))
}

/// The layers from the handlers outwards: the last one here sees a request first.
fn layered(router: Router<Shared>, app: &Shared) -> Router<Shared> {
    let limits = app.config.limits;
    router
        .layer(from_fn_with_state(Arc::clone(app), authorise))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(from_fn_with_state(Arc::clone(app), in_time))
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn(pages::problem::as_page))
        .layer(from_fn_with_state(Arc::clone(app), observe::observe))
}

/// Gives up on a request that takes too long, its body included.
async fn in_time(
    axum::extract::State(app): axum::extract::State<Shared>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let answer = tokio::time::timeout(app.config.limits.request_time, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::too_slow().into_response())
}

/// A handler broke: that request gets an answer too, and what was inside stays inside.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over like this")]
fn broken(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<&str>().copied();
    let text = text.or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(cause = text.unwrap_or("unknown"), "a handler broke");
    Problem::internal().into_response()
}
