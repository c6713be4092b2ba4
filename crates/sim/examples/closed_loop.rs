//! Builds a world, learns from it, and asks the simulated listeners how they like what they get.

#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::sync::Arc;
use std::time::Instant;

use engine::train::{TrainOptions, train};
use engine::{Ask, Engine, ManualClock, ServeOptions, Service, SnapshotDirectory, StoreOptions};
use music::Target;
use recommend::Mix;
use sim::{Moment, World, WorldParams, populate};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tracks: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(5_000);
    let directory = tempfile::tempdir()?;
    let params = WorldParams::with_track_count(tracks);
    let start = Instant::now();
    let world = Arc::new(World::new(&params)?);
    println!("world: {:.2?}", start.elapsed());
    let clock = Arc::new(ManualClock::new(params.end()));
    let start = Instant::now();
    let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await?;
    let populated = populate(&engine, Arc::clone(&world), &mut |_| ()).await?;
    println!("populated: {} events in {:.2?}", populated.event_count, start.elapsed());
    let snapshots = SnapshotDirectory::of(directory.path());
    let start = Instant::now();
    let mut stage = ("", Instant::now());
    let report = train(&engine, &snapshots, &TrainOptions::default(), &mut |p| {
        if p.stage != stage.0 {
            println!("    {:<40} {:.2?}", stage.0, stage.1.elapsed());
            stage = (p.stage, Instant::now());
        }
    })
    .await?;
    println!("trained in {:.2?}: {:?}", start.elapsed(), report.snapshot.figures);
    for source in &report.sources {
        println!("  {:?} {source:?}", source.aim);
    }
    let start = Instant::now();
    let service = Arc::new(Service::start(engine, snapshots, &ServeOptions::default()).await?);
    println!("serving after {:.2?}", start.elapsed());
    for aim in ["home", "weekly-discovery", "daily-mix", "time-capsule", "fresh-releases", "autoplay"] {
        let mix = Mix::named(aim).ok_or("no such mix")?;
        let (mut enjoyed, mut count, mut elapsed) = (0.0_f32, 0_u32, Vec::new());
        for listener in world.listeners().iter().take(100) {
            let ask = Ask { is_private: true, ..Ask::plain(populated.listener(listener.id), mix) };
            service.recommend(ask.clone()).await?;
            let start = Instant::now();
            let slate = service.recommend(ask).await?;
            elapsed.push(start.elapsed());
            for pick in &slate.picks {
                let Target::Track(track) = pick.what.target() else { continue };
                let own = populated.own_track(track).ok_or("a track of another world")?;
                enjoyed += world.enjoyment(listener.id, own, &Moment::at(params.end()));
                count += 1;
            }
        }
        elapsed.sort();
        println!(
            "{aim}: {count} picks, mean enjoyment {:.3}, request median {:.2?} p99 {:.2?}",
            enjoyed / count.max(1) as f32,
            elapsed[elapsed.len() / 2],
            elapsed[elapsed.len() * 99 / 100]
        );
    }
    let (mut sum, mut count) = (0.0_f32, 0_u32);
    for listener in world.listeners().iter().take(100) {
        for row in (0..tracks).step_by(17) {
            sum += world.enjoyment(listener.id, music::TrackId::new(row), &Moment::at(params.end()));
            count += 1;
        }
    }
    println!("a track drawn by chance: {:.3}", sum / count as f32);
    Ok(())
}
