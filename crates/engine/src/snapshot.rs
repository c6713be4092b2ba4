//! What was learnt, on disk: immutable artifacts under a manifest, published by one atomic rename.
//!
//! ```text
//! snapshots/
//!   CURRENT              the name of the snapshot in use
//!   s1763849123456/
//!     manifest.json      format, watermarks, and for each artifact its length and BLAKE3
//!     track_factors.safetensors …
//! ```
//!
//! A snapshot is read wholly and checked before anybody uses it: every checksum, every dimension, every number.
//! One that is broken is refused; the one before it serves.
//! All of this can be deleted at any time: `segue train` makes it again from the log.

mod artifact;
mod directory;
mod manifest;
mod questions;
mod stored_heads;
mod stored_ranking;
mod stored_segments;
mod stored_skips;

#[cfg(test)]
pub(crate) mod tests;

pub use directory::{Loaded, SnapshotDirectory, SnapshotHealth};
pub use manifest::{Manifest, ManifestFile, Measured, Watermark};
