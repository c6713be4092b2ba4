//! What was around the listener when something happened.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{PlaylistId, SlateId};
use crate::surface::Surface;
use crate::unit::{LocalTime, UnixMillis};

/// The attributes logged around a prompt. What nobody said stays unknown.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// Where in the app.
    #[serde(skip_serializing_if = "is_default")]
    pub surface: Surface,
    /// The playlist, where the surface is one and it is in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playlist: Option<PlaylistId>,
    /// The slate the track was picked from, where Segue made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slate: Option<SlateId>,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// Whether the device had a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
    /// Over what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// What the listener pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// In which country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// How far the listener's clock was ahead of UTC, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i16>,
    /// What the listener was doing, where the client says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Whether the order was random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shuffle: Option<bool>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Context {
    /// The listener's local time at `at`; UTC where the offset is unknown.
    pub fn local(&self, at: UnixMillis) -> LocalTime {
        at.local(self.utc_offset_minutes.unwrap_or(0))
    }
}

/// What the music came out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Device {
    Phone,
    Tablet,
    Computer,
    Speaker,
    Television,
    Car,
    Wearable,
    Console,
    Other,
}

/// What the device was connected over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Network {
    Wifi,
    Cellular,
    Wired,
}

/// What the listener pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tier {
    Free,
    Trial,
    Paid,
    Family,
    Student,
}

/// What the listener was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Activity {
    Working,
    Commuting,
    Driving,
    Exercising,
    Relaxing,
    Cooking,
    Partying,
    Sleeping,
}

/// A country as two capital letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region([u8; 2]);

/// A text that is no country code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country code; write two letters such as FR")]
pub struct RegionError(pub String);

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(RegionError(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, RegionError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_context_takes_no_room_in_the_log() {
        assert_eq!(serde_json::to_string(&Context::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Context>("{}").unwrap(), Context::default());
    }

    #[test]
    fn unknown_attributes_and_countries_are_refused() {
        assert!(serde_json::from_str::<Context>(r#"{"ip_addr":"203.0.113.7"}"#).is_err());
        assert!("Fra".parse::<Region>().is_err());
        assert_eq!("fr".parse::<Region>().unwrap().to_string(), "FR");
    }
}
