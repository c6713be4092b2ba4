//! Who is asking, by which credential, and whose data it is about.

use std::net::SocketAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use cookie::Cookie;
use engine::account::AccountError;
use engine::account::TokenHash;
use engine::{Account, EngineError, Role, TokenKind};
use music::ListenerId;

use super::csrf::CsrfToken;
use super::table::Door;
use crate::app::App;
use crate::error::Problem;

/// The cookie of a login.
pub(crate) const SESSION_COOKIE: &str = "segue_session";
/// The cookie with the listener whom an administrator is looking at.
pub(crate) const VIEW_COOKIE: &str = "segue_view";
/// The cookie that says that this browser wants to leave no trace.
pub(crate) const PRIVATE_COOKIE: &str = "segue_private";

/// Where the connection comes from, as the listening socket says; headers that claim something else are not read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Somebody who was let in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The account; none in a server without a login.
    pub(crate) account: Option<Account>,
    /// What the caller may do.
    pub(crate) role: Role,
    /// The caller's own listener; none where there is no listener at all.
    pub(crate) listener: Option<ListenerId>,
    /// The token or session that was presented.
    pub(crate) token: Option<TokenHash>,
    /// What the caller's forms carry.
    pub(crate) csrf: CsrfToken,
    /// Whether the browser or the network vouches for the caller without the caller's doing.
    pub(crate) is_ambient: bool,
}

impl Caller {
    pub(crate) fn is_administrator(&self) -> bool {
        self.role == Role::Administrator
    }

    /// The account's name.
    pub(crate) fn account_name(&self) -> Result<&str, Problem> {
        let account = self.account.as_ref();
        account.map(|account| &*account.name).ok_or_else(|| {
            let detail = "This server runs without accounts; start it with a login to use them.";
            Problem::new(axum::http::StatusCode::CONFLICT, "no_accounts", detail)
        })
    }
}

/// Finds out who is asking through `door`.
pub(crate) async fn identify(app: &App, door: Door, parts: &Parts) -> Result<Caller, Problem> {
    let secret = match door {
        Door::Token => bearer(&parts.headers)?,
        Door::Cookie => cookie(&parts.headers, SESSION_COOKIE),
    };
    match secret {
        Some(secret) => by_secret(app, door, &secret).await,
        None if app.config.is_open() => by_network(app, parts).await,
        None => Err(Problem::unauthorized()),
    }
}

async fn by_secret(app: &App, door: Door, secret: &str) -> Result<Caller, Problem> {
    let (account, token) = match app.engine().accounts().authenticate(secret).await {
        Ok(found) => found,
        Err(EngineError::Account(AccountError::BadToken)) => return Err(Problem::unauthorized()),
        Err(error) => return Err(error.into()),
    };
    if door == Door::Cookie && token.kind != TokenKind::Session {
        return Err(Problem::unauthorized());
    }
    Ok(Caller {
        role: account.role,
        listener: Some(account.listener),
        account: Some(account),
        token: Some(token.hash),
        csrf: app.csrf_key.token(secret.as_bytes()),
        is_ambient: door == Door::Cookie,
    })
}

/// In a server without a login, whoever comes from this machine is its administrator.
async fn by_network(app: &App, parts: &Parts) -> Result<Caller, Problem> {
    let is_local = parts.extensions.get::<Peer>().is_some_and(|Peer(address)| address.ip().is_loopback());
    if !is_local {
        return Err(Problem::unauthorized());
    }
    let is_anybody = !app.engine().library().await.listeners().is_empty();
    Ok(Caller {
        account: None,
        role: Role::Administrator,
        listener: is_anybody.then(ListenerId::default),
        token: None,
        csrf: app.csrf_key.token(b"no login"),
        is_ambient: true,
    })
}

/// The token in the `Authorization` header; none where there is no such header.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::unauthorized());
    }
    let text = value.to_str().map_err(|_| Problem::unauthorized())?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().to_owned())),
        _ => Err(Problem::unauthorized()),
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(|text| Cookie::split_parse(text.to_owned())).flatten();
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The listener whom the request is about; the caller may see and change what is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject(pub(crate) ListenerId);

/// Handlers behind the layer get what it found out; in front of a public route it finds out nothing.
macro_rules! from_layer {
    ($($name:ident),*) => {
        $(impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                let found = parts.extensions.get::<Self>().cloned();
                found.ok_or_else(|| {
                    tracing::error!(concat!("the table does not give this route a ", stringify!($name)));
                    Problem::internal()
                })
            }
        })*
    };
}

from_layer!(Caller, Subject);
