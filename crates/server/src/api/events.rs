//! What listeners do, as it comes in: one event or many, each with its own answer.
//!
//! The answer comes when what it calls stored is on disk, and not before.

use std::collections::BTreeSet;
use std::fmt;

use axum::Json;
use axum::extract::State;
use engine::{NewEvent, Receipt, Rejection, Role};
use music::{Context, ListenerId, PlaylistEdit, PlaylistId, Prompt, Target, UnixMillis};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::playlists::check_kind;
use crate::access::caller::{Caller, Subject};
use crate::app::{App, Shared};
use crate::body::JsonBytes;
use crate::error::Problem;

/// Something the listener did.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventIn {
    /// When, in milliseconds since 1970; for a play, when it began.
    pub(crate) at: UnixMillis,
    /// What.
    pub(crate) prompt: Prompt,
    /// What was around it.
    #[serde(default)]
    pub(crate) context: Context,
    /// What makes it the same event when it is sent again; unique for the listener, at most 256 bytes.
    ///
    /// Where it is missing, listener, time and prompt together do.
    #[serde(default)]
    pub(crate) key: Option<String>,
}

/// One event, or a list of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Events)]
#[expect(dead_code, reason = "it only describes what is read piece by piece")]
pub(crate) enum EventsIn {
    #[schema(title = "one")]
    One(EventIn),
    #[schema(title = "many")]
    Many(Vec<EventIn>),
}

/// What became of the events.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    /// How many are new, and on disk.
    pub(crate) stored: usize,
    /// How many were there before.
    pub(crate) known: usize,
    /// How many were not taken.
    pub(crate) rejected: usize,
    /// What became of each, in the order in which they were sent.
    pub(crate) outcomes: Vec<Outcome>,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub(crate) enum Outcome {
    /// It is on disk.
    Stored,
    /// An event with its key was there before, and stays as it is.
    Known,
    /// It was not taken; sending it again unchanged would not help.
    Rejected {
        /// Why, for programs.
        reason: &'static str,
        /// Why, for people.
        detail: String,
    },
}

impl Outcome {
    fn rejected(problem: Problem) -> Self {
        Self::Rejected { reason: problem.code, detail: problem.detail }
    }
}

/// Logs what the listener did: one event, or a list of at most 10,000.
///
/// The answer says for each event whether it was stored, was known before, or was rejected and why; all that is called
/// stored is on disk.
#[utoipa::path(post, path = "/api/v1/events", tag = "listening", request_body = inline(EventsIn),
    params(("listener" = Option<String>, Query, description = "For administrators: whose events")),
    responses((status = 200, body = Outcomes)))]
pub(crate) async fn events(
    State(app): State<Shared>,
    Subject(listener): Subject,
    caller: Caller,
    JsonBytes(bytes): JsonBytes,
) -> Result<Json<Outcomes>, Problem> {
    let pieces = pieces(&bytes, app.config.limits.event_count)?;
    let events = pieces.into_iter().map(|piece| serde_json::from_str(piece.get()).map_err(Problem::from));
    let outcomes = store(&app, (listener, caller.role), events.collect()).await?;
    Ok(Json(outcomes))
}

/// Stores the events that could be read, and says what became of each.
async fn store(
    app: &App,
    (listener, role): (ListenerId, Role),
    events: Vec<Result<EventIn, Problem>>,
) -> Result<Outcomes, Problem> {
    let shared = shared_playlists(app, listener, &events).await?;
    let mut intake = app.engine().intake().await?;
    let mut taken = Vec::with_capacity(events.len());
    for event in events {
        taken.push(event.and_then(|event| {
            let owns = |id| intake.library().playlist_owner(id) == Some(listener);
            acceptable(&event, role, owns, &shared)?;
            let EventIn { at, prompt, mut context, key } = event;
            // Taken back or deleted since: what was heard from it was heard all the same.
            context.playlist = context.playlist.filter(|&id| owns(id) || shared.contains(&id));
            intake.event(NewEvent { listener, at, prompt, context, client_key: key.as_deref() })?;
            Ok(())
        }));
    }
    let mut receipts = intake.commit().await?.into_iter();
    let mut answer = Outcomes::default();
    for taken in taken {
        let outcome = match taken.map(|()| receipts.next().expect("there is a receipt for each event")) {
            Ok(Receipt::Stored { .. }) => Outcome::Stored,
            Ok(Receipt::Known { .. }) => Outcome::Known,
            Err(problem) => Outcome::rejected(problem),
        };
        match outcome {
            Outcome::Stored => answer.stored += 1,
            Outcome::Known => answer.known += 1,
            Outcome::Rejected { .. } => answer.rejected += 1,
        }
        answer.outcomes.push(outcome);
    }
    let counts = [("stored", answer.stored), ("known", answer.known), ("rejected", answer.rejected)];
    counts.into_iter().for_each(|(outcome, count)| app.telemetry.events(outcome, count));
    Ok(answer)
}

/// Stores what a page's button says.
pub(crate) async fn store_one(app: &App, listener: ListenerId, event: EventIn) -> Result<(), Problem> {
    // No button describes a playlist, which is all that a role decides here.
    let answer = store(app, (listener, Role::Listener), vec![Ok(event)]).await?;
    match answer.outcomes.into_iter().next() {
        Some(Outcome::Rejected { reason, detail }) => Err(Problem::invalid(reason, detail)),
        _ => Ok(()),
    }
}

/// The playlists of others that these events are about or come from, as far as everybody may see them.
async fn shared_playlists(
    app: &App,
    listener: ListenerId,
    events: &[Result<EventIn, Problem>],
) -> Result<BTreeSet<PlaylistId>, Problem> {
    let named = events.iter().flatten().flat_map(|event| [target_playlist(event), event.context.playlist]);
    let mut named: BTreeSet<PlaylistId> = named.flatten().collect();
    if !named.is_empty() {
        // Whose a playlist is, is known without reading its history.
        let library = app.engine().library().await;
        named.retain(|&id| library.playlist_owner(id).is_some_and(|owner| owner != listener));
    }
    let mut shared = BTreeSet::new();
    for id in named {
        if app.service.shared_playlist(id).await?.is_some() {
            shared.insert(id);
        }
    }
    Ok(shared)
}

fn target_playlist(event: &EventIn) -> Option<PlaylistId> {
    match event.prompt.target() {
        Some(Target::Playlist(id)) => Some(id),
        _ => None,
    }
}

/// What the engine takes from anybody, but a listener may not say over this door.
///
/// A playlist that is shared can be listened to and liked by everybody; only its owner changes it.
fn acceptable(
    event: &EventIn,
    role: Role,
    owns: impl Fn(PlaylistId) -> bool,
    shared: &BTreeSet<PlaylistId>,
) -> Result<(), Problem> {
    match &event.prompt {
        Prompt::Shown(_) => {
            let detail = "Slates are logged when they are made; they are not sent.";
            return Err(Problem::invalid("not_an_event_here", detail));
        }
        Prompt::PlaylistCreated { .. } => {
            let detail = "Make playlists with POST /api/v1/playlists, which gives them their id.";
            return Err(Problem::invalid("not_an_event_here", detail));
        }
        Prompt::PlaylistEdited { edit: PlaylistEdit::Described(details), .. } => check_kind(role, details)?,
        _ => {}
    }
    let is_edit = matches!(event.prompt, Prompt::PlaylistEdited { .. });
    let target = target_playlist(event).filter(|id| is_edit || !shared.contains(id));
    match target.filter(|&id| !owns(id)) {
        // To others than the owner it is as if there were none.
        Some(id) => Err(Rejection::Unknown { id: id.to_string().into() }.into()),
        None => Ok(()),
    }
}

/// Cuts the body into its events without reading them, so that one that is broken takes no other with it.
fn pieces(bytes: &[u8], count_max: usize) -> Result<Vec<&RawValue>, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Problem::invalid("bad_request", format!("The body is not UTF-8: {error}.")))?;
    if !text.trim_start().starts_with('[') {
        return Ok(vec![serde_json::from_str(text)?]);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let pieces = reader.deserialize_seq(Pieces { count_max })?;
    reader.end()?;
    pieces.ok_or_else(|| {
        let detail = format!("At most {count_max} events are taken at once; send the rest afterwards.");
        Problem::invalid("too_many", detail)
    })
}

/// Collects the elements of a list; none where they are too many.
struct Pieces {
    count_max: usize,
}

impl<'de> Visitor<'de> for Pieces {
    type Value = Option<Vec<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut pieces = Vec::new();
        while let Some(piece) = list.next_element()? {
            if pieces.len() <= self.count_max {
                pieces.push(piece);
            }
        }
        Ok(Some(pieces).filter(|pieces| pieces.len() <= self.count_max))
    }
}
