//! Answering: profiles that follow every event, the snapshot in use, and the threads that sources run on.

mod answers;
mod ask;
mod listeners;
mod pool;
mod service;
mod shared_lists;
mod trials;

#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use listeners::Listeners;
pub use pool::SourcePool;
pub use service::{ServeOptions, Service};
