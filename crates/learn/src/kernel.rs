//! The dense inner loops, in 32-bit floats, on whatever vector instructions the processor has.
//!
//! Each function looks once at the processor and runs the widest version; the choice is remembered.
//! Results are the same on every run and for every number of threads, but may differ in the last bits between
//! processors with vectors of different width.
//! Shapes are the caller's business: lengths that do not fit are asserted, since they come from our own types.

mod cholesky;
mod dot;
mod exp;
mod gram;
#[cfg(feature = "train")]
mod normal;
mod product;

use std::sync::OnceLock;

use pulp::Arch;

pub use dot::{add_scaled, cosine, dot, scores};
pub use exp::exp;

pub(crate) use cholesky::Cholesky;
pub(crate) use gram::add_gram;
#[cfg(feature = "train")]
pub(crate) use normal::{AlignedRows, Descent, Observed};
pub(crate) use product::{Part, Rows, products};

/// Numbers in the widest vector that any supported processor has; rows padded to it need no special ends.
pub(crate) const LANES_MAX: usize = 16;

/// The vector instructions of this processor.
#[inline]
pub(crate) fn arch() -> Arch {
    static ARCH: OnceLock<Arch> = OnceLock::new();
    *ARCH.get_or_init(Arch::new)
}

/// `length` rounded up so that rows of that length start at whole vectors.
pub(crate) fn padded(length: usize) -> usize {
    length.next_multiple_of(LANES_MAX)
}
