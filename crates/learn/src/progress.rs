//! How far a long computation has come.

/// A step of a long computation that has been done.
///
/// The crate reads no clock; whoever shows progress knows the time and works out rate and remaining time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, in a few words for people.
    pub stage: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}
