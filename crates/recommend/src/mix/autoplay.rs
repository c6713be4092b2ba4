//! Autoplay: what goes on when the chosen music has ended.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "autoplay",
    title: "Autoplay",
    promise: "What goes on when the music you chose has ended.",
    aim: Aim::Enjoy,
    sources: &[
        "session",
        "playlist_neighbours",
        "item_neighbours",
        "sound_neighbours",
        "alike",
        "lyrics_neighbours",
        "habits",
        "long_term",
        "artist_neighbours",
        "trending",
        "followers",
        "activity",
    ],
    tilts: &[("anchor", 1.2), ("session", 2.0), ("followers", 0.5)],
    choice: 0.5,
    heads: &[("finish", 2.0)],
    mood: None,
    rest_hours: 4.0,
    diversity: 0.3,
    calibration: 0.0,
    novelty: 0.0,
    explore: 0,
    flow: 1.0,
    artist_gap: 3,
    artist_max: 4,
    length: 20,
    stands_for_a_week: false,
    needs_seed: false,
};
