//! What the log says when a server starts.

use std::io;
use std::sync::{Arc, Mutex};

use engine::{Engine, ManualClock, ServeOptions, Service, SnapshotDirectory, StoreOptions};
use music::TrackDescription;
use tempfile::TempDir;

use super::fixture::NOW;

/// Keeps what is written.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_snapshot_that_is_none_is_not_said_to_be_in_use() {
    let kept = Kept::default();
    let writer = kept.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(log);
    let directory = TempDir::new().unwrap();
    let clock = Arc::new(ManualClock::new(NOW));
    let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
    let mut intake = engine.intake().await.unwrap();
    intake.track(&TrackDescription::named("A", "One")).unwrap();
    intake.commit().await.unwrap();
    let snapshots = SnapshotDirectory::of(directory.path());
    Service::start(engine, snapshots, &ServeOptions::default()).await.unwrap();
    let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("nothing was learnt yet"), "{said}");
    assert!(!said.contains("snapshot in use"), "{said}");
}
