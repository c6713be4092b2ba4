//! How long a request takes: all sources, ranking and explanation, in process.
//!
//! `cargo bench -p sim --bench request` makes a world of 50,000 tracks, learns from it once (the result is kept under
//! `target`), and prints median and 99th percentile per mix; those that need a seed start from a track, and the artists
//! of a mix are asked for as well.
//! *warm* asks again, *after an event* lets the listener skip a track first, so that the profile has to follow.
//! Then as many ask for home at once as there are cores, which gives the throughput.
//! `cargo bench -p sim --bench request -- 10000 100000` does so for worlds of these sizes, and shows how it grows; names of
//! mixes leave out all others.
//! What each source of a home takes on its thread is told at the end, since the slowest is what a request waits for.

#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::train::{TrainOptions, train};
use engine::{Ask, Engine, ManualClock, NewEvent, ServeOptions, Service, SnapshotDirectory, StoreOptions};
use music::{Id, ListenerId, Millis, Prompt, Target, TrackId, UnixMillis};
use recommend::{Answer, MIXES, Mix};
use sim::{World, WorldParams, populate};

/// Tracks of the world, unless sizes are given.
const TRACK_COUNT: u32 = 50_000;
const REQUEST_COUNT: usize = 600;
/// Mixes whose artists are asked for too: one that may bring what is known, and one that may not.
const ARTIST_MIXES: [&str; 2] = ["home", "weekly-discovery"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds flags of its own.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<u32> = words.iter().filter_map(|size| size.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.push(TRACK_COUNT);
    }
    let named: Vec<&Mix> = words.iter().filter_map(|name| Mix::named(name)).collect();
    let is_understood =
        |word: &String| word.starts_with("--") || word.parse::<u32>().is_ok() || Mix::named(word).is_some();
    if let Some(word) = words.iter().find(|word| !is_understood(word)) {
        return Err(format!("`{word}` is neither a number of tracks nor a mix").into());
    }
    for track_count in sizes {
        of_size(track_count, &named).await?;
    }
    Ok(())
}

/// Times the mixes in `named`, or all where there are none, in a world of so many tracks.
async fn of_size(track_count: u32, named: &[&'static Mix]) -> Result<(), Box<dyn Error>> {
    let params = WorldParams::with_track_count(track_count);
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("request-{track_count}"));
    let clock = Arc::new(ManualClock::new(params.end()));
    let engine = Engine::open(&home, StoreOptions::default(), Arc::clone(&clock) as Arc<_>).await?;
    let snapshots = SnapshotDirectory::of(&home);
    if snapshots.load().is_none() {
        println!("making a world of {track_count} tracks and learning from it …");
        populate(&engine, Arc::new(World::new(&params)?), &mut |_| ()).await?;
        train(&engine, &snapshots, &TrainOptions::default(), &mut |_| ()).await?;
    }
    let listener_count = engine.library().await.listeners().len();
    let service = Arc::new(Service::start(engine, snapshots, &ServeOptions::default()).await?);
    let bench = Bench { service, listener_count, track_count, clock };
    println!("{track_count} tracks, {listener_count} listeners, {} sources", recommend::SOURCES.len());
    println!(
        "{:<26} {:>14} {:>10} {:>20} {:>10}",
        "mix", "warm: median", "p99", "after an event: median", "p99"
    );
    let all_tracks = MIXES.iter().map(|&mix| (mix, Answer::Tracks));
    let artists =
        MIXES.iter().filter(|mix| ARTIST_MIXES.contains(&mix.name)).map(|&mix| (mix, Answer::Artists));
    let is_named = |mix: &Mix| named.is_empty() || named.iter().any(|one| one.name == mix.name);
    for (mix, answer) in all_tracks.chain(artists).filter(|(mix, _)| is_named(mix)) {
        let warm = bench.times(mix, answer, false).await?;
        let fresh = bench.times(mix, answer, true).await?;
        let name =
            if answer == Answer::Artists { format!("{} (artists)", mix.name) } else { mix.name.into() };
        println!(
            "{name:<26} {:>12.2?} {:>12.2?} {:>20.2?} {:>12.2?}",
            warm.median, warm.p99, fresh.median, fresh.p99
        );
    }
    println!("throughput: {:.0} slates of home a second", bench.throughput().await?);
    let of_sources =
        bench.source_times().await?.into_iter().filter(|(_, milliseconds)| *milliseconds >= 0.05);
    let told: Vec<String> =
        of_sources.map(|(name, milliseconds)| format!("{name} {milliseconds:.2}")).collect();
    println!("sources of home, mean in ms where it is 0.05 or more: {}", told.join(", "));
    Ok(())
}

struct Bench {
    service: Arc<Service>,
    listener_count: usize,
    track_count: u32,
    clock: Arc<ManualClock>,
}

struct Times {
    median: Duration,
    p99: Duration,
}

impl Bench {
    /// Times requests of listener after listener; the event itself is not timed.
    async fn times(
        &self,
        mix: &'static Mix,
        answer: Answer,
        with_event: bool,
    ) -> Result<Times, Box<dyn Error>> {
        let mut times = Vec::with_capacity(REQUEST_COUNT);
        for index in 0..REQUEST_COUNT {
            let listener = ListenerId::from_row((index % self.listener_count) as u32);
            let track = TrackId::new((index as u32 * 104_729) % self.track_count);
            let seeds = if mix.needs_seed { vec![Target::Track(track)] } else { Vec::new() };
            let random_seed = Some(index as u64);
            let ask = Ask { is_private: true, answer, seeds, random_seed, ..Ask::plain(listener, mix) };
            if index < self.listener_count {
                // The first request of a listener folds the whole history; that is no part of the figure.
                self.service.recommend(ask.clone()).await?;
            }
            if with_event {
                self.skip(listener, index).await?;
            }
            let start = Instant::now();
            self.service.recommend(ask).await?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        Ok(Times { median: times[times.len() / 2], p99: times[times.len() * 99 / 100] })
    }

    /// Slates in a second when every core is kept busy.
    async fn throughput(&self) -> Result<f64, Box<dyn Error>> {
        let lanes = std::thread::available_parallelism().map_or(2, usize::from);
        let start = Instant::now();
        let lane = |lane: usize| {
            let (service, listener_count) = (Arc::clone(&self.service), self.listener_count);
            tokio::spawn(async move {
                for index in (lane..REQUEST_COUNT).step_by(lanes) {
                    let listener = ListenerId::from_row((index % listener_count) as u32);
                    let ask = Ask { is_private: true, ..Ask::plain(listener, MIXES[0]) };
                    service.recommend(ask).await.map_err(|error| error.to_string())?;
                }
                Ok::<(), String>(())
            })
        };
        for done in (0..lanes).map(lane).collect::<Vec<_>>() {
            done.await??;
        }
        Ok(REQUEST_COUNT as f64 / start.elapsed().as_secs_f64())
    }

    /// The mean time of each source of home, the slowest first.
    async fn source_times(&self) -> Result<Vec<(&'static str, f64)>, Box<dyn Error>> {
        let mut sums = BTreeMap::<&'static str, f64>::new();
        for row in 0..self.listener_count {
            let ask = Ask { is_private: true, ..Ask::plain(ListenerId::from_row(row as u32), MIXES[0]) };
            for source in self.service.recommend(ask).await?.trace.sources {
                *sums.entry(source.name).or_default() +=
                    f64::from(source.milliseconds) / self.listener_count as f64;
            }
        }
        let mut times: Vec<(&'static str, f64)> = sums.into_iter().collect();
        times.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(times)
    }

    async fn skip(&self, listener: ListenerId, index: usize) -> Result<(), Box<dyn Error>> {
        let now = engine::Clock::now(&*self.clock);
        let at = UnixMillis::new(now.get() + 1);
        self.clock.set(at);
        let track = TrackId::new((index as u32 * 7_919) % self.track_count);
        let mut intake = self.service.engine().intake().await?;
        intake.event(NewEvent::plain(listener, at, Prompt::skipped(track, Millis::new(4_000))))?;
        intake.commit().await?;
        Ok(())
    }
}
