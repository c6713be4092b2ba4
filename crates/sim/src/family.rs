//! The families of worlds: why people enjoy what they enjoy.
//!
//! An engine that is tuned on one world learns that world's formula.
//! So there are three, whose listeners choose and enjoy by different mechanisms, none of them written after the
//! models of the engine; one serves for tuning, and claims are shown on all.

use std::fmt;
use std::str::FromStr;

/// By which mechanism the listeners of a world enjoy music.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Family {
    /// Taste in sound and style: each self has a place in the hidden space, and likes what lies near to it.
    #[default]
    Sound,
    /// Habit and fatigue: what is known pleases until it was heard too often, hours have their usual music, and
    /// artists satiate; the sound hardly matters.
    Habit,
    /// Friends and trends: what friends play, what the scene is on about and what is on the rise pleases; the sound
    /// does not matter at all.
    Circle,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 3] = [Self::Sound, Self::Habit, Self::Circle];

    /// Its name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Habit => "habit",
            Self::Circle => "circle",
        }
    }

    /// What it is, in words.
    pub const fn promise(self) -> &'static str {
        match self {
            Self::Sound => "taste in sound and style",
            Self::Habit => "habit and fatigue",
            Self::Circle => "friends and trends",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no family of worlds; there are `sound`, `habit` and `circle`")]
pub struct FamilyError(String);

impl FromStr for Family {
    type Err = FamilyError;

    fn from_str(text: &str) -> Result<Self, FamilyError> {
        Self::ALL.into_iter().find(|family| family.name() == text).ok_or_else(|| FamilyError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
