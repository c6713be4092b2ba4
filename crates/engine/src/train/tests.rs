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

#[tokio::test]
async fn a_search_finds_parameters_that_are_kept_and_used_again() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    live(&engine).await;
    // Something new at the end, which the search is judged by.
    let mut intake = engine.intake().await.unwrap();
    for listener in 0..30_usize {
        let id = intake.listener(&format!("listener {listener}")).unwrap();
        for nth in 0..4_usize {
            let number = 24 * (listener % 2) + (listener * 3 + nth) % 12 * 2;
            let track = TrackDescription::named(format!("Artist {}", number / 4), format!("Track {number}"));
            let track = intake.track(&track).unwrap();
            let at = NOW.get() - 60_000 * (5 - nth as i64);
            intake.event(NewEvent::plain(id, UnixMillis::new(at), Prompt::played(track))).unwrap();
        }
        let track = intake.track(&TrackDescription::named("New", format!("Song {}", listener % 2))).unwrap();
        intake
            .event(NewEvent::plain(id, UnixMillis::new(NOW.get() - 30_000), Prompt::played(track)))
            .unwrap();
        let other = (listener + 2) % 30;
        let track = intake.track(&TrackDescription::named("Old", format!("Song {}", other % 4))).unwrap();
        for day in [20, 10] {
            let at = UnixMillis::new(NOW.get() - day * DAY_MS);
            let who = intake.listener(&format!("listener {other}")).unwrap();
            intake.event(NewEvent::plain(who, at, Prompt::played(track))).unwrap();
        }
        intake
            .event(NewEvent::plain(id, UnixMillis::new(NOW.get() - 20_000), Prompt::played(track)))
            .unwrap();
    }
    intake.commit().await.unwrap();
    let snapshots = SnapshotDirectory::of(home.path());
    // The clock stands still, so the search ends with its points.
    let search = TrainOptions { tune: Some(Duration::from_secs(1)), ..options(1) };
    let found = train(&engine, &snapshots, &search, &mut |_| ()).await.unwrap().snapshot.tuning.unwrap();
    for kind in ["factors", "neighbours"] {
        let figure = |what: &str| found.figures[&format!("{kind}: {what}")];
        assert!(figure("ndcg@20 after") >= figure("ndcg@20 before"), "{:?}", found.figures);
        assert!(figure("points") > 5.0, "{:?}", found.figures);
    }
    let next = train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    assert_eq!(next.snapshot.tuning, Some(found.clone()), "without a search what was found stays in use");
    let at_once = TrainOptions { tune: Some(Duration::ZERO), ..options(1) };
    let kept = train(&engine, &snapshots, &at_once, &mut |_| ()).await.unwrap().snapshot.tuning.unwrap();
    assert_eq!(kept.figures["factors: points"], 1.0, "without time only the start is judged");
}

#[tokio::test]
async fn accounts_that_are_copies_of_one_another_are_a_few_accounts() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    let mut intake = engine.intake().await.unwrap();
    let name =
        |number: usize| TrackDescription::named(format!("Artist {}", number / 4), format!("Track {number}"));
    let tracks: Vec<_> = (0..200).map(|number| intake.track(&name(number)).unwrap()).collect();
    let pushed = intake.track(&TrackDescription::named("Nobody", "Pushed")).unwrap();
    let honest = intake.track(&TrackDescription::named("Somebody", "Liked")).unwrap();
    let play = |intake: &mut crate::Intake, listener: &str, day: usize, track| {
        let id = intake.listener(listener).unwrap();
        let at = UnixMillis::new(NOW.get() - day as i64 * DAY_MS);
        intake.event(NewEvent::plain(id, at, Prompt::played(track))).unwrap();
    };
    for listener in 0..80_usize {
        let name = format!("listener {listener}");
        for nth in 0..15_usize {
            let place = (listener * 13 + nth * nth * 7 + nth * listener) % 200;
            play(&mut intake, &name, 1 + nth, tracks[place]);
        }
        if listener < 30 {
            play(&mut intake, &name, 20, honest);
        }
    }
    for fake in 0..30_usize {
        let name = format!("fake {fake}");
        (0..15)
            .filter(|nth| nth % 10 != fake % 10)
            .for_each(|nth| play(&mut intake, &name, 1 + nth, tracks[nth]));
        play(&mut intake, &name, 20, pushed);
    }
    intake.commit().await.unwrap();
    let snapshots = SnapshotDirectory::of(home.path());
    train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    let models = snapshots.load().unwrap().models;
    let score = |track: music::TrackId| models.track_popularity.as_ref().unwrap().score(track.get()).unwrap();
    assert!(score(pushed) < 0.3 * score(honest), "{} against {}", score(pushed), score(honest));
}

#[tokio::test]
async fn a_second_training_is_held_against_the_first() {
    let home = TempDir::new().unwrap();
    let engine = engine(&home).await;
    live(&engine).await;
    let snapshots = SnapshotDirectory::of(home.path());
    let first = train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    assert_eq!(first.canary, None, "there was nothing to compare it with");
    let second = train(&engine, &snapshots, &options(1), &mut |_| ()).await.unwrap();
    let canary = second.canary.unwrap();
    assert!(canary.listener_count >= 20 && canary.in_use > 0.0, "{canary:?}");
    // The same log and seed give the same models, and those take over.
    assert!(canary.takes_over && (canary.new - canary.in_use).abs() < 1e-12, "{canary:?}");
    assert_eq!(snapshots.current_name(), Some(second.snapshot.name));
}
