//! Experiments with listeners: two ways to make slates, who sees which, and which of them listeners answer to better.
//!
//! | question | module |
//! |---|---|
//! | how is an experiment declared, and what is refused? | [`declared`] |
//! | which arm answers this request? | [`assigned`] |
//! | how do two slates become one? | [`merged`] |
//! | what did each listener do with each arm's picks? | [`tally`] |
//! | what does that say? | [`report`] |
//!
//! There are two kinds. Where listeners are *split*, each is in one arm for as long as the experiment runs, by a hash of
//! its name and theirs: no table says who is where, so it is the same after a restart and on every replica.
//! Where slates are *interleaved*, everybody sees the picks of two arms in one slate, and what is taken up votes for the
//! arm that put it there.
//!
//! Whose pick a place is stands with the impression in the log, so everything that is reported can be read again.

pub mod assigned;
pub mod declared;
pub mod merged;
pub mod problem;
pub mod report;
pub mod tally;

pub use assigned::Assigned;
pub use declared::{Arm, Experiment, Experiments, Kind};
pub use problem::ExperimentError;
pub use report::{ArmReport, Difference, ExperimentReport, Figure, InterleavingReport, RatioReport, Wins};
pub use report::{report, reports};

#[cfg(test)]
mod tests;
