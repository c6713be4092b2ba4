//! Music of a simulated world whose tags were kept back is found by words all the same, held against the truth.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

use std::sync::Arc;

use engine::train::{TrainOptions, train};
use engine::{Engine, ManualClock, SnapshotDirectory, StoreOptions};
use music::{Id as _, TagId, TagKind, TrackId};
use recommend::Snapshot;
use recommend::search::search;
use sim::{Populated, World, WorldParams, populate};

async fn learnt(params: WorldParams) -> (Populated, Snapshot) {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(params.end()));
    let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
    let populated = populate(&engine, Arc::new(World::new(&params).unwrap()), &mut |_| ()).await.unwrap();
    let snapshots = SnapshotDirectory::of(directory.path());
    let options = TrainOptions { dim: 32, measured_listener_count: 20, ..TrainOptions::default() };
    train(&engine, &snapshots, &options, &mut |_| ()).await.unwrap();
    let models = snapshots.load().unwrap().models;
    let snapshot = Snapshot::new("test", engine.catalogue().await, Arc::new(models));
    engine.close().await.unwrap();
    (populated, snapshot)
}

/// Whether a track of the engine has a tag in truth, by the name of the tag.
fn has(populated: &Populated, track: TrackId, name: &str) -> bool {
    let catalogue = populated.world.catalogue();
    let own = &catalogue.tracks()[populated.own_track(track).unwrap().row()];
    let is_it = |tag: &music::TagWeight| *catalogue.tags()[tag.tag.row()].name == *name;
    taste::summary::tags_of(catalogue, own).iter().any(is_it)
}

#[tokio::test(flavor = "multi_thread")]
async fn tracks_whose_tags_were_kept_back_are_found_by_what_was_learnt_of_them() {
    let params = WorldParams {
        track_count: 1_200,
        artist_count: 150,
        listener_count: 100,
        day_count: 60,
        sessions_per_day: 1.0,
        untagged_one_in: 4,
        ..WorldParams::default()
    };
    let end = params.end();
    let (populated, snapshot) = learnt(params).await;
    let catalogue = &snapshot.catalogue;
    let is_untagged = |track: TrackId| {
        let track = catalogue.track(track).unwrap();
        taste::summary::tags_of(catalogue, track).is_empty()
    };
    let untagged: Vec<TrackId> =
        catalogue.tracks().iter().map(|track| track.id).filter(|&track| is_untagged(track)).collect();
    assert!((150..500).contains(&untagged.len()), "{}", untagged.len());

    // The genres and moods that most of the untagged tracks have in truth.
    let asked = |tag: &&music::Tag| matches!(tag.kind, TagKind::Genre | TagKind::Mood);
    let count = |name: &str| untagged.iter().filter(|&&track| has(&populated, track, name)).count();
    let mut tags: Vec<(usize, TagId)> =
        catalogue.tags().iter().filter(asked).map(|tag| (count(&tag.name), tag.id)).collect();
    tags.sort_by_key(|&(count, id)| (std::cmp::Reverse(count), id));
    let (mut right, mut found, mut by_chance) = (0.0, 0.0, 0.0);
    for &(count, id) in tags.iter().take(8) {
        let name = &catalogue.tag(id).unwrap().name;
        let answer = search(&snapshot, name, 200, end);
        let hits = answer.hits.iter().filter(|hit| is_untagged(hit.track.id)).take(10);
        let hits: Vec<bool> = hits.map(|hit| has(&populated, hit.track.id, name)).collect();
        let good = hits.iter().filter(|&&good| good).count();
        let share = count as f64 / untagged.len() as f64;
        let quality = snapshot.models.track_attributes.as_ref().and_then(|learnt| learnt.quality(id));
        println!(
            "{name}: {good} of {} untagged hits are right, by chance {share:.2}; {quality:?}",
            hits.len()
        );
        right += good as f64;
        found += hits.len() as f64;
        by_chance += share * hits.len() as f64;
    }
    println!("{right} of {found} untagged hits are right, {by_chance:.1} would be by chance");
    assert!(found >= 30.0, "only {found} untagged tracks are found at all");
    assert!(right > 2.5 * by_chance && right > 0.5 * found, "{right} of {found}, {by_chance:.1} by chance");
}
