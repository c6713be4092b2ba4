//! Which item comes next in a listener's history? Leave one out.
//!
//! # Protocol
//!
//! * The last item of each listener is the test target, the one before it the validation target.
//! * All items are ranked that the listener has not had before the target.
//! * For choosing, models read all but the last two items; the ranker learns to find the three items before those from
//!   models that have not read them. The models that are judged read all but the last item.
//! * Item names are replaced by numbers in the order of the histories without their targets, and are no feature: in
//!   files that number items as they occur, a new item's number would give it away.

mod base_models;
mod read;

use rayon::prelude::*;
use serde_json::json;

use self::base_models::{Base, WIDTH};
use self::read::Histories;
use super::two_stage::{Outcome, Query, averages, fit_ranker, judge};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::{BoostParams, Boosted, RankingModel};
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
/// Rankers whose scores are averaged, each with a seed of its own; one alone depends on chance here.
const RANKER_COUNT: u64 = 5;

/// Rankers that vote.
struct Voters(Vec<Boosted>);

impl RankingModel for Voters {
    fn feature_count(&self) -> usize {
        WIDTH
    }

    fn score(&self, features: &[f32]) -> f32 {
        self.0.iter().map(|voter| voter.score(features)).sum()
    }
}

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 4 });
    let started = meter.seconds();
    step("reading histories", 0);
    let histories = Histories::read(data)?;
    step("learning to rank", 1);
    let fit_queries = learnt_queries(&histories, options.seed)?;
    let valid_base = Base::fit(&histories, &histories.without_last(2), options.seed)?;
    let valid_queries = ask(&valid_base, &histories, 2);
    let fit_started = meter.seconds();
    let ranker = learn(&fit_queries, &valid_queries, options.seed)?;
    let fit_seconds = meter.seconds() - fit_started;
    step("learning from all but the last item", 2);
    let base = Base::fit(&histories, &histories.without_last(1), options.seed)?;
    let mut test = ask(&base, &histories, 1);
    if let Some(max) = options.cases_max {
        let count = test.len().div_ceil(max.max(1));
        test = test.into_iter().step_by(count).collect();
    }
    step("judging", 3);
    let firsts = |queries: &[Query]| -> Vec<(Vec<u32>, Vec<u32>)> {
        queries.iter().map(|query| (query.items.clone(), query.relevant.clone())).collect()
    };
    let mut outcomes = vec![Outcome {
        name: "blend",
        params: json!({}),
        test: judge(&firsts(&test), &METRICS)?,
        validation: judge(&firsts(&valid_queries), &METRICS)?,
        started,
        fit_seconds: 0.0,
    }];
    if let Some(ranker) = &ranker {
        let ranked = |queries: &[Query]| -> Vec<(Vec<u32>, Vec<u32>)> {
            queries.par_iter().map(|query| (query.ranked(WIDTH, ranker), query.relevant.clone())).collect()
        };
        outcomes.push(Outcome {
            name: "two-stage",
            params: json!({ "trees": ranker.0.iter().map(|voter| voter.trees().len()).collect::<Vec<_>>() }),
            test: judge(&ranked(&test), &METRICS)?,
            validation: judge(&ranked(&valid_queries), &METRICS)?,
            started,
            fit_seconds,
        });
    }
    let chosen_by = |outcome: &Outcome| averages(&outcome.validation, &METRICS)["ndcg@10"];
    let best =
        outcomes.iter().max_by(|a, b| chosen_by(a).total_cmp(&chosen_by(b))).expect("there is one").name;
    let groups: Vec<u32> = (0..test.len() as u32).collect();
    let models = outcomes.into_iter().map(|outcome| outcome.report(&METRICS, &groups, options.seed, meter));
    Ok(EvalReport {
        task: "sequential".to_owned(),
        data: data.name().to_owned(),
        protocol: format!(
            "leave one out: the last item of each of {} histories is the target among all items that the listener has \
             not had before; the item before it is for choosing",
            test.len()
        ),
        seed: options.seed,
        models: models.collect::<Result<_, _>>()?,
        best: best.to_owned(),
        skipped: Vec::new(),
    })
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

/// The rankers; none where nothing is found.
fn learn(fit: &[Query], valid: &[Query], seed: u64) -> Result<Option<Voters>, LearnError> {
    let found = |query: &Query| query.relevant.iter().any(|item| query.items.contains(item));
    if !fit.iter().any(found) {
        return Ok(None);
    }
    let measure = |ranked: &[u32], relevant: &[u32]| {
        // Smoother than the first ten alone, which a thousand listeners cannot tell apart.
        let place = ranked.iter().position(|item| relevant.contains(item));
        place.map_or(0.0, |place| 1.0 / (place as f64 + 2.0).log2())
    };
    let voter = |seed| {
        let params = BoostParams {
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
        };
        fit_ranker(WIDTH, fit, valid, &measure, 30, &params)
    };
    (0..RANKER_COUNT)
        .map(|vote| voter(seed + vote))
        .collect::<Result<_, _>>()
        .map(|voters| Some(Voters(voters)))
}

#[cfg(test)]
mod tests;
