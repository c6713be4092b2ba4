//! From the paths of a request to the files that are read.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::limits::{FILE_COUNT_MAX, FOLDER_DEPTH_MAX};
use crate::import::report::printable;
use crate::import::sink::ByteCount;

/// The longest name of a file in a report.
const NAME_LEN_MAX: usize = 300;

/// A file that is to be read.
#[derive(Clone, Debug)]
pub(in crate::import) struct SourceFile {
    /// Where it is.
    pub(in crate::import) path: PathBuf,
    /// What it is called in the report.
    pub(in crate::import) name: Arc<str>,
    /// Its length in bytes.
    pub(in crate::import) len: u64,
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Magic {
    /// A zip archive.
    Zip,
    /// A gzip file.
    Gzip,
    /// Anything else.
    Other,
}

/// The files that `paths` lead to: each file itself, and in folders those that the format wants, and archives.
///
/// Folders are gone through in the order of names, so that the same folder is always imported alike.
///
/// # Errors
/// [`ImportError::NotFound`], [`ImportError::NothingToRead`] for a folder without such files,
/// [`ImportError::TooManyFiles`], [`ImportError::Io`].
pub(in crate::import) fn source_files(
    format: ImportFormat,
    paths: &[PathBuf],
) -> Result<Vec<SourceFile>, ImportError> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ImportError::NotFound { path: path.clone() },
            _ => io_error(path, error),
        })?;
        if !metadata.is_dir() {
            files.push(SourceFile { path: path.clone(), name: name_of(path), len: metadata.len() });
            continue;
        }
        let count_before = files.len();
        search(format, path, FOLDER_DEPTH_MAX, &mut files)?;
        if files.len() == count_before {
            return Err(ImportError::NothingToRead { file: (&*name_of(path)).into(), format });
        }
    }
    Ok(files)
}

fn search(
    format: ImportFormat,
    folder: &Path,
    depth_left: usize,
    files: &mut Vec<SourceFile>,
) -> Result<(), ImportError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.map_err(|error| io_error(folder, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let file_type = entry.file_type().map_err(|error| io_error(&path, error))?;
        // Links to folders are not followed: they may lead in circles.
        if file_type.is_dir() && depth_left > 0 {
            search(format, &path, depth_left - 1, files)?;
            continue;
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !format.wants(&name) && !name.to_ascii_lowercase().ends_with(".zip") {
            continue;
        }
        let metadata = fs::metadata(&path).map_err(|error| io_error(&path, error))?;
        if metadata.is_file() {
            files.push(SourceFile { name: name_of(&path), len: metadata.len(), path });
        }
        if files.len() > FILE_COUNT_MAX {
            let file = (&*name_of(folder)).into();
            return Err(ImportError::TooManyFiles { file, count: files.len(), count_max: FILE_COUNT_MAX });
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> Arc<str> {
    let name: Box<str> = printable(&path.to_string_lossy(), NAME_LEN_MAX);
    name.into()
}

fn io_error(path: &Path, source: io::Error) -> ImportError {
    ImportError::Io { file: (&*name_of(path)).into(), source }
}

impl SourceFile {
    /// Opens it; what is read is added to `bytes`.
    ///
    /// # Errors
    /// [`ImportError::Io`].
    pub(in crate::import) fn open(&self, bytes: &ByteCount) -> Result<(CountedFile, Magic), ImportError> {
        let open = || {
            let mut file = File::open(&self.path)?;
            let mut first = Vec::new();
            file.by_ref().take(4).read_to_end(&mut first)?;
            file.rewind()?;
            let magic = match first.as_slice() {
                b"PK\x03\x04" | b"PK\x05\x06" => Magic::Zip,
                [0x1F, 0x8B, ..] => Magic::Gzip,
                _ => Magic::Other,
            };
            Ok((CountedFile { file, bytes: bytes.clone() }, magic))
        };
        open().map_err(|source| ImportError::Io { file: (&*self.name).into(), source })
    }
}

/// A file whose bytes are counted as they are read.
#[derive(Debug)]
pub(in crate::import) struct CountedFile {
    file: File,
    bytes: ByteCount,
}

impl CountedFile {
    /// The file alone.
    pub(in crate::import) fn into_file(self) -> File {
        self.file
    }
}

impl Read for CountedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read(buffer)?;
        self.bytes.add(len as u64);
        Ok(len)
    }
}

impl Seek for CountedFile {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}
