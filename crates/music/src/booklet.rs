//! What lies in a record's case beside the sound, in numbers: the words of a song, and its cover.
//!
//! It holds what the recipe of a version made; how words are counted and covers described is the business of `scan`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which recipe made a booklet; numbers of different versions must never be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookletVersion(pub u16);

impl fmt::Display for BookletVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "booklet version {}", self.0)
    }
}

/// The numbers of a cover.
pub const COVER_LEN: usize = 60;

/// Different words that are kept of one song, at most.
pub const TERM_COUNT_MAX: usize = 256;

/// What lies beside the sound of one track, as far as there is something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booklet {
    /// The recipe.
    pub version: BookletVersion,
    /// What is sung; none where no words are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
    /// What the cover looks like; none where there is none that can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Cover>,
}

/// Which words a song has, and how often each.
///
/// *Shape*: 1 to [`TERM_COUNT_MAX`] pairs of a word's hash and its count, each hash once, rising.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u32, u8)>", into = "Vec<(u32, u8)>")]
pub struct Words(Vec<(u32, u8)>);

/// What a cover looks like as one point, for distances.
///
/// *Shape*: 60 numbers: what colours, which edges, and how both are laid out; their scales are those of the recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub struct Cover(Box<[f32; COVER_LEN]>);

/// Why numbers make no booklet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BookletError {
    /// There are none, or more than are kept.
    #[error("{count} words are no words of a song; there are 1 to {TERM_COUNT_MAX}")]
    TermCount {
        /// How many there are.
        count: usize,
    },
    /// A word stands twice, out of order, or never occurs.
    #[error("word {index} of a song is out of order or does not occur")]
    Term {
        /// Which pair.
        index: usize,
    },
    /// A cover has the wrong length, or a number that is not finite.
    #[error("number {index} of a cover is missing, too many, or not finite")]
    Cover {
        /// Which of the 60.
        index: usize,
    },
}

impl Words {
    /// The words with these hashes and counts.
    ///
    /// # Errors
    /// When the pairs are not of the shape that the type has.
    pub fn new(terms: Vec<(u32, u8)>) -> Result<Self, BookletError> {
        if terms.is_empty() || terms.len() > TERM_COUNT_MAX {
            return Err(BookletError::TermCount { count: terms.len() });
        }
        let is_wrong =
            |index: &usize| terms[*index].1 == 0 || (*index > 0 && terms[index - 1].0 >= terms[*index].0);
        match (0..terms.len()).find(is_wrong) {
            Some(index) => Err(BookletError::Term { index }),
            None => Ok(Self(terms)),
        }
    }

    /// The pairs.
    pub fn terms(&self) -> &[(u32, u8)] {
        &self.0
    }
}

impl Cover {
    /// The cover with these numbers.
    ///
    /// # Errors
    /// When one of them is not finite.
    pub fn new(values: [f32; COVER_LEN]) -> Result<Self, BookletError> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(BookletError::Cover { index }),
            None => Ok(Self(Box::new(values))),
        }
    }

    /// The numbers.
    pub const fn values(&self) -> &[f32; COVER_LEN] {
        &self.0
    }
}

impl TryFrom<Vec<(u32, u8)>> for Words {
    type Error = BookletError;

    fn try_from(terms: Vec<(u32, u8)>) -> Result<Self, BookletError> {
        Self::new(terms)
    }
}

impl From<Words> for Vec<(u32, u8)> {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl TryFrom<Vec<f32>> for Cover {
    type Error = BookletError;

    fn try_from(values: Vec<f32>) -> Result<Self, BookletError> {
        let index = values.len().min(COVER_LEN);
        Self::new(values.try_into().map_err(|_| BookletError::Cover { index })?)
    }
}

impl From<Cover> for Vec<f32> {
    fn from(cover: Cover) -> Self {
        cover.0.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_booklet_comes_back_from_json_and_what_is_none_is_refused() {
        let booklet = Booklet {
            version: BookletVersion(1),
            words: Some(Words::new(vec![(3, 1), (9, 200)]).unwrap()),
            cover: Some(Cover::new([0.25; COVER_LEN]).unwrap()),
        };
        let json = serde_json::to_string(&booklet).unwrap();
        assert_eq!(serde_json::from_str::<Booklet>(&json).unwrap(), booklet);
        for wrong in [
            r#"{"version":1,"words":[]}"#,
            r#"{"version":1,"words":[[9,1],[3,1]]}"#,
            r#"{"version":1,"words":[[3,1],[3,1]]}"#,
            r#"{"version":1,"words":[[3,0]]}"#,
            r#"{"version":1,"cover":[0.5]}"#,
        ] {
            assert!(serde_json::from_str::<Booklet>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            Words::new((0..300).map(|term| (term, 1)).collect()),
            Err(BookletError::TermCount { count: 300 })
        );
        let mut values = [0.0; COVER_LEN];
        values[7] = f32::NAN;
        assert_eq!(Cover::new(values), Err(BookletError::Cover { index: 7 }));
    }
}
