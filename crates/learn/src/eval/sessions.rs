//! What comes next in a listening session?
//!
//! # Protocol
//!
//! * All items are ranked for each prefix of a test session; the prefix is not masked, since listeners repeat.
//! * `hr@20`, also called P@20 in the literature and so reported as `precision@20`: the share of cases with the target
//!   among the first 20; `mrr@20`: the mean reciprocal rank, 0 beyond.
//! * The last tenth of the train sessions serves for choosing and for learning the ranker: four fifths of it for
//!   learning, one fifth for validation. The models that are judged read all train sessions.
//! * Intervals draw test sessions, not prefixes; a case belongs to the session of the case before it while the prefix
//!   gets shorter and starts alike.

mod cases;
mod features;

use rayon::prelude::*;
use serde_json::json;

use self::cases::{Case, Cases};
use self::features::{Base, WIDTH};
use super::beyond::{self, Beyond, Figures};
use super::outcome::{Outcome, Verdict, judge};
use super::two_stage::{Query, Voters, fit_voters};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::BoostParams;
use crate::error::LearnError;
use crate::metrics::Metric;
use crate::progress::Progress;

/// What is reported.
const METRICS: [Metric; 5] = [
    Metric::HitRate(20),
    Metric::ReciprocalRank(20),
    Metric::Ndcg(20),
    Metric::HitRate(10),
    Metric::ReciprocalRank(10),
];
/// Cases that the ranker learns from, at most.
const FIT_CASES_MAX: usize = 40_000;
/// Cases that decide how many trees are best, at most.
const VALID_CASES_MAX: usize = 10_000;
/// Candidates that are ranked.
const CANDIDATE_COUNT: usize = 150;
/// Places that the ranker is judged by while it learns.
const TRUNCATION: usize = 30;

/// Cases whose candidates are held at once.
const PART: usize = 8192;
/// Rankers that vote.
const RANKER_COUNT: u64 = 1;

/// A list and what it should hold.
type Ranked = (Vec<u32>, Vec<u32>);

/// What is learnt on the last sessions.
struct Learnt {
    ranker: Option<Voters>,
    valid: Vec<Query>,
    fit_seconds: f64,
}

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 5 });
    let started = meter.seconds();
    step("reading sessions", 0);
    let cases = Cases::read(data, options.cases_max)?;
    let learnt = learn(&cases, options.seed, meter, &mut step)?;
    step("learning from all sessions", 3);
    let base = Base::fit(cases.item_count, &cases.sessions, options.seed)?;
    step("ranking test cases", 4);
    let (first, second) = rank(&base, &cases.test, learnt.ranker.as_ref());
    let groups: Vec<u32> = cases.test.iter().map(|case| case.group).collect();
    let valid: Vec<Ranked> =
        learnt.valid.iter().map(|query| (query.items.clone(), query.relevant.clone())).collect();
    let mut outcomes = vec![Outcome {
        name: "session-neighbours",
        params: json!({ "sessions": cases.sessions.len() }),
        test: judge(&first, &METRICS)?,
        validation: judge(&valid, &METRICS)?,
        started,
        fit_seconds: 0.0,
    }];
    if let Some(ranker) = &learnt.ranker {
        let ranked = |query: &Query| (query.ranked(WIDTH, ranker), query.relevant.clone());
        let valid: Vec<Ranked> = learnt.valid.par_iter().map(ranked).collect();
        outcomes.push(Outcome {
            name: "two-stage",
            params: json!({ "trees": ranker.tree_counts(), "candidates": CANDIDATE_COUNT }),
            test: judge(&second, &METRICS)?,
            validation: judge(&valid, &METRICS)?,
            started,
            fit_seconds: learnt.fit_seconds,
        });
    }
    let verdict = Verdict {
        task: "sessions",
        data,
        protocol: protocol(&cases),
        metrics: &METRICS,
        choose_by: Metric::HitRate(20),
        groups: &groups,
        seed: options.seed,
    };
    let mut report = verdict.report(outcomes, meter)?;
    beyond::tell(&mut report, figures(&cases, [&first, &second], options.seed)?);
    for model in &mut report.models {
        for (name, other) in [("hr@20", "precision@20"), ("hr@20", "recall@20"), ("hr@10", "recall@10")] {
            model.repeat_metric(name, other);
        }
    }
    Ok(report)
}

fn protocol(cases: &Cases) -> String {
    format!(
        "all items ranked for each of {} prefixes, the prefix not masked; precision@20 is the share of targets among the \
         first 20; chosen and ranker learnt on the last tenth of the train sessions; intervals draw sessions",
        cases.test.len()
    )
}

/// What the lists of both stages are like besides being right, held against the prefixes.
fn figures(cases: &Cases, stages: [&Vec<Ranked>; 2], seed: u64) -> Result<Vec<Figures>, LearnError> {
    let yardstick = Beyond::of(&cases.sessions, cases.item_count, seed)?;
    let of_stage = |lists: &Vec<Ranked>| {
        let prefixes = cases.test.iter().map(|case| case.prefix.as_slice());
        yardstick.figures(lists.iter().map(|(list, _)| list.as_slice()).zip(prefixes))
    };
    stages.into_iter().map(of_stage).collect()
}

/// Learns the ranker from models that have not read the last tenth of the sessions.
fn learn(
    cases: &Cases,
    seed: u64,
    meter: &dyn Meter,
    step: &mut dyn FnMut(&'static str, usize),
) -> Result<Learnt, LearnError> {
    step("learning from all but the last sessions", 1);
    let cut = cases.sessions.len() - (cases.sessions.len() / 10).max(1);
    let base = Base::fit(cases.item_count, &cases.sessions[..cut], seed)?;
    let (valid, fit): (Vec<Case>, Vec<Case>) =
        expand(&cases.sessions[cut..]).into_iter().partition(|case| case.group % 5 == 0);
    let mut fit_queries = Vec::new();
    // A part at a time, since the ranker learns nothing from cases whose target is not found.
    for part in spread(fit, FIT_CASES_MAX).chunks(PART) {
        fit_queries.extend(base.queries(part, CANDIDATE_COUNT).into_iter().filter(Query::is_found));
    }
    let valid = base.queries(&spread(valid, VALID_CASES_MAX), CANDIDATE_COUNT);
    drop(base);
    step("learning to rank", 2);
    let fit_started = meter.seconds();
    let ranker = fit_voters(WIDTH, fit_queries, &valid, &measure, TRUNCATION, (&params(seed), RANKER_COUNT))?;
    Ok(Learnt { ranker, valid, fit_seconds: meter.seconds() - fit_started })
}

/// What decides how many trees are best: both measures of this task, on the same scale.
fn measure(ranked: &[u32], relevant: &[u32]) -> f64 {
    let place = ranked.iter().take(20).position(|item| relevant.contains(item));
    place.map_or(0.0, |place| 1.0 + 2.0 / (place + 1) as f64)
}

/// Tuned on held-out train sessions of nowplaying-sessions.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 300,
        leaf_count: 31,
        learning_rate: 0.08,
        rows_min: 50,
        feature_share: 0.7,
        patience: 25,
        seed,
        ..BoostParams::default()
    }
}

/// The lists of both stages with their targets, a few cases at a time so that features need no room for all.
fn rank(base: &Base, test: &[Case], ranker: Option<&Voters>) -> (Vec<Ranked>, Vec<Ranked>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for part in test.chunks(PART) {
        for query in base.queries(part, CANDIDATE_COUNT) {
            let top = |items: &[u32]| items[..items.len().min(20)].to_vec();
            first.push((top(&query.items), query.relevant.clone()));
            if let Some(ranker) = ranker {
                second.push((top(&query.ranked(WIDTH, ranker)), query.relevant));
            }
        }
    }
    (first, second)
}

/// Items of a session that cases are made of, the last ones; a day without an end would make as many cases as the rest.
const SESSION_ITEMS_MAX: usize = 200;

/// Every prefix of every session is a case.
fn expand(sessions: &[Vec<u32>]) -> Vec<Case> {
    let of = |(group, session): (usize, &Vec<u32>)| -> Vec<Case> {
        let session = &session[session.len().saturating_sub(SESSION_ITEMS_MAX)..];
        let case = |k: usize| Case { prefix: session[..k].to_vec(), target: session[k], group: group as u32 };
        (1..session.len()).map(case).collect()
    };
    sessions.iter().enumerate().flat_map(of).collect()
}

/// At most `count` of them, evenly spread.
fn spread<T>(all: Vec<T>, count: usize) -> Vec<T> {
    let step = all.len().div_ceil(count.max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests;
