//! Reading requests: JSON bodies, queries and forms, each with a problem in words where they are not what they must be.
//!
//! Unknown fields are refused by the types that are read into; nesting deeper than 128 by the reader of JSON; size by
//! the layer in front.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde::de::DeserializeOwned;

use crate::access::caller::Caller;
use crate::error::Problem;

/// The body as JSON bytes, not read yet.
#[derive(Debug)]
pub(crate) struct JsonBytes(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_of_type(request.headers(), "application/json") {
            let detail = "Send the body as JSON with `Content-Type: application/json`.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        Ok(Self(Bytes::from_request(request, state).await?))
    }
}

/// The body as JSON.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, state).await?;
        Ok(Self(serde_json::from_slice(&bytes)?))
    }
}

/// The query, without the `listener` that the layer in front has read.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "listener");
        let rest = form_urlencoded::Serializer::new("/?".to_owned()).extend_pairs(pairs).finish();
        let uri: Uri =
            rest.parse().map_err(|_| Problem::invalid("bad_query", "The query cannot be read."))?;
        let Query(params) = Query::try_from_uri(&uri)
            .map_err(|rejection| Problem::invalid("bad_query", rejection.body_text()))?;
        Ok(Self(params))
    }
}

/// How many things a page of a list has: what was asked for, from 1 to `greatest`, or `usual`.
pub(crate) fn page_len(asked: Option<usize>, usual: usize, greatest: usize) -> Result<usize, Problem> {
    let len = asked.unwrap_or(usual);
    if (1..=greatest).contains(&len) {
        return Ok(len);
    }
    Err(Problem::invalid("out_of_range", format!("The limit {len} is not within 1 to {greatest}.")))
}

/// A form of one of our own pages.
#[derive(Debug)]
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let csrf = request.extensions().get::<Caller>().map(|caller| caller.csrf);
        if !is_of_type(request.headers(), "application/x-www-form-urlencoded") {
            let detail = "Send the form as the page does.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_form", detail));
        }
        let bytes = Bytes::from_request(request, state).await?;
        let mut given = form_urlencoded::parse(&bytes).filter(|(name, _)| name == "csrf");
        // Only the form of the login is sent by somebody who is nobody yet.
        if let Some(csrf) = csrf
            && !given.next().is_some_and(|(_, text)| csrf.is(&text))
        {
            return Err(Problem::cross_site());
        }
        let pairs = form_urlencoded::parse(&bytes).filter(|(name, _)| name != "csrf");
        let rest = form_urlencoded::Serializer::new("/?".to_owned()).extend_pairs(pairs).finish();
        let uri: Uri = rest.parse().map_err(|_| Problem::invalid("bad_form", "The form cannot be read."))?;
        let Query(form) = Query::try_from_uri(&uri)
            .map_err(|rejection| Problem::invalid("bad_form", rejection.body_text()))?;
        Ok(Self(form))
    }
}

fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = given.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case(wanted)
}
