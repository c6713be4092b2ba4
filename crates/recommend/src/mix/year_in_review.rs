//! Year in review: what the listener played most this year.

use super::{Mix, PLAIN};

pub(super) static MIX: Mix = Mix {
    name: "year-in-review",
    title: "Your year",
    promise: "What you played most this year; in January, last year.",
    sources: &["year_in_review"],
    // Counts decide; taste orders what was played equally often.
    tilts: &[("year_in_review", 8.0)],
    length: 50,
    ..PLAIN
};
