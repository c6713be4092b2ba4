//! Workout: what drives on, by how it sounds.

use music::surface::Mood;

use super::{Mix, OCCASION};

pub(super) static MIX: Mix = Mix {
    name: "workout",
    title: "Workout",
    promise: "Music that drives you on, from what you like.",
    mood: Some(Mood::Workout),
    rest_hours: 12.0,
    diversity: 0.3,
    ..OCCASION
};
