//! Names of things: one type per kind, so that an artist can never be passed for a track.
//!
//! Ids are handed out densely from zero by the catalogue's one writer.
//! An id is therefore also the row of that thing in every column, matrix and index, and no lookup table stands
//! between a model and the catalogue.
//! In text an id carries a letter (`t42`, `a7`), so that a wrong kind is refused at the door.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// What all ids have in common: a dense row number.
pub trait Id: Copy + Ord + fmt::Debug + fmt::Display {
    /// The letter before the number in the text form.
    const LETTER: char;

    /// The id of row `row`.
    fn from_row(row: u32) -> Self;

    /// The row of this thing in every column of its kind.
    fn row(self) -> usize;
}

/// A text that does not name a thing of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected} id; one looks like `{letter}42`")]
pub struct IdError {
    /// What was given, cut to 40 characters.
    pub text: String,
    /// The kind that was wanted, with its article.
    pub expected: &'static str,
    /// The letter that kind starts with.
    pub letter: char,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[repr(transparent)]
        pub struct $name(u32);

        impl $name {
            /// The id with this row number.
            pub const fn new(row: u32) -> Self {
                Self(row)
            }

            /// The row number.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl Id for $name {
            const LETTER: char = $letter;

            fn from_row(row: u32) -> Self {
                Self(row)
            }

            fn row(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $letter, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($letter)
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or_else(|| IdError {
                        text: text.chars().take(40).collect(),
                        expected: $kind,
                        letter: $letter,
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "{} id such as `{}42`", $kind, $letter)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

id!(
    /// One recording, as the catalogue knows it.
    TrackId, 't', "a track"
);
id!(
    /// One performer or credit line.
    ArtistId, 'a', "an artist"
);
id!(
    /// One album, EP or single.
    ReleaseId, 'r', "a release"
);
id!(
    /// One playlist.
    PlaylistId, 'p', "a playlist"
);
id!(
    /// One listener: a taste, not an account.
    ListenerId, 'l', "a listener"
);
id!(
    /// One genre, mood or use, from the catalogue's vocabulary.
    TagId, 'g', "a tag"
);

/// One slate that was shown: 128 random or derived bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlateId(u128);

impl SlateId {
    /// The id with these bits.
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits.
    pub const fn get(self) -> u128 {
        self.0
    }
}

impl fmt::Display for SlateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for SlateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SlateId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        hex_128(text).map(Self).ok_or_else(|| IdError {
            text: text.chars().take(40).collect(),
            expected: "a slate",
            letter: '0',
        })
    }
}

impl Serialize for SlateId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SlateId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Exactly 32 hexadecimal digits as a number.
pub(crate) fn hex_128(text: &str) -> Option<u128> {
    (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_names_the_kind_and_refuses_another() {
        assert_eq!(TrackId::new(42).to_string(), "t42");
        assert_eq!("t42".parse(), Ok(TrackId::new(42)));
        for wrong in ["a42", "42", "t", "t-1", "t+1", "t4294967296", "t42 ", "", "ť42"] {
            assert!(wrong.parse::<TrackId>().is_err(), "{wrong:?} was accepted");
        }
    }

    #[test]
    fn json_is_the_text_form() {
        assert_eq!(serde_json::to_string(&ArtistId::new(7)).unwrap(), r#""a7""#);
        assert_eq!(serde_json::from_str::<ArtistId>(r#""a7""#).unwrap(), ArtistId::new(7));
        let error = serde_json::from_str::<ArtistId>(r#""t7""#).unwrap_err().to_string();
        assert!(error.contains("is not an artist id"), "{error}");
    }

    #[test]
    fn slate_id_is_32_hexadecimal_digits() {
        let id = SlateId::new(0xabc);
        assert_eq!(id.to_string(), "00000000000000000000000000000abc");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("abc".parse::<SlateId>().is_err());
        assert!("+0000000000000000000000000000abc".parse::<SlateId>().is_err());
    }
}
