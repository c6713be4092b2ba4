//! Files in folders become tracks, tags and analyses.
//!
//! | question | module |
//! |---|---|
//! | which files are there, and which have changed? | `walk`, `run::plan` |
//! | what does a file say about itself? | [`tags`] |
//! | which track is that? | `describe` |
//! | what are its words and its cover like? | `booklet` |
//! | what if a file crashes the decoder? | [`worker`] |
//! | which two files hold the same sound? | `payload`, and `audio::duplicates` for the same recording |
//! | what came of a scan? | [`ScanReport`] |
//!
//! It does not decide when two descriptions mean one track (`engine::catalogue` does) nor what is heard (`audio`).

mod booklet;
mod describe;
mod payload;
mod report;
mod run;
pub mod tags;
mod walk;
mod watch;
pub mod worker;

pub use booklet::BOOKLET_VERSION;
pub use report::{FileFailure, Phase, ScanNews, ScanProgress, ScanReport};
pub use run::{ScanError, ScanRequest, scan};
pub use watch::Watch;
