//! What can be wrong with the declaration of an experiment; each text says the next step.

use std::path::PathBuf;

/// Why experiments cannot be run as they are declared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}; check the path, or leave the file out to run no experiment", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no TOML, or has keys that mean nothing.
    #[error("the experiments cannot be read: {problem}; see docs/experiments.md for all keys")]
    Syntax {
        /// What the parser said, with the place.
        problem: String,
    },
    /// A name that cannot stand in the log.
    #[error("`{name}` is no name for {of}; write 1 to {length_max} letters, digits, spaces, dots or dashes")]
    BadName {
        /// An experiment or an arm.
        of: &'static str,
        /// The name.
        name: String,
        /// The longest name.
        length_max: usize,
    },
    /// Two of one name.
    #[error("`{name}` stands twice in {within}; give each another name")]
    Twice {
        /// The name.
        name: String,
        /// Where.
        within: String,
    },
    /// Too few or too many arms.
    #[error("experiment `{experiment}` has {got} arms; {expected}")]
    ArmCount {
        /// The experiment.
        experiment: String,
        /// Its arms.
        got: usize,
        /// What it should have.
        expected: &'static str,
    },
    /// A share that makes no sense.
    #[error("arm `{arm}` of `{experiment}` has the share {share}; {expected}")]
    Share {
        /// The experiment.
        experiment: String,
        /// The arm.
        arm: String,
        /// The share.
        share: f64,
        /// What it should be.
        expected: &'static str,
    },
    /// There is no such thing.
    #[error("experiment `{experiment}` names the {what} `{name}`, which does not exist; there are {known}")]
    Unknown {
        /// The experiment.
        experiment: String,
        /// A mix, a stage.
        what: &'static str,
        /// What it is called there.
        name: String,
        /// What there is.
        known: String,
    },
    /// A slider beyond its ends.
    #[error("arm `{arm}` of `{experiment}` sets {slider} to {value}; sliders go from -1 to 1")]
    Slider {
        /// The experiment.
        experiment: String,
        /// The arm.
        arm: String,
        /// Which slider.
        slider: &'static str,
        /// Where it is set.
        value: f32,
    },
    /// A mix that must not change during the week.
    #[error(
        "experiment `{experiment}` is about {mix}, which stands unchanged for a week; leave it out and name other mixes"
    )]
    Stands {
        /// The experiment.
        experiment: String,
        /// The mix.
        mix: String,
    },
    /// Two experiments on one mix would be taken for each other.
    #[error(
        "experiments `{first}` and `{second}` are both about {mix}; name other mixes, or end one of them"
    )]
    MixTaken {
        /// The one.
        first: String,
        /// The other.
        second: String,
        /// The mix.
        mix: String,
    },
    /// An arm is to be served from a snapshot that is not there, or broken.
    #[error(
        "arm `{arm}` of `{experiment}` is served from the snapshot `{snapshot}`, which cannot be loaded: {problem}; \
         `segue doctor` lists those there are"
    )]
    Snapshot {
        /// The experiment.
        experiment: String,
        /// The arm.
        arm: String,
        /// The snapshot.
        snapshot: String,
        /// What is wrong.
        problem: String,
    },
    /// Nothing of it is in the log.
    #[error("the log knows no slate of an experiment `{name}`; it knows {known}")]
    NotInLog {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}
