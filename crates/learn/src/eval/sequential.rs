//! Which item comes next in a listener's history? Leave one out.
//!
//! # Protocol
//!
//! * The last item of each listener is the test target, the one before it the validation target.
//! * All items are ranked that the listener has not had before the target.
//! * For choosing, models read all but the last two items; the ranker learns to find the three items before those from
//!   models that have not read them. The models that are judged read all but the last item.
//! * Attributes of items are those that all listeners gave them, those of the test part too, as published; so every
//!   model stands in the report with attributes and, named `-plain`, without.
//! * Item names are replaced by numbers in the order of the histories without their targets, and are no feature: in
//!   files that number items as they occur, a new item's number would give it away.

mod base_models;
mod read;

use rayon::prelude::*;
use serde_json::json;

use self::base_models::{Base, WIDTH};
use self::read::Histories;
use super::beyond::{self, Beyond, Figures};
use super::outcome::{Outcome, Verdict, judge};
use super::two_stage::{Query, fit_voters};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::BoostParams;
use crate::error::LearnError;
use crate::metrics::Metric;
use crate::progress::Progress;

/// What is reported.
const METRICS: [Metric; 6] = [
    Metric::HitRate(10),
    Metric::Ndcg(10),
    Metric::HitRate(20),
    Metric::Ndcg(20),
    Metric::HitRate(5),
    Metric::ReciprocalRank(20),
];
/// Candidates that are ranked.
const CANDIDATE_COUNT: usize = 200;
/// Items of each history that the ranker learns to find.
const LEARNT: usize = 3;
/// Rankers that vote; one alone depends on chance here.
const RANKER_COUNT: u64 = 5;
/// Places that the ranker is judged by while it learns.
const TRUNCATION: usize = 30;

/// A list and what it should hold.
type Ranked = (Vec<u32>, Vec<u32>);

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 3 });
    let started = meter.seconds();
    step("reading histories", 0);
    let mut histories = Histories::read(data)?;
    let mut judged = Vec::new();
    if !histories.attributes.is_empty() {
        step("learning and judging with attributes", 1);
        judged.extend(contest(&histories, ["blend", "two-stage"], options, meter)?);
        histories.attributes.clear();
        histories.attribute_count = 0;
    }
    step("learning and judging without attributes", 2);
    judged.extend(contest(&histories, ["blend-plain", "two-stage-plain"], options, meter)?);
    let (mut outcomes, figures): (Vec<Outcome>, Vec<Figures>) = judged.into_iter().unzip();
    let case_count = outcomes[0].test.len();
    let groups: Vec<u32> = (0..case_count as u32).collect();
    for outcome in &mut outcomes {
        outcome.started = started;
    }
    let verdict = Verdict {
        task: "sequential",
        data,
        protocol: format!(
            "leave one out: the last item of each of {case_count} histories is the target among all items that the \
             listener has not had before; the item before it is for choosing"
        ),
        metrics: &METRICS,
        choose_by: Metric::Ndcg(10),
        groups: &groups,
        seed: options.seed,
    };
    let mut report = verdict.report(outcomes, meter)?;
    beyond::tell(&mut report, figures);
    Ok(report)
}

/// Both stages on these histories.
fn contest(
    histories: &Histories,
    [first, second]: [&'static str; 2],
    options: &EvalOptions,
    meter: &dyn Meter,
) -> Result<Vec<(Outcome, Figures)>, LearnError> {
    let seed = options.seed;
    let started = meter.seconds();
    let fit = learnt_queries(histories, seed)?;
    let valid = ask(&Base::fit(histories, &histories.without_last(2), seed)?, histories, 2);
    let fit_started = meter.seconds();
    let ranker = fit_voters(WIDTH, fit, &valid, &measure, TRUNCATION, (&params(seed), RANKER_COUNT))?;
    let fit_seconds = meter.seconds() - fit_started;
    let shown = histories.without_last(1);
    let mut test = ask(&Base::fit(histories, &shown, seed)?, histories, 1);
    // Those that are asked for, which [`ask`] keeps in order.
    let mut known: Vec<&[u32]> = shown.iter().copied().filter(|row| !row.is_empty()).collect();
    if let Some(max) = options.cases_max {
        let step = test.len().div_ceil(max.max(1));
        test = test.into_iter().step_by(step).collect();
        known = known.into_iter().step_by(step).collect();
    }
    let yardstick = Beyond::of(&shown, histories.item_count, seed)?;
    let firsts = |queries: &[Query]| -> Vec<Ranked> {
        queries.iter().map(|query| (query.items.clone(), query.relevant.clone())).collect()
    };
    let outcome = |name, test: &[Ranked], valid: &[Ranked], params, fit_seconds| {
        let lists = test.iter().map(|(list, _)| list.as_slice());
        let figures = yardstick.figures(lists.zip(known.iter().copied()))?;
        let (test, validation) = (judge(test, &METRICS)?, judge(valid, &METRICS)?);
        Ok::<_, LearnError>((Outcome { name, params, test, validation, started, fit_seconds }, figures))
    };
    let mut outcomes = vec![outcome(first, &firsts(&test), &firsts(&valid), json!({}), 0.0)?];
    if let Some(ranker) = &ranker {
        let ranked = |queries: &[Query]| -> Vec<Ranked> {
            queries.par_iter().map(|query| (query.ranked(WIDTH, ranker), query.relevant.clone())).collect()
        };
        let params = json!({ "trees": ranker.tree_counts() });
        outcomes.push(outcome(second, &ranked(&test), &ranked(&valid), params, fit_seconds)?);
    }
    Ok(outcomes)
}

/// What decides how many trees are best; smoother than the first ten places, which a thousand listeners cannot tell
/// apart.
fn measure(ranked: &[u32], relevant: &[u32]) -> f64 {
    let place = ranked.iter().position(|item| relevant.contains(item));
    place.map_or(0.0, |place| 1.0 / (place as f64 + 2.0).log2())
}

/// Tuned on the validation items of lastfm-sequential.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 150,
        leaf_count: 8,
        learning_rate: 0.05,
        rows_min: 200,
        feature_share: 0.5,
        row_share: 0.8,
        ridge: 10.0,
        patience: 30,
        seed,
        ..BoostParams::default()
    }
}

/// Queries for the item that is `back` from the end of each history that is long enough.
fn ask(base: &Base, histories: &Histories, back: usize) -> Vec<Query> {
    let long: Vec<&Vec<u32>> = histories.rows.iter().filter(|row| row.len() > back).collect();
    long.par_iter()
        .map(|row| {
            let target = row.len() - back;
            Query { relevant: vec![row[target]], ..base.query(histories, &row[..target], CANDIDATE_COUNT) }
        })
        .collect()
}

/// Queries for the items before the last two, from models that have not read them.
fn learnt_queries(histories: &Histories, seed: u64) -> Result<Vec<Query>, LearnError> {
    let shown = histories.without_last(2 + LEARNT);
    if shown.iter().all(|row| row.is_empty()) {
        return Ok(Vec::new());
    }
    let base = Base::fit(histories, &shown, seed)?;
    let mut queries = Vec::new();
    for back in 3..3 + LEARNT {
        queries.extend(ask(&base, histories, back));
    }
    Ok(queries)
}

#[cfg(test)]
mod tests;
