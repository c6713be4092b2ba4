//! Which tracks were left out of a playlist?
//!
//! # Protocol
//!
//! * All tracks of the catalogue are ranked for each playlist with test tracks, minus its own train tracks.
//! * `r_precision` at as many as are missing, `ndcg@500`, and `clicks` (pages of ten before the first hit, 51 where none
//!   is among 500); averages over playlists.
//! * For choosing and for learning the ranker, the last fifth of each playlist's train tracks is hidden, since what is
//!   asked for is a continuation; four fifths of the playlists learn, one fifth validates. The models that are judged
//!   read all of train. (On `playlists-polimi` tracks hidden at random share an album with the rest of their playlist
//!   nearly twice as often as the test tracks do, the last ones as often: a ranker learnt on the former misjudges.)
//! * The length of holes in the positions is not looked at: it would give away where test tracks stood.

mod base_models;
mod read;

use rayon::prelude::*;
use serde_json::json;

use self::base_models::{Base, WIDTH};
use self::read::Playlists;
use super::two_stage::{Outcome, Query, averages, fit_ranker, judge};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::{BoostParams, Boosted};
use crate::error::LearnError;
use crate::metrics::{Metric, Relevant};
use crate::progress::Progress;

/// What is reported.
const METRICS: [Metric; 6] = [
    Metric::RPrecision,
    Metric::Ndcg(500),
    Metric::Clicks,
    Metric::Recall(10),
    Metric::Ndcg(100),
    Metric::AveragePrecision(10),
];
/// Candidates that are ranked.
const CANDIDATE_COUNT: usize = 600;
/// Candidates that the ranker learns from.
const FIT_CANDIDATE_COUNT: usize = 400;

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 5 });
    let started = meter.seconds();
    step("reading playlists", 0);
    let mut playlists = Playlists::read(data)?;
    if let Some(max) = options.cases_max {
        playlists.keep_cases(max);
    }
    step("learning from four fifths of each playlist", 1);
    let (shown, hidden) = playlists.hide();
    // With and without care: the difference is what weighing playlists by how they were made is worth.
    let plain = Base::fit(&playlists, &shown, false, options.seed)?;
    let asked: Vec<usize> = (0..shown.len()).filter(|&row| !hidden[row].is_empty()).collect();
    let (valid, fit): (Vec<usize>, Vec<usize>) = asked.into_iter().partition(|row| row % 5 == 0);
    let plain_valid = plain.queries(&playlists, &shown, &hidden, &valid, CANDIDATE_COUNT);
    drop(plain);
    let base = Base::fit(&playlists, &shown, true, options.seed)?;
    let valid_queries = base.queries(&playlists, &shown, &hidden, &valid, CANDIDATE_COUNT);
    let fit_queries = base.queries(&playlists, &shown, &hidden, &fit, FIT_CANDIDATE_COUNT);
    drop(base);
    step("learning to rank", 2);
    let fit_started = meter.seconds();
    let ranker = learn(&fit_queries, &valid_queries, options.seed)?;
    let fit_seconds = meter.seconds() - fit_started;
    drop(fit_queries);
    step("learning from all of train", 3);
    let rows: Vec<usize> = (0..playlists.test.len()).filter(|&row| !playlists.test[row].is_empty()).collect();
    let plain = Base::fit(&playlists, &playlists.train, false, options.seed)?;
    let plain_test =
        firsts(&plain.queries(&playlists, &playlists.train, &playlists.test, &rows, CANDIDATE_COUNT));
    drop(plain);
    let base = Base::fit(&playlists, &playlists.train, true, options.seed)?;
    step("ranking test playlists", 4);
    let test = base.queries(&playlists, &playlists.train, &playlists.test, &rows, CANDIDATE_COUNT);
    let outcome = |name, test: &[(Vec<u32>, Vec<u32>)], valid: &[(Vec<u32>, Vec<u32>)], params| {
        Ok::<_, LearnError>(Outcome {
            name,
            params,
            test: judge(test, &METRICS)?,
            validation: judge(valid, &METRICS)?,
            started,
            fit_seconds: 0.0,
        })
    };
    let mut outcomes = vec![
        outcome("blend", &plain_test, &firsts(&plain_valid), json!({ "care": false }))?,
        outcome("blend-care", &firsts(&test), &firsts(&valid_queries), json!({ "care": true }))?,
    ];
    if let Some(ranker) = &ranker {
        let ranked = |queries: &[Query]| -> Vec<(Vec<u32>, Vec<u32>)> {
            queries.par_iter().map(|query| (query.ranked(WIDTH, ranker), query.relevant.clone())).collect()
        };
        let params = json!({ "care": true, "trees": ranker.trees().len(), "candidates": CANDIDATE_COUNT });
        let mut two_stage = outcome("two-stage", &ranked(&test), &ranked(&valid_queries), params)?;
        two_stage.fit_seconds = fit_seconds;
        outcomes.push(two_stage);
    }
    let chosen_by = |outcome: &Outcome| averages(&outcome.validation, &METRICS)["ndcg@500"];
    let best =
        outcomes.iter().max_by(|a, b| chosen_by(a).total_cmp(&chosen_by(b))).expect("there are two").name;
    let groups: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
    let models = outcomes.into_iter().map(|outcome| outcome.report(&METRICS, &groups, options.seed, meter));
    Ok(EvalReport {
        task: "playlists".to_owned(),
        data: data.name().to_owned(),
        protocol: format!(
            "all {} tracks minus the playlist's train tracks ranked for each of {} playlists; the last fifth of the train \
             tracks hidden for choosing and for learning the ranker, given back for the last fit",
            playlists.tracks.len(),
            rows.len()
        ),
        seed: options.seed,
        models: models.collect::<Result<_, _>>()?,
        best: best.to_owned(),
        skipped: Vec::new(),
    })
}

fn firsts(queries: &[Query]) -> Vec<(Vec<u32>, Vec<u32>)> {
    queries.iter().map(|query| (query.items.clone(), query.relevant.clone())).collect()
}

/// The ranker; none where nothing hidden is among the candidates.
fn learn(fit: &[Query], valid: &[Query], seed: u64) -> Result<Option<Boosted>, LearnError> {
    let found = |query: &Query| query.relevant.iter().any(|item| query.items.contains(item));
    if !fit.iter().any(found) {
        return Ok(None);
    }
    let measure = |ranked: &[u32], relevant: &[u32]| {
        let Ok(relevant) = Relevant::new(relevant) else { return 0.0 };
        let value = |metric: Metric| metric.of(ranked, relevant).unwrap_or(0.0);
        value(Metric::Ndcg(500)) + value(Metric::RPrecision) - 0.02 * value(Metric::Clicks)
    };
    let params = BoostParams {
        tree_count: 300,
        leaf_count: 24,
        learning_rate: 0.06,
        rows_min: 60,
        feature_share: 0.6,
        ridge: 2.0,
        patience: 30,
        seed,
        ..BoostParams::default()
    };
    fit_ranker(WIDTH, fit, valid, &measure, 100, &params).map(Some)
}

#[cfg(test)]
mod tests;
