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
//! * What playlists are worth to each other is said in three ways: all the same, judged by how they were made, and learnt
//!   from which playlists were right about the hidden tracks. The way that is best on validation playlists is used.
//! * The length of holes in the positions is not looked at: it would give away where test tracks stood.

mod base_models;
mod candidates;
mod read;
mod scores;
mod worth;

use rayon::prelude::*;
use serde_json::json;

use self::base_models::Base;
use self::candidates::WIDTH;
use self::read::Playlists;
use self::worth::{Worth, learn_worth};
use super::beyond::{self, Beyond};
use super::outcome::{Outcome, Verdict, averages, judge};
use super::two_stage::{Query, Voters, fit_voters};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::BoostParams;
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
/// Places of a list that any figure looks at.
const DEPTH: usize = 500;
/// Playlists whose candidates are held at once.
const PART: usize = 500;
/// Candidates that are ranked.
const CANDIDATE_COUNT: usize = 1000;
/// Candidates that the ranker learns from.
const FIT_CANDIDATE_COUNT: usize = 500;
/// Rankers that vote.
const RANKER_COUNT: u64 = 2;

/// A list and what it should hold.
type Ranked = (Vec<u32>, Vec<u32>);

/// What is learnt while the last tracks of playlists are hidden.
struct Learnt {
    /// The ways to weigh playlists with what they reach on validation playlists, the one that is used first.
    ways: Vec<(Worth, Vec<Ranked>)>,
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
    step("reading playlists", 0);
    let mut playlists = Playlists::read(data)?;
    if let Some(max) = options.cases_max {
        playlists.keep_cases(max);
    }
    let learnt = learn(&playlists, options.seed, meter, &mut step)?;
    step("learning from all of train", 3);
    let rows: Vec<usize> = (0..playlists.test.len()).filter(|&row| !playlists.test[row].is_empty()).collect();
    let mut outcomes = Vec::new();
    let yardstick = Beyond::of(&playlists.train, playlists.tracks.len(), options.seed)?;
    let mut figures = Vec::new();
    let mut outcome = |name, test: &[Ranked], valid: &[Ranked], params, fit_seconds| {
        let known = rows.iter().map(|&row| playlists.train[row].as_slice());
        figures.push(yardstick.figures(test.iter().map(|(list, _)| list.as_slice()).zip(known))?);
        let (test, validation) = (judge(test, &METRICS)?, judge(valid, &METRICS)?);
        outcomes.push(Outcome { name, params, test, validation, started, fit_seconds });
        Ok::<_, LearnError>(())
    };
    let base = |way: &Worth| {
        Base::fit(&playlists, &playlists.train, way.weights(&playlists, &playlists.train), options.seed)
    };
    for (way, valid) in &learnt.ways {
        let lists = base(way)?.lists(&playlists, &playlists.train, &rows, DEPTH);
        let test: Vec<Ranked> =
            lists.into_iter().zip(&rows).map(|(list, &row)| (list, playlists.test[row].clone())).collect();
        outcome(way.name(), &test, valid, way.params(), 0.0)?;
    }
    step("ranking test playlists", 4);
    if let Some(ranker) = &learnt.ranker {
        let (way, _) = &learnt.ways[0];
        let base = base(way)?;
        let mut test = Vec::new();
        for rows in rows.chunks(PART) {
            let queries = base.queries(&playlists, &playlists.train, &playlists.test, rows, CANDIDATE_COUNT);
            test.extend(ranked(ranker, &queries));
        }
        let params = json!({
            "worth": way.name(), "trees": ranker.tree_counts(), "candidates": CANDIDATE_COUNT,
        });
        outcome("two-stage", &test, &ranked(ranker, &learnt.valid), params, learnt.fit_seconds)?;
    }
    let groups: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
    let verdict = Verdict {
        task: "playlists",
        data,
        protocol: protocol(&playlists, rows.len()),
        metrics: &METRICS,
        choose_by: Metric::Ndcg(500),
        groups: &groups,
        seed: options.seed,
    };
    let mut report = verdict.report(outcomes, meter)?;
    beyond::tell(&mut report, figures);
    Ok(report)
}

fn protocol(playlists: &Playlists, asked: usize) -> String {
    format!(
        "all {} tracks minus the playlist's train tracks ranked for each of {asked} playlists; the last fifth of the train \
         tracks hidden for choosing and for learning the ranker, given back for the last fit",
        playlists.tracks.len(),
    )
}

/// Chooses how playlists are weighed, and learns the ranker.
fn learn(
    playlists: &Playlists,
    seed: u64,
    meter: &dyn Meter,
    step: &mut dyn FnMut(&'static str, usize),
) -> Result<Learnt, LearnError> {
    step("learning from four fifths of each playlist", 1);
    let (shown, hidden) = playlists.hide();
    let asked: Vec<usize> = (0..shown.len()).filter(|&row| !hidden[row].is_empty()).collect();
    let (valid, fit): (Vec<usize>, Vec<usize>) = asked.into_iter().partition(|row| row % 5 == 0);
    let base = |way: &Worth| Base::fit(playlists, &shown, way.weights(playlists, &shown), seed);
    let mut ways = Vec::new();
    for way in [Worth::Even, Worth::Judged, learn_worth(playlists, &shown, &hidden, &fit)?] {
        let lists = base(&way)?.lists(playlists, &shown, &valid, DEPTH);
        let lists: Vec<Ranked> =
            lists.into_iter().zip(&valid).map(|(list, &row)| (list, hidden[row].clone())).collect();
        ways.push((way, lists));
    }
    let mut reached = Vec::new();
    for (_, lists) in &ways {
        reached.push(averages(&judge(lists, &METRICS)?, &METRICS)["ndcg@500"]);
    }
    let best = (0..ways.len()).rev().max_by(|&a, &b| reached[a].total_cmp(&reached[b])).unwrap_or(0);
    ways.swap(0, best);
    let base = base(&ways[0].0)?;
    let valid = base.queries(playlists, &shown, &hidden, &valid, CANDIDATE_COUNT);
    let mut fit_queries = Vec::new();
    // A few at a time, since most of what is found is not learnt from.
    for rows in fit.chunks(PART) {
        let queries = base.queries(playlists, &shown, &hidden, rows, CANDIDATE_COUNT);
        let cut = queries.into_par_iter().map(|query| query.cut(WIDTH, FIT_CANDIDATE_COUNT));
        fit_queries.par_extend(cut.filter(Query::is_found));
    }
    drop(base);
    step("learning to rank", 2);
    let fit_started = meter.seconds();
    let ranker = fit_voters(WIDTH, fit_queries, &valid, &measure, TRUNCATION, (&params(seed), RANKER_COUNT))?;
    Ok(Learnt { ways, ranker, valid, fit_seconds: meter.seconds() - fit_started })
}

/// Places that the ranker is judged by while it learns.
const TRUNCATION: usize = 300;

fn ranked(ranker: &Voters, queries: &[Query]) -> Vec<Ranked> {
    let list = |query: &Query| {
        let mut list = query.ranked(WIDTH, ranker);
        list.truncate(DEPTH);
        (list, query.relevant.clone())
    };
    queries.par_iter().map(list).collect()
}

/// What decides how many trees are best: the three figures of the task on about the same scale.
fn measure(ranked: &[u32], relevant: &[u32]) -> f64 {
    let Ok(relevant) = Relevant::new(relevant) else { return 0.0 };
    let value = |metric: Metric| metric.of(ranked, relevant).unwrap_or(0.0);
    value(Metric::Ndcg(500)) + value(Metric::RPrecision) - 0.02 * value(Metric::Clicks)
}

/// Tuned on the validation playlists of playlists-polimi.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 400,
        leaf_count: 24,
        learning_rate: 0.05,
        rows_min: 100,
        feature_share: 0.4,
        ridge: 5.0,
        patience: 30,
        seed,
        ..BoostParams::default()
    }
}

#[cfg(test)]
mod tests;
