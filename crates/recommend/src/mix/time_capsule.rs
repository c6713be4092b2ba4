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
    diversity: 0.3,
    calibration: 0.2,
    novelty: 0.0,
    explore: 0,
    flow: 0.5,
    artist_gap: 3,
    artist_max: 4,
    length: 30,
    stands_for_a_week: false,
    needs_seed: false,
};
