//! Waiting until something changes below folders.

use std::path::PathBuf;
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// After the last change, quiet for so long: a file that is being copied is not read half.
const QUIET: Duration = Duration::from_secs(2);
/// Where changes never stop, a scan comes after so long all the same.
const PATIENCE: Duration = Duration::from_secs(60);

/// Folders that are watched.
#[derive(Debug)]
pub struct Watch {
    changes: mpsc::Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch everything below `paths`.
    ///
    /// # Errors
    /// Where the system cannot watch so much; on Linux `fs.inotify.max_user_watches` sets how many folders.
    pub fn new(paths: &[PathBuf]) -> Result<Self, notify::Error> {
        // One place is enough: that something changed says all.
        let (sender, changes) = mpsc::channel(1);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let is_change = event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)));
            if is_change {
                // A full channel knows already.
                let _ = sender.try_send(());
            }
        })?;
        for path in paths {
            watcher.watch(path, RecursiveMode::Recursive)?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits until something has changed and it is quiet again; false where nothing can change any more.
    pub async fn changed(&mut self) -> bool {
        if self.changes.recv().await.is_none() {
            return false;
        }
        let patience = Instant::now() + PATIENCE;
        loop {
            let quiet = (Instant::now() + QUIET).min(patience);
            match timeout_at(quiet, self.changes.recv()).await {
                Ok(Some(())) if Instant::now() < patience => {}
                Ok(None) => return false,
                _ => return true,
            }
        }
    }
}
