//! What a snapshot says about itself.

use std::collections::BTreeMap;

use music::UnixMillis;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::store::Seq;
use crate::train::Tuning;

/// The format of snapshots that this program writes and reads.
pub(super) const FORMAT: u32 = 1;

/// The list of a snapshot's artifacts and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format; another one is refused.
    pub format: u32,
    /// The snapshot's name.
    pub name: String,
    /// When it was made.
    pub created: UnixMillis,
    /// What it was learnt from.
    pub watermark: Watermark,
    /// What was measured while learning, for people.
    pub figures: BTreeMap<String, f64>,
    /// The parameters that a search chose, where there was one; the next training starts from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning: Option<Tuning>,
    /// The artifacts by file name.
    pub files: BTreeMap<String, ManifestFile>,
}

/// What was measured while learning.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Measured {
    /// For people.
    pub figures: BTreeMap<String, f64>,
    /// The parameters that are in use, where a search chose them.
    pub tuning: Option<Tuning>,
}

/// How far the log and the catalogue were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watermark {
    /// The last event that was learnt from.
    pub seq: Seq,
    /// Tracks in the catalogue.
    pub track_count: usize,
    /// Artists in the catalogue.
    pub artist_count: usize,
    /// Listeners.
    pub listener_count: usize,
    /// The seed of everything that was drawn.
    pub seed: u64,
}

/// What an artifact's bytes must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Their number.
    pub bytes: u64,
    /// Their BLAKE3 as 64 hexadecimal digits.
    pub blake3: String,
}

impl Manifest {
    /// The manifest in this text.
    ///
    /// # Errors
    /// [`EngineError::BrokenSnapshot`] where it is none, or of another format.
    pub(super) fn parse(text: &[u8], file: &str) -> Result<Self, EngineError> {
        let broken = |problem: String| EngineError::BrokenSnapshot { file: file.into(), problem };
        let manifest: Self = serde_json::from_slice(text).map_err(|error| broken(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(broken(format!("format {} where this program reads {FORMAT}", manifest.format)));
        }
        Ok(manifest)
    }
}
