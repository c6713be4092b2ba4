//! JSON values that exporters write now as one type, now as another.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

/// A number, also in quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub(super) f64);

impl Number {
    /// The number where it is a whole one that fits.
    pub(super) fn whole(self) -> Option<u32> {
        let fits = self.0.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&self.0);
        fits.then_some(self.0 as u32)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                number
                    .map(Number)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Other("another text"), &self))
            }
        }
        deserializer.deserialize_any(Digits)
    }
}

/// Yes or no, also as 1 and 0 or in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct YesOrNo;
        impl Visitor<'_> for YesOrNo {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Flag, E> {
                Ok(Flag(value != 0))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                let flag = crate::import::values::flag(text);
                flag.map(Flag).ok_or_else(|| E::invalid_value(de::Unexpected::Other("another text"), &self))
            }
        }
        deserializer.deserialize_any(YesOrNo)
    }
}

/// A list of texts, also one text alone; what is no text in it is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Texts(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Texts, E> {
                Ok(Texts::default())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(member) = list.next_element::<TextOrOther>()? {
                    if let TextOrOther::Text(text) = member {
                        texts.push(text);
                    }
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum TextOrOther {
    Text(String),
    Other(de::IgnoredAny),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_any_of_their_types() {
        let number = |text: &str| serde_json::from_str::<Number>(text).ok().map(|number| number.0);
        assert_eq!(
            ["7", "7.5", "\"7\"", "\" 7.5 \""].map(number),
            [Some(7.0), Some(7.5), Some(7.0), Some(7.5)]
        );
        assert_eq!(["\"seven\"", "\"inf\"", "null", "[]"].map(number), [None; 4]);
        assert_eq!(Number(7.0).whole(), Some(7));
        assert_eq!([Number(7.5), Number(-1.0), Number(f64::NAN), Number(1e10)].map(Number::whole), [None; 4]);
        let flag = |text: &str| serde_json::from_str::<Flag>(text).ok().map(|flag| flag.0);
        assert_eq!(
            ["true", "1", "\"false\"", "\"x\""].map(flag),
            [Some(true), Some(true), Some(false), None]
        );
        let texts = |text: &str| serde_json::from_str::<Texts>(text).unwrap().0;
        assert_eq!(texts(r#"["a",1,null,"b"]"#), ["a", "b"]);
        assert_eq!(texts(r#""a""#), ["a"]);
        assert!(texts("null").is_empty());
    }
}
