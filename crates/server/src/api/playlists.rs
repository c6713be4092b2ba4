//! Playlists: what they are, how they came to be, and changing them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{NewEvent, Role, Scan, Seq};
use music::{
    ListenerId, Playlist, PlaylistDetails, PlaylistEdit, PlaylistId, PlaylistKind, Prompt, TrackId,
    UnixMillis,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::words::TrackLine;
use crate::access::caller::{Caller, Subject};
use crate::app::{App, Shared};
use crate::body::{Body, Params, page_len};
use crate::error::Problem;

/// A playlist without its tracks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaylistLine {
    /// Its id.
    id: PlaylistId,
    /// Whose it is; told to its owner and to administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<ListenerId>,
    /// Title and the like.
    details: PlaylistDetails,
    /// How many tracks it has.
    track_count: usize,
    /// When it was made.
    created: UnixMillis,
    /// When it was last changed.
    edited: UnixMillis,
    /// How often it was changed; told to its owner and to administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    edit_count: Option<u32>,
}

impl PlaylistLine {
    /// The same without what tells of its owner and of who follows it.
    fn without_its_maker(mut self) -> Self {
        (self.details.follower_count, self.details.edit_count) = (None, None);
        Self { owner: None, edit_count: None, ..self }
    }
}

/// A playlist.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaylistPage {
    /// The playlist.
    #[serde(flatten)]
    line: PlaylistLine,
    /// Its tracks in order; one may occur twice.
    tracks: Vec<TrackId>,
    /// The names of the first 500 of them.
    named: Vec<TrackLine>,
}

/// Which playlists to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The list starts behind this playlist.
    #[param(value_type = Option<String>)]
    after: Option<PlaylistId>,
    /// At most so many, 1 to 200; 50 where it is missing.
    limit: Option<usize>,
}

/// The listener's playlists, a page at a time; deleted ones are left out.
#[utoipa::path(get, path = "/api/v1/playlists", tag = "playlists", params(Page,
    ("listener" = Option<String>, Query, description = "For administrators: whose playlists")),
    responses((status = 200, body = Vec<PlaylistLine>)))]
pub(crate) async fn playlists(
    State(app): State<Shared>,
    Subject(listener): Subject,
    Params(Page { after, limit }): Params<Page>,
) -> Result<Json<Vec<PlaylistLine>>, Problem> {
    let start = after.map_or(0, |after| after.get().saturating_add(1)) as usize;
    let own: Vec<PlaylistId> = {
        let library = app.engine().library().await;
        let rows = (0..).zip(library.playlist_owners()).skip(start);
        rows.filter(|(_, owner)| **owner == listener).map(|(row, _)| PlaylistId::new(row)).collect()
    };
    let limit = page_len(limit, 50, 200)?;
    let mut lines = Vec::new();
    for id in own {
        if lines.len() == limit {
            break;
        }
        lines.extend(known(&app, id).await?.map(line));
    }
    Ok(Json(lines))
}

/// A playlist to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlaylist {
    /// Title and the like.
    details: PlaylistDetails,
    /// Its first tracks.
    #[serde(default)]
    tracks: Vec<TrackId>,
    /// What makes it the same playlist when the request is sent again; unique for the listener.
    #[serde(default)]
    key: Option<String>,
}

/// Makes a playlist.
#[utoipa::path(post, path = "/api/v1/playlists", tag = "playlists", request_body = NewPlaylist,
    params(("listener" = Option<String>, Query, description = "For administrators: whose playlist")),
    responses((status = 201, body = PlaylistPage)))]
pub(crate) async fn create(
    State(app): State<Shared>,
    Subject(listener): Subject,
    caller: Caller,
    Body(NewPlaylist { details, tracks, key }): Body<NewPlaylist>,
) -> Result<(StatusCode, Json<PlaylistPage>), Problem> {
    check_kind(caller.role, &details)?;
    if details.title.trim().is_empty() {
        return Err(Problem::invalid("missing", "A playlist has a title."));
    }
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_LEN_MAX) {
        return Err(Problem::invalid("bad_key", format!("A key has 1 to {KEY_LEN_MAX} bytes.")));
    }
    let now = app.engine().clock().now();
    let mut intake = app.engine().intake().await?;
    let id = intake.create_playlist(listener, details, now, key.as_deref())?;
    if !tracks.is_empty() {
        let prompt =
            Prompt::PlaylistEdited { playlist: id, edit: PlaylistEdit::Added { tracks, index: None } };
        let key = key.as_ref().map(|_| format!("first tracks of {id}"));
        let event = NewEvent { client_key: key.as_deref(), ..NewEvent::plain(listener, now, prompt) };
        intake.event(event)?;
    }
    intake.commit().await?;
    Ok((StatusCode::CREATED, Json(page(&app, id).await?)))
}

/// The longest key, in bytes.
const KEY_LEN_MAX: usize = 200;

/// A playlist with its tracks: one of the listener's own, or one that its owner shares.
#[utoipa::path(get, path = "/api/v1/playlists/{playlist}", tag = "playlists",
    params(("playlist" = String, Path)), responses((status = 200, body = PlaylistPage)))]
pub(crate) async fn playlist(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<PlaylistPage>, Problem> {
    let mut page = page(&app, parse(&id)?).await?;
    let is_own = caller.listener.is_some() && caller.listener == page.line.owner;
    if !is_own && !caller.is_administrator() {
        page.line = page.line.without_its_maker();
    }
    Ok(Json(page))
}

/// Whether somebody of this role may describe a playlist so: what is said to be by an editor is by one.
pub(super) fn check_kind(role: Role, details: &PlaylistDetails) -> Result<(), Problem> {
    if details.kind == PlaylistKind::Editorial && role != Role::Administrator {
        let detail = "Only administrators make editorial playlists; use the kind `shared` for one that everybody may see.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "editors_only", detail));
    }
    Ok(())
}

/// A change of a playlist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEdit {
    /// The change.
    edit: PlaylistEdit,
    /// What makes it the same change when the request is sent again; unique for the listener.
    #[serde(default)]
    key: Option<String>,
}

/// Changes a playlist; what it was before stays in its history.
#[utoipa::path(post, path = "/api/v1/playlists/{playlist}/edits", tag = "playlists", request_body = NewEdit,
    params(("playlist" = String, Path)), responses((status = 200, body = PlaylistPage)))]
pub(crate) async fn edit(
    State(app): State<Shared>,
    Subject(listener): Subject,
    caller: Caller,
    Path(id): Path<String>,
    Body(NewEdit { edit, key }): Body<NewEdit>,
) -> Result<Json<PlaylistPage>, Problem> {
    let id = parse(&id)?;
    if let PlaylistEdit::Described(details) = &edit {
        check_kind(caller.role, details)?;
    }
    let playlist = known(&app, id).await?.ok_or_else(Problem::not_found)?;
    let answer_line = matches!(edit, PlaylistEdit::Deleted).then(|| line(playlist));
    let prompt = Prompt::PlaylistEdited { playlist: id, edit };
    let now = app.engine().clock().now();
    let mut intake = app.engine().intake().await?;
    intake.event(NewEvent { client_key: key.as_deref(), ..NewEvent::plain(listener, now, prompt) })?;
    intake.commit().await?;
    match answer_line {
        // It is gone, so it is told as it was.
        Some(line) => Ok(Json(PlaylistPage { line, tracks: Vec::new(), named: Vec::new() })),
        None => page(&app, id).await.map(Json),
    }
}

/// One step in the history of a playlist.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepLine {
    /// Its place in the log.
    seq: i64,
    /// When.
    at: UnixMillis,
    /// By whom.
    by: ListenerId,
    /// What was done.
    prompt: Prompt,
}

/// Which steps to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Steps {
    /// The list starts behind the step with this `seq`.
    after: Option<i64>,
    /// At most so many, 1 to 1,000; 200 where it is missing.
    limit: Option<usize>,
}

/// How a playlist came to be, step by step, a page at a time.
#[utoipa::path(get, path = "/api/v1/playlists/{playlist}/history", tag = "playlists",
    params(("playlist" = String, Path), Steps), responses((status = 200, body = Vec<StepLine>)))]
pub(crate) async fn history(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Params(Steps { after, limit }): Params<Steps>,
) -> Result<Json<Vec<StepLine>>, Problem> {
    let scan = Scan {
        limit: page_len(limit, 200, 1_000)? as u32,
        ..Scan::of_playlist(parse(&id)?).after(Seq::new(after.unwrap_or(0).max(0)))
    };
    let steps = app.engine().store().events(scan).await?.into_iter();
    let line = |step: engine::StoredEvent| StepLine {
        seq: step.seq.get(),
        at: step.event.at,
        by: step.event.listener,
        prompt: step.event.prompt,
    };
    Ok(Json(steps.map(line).collect()))
}

fn parse(id: &str) -> Result<PlaylistId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

async fn known(app: &App, id: PlaylistId) -> Result<Option<Playlist>, Problem> {
    Ok(app.service.playlist(id).await?.filter(|playlist| !playlist.deleted))
}

async fn page(app: &App, id: PlaylistId) -> Result<PlaylistPage, Problem> {
    let mut playlist = known(app, id).await?.ok_or_else(Problem::not_found)?;
    let tracks = std::mem::take(&mut playlist.tracks);
    let catalogue = app.engine().catalogue().await;
    let named = TrackLine::list(&catalogue, &tracks);
    let line = PlaylistLine { track_count: tracks.len(), ..line(playlist) };
    Ok(PlaylistPage { line, named, tracks })
}

fn line(playlist: Playlist) -> PlaylistLine {
    PlaylistLine {
        id: playlist.id,
        owner: Some(playlist.owner),
        track_count: playlist.tracks.len(),
        details: playlist.details,
        created: playlist.created,
        edited: playlist.edited,
        edit_count: Some(playlist.edit_count),
    }
}
