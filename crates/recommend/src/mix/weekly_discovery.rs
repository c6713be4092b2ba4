//! Weekly discovery: close to the listener's taste, and never heard before.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "weekly-discovery",
    title: "Weekly discovery",
    promise: "Thirty tracks you have never heard, close to what you love.",
    aim: Aim::Discover,
    sources: &[
        "long_term",
        "personas",
        "item_neighbours",
        "playlist_neighbours",
        "artist_neighbours",
        "deep_cuts",
        "fresh_near_taste",
        "popular_in_tags",
        "sound_neighbours",
        "alike",
        "explore",
        "similar_listeners",
        "rising_in_tags",
        "rising_niche",
        "onboarding",
        "local_scene",
        "era",
        "rest_of_release",
        "next_genre",
        "trending",
    ],
    // Deep cuts of loved artists belong here, but discovery means other artists too.
    tilts: &[("artist", -0.5), ("trending", -2.0)],
    choice: 1.0,
    heads: &[("finish", 1.0)],
    mood: None,
    rest_hours: 0.0,
    diversity: 0.5,
    calibration: 0.3,
    novelty: 0.0,
    explore: 3,
    flow: 0.0,
    artist_gap: 6,
    artist_max: 2,
    length: 30,
    stands_for_a_week: true,
    needs_seed: false,
};
