//! Focus: what helps to concentrate, by how it sounds.

use music::surface::Mood;

use super::{Mix, OCCASION};

pub(super) static MIX: Mix = Mix {
    name: "focus",
    title: "Focus",
    promise: "Music to concentrate by, from what you like.",
    mood: Some(Mood::Focus),
    rest_hours: 12.0,
    diversity: 0.2,
    ..OCCASION
};
