//! Fresh releases: what came out lately, by loved artists first, then close to the taste.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "fresh-releases",
    title: "Fresh releases",
    promise: "New music by the artists you follow and love, and by others close to them.",
    aim: Aim::Discover,
    sources: &["fresh_from_artists", "fresh_near_taste"],
    tilts: &[("artist", 0.5), ("fresh", 0.8)],
    choice: 1.0,
    heads: &[("finish", 1.0)],
    mood: None,
    rest_hours: 0.0,
    diversity: 0.3,
    calibration: 0.0,
    novelty: 0.0,
    explore: 0,
    flow: 0.0,
    artist_gap: 2,
    artist_max: 3,
    length: 30,
    stands_for_a_week: false,
    needs_seed: false,
};
