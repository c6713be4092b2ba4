//! Whether what ranks tracks is worth its sources: judged on listeners whom nothing was fitted to.

use std::sync::Arc;

use engine::train::{TrainOptions, train};
use engine::{Engine, ManualClock, SnapshotDirectory, StoreOptions};
use sim::{World, WorldParams, populate};

#[tokio::test(flavor = "multi_thread")]
async fn the_ranker_is_better_than_its_best_source_for_listeners_it_has_not_seen() {
    let params = WorldParams {
        seed: 5,
        track_count: 1_500,
        artist_count: 180,
        listener_count: 160,
        day_count: 60,
        sessions_per_day: 1.0,
        ..WorldParams::default()
    };
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(params.end()));
    let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
    populate(&engine, Arc::new(World::new(&params).unwrap()), &mut |_| ()).await.unwrap();
    let snapshots = SnapshotDirectory::of(directory.path());
    let options = TrainOptions { dim: 32, ..TrainOptions::default() };
    let report = train(&engine, &snapshots, &options, &mut |_| ()).await.unwrap();
    assert_eq!(report.rankers.len(), 2, "{report:?}");
    for ranker in &report.rankers {
        let contest = &ranker.contest;
        println!("{:?}: {contest:?}, {} trees", ranker.aim, ranker.tree_count);
        assert_eq!(ranker.tree_count > 0, contest.is_won_by_trees());
        assert!(contest.ranker() > contest.source, "{contest:?}");
    }
    let loaded = snapshots.load().unwrap().models;
    let finish =
        report.heads.iter().find(|head| head.action == "finish").expect("enough comes up and is skipped");
    println!("finish: {:?}", finish.quality);
    assert!(finish.quality.auc > 0.6 && finish.quality.share > 0.4, "{:?}", finish.quality);
    let kept = loaded.head("finish").expect("heads are kept with the snapshot");
    assert_eq!(kept.quality, finish.quality);
    // What the head says is a probability, and on average it is what happens.
    let blank = vec![f32::NAN; recommend::Features::width()];
    assert!((0.0..=1.0).contains(&kept.probability(&blank)));
    for ranker in &report.rankers {
        let kept = loaded.ranking[&ranker.aim].contest.as_ref().unwrap();
        assert_eq!(kept.best_source, ranker.contest.best_source);
        assert!((kept.ranker() - ranker.contest.ranker()).abs() < 1e-9, "{kept:?}");
        assert_eq!(loaded.ranking[&ranker.aim].trees.is_some(), ranker.tree_count > 0);
    }
}
