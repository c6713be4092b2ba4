//! New artists that nobody has played: who will, from their tags and from who gave them.
//!
//! # Protocol
//!
//! * An artist with a tag and plays whose id ends in 0 is new: its plays are the test part and are unknown.
//!   Only the new artists are ranked, for every listener who played one; averages are over those listeners.
//! * A listener's own tags on new artists are taken away when scoring for that listener: who tags has played.
//! * `recall@k` divides by the number of the listener's new artists, `ndcg@k` has an ideal list of at most `k`.
//! * For choosing weights, artists whose ids end in 1, 2 or 3 are new in turn, and the plays of those that end in 0
//!   unknown all along.
//!
//! # Signals
//!
//! | name | what speaks for an artist |
//! |---|---|
//! | `most_tagged` | how many tags it has |
//! | `tag_profile` | its tags are those of the artists that the listener plays (TF-IDF) |
//! | `like_minded` | those who tagged it play what the listener plays ([`crate::user_knn`]) |
//! | `friends` | friends tagged it |
//!
//! `tag_stack` weighs the first two, `stack` all.

mod signals;

use serde_json::{Value, json};

use self::signals::{SIGNALS, World};
use super::beyond::{self, Figures};
use super::outcome::{Outcome, Verdict, judge};
use super::stack::{choose_weights, ranked, standardize};
use super::tagged::Tagged;
use super::two_stage::Query;
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::error::LearnError;
use crate::factors::Factors;
use crate::metrics::{Metric, Yardstick};
use crate::progress::Progress;

/// What is reported; the first is what weights are chosen by.
const METRICS: [Metric; 4] = [Metric::Ndcg(20), Metric::Recall(20), Metric::Ndcg(10), Metric::Recall(10)];
/// The last digit of the ids of new artists.
const TEST_DIGIT: u64 = 0;
/// The last digits of the ids of those that are new while choosing.
const CHOOSING_DIGITS: [u64; 3] = [1, 2, 3];
/// Signals that look at the tags of an artist only, not at who gave them.
const TAG_SIGNALS: usize = 2;

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let mut step = |stage, done| progress(Progress { stage, done, total: 4 });
    let started = meter.seconds();
    step("reading plays and tags", 0);
    let tagged = Tagged::read(data)?;
    step("scoring artists set aside", 1);
    let mut choosing = Vec::new();
    for digit in CHOOSING_DIGITS {
        choosing.extend(World::new(&tagged, digit, &[TEST_DIGIT])?.queries()?);
    }
    choosing.iter_mut().for_each(|query| standardize(query, SIGNALS.len()));
    if choosing.is_empty() {
        return Err(LearnError::Empty { what: "the artists that are new while choosing" });
    }
    step("choosing weights", 2);
    let models = models(&choosing, options)?;
    let fit_seconds = meter.seconds() - started;
    step("judging on test data", 3);
    let world = World::new(&tagged, TEST_DIGIT, &[])?;
    let mut test = world.queries()?;
    test.iter_mut().for_each(|query| standardize(query, SIGNALS.len()));
    if test.is_empty() {
        return Err(LearnError::Empty { what: "the new artists" });
    }
    let judging = Judging { data, options, meter, world: &world, choosing: &choosing, test: &test };
    judging.report(models, started, fit_seconds)
}

/// A name and one weight per signal.
type Model = (&'static str, Vec<f64>);

/// Each signal alone, and the stacks.
fn models(choosing: &[Query], options: &EvalOptions) -> Result<Vec<Model>, LearnError> {
    let metric = options.choose_by.unwrap_or(METRICS[0]);
    let alone =
        |signal: usize| (0..SIGNALS.len()).map(|other| f64::from(u8::from(other == signal))).collect();
    let mut models: Vec<Model> = (0..SIGNALS.len()).map(|signal| (SIGNALS[signal], alone(signal))).collect();
    let tags_only: Vec<Query> = choosing.iter().map(|query| first_signals(query, TAG_SIGNALS)).collect();
    let mut weights = choose_weights(&tags_only, &SIGNALS[..TAG_SIGNALS], metric, options.seed)?;
    weights.resize(SIGNALS.len(), 0.0);
    models.push(("tag_stack", weights));
    models.push(("stack", choose_weights(choosing, &SIGNALS, metric, options.seed)?));
    Ok(models)
}

/// The same query with the first signals only.
fn first_signals(query: &Query, count: usize) -> Query {
    let rows = query.features.chunks_exact(SIGNALS.len());
    Query {
        items: query.items.clone(),
        features: rows.flat_map(|row| row[..count].iter().copied()).collect(),
        relevant: query.relevant.clone(),
    }
}

/// What models are judged on, and what for.
struct Judging<'a> {
    data: &'a dyn DataSet,
    options: &'a EvalOptions,
    meter: &'a dyn Meter,
    world: &'a World<'a>,
    choosing: &'a [Query],
    test: &'a [Query],
}

impl Judging<'_> {
    fn report(&self, models: Vec<Model>, started: f64, fit_seconds: f64) -> Result<EvalReport, LearnError> {
        let &Self { data, options, meter, world, choosing, test } = self;
        let (metric, metrics) = options.metrics(&METRICS);
        let depth = metrics.iter().map(|metric| metric.depth(world.new_count())).max().unwrap_or(0);
        let lists = |queries: &[Query], weights: &[f64]| -> Vec<(Vec<u32>, Vec<u32>)> {
            queries.iter().map(|query| (ranked(query, weights, depth), query.relevant.clone())).collect()
        };
        let groups: Vec<u32> = (0..test.len() as u32).collect();
        let vectors = beyond::vectors(&world.artists_by_tag(), options.seed)?;
        let (mut outcomes, mut figures) = (Vec::new(), Vec::new());
        for (name, weights) in models {
            let named: serde_json::Map<String, Value> = SIGNALS
                .iter()
                .zip(&weights)
                .map(|(signal, weight)| ((*signal).to_owned(), json!(weight)))
                .collect();
            let validation = judge(&lists(choosing, &weights), &metrics)?;
            let test = lists(test, &weights);
            figures.push(self.beyond(&vectors, &test)?);
            let test = judge(&test, &metrics)?;
            let params = json!({ "weights": named });
            outcomes.push(Outcome { name, params, test, validation, started, fit_seconds });
        }
        let verdict = Verdict {
            task: "cold",
            data,
            protocol: format!(
                "only the {} artists with a tag and plays whose id ends in {TEST_DIGIT} are ranked, their plays unknown, for \
                 the {} listeners who played one; the listener's own tags on them taken away; weights chosen by {metric} on \
                 artists whose ids end in 1, 2 or 3; test looked at once",
                world.new_count(),
                test.len(),
            ),
            metrics: &metrics,
            choose_by: metric,
            groups: &groups,
            seed: options.seed,
        };
        let mut report = verdict.report(outcomes, meter)?;
        beyond::tell(&mut report, figures);
        Ok(report)
    }

    /// What lists are like besides being right: artists are alike by their tags, since nobody has played the new ones.
    ///
    /// For the same reason all new artists are equally novel and little known, so novelty and calibration are not told.
    fn beyond(&self, vectors: &Factors, lists: &[(Vec<u32>, Vec<u32>)]) -> Result<Figures, LearnError> {
        let (world, new) = (self.world, self.world.new_artists());
        let yardstick = Yardstick::new(world.history(), vectors)?.among(new)?;
        let artists =
            |(list, _): &(Vec<u32>, Vec<u32>)| list.iter().map(|&place| new[place as usize]).collect();
        let lists: Vec<Vec<u32>> = lists.iter().map(artists).collect();
        let asked = world.asked();
        let known = asked.iter().map(|&row| world.history().row(row).0);
        let mut figures = yardstick.figures_beside(lists.iter().map(Vec::as_slice).zip(known));
        figures.retain(|name, _| !["novelty@10", "miscalibration@10"].contains(&name.as_str()));
        Ok(figures)
    }
}

#[cfg(test)]
mod tests;
