//! Collaborative filtering: from who turned to what, recommend to each listener what they turn to next.
//!
//! # Protocol
//!
//! * Every item is ranked for every listener; the listener's *train* items are left out of the ranking, and nothing
//!   else: validation items stay in as competitors when test data judges, and test items when validation data does.
//!   (With validation items left out as well, figures rise by a fifth and compare with nothing that is published.)
//! * `recall@k` divides by the number of the listener's test items, not by `min(k, test items)`: only so do the
//!   measured baselines of the sets it is used on reproduce (ml-1m-cf: popularity recall@10 .0687, with the other
//!   divisor .158). `ndcg@k` has an ideal list of `min(k, test items)`.
//! * Averages are over listeners that have items in the part that judges.
//! * Parameters and the best model are chosen on validation data by one metric.
//!   The models that were compared were fitted to train data only, and so are those that are judged in the end.
//!   Where a split has no validation part, a tenth of each listener's train items serves for choosing and is given
//!   back for the last fit; or whole groups of items, where the test is no random part either ([`HoldOut`]).
//! * Test data is looked at once, when everything has been chosen.
//!
//! # Models
//!
//! Popularity, item neighbours ([`crate::knn`]), walks ([`crate::rp3beta`]), listeners who are alike
//! ([`crate::user_knn`]), EASE with dropout ([`crate::ease`], in blocks where no side is small enough), iALS
//! ([`crate::ials`]), a weighted sum of them all with scores brought to mean 0 and variance 1 per listener, and a
//! ranker of their scores; weights and ranker learn from folds of the train part that the models had not seen.

mod blend;
mod contest;
mod family;
mod judge;
mod models;
mod split;
mod stack;
mod warm;

pub use contest::{CfOptions, run};
pub use split::{Said, Split};
pub(super) use warm::task as warm_task;

#[cfg(doc)]
use super::HoldOut;
use super::task::Choice;
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::error::LearnError;
use crate::progress::Progress;

/// The contest as a task: reads the split and runs it.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let split = Split::read(data)?;
    if split.valid.is_some() && options.hold_out.is_some() {
        return Err(LearnError::NoUse { task: "cf with a valid part", option: Choice::HoldOut.name() });
    }
    let defaults = CfOptions::default();
    let options = CfOptions {
        data: data.name().to_owned(),
        seed: options.seed,
        choose_by: options.choose_by.unwrap_or(defaults.choose_by),
        models: options.models.clone(),
        hold_out: options.hold_out.unwrap_or_default(),
        ..defaults
    };
    run(&split, &options, meter, progress)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::eval::data_set::Draws;
    use crate::eval::{MemoryDataSet, NoMeter};

    fn report(models: &[&str]) -> Result<EvalReport, LearnError> {
        let mut random = Draws(2);
        let (mut train, mut test) = (String::new(), String::new());
        for listener in 0..40 {
            let items: Vec<String> =
                (0..10).map(|_| (random.below(20) + listener % 2 * 20).to_string()).collect();
            writeln!(train, "{listener} {}", items[..8].join(" ")).unwrap();
            writeln!(test, "{listener} {}", items[8..].join(" ")).unwrap();
        }
        let data = MemoryDataSet::new("halves").with("train.txt", train).with("test.txt", test);
        let models = Some(models.iter().map(|&name| name.to_owned()).collect());
        task(&data, &EvalOptions { models, ..EvalOptions::default() }, &NoMeter, &mut |_| {})
    }

    #[test]
    fn the_models_that_were_named_take_part_and_no_others() {
        let names: Vec<String> =
            report(&["item_knn", "popularity"]).unwrap().models.into_iter().map(|model| model.name).collect();
        assert_eq!(names, ["popularity", "item_knn", "blend", "stack"]);
        let error = report(&["item_knn", "magic"]).unwrap_err().to_string();
        insta::assert_snapshot!(error, @"`magic` is no model of this task; known are popularity, item_knn, rp3beta, user_knn, ease, sparse_ease, ials_narrow, ials, ials_features");
    }
}
