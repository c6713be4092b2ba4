//! What a listener wishes of tracks as such, whatever they are: faster ones, no live recordings, no opinion at all.

use serde::{Deserialize, Serialize};

/// A property that tracks have more or less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trait {
    /// How fast it is.
    Tempo,
    /// How long it is.
    Length,
    /// Whether its words are marked explicit.
    Explicit,
    /// In which language it is sung.
    Language,
    /// When it came out.
    Era,
    /// How loud it was mastered.
    Loudness,
    /// Whether it was recorded before an audience.
    Live,
    /// Whether it was another artist's song first.
    Cover,
    /// Whether nobody sings.
    Instrumental,
    /// How many others play it.
    Popularity,
}

impl Trait {
    /// All of them, in the order in which people are shown them.
    pub const ALL: [Self; 10] = [
        Self::Tempo,
        Self::Length,
        Self::Explicit,
        Self::Language,
        Self::Era,
        Self::Loudness,
        Self::Live,
        Self::Cover,
        Self::Instrumental,
        Self::Popularity,
    ];

    /// Its name in JSON and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tempo => "tempo",
            Self::Length => "length",
            Self::Explicit => "explicit",
            Self::Language => "language",
            Self::Era => "era",
            Self::Loudness => "loudness",
            Self::Live => "live",
            Self::Cover => "cover",
            Self::Instrumental => "instrumental",
            Self::Popularity => "popularity",
        }
    }

    /// Whether there is a more and a less of it; languages are many, and none is more than another.
    pub const fn has_degrees(self) -> bool {
        !matches!(self, Self::Language)
    }
}

/// What the listener says should be made of a trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = TraitWish))]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// What behaviour shows.
    #[default]
    Learnt,
    /// Nothing: it does not matter.
    Off,
    /// Faster, longer, newer, more of it.
    More,
    /// Slower, shorter, older, less of it.
    Less,
}

impl Wish {
    /// All of them, in the order in which people are shown them.
    pub const ALL: [Self; 4] = [Self::Learnt, Self::Off, Self::More, Self::Less];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Learnt => "learnt",
            Self::Off => "off",
            Self::More => "more",
            Self::Less => "less",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for one in Trait::ALL {
            assert_eq!(serde_json::to_string(&one).unwrap(), format!("\"{}\"", one.name()));
        }
        for one in Wish::ALL {
            assert_eq!(serde_json::to_string(&one).unwrap(), format!("\"{}\"", one.name()));
        }
    }
}
