//! Which HTTP status for which error: the one place that decides it.
//!
//! What went wrong inside is logged and stays inside; what the caller can mend is said in words.
//! The body is a problem description (*Source*: RFC 9457), which the pages turn into a page.

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::account::AccountError;
use engine::{EngineError, Rejection};
use serde::Serialize;
use utoipa::ToSchema;

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16, example = 422)]
    pub(crate) status: StatusCode,
    /// What it is, for programs; it never changes its name.
    #[schema(value_type = String, example = "in_the_future")]
    pub(crate) code: &'static str,
    /// What it is and what to do, for people.
    pub(crate) detail: String,
    /// Seconds after which trying again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

/// The longest detail; a client's own words may be part of it.
const DETAIL_LEN_MAX: usize = 400;

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if let Some((cut, _)) = detail.char_indices().nth(DETAIL_LEN_MAX) {
            detail.truncate(cut);
            detail.push('…');
        }
        Self { status, code, detail, retry_after: None }
    }

    fn later(status: StatusCode, code: &'static str, detail: &str, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(status, code, detail) }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address does not take this method.",
        )
    }

    pub(crate) fn unauthorized() -> Self {
        let detail = "Log in, or send `Authorization: Bearer` with a token that is valid.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This account may not do this.")
    }

    pub(crate) fn cross_site() -> Self {
        let detail = "The request did not come from a page of this server; open the page again and retry.";
        Self::new(StatusCode::FORBIDDEN, "cross_site", detail)
    }

    pub(crate) fn wrong_host() -> Self {
        let detail = "This server does not answer to this name; open it under the name it was started for.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", detail)
    }

    pub(crate) fn too_many_logins(seconds: u64) -> Self {
        let detail = "Too many attempts; wait a little, then try again.";
        Self::later(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail, seconds)
    }

    pub(crate) fn too_slow() -> Self {
        Self::later(StatusCode::SERVICE_UNAVAILABLE, "too_slow", "The request took too long; try again.", 1)
    }

    pub(crate) fn internal() -> Self {
        let detail = "Something broke here; the server's log says what.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn unavailable() -> Self {
        let detail =
            "The server cannot store anything at the moment; its administrator must look after the disk.";
        Self::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail, 30)
    }

    /// A request that does not say what it must.
    pub(crate) fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large; send it in parts.")
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::Rejected(rejection) => rejection.clone().into(),
            EngineError::Account(account) => account.clone().into(),
            EngineError::BatchTooLarge { .. } => Self::too_large(),
            EngineError::Poisoned { .. }
            | EngineError::WriterGone
            | EngineError::Closed
            | EngineError::ReadOnly => {
                tracing::warn!(%error, "refused");
                Self::unavailable()
            }
            _ => {
                tracing::error!(%error, "request failed");
                Self::internal()
            }
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::invalid(rejection.name(), rejection.to_string())
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let (status, code) = match &error {
            AccountError::NameTaken { .. } => (StatusCode::CONFLICT, "name_taken"),
            AccountError::BadName { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_name"),
            AccountError::BadPassword { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_password"),
            AccountError::Unknown { .. } => (StatusCode::NOT_FOUND, "unknown_account"),
            AccountError::WrongLogin => (StatusCode::UNAUTHORIZED, "wrong_login"),
            _ => return Self::unauthorized(),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<serde_json::Error> for Problem {
    /// The text names the place, and never more than a few words of what was sent.
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Data => Self::invalid("bad_request", error.to_string()),
            _ => Self::new(StatusCode::BAD_REQUEST, "bad_json", error.to_string()),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            _ => Self::new(
                StatusCode::BAD_REQUEST,
                "broken_body",
                "The request ended before its body was whole.",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("a problem is plain data");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_is_inside_stays_inside() {
        let secret = EngineError::Io {
            action: "write",
            path: "/secret/place".into(),
            source: std::io::Error::other("disk on fire"),
        };
        let poisoned = EngineError::Poisoned { cause: Arc::new(secret) };
        let problem = Problem::from(poisoned);
        assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!serde_json::to_string(&problem).unwrap().contains("secret"));
        let broke = Problem::from(EngineError::Broke { what: "secret part" });
        assert_eq!(broke.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!broke.detail.contains("secret"));
    }

    #[test]
    fn a_long_word_of_the_client_is_cut() {
        let problem = Problem::invalid("bad_request", "ä".repeat(10 << 20));
        assert_eq!(problem.detail.chars().count(), DETAIL_LEN_MAX + 1);
    }
}
