//! What stands around every page: who is shown to whom, where else to go, and what was just done.

use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use cookie::{Cookie, SameSite};
use music::{ListenerId, Target};

use super::assets::STYLE_HREF;
use crate::access::caller::{Caller, PRIVATE_COOKIE, Subject, cookie};
use crate::app::App;
use crate::error::Problem;

/// What was just done, told once on the page that comes after it.
const NEWS_COOKIE: &str = "segue_news";

/// Everything around the main part of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shell {
    /// The name of the listener who is shown; empty for nobody.
    pub(crate) listener: String,
    /// The account that is logged in; empty for none.
    pub(crate) account: String,
    /// Whom an administrator may look at instead.
    pub(crate) others: Vec<Other>,
    /// What forms carry.
    pub(crate) csrf: String,
    /// Whether this browser leaves no trace.
    pub(crate) is_private: bool,
    /// Whether somebody is logged in, or nobody needs to be.
    pub(crate) is_inside: bool,
    /// What was just done.
    pub(crate) news: Option<String>,
    /// Where the style sheet is.
    pub(crate) style: &'static str,
    /// The entry of the menu that is open.
    pub(crate) place: &'static str,
    /// What is searched for.
    pub(crate) query: String,
    is_https: bool,
}

/// One listener to switch to.
#[derive(Clone, Debug)]
pub(crate) struct Other {
    pub(crate) id: ListenerId,
    pub(crate) name: String,
    pub(crate) is_shown: bool,
}

/// Listeners in the menu of an administrator at most; others are reached with `?listener=`.
const OTHER_COUNT_MAX: usize = 200;

impl Shell {
    /// Around a page that everybody sees.
    pub(crate) fn outside() -> Self {
        Self { style: STYLE_HREF.as_str(), ..Self::default() }
    }

    /// Around a page about `subject`.
    pub(crate) async fn around(
        app: &App,
        caller: &Caller,
        Subject(listener): Subject,
        headers: &HeaderMap,
        place: &'static str,
    ) -> Self {
        let library = app.engine().library().await;
        let others = (0..).zip(library.listeners()).filter(|_| caller.is_administrator());
        let shown = others.filter(|(row, _)| (*row as usize) < OTHER_COUNT_MAX || *row == listener.get());
        let others = shown.map(|(row, name)| {
            let id = ListenerId::new(row);
            Other { id, name: name.to_string(), is_shown: id == listener }
        });
        let others = others.collect();
        let listener = library.listener(listener).unwrap_or_default().to_owned();
        drop(library);
        Self {
            listener,
            others,
            account: caller.account.as_ref().map(|account| account.name.to_string()).unwrap_or_default(),
            csrf: caller.csrf.to_string(),
            is_private: is_private(headers),
            is_inside: true,
            news: cookie(headers, NEWS_COOKIE).and_then(|news| told(app, &news)),
            place,
            is_https: app.config.is_https,
            ..Self::outside()
        }
    }

    /// Tells the news no second time.
    pub(crate) fn close(&self, mut response: Response) -> Response {
        if self.news.is_some() {
            set_cookie(&mut response, NEWS_COOKIE, "", 0, self.is_https);
        }
        response
    }
}

/// Whether this browser asked to leave no trace.
pub(crate) fn is_private(headers: &HeaderMap) -> bool {
    cookie(headers, PRIVATE_COOKIE).is_some_and(|value| value == "1")
}

/// Has the page that comes next tell what was done to `target`.
pub(crate) fn set_news(app: &App, response: &mut Response, done: &str, target: Target) {
    set_cookie(response, NEWS_COOKIE, &format!("{done}.{}", target_text(target)), 20, app.config.is_https);
}

/// The words for the news; none where the cookie holds anything that is not ours.
fn told(app: &App, news: &str) -> Option<String> {
    let (done, target) = news.split_once('.')?;
    let snapshot = app.service.snapshot();
    let target = parse_target(target)?;
    let name = match target {
        Target::Track(id) => snapshot.catalogue.label(id),
        Target::Artist(id) => snapshot.catalogue.artist(id)?.name.to_string(),
        Target::Release(id) => snapshot.catalogue.release(id)?.title.to_string(),
        Target::Playlist(_) => "this playlist".to_owned(),
    };
    Some(match done {
        "dislike" if matches!(target, Target::Playlist(_)) => {
            "This playlist will not come up again.".to_owned()
        }
        "like" => format!("You like {name}. What you see now knows it."),
        "unlike" => format!("You took back your like of {name}."),
        "dislike" => format!("{name} will not come up again."),
        "undislike" => format!("You took back your dislike of {name}."),
        "skip" => format!("You skipped {name}. What you see now knows it."),
        "play" => format!("You played {name}. What you see now knows it."),
        "private" => format!("This is a private session: nothing about {name} was noted."),
        _ => return None,
    })
}

/// The id in its text form; its letter tells the kind.
pub(crate) fn target_text(target: Target) -> String {
    match target {
        Target::Track(id) => id.to_string(),
        Target::Artist(id) => id.to_string(),
        Target::Release(id) => id.to_string(),
        Target::Playlist(id) => id.to_string(),
    }
}

/// The target with this id.
pub(crate) fn parse_target(text: &str) -> Option<Target> {
    let track = text.parse().map(Target::Track);
    let artist = || text.parse().map(Target::Artist);
    let release = || text.parse().map(Target::Release);
    let playlist = || text.parse().map(Target::Playlist);
    track.or_else(|_| artist()).or_else(|_| release()).or_else(|_| playlist()).ok()
}

/// The same, for a form or query that must have one.
pub(crate) fn require_target(text: &str) -> Result<Target, Problem> {
    parse_target(text).ok_or_else(|| {
        Problem::invalid(
            "bad_target",
            "Name a track, an artist, a release or a playlist by its id, such as `t42`.",
        )
    })
}

/// A cookie that scripts cannot read and other sites cannot send.
pub(crate) fn set_cookie(
    response: &mut Response,
    name: &'static str,
    value: &str,
    seconds: u64,
    is_https: bool,
) {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX).min(400 * 24 * 60 * 60);
    let cookie = Cookie::build((name, value.to_owned()))
        .path("/")
        .http_only(true)
        .secure(is_https)
        .same_site(SameSite::Strict)
        .max_age(cookie::time::Duration::seconds(seconds));
    let text = HeaderValue::from_str(&cookie.build().to_string());
    response.headers_mut().append(SET_COOKIE, text.expect("our cookies are plain words"));
}

/// The headers and what the layer found out, for pages.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) caller: Caller,
    pub(crate) subject: Subject,
    pub(crate) headers: HeaderMap,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self {
            caller: Caller::from_request_parts(parts, state).await?,
            subject: Subject::from_request_parts(parts, state).await?,
            headers: parts.headers.clone(),
        })
    }
}

impl Visit {
    pub(crate) async fn shell(&self, app: &App, place: &'static str) -> Shell {
        Shell::around(app, &self.caller, self.subject, &self.headers, place).await
    }

    pub(crate) fn is_private(&self) -> bool {
        is_private(&self.headers)
    }
}
