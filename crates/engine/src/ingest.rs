//! How everything comes in: imports, clients, the simulated world.
//!
//! An [`Intake`] is one unit of work.
//! It turns descriptions into ids, accepts or rejects events, and commits all of it as one batch.
//! It knows no file format (`import`) and no protocol (the server).

mod intake;
mod key;
mod playlist_history;
mod rejection;
mod validate_event;

#[cfg(test)]
mod tests;

pub use intake::{Intake, NewEvent, PlaylistImport};
pub use key::{client_key, derived_key};
pub use playlist_history::{PlaylistHistory, difference};
pub use rejection::Rejection;
