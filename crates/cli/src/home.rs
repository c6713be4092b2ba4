//! Where everything lies that Segue knows: one directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use engine::{Engine, EngineError, Experiments, SnapshotDirectory, StoreOptions, SystemClock};

/// The file in the directory that declares experiments.
const EXPERIMENTS: &str = "experiments.toml";

/// The option that chooses the directory.
#[derive(Debug, Args)]
pub(crate) struct HomeArguments {
    /// Where Segue keeps its data; the user's data directory without it.
    #[arg(long, global = true, value_name = "DIR", env = "SEGUE_HOME")]
    home: Option<PathBuf>,
}

impl HomeArguments {
    /// The directory that was asked for, if one was.
    pub(crate) fn given(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The directory, whether it exists or not.
    ///
    /// # Errors
    /// Where none was given and the system knows no home of this user.
    pub(crate) fn path(&self) -> Result<PathBuf> {
        if let Some(path) = &self.home {
            return Ok(path.clone());
        }
        let directories = directories::ProjectDirs::from("", "", "segue");
        let directories = directories.context("this user has no home directory; say --home DIR")?;
        Ok(directories.data_dir().to_owned())
    }

    /// The snapshots in the directory.
    pub(crate) fn snapshots(&self) -> Result<SnapshotDirectory> {
        Ok(SnapshotDirectory::of(&self.path()?))
    }

    /// The experiments that run: those of the file at `given`, else of `experiments.toml` in the directory, if there is
    /// one.
    pub(crate) fn experiments(&self, given: Option<&Path>) -> Result<Experiments> {
        let own = self.path()?.join(EXPERIMENTS);
        match given {
            Some(path) => Ok(Experiments::read(path)?),
            None if own.exists() => Ok(Experiments::read(&own)?),
            None => Ok(Experiments::default()),
        }
    }

    /// The engine, for reading and writing; makes the directory where there is none.
    pub(crate) async fn open(&self) -> Result<Engine> {
        open(&self.path()?).await
    }

    /// The engine, for reading and writing, where there is a directory with data already.
    pub(crate) async fn open_existing(&self) -> Result<Engine> {
        let clock = Arc::new(SystemClock);
        Ok(Engine::open_existing(&self.path()?, StoreOptions::default(), clock).await?)
    }

    /// The engine for reading, also beside a running server.
    pub(crate) async fn open_read_only(&self) -> Result<Engine> {
        let path = self.path()?;
        match Engine::open_read_only(&path, Arc::new(SystemClock)).await {
            // What an earlier version wrote is upgraded by opening it once.
            Err(EngineError::OlderDatabase { .. }) => open(&path).await,
            other => Ok(other?),
        }
    }
}

/// The engine on `path`, for reading and writing.
pub(crate) async fn open(path: &Path) -> Result<Engine> {
    Ok(Engine::open(path, StoreOptions::default(), Arc::new(SystemClock)).await?)
}
