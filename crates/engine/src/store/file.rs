//! Files of sound: where they lie, which track they hold, and what kept them from being read.

use std::fmt;
use std::path::{Path, PathBuf};

use music::TrackId;
use music::analysis::FeaturesVersion;
use serde::{Deserialize, Serialize};

/// A path as the system has it, also where it is no text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FilePath(Box<[u8]>);

impl FilePath {
    /// The path in the form in which it is stored.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Self {
        use std::os::unix::ffi::OsStrExt as _;
        Self(path.as_os_str().as_bytes().into())
    }

    /// The path in the form in which it is stored.
    #[cfg(not(unix))]
    pub fn of(path: &Path) -> Self {
        Self(path.to_string_lossy().as_bytes().into())
    }

    /// The path from its stored form.
    pub const fn from_bytes(bytes: Box<[u8]>) -> Self {
        Self(bytes)
    }

    /// The stored form.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path.
    #[cfg(unix)]
    pub fn to_path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(&self.0))
    }

    /// The path.
    #[cfg(not(unix))]
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(String::from_utf8_lossy(&self.0).into_owned())
    }
}

/// On one line, whatever is in it: control characters as `\n` or `\u{7}`, bytes that are no text as `\xff`.
impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_control() {
                    write!(f, "{}", character.escape_default())?;
                } else {
                    write!(f, "{character}")?;
                }
            }
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilePath({self})")
    }
}

/// Which sound it is: a hash of what is encoded, without tags, names and other wrapping.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AudioHash([u8; 32]);

impl AudioHash {
    /// The hash with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for AudioHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AudioHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AudioHash({self})")
    }
}

/// What the store knows about one file, apart from its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// Where it lies, from the root of the file system.
    pub path: FilePath,
    /// *Unit*: bytes.
    pub size: u64,
    /// When it was changed last. *Unit*: nanoseconds since 1970.
    pub modified_ns: i64,
    /// The track that it holds; none where its tags could not be read.
    pub track: Option<TrackId>,
    /// Which sound it is; none before that was looked at.
    pub audio: Option<AudioHash>,
    /// What kept it from being read or analysed, while it was as it is now.
    pub problem: Option<FileProblem>,
}

/// A file that holds a track, and what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedFile {
    /// The track.
    pub track: TrackId,
    /// Where it lies, from the root of the file system.
    pub path: FilePath,
    /// Its tags as JSON; the shape is that of the scanner.
    pub tags: Box<str>,
}

/// Why a file could not be read or analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// In words.
    pub text: Box<str>,
    /// The recipe that failed: a newer one tries again.
    pub version: FeaturesVersion,
}

/// One thing that has become known about a file. Writing it twice is the same as writing it once.
#[derive(Clone, Debug, PartialEq)]
pub enum FileChange {
    /// It is new or has changed.
    Put {
        /// What is known now.
        record: FileRecord,
        /// Its tags as JSON; the shape is that of the scanner.
        tags: Box<str>,
    },
    /// Its sound was looked at.
    Heard {
        /// Which file.
        path: FilePath,
        /// Which sound it is, where that was found out.
        audio: Option<AudioHash>,
        /// What went wrong, if something did.
        problem: Option<FileProblem>,
    },
    /// It is no longer there.
    Removed {
        /// Which file.
        path: FilePath,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_is_shown_on_one_line_and_comes_back_whole() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/music/caf\xe9\nli\tve/\xc3\xa9.mp3"));
        let stored = FilePath::of(path);
        assert_eq!(stored.to_path(), path);
        assert_eq!(stored.to_string(), "/music/caf\\xe9\\nli\\tve/é.mp3");
    }
}
