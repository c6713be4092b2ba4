//! What survives when the process is killed, the power fails, or the disk lies.
//!
//! The oracle stands outside: this process keeps the keys that the process under test (`ledger.rs`) has acknowledged,
//! and then looks for them in what is left on disk.
//! Every test that finds no loss has a control that must lose.
//!
//! Tests that need `strace` print `skipped` where it is missing or not allowed.

#![expect(clippy::unwrap_used, reason = "these are tests, also where no function is marked as one")]
#![expect(clippy::print_stdout, reason = "a test that was skipped says so, and one that ran says how much")]

mod disk;
mod failing_disk;
mod kill;
mod power_loss;
mod process;
mod trace;

use std::collections::BTreeSet;
use std::path::Path;

use engine::{Engine, Scan, StoreOptions, SystemClock};

/// What is left in a data directory.
struct Left {
    /// The keys whose events are there; the ledger stores a track titled by the key with each.
    keys: BTreeSet<String>,
    /// Events beyond one per key.
    doubled_count: usize,
}

/// Opens what is left, as the next start of the program would, and makes sure that it is sound.
fn open_left(directory: &Path) -> Left {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let engine =
            Engine::open(directory, StoreOptions::default(), std::sync::Arc::new(SystemClock)).await.unwrap();
        let report = engine.store().check().await.unwrap();
        assert!(report.is_sound(), "{report:?}");
        let catalogue = engine.catalogue().await;
        let mut left = Left { keys: BTreeSet::new(), doubled_count: 0 };
        let mut scan = Scan::all();
        loop {
            let page = engine.store().events(scan).await.unwrap();
            let Some(last) = page.last() else { break };
            scan = scan.after(last.seq);
            for stored in &page {
                let track = catalogue.track(stored.event.prompt.track().unwrap()).unwrap();
                left.doubled_count += usize::from(!left.keys.insert(track.title.to_string()));
            }
        }
        engine.close().await.unwrap();
        left
    })
}

/// A number from the environment; tests run quickly without and thoroughly with it.
#[expect(clippy::disallowed_methods, reason = "how thorough a test is, is set from outside")]
fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}
