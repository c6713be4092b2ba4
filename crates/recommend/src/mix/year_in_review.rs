//! Year in review: what the listener played most this year.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "year-in-review",
    title: "Your year",
    promise: "What you played most this year; in January, last year.",
    aim: Aim::Enjoy,
    sources: &["year_in_review"],
    // Counts decide; taste orders what was played equally often.
    tilts: &[("year_in_review", 8.0)],
    choice: 1.0,
    heads: &[],
    mood: None,
    rest_hours: 0.0,
    diversity: 0.0,
    calibration: 0.0,
    novelty: 0.0,
    explore: 0,
    flow: 0.0,
    artist_gap: 0,
    artist_max: usize::MAX,
    length: 50,
    stands_for_a_week: false,
    needs_seed: false,
};
