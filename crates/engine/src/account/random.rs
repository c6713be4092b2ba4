//! Randomness as a value that is handed in, so that tests know the secrets.

use std::fmt::Debug;

use crate::error::EngineError;

/// Gives bytes that nobody can guess.
pub trait Random: Debug + Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`EngineError::Random`] where the system gives none; then no secret may be made.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EngineError>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EngineError> {
        getrandom::fill(bytes).map_err(|source| EngineError::Random { source })
    }
}
