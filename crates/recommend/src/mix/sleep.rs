//! Sleep: what one falls asleep to, by how it sounds.

use music::surface::Mood;

use super::{Mix, OCCASION};

pub(super) static MIX: Mix = Mix {
    name: "sleep",
    title: "Sleep",
    promise: "Calm music to fall asleep to, from what you like.",
    mood: Some(Mood::Sleep),
    rest_hours: 4.0,
    diversity: 0.1,
    ..OCCASION
};
