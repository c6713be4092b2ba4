//! The directory of snapshots: publishing, loading, falling back, cleaning up.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use music::UnixMillis;
use recommend::Models;

use super::artifact;
use super::manifest::{FORMAT, Manifest, ManifestFile, Measured, Watermark};
use crate::error::EngineError;

/// Snapshots that are kept: the one in use and the two before it.
const KEPT_COUNT: usize = 3;
/// Artifacts larger than this are refused unread.
const FILE_BYTES_MAX: u64 = 64 << 30;

const CURRENT: &str = "CURRENT";
const MANIFEST: &str = "manifest.json";

/// Where snapshots are.
#[derive(Clone, Debug)]
pub struct SnapshotDirectory {
    path: PathBuf,
}

/// A snapshot that was read and found whole.
#[derive(Debug)]
pub struct Loaded {
    /// Its name.
    pub name: Box<str>,
    /// What it says about itself.
    pub manifest: Manifest,
    /// What was learnt.
    pub models: Models,
}

/// What `segue doctor` says about one snapshot.
#[derive(Debug)]
pub struct SnapshotHealth {
    /// Its name.
    pub name: String,
    /// Whether it is the one in use.
    pub is_current: bool,
    /// What it says about itself, or what is wrong with it.
    pub state: Result<Manifest, EngineError>,
}

impl SnapshotDirectory {
    /// The snapshots of the data directory `home`.
    pub fn of(home: &Path) -> Self {
        Self { path: home.join("snapshots") }
    }

    /// Writes `models` as a new snapshot and makes it the current one.
    ///
    /// Everything is on disk under its final name before `CURRENT` points to it; a crash at any moment leaves the
    /// snapshot before in use.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub fn publish(
        &self,
        models: &Models,
        watermark: Watermark,
        measured: Measured,
        created: UnixMillis,
    ) -> Result<Manifest, EngineError> {
        let manifest = self.write(models, watermark, measured, created)?;
        self.put_to_use(&manifest.name)?;
        self.clean_up();
        Ok(manifest)
    }

    /// Writes `models` as a new snapshot and leaves the current one in use.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub fn write(
        &self,
        models: &Models,
        watermark: Watermark,
        measured: Measured,
        created: UnixMillis,
    ) -> Result<Manifest, EngineError> {
        let name = self.free_name(created);
        let Measured { figures, tuning } = measured;
        let mut manifest =
            Manifest { format: FORMAT, name, created, watermark, figures, tuning, files: BTreeMap::new() };
        let making = self.path.join(format!(".{}", manifest.name));
        create_directory(&making)?;
        for (file, bytes) in artifact::encode(models)? {
            write_file(&making.join(&file), &bytes)?;
            let blake3 = blake3::hash(&bytes).to_hex().to_string();
            manifest.files.insert(file, ManifestFile { bytes: bytes.len() as u64, blake3 });
        }
        let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
        write_file(&making.join(MANIFEST), &text)?;
        sync_directory(&making)?;
        rename(&making, &self.path.join(&manifest.name))?;
        Ok(manifest)
    }

    /// Makes the snapshot of this name the current one, be it newer or older.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub fn put_to_use(&self, name: &str) -> Result<(), EngineError> {
        let making = self.path.join(format!(".{CURRENT}"));
        write_file(&making, name.as_bytes())?;
        rename(&making, &self.path.join(CURRENT))
    }

    /// Whether there is a snapshot of this name.
    pub fn has(&self, name: &str) -> bool {
        is_name(name) && self.path.join(name).join(MANIFEST).is_file()
    }

    /// The name of the snapshot that should be in use.
    pub fn current_name(&self) -> Option<String> {
        let text = fs::read_to_string(self.path.join(CURRENT)).ok()?;
        let name = text.trim();
        is_name(name).then(|| name.to_owned())
    }

    /// The current snapshot, or where it is broken the latest one before it that is whole.
    ///
    /// What is wrong with the ones passed over is logged; `segue doctor` shows it.
    pub fn load(&self) -> Option<Loaded> {
        let current = self.current_name();
        let mut names: Vec<String> = current.iter().cloned().collect();
        // One that is later than the current one was not put to use, by a crash or on purpose.
        let earlier = |name: &String| current.as_ref().is_none_or(|current| name < current);
        names.extend(self.names().into_iter().rev().filter(earlier));
        for name in names {
            match self.read(&name) {
                Ok(loaded) => return Some(loaded),
                Err(error) => tracing::error!(snapshot = name, %error, "snapshot refused"),
            }
        }
        None
    }

    /// Looks at every snapshot there is, the latest first.
    pub fn check(&self) -> Vec<SnapshotHealth> {
        let current = self.current_name();
        let health = |name: String| SnapshotHealth {
            is_current: current.as_ref() == Some(&name),
            state: self.read(&name).map(|loaded| loaded.manifest),
            name,
        };
        self.names().into_iter().rev().map(health).collect()
    }

    /// Reads one snapshot and checks every byte of it.
    pub(crate) fn read(&self, name: &str) -> Result<Loaded, EngineError> {
        let directory = self.path.join(name);
        let text = read_file(&directory.join(MANIFEST))?;
        let manifest = Manifest::parse(&text, MANIFEST)?;
        if manifest.name != name {
            return Err(broken(MANIFEST, "is that of another snapshot"));
        }
        let mut files = BTreeMap::new();
        for (file, expected) in &manifest.files {
            if Path::new(file).components().count() != 1 || file.starts_with('.') {
                return Err(broken(file, "is no file name"));
            }
            let bytes = read_file(&directory.join(file))?;
            if bytes.len() as u64 != expected.bytes {
                let problem = format!("has {} bytes instead of {}", bytes.len(), expected.bytes);
                return Err(broken(file, &problem));
            }
            if blake3::hash(&bytes).to_hex().as_str() != expected.blake3 {
                return Err(broken(file, "has another checksum than its manifest says"));
            }
            files.insert(file.clone(), bytes);
        }
        let models = artifact::decode(&files)?;
        Ok(Loaded { name: name.into(), manifest, models })
    }

    /// All names, the earliest first; names start with their time, so they sort by it.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| is_name(name)).collect();
        names.sort();
        names
    }

    /// A name that sorts behind all others, even when the clock went back.
    fn free_name(&self, created: UnixMillis) -> String {
        let number = |name: &String| name[1..].parse::<i64>().unwrap_or(0);
        let latest = self.names().last().map_or(0, number);
        format!("s{:015}", created.get().max(latest + 1))
    }

    /// Removes what is older than the snapshots to keep, and what crashes left behind.
    ///
    /// What cannot be removed now is removed next time.
    pub fn clean_up(&self) {
        let current = self.current_name();
        let names = self.names();
        // The one in use with those before it, and the latest whatever became of it.
        let in_use = |name: &&String| current.as_ref().is_none_or(|current| *name <= current);
        let mut kept: Vec<&String> = names.iter().rev().filter(in_use).take(KEPT_COUNT).collect();
        kept.extend(names.last());
        let old = names.iter().filter(|name| !kept.contains(name)).cloned();
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let unfinished = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.strip_prefix('.').is_some_and(is_name));
        for name in old.chain(unfinished) {
            if let Err(error) = fs::remove_dir_all(self.path.join(&name)) {
                tracing::warn!(snapshot = name, %error, "cannot remove an old snapshot");
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.strip_prefix('s').is_some_and(|rest| rest.len() >= 15 && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn broken(file: &str, problem: &str) -> EngineError {
    EngineError::BrokenSnapshot { file: file.into(), problem: problem.to_owned() }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EngineError {
    let path = path.to_owned();
    move |source| EngineError::Io { action, path, source }
}

fn create_directory(path: &Path) -> Result<(), EngineError> {
    fs::create_dir_all(path).map_err(io_error("create", path))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(io_error("write", path))
}

fn read_file(path: &Path) -> Result<Vec<u8>, EngineError> {
    let length = fs::metadata(path).map_err(io_error("read", path))?.len();
    if length > FILE_BYTES_MAX {
        return Err(broken(&path.display().to_string(), "is too large to be an artifact"));
    }
    fs::read(path).map_err(io_error("read", path))
}

/// Renames, and makes the rename itself durable.
fn rename(from: &Path, to: &Path) -> Result<(), EngineError> {
    fs::rename(from, to).map_err(io_error("rename to", to))?;
    to.parent().map_or(Ok(()), sync_directory)
}

fn sync_directory(path: &Path) -> Result<(), EngineError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(io_error("sync", path))
}
