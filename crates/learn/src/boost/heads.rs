//! One calibrated probability per action: will the listener finish it, like it, skip it, come back to it?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fit::BoostParams;
use super::model::Boosted;
use super::objective::LogLoss;
use super::table::FeatureTable;
use super::{RankingModel, Validation};
use crate::calibration::Isotonic;
use crate::error::{LearnError, check_length};

/// The probability of one action.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionHead {
    /// The action, such as `finish`.
    pub name: String,
    /// The trees; their scores are log-odds.
    pub model: Boosted,
    /// What became of scores like these, on rows that the trees had not seen.
    pub calibration: Isotonic,
}

impl ActionHead {
    /// How likely the action is.
    ///
    /// *Range*: 0 to 1.
    pub fn probability(&self, features: &[f32]) -> f32 {
        self.calibration.apply(self.model.score(features)).clamp(0.0, 1.0)
    }
}

impl RankingModel for ActionHead {
    fn feature_count(&self) -> usize {
        self.model.feature_count()
    }

    fn score(&self, features: &[f32]) -> f32 {
        self.probability(features)
    }

    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        self.model.contributions(features)
    }
}

/// What happened to the rows of a table, for one action.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The action.
    pub name: String,
    /// One per row: 1 for yes, 0 for no; not a number where it is not known, which leaves the row out.
    pub labels: Vec<f32>,
}

/// The heads of all actions over the same features.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ActionHeads {
    /// In the order in which they were asked for.
    pub heads: Vec<ActionHead>,
}

/// Parts into which rows are dealt for scores that the trees had not seen.
const FOLD_COUNT: usize = 4;

impl ActionHeads {
    /// Fits a head for each action.
    ///
    /// `groups` says which rows belong together, such as the rows of one listener; they are never divided between
    /// fitting and calibrating.
    ///
    /// # Errors
    /// When lengths do not fit or an action has no known row.
    pub fn fit(
        table: &FeatureTable,
        groups: &[u32],
        actions: &[Labelled],
        params: &BoostParams,
    ) -> Result<Self, LearnError> {
        check_length("groups of rows", table.row_count(), groups.len())?;
        let heads = actions.iter().map(|action| fit_head(table, groups, action, params));
        Ok(Self { heads: heads.collect::<Result<_, _>>()? })
    }

    /// The probability of each action for a row.
    pub fn probabilities(&self, features: &[f32]) -> Vec<f32> {
        self.heads.iter().map(|head| head.probability(features)).collect()
    }
}

fn fit_head(
    table: &FeatureTable,
    groups: &[u32],
    action: &Labelled,
    params: &BoostParams,
) -> Result<ActionHead, LearnError> {
    check_length("labels of rows", table.row_count(), action.labels.len())?;
    let known: Vec<usize> = (0..table.row_count()).filter(|&row| !action.labels[row].is_nan()).collect();
    let fold_of = |row: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(params.seed);
        random.set_stream(u64::from(groups[row]));
        random.random_range(0..FOLD_COUNT)
    };
    let folds: Vec<usize> = known.iter().map(|&row| fold_of(row)).collect();
    let mut samples = Vec::with_capacity(known.len());
    let mut tree_counts = Vec::new();
    for fold in 0..FOLD_COUNT {
        let pick = |is_held_out: bool| -> Vec<usize> {
            known.iter().zip(&folds).filter(|&(_, &f)| (f == fold) == is_held_out).map(|(&r, _)| r).collect()
        };
        let (inside, outside) = (pick(false), pick(true));
        if inside.is_empty() || outside.is_empty() {
            continue;
        }
        let (fit_table, fit_labels) = part(table, &action.labels, &inside)?;
        let (out_table, out_labels) = part(table, &action.labels, &outside)?;
        let measure = |scores: &[f32]| -log_loss(scores, &out_labels);
        let validation = Validation { table: &out_table, measure: &measure };
        let model = Boosted::fit(&fit_table, &LogLoss::new(fit_labels, None)?, Some(&validation), params)?;
        tree_counts.push(model.trees().len());
        for (row, &label) in out_labels.iter().enumerate() {
            samples.push((model.score(out_table.row(row)), label, 1.0));
        }
    }
    let (all_table, all_labels) = part(table, &action.labels, &known)?;
    let tree_count = match tree_counts.len() {
        0 => params.tree_count,
        count => tree_counts.iter().sum::<usize>().div_ceil(count),
    };
    let params = BoostParams { tree_count, ..params.clone() };
    let model = Boosted::fit(&all_table, &LogLoss::new(all_labels.clone(), None)?, None, &params)?;
    if samples.is_empty() {
        samples = (0..all_labels.len())
            .map(|row| (model.score(all_table.row(row)), all_labels[row], 1.0))
            .collect();
    }
    Ok(ActionHead { name: action.name.clone(), model, calibration: Isotonic::fit(&samples)? })
}

fn part(
    table: &FeatureTable,
    labels: &[f32],
    rows: &[usize],
) -> Result<(FeatureTable, Vec<f32>), LearnError> {
    let values = rows.iter().flat_map(|&row| table.row(row).iter().copied()).collect();
    Ok((FeatureTable::new(table.feature_count(), values)?, rows.iter().map(|&row| labels[row]).collect()))
}

/// The mean negative logarithm of the probability of what happened.
fn log_loss(scores: &[f32], labels: &[f32]) -> f64 {
    let loss = |(&score, &label): (&f32, &f32)| {
        let (score, label) = (f64::from(score), f64::from(label));
        score.max(0.0) - score * label + (-score.abs()).exp().ln_1p()
    };
    scores.iter().zip(labels).map(loss).sum::<f64>() / scores.len().max(1) as f64
}
