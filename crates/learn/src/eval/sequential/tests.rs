//! The task on small histories whose next item is known.

use super::*;
use crate::eval::data_set::Draws;
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

#[test]
fn numbers_do_not_tell_which_items_are_targets() {
    let read =
        |content: &str| Histories::read(&MemoryDataSet::new("small").with("LastFM.txt", content)).unwrap();
    // Items 90 to 93 are targets alone; which listener has which must not show.
    let one = read("1 5 6 90 91\n2 7 5 92 93\n");
    let other = read("1 5 6 93 90\n2 7 5 91 92\n");
    let number = |histories: &Histories, row: usize, back: usize| {
        let row = &histories.rows[row];
        row[row.len() - back]
    };
    assert_eq!(number(&one, 0, 2), number(&other, 0, 1), "item 90");
    assert_eq!(number(&one, 1, 1), number(&other, 0, 2), "item 93");
    assert_eq!(one.rows[0][..2], other.rows[0][..2]);
}

#[test]
fn a_report_stands_without_attributes_too() {
    let item = |place: u32| format!(" {}", (place.wrapping_mul(2_654_435_761) >> 9) % 40);
    let history = |row: u32| (0..8).map(|place| item(row * 8 + place)).collect::<String>();
    let content: String = (0..60).map(|row| format!("{row}{}\n", history(row))).collect();
    let attributes = |of: &dyn Fn(u32) -> u32| {
        let pairs: Vec<String> = (0..40).map(|item| format!("\"{item}\": [{}]", of(item))).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let run = |of: &dyn Fn(u32) -> u32| {
        let data = MemoryDataSet::new("small").with("LastFM.txt", &*content);
        let data = data.with("LastFM_item2attributes.json", attributes(of));
        task(&data, &EvalOptions::default(), &NoMeter, &mut |_| {}).unwrap()
    };
    let (one, other) = (run(&|item| item % 3), run(&|item| item / 7));
    assert_eq!(one.models.len(), 4);
    assert_eq!(one.model("two-stage-plain"), other.model("two-stage-plain"));
    assert_ne!(one.model("blend").unwrap().metrics, other.model("blend").unwrap().metrics);
}

#[test]
fn targets_have_no_say_in_what_is_ranked() {
    let mut random = Draws(3);
    let rows: Vec<Vec<u64>> = (0..80).map(|_| (0..9).map(|_| random.below(60)).collect()).collect();
    // Every listener's last item goes to the next listener.
    let targets: Vec<u64> = (0..80).map(|row| 100 + row % 20).collect();
    let asked = |turn: usize| {
        let line = |(row, items): (usize, &Vec<u64>)| {
            let items: Vec<String> =
                items.iter().chain([&targets[(row + turn) % 80]]).map(u64::to_string).collect();
            format!("{row} {}\n", items.join(" "))
        };
        let content: String = rows.iter().enumerate().map(line).collect();
        let histories = Histories::read(&MemoryDataSet::new("small").with("LastFM.txt", content)).unwrap();
        let base = Base::fit(&histories, &histories.without_last(1), 1).unwrap();
        let mut queries = ask(&base, &histories, 1);
        let relevant: Vec<Vec<u32>> =
            queries.iter_mut().map(|query| std::mem::take(&mut query.relevant)).collect();
        let learnt = learnt_queries(&histories, 1).unwrap();
        let seen = |queries: Vec<Query>| -> Vec<(Vec<u32>, Vec<f32>)> {
            queries.into_iter().map(|query| (query.items, query.features)).collect()
        };
        (seen(queries), seen(learnt), relevant)
    };
    let (one, other) = (asked(0), asked(1));
    assert_ne!(one.2, other.2, "the targets differ");
    assert!(one.0 == other.0, "what is ranked for the test differs");
    assert!(one.1 == other.1, "what is learnt from differs");
}

#[test]
fn where_nothing_can_be_known_nothing_is_found() {
    let mut random = Draws(1);
    let content: String = (0..500)
        .map(|row| {
            let items: Vec<String> = (0..10).map(|_| random.below(300).to_string()).collect();
            format!("{row} {}\n", items.join(" "))
        })
        .collect();
    let report = run("LastFM.txt", &content).unwrap();
    for model in &report.models {
        // Ten of about 291 by chance; three times the standard error above.
        assert!(model.metrics["hr@10"] < 0.0344 + 0.025, "{}: {:?}", model.name, model.metrics);
    }
}
