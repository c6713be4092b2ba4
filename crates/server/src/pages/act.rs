//! The buttons: like, dislike, skip, play, a private session, another listener.
//!
//! They log events by the same way as the API, so that the next slate knows what was just done.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use music::{Context, ListenerId, PlayStart, Prompt, SkipDirection, SlateId, Target, Trait, Wish};
use serde::Deserialize;

use super::home::surface_of;
use super::shell::{Visit, require_target, set_cookie, set_news};
use crate::access::caller::{PRIVATE_COOKIE, VIEW_COOKIE};
use crate::api::events::{EventIn, store_one};
use crate::app::Shared;
use crate::body::Form;
use crate::error::Problem;

/// A button that was pressed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    action: Action,
    target: String,
    /// Where: a mix, `search`, `library`.
    #[serde(default)]
    on: String,
    /// The slate it stood in.
    #[serde(default)]
    slate: String,
    /// The page to go back to.
    #[serde(default)]
    back: String,
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Like,
    Unlike,
    Dislike,
    Undislike,
    Skip,
    Play,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Unlike => "unlike",
            Self::Dislike => "dislike",
            Self::Undislike => "undislike",
            Self::Skip => "skip",
            Self::Play => "play",
        }
    }

    fn prompt(self, target: Target) -> Result<Prompt, Problem> {
        let track = match target {
            Target::Track(track) => Ok(track),
            _ => Err(Problem::invalid("bad_target", "Only a track can be played or skipped.")),
        };
        Ok(match self {
            Self::Like => Prompt::Liked { target },
            Self::Unlike => Prompt::Unliked { target },
            Self::Dislike => Prompt::Disliked { target },
            Self::Undislike => Prompt::Undisliked { target },
            Self::Play => Prompt::Played { track: track?, played: None, start: PlayStart::Chosen },
            Self::Skip => Prompt::Skipped {
                track: track?,
                played: None,
                start: PlayStart::Next,
                direction: SkipDirection::Forward,
            },
        })
    }
}

/// Logs what a button says, and goes back to where it stood.
pub(super) async fn act(
    State(app): State<Shared>,
    visit: Visit,
    Form(form): Form<Act>,
) -> Result<Response, Problem> {
    let target = require_target(&form.target)?;
    let prompt = form.action.prompt(target)?;
    let slate: Option<SlateId> = form.slate.parse().ok();
    let done = if visit.is_private() { "private" } else { form.action.name() };
    if !visit.is_private() {
        let event = EventIn {
            at: app.engine().clock().now(),
            prompt,
            context: Context { surface: surface_of(&form.on), slate, ..Context::default() },
            // Pressed twice, or sent again by the browser: the same event.
            key: slate.map(|slate| format!("page {slate} {} {}", form.action.name(), form.target)),
        };
        store_one(&app, visit.subject.0, event).await?;
    }
    let mut response = Redirect::to(&own_place(&form.back)).into_response();
    set_news(&app, &mut response, done, target);
    Ok(response)
}

/// What is to be made of a property of tracks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WishForm {
    of: Trait,
    wish: Wish,
}

/// Logs what a listener says should be made of a property of tracks.
pub(super) async fn wish(
    State(app): State<Shared>,
    visit: Visit,
    Form(WishForm { of, wish }): Form<WishForm>,
) -> Result<Response, Problem> {
    if !visit.is_private() {
        let at = app.engine().clock().now();
        let prompt = Prompt::Wished { of, wish };
        store_one(&app, visit.subject.0, EventIn { at, prompt, context: Context::default(), key: None })
            .await?;
    }
    Ok(Redirect::to("/taste#leanings").into_response())
}

/// A page of this server, whatever a form says.
fn own_place(place: &str) -> String {
    let is_own = place.starts_with('/')
        && !place.starts_with("//")
        && place.len() <= 2_000
        && place.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { place.to_owned() } else { "/".to_owned() }
}

/// Whether to leave no trace from now on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Private {
    private: bool,
}

/// Starts or ends a private session of this browser.
pub(super) async fn private(State(app): State<Shared>, Form(Private { private }): Form<Private>) -> Response {
    let mut response = Redirect::to("/").into_response();
    let (value, seconds) = if private { ("1", 12 * 60 * 60) } else { ("", 0) };
    set_cookie(&mut response, PRIVATE_COOKIE, value, seconds, app.config.is_https);
    response
}

/// Whom to look at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    view: ListenerId,
}

/// Shows an administrator the pages of another listener.
pub(super) async fn view(
    State(app): State<Shared>,
    Form(View { view }): Form<View>,
) -> Result<Response, Problem> {
    if app.engine().library().await.listener(view).is_none() {
        return Err(Problem::not_found());
    }
    let mut response = Redirect::to("/").into_response();
    set_cookie(&mut response, VIEW_COOKIE, &view.to_string(), 12 * 60 * 60, app.config.is_https);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_to_no_other_site() {
        for own in ["/", "/#home", "/radio?seed=t4", "/search?q=a%20b"] {
            assert_eq!(own_place(own), own);
        }
        let long = format!("/{}", "a".repeat(3_000));
        for foreign in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb", "a", &long]
        {
            assert_eq!(own_place(foreign), "/", "{foreign:?}");
        }
    }
}
