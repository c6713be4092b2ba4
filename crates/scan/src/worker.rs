//! Bytes that nobody vouches for are read in a process of their own.
//!
//! A decoder that crashes, hangs or asks for all memory ends that process and costs one file; the next file gets a new
//! process.
//!
//! | what | where |
//! |---|---|
//! | what is asked and answered | `job.rs` |
//! | how that goes over a pipe | `framing.rs` |
//! | what the process may use | `limits.rs` |
//! | inside: the loop that answers | `serve.rs` |
//! | inside: a sound taken apart, as a stream | `separate.rs` |
//! | inside: a neural model that the user brought | `opinion.rs` |
//! | outside: one process | `process.rs` |
//! | outside: one process a core | `pool.rs` |

mod framing;
mod job;
mod limits;
mod opinion;
mod pool;
mod process;
mod separate;
mod serve;

pub use job::{Answer, Job, Listened, Read, Separated, StemsShape};
pub use limits::Limits;
pub use pool::Pool;
pub use process::{Failure, SeparationFailure, Worker, WorkerCommand};
pub use serve::serve;
