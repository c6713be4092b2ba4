//! Listeners of whom nothing is known: what to ask them, and what to recommend from their answers.
//!
//! # Protocol
//!
//! * All parts of the set are taken together. A listener whose id leaves 0 when divided by 5 is new and for judging, one
//!   whose id leaves 1 is new while choosing; the models see the others only.
//! * A new listener is shown a list of 20 items, and names the first 5 of them that are in the own history, or as many as
//!   there are. Folded into iALS these give the ranking; who finds nothing gets the most popular.
//! * No item of any list is ranked or judged by, so that all lists are judged by the same items.
//!
//! # Lists
//!
//! | name | what is asked |
//! |---|---|
//! | `nothing` | nothing; everybody gets the most popular |
//! | `popular` | the most popular items |
//! | `coverage` | the items of [`crate::onboarding`], with the `repeat` that is best while choosing |

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::cf::Split;
use super::dealt::{PARTS, Parts};
use super::outcome::{Outcome, Verdict, judge};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::error::LearnError;
use crate::ials::{Ials, IalsParams, ItemModel, Observation};
use crate::metrics::Metric;
use crate::onboarding::{OnboardingParams, items_to_ask};
use crate::progress::Progress;
use crate::top_k::top_k;

/// What is reported; the first is what `repeat` is chosen by.
const METRICS: [Metric; 4] = [Metric::Ndcg(10), Metric::Recall(10), Metric::Ndcg(20), Metric::Recall(20)];
/// Items shown, and how many of them somebody names at most.
const SHOWN: usize = 20;
const NAMED: usize = 5;
/// What `repeat` is chosen among.
const REPEATS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 0.9];
/// Items named for a list to have served its purpose, as told in the report.
const ENOUGH: usize = 3;

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let started = meter.seconds();
    let mut step = |stage, done| progress(Progress { stage, done, total: 4 });
    step("reading who turned to what", 0);
    let split = Split::read(data)?;
    let parts = Parts::of(&split)?;
    step("fitting factors", 1);
    let params = IalsParams { seed: options.seed, ..IalsParams::default() };
    let model = Ials::fit(&parts.known, &params, &mut |_| {})?.items;
    let fit_seconds = meter.seconds() - started;
    step("choosing what to ask", 2);
    let (metric, metrics) = options.metrics(&METRICS);
    let world = World::of(&parts, &model)?;
    let place = metrics.iter().position(|&other| other == metric).unwrap_or(0);
    let mut coverage: Option<(f64, Asked)> = None;
    for list in &world.covering {
        let asked = world.ask(list, &parts.choosing, &metrics)?;
        let reached = asked.values.iter().map(|values| values[place]).sum::<f64>();
        if coverage.as_ref().is_none_or(|(best, _)| reached > *best) {
            coverage = Some((reached, asked));
        }
    }
    let (_, coverage) = coverage.ok_or(LearnError::Empty { what: "the lists to choose among" })?;
    step("judging on test data", 3);
    let mut outcomes = Vec::new();
    for (name, list) in
        [("nothing", &world.nothing), ("popular", &world.popular), ("coverage", &coverage.list)]
    {
        let test = world.ask(list, &parts.test, &metrics)?;
        let validation = world.ask(list, &parts.choosing, &metrics)?.values;
        let params = test.told(&split);
        outcomes.push(Outcome { name, params, test: test.values, validation, started, fit_seconds });
    }
    let groups: Vec<u32> = (0..outcomes[0].test.len() as u32).collect();
    let verdict = Verdict {
        task: "onboarding",
        data,
        protocol: format!(
            "all parts together; the {} listeners whose id leaves 0 when divided by {PARTS} are new and name up to {NAMED} of \
             {SHOWN} items shown; no item of any list is judged by; what a second known item counts is chosen by {metric} on \
             the listeners whose id leaves 1; factors of {} dimensions, not tuned; test looked at once",
            parts.test.len(),
            model.dim(),
        ),
        metrics: &metrics,
        choose_by: metric,
        groups: &groups,
        seed: options.seed,
    };
    verdict.report(outcomes, meter)
}

/// A list and what it is made with.
#[derive(Clone, Debug, PartialEq)]
struct List {
    items: Vec<u32>,
    repeat: Option<f64>,
}

/// What is the same for all lists.
struct World<'a> {
    model: &'a ItemModel,
    popularity: Vec<f32>,
    nothing: List,
    popular: List,
    covering: Vec<List>,
    /// On some list, so neither ranked nor judged by.
    set_aside: BTreeSet<u32>,
}

/// What new listeners named on a list, and what they were recommended for it.
struct Asked {
    list: List,
    /// One value per listener for each metric.
    values: Vec<Vec<f64>>,
    /// How many items each has named.
    named: Vec<usize>,
}

impl<'a> World<'a> {
    fn of(parts: &Parts, model: &'a ItemModel) -> Result<Self, LearnError> {
        let by_item = parts.known.transpose();
        let popularity = (0..by_item.row_count()).map(|item| by_item.row_len(item) as f32).collect();
        let weights = vec![1.0; parts.known.row_count()];
        let list = |repeat: f64| -> Result<List, LearnError> {
            let params = OnboardingParams { count: SHOWN, repeat };
            let items = items_to_ask(&parts.known, &weights, params, |_| true)?;
            Ok(List { items, repeat: Some(repeat) })
        };
        let covering = REPEATS.into_iter().map(list).collect::<Result<Vec<_>, _>>()?;
        let popular = list(1.0)?;
        let lists = covering.iter().chain([&popular]);
        let set_aside = lists.flat_map(|list| list.items.iter().copied()).collect();
        let nothing = List { items: Vec::new(), repeat: None };
        Ok(Self { model, popularity, nothing, popular, covering, set_aside })
    }

    fn ask(&self, list: &List, histories: &[Vec<u32>], metrics: &[Metric]) -> Result<Asked, LearnError> {
        let depth = metrics.iter().map(|metric| metric.depth(self.popularity.len())).max().unwrap_or(0);
        let answers = |history: &Vec<u32>| {
            let known: BTreeSet<u32> = history.iter().copied().collect();
            let named: Vec<u32> =
                list.items.iter().copied().filter(|item| known.contains(item)).take(NAMED).collect();
            let relevant: Vec<u32> = known.difference(&self.set_aside).copied().collect();
            (self.ranked(&named, depth), relevant, named.len())
        };
        let answers: Vec<_> = histories.par_iter().map(answers).collect();
        let answers: Vec<_> = answers.into_iter().filter(|(_, relevant, _)| !relevant.is_empty()).collect();
        let named = answers.iter().map(|(.., named)| *named).collect();
        let lists: Vec<_> = answers.into_iter().map(|(ranked, relevant, _)| (ranked, relevant)).collect();
        Ok(Asked { list: list.clone(), values: judge(&lists, metrics)?, named })
    }

    /// The best items for somebody who named these.
    fn ranked(&self, named: &[u32], depth: usize) -> Vec<u32> {
        let mut scores = self.popularity.clone();
        if !named.is_empty() {
            let observation = |&item: &u32| Observation { item, weight: 1.0, target: 1.0 };
            let vector = self.model.fold_in(&named.iter().map(observation).collect::<Vec<_>>());
            self.model.scores(&vector, &mut scores);
        }
        let best = top_k(&scores, depth, |item| !self.set_aside.contains(&item));
        best.into_iter().map(|(item, _)| item).collect()
    }
}

impl Asked {
    /// The list by ids in the files, and how many found something on it.
    fn told(&self, split: &Split) -> Value {
        let ids: Vec<u64> = self.list.items.iter().map(|&item| split.item_ids[item as usize]).collect();
        let share = |least: usize| {
            self.named.iter().filter(|&&named| named >= least).count() as f64 / self.named.len().max(1) as f64
        };
        json!({
            "repeat": self.list.repeat,
            "shown": ids,
            "named_something": share(1),
            "named_three": share(ENOUGH),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::eval::{MemoryDataSet, NoMeter};

    fn mixed(number: u32) -> u32 {
        number.wrapping_mul(2_654_435_761) >> 16
    }

    /// Seven camps, the first of which is half of all listeners; each has 30 items of its own.
    fn data() -> MemoryDataSet {
        let (mut train, mut test) = (String::new(), String::new());
        for listener in 0..400_u32 {
            let camp = if listener / 5 % 2 == 0 { 0 } else { 1 + listener / 10 % 6 };
            let items = |part: u32| {
                (0..30_u32)
                    .filter(move |item| mixed(item * 1_000 + listener) % 5 == part)
                    .map(move |item| camp * 30 + item)
            };
            for (text, parts) in [(&mut train, &[0, 1, 2][..]), (&mut test, &[3])] {
                write!(text, "{listener}").unwrap();
                parts.iter().flat_map(|&part| items(part)).for_each(|item| write!(text, " {item}").unwrap());
                writeln!(text).unwrap();
            }
        }
        MemoryDataSet::new("camps").with("train.txt", train).with("test.txt", test)
    }

    #[test]
    fn whoever_finds_something_on_the_list_is_served_better() {
        let report = task(&data(), &EvalOptions::default(), &NoMeter, &mut |_| {}).unwrap();
        let ndcg = |name: &str| report.model(name).unwrap().metrics["ndcg@10"];
        assert_eq!(report.best, "coverage");
        assert!(ndcg("coverage") > ndcg("popular") + 0.2, "{} {}", ndcg("coverage"), ndcg("popular"));
        let params = |name: &str, key: &str| report.model(name).unwrap().params[key].as_f64().unwrap();
        assert!(params("coverage", "named_something") > 0.95);
        assert!(params("popular", "named_something") < 0.6);
    }

    #[test]
    fn a_set_without_new_listeners_is_refused() {
        let few = MemoryDataSet::new("few").with("train.txt", "2 1 2\n3 1\n").with("test.txt", "2 3\n");
        let outcome = task(&few, &EvalOptions::default(), &NoMeter, &mut |_| {});
        assert!(matches!(outcome, Err(LearnError::Empty { .. })));
    }
}
