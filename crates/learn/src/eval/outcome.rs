//! From ranked lists to a report: judging, averages with their intervals, and which model is best.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::Value;

use super::{DataSet, EvalReport, Meter, ModelReport};
use crate::error::LearnError;
use crate::metrics::{Metric, Relevant, bootstrap};

/// What a report says besides its outcomes.
pub(super) struct Verdict<'a> {
    pub(super) task: &'static str,
    pub(super) data: &'a dyn DataSet,
    pub(super) protocol: String,
    pub(super) metrics: &'a [Metric],
    /// What decides which model is best on validation data; one of `metrics`.
    pub(super) choose_by: Metric,
    /// Which cases are drawn together for an interval: those of the same group.
    pub(super) groups: &'a [u32],
    pub(super) seed: u64,
}

impl Verdict<'_> {
    /// The report; of models that are equally good the first is best.
    ///
    /// # Errors
    /// When a value is not finite, or there is no outcome.
    pub(super) fn report(&self, outcomes: Vec<Outcome>, meter: &dyn Meter) -> Result<EvalReport, LearnError> {
        let place = self.metrics.iter().position(|&metric| metric == self.choose_by).unwrap_or(0);
        let reached = |outcome: &Outcome| mean(&outcome.validation, place);
        let best = outcomes
            .iter()
            .rev()
            .max_by(|a, b| reached(a).total_cmp(&reached(b)))
            .ok_or(LearnError::Empty { what: "the list of models" })?
            .name;
        let models =
            outcomes.into_iter().map(|outcome| outcome.report(self.metrics, self.groups, self.seed, meter));
        Ok(EvalReport {
            task: self.task.to_owned(),
            data: self.data.name().to_owned(),
            protocol: self.protocol.clone(),
            seed: self.seed,
            models: models.collect::<Result<_, _>>()?,
            best: best.to_owned(),
            skipped: Vec::new(),
        })
    }
}

/// One value per query for each metric.
pub(super) fn judge(
    queries: &[(Vec<u32>, Vec<u32>)],
    metrics: &[Metric],
) -> Result<Vec<Vec<f64>>, LearnError> {
    queries
        .par_iter()
        .map(|(ranked, relevant)| {
            let relevant = Relevant::new(relevant)?;
            Ok(metrics.iter().map(|metric| metric.of(ranked, relevant).unwrap_or(0.0)).collect())
        })
        .collect()
}

/// Averages of [`judge`] by name.
pub(super) fn averages(values: &[Vec<f64>], metrics: &[Metric]) -> BTreeMap<String, f64> {
    metrics.iter().enumerate().map(|(place, metric)| (metric.to_string(), mean(values, place))).collect()
}

fn mean(values: &[Vec<f64>], place: usize) -> f64 {
    values.iter().map(|values| values[place]).sum::<f64>() / values.len().max(1) as f64
}

/// What a model reached, one value per case for each metric.
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) params: Value,
    pub(super) test: Vec<Vec<f64>>,
    pub(super) validation: Vec<Vec<f64>>,
    pub(super) started: f64,
    pub(super) fit_seconds: f64,
}

impl Outcome {
    fn report(
        self,
        metrics: &[Metric],
        groups: &[u32],
        seed: u64,
        meter: &dyn Meter,
    ) -> Result<ModelReport, LearnError> {
        let mut ci95 = BTreeMap::new();
        for (place, metric) in metrics.iter().enumerate() {
            let values = grouped(&self.test, groups, place);
            if let Some(interval) = bootstrap(&values, seed)? {
                ci95.insert(metric.to_string(), [interval.low, interval.high]);
            }
        }
        Ok(ModelReport {
            name: self.name.to_owned(),
            params: self.params,
            metrics: averages(&self.test, metrics),
            ci95,
            beyond: BTreeMap::new(),
            validation: averages(&self.validation, metrics),
            seconds: meter.seconds() - self.started,
            fit_seconds: self.fit_seconds,
            peak_rss_bytes: meter.peak_rss_bytes(),
        })
    }
}

/// The sum of each group's values, scaled so that their mean is the mean over cases.
fn grouped(values: &[Vec<f64>], groups: &[u32], metric: usize) -> Vec<f64> {
    let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
    for (value, &group) in values.iter().zip(groups) {
        *sums.entry(group).or_default() += value[metric];
    }
    let scale = sums.len() as f64 / values.len().max(1) as f64;
    sums.into_values().map(|sum| sum * scale).collect()
}
