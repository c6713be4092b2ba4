//! Logging in, tokens for programs, passwords, and who has an account.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use engine::account::{AccountError, NewAccount};
use engine::{Account, EngineError, Role, Secret, Token, TokenKind};
use music::{ListenerId, UnixMillis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::caller::{Caller, Peer};
use crate::app::{App, Shared};
use crate::body::Body;
use crate::error::Problem;

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(…)")
    }
}

/// A token that was just made; nobody can read it again.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewToken {
    /// What to send as `Authorization: Bearer`.
    token: String,
    /// From when on it no longer counts; never where none.
    expires: Option<UnixMillis>,
}

/// An account as its owner and administrators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountLine {
    /// The name to log in with.
    name: String,
    /// What it may do.
    #[schema(value_type = String, example = "listener")]
    role: Role,
    /// The listener it belongs to.
    listener: ListenerId,
    /// When it was made.
    created: UnixMillis,
}

impl From<Account> for AccountLine {
    fn from(account: Account) -> Self {
        Self {
            name: account.name.into(),
            role: account.role,
            listener: account.listener,
            created: account.created,
        }
    }
}

/// Logs in: gives a token that lasts as long as a login in a browser.
#[utoipa::path(post, path = "/api/v1/login", tag = "accounts", request_body = Login,
    responses((status = 200, body = NewToken)))]
pub(crate) async fn login(State(app): State<Shared>, request: Request) -> Result<Json<NewToken>, Problem> {
    let peer = request.extensions().get::<Peer>().copied();
    let Body(login) = axum::RequestExt::extract(request).await?;
    let (secret, expires) = log_in(&app, peer, &login).await?;
    Ok(Json(NewToken { token: secret.reveal(), expires: Some(expires) }))
}

/// Checks name and password, as often as is allowed.
///
/// The answer is one and the same for a wrong name and a wrong password.
pub(crate) async fn log_in(
    app: &App,
    peer: Option<Peer>,
    login: &Login,
) -> Result<(Secret, UnixMillis), Problem> {
    let now = app.engine().clock().now();
    admit(app, peer, &login.name)?;
    let length_ms = i64::try_from(app.config.session.as_millis()).unwrap_or(i64::MAX);
    let expires = UnixMillis::new(now.get().saturating_add(length_ms));
    let _place = app.hashing.acquire().await.map_err(|_| Problem::internal())?;
    match app.engine().accounts().log_in(&login.name, &login.password, expires).await {
        Ok((secret, _)) => {
            app.telemetry.login("right");
            Ok((secret, expires))
        }
        Err(error) => {
            app.telemetry.login("wrong");
            Err(error.into())
        }
    }
}

fn admit(app: &App, peer: Option<Peer>, name: &str) -> Result<(), Problem> {
    let now = app.engine().clock().now();
    app.throttle.admit(name, peer.map(|Peer(address)| address.ip()), now).map_err(|seconds| {
        app.telemetry.login("throttled");
        Problem::too_many_logins(seconds)
    })
}

/// Makes the token that was sent invalid.
#[utoipa::path(post, path = "/api/v1/logout", tag = "accounts", responses((status = 204)))]
pub(crate) async fn logout(State(app): State<Shared>, caller: Caller) -> Result<StatusCode, Problem> {
    if let Some(token) = caller.token {
        app.engine().accounts().revoke(token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The account that the token stands for.
#[utoipa::path(get, path = "/api/v1/account", tag = "accounts", responses((status = 200, body = AccountLine)))]
pub(crate) async fn account(caller: Caller) -> Result<Json<AccountLine>, Problem> {
    caller.account_name()?;
    caller.account.map(|account| Json(account.into())).ok_or_else(Problem::internal)
}

/// A change of password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The password until now.
    present: String,
    /// The password from now on; at least 8 characters.
    new: String,
}

/// Changes the password; all logins and tokens of the account end, that of this request too.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "accounts", request_body = NewPassword,
    responses((status = 204)))]
pub(crate) async fn change_password(
    State(app): State<Shared>,
    caller: Caller,
    request: Request,
) -> Result<StatusCode, Problem> {
    let name = caller.account_name()?;
    let peer = request.extensions().get::<Peer>().copied();
    let Body(NewPassword { present, new }) = axum::RequestExt::extract(request).await?;
    // Proves the present password; the login it makes ends with all the others.
    log_in(&app, peer, &Login { name: name.to_owned(), password: present }).await?;
    let _place = app.hashing.acquire().await.map_err(|_| Problem::internal())?;
    app.engine().accounts().set_password(name, &new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token or login without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenLine {
    /// What it is called when it is to be revoked.
    id: String,
    /// For a program or for a browser.
    #[schema(value_type = String, example = "api")]
    kind: TokenKind,
    /// What its owner calls it.
    label: String,
    /// When it was made.
    created: UnixMillis,
    /// From when on it no longer counts; never where none.
    expires: Option<UnixMillis>,
}

impl From<Token> for TokenLine {
    fn from(token: Token) -> Self {
        Self {
            id: token_id(&token),
            kind: token.kind,
            label: token.label.into(),
            created: token.created,
            expires: token.expires,
        }
    }
}

/// The beginning of the hash: enough to tell one account's tokens apart, nothing to log in with.
fn token_id(token: &Token) -> String {
    blake3::Hash::from_bytes(*token.hash.as_bytes()).to_hex()[..24].to_owned()
}

/// The tokens and logins of the account, oldest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "accounts", responses((status = 200, body = Vec<TokenLine>)))]
pub(crate) async fn tokens(
    State(app): State<Shared>,
    caller: Caller,
) -> Result<Json<Vec<TokenLine>>, Problem> {
    let tokens = app.engine().accounts().tokens(caller.account_name()?).await?;
    Ok(Json(tokens.into_iter().map(TokenLine::from).collect()))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWish {
    /// What to call it.
    label: String,
    /// From when on it no longer counts, in milliseconds since 1970; never where it is missing.
    #[serde(default)]
    expires: Option<UnixMillis>,
}

/// Makes a token for a program; it is shown once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "accounts", request_body = TokenWish,
    responses((status = 201, body = NewToken)))]
pub(crate) async fn create_token(
    State(app): State<Shared>,
    caller: Caller,
    Body(TokenWish { label, expires }): Body<TokenWish>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    let name = caller.account_name()?;
    let secret = app.engine().accounts().create_token(name, &label, expires).await?;
    Ok((StatusCode::CREATED, Json(NewToken { token: secret.reveal(), expires })))
}

/// Makes a token or login of the account invalid.
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", tag = "accounts", params(("token" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn revoke_token(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let accounts = app.engine().accounts();
    let tokens = accounts.tokens(caller.account_name()?).await?;
    let token = tokens.into_iter().find(|token| token_id(token) == id).ok_or_else(Problem::not_found)?;
    accounts.revoke(token.hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All accounts by name.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200, body = Vec<AccountLine>)))]
pub(crate) async fn accounts(State(app): State<Shared>) -> Result<Json<Vec<AccountLine>>, Problem> {
    let accounts = app.engine().accounts().all().await?;
    Ok(Json(accounts.into_iter().map(AccountLine::from).collect()))
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountWish {
    /// The name to log in with.
    name: String,
    /// The password; at least 8 characters.
    password: String,
    /// The name of the listener it belongs to, who is new where nobody has it; the account's name where it is missing.
    #[serde(default)]
    listener: Option<String>,
    /// Whether it may do everything, also with the data of others.
    #[serde(default)]
    administrator: bool,
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = AccountWish,
    responses((status = 201, body = AccountLine)))]
pub(crate) async fn create_account(
    State(app): State<Shared>,
    Body(wish): Body<AccountWish>,
) -> Result<(StatusCode, Json<AccountLine>), Problem> {
    let new = NewAccount {
        name: &wish.name,
        password: &wish.password,
        role: if wish.administrator { Role::Administrator } else { Role::Listener },
        listener: wish.listener.as_deref().unwrap_or(&wish.name),
    };
    let _place = app.hashing.acquire().await.map_err(|_| Problem::internal())?;
    let account = app.engine().accounts().create(new).await?;
    Ok((StatusCode::CREATED, Json(account.into())))
}

/// Removes an account with its tokens; the listener and their history stay.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}", tag = "accounts", params(("account" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn remove_account(
    State(app): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    if caller.account.is_some_and(|own| *own.name == *name) {
        let detail = "An administrator cannot remove the account in use; let another one do it.";
        return Err(Problem::new(StatusCode::CONFLICT, "own_account", detail));
    }
    match app.engine().accounts().remove(&name).await {
        Err(EngineError::Account(AccountError::Unknown { .. })) => Err(Problem::not_found()),
        done => done.map(|()| StatusCode::NO_CONTENT).map_err(Problem::from),
    }
}
