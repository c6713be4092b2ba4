//! The stages that a request can do without, so that it can be measured what each is worth.

/// A stage of the pipeline, or one idea of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// What becomes of a track that comes up; see [`crate::heads`].
    Heads,
    /// Trees on top of the weights; see [`crate::ranker`].
    Trees,
    /// What the listener's answers show; see [`crate::adaptation`].
    Adaptation,
    /// Which way the listener leans; see [`crate::adjuster`].
    Adjusters,
    /// Variety within the slate.
    Diversity,
    /// The shares of genres.
    Calibration,
    /// The share of what is new.
    Novelty,
    /// The places that are drawn.
    Exploration,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Heads,
        Self::Trees,
        Self::Adaptation,
        Self::Adjusters,
        Self::Diversity,
        Self::Calibration,
        Self::Novelty,
        Self::Exploration,
    ];

    /// Its name in the declarations of experiments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heads => "heads",
            Self::Trees => "trees",
            Self::Adaptation => "adaptation",
            Self::Adjusters => "adjusters",
            Self::Diversity => "diversity",
            Self::Calibration => "calibration",
            Self::Novelty => "novelty",
            Self::Exploration => "exploration",
        }
    }

    /// The stage of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        assert!(Stage::ALL.iter().all(|&stage| Stage::named(stage.name()) == Some(stage)));
        assert_eq!(Stage::named("everything"), None);
    }
}
