//! The result of an evaluation, in the stable form of `segue eval --json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was measured, on what, and how.
///
/// Keys may be added; none is renamed without a line in the changelog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvalReport {
    /// The task, such as `cf`.
    pub task: String,
    /// The data set.
    pub data: String,
    /// The protocol in words, complete enough to repeat it.
    pub protocol: String,
    /// The seed of everything random.
    pub seed: u64,
    /// The models in the order in which they were measured.
    pub models: Vec<ModelReport>,
    /// The name of the model that was best on validation data; test data has no say in it.
    pub best: String,
    /// Models that could not take part, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// A model that could not take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Why, for people.
    pub reason: String,
}

/// One model's result.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelReport {
    /// Its name.
    pub name: String,
    /// The parameters that were chosen, on validation data.
    pub params: serde_json::Value,
    /// Metrics on test data by their names.
    pub metrics: BTreeMap<String, f64>,
    /// The 95 % interval of each metric, by bootstrap over listeners.
    pub ci95: BTreeMap<String, [f64; 2]>,
    /// What the lists are like besides being right, by [`Yardstick`](crate::metrics::Yardstick), where it was measured.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beyond: BTreeMap<String, f64>,
    /// The metrics on validation data with the chosen parameters.
    pub validation: BTreeMap<String, f64>,
    /// Seconds for choosing parameters, fitting and measuring.
    pub seconds: f64,
    /// Seconds of that for the last fit.
    pub fit_seconds: f64,
    /// The most memory the process had used when the model was done.
    pub peak_rss_bytes: Option<u64>,
}

impl EvalReport {
    /// The result of a model by its name.
    pub fn model(&self, name: &str) -> Option<&ModelReport> {
        self.models.iter().find(|model| model.name == name)
    }
}

impl ModelReport {
    /// Reports a metric under another name too, with its interval.
    pub(super) fn repeat_metric(&mut self, name: &str, other: &str) {
        for values in [&mut self.metrics, &mut self.validation] {
            if let Some(&value) = values.get(name) {
                values.insert(other.to_owned(), value);
            }
        }
        if let Some(&interval) = self.ci95.get(name) {
            self.ci95.insert(other.to_owned(), interval);
        }
    }
}
