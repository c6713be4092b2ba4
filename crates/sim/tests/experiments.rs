//! Closed-loop experiments on small worlds of all families: whoever knows the truth wins, chance loses, and the engine
//! is better than what everybody plays, or, where friends rule, than none.
//!
//! Where friends rule, charts please more than the engine does: when everybody is given the same, all friends talk about
//! it, and the engine knows nothing of friends.
//! That it should is issue 5; the figures are printed.

#![expect(clippy::print_stdout, reason = "the figures belong to what is shown")]
#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

use std::sync::Arc;

use engine::train::{TrainOptions, off_policy};
use engine::{Engine, SnapshotDirectory, StoreOptions, SystemClock};
use sim::experiment::{ExperimentError, Plan, Policy, Run, run};
use sim::{Family, World, WorldParams};

fn plan() -> Plan {
    Plan { history_days: 40, weeks: 2, ..Plan::default() }
}

fn world(family: Family, plan: &Plan) -> Arc<World> {
    let params = WorldParams {
        seed: 7,
        family,
        track_count: 1_200,
        artist_count: 150,
        listener_count: 120,
        day_count: plan.day_count(),
        sessions_per_day: 0.8,
        ..WorldParams::default()
    };
    Arc::new(World::new(&params).unwrap())
}

async fn lived(world: &Arc<World>, plan: &Plan, policy: Policy) -> Run {
    let directory = tempfile::tempdir().unwrap();
    run(world, plan, policy, directory.path(), &mut |_| ()).await.unwrap()
}

async fn check(family: Family) {
    let plan = plan();
    let world = world(family, &plan);
    let mut satisfaction = std::collections::BTreeMap::new();
    for policy in Policy::ALL {
        let run = lived(&world, &plan, policy).await;
        println!("{family} {policy}: {:.3?}", run.whole);
        assert_eq!(run.weeks.len(), 2);
        assert!(run.whole.heard_count > 1_000, "{family} {policy} heard {}", run.whole.heard_count);
        assert_eq!(run.whole.heard_count, run.weeks.iter().map(|week| week.heard_count).sum::<u64>());
        for figures in run.weeks.iter().chain([&run.whole]) {
            for value in [
                figures.satisfaction,
                figures.skip_share,
                figures.discovery_share,
                figures.generalist_specialist,
                figures.artist_gini,
                figures.drift,
            ] {
                assert!((0.0..=1.0).contains(&value), "{family} {policy}: {figures:?}");
            }
        }
        satisfaction.insert(policy, run.whole.satisfaction);
    }
    for policy in Policy::ALL.into_iter().filter(|policy| *policy != Policy::Oracle) {
        assert!(
            satisfaction[&Policy::Oracle] > satisfaction[&policy] + 0.05,
            "{family}: the oracle does not beat {policy}: {satisfaction:?}"
        );
    }
    for policy in Policy::ALL.into_iter().filter(|policy| *policy != Policy::Random) {
        assert!(
            satisfaction[&Policy::Random] < satisfaction[&policy],
            "{family}: {policy} is no better than chance: {satisfaction:?}"
        );
    }
    let rival = if family == Family::Circle { Policy::Organic } else { Policy::Popularity };
    assert!(
        satisfaction[&Policy::Engine] > satisfaction[&rival] + 0.02,
        "{family}: the engine is no better than {rival}: {satisfaction:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_lies_between_charts_and_truth_where_taste_is_in_the_sound() {
    check(Family::Sound).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_lies_between_charts_and_truth_where_habit_rules() {
    check(Family::Habit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_lies_between_none_and_truth_where_friends_rule() {
    check(Family::Circle).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_drawn_says_what_a_snapshot_is_worth() {
    let plan = Plan { history_days: 30, weeks: 1, ..Plan::default() };
    let directory = tempfile::tempdir().unwrap();
    run(&world(Family::Sound, &plan), &plan, Policy::Engine, directory.path(), &mut |_| ()).await.unwrap();
    let engine =
        Engine::open(directory.path(), StoreOptions::default(), Arc::new(SystemClock)).await.unwrap();
    let snapshots = SnapshotDirectory::of(directory.path());
    let report = off_policy(&engine, &snapshots, &TrainOptions::default(), &mut |_| ()).await.unwrap();
    println!("{report:?}");
    assert!(report.drawn_count > 100 && report.answered_count > 20, "{report:?}");
    // The snapshot in question is the one that drew, so that most of its chances are those of the log.
    let (logged, worth) = (report.logged.unwrap(), report.snips.unwrap());
    assert!((worth.value - logged).abs() < 0.15, "{report:?}");
    assert!(worth.effective_sample_size > 0.3 * report.answered_count as f64, "{report:?}");
    assert!((0.0..=1.0).contains(&worth.value) && worth.interval[0] < worth.interval[1]);
}

#[tokio::test]
async fn the_same_plan_gives_the_same_run() {
    let plan = Plan { history_days: 10, weeks: 1, ..Plan::default() };
    for family in Family::ALL {
        let world = world(family, &plan);
        for policy in [Policy::Ials, Policy::ItemKnn, Policy::Organic, Policy::Oracle] {
            let (first, second) = (lived(&world, &plan, policy).await, lived(&world, &plan, policy).await);
            assert_eq!(first, second, "{family} {policy}");
        }
    }
}

#[tokio::test]
async fn a_plan_that_is_longer_than_the_world_is_refused() {
    let world = world(Family::Sound, &plan());
    let directory = tempfile::tempdir().unwrap();
    let longer = Plan { weeks: 3, ..plan() };
    let refused = run(&world, &longer, Policy::Random, directory.path(), &mut |_| ()).await;
    assert!(matches!(refused, Err(ExperimentError::TooShort { planned: 61, got: 54 })), "{refused:?}");
}
