//! What a worker is asked, and what it answers.

use std::path::Path;

use engine::{AudioHash, FilePath};
use music::Booklet;
use music::analysis::{Heard, TrackAnalysis};
use serde::{Deserialize, Serialize};

use crate::tags::Tags;

/// One thing to do with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Read the tags, and make sure that there is sound.
    Read(FilePath),
    /// Look at the words and the cover.
    Booklet(FilePath),
    /// Tell which sound it is.
    Identify(FilePath),
    /// Analyse the sound, and let a model hear it where one is named.
    Listen {
        /// The file.
        path: FilePath,
        /// An ONNX file, see the crate `neural`.
        model: Option<FilePath>,
    },
    /// Take out the picture that is the cover; for [`Worker::picture`](super::Worker::picture), since the answer is bytes.
    Picture(FilePath),
    /// Decode the sound; for [`Worker::decode`](super::Worker::decode), since the answer is a stream.
    Decode(FilePath),
    /// Take the sound apart; for [`Worker::separate`](super::Worker::separate), since the answer is a stream.
    Separate {
        /// The file.
        path: FilePath,
        /// An ONNX file, which does it if that is what it is for.
        model: Option<FilePath>,
    },
}

impl Job {
    /// Read the tags of the file at `path`.
    pub fn read(path: &Path) -> Self {
        Self::Read(FilePath::of(path))
    }

    /// Look at the words and the cover of the file at `path`.
    pub fn booklet(path: &Path) -> Self {
        Self::Booklet(FilePath::of(path))
    }

    /// Tell which sound the file at `path` holds.
    pub fn identify(path: &Path) -> Self {
        Self::Identify(FilePath::of(path))
    }

    /// Analyse the file at `path`.
    pub fn listen(path: &Path) -> Self {
        Self::Listen { path: FilePath::of(path), model: None }
    }

    /// Analyse the file at `path`, and let the model at `model` hear it.
    pub fn listen_with(path: &Path, model: &Path) -> Self {
        Self::Listen { path: FilePath::of(path), model: Some(FilePath::of(model)) }
    }

    pub(super) const fn path(&self) -> &FilePath {
        match self {
            Self::Read(path)
            | Self::Booklet(path)
            | Self::Identify(path)
            | Self::Picture(path)
            | Self::Decode(path)
            | Self::Listen { path, .. }
            | Self::Separate { path, .. } => path,
        }
    }
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What the file says about itself.
    Read(Box<Read>),
    /// What its words and its cover are like.
    Booklet(Box<Booklet>),
    /// Which sound it is.
    Identified(AudioHash),
    /// What was heard.
    Listened(Box<Listened>),
    /// The sound is being decoded or taken apart; samples follow, then [`Self::Separated`] or [`Self::Refused`].
    Separating(StemsShape),
    /// All samples were sent.
    Separated(Separated),
    /// The file is not usable; why, in words for its owner.
    Refused(String),
    /// The model is not usable, whatever the file is; its name and why.
    ModelRefused(String),
}

/// Which stems come, and how their samples are to be understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StemsShape {
    /// Their names, in the order in which stretches of them come.
    pub names: Vec<String>,
    /// Samples a second, of each channel.
    pub rate_hz: u32,
    /// How many channels are interleaved.
    pub channel_count: u16,
}

impl StemsShape {
    /// Whether it is one that a worker in its right mind tells; names become names of files.
    pub(super) fn is_usual(&self) -> bool {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let is_name = |name: &String| !name.is_empty() && name.len() <= 40 && name.chars().all(is_plain);
        let is_new = |at: usize| !self.names[..at].contains(&self.names[at]);
        self.rate_hz > 0
            && matches!(self.channel_count, 1 | 2)
            && (1..=16).contains(&self.names.len())
            && self.names.iter().all(is_name)
            && (0..self.names.len()).all(is_new)
    }
}

/// What came of taking a sound apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Separated {
    /// How many samples each channel of each stem has.
    pub frame_count: u64,
    /// How many more the file has beyond the longest sound that is taken apart.
    pub left_out_frame_count: u64,
    /// How many packets were too damaged to decode.
    pub damaged_packet_count: u64,
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
    /// The lowest and highest samples of equal stretches, for a drawing, as [`audio::Sound::extremes`].
    pub waveform: Vec<[f32; 2]>,
    /// What the model heard, where one was named.
    pub neural: Option<Heard>,
    /// How many packets were too damaged to decode.
    pub damaged_packet_count: u64,
}
