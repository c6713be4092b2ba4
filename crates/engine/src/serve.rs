//! Answering: profiles that follow every event, the snapshot in use, and the threads that sources run on.

mod answers;
mod arms;
mod ask;
mod asked;
mod listeners;
mod live_pulse;
mod pool;
mod service;
mod shared_lists;
mod trials;
mod tried;

#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use listeners::Listeners;
pub(crate) use listeners::read as events_of;
pub use pool::SourcePool;
pub use service::{ServeOptions, Service};
