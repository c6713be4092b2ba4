//! Is a listener satisfied with a track, here and now?
//!
//! # Protocol
//!
//! * Ratings of 3 or more are a yes.
//! * For each of the seeds 101 to 110 the ratings of every user are parted at random, 70 % to fit, 10 % to choose by and
//!   20 % to judge by; the area under the curve is reckoned over all users of a part, and averaged over seeds.
//! * Known are the user, the track and what is known about it, time, weather, place, the wrist band's readings before, and
//!   the mood *before* listening; never the mood after it.
//! * Parameters are those with the best average on the parts to choose by, for all seeds the same; the models that are
//!   judged are fitted to the 70 % only.
//! * The interval is a bootstrap over seeds; the parts of different seeds overlap, so it tells about the parting, not about
//!   other users. With 30 users the standard error of one figure is about .01 all the same.

mod read;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde_json::{Value, json};

use self::read::{Sample, read};
use super::{DataSet, EvalOptions, EvalReport, Meter, ModelReport};
use crate::boost::{BoostParams, Boosted, FeatureTable, ForestParams, LogLoss, RankingModel};
use crate::calibration::{Logistic, LogisticParams};
use crate::error::LearnError;
use crate::metrics::{auc, bootstrap};
use crate::progress::Progress;

/// The published seeds of the partings.
const SEEDS: std::ops::RangeInclusive<u64> = 101..=110;
/// Trees of a forest.
const TREES: usize = 500;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Model {
    /// How often the user was satisfied.
    UserMean,
    Logistic {
        penalty: f32,
    },
    Forest {
        rows_min: usize,
        feature_share: f32,
    },
    Boosted {
        tree_count: usize,
    },
    /// The mean of the log-odds of a forest and a logistic regression.
    Stack {
        penalty: f32,
        rows_min: usize,
        feature_share: f32,
    },
}

impl Model {
    fn params(self) -> Value {
        match self {
            Self::UserMean => json!({}),
            Self::Logistic { penalty } => json!({ "penalty": penalty }),
            Self::Forest { rows_min, feature_share } => {
                json!({ "trees": TREES, "rows_min": rows_min, "feature_share": feature_share })
            }
            Self::Boosted { tree_count } => json!({ "trees": tree_count }),
            Self::Stack { penalty, rows_min, feature_share } => json!({
                "logistic": Self::Logistic { penalty }.params(),
                "forest": Self::Forest { rows_min, feature_share }.params(),
            }),
        }
    }
}

/// A name, whether the situation is known, and what is tried.
type Family = (&'static str, bool, Vec<Model>);

fn families() -> Vec<Family> {
    let logistic = || [10.0, 30.0, 100.0].map(|penalty| Model::Logistic { penalty }).to_vec();
    let forests = [(2, 0.3), (5, 0.3), (5, 0.5), (8, 0.5)];
    let forest =
        || forests.map(|(rows_min, feature_share)| Model::Forest { rows_min, feature_share }).to_vec();
    let stack = forests.into_iter().map(|(rows_min, feature_share)| Model::Stack {
        penalty: 30.0,
        rows_min,
        feature_share,
    });
    vec![
        ("user_mean", false, vec![Model::UserMean]),
        ("logistic_no_situation", false, logistic()),
        ("forest_no_situation", false, forest()),
        ("logistic", true, logistic()),
        ("forest", true, forest()),
        ("boosted", true, [50, 100, 200].map(|tree_count| Model::Boosted { tree_count }).to_vec()),
        ("stack", true, stack.collect()),
    ]
}

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let (samples, user_count) = read(data)?;
    let tables = [false, true].map(|with_situation| table(&samples, user_count, with_situation));
    let partings: Vec<Parting> = SEEDS.map(|seed| Parting::new(&samples, user_count, seed)).collect();
    let labels: Vec<bool> = samples.iter().map(|sample| sample.satisfied).collect();
    let families = families();
    let mut reports = Vec::new();
    let mut best = (f64::NEG_INFINITY, "");
    for (done, (name, with_situation, tried)) in families.iter().enumerate() {
        progress(Progress { stage: "judging models", done, total: families.len() });
        let started = meter.seconds();
        let rows = &tables[usize::from(*with_situation)];
        let mut chosen: Option<(f64, Model, Vec<f64>)> = None;
        for &model in tried {
            let outcome: Result<Vec<(f64, f64)>, LearnError> = partings
                .par_iter()
                .map(|parting| {
                    let scores = scores(model, rows, &samples, parting, options.seed)?;
                    Ok((
                        parting.auc(&scores, &labels, Part::Valid)?,
                        parting.auc(&scores, &labels, Part::Test)?,
                    ))
                })
                .collect();
            let outcome = outcome?;
            let valid = outcome.iter().map(|pair| pair.0).sum::<f64>() / outcome.len() as f64;
            if chosen.as_ref().is_none_or(|chosen| valid > chosen.0) {
                chosen = Some((valid, model, outcome.into_iter().map(|pair| pair.1).collect()));
            }
        }
        let (valid, model, test) = chosen.expect("every family has something to try");
        if valid > best.0 {
            best = (valid, name);
        }
        let mut report =
            ModelReport { name: (*name).to_owned(), params: model.params(), ..ModelReport::default() };
        report.validation.insert("auc".to_owned(), valid);
        if let Some(interval) = bootstrap(&test, options.seed)? {
            report.metrics.insert("auc".to_owned(), interval.mean);
            report.ci95.insert("auc".to_owned(), [interval.low, interval.high]);
        }
        report.seconds = meter.seconds() - started;
        report.peak_rss_bytes = meter.peak_rss_bytes();
        reports.push(report);
    }
    Ok(EvalReport {
        task: "context".to_owned(),
        data: data.name().to_owned(),
        protocol: format!(
            "{} ratings by {user_count} users, 3 or more is a yes; ten random partings 70/10/20 per user (seeds 101 to 110), \
             parameters chosen on the 10 %, fitted on the 70 % only, mean area under the curve on the 20 %; the mood \
             before listening is known, the mood after it never",
            samples.len()
        ),
        seed: options.seed,
        models: reports,
        best: best.1.to_owned(),
        skipped: Vec::new(),
    })
}

/// One row per sample: who, what, and perhaps in which situation.
fn table(samples: &[Sample], user_count: usize, with_situation: bool) -> Vec<Vec<f32>> {
    let row = |sample: &Sample| {
        let who = (0..user_count).map(|user| f32::from(u8::from(user == sample.user)));
        let situation = if with_situation { &sample.situation[..] } else { &[] };
        who.chain(sample.track.iter().copied()).chain(situation.iter().copied()).collect()
    };
    samples.iter().map(row).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Fit,
    Valid,
    Test,
}

/// Which part each sample belongs to.
struct Parting(Vec<Part>);

impl Parting {
    fn new(samples: &[Sample], user_count: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut parts = vec![Part::Fit; samples.len()];
        for user in 0..user_count {
            let mut own: Vec<usize> =
                (0..samples.len()).filter(|&place| samples[place].user == user).collect();
            own.shuffle(&mut random);
            let until = |share: f64| (own.len() as f64 * share).round() as usize;
            for (rank, &place) in own.iter().enumerate() {
                if rank >= until(0.8) {
                    parts[place] = Part::Test;
                } else if rank >= until(0.7) {
                    parts[place] = Part::Valid;
                }
            }
        }
        Self(parts)
    }

    fn places(&self, part: Part) -> Vec<usize> {
        (0..self.0.len()).filter(|&place| self.0[place] == part).collect()
    }

    /// The area under the curve of one part, a half where all answers of it are the same.
    fn auc(&self, scores: &[f64], labels: &[bool], part: Part) -> Result<f64, LearnError> {
        let places = self.places(part);
        let scores: Vec<f64> = places.iter().map(|&place| scores[place]).collect();
        let labels: Vec<bool> = places.iter().map(|&place| labels[place]).collect();
        Ok(auc(&scores, &labels)?.unwrap_or(0.5))
    }
}

/// The scores of all samples by a model that was fitted to the fitting part.
fn scores(
    model: Model,
    rows: &[Vec<f32>],
    samples: &[Sample],
    parting: &Parting,
    seed: u64,
) -> Result<Vec<f64>, LearnError> {
    let fit = parting.places(Part::Fit);
    let labels: Vec<f32> = fit.iter().map(|&place| f32::from(u8::from(samples[place].satisfied))).collect();
    let width = rows.first().map_or(0, Vec::len);
    let features = || fit.iter().flat_map(|&place| rows[place].iter().copied()).collect::<Vec<f32>>();
    Ok(match model {
        Model::UserMean => {
            let share = |user: usize| {
                let own = fit.iter().zip(&labels).filter(|&(&place, _)| samples[place].user == user);
                let (count, sum) =
                    own.fold((0.0, 0.0), |(count, sum), (_, label)| (count + 1.0, sum + f64::from(*label)));
                (sum + 1.0) / (count + 2.0)
            };
            samples.iter().map(|sample| share(sample.user)).collect()
        }
        Model::Logistic { penalty } => {
            let scale = Standardizer::new(rows, &fit, width);
            let features: Vec<f32> = fit.iter().flat_map(|&place| scale.row(&rows[place])).collect();
            let params = LogisticParams { penalty, ..LogisticParams::default() };
            let fitted = Logistic::fit(&features, width, &labels, &params)?;
            rows.iter().map(|row| f64::from(fitted.log_odds(&scale.row(row)))).collect()
        }
        Model::Forest { rows_min, feature_share } => {
            let params = ForestParams { tree_count: TREES, rows_min, feature_share, seed };
            let forest = Boosted::fit_forest(&FeatureTable::new(width, features())?, &labels, &params)?;
            rows.iter().map(|row| f64::from(forest.score(row))).collect()
        }
        Model::Boosted { tree_count } => {
            let params = BoostParams {
                tree_count,
                leaf_count: 6,
                learning_rate: 0.05,
                rows_min: 10,
                feature_share: 0.4,
                ridge: 5.0,
                seed,
                ..BoostParams::default()
            };
            let table = FeatureTable::new(width, features())?;
            let boosted = Boosted::fit(&table, &LogLoss::new(labels, None)?, None, &params)?;
            rows.iter().map(|row| f64::from(boosted.score(row))).collect()
        }
        Model::Stack { penalty, rows_min, feature_share } => {
            let linear = scores(Model::Logistic { penalty }, rows, samples, parting, seed)?;
            let forest = scores(Model::Forest { rows_min, feature_share }, rows, samples, parting, seed)?;
            let probability = |log_odds: f64| 1.0 / (1.0 + (-log_odds).exp());
            linear.iter().zip(&forest).map(|(linear, forest)| probability(*linear) + forest).collect()
        }
    })
}

/// Brings features to mean 0 and variance 1 over the fitting part; what is missing becomes the mean.
struct Standardizer {
    means: Vec<f32>,
    scales: Vec<f32>,
}

impl Standardizer {
    fn new(rows: &[Vec<f32>], fit: &[usize], width: usize) -> Self {
        let (mut means, mut scales) = (vec![0.0; width], vec![0.0; width]);
        for column in 0..width {
            let values = || fit.iter().map(|&place| f64::from(rows[place][column])).filter(|v| v.is_finite());
            let count = values().count().max(1) as f64;
            let mean = values().sum::<f64>() / count;
            let deviation = (values().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
            means[column] = mean as f32;
            scales[column] = if deviation > 0.0 { deviation.recip() as f32 } else { 0.0 };
        }
        Self { means, scales }
    }

    fn row(&self, row: &[f32]) -> Vec<f32> {
        let standard = |((&value, mean), scale): ((&f32, &f32), &f32)| {
            if value.is_finite() { (value - mean) * scale } else { 0.0 }
        };
        row.iter().zip(&self.means).zip(&self.scales).map(standard).collect()
    }
}

#[cfg(test)]
mod tests;
