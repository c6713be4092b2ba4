//! What comes next: sessions of the past, read for a listener who has just heard these tracks.
//!
//! | module | is for |
//! |---|---|
//! | `log` | [`SessionLog`]: the sessions, and where each track stands in them |
//! | `evidence` | [`Gatherer`]: what the sessions say about each candidate, in [`COLUMN_COUNT`] numbers |
//! | `next` | [`NextTracks`]: the model to serve, scored next tracks with their reasons |
//! | `repeat` | [`RepeatModel`]: when does a listener want a track again? |
//!
//! *Sources*: Garg and others (2019), "Sequence and time aware neighborhood for session-based recommendations: STAN";
//! Ludewig, Mauro, Latifi, Jannach (2020), "Empirical analysis of session-based recommendation algorithms" (V-SkNN,
//! sequential rules). That all columns are kept apart and a learned ranker weighs them is ours.

mod evidence;
mod log;
mod next;
mod repeat;

pub use evidence::{COLUMN_COUNT, Column, Gatherer};
pub use log::SessionLog;
pub use next::{NextParams, NextTrack, NextTracks};
pub use repeat::{RepeatModel, Repeats};
