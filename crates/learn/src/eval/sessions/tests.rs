//! The task on small sessions whose next track is known.

use super::*;
use crate::eval::data_set::Draws;
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

#[test]
fn targets_have_no_say_in_what_is_ranked() {
    // The items 90 and 91 are in the test part only.
    let lists = |test: &str| {
        let data = MemoryDataSet::new("small")
            .with("train_sessions.txt", walks(200))
            .with("test_prefix_target.txt", test);
        let cases = Cases::read(&data, None).unwrap();
        let base = Base::fit(cases.item_count, &cases.sessions, 1).unwrap();
        let learnt = learn(&cases, 1, &NoMeter, &mut |_, _| {}).unwrap();
        let (first, second) = rank(&base, &cases.test, learnt.ranker.as_ref());
        let lists = |ranked: Vec<Ranked>| ranked.into_iter().map(|(list, _)| list).collect::<Vec<_>>();
        assert!(!second.is_empty(), "the ranker takes part");
        (lists(first), lists(second))
    };
    assert_eq!(lists("3 4\t5\n3 90\t91\n7 8\t90\n"), lists("3 4\t91\n3 90\t5\n7 8\t91\n"));
}

#[test]
fn where_nothing_can_be_known_nothing_is_found() {
    let mut random = Draws(1);
    let mut session = || (0..6).map(|_| random.below(400).to_string()).collect::<Vec<_>>();
    let train: String = (0..600).map(|_| session().join(" ") + "\n").collect();
    let test: String = (0..400)
        .map(|_| {
            let items = session();
            format!("{}\t{}\n", items[..5].join(" "), items[5])
        })
        .collect();
    let report = run(&train, &test).unwrap();
    for model in &report.models {
        // Twenty of four hundred by chance; three times the standard error above.
        assert!(model.metrics["hr@20"] < 0.05 + 0.033, "{}: {:?}", model.name, model.metrics);
    }
}

#[test]
fn numbers_do_not_tell_what_comes_next() {
    let read = |test: &str| {
        let data = MemoryDataSet::new("small").with("train_sessions.txt", "1 2\n1 2\n");
        Cases::read(&data.with("test_prefix_target.txt", test), None).unwrap()
    };
    // Items 90 and 91 are in the test part only: which of them comes first there must not show.
    let (one, other) = (read("90\t91\n"), read("91\t90\n"));
    assert_eq!(one.test[0].target, other.test[0].prefix[0]);
    assert_ne!(one.test[0].target, one.test[0].prefix[0]);
}
