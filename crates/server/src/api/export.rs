//! Everything that was logged about a listener, for the listener to take away.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::{EngineError, Scan, Seq};
use futures::stream;
use music::ListenerId;

use super::words::ListenerLine;
use crate::access::caller::Subject;
use crate::app::Shared;
use crate::error::Problem;

/// How far an export has come.
enum Step {
    Listener,
    Events(Seq),
    Done,
}

/// Everything that was logged about the listener, as one JSON object per line.
///
/// The first line is `{"listener": …}`, every other one `{"event": …}` in the order in which they came in; slates that
/// were shown and steps of playlists are events too.
/// A line `{"error": …}` at the end says that the export is not whole.
#[utoipa::path(get, path = "/api/v1/export", tag = "listening",
    params(("listener" = Option<String>, Query, description = "For administrators: whose history")),
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
pub(crate) async fn export(State(app): State<Shared>, Subject(listener): Subject) -> Response {
    let lines = stream::unfold(Step::Listener, move |step| {
        let app = Shared::clone(&app);
        async move {
            let (text, next) = match step {
                Step::Done => return None,
                Step::Listener => (first_line(&app, listener).await, Step::Events(Seq::START)),
                Step::Events(after) => match page(&app, listener, after).await {
                    Ok((text, last)) => (text, last.map_or(Step::Done, Step::Events)),
                    Err(error) => (last_line(error), Step::Done),
                },
            };
            Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), next))
        }
    });
    let of_type = HeaderValue::from_static("application/x-ndjson");
    let file = HeaderValue::from_static("attachment; filename=\"segue-export.ndjson\"");
    let headers = [(header::CONTENT_TYPE, of_type), (header::CONTENT_DISPOSITION, file)];
    (headers, Body::from_stream(lines)).into_response()
}

async fn first_line(app: &Shared, listener: ListenerId) -> String {
    let library = app.engine().library().await;
    let name = library.listener(listener).unwrap_or_default().to_owned();
    let line = serde_json::json!({ "listener": ListenerLine { id: listener, name } });
    format!("{line}\n")
}

/// One page of events as lines, and where the next one starts.
async fn page(app: &Shared, listener: ListenerId, after: Seq) -> Result<(String, Option<Seq>), EngineError> {
    let scan = Scan { limit: PAGE_LEN, ..Scan::of_listener(listener).after(after) };
    let page = app.engine().store().events(scan).await?;
    let mut text = String::new();
    for stored in &page {
        let event = serde_json::to_string(&stored.event).expect("an event is plain data");
        text.push_str(&format!("{{\"event\":{event}}}\n"));
    }
    let is_last = page.len() < PAGE_LEN as usize;
    Ok((text, page.last().filter(|_| !is_last).map(|stored| stored.seq)))
}

/// Events read at once; what a client that reads slowly holds in memory here.
const PAGE_LEN: u32 = 1_000;

fn last_line(error: EngineError) -> String {
    let problem = serde_json::json!({ "error": Problem::from(error) });
    format!("{problem}\n")
}
