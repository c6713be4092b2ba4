//! Focus: what helps to concentrate, by how it sounds.

use music::surface::Mood;

use super::Mix;
use crate::query::Aim;

pub(super) static MIX: Mix = Mix {
    name: "focus",
    title: "Focus",
    promise: "Music to concentrate by, from what you like.",
    aim: Aim::Enjoy,
    sources: &[
        "activity",
        "again",
        "personas",
        "long_term",
        "item_neighbours",
        "playlist_neighbours",
        "sound_neighbours",
        "deep_cuts",
        "popular_in_tags",
        "forgotten",
        "trending",
    ],
    // What it is for comes before all else, and who likes something else is not asked to run to it.
    tilts: &[("mood", 5.0)],
    choice: 0.5,
    heads: &[("finish", 1.0)],
    mood: Some(Mood::Focus),
    rest_hours: 12.0,
    variety: 0.2,
    artist_gap: 3,
    artist_max: 4,
    length: 30,
    needs_seed: false,
};
