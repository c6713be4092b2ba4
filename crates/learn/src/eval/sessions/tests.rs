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

#[test]
fn what_was_already_heard_may_come_again() {
    let train: String = (0..100).map(|row| format!("{0} {1} {0} {1}\n", row % 10, row % 10 + 10)).collect();
    let report = run(&train, "3 13\t3\n4 14\t4\n").unwrap();
    assert_eq!(report.model(&report.best).unwrap().metrics["hr@10"], 1.0);
}

#[test]
fn every_name_of_a_figure_has_its_interval() {
    let report = run(&walks(60), &"3 4\t5\n3\t9\n".repeat(20)).unwrap();
    for model in &report.models {
        assert_eq!(model.ci95.get("precision@20"), model.ci95.get("hr@20"));
        assert_eq!(model.metrics["recall@20"], model.metrics["hr@20"]);
    }
}

#[test]
fn a_session_of_fifty_thousand_tracks_and_gaps_between_ids_are_no_harm() {
    let long: Vec<String> =
        (0..50_000).map(|play| (play * 1_000_003_u64 % 7_000_000_000).to_string()).collect();
    let train = walks(30) + &long.join(" ") + "\n";
    let report = run(&train, "3 4\t5\n18446744073709551615\t5\n");
    assert!(report.unwrap().models.iter().all(|model| model.metrics.values().all(|value| value.is_finite())));
}
