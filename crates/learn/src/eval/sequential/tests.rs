//! The task on small histories whose next item is known.

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

fn run(file: &str, content: &str) -> Result<EvalReport, LearnError> {
    let data = MemoryDataSet::new("small").with(file, content);
    task(&data, &EvalOptions::default(), &NoMeter, &mut |_| {})
}

#[test]
fn a_walk_goes_on() {
    let walk = |row: usize| (0..8).map(|step| format!(" {}", (row * 5 + step) % 40)).collect::<String>();
    let content: String = (0..200).map(|row| format!("{row}{}\n", walk(row))).collect();
    let report = run("LastFM.txt", &content).unwrap();
    assert!(report.model(&report.best).unwrap().metrics["hr@10"] > 0.95, "{report:?}");
}

#[test]
fn bad_files_are_refused_with_their_line() {
    let error = run("LastFM.txt", "1 2 3 4\n2 a\n").unwrap_err().to_string();
    insta::assert_snapshot!(error, @"LastFM.txt line 2: not a whole number: `a`; a line is `user item item ...` in whole numbers");
    assert!(run("LastFM.txt", "").is_err());
    assert!(run("other.txt", "1 2 3 4\n").is_err());
    let data =
        MemoryDataSet::new("small").with("LastFM.txt", "1 2 3 4\n").with("LastFM_item2attributes.json", "{");
    assert!(task(&data, &EvalOptions::default(), &NoMeter, &mut |_| {}).is_err());
}

#[test]
fn one_listener_is_enough() {
    let report = run("small.txt", "1 2 3 4 4\n").unwrap();
    assert!(report.models.iter().all(|model| model.metrics.values().all(|value| value.is_finite())));
}
