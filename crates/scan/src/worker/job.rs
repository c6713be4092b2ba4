//! What a worker is asked, and what it answers.

use std::path::Path;

use engine::{AudioHash, FilePath};
use music::analysis::TrackAnalysis;
use serde::{Deserialize, Serialize};

use crate::tags::Tags;

/// One thing to do with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Read the tags, and make sure that there is sound.
    Read(FilePath),
    /// Tell which sound it is.
    Identify(FilePath),
    /// Analyse the sound.
    Listen(FilePath),
}

impl Job {
    /// Read the tags of the file at `path`.
    pub fn read(path: &Path) -> Self {
        Self::Read(FilePath::of(path))
    }

    /// Tell which sound the file at `path` holds.
    pub fn identify(path: &Path) -> Self {
        Self::Identify(FilePath::of(path))
    }

    /// Analyse the file at `path`.
    pub fn listen(path: &Path) -> Self {
        Self::Listen(FilePath::of(path))
    }

    pub(super) const fn path(&self) -> &FilePath {
        match self {
            Self::Read(path) | Self::Identify(path) | Self::Listen(path) => path,
        }
    }
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What the file says about itself.
    Read(Box<Read>),
    /// Which sound it is.
    Identified(AudioHash),
    /// What was heard.
    Listened(Box<Listened>),
    /// The file is not usable; why, in words for its owner.
    Refused(String),
}

/// What a file says about itself.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Read {
    /// Its tags.
    pub tags: Tags,
}

/// What was heard in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listened {
    /// The analysis.
    pub analysis: TrackAnalysis,
    /// The words by which the same recording is found again; empty for silence.
    pub fingerprint: Vec<u32>,
    /// How many packets were too damaged to decode.
    pub damaged_packet_count: u64,
}
