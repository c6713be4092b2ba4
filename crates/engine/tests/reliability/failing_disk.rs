//! The disk refuses: nothing is acknowledged from then on, the process ends, and the next start finds all that was
//! acknowledged before.

use tempfile::TempDir;

use crate::open_left;
use crate::process::{Ledger, has_strace, ledger, strace};
use crate::trace::{self, Step};

/// Keys for a short run.
const KEY_COUNT: usize = 60;

/// Keys for a run that sees a checkpoint, which is due after 1,000 transactions.
const KEY_COUNT_OF_CHECKPOINT: usize = 1_020;

/// What happened before the failure.
struct Before {
    acknowledged_count: usize,
    /// What the call was about that failed.
    path: std::path::PathBuf,
}

/// Makes calls fail as `injection` says, and checks what follows. Returns what came
/// before; nothing where the failure did not happen or did not matter.
fn check(injection: &str, writer_count: usize, key_count: usize) -> Option<Before> {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let report = directory.path().join("trace");
    // As few calls as possible are traced: each costs two stops of the process.
    let calls =
        if injection.contains("pwrite64") { "trace=write,pwrite64" } else { "trace=write,fsync,fdatasync" };
    let arguments = ["--seccomp-bpf", "-y", "-xx", "-s", "64", "-e", calls, "-e", injection];
    let keys = (0..key_count).map(|number| number.to_string()).collect();
    let (acknowledged, ended) =
        Ledger::start(strace(&report, &arguments, &ledger(&data, writer_count)), keys).finish();
    let steps = trace::read(&std::fs::read_to_string(&report).unwrap());
    let injected = |step: &Step| matches!(step, Step::Injected { .. });
    let first_told = steps.iter().position(|step| matches!(step, Step::Told { .. })).unwrap_or(steps.len());
    // Strace counts the calls of each thread, so one may fail while the file is opened and another one later.
    let while_serving = steps[first_told..].iter().position(injected).map(|index| first_told + index);
    let is_opening = while_serving.is_none();
    let failure = while_serving.or_else(|| steps.iter().position(injected))?;
    if is_opening && ended.is_success {
        // Nothing rests on what SQLite writes for itself while it opens a file: all that is acknowledged was synced
        // later, and the directory was synced by us before.
        assert_eq!(acknowledged.len(), key_count, "{injection}");
        assert_eq!(open_left(&data).keys.len(), key_count, "{injection}");
        return None;
    }

    let told_after = steps[failure..].iter().filter(|step| matches!(step, Step::Told { .. })).count();
    if ended.is_success && told_after == 0 && acknowledged.len() == key_count {
        // The file was being closed: all was synced and acknowledged before, and what SQLite writes then is for itself.
        assert_eq!(open_left(&data).keys.len(), key_count, "{injection}");
        return None;
    }

    assert!(!ended.is_success, "{injection}: it must not end as if all were well");
    assert!(!ended.told.is_empty(), "{injection}: it says why");
    // A lone writer has heard of everything before it sends the next event; several may be told of the transaction
    // before while the next one fails, and anybody while the checkpoint after it fails.
    let in_flight_max = match (writer_count, key_count) {
        (1, KEY_COUNT) => 0,
        _ => writer_count,
    };
    assert!(told_after <= in_flight_max, "{injection}: {told_after} acknowledged after the failure");
    let left = open_left(&data);
    for key in &acknowledged {
        assert!(left.keys.contains(key), "{injection}: {key} was acknowledged and is gone");
    }
    assert_eq!(left.doubled_count, 0, "{injection}");
    let Step::Injected { path } = &steps[failure] else { return None };
    Some(Before { acknowledged_count: acknowledged.len(), path: path.clone() })
}

#[test]
fn a_sync_that_fails_ends_the_process_and_is_never_tried_again() {
    if !has_strace() {
        return;
    }
    let mut acknowledged_count = 0;
    let mut failure_count = 0;
    for number in (1..=20).chain([25, 30, 35]) {
        // Only this one fails: whoever tried again would succeed, and would acknowledge what may be lost.
        for writer_count in [1, 4] {
            let injection = format!("inject=fsync,fdatasync:error=EIO:when={number}");
            if let Some(before) = check(&injection, writer_count, KEY_COUNT) {
                acknowledged_count += before.acknowledged_count;
                failure_count += 1;
            }
        }
    }
    assert!(failure_count >= 12 && acknowledged_count > 0);
    println!("failing syncs: {failure_count} points, {acknowledged_count} acknowledged before, 0 lost");
}

#[test]
fn a_disk_that_is_full_ends_the_process_and_loses_nothing() {
    if !has_strace() {
        return;
    }
    let mut failure_count = 0;
    for number in [1, 2, 5, 10, 20, 40, 80, 120, 160, 200] {
        failure_count += usize::from(
            check(&format!("inject=pwrite64:error=ENOSPC:when={number}+"), 4, KEY_COUNT).is_some(),
        );
    }
    assert!(failure_count >= 8);
    println!("full disk: {failure_count} points, 0 lost");
}

/// SQLite's own checkpoints would go on.
#[test]
fn a_checkpoint_whose_sync_fails_ends_the_process() {
    if !has_strace() {
        return;
    }
    let failures: Vec<Before> = (1_001..=1_006)
        .filter_map(|number| {
            let injection = format!("inject=fsync,fdatasync:error=EIO:when={number}");
            check(&injection, 1, KEY_COUNT_OF_CHECKPOINT)
        })
        .collect();
    let within_database = failures.iter().filter(|before| before.path.ends_with("segue.db")).count();
    assert!(within_database > 0, "one of the calls syncs the database itself, which only a checkpoint does");
    println!("failing checkpoint: {} points, {within_database} in the database file, 0 lost", failures.len());
}
