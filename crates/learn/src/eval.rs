//! Measuring models on published data, under a protocol that is written down.
//!
//! | module | is for |
//! |---|---|
//! | [`cf`] | collaborative filtering: who turns to which items |
//! | [`tune`] | choosing parameters on validation data |
//!
//! [`TASKS`] lists what can be measured; a task reads the files of a [`DataSet`] that somebody else opens, and takes time and memory from a [`Meter`], since
//! the crate reads no clock.

mod beyond;
pub mod cf;
mod cold;
mod context;
mod csv;
mod data_set;
mod dealt;
mod hidden;
mod hold_out;
mod newcomers;
mod onboarding;
mod outcome;
mod playlists;
mod report;
mod sequential;
mod sessions;
mod stack;
mod tagged;
mod task;
pub mod tune;
mod two_stage;

pub use data_set::{DataSet, Line, Lines, MemoryDataSet, missing};
pub use hold_out::HoldOut;
pub use report::{EvalReport, ModelReport, Skipped};
pub use task::{Choice, EvalOptions, TASKS, Task, task};

/// What the surroundings know and the crate does not: the time and the memory used.
pub trait Meter: Sync {
    /// Seconds since some moment that stays the same.
    fn seconds(&self) -> f64;

    /// The most memory this process has used so far, in bytes, where the system tells.
    fn peak_rss_bytes(&self) -> Option<u64>;
}

/// A meter that measures nothing, for tests.
#[derive(Clone, Copy, Debug)]
pub struct NoMeter;

impl Meter for NoMeter {
    fn seconds(&self) -> f64 {
        0.0
    }

    fn peak_rss_bytes(&self) -> Option<u64> {
        None
    }
}
