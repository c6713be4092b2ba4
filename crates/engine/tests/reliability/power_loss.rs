//! The power fails: what was acknowledged is on the disk, not only in the system's memory.
//!
//! A run is traced; then, at many of its acknowledgements, the files are rebuilt with only what had been synced by then
//! (and a second time with any part of the rest), and the store is opened on them.
//! A file whose directory was not synced after it was made is missing from an image.

use std::collections::BTreeSet;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::disk::Disk;
use crate::process::{Ledger, has_strace, ledger, strace};
use crate::trace::{self, Step};
use crate::{open_left, setting};

/// One writer, so that nothing is under way while an acknowledgement is told; long enough for a checkpoint
/// (every 1,000 transactions).
const KEY_COUNT: usize = 1_100;

/// What a run did, step by step.
fn traced_run(is_synced: bool) -> Vec<Step> {
    let directory = TempDir::new().unwrap();
    let mut command = ledger(&directory.path().join("data"), 1);
    if !is_synced {
        command.arg("no-sync");
    }
    let trace = directory.path().join("trace");
    let command = strace(&trace, &trace::ARGUMENTS, &command);
    let keys = (0..KEY_COUNT).map(|number| number.to_string()).collect();
    let (acknowledged, ended) = Ledger::start(command, keys).finish();
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(acknowledged.len(), KEY_COUNT);
    trace::read(&std::fs::read_to_string(&trace).unwrap())
}

/// Which acknowledgements to stop at: the first ones, those around the checkpoint, and some between.
fn is_point(count: usize) -> bool {
    count <= 3 || count.is_multiple_of(83) || (995..1_005).contains(&count) || count == KEY_COUNT
}

/// The greatest number of acknowledged keys that were missing at one of the points.
fn lost_at_most(steps: &[Step], seed: u64) -> (usize, usize) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut disk = Disk::default();
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let (mut point_count, mut lost_max) = (0, 0);
    for step in steps {
        disk.apply(step);
        let Step::Told { text } = step else { continue };
        acknowledged.extend(text.lines().map(str::to_owned));
        if !is_point(acknowledged.len()) {
            continue;
        }
        for is_torn in [false, true] {
            let image = TempDir::new().unwrap();
            if is_torn {
                disk.write_torn(image.path(), &mut random);
            } else {
                disk.write_synced(image.path());
            }
            let left = open_left(image.path());
            lost_max = lost_max.max(acknowledged.difference(&left.keys).count());
            assert_eq!(left.doubled_count, 0);
            point_count += 1;
        }
    }
    (point_count, lost_max)
}

#[test]
fn what_was_acknowledged_survives_a_loss_of_power() {
    if !has_strace() {
        return;
    }
    let seed = setting("SEGUE_SEED", 20_240_509);
    let steps = traced_run(true);
    let (point_count, lost_max) = lost_at_most(&steps, seed);
    assert!(point_count > 50);
    assert_eq!(lost_max, 0, "seed {seed}");
    println!("loss of power: seed {seed}, {point_count} images of {KEY_COUNT} acknowledged keys, 0 lost");

    // And at every single acknowledgement: the log was synced after it was written and before the key was told.
    let mut disk = Disk::default();
    for step in &steps {
        disk.apply(step);
        assert!(!matches!(step, Step::Told { .. }) || disk.is_synced("-wal"), "told before it was synced");
    }
    let synced = |ending: &str| {
        steps
            .iter()
            .any(|step| matches!(step, Step::Synced { path } if path.to_string_lossy().ends_with(ending)))
    };
    assert!(synced("-wal") && synced("segue.db"), "the run saw commits and a checkpoint");
}

/// The control: if this one kept everything, the test above would prove nothing.
#[test]
fn without_syncs_a_loss_of_power_loses_what_was_acknowledged() {
    if !has_strace() {
        return;
    }
    let steps = traced_run(false);
    let mut disk = Disk::default();
    let mut told_count = 0;
    for step in &steps {
        disk.apply(step);
        told_count += usize::from(matches!(step, Step::Told { .. }));
        if told_count == KEY_COUNT / 2 {
            break;
        }
    }
    let image = TempDir::new().unwrap();
    disk.write_synced(image.path());
    let left = open_left(image.path());
    println!(
        "loss of power without syncs: {} of {told_count} acknowledged keys lost",
        told_count - left.keys.len()
    );
    assert!(left.keys.len() < told_count);
}
