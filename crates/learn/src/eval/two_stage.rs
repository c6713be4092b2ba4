//! The second stage: a ranker learnt from the candidates that a first stage found.
//!
//! It knows nothing about where candidates and features come from.

use rayon::prelude::*;

use crate::boost::{BoostParams, Boosted, FeatureTable, LambdaRank, RankingModel, Validation};
use crate::error::LearnError;
use crate::top_k::order;

/// The candidates of one query, the first stage's best first.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    /// The candidates.
    pub(super) items: Vec<u32>,
    /// *Shape*: `[items.len(), feature_count]`.
    pub(super) features: Vec<f32>,
    /// What should be found, ascending.
    pub(super) relevant: Vec<u32>,
}

impl Query {
    /// Whether something that should be found is among the candidates; a ranker learns nothing from the others.
    pub(super) fn is_found(&self) -> bool {
        self.relevant.iter().any(|item| self.items.contains(item))
    }

    /// The first candidates alone, so that learning takes less memory.
    ///
    /// Leaving out some of the later ones but no relevant one would make the ranker believe in late candidates.
    pub(super) fn cut(mut self, width: usize, count: usize) -> Self {
        self.items.truncate(count);
        self.features.truncate(count * width);
        self.features.shrink_to_fit();
        self
    }

    fn label(&self, place: usize) -> f32 {
        f32::from(u8::from(self.relevant.binary_search(&self.items[place]).is_ok()))
    }

    /// The candidates in the order of their scores; ties as the first stage had them.
    pub(super) fn ranked(&self, width: usize, model: &dyn RankingModel) -> Vec<u32> {
        let rows = self.features.chunks_exact(width).enumerate();
        let mut scored: Vec<(u32, f32)> = rows.map(|(place, row)| (place as u32, model.score(row))).collect();
        scored.sort_unstable_by(order);
        scored.into_iter().map(|(place, _)| self.items[place as usize]).collect()
    }
}

/// Rankers that vote, each with a seed of its own; a single one depends on chance.
pub(super) struct Voters(pub(super) Vec<Boosted>);

impl Voters {
    /// The trees of each.
    pub(super) fn tree_counts(&self) -> Vec<usize> {
        self.0.iter().map(|voter| voter.trees().len()).collect()
    }
}

impl RankingModel for Voters {
    fn feature_count(&self) -> usize {
        self.0.first().map_or(0, RankingModel::feature_count)
    }

    fn score(&self, features: &[f32]) -> f32 {
        self.0.iter().map(|voter| voter.score(features)).sum()
    }
}

/// How [`fit_voters`] judges a list: what it ranked, and what is relevant.
pub(super) type Measure = dyn Fn(&[u32], &[u32]) -> f64 + Sync;

/// Fits `count` rankers that vote on `fit`, each with as many trees as are best on `valid` by `measure`; none where
/// nothing relevant is among the candidates.
///
/// The queries to learn from are used up, since they take most of the memory.
///
/// # Errors
/// When a parameter is out of its range.
pub(super) fn fit_voters(
    width: usize,
    mut fit: Vec<Query>,
    valid: &[Query],
    measure: &Measure,
    truncation: usize,
    (params, count): (&BoostParams, u64),
) -> Result<Option<Voters>, LearnError> {
    fit.retain(Query::is_found);
    if fit.is_empty() {
        return Ok(None);
    }
    let lengths: Vec<usize> = fit.iter().map(|query| query.items.len()).collect();
    let labels: Vec<f32> =
        fit.iter().flat_map(|query| (0..query.items.len()).map(|place| query.label(place))).collect();
    let mut values = Vec::with_capacity(labels.len() * width);
    fit.into_iter().for_each(|query| values.extend(query.features));
    let table = FeatureTable::new(width, values)?;
    let valid_values = valid.iter().flat_map(|query| query.features.iter().copied()).collect();
    let valid_table = FeatureTable::new(width, valid_values)?;
    let judge = |scores: &[f32]| mean_measure(valid, scores, measure);
    let validation = Validation { table: &valid_table, measure: &judge };
    let objective = LambdaRank::new(&lengths, labels, truncation)?;
    let voter = |vote: u64| {
        let params = BoostParams { seed: params.seed + vote, ..params.clone() };
        Boosted::fit(&table, &objective, (!valid.is_empty()).then_some(&validation), &params)
    };
    (0..count).map(voter).collect::<Result<_, _>>().map(|voters| Some(Voters(voters)))
}

/// The mean of `measure` over queries whose candidates have these scores, one after the other.
fn mean_measure(queries: &[Query], scores: &[f32], measure: &Measure) -> f64 {
    let mut starts = Vec::with_capacity(queries.len());
    let mut start = 0;
    for query in queries {
        starts.push(start);
        start += query.items.len();
    }
    let of_query = |(query, &start): (&Query, &usize)| {
        let scores = &scores[start..start + query.items.len()];
        let mut places: Vec<(u32, f32)> =
            scores.iter().enumerate().map(|(place, &score)| (place as u32, score)).collect();
        places.sort_unstable_by(order);
        let ranked: Vec<u32> = places.into_iter().map(|(place, _)| query.items[place as usize]).collect();
        measure(&ranked, &query.relevant)
    };
    // Summed in order, so that threads change nothing.
    let values: Vec<f64> = queries.par_iter().zip(&starts).map(of_query).collect();
    values.iter().sum::<f64>() / queries.len().max(1) as f64
}
