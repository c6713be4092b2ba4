//! How fast the store takes events and gives them back.
//!
//! `cargo bench -p engine --bench store`; counted per event.
//! For rates and waiting times under several writers at once see the example `rates`.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up shall stop")]

use divan::Bencher;
use divan::counter::ItemsCount;
use engine::{Batch, Scan, SqliteStore, Store, StoreOptions};
use music::{Event, ListenerId, Prompt, TrackId, UnixMillis};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// History as an importer brings it: listener after listener, each in the order of time.
fn history(count: u32, seed: u32) -> Vec<Event> {
    (0..count)
        .map(|number| {
            let listener = ListenerId::new(number / 200);
            let at = UnixMillis::new(1_500_000_000_000 + i64::from(number % 200) * 240_000 + i64::from(seed));
            let prompt = Prompt::played(TrackId::new(number.wrapping_mul(2_654_435_761) % 50_000));
            let key = engine::ingest::derived_key(listener, at, &prompt);
            Event { key, listener, at, prompt, context: Default::default() }
        })
        .collect()
}

fn open(runtime: &Runtime, directory: &TempDir) -> SqliteStore {
    runtime.block_on(SqliteStore::open(directory.path(), StoreOptions::default())).unwrap()
}

/// Durable: every batch is on disk before the next one starts.
#[divan::bench(args = [100, 1_000, 10_000], sample_count = 20)]
fn append(bencher: Bencher, count: u32) {
    let runtime = Runtime::new().unwrap();
    let directory = TempDir::new().unwrap();
    let store = open(&runtime, &directory);
    let mut seed = 0;
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| {
            seed += 1;
            Batch::of_events(history(count, seed))
        })
        .bench_local_values(|batch| runtime.block_on(store.append(batch)).unwrap());
}

/// The same batch again and again: nothing is stored, everything is recognised.
#[divan::bench(args = [10_000], sample_count = 20)]
fn append_known(bencher: Bencher, count: u32) {
    let runtime = Runtime::new().unwrap();
    let directory = TempDir::new().unwrap();
    let store = open(&runtime, &directory);
    let batch = Batch::of_events(history(count, 0));
    runtime.block_on(store.append(batch.clone())).unwrap();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| batch.clone())
        .bench_local_values(|batch| runtime.block_on(store.append(batch)).unwrap());
}

/// Reading the whole log in pages, as training does.
#[divan::bench(args = [1_024, 8_192, 65_536], sample_count = 5)]
fn scan(bencher: Bencher, limit: u32) {
    const EVENT_COUNT: u32 = 100_000;
    let runtime = Runtime::new().unwrap();
    let directory = TempDir::new().unwrap();
    let store = open(&runtime, &directory);
    runtime.block_on(store.append(Batch::of_events(history(EVENT_COUNT, 0)))).unwrap();
    bencher.counter(ItemsCount::new(EVENT_COUNT)).bench_local(|| {
        runtime.block_on(async {
            let mut scan = Scan { limit, ..Scan::all() };
            let mut count = 0;
            loop {
                let page = store.events(scan).await.unwrap();
                let Some(last) = page.last() else { break count };
                count += page.len();
                scan = scan.after(last.seq);
            }
        })
    });
}
