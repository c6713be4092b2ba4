//! Choosing, fitting and judging, one family after the other, and then all together.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::blend::{Blend, choose_weights};
use super::family::{Effort, Family};
use super::judge::{Scorer, averages, depth, judge, mean, rank};
use super::split::{Material, Split};
use super::stack::{About, Member, OutOfFold, Stack, Stacked};
use crate::error::LearnError;
use crate::eval::tune::climb;
use crate::eval::{EvalReport, HoldOut, Meter, ModelReport, Skipped, beyond};
use crate::metrics::{Metric, Yardstick, bootstrap};
use crate::progress::Progress;
use crate::sparse::Sparse;

/// What is chosen before an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct CfOptions {
    /// The task's name, for the report.
    pub task: &'static str,
    /// The name of the data set, for the report.
    pub data: String,
    /// The seed of everything random.
    pub seed: u64,
    /// What parameters are chosen by.
    pub choose_by: Metric,
    /// The families that take part besides their blend, by name; none for all.
    pub models: Option<Vec<String>>,
    /// How something is set aside to choose by, where the split has no part for that.
    pub hold_out: HoldOut,
    /// What is reported.
    pub metrics: Vec<Metric>,
}

impl Default for CfOptions {
    fn default() -> Self {
        let at = |k| [Metric::Recall(k), Metric::Ndcg(k)];
        let others = [Metric::Precision(10), Metric::HitRate(10), Metric::ReciprocalRank(10)];
        Self {
            task: "cf",
            data: String::new(),
            seed: 0,
            choose_by: Metric::Ndcg(10),
            models: None,
            hold_out: HoldOut::default(),
            metrics: at(10).into_iter().chain(at(20)).chain(at(40)).chain(others).collect(),
        }
    }
}

/// A family with its chosen parameters, fitted for choosing.
struct Chosen<'a> {
    family: Family,
    values: Vec<f64>,
    scorer: Box<dyn Scorer + 'a>,
    seconds: f64,
    fit_seconds: f64,
}

/// Runs the whole contest on a split.
///
/// *Complexity*: on two cores about two minutes for a million pairs.
///
/// # Errors
/// When there is nothing to choose on, or a fit fails for another reason than the size of the data; a family that
/// cannot take the size is named in [`EvalReport::skipped`].
pub fn run(
    split: &Split,
    options: &CfOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let families = Family::named(options.models.as_deref())?;
    let (fit, targets) = split.for_choosing(options.hold_out, options.seed)?;
    if targets.entry_count() == 0 {
        return Err(LearnError::Empty { what: "the validation part" });
    }
    let material = split.material(fit, &targets)?;
    let fit = &material.matrix;
    let whole = match split.valid {
        Some(_) => None,
        None => Some(split.material(split.train.clone(), &split.test)?),
    };
    let contest =
        Contest { split, options, meter, material: &material, whole: whole.as_ref(), targets: &targets };
    let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
    let families: Vec<Family> = families.into_iter().filter(|family| family.takes_part(&material)).collect();
    let total = families.len() + 3;
    let mut done = 0;
    let mut step = |stage| {
        done += 1;
        progress(Progress { stage, done, total });
    };
    for family in families {
        match contest.choose(family) {
            Ok(model) => chosen.push(model),
            Err(error @ LearnError::TooLarge { .. }) => {
                skipped.push(Skipped { name: family.name().to_owned(), reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        step("choosing models");
    }
    let started = meter.seconds();
    let members: Vec<Member<'_>> =
        chosen.iter().map(|model| (model.family, model.values.as_slice())).collect();
    let learnt = OutOfFold::gather(&members, &material, options.hold_out, options.seed)?;
    let names: Vec<&'static str> = chosen.iter().map(|model| model.family.name()).collect();
    let weights = choose_weights(&learnt.candidates, &names, options.choose_by, options.seed)?.values;
    let weights_seconds = meter.seconds() - started;
    step("choosing weights");
    let started = meter.seconds();
    let scorers: Vec<&dyn Scorer> = chosen.iter().map(|model| &*model.scorer).collect();
    let valid = OutOfFold::of(&scorers, fit, &targets);
    let stack = Stack::fit(&learnt, &valid, &weights, options.choose_by, options.seed)?;
    drop((learnt, valid));
    let stack_seconds = weights_seconds + meter.seconds() - started;
    step("stacking");
    let together = Together { weights, weights_seconds, stack, stack_seconds };
    let (models, best) = contest.judge(chosen, &together)?;
    step("judging on test data");
    Ok(EvalReport {
        task: options.task.to_owned(),
        data: options.data.clone(),
        protocol: protocol(split, options),
        seed: options.seed,
        models,
        best,
        skipped,
    })
}

/// What was learnt about all models together.
struct Together {
    weights: Vec<f64>,
    weights_seconds: f64,
    /// None where there was nothing to learn from.
    stack: Option<Stack>,
    stack_seconds: f64,
}

struct Contest<'a> {
    split: &'a Split,
    options: &'a CfOptions,
    meter: &'a dyn Meter,
    /// What is fitted while choosing.
    material: &'a Material,
    /// What is fitted in the end, where that is something else.
    whole: Option<&'a Material>,
    /// What is judged by while choosing.
    targets: &'a Sparse,
}

impl<'a> Contest<'a> {
    /// Finds the parameters of a family, first in rehearsal where it has one.
    fn choose(&self, family: Family) -> Result<Chosen<'a>, LearnError> {
        let started = self.meter.seconds();
        let mut axes = family.axes();
        let (rehearsal_budget, full_budget) = family.budgets();
        let mut best_so_far: Option<(f64, Box<dyn Scorer + 'a>, f64)> = None;
        let metric = self.options.choose_by;
        let mut judge_full = |values: &[f64]| {
            let before = self.meter.seconds();
            let scorer = family.fit(values, self.material, Effort::Full, self.options.seed)?;
            let fit_seconds = self.meter.seconds() - before;
            let score = self.validate(&*scorer, metric)?;
            if best_so_far.as_ref().is_none_or(|best| score > best.0) {
                best_so_far = Some((score, scorer, fit_seconds));
            }
            Ok(score)
        };
        let best = if let Some(rehearsed) = family.rehearsed() {
            let rehearsal = climb(&axes[..rehearsed], rehearsal_budget, self.options.seed, &mut |values| {
                let scorer = family.fit(values, self.material, Effort::Rehearsal, self.options.seed)?;
                self.validate(&*scorer, metric)
            })?;
            for (axis, &value) in axes.iter_mut().zip(&rehearsal.values) {
                axis.start = axis.values.iter().position(|&other| other == value).unwrap_or(axis.start);
            }
            climb(&axes, full_budget, self.options.seed, &mut judge_full)?
        } else {
            climb(&axes, rehearsal_budget, self.options.seed, &mut judge_full)?
        };
        let (_, scorer, fit_seconds) = best_so_far.expect("a search judges at least its start");
        let seconds = self.meter.seconds() - started;
        Ok(Chosen { family, values: best.values, scorer, seconds, fit_seconds })
    }

    fn validate(&self, scorer: &dyn Scorer, metric: Metric) -> Result<f64, LearnError> {
        let lists = rank(scorer, &self.material.matrix, self.targets, depth(&[metric], self.targets));
        Ok(mean(&judge(metric, &lists, self.targets)?))
    }

    /// Judges every family and their blend on test data.
    fn judge(
        &self,
        chosen: Vec<Chosen<'a>>,
        together: &Together,
    ) -> Result<(Vec<ModelReport>, String), LearnError> {
        let weights = &together.weights;
        let mut reports = Vec::new();
        let mut finals: Vec<(Family, Box<dyn Scorer + '_>)> = Vec::new();
        let mut best = (f64::NEG_INFINITY, String::new());
        for model in &chosen {
            let params = model.family.params(&model.values, &self.material.matrix, self.options.seed)?;
            let validation = self.validation(&*model.scorer)?;
            reports.push(self.report(model.family.name(), params, validation, &mut best));
        }
        let parts =
            chosen.iter().map(|model| &*model.scorer).zip(weights.iter().map(|&weight| weight as f32));
        let blend = Blend { parts: parts.collect(), history: &self.material.matrix };
        let names = chosen.iter().map(|model| model.family.name());
        let params: BTreeMap<&str, f64> = names.zip(weights.iter().copied()).collect();
        let validation = self.validation(&blend)?;
        drop(blend);
        reports.push(self.report("blend", json!({ "weights": params }), validation, &mut best));
        if let Some(stack) = &together.stack {
            let parts = chosen.iter().map(|model| &*model.scorer).collect();
            let stacked = Stacked { stack, parts, about: About::new(&self.material.matrix) };
            let validation = self.validation(&stacked)?;
            reports.push(self.report("stack", stack.params(), validation, &mut best));
        }
        // From here on nothing is chosen any more.
        let vectors = beyond::vectors(&self.split.train, self.options.seed)?;
        let yardstick = Yardstick::new(&self.split.train, &vectors)?;
        for (model, report) in chosen.into_iter().zip(&mut reports) {
            let started = self.meter.seconds();
            let mut fit_seconds = model.fit_seconds;
            let scorer: Box<dyn Scorer + '_> = match self.whole {
                None => model.scorer,
                Some(whole) => {
                    let scorer = model.family.fit(&model.values, whole, Effort::Full, self.options.seed)?;
                    fit_seconds = self.meter.seconds() - started;
                    scorer
                }
            };
            self.test(&*scorer, &yardstick, report)?;
            report.seconds = model.seconds + self.meter.seconds() - started;
            report.fit_seconds = fit_seconds;
            finals.push((model.family, scorer));
        }
        let started = self.meter.seconds();
        let weighted =
            finals.iter().map(|(_, scorer)| &**scorer).zip(weights.iter().map(|&weight| weight as f32));
        let blend = Blend { parts: weighted.collect(), history: &self.split.train };
        let mut rest = reports.iter_mut().skip(finals.len());
        if let Some(report) = rest.next() {
            self.test(&blend, &yardstick, report)?;
            report.fit_seconds = together.weights_seconds;
            report.seconds = together.weights_seconds + self.meter.seconds() - started;
        }
        if let (Some(report), Some(stack)) = (rest.next(), &together.stack) {
            let started = self.meter.seconds();
            let parts = finals.iter().map(|(_, scorer)| &**scorer).collect();
            let stacked = Stacked { stack, parts, about: About::new(&self.split.train) };
            self.test(&stacked, &yardstick, report)?;
            report.fit_seconds = together.stack_seconds;
            report.seconds = together.stack_seconds + self.meter.seconds() - started;
        }
        Ok((reports, best.1))
    }

    fn validation(&self, scorer: &dyn Scorer) -> Result<BTreeMap<String, f64>, LearnError> {
        let lists =
            rank(scorer, &self.material.matrix, self.targets, depth(&self.options.metrics, self.targets));
        let mut metrics = self.options.metrics.clone();
        metrics.push(self.options.choose_by);
        averages(&metrics, &lists, self.targets)
    }

    /// A report that lacks test figures still; keeps the best on validation data in `best`.
    fn report(
        &self,
        name: &str,
        params: Value,
        validation: BTreeMap<String, f64>,
        best: &mut (f64, String),
    ) -> ModelReport {
        let score = validation.get(&self.options.choose_by.to_string()).copied().unwrap_or(f64::NEG_INFINITY);
        if score > best.0 {
            *best = (score, name.to_owned());
        }
        ModelReport { name: name.to_owned(), params, validation, ..ModelReport::default() }
    }

    fn test(
        &self,
        scorer: &dyn Scorer,
        yardstick: &Yardstick<'_>,
        report: &mut ModelReport,
    ) -> Result<(), LearnError> {
        let targets = &self.split.test;
        let lists = rank(scorer, &self.split.train, targets, depth(&self.options.metrics, targets));
        for &metric in &self.options.metrics {
            let values = judge(metric, &lists, targets)?;
            if let Some(interval) = bootstrap(&values, self.options.seed)? {
                report.metrics.insert(metric.to_string(), interval.mean);
                report.ci95.insert(metric.to_string(), [interval.low, interval.high]);
            }
        }
        report.beyond = yardstick.figures(&lists);
        report.peak_rss_bytes = self.meter.peak_rss_bytes();
        Ok(())
    }
}

fn protocol(split: &Split, options: &CfOptions) -> String {
    let choosing = match split.valid {
        Some(_) => "the valid part; fitted on train only".to_owned(),
        None => format!("{}, given back for the last fit", options.hold_out.about()),
    };
    format!(
        "full ranking of {} items for the {} listeners with test items, train items masked, valid items not; recall \
         divided by the number of test items; chosen by {} on {choosing}; test looked at once",
        split.item_ids.len(),
        (0..split.test.row_count()).filter(|&row| split.test.row_len(row) > 0).count(),
        options.choose_by,
    )
}
