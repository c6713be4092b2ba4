//! The one style sheet and the one picture, embedded.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../../assets/style.css");
const ICON: &str = include_str!("../../assets/icon.svg");

/// Where the style sheet is; another one has another address, so a browser may keep it.
pub(crate) static STYLE_HREF: LazyLock<String> =
    LazyLock::new(|| format!("/assets/style.css?v={}", &blake3::hash(STYLE.as_bytes()).to_hex()[..12]));

pub(super) async fn style() -> impl IntoResponse {
    (headers("text/css; charset=utf-8", "public, max-age=31536000, immutable"), STYLE)
}

pub(super) async fn icon() -> impl IntoResponse {
    (headers("image/svg+xml", "public, max-age=86400"), ICON)
}

fn headers(of_type: &'static str, keep: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(of_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
    ]
}
