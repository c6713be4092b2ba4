//! What can be wrong with a wish for a world.

/// Why a world cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// A parameter is too small, too large or not a number.
    #[error("`{name}` is {value}; it runs from {least} to {greatest}")]
    OutOfRange {
        /// The field of [`WorldParams`](crate::WorldParams).
        name: &'static str,
        /// What was given.
        value: f64,
        /// The least value that is possible.
        least: f64,
        /// The greatest value that is possible.
        greatest: f64,
    },
}
