//! What the mixes for an occasion have in common: how it sounds decides, and the listener's taste after that.

use super::Mix;
use crate::query::Aim;

/// No product: a mix for an occasion says which, and how it differs.
pub(super) const OCCASION: Mix = Mix {
    name: "",
    title: "",
    promise: "",
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
    mood: None,
    rest_hours: 12.0,
    variety: 0.2,
    artist_gap: 3,
    artist_max: 4,
    length: 30,
    needs_seed: false,
};
