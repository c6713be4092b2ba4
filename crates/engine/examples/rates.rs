//! Measures the store and the intake on this machine: rates, and how long an acknowledgement takes.
//!
//! `cargo run --release -p engine --example rates [DIRECTORY]`; the directory decides which disk is measured.

#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::{Batch, Engine, NewEvent, Scan, StoreOptions, SystemClock};
use music::{Event, ListenerId, Prompt, TrackDescription, TrackId, UnixMillis};

/// As many events as the largest published set of listens that is imported whole.
const IMPORT_EVENT_COUNT: u32 = 423_635;
const TRACK_COUNT: u32 = 47_489;
const LISTENER_COUNT: u32 = 23_566;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let directory = tempfile::tempdir_in(parent)?;
    store_alone(&directory.path().join("store")).await?;
    intake(&directory.path().join("intake")).await?;
    small_writers(&directory.path().join("small")).await?;
    Ok(())
}

async fn open(directory: &Path) -> Result<Engine, engine::EngineError> {
    Engine::open(directory, StoreOptions::default(), Arc::new(SystemClock)).await
}

fn rate(what: &str, count: u32, took: Duration) {
    let per_second = f64::from(count) / took.as_secs_f64();
    println!("{what:<52} {count:>8} in {:>7.3} s = {per_second:>9.0} / s", took.as_secs_f64());
}

fn event(number: u32, spread: u32) -> Event {
    let listener = ListenerId::new(number / 18 % LISTENER_COUNT);
    let at = UnixMillis::new(1_500_000_000_000 + i64::from(number % 18) * 240_000);
    let prompt =
        Prompt::played(TrackId::new(number.wrapping_mul(2_654_435_761).wrapping_add(spread) % TRACK_COUNT));
    Event {
        key: engine::ingest::derived_key(listener, at, &prompt),
        listener,
        at,
        prompt,
        context: Default::default(),
    }
}

/// Batches of 4,096 events that are made already, two under way at once.
async fn store_alone(directory: &Path) -> Result<(), engine::EngineError> {
    let engine = open(directory).await?;
    let store = engine.store();
    for (what, spread) in [("store: new events", 0), ("store: the same again, all known", 0)] {
        let batches: Vec<Batch> = (0..IMPORT_EVENT_COUNT)
            .collect::<Vec<_>>()
            .chunks(4096)
            .map(|numbers| Batch::of_events(numbers.iter().map(|&number| event(number, spread)).collect()))
            .collect();
        let start = Instant::now();
        let mut before = None;
        for batch in batches {
            let next = store.reserve(batch.row_count()).await?.append(batch);
            if let Some(before) = before.replace(next) {
                let _receipts = before.await?;
            }
        }
        if let Some(last) = before {
            last.await?;
        }
        rate(what, IMPORT_EVENT_COUNT, start.elapsed());
    }
    let start = Instant::now();
    let mut scan = Scan::all();
    let mut count = 0;
    loop {
        let page = store.events(scan).await?;
        let Some(last) = page.last() else { break };
        scan = scan.after(last.seq);
        count += page.len() as u32;
    }
    rate("store: scan of the log", count, start.elapsed());
    engine.close().await
}

/// Through the intake: tracks by description, listeners by name, keys derived.
async fn intake(directory: &Path) -> Result<(), engine::EngineError> {
    let engine = open(directory).await?;
    for what in ["intake: import, matched by name", "intake: the same import again"] {
        let start = Instant::now();
        let mut before = None;
        for numbers in (0..IMPORT_EVENT_COUNT).collect::<Vec<_>>().chunks(4096) {
            let mut intake = engine.intake().await?;
            for &number in numbers {
                let made = event(number, 0);
                let row = made.prompt.track().map_or(0, TrackId::get);
                let description =
                    TrackDescription::named(format!("Artist {}", row / 8), format!("Title {row}"));
                let listener = intake.listener(&format!("listener {}", made.listener.get()))?;
                let track = intake.track(&description)?;
                intake.event(NewEvent::plain(listener, made.at, Prompt::played(track)))?;
            }
            if let Some(before) = before.replace(intake.submit().await?) {
                let _receipts = before.await?;
            }
        }
        if let Some(last) = before {
            last.await?;
        }
        rate(what, IMPORT_EVENT_COUNT, start.elapsed());
    }
    engine.close().await?;
    let start = Instant::now();
    let engine = open(directory).await?;
    rate("open again: tracks read and indexed", TRACK_COUNT, start.elapsed());
    engine.close().await
}

/// Clients that send one event, wait for its acknowledgement, and send the next.
async fn small_writers(directory: &Path) -> Result<(), engine::EngineError> {
    let engine = open(directory).await?;
    for writer_count in [1_u32, 8, 64, 256] {
        let per_writer = (12_800 / writer_count).min(2_000);
        let start = Instant::now();
        let writers: Vec<_> = (0..writer_count)
            .map(|writer| {
                let store = Arc::clone(engine.store());
                tokio::spawn(async move {
                    let mut waits = Vec::new();
                    for number in 0..per_writer {
                        let mut event = event(number, 0);
                        event.key = engine::ingest::client_key(
                            ListenerId::new(writer),
                            &format!("{writer_count} {writer} {number}"),
                        );
                        let start = Instant::now();
                        store.append(Batch::of_events(vec![event])).await?;
                        waits.push(start.elapsed());
                    }
                    Ok::<_, engine::EngineError>(waits)
                })
            })
            .collect();
        let mut waits = Vec::new();
        for writer in writers {
            waits.extend(writer.await.expect("no writer panics")?);
        }
        let took = start.elapsed();
        waits.sort_unstable();
        let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        rate(&format!("store: {writer_count} writers of one event each"), waits.len() as u32, took);
        println!("{:<52} p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms", "", at(0.5), at(0.99), at(1.0));
    }
    engine.close().await
}
