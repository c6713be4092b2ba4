//! What would be on the disk if the power failed now.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use rand::{Rng, RngExt};

use crate::trace::{Step, is_ours};

/// The smallest piece that a disk writes wholly or not at all.
const SECTOR_LEN: usize = 512;

/// The database's files as the disk has them, and what has been written since their last sync.
#[derive(Default)]
pub(crate) struct Disk {
    files: BTreeMap<OsString, File>,
}

#[derive(Default)]
struct File {
    /// Whether the directory was synced after the file was made; a file without a name is gone.
    is_named: bool,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { length: usize },
}

impl Disk {
    /// Takes one step of the process.
    ///
    /// A file that was made is there once its directory was synced; one that was removed is gone at once.
    pub(crate) fn apply(&mut self, step: &Step) {
        match step {
            Step::Opened { path, is_emptied } if is_ours(path) => {
                let file = self.file(path);
                if *is_emptied {
                    file.pending.push(Change::Resize { length: 0 });
                }
            }
            Step::Wrote { path, offset, bytes } if is_ours(path) => {
                let (offset, bytes) = (*offset as usize, bytes.clone());
                self.file(path).pending.push(Change::Write { offset, bytes });
            }
            Step::Resized { path, length } if is_ours(path) => {
                self.file(path).pending.push(Change::Resize { length: *length as usize });
            }
            Step::Synced { path } if is_ours(path) => {
                let file = self.file(path);
                for change in std::mem::take(&mut file.pending) {
                    change.apply(&mut file.durable);
                }
            }
            Step::Synced { .. } => {
                // Of the directory, the only other thing that the process syncs near its files.
                self.files.values_mut().for_each(|file| file.is_named = true);
            }
            Step::Removed { path } if is_ours(path) => {
                self.files.remove(path.file_name().expect("a file has a name"));
            }
            _ => {}
        }
    }

    /// Whether everything that was written to the files with this ending has been synced.
    pub(crate) fn is_synced(&self, ending: &str) -> bool {
        let with_ending = |name: &OsString| name.to_string_lossy().ends_with(ending);
        self.files.iter().filter(|(name, _)| with_ending(name)).all(|(_, file)| file.pending.is_empty())
    }

    /// Puts into `directory` what the disk surely has, and nothing else.
    pub(crate) fn write_synced(&self, directory: &Path) {
        for (name, file) in self.named() {
            write_private(&directory.join(name), &file.durable);
        }
    }

    fn named(&self) -> impl Iterator<Item = (&OsString, &File)> {
        self.files.iter().filter(|(_, file)| file.is_named)
    }

    /// Puts into `directory` what the disk surely has and any part of the rest: writes reach it in any order, sector
    /// by sector.
    pub(crate) fn write_torn(&self, directory: &Path, random: &mut impl Rng) {
        for (name, file) in self.named() {
            let mut contents = file.durable.clone();
            for change in &file.pending {
                change.apply_partly(&mut contents, random);
            }
            write_private(&directory.join(name), &contents);
        }
    }

    fn file(&mut self, path: &Path) -> &mut File {
        self.files.entry(path.file_name().expect("a file has a name").to_owned()).or_default()
    }
}

impl Change {
    fn apply(&self, contents: &mut Vec<u8>) {
        match self {
            Self::Resize { length } => contents.resize(*length, 0),
            Self::Write { offset, bytes } => overwrite(contents, *offset, bytes),
        }
    }

    fn apply_partly(&self, contents: &mut Vec<u8>, random: &mut impl Rng) {
        match self {
            Self::Resize { .. } if random.random_bool(0.5) => {}
            Self::Resize { .. } => self.apply(contents),
            Self::Write { offset, bytes } => {
                // Sectors are pieces of the file, not of the write.
                let first = (SECTOR_LEN - offset % SECTOR_LEN).min(bytes.len());
                let (head, tail) = bytes.split_at(first);
                let mut offset = *offset;
                for sector in std::iter::once(head).chain(tail.chunks(SECTOR_LEN)) {
                    if random.random_bool(0.5) {
                        overwrite(contents, offset, sector);
                    }
                    offset += sector.len();
                }
            }
        }
    }
}

/// With the rights that the store gives its files.
fn write_private(path: &Path, contents: &[u8]) {
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path).unwrap(), contents).unwrap();
}

fn overwrite(contents: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if contents.len() < end {
        contents.resize(end, 0);
    }
    contents[offset..end].copy_from_slice(bytes);
}
