//! New tracks that stand in no playlist yet: which of them belong in a playlist?
//!
//! # Protocol
//!
//! * A tenth of the tracks, by a hash of their ids, is hidden from all playlists; only these are ranked, for every playlist
//!   that holds some of them and something else; recall at 50 and others, averaged over playlists.
//! * Known of a hidden track are artist, album, year, popularity, genre and how it sounds.
//!   On `spotify-32k-songs` the genre is that of the playlists that the track stands in, subgenre left out: whoever uses
//!   it has an advantage, and so all models have it, the baselines included.
//! * For learning and choosing, three other tenths are hidden in turn, the test tenth unknown all along; the first two fit
//!   the ranker, the third chooses its number of trees and the weights of the stack together with them.
//!
//! # Models
//!
//! Each of the signals alone (`ials_new_item` is the track's vector from its features, by the solver's own prior), their
//! weighted sum (`stack`), and a ranker (`two_stage`) over the best candidates of that sum.

mod read;
mod signals;

use rayon::prelude::*;
use serde_json::{Value, json};

use self::read::Catalogue;
use self::signals::{SIGNALS, World};
use super::outcome::{Outcome, Verdict, judge};
use super::stack::{choose_weights, ranked, standardize};
use super::two_stage::{Query, Voters, fit_voters};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::boost::BoostParams;
use crate::error::LearnError;
use crate::metrics::{Metric, Relevant};
use crate::progress::Progress;

/// What is reported; the first is what everything is chosen by.
const METRICS: [Metric; 4] = [Metric::Recall(50), Metric::Ndcg(50), Metric::Recall(10), Metric::Ndcg(10)];
const TEST_TENTH: u8 = 0;
const FIT_TENTHS: [u8; 2] = [1, 2];
const VALID_TENTH: u8 = 3;
/// Candidates that the ranker sees, and learns from.
const CANDIDATE_COUNT: usize = 400;
/// Rankers that vote.
const VOTERS: u64 = 3;

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 5 });
    let started = meter.seconds();
    step("reading the catalogue", 0);
    let catalogue = Catalogue::read(data)?;
    step("scoring tracks set aside", 1);
    let mut fit = Vec::new();
    for tenth in FIT_TENTHS {
        fit.extend(queries(&World::new(&catalogue, tenth, &[TEST_TENTH], options.seed)?)?);
    }
    let valid = queries(&World::new(&catalogue, VALID_TENTH, &[TEST_TENTH], options.seed)?)?;
    if fit.is_empty() || valid.is_empty() {
        return Err(LearnError::Empty { what: "the tracks set aside for choosing" });
    }
    step("choosing weights", 2);
    let metric = options.choose_by.unwrap_or(METRICS[0]);
    let weights = choose_weights(&fit, &SIGNALS, metric, options.seed)?;
    step("learning to rank", 3);
    let ranker = learn(&fit, &valid, &weights, metric, options.seed)?;
    drop(fit);
    let fit_seconds = meter.seconds() - started;
    step("judging on test data", 4);
    let world = World::new(&catalogue, TEST_TENTH, &[], options.seed)?;
    let test = queries(&world)?;
    if test.is_empty() {
        return Err(LearnError::Empty { what: "the hidden tracks" });
    }
    let outcomes = Judging { weights: &weights, ranker: ranker.as_ref(), valid: &valid, test: &test }
        .outcomes(started, fit_seconds)?;
    let groups: Vec<u32> = (0..test.len() as u32).collect();
    let verdict = Verdict {
        task: "hidden",
        data,
        protocol: format!(
            "a tenth of the tracks ({}) hidden from all playlists, and only these ranked, for the {} playlists that hold \
             some; weights and trees chosen by {metric} on three other tenths; test looked at once",
            world.new_count(),
            test.len(),
        ),
        metrics: &METRICS,
        choose_by: METRICS[0],
        groups: &groups,
        seed: options.seed,
    };
    verdict.report(outcomes, meter)
}

/// What was chosen, and what it is judged on.
struct Judging<'a> {
    weights: &'a [f64],
    ranker: Option<&'a Voters>,
    valid: &'a [Query],
    test: &'a [Query],
}

impl Judging<'_> {
    /// Each signal alone, their weighted sum, and the ranker.
    fn outcomes(&self, started: f64, fit_seconds: f64) -> Result<Vec<Outcome>, LearnError> {
        let outcome = |name, params, list: &(dyn Fn(&Query) -> Vec<u32> + Sync)| {
            let lists = |queries: &[Query]| -> Vec<(Vec<u32>, Vec<u32>)> {
                queries.par_iter().map(|query| (list(query), query.relevant.clone())).collect()
            };
            let test = judge(&lists(self.test), &METRICS)?;
            let validation = judge(&lists(self.valid), &METRICS)?;
            Ok::<_, LearnError>(Outcome { name, params, test, validation, started, fit_seconds })
        };
        let alone =
            |signal: usize| (0..SIGNALS.len()).map(|other| f64::from(u8::from(other == signal))).collect();
        let mut models: Vec<(&'static str, Vec<f64>)> =
            (0..SIGNALS.len()).map(|signal| (SIGNALS[signal], alone(signal))).collect();
        models.push(("stack", self.weights.to_vec()));
        let depth = METRICS.iter().map(|metric| metric.depth(0)).max().unwrap_or(0);
        let mut outcomes = Vec::new();
        for (name, weights) in &models {
            outcomes.push(outcome(name, named(weights), &|query| ranked(query, weights, depth))?);
        }
        if let Some(ranker) = self.ranker {
            let params = json!({ "trees": ranker.tree_counts(), "candidates": CANDIDATE_COUNT });
            let list = |query: &Query| first(query, self.weights).ranked(SIGNALS.len(), ranker);
            outcomes.push(outcome("two_stage", params, &list)?);
        }
        Ok(outcomes)
    }
}

/// The queries of a world, each signal standardised within a query.
fn queries(world: &World<'_>) -> Result<Vec<Query>, LearnError> {
    let mut queries = world.queries()?;
    queries.par_iter_mut().for_each(|query| standardize(query, SIGNALS.len()));
    Ok(queries)
}

fn named(weights: &[f64]) -> Value {
    let named = SIGNALS.iter().zip(weights).map(|(signal, weight)| ((*signal).to_owned(), json!(weight)));
    json!({ "weights": named.collect::<serde_json::Map<String, Value>>() })
}

/// The candidates that the ranker sees, the stack's best first.
fn first(query: &Query, weights: &[f64]) -> Query {
    let items = ranked(query, weights, CANDIDATE_COUNT);
    let width = SIGNALS.len();
    let row = |&item: &u32| query.features[item as usize * width..][..width].iter().copied();
    let features = items.iter().flat_map(row).collect();
    Query { items, features, relevant: query.relevant.clone() }
}

fn learn(
    fit: &[Query],
    valid: &[Query],
    weights: &[f64],
    metric: Metric,
    seed: u64,
) -> Result<Option<Voters>, LearnError> {
    let cut = |queries: &[Query]| queries.par_iter().map(|query| first(query, weights)).collect::<Vec<_>>();
    let measure = move |ranked: &[u32], relevant: &[u32]| {
        Relevant::new(relevant).ok().and_then(|relevant| metric.of(ranked, relevant)).unwrap_or(0.0)
    };
    let params = BoostParams {
        tree_count: 250,
        leaf_count: 16,
        learning_rate: 0.06,
        rows_min: 50,
        feature_share: 0.6,
        ridge: 2.0,
        patience: 30,
        seed,
        ..BoostParams::default()
    };
    fit_voters(SIGNALS.len(), cut(fit), &cut(valid), &measure, 50, (&params, VOTERS))
}

#[cfg(test)]
mod tests;
