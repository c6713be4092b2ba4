//! Measures an import end to end on real data: events per second until all are on disk, and the peak of memory.
//!
//! `SEGUE_DATA=… cargo run --release -p engine --example import_rate [DIRECTORY]`; the directory decides which disk is
//! measured, the default is the present one.

#![expect(clippy::disallowed_methods, reason = "it measures time, and finds the data by a variable")]
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use engine::import::{ImportFormat, ImportRequest, RecordKind, import};
use engine::{Engine, StoreOptions, SystemClock};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = PathBuf::from(std::env::var("SEGUE_DATA").unwrap_or_else(|_| "../shared/data".to_owned()));
    let file = data.join("listening/lastfm-tracks-24k/train.txt.gz");
    if !file.is_file() {
        println!("skipped: SEGUE_DATA has no listening/lastfm-tracks-24k");
        return Ok(());
    }
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let directory = tempfile::tempdir_in(parent)?;
    let engine = Engine::open(directory.path(), StoreOptions::default(), Arc::new(SystemClock)).await?;
    for what in ["first import", "the same again"] {
        run(&engine, what, &file).await?;
    }
    engine.close().await?;
    println!("peak of memory: {} MiB", peak_rss_kib()? / 1024);
    Ok(())
}

async fn run(engine: &Engine, what: &str, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut request = ImportRequest::new(ImportFormat::Csv, [file]);
    request.options.space = Some("lastfm-tracks-24k".into());
    request.options.table.mappings = vec!["listener=1".parse()?, "track_id=2..".parse()?];
    request.options.table.delimiter = Some("space".parse()?);
    let start = Instant::now();
    let report = import(engine, request, &mut |_| {}).await?;
    let seconds = start.elapsed().as_secs_f64();
    let events = report.records.of(RecordKind::Event);
    assert!(report.is_whole() && report.adds_up(), "{report:?}");
    let rate = events.read as f64 / seconds;
    println!(
        "{what}: {} events read, {} stored, {} known in {seconds:.2} s = {rate:.0} / s",
        events.read, events.stored, events.known
    );
    println!("  new: {:?}", report.new);
    Ok(())
}

/// The most memory this process has held, as Linux tells it.
fn peak_rss_kib() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
