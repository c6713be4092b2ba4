//! The recommenders that are compared.

use std::fmt;
use std::str::FromStr;

use recommend::Stage;

/// Who recommends in an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Knows the truth and takes what pleases most now, its own picks' fatigue included; it does not plan ahead.
    Oracle,
    /// Segue itself: the home mix, from its log through its store, training and service.
    Engine,
    /// The same, one stage left out.
    Without(Stage),
    /// The same, skips read by the table alone.
    WithoutSkips,
    /// Implicit alternating least squares on plays, each listener folded in anew at every slate.
    Ials,
    /// Items that go with what the listener played.
    ItemKnn,
    /// What everybody plays.
    Popularity,
    /// Anything.
    Random,
    /// No recommender: listeners find their own way, as in the history.
    Organic,
}

impl Policy {
    /// All of them but those that leave something out.
    pub const ALL: [Self; 7] = [
        Self::Oracle,
        Self::Engine,
        Self::Ials,
        Self::ItemKnn,
        Self::Popularity,
        Self::Random,
        Self::Organic,
    ];

    /// All of them, and Segue without each of its stages.
    pub fn every() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(Stage::ALL.map(Self::Without)).chain([Self::WithoutSkips])
    }

    /// Its name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oracle => "oracle",
            Self::Engine => "engine",
            Self::Without(Stage::Heads) => "without-heads",
            Self::Without(Stage::Trees) => "without-trees",
            Self::Without(Stage::Adaptation) => "without-adaptation",
            Self::Without(Stage::Adjusters) => "without-adjusters",
            Self::Without(Stage::Diversity) => "without-diversity",
            Self::Without(Stage::Calibration) => "without-calibration",
            Self::Without(Stage::Novelty) => "without-novelty",
            Self::Without(Stage::Exploration) => "without-exploration",
            Self::WithoutSkips => "without-skips",
            Self::Ials => "ials",
            Self::ItemKnn => "item-knn",
            Self::Popularity => "popularity",
            Self::Random => "random",
            Self::Organic => "organic",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no recommender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` recommends nothing here; see `segue sim run --help` for those that do")]
pub struct PolicyError(String);

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::every().find(|policy| policy.name() == text).ok_or_else(|| PolicyError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for policy in Policy::every() {
            assert_eq!(policy.to_string().parse(), Ok(policy));
        }
        assert!("dj".parse::<Policy>().is_err());
    }
}
