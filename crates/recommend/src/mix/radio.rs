//! Radio: on and on from a track, an artist, a release or a playlist, never far from it.

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "radio",
    title: "Radio",
    promise: "On and on from a track, an artist, a release or a playlist, never far from it.",
    aim: Aim::Enjoy,
    sources: &[
        "playlist_neighbours",
        "item_neighbours",
        "session",
        "artist_neighbours",
        "deep_cuts",
        "sound_neighbours",
        "alike",
        "lyrics_neighbours",
        "art_neighbours",
        "popular_in_tags",
        "followers",
        "local_scene",
        "era",
        "rest_of_release",
    ],
    // Near the seed first, the listener's own taste second.
    tilts: &[
        ("anchor", 2.5),
        ("taste", -0.6),
        ("tags", -0.6),
        ("artist", -0.4),
        ("sound", -0.4),
        ("known", -0.3),
        ("mainstream", -0.2),
    ],
    choice: 1.0,
    heads: &[("finish", 0.5)],
    mood: None,
    rest_hours: 2.0,
    diversity: 0.3,
    calibration: 0.0,
    novelty: 0.0,
    explore: 1,
    flow: 0.5,
    artist_gap: 3,
    artist_max: 4,
    length: 50,
    stands_for_a_week: false,
    needs_seed: true,
};
