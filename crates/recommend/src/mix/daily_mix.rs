//! Daily mix: the listener's own music, by one self after another, with a little that is new.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "daily-mix",
    title: "Daily mix",
    promise: "Your own music around what you play these days, with a little that is new to you.",
    aim: Aim::Enjoy,
    sources: &[
        "again",
        "habits",
        "forgotten",
        "personas",
        "long_term",
        "item_neighbours",
        "playlist_neighbours",
        "deep_cuts",
        "popular_in_tags",
        "trending",
        "similar_listeners",
        "company",
        "rest_of_release",
        "kept",
        "activity",
    ],
    tilts: &[("known", 0.5), ("artist", 0.3)],
    choice: 0.5,
    heads: &[("finish", 2.0)],
    mood: None,
    rest_hours: 24.0,
    diversity: 0.3,
    calibration: 0.3,
    novelty: 0.0,
    explore: 0,
    flow: 0.5,
    artist_gap: 4,
    artist_max: 4,
    length: 40,
    stands_for_a_week: false,
    needs_seed: false,
};
