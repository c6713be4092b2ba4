//! The directory that holds the store: private, and written by one process at a time.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::EngineError;

/// A data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataDirectory {
    path: PathBuf,
}

/// The right to write in a data directory; it ends when this is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct WriteLock {
    _file: File,
}

impl DataDirectory {
    /// The directory at `path`, which need not exist yet.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("segue.db")
    }

    /// The database of analyses.
    pub(crate) fn analyses(&self) -> PathBuf {
        self.path.join("analyses.db")
    }

    /// Makes an empty file for analyses that nobody else can read, where there is none.
    pub(crate) fn touch_analyses(&self) -> Result<(), EngineError> {
        open_private(&self.analyses()).map(drop)
    }

    /// Throws the analyses away, with what stands beside them.
    pub(crate) fn remove_analyses(&self) -> Result<(), EngineError> {
        for ending in ["", "-wal", "-shm"] {
            let path = self.path.join(format!("analyses.db{ending}"));
            match fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(EngineError::Io { action: "remove", path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes the directory where it is missing, and takes the right to write in it.
    pub(crate) fn lock(&self) -> Result<WriteLock, EngineError> {
        self.create()?;
        let path = self.path.join("segue.lock");
        let file = open_private(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(EngineError::Locked { path }),
            Err(TryLockError::Error(source)) => Err(EngineError::Io { action: "lock", path, source }),
        }
    }

    /// Makes an empty database file that nobody else can read, where there is none.
    ///
    /// SQLite would make one that everybody can read; its own further files take over the rights of this one.
    pub(crate) fn touch_database(&self) -> Result<(), EngineError> {
        open_private(&self.database())?;
        self.sync()
    }

    /// Makes the file for SQLite's write-ahead log where there is none, and makes sure that its name is on disk.
    ///
    /// SQLite would make it too, but goes on when the directory cannot be synced; then a loss of power could take the
    /// file away with all that was acknowledged.
    pub(crate) fn touch_write_ahead_log(&self) -> Result<(), EngineError> {
        open_private(&self.path.join("segue.db-wal"))?;
        self.sync()
    }

    /// What others may do that they should not, in words: read the database, or put files beside it.
    ///
    /// A directory that was there before us may be listed by others; the files in it are private all the same.
    pub(crate) fn exposure(&self) -> Option<String> {
        let database = self.database();
        let exposed = [(database.as_path(), 0o077), (self.path.as_path(), 0o022)];
        let open_to_others = |(path, mask): &(&Path, u32)| mode(path).is_some_and(|mode| mode & mask != 0);
        let (path, _) = exposed.into_iter().find(open_to_others)?;
        Some(format!("{} is open to other users; take their rights away with chmod", path.display()))
    }

    fn create(&self) -> Result<(), EngineError> {
        if self.path.is_dir() {
            return Ok(());
        }
        create_private(&self.path).map_err(|source| EngineError::Io {
            action: "create",
            path: self.path.clone(),
            source,
        })?;
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_directory(parent),
            _ => Ok(()),
        }
    }

    /// Makes sure that the names of the files survive a loss of power too.
    fn sync(&self) -> Result<(), EngineError> {
        sync_directory(&self.path)
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
fn open_private(path: &Path) -> Result<File, EngineError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|source| EngineError::Io { action: "open", path: path.to_owned(), source })
}

#[cfg(not(unix))]
fn open_private(path: &Path) -> Result<File, EngineError> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|source| EngineError::Io { action: "open", path: path.to_owned(), source })
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::metadata(path).ok()?.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}

fn sync_directory(path: &Path) -> Result<(), EngineError> {
    let sync = || File::open(path)?.sync_all();
    if cfg!(unix) {
        sync().map_err(|source| EngineError::Io { action: "sync", path: path.to_owned(), source })
    } else {
        Ok(())
    }
}
