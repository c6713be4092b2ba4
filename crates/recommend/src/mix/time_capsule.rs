//! Time capsule: once loved, not heard for long.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "time-capsule",
    title: "Time capsule",
    promise: "Tracks you loved and have not heard for two months or longer.",
    aim: Aim::Enjoy,
    sources: &["forgotten"],
    tilts: &[("known", 1.0)],
    choice: 1.0,
    heads: &[],
    mood: None,
    rest_hours: 60.0 * 24.0,
    variety: 0.3,
    artist_gap: 3,
    artist_max: 4,
    length: 30,
    needs_seed: false,
};
