//! Pitch classes and musical keys.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the twelve notes without its octave, C = 0 to B = 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct PitchClass(u8);

/// A number that is no pitch class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a pitch class; they run from 0 (C) to 11 (B)")]
pub struct PitchClassError(pub u8);

impl PitchClass {
    /// The note that keys are counted from.
    pub const C: Self = Self(0);

    /// The pitch class with this number.
    ///
    /// # Errors
    /// When `number` is above 11.
    pub const fn new(number: u8) -> Result<Self, PitchClassError> {
        if number < 12 { Ok(Self(number)) } else { Err(PitchClassError(number)) }
    }

    /// The number, 0 to 11.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for PitchClass {
    type Error = PitchClassError;

    fn try_from(number: u8) -> Result<Self, PitchClassError> {
        Self::new(number)
    }
}

impl From<PitchClass> for u8 {
    fn from(pitch_class: PitchClass) -> Self {
        pitch_class.0
    }
}

/// Major or minor, written 1 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Mode {
    /// Minor, 0.
    Minor,
    /// Major, 1.
    Major,
}

/// A number that is no mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a mode; 1 is major, 0 is minor")]
pub struct ModeError(pub u8);

impl TryFrom<u8> for Mode {
    type Error = ModeError;

    fn try_from(number: u8) -> Result<Self, ModeError> {
        match number {
            0 => Ok(Self::Minor),
            1 => Ok(Self::Major),
            other => Err(ModeError(other)),
        }
    }
}

impl From<Mode> for u8 {
    fn from(mode: Mode) -> Self {
        mode as Self
    }
}

/// A tonic and a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The tonic.
    pub tonic: PitchClass,
    /// Major or minor.
    pub mode: Mode,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        write!(f, "{} {mode}", self.tonic.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_range_are_refused() {
        assert!(serde_json::from_str::<PitchClass>("12").is_err());
        assert!(serde_json::from_str::<Mode>("2").is_err());
        let key = Key { tonic: PitchClass::new(9).unwrap(), mode: Mode::Minor };
        assert_eq!(key.to_string(), "A minor");
        assert_eq!(serde_json::to_string(&key).unwrap(), r#"{"tonic":9,"mode":0}"#);
    }
}
