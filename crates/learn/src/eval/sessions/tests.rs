//! The task on small sessions whose next track is known.

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

fn walks(count: usize) -> String {
    let walk = |row: usize| {
        (0..5).map(|step| (row * 7 + step) % 30).map(|item| item.to_string()).collect::<Vec<_>>()
    };
    (0..count).map(|row| walk(row).join(" ") + "\n").collect()
}

fn run(train: &str, test: &str) -> Result<EvalReport, LearnError> {
    let data =
        MemoryDataSet::new("small").with("train_sessions.txt", train).with("test_prefix_target.txt", test);
    task(&data, &EvalOptions::default(), &NoMeter, &mut |_| {})
}

#[test]
fn a_rule_that_always_holds_is_found() {
    let report = run(&walks(200), "3 4\t5\n3\t4\n10\t11\n").unwrap();
    let best = report.model(&report.best).unwrap();
    assert_eq!(best.metrics["precision@20"], 1.0);
    assert!(report.model("two-stage").unwrap().metrics["mrr@20"] > 0.6, "{report:?}");
}

#[test]
fn bad_files_are_refused_with_their_line() {
    for (train, test) in [("", "1\t2\n"), ("1 2\n", "1\t2\n"), ("1 2\n1 2\n", ""), ("1 2\n1 2\n", "1 2\n")] {
        assert!(run(train, test).is_err(), "{train:?} {test:?}");
    }
    let error = run("1 2\n1 x\n", "1\t2\n").unwrap_err().to_string();
    insta::assert_snapshot!(error, @"train_sessions.txt line 2: not a whole number: `x`; a line is `item item ...` in whole numbers");
}

#[test]
fn two_sessions_and_unknown_items_are_enough() {
    let report = run("1 2\n1 2\n", "1\t2\n9\t8\n").unwrap();
    assert!(report.models.iter().all(|model| model.metrics.values().all(|value| value.is_finite())));
}
