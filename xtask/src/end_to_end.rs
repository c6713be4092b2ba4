//! Checks of the release binary from outside, as a newcomer would use it.
//!
//! Each check is one function that starts the program, looks at what it does and says what went wrong.
//! They stand here and not in a crate's tests because they need the binary in its final form.

use std::path::Path;

use anyhow::Result;

/// One check.
pub(crate) struct Check {
    /// What is shown to hold.
    pub(crate) name: &'static str,
    /// Shows it with the binary at this path.
    pub(crate) run: fn(&Path) -> Result<()>,
}

/// All checks, quickest first.
pub(crate) const CHECKS: &[Check] = &[];
