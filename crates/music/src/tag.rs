//! Genres, moods, uses and whatever else people write on music.

use serde::{Deserialize, Serialize};

use crate::id::TagId;

/// One word of the catalogue's vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// The word in lower case, single-spaced.
    pub name: Box<str>,
    /// What sort of word it is.
    pub kind: TagKind,
}

/// What sort of statement a tag makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagKind {
    /// A style: `trip hop`.
    #[default]
    Genre,
    /// A feeling: `melancholic`.
    Mood,
    /// An occasion: `workout`.
    Use,
    /// An instrument that is heard: `saxophone`.
    Instrument,
    /// A language that is sung, as an ISO 639 code.
    Language,
    /// Anything else: `seen live`.
    Other,
}

/// How strongly a tag applies to something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TagWeight {
    /// The tag.
    pub tag: TagId,
    /// *Range*: above 0 to 1; 1 is "plainly so".
    pub weight: f32,
}
