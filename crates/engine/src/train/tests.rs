//! From the log to a snapshot.

use std::sync::Arc;

use music::{Prompt, TrackDescription, UnixMillis};
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::ingest::NewEvent;
use crate::store::StoreOptions;

/// 2024-06-01T00:00:00Z.
const NOW: UnixMillis = UnixMillis::new(1_717_200_000_000);
const DAY_MS: i64 = 86_400_000;

async fn engine(home: &TempDir) -> Engine {
    let clock = Arc::new(ManualClock::new(NOW));
    Engine::open(home.path(), StoreOptions::default(), clock).await.unwrap()
}

/// Thirty listeners of two tastes, each of whom plays the same dozen tracks again and again.
async fn live(engine: &Engine) {
    let mut intake = engine.intake().await.unwrap();
    let name =
        |number: usize| TrackDescription::named(format!("Artist {}", number / 4), format!("Track {number}"));
    let tracks: Vec<_> = (0..48).map(|number| intake.track(&name(number)).unwrap()).collect();
    for listener in 0..30_usize {
        let id = intake.listener(&format!("listener {listener}")).unwrap();
        for round in 0..60_usize {
            let track = tracks[24 * (listener % 2) + (listener + round * 5) % 12 * 2];
            let at = NOW.get() - (60 - round as i64) * DAY_MS / 2 + listener as i64 * 60_000;
            intake.event(NewEvent::plain(id, UnixMillis::new(at), Prompt::played(track))).unwrap();
        }
    }
    intake.commit().await.unwrap();
}

fn options(seed: u64) -> TrainOptions {
    TrainOptions { seed, dim: 8, epochs: 3, ..TrainOptions::default() }
}

#[tokio::test]
async fn the_same_log_and_seed_give_the_same_snapshot_and_all_of_it_can_go() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    live(&engine).await;
    let snapshots = SnapshotDirectory::of(home.path());
    let first = train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    std::fs::remove_dir_all(home.path().join("snapshots")).unwrap();
    let again = train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    assert_eq!(again, first, "derived state is rebuilt from the log, byte for byte");
    let other = train(&engine, &snapshots, &options(2), &mut |_| ()).await.unwrap();
    assert_ne!(other.snapshot.files, first.snapshot.files, "the seed is part of it");
    assert_eq!(snapshots.load().unwrap().manifest, other.snapshot);
}

#[tokio::test]
async fn what_is_learnt_is_measured_and_every_weight_means_what_its_column_says() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    live(&engine).await;
    let snapshots = SnapshotDirectory::of(home.path());
    let mut stages = Vec::new();
    let report = train(&engine, &snapshots, &options(0), &mut |step| stages.push(step.stage)).await.unwrap();
    assert!(stages.contains(&"measuring sources"), "{stages:?}");
    assert!(report.sources.iter().any(|source| source.enjoyed_count > 0), "{report:?}");
    assert!(report.sources.iter().all(|source| source.weight >= 0.0), "{report:?}");
    let models = snapshots.load().unwrap().models;
    assert!(models.track_factors.is_some() && models.track_popularity.is_some());
    for ranking in models.ranking.values() {
        for column in recommend::Column::all() {
            let weight = ranking.combination.weight(column);
            assert_eq!(column.meant(weight), weight, "{}", column.name());
        }
    }
}

#[tokio::test]
async fn an_empty_log_is_nothing_to_learn_from_and_publishes_nothing() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    let snapshots = SnapshotDirectory::of(home.path());
    let error = train(&engine, &snapshots, &options(0), &mut |_| ()).await.unwrap_err();
    assert!(matches!(error, EngineError::NothingToLearn), "{error}");
    assert!(snapshots.current_name().is_none());
}
