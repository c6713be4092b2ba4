//! The process is killed at any moment: what it acknowledged is there, once.
//!
//! This says nothing about a loss of power: what a killed process wrote without a sync survives in the system's
//! memory. For that see [`crate::power_loss`].

use std::collections::BTreeSet;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::process::{Ledger, has_strace, ledger, strace};
use crate::{open_left, setting};

/// Eight writers; `SEGUE_KILL_CYCLES` sets how often they are killed, `SEGUE_SEED` when.
#[test]
fn what_was_acknowledged_survives_kill_9_and_nothing_is_stored_twice() {
    let cycle_count = setting("SEGUE_KILL_CYCLES", 10);
    let seed = setting("SEGUE_SEED", 20_240_509);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let directory = TempDir::new().unwrap();
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let mut sent: BTreeSet<String> = BTreeSet::new();
    for cycle in 0..cycle_count {
        // New keys, and again all that nobody acknowledged, and some that were acknowledged: clients try again.
        let mut keys: Vec<String> = sent.difference(&acknowledged).cloned().collect();
        keys.extend(acknowledged.iter().filter(|_| random.random_bool(0.02)).cloned());
        keys.extend((0..5_000).map(|number| format!("{cycle}-{number}")));
        sent.extend(keys.iter().cloned());
        let process = Ledger::start(ledger(directory.path(), 8), keys);
        let count = random.random_range(1..400);
        let more = Duration::from_micros(random.random_range(0..3_000));
        acknowledged.extend(process.kill_after(count, more));

        let left = open_left(directory.path());
        let lost: Vec<&String> = acknowledged.difference(&left.keys).collect();
        assert!(
            lost.is_empty(),
            "seed {seed}, cycle {cycle}: {} lost, such as {:?}",
            lost.len(),
            lost.first()
        );
        assert_eq!(left.doubled_count, 0, "seed {seed}, cycle {cycle}");
        assert!(left.keys.is_subset(&sent), "seed {seed}, cycle {cycle}: nobody sent that");
    }
    println!(
        "kill -9: seed {seed}, {cycle_count} cycles, {} keys sent, {} acknowledged, 0 lost, 0 doubled",
        sent.len(),
        acknowledged.len()
    );
}

/// Killed in the middle of a write to a file, also while the database is made.
#[test]
fn a_kill_within_any_write_loses_nothing() {
    if !has_strace() {
        return;
    }
    let mut acknowledged_count = 0;
    let points: Vec<usize> = (1..20).chain((20..400).step_by(29)).collect();
    for &point in &points {
        let directory = TempDir::new().unwrap();
        let kill = format!("inject=pwrite64:signal=SIGKILL:when={point}");
        let trace = directory.path().join("trace");
        let command = strace(
            &trace,
            &["-e", "trace=pwrite64", "-e", &kill],
            &ledger(&directory.path().join("data"), 2),
        );
        let keys = (0..100).map(|number| number.to_string()).collect();
        let (acknowledged, ended) = Ledger::start(command, keys).finish();
        assert!(!ended.is_success, "write {point} was to kill it");
        let left = open_left(&directory.path().join("data"));
        assert!(acknowledged.iter().all(|key| left.keys.contains(key)), "write {point}");
        assert_eq!(left.doubled_count, 0, "write {point}");
        acknowledged_count += acknowledged.len();
    }
    println!(
        "kill within a write: {} points, {acknowledged_count} acknowledged, 0 lost, 0 doubled",
        points.len()
    );
}
