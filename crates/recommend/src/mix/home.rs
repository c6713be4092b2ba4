//! Home: what the listener is likely to want now, known and new side by side.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "home",
    title: "For you, now",
    promise: "What you are likely to want just now, known and new side by side.",
    aim: Aim::Enjoy,
    sources: &[
        "long_term",
        "personas",
        "item_neighbours",
        "playlist_neighbours",
        "session",
        "artist_neighbours",
        "deep_cuts",
        "fresh_from_artists",
        "trending",
        "popular_in_tags",
        "sound_neighbours",
        "alike",
        "forgotten",
        "again",
        "habits",
        "explore",
    ],
    tilts: &[("habit", 0.5)],
    rest_hours: 6.0,
    variety: 0.6,
    artist_gap: 3,
    artist_max: 3,
    length: 30,
    needs_seed: false,
};
