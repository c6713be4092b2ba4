//! Several signals about each candidate, weighed against each other.
//!
//! It knows nothing about where candidates and signals come from: a [`Query`] holds one column per signal.

use rayon::prelude::*;

use super::tune::{Axis, climb};
use super::two_stage::Query;
use crate::error::LearnError;
use crate::metrics::{Metric, Relevant};
use crate::top_k::top_k;

/// What a signal may count, beside one that counts 1: the climb goes up and down these.
const WEIGHTS: [f64; 10] = [0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 2.2];
/// Points judged from each start, at most.
const BUDGET: usize = 60;

/// Brings each signal to mean 0 and variance 1 over the candidates of its query.
pub(super) fn standardize(query: &mut Query, width: usize) {
    let count = query.items.len().max(1) as f64;
    for signal in 0..width {
        let column = || query.features.iter().skip(signal).step_by(width).map(|&value| f64::from(value));
        let mean = column().sum::<f64>() / count;
        let deviation = (column().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let scale = if deviation > 0.0 { deviation.recip() } else { 0.0 };
        for value in query.features.iter_mut().skip(signal).step_by(width) {
            *value = ((f64::from(*value) - mean) * scale) as f32;
        }
    }
}

/// The best `depth` candidates by the weighted sum of their signals.
pub(super) fn ranked(query: &Query, weights: &[f64], depth: usize) -> Vec<u32> {
    let sum = |row: &[f32]| row.iter().zip(weights).map(|(&value, &weight)| value * weight as f32).sum();
    let sums: Vec<f32> = query.features.chunks_exact(weights.len()).map(sum).collect();
    top_k(&sums, depth, |_| true).into_iter().map(|(place, _)| query.items[place as usize]).collect()
}

/// The mean of a metric over all queries.
pub(super) fn mean(queries: &[Query], weights: &[f64], metric: Metric) -> Result<f64, LearnError> {
    let values: Result<Vec<f64>, LearnError> = queries
        .par_iter()
        .map(|query| {
            let list = ranked(query, weights, metric.depth(query.relevant.len()));
            Ok(metric.of(&list, Relevant::new(&query.relevant)?).unwrap_or(0.0))
        })
        .collect();
    let values = values?;
    Ok(values.iter().sum::<f64>() / values.len().max(1) as f64)
}

/// The weights with which the signals of standardised queries do best, by a climb from the best signal alone and one
/// from all alike.
///
/// *Shape*: one weight per name.
///
/// # Errors
/// When no signal is named, or what is relevant to a query is out of order.
pub(super) fn choose_weights(
    queries: &[Query],
    names: &[&'static str],
    metric: Metric,
    seed: u64,
) -> Result<Vec<f64>, LearnError> {
    let alone = |signal: usize| (0..names.len()).map(|other| f64::from(u8::from(other == signal))).collect();
    let mut best: Option<(f64, Vec<f64>)> = None;
    for signal in 0..names.len() {
        let weights: Vec<f64> = alone(signal);
        let score = mean(queries, &weights, metric)?;
        if best.as_ref().is_none_or(|best| score > best.0) {
            best = Some((score, weights));
        }
    }
    let (_, best_alone) = best.ok_or(LearnError::Empty { what: "the signals of a stack" })?;
    let mut top: Option<(f64, Vec<f64>)> = None;
    for start in [best_alone, vec![0.5; names.len()]] {
        let axes: Vec<Axis> =
            names.iter().zip(&start).map(|(name, &start)| Axis::new(name, &WEIGHTS, start)).collect();
        let found = climb(&axes, BUDGET, seed, &mut |weights| mean(queries, weights, metric))?;
        if top.as_ref().is_none_or(|top| found.score > top.0) {
            top = Some((found.score, found.values));
        }
    }
    Ok(top.expect("there are two starts").1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One signal tells what is relevant half of the time, another the other half, a third is noise.
    fn queries() -> Vec<Query> {
        (0..40_u32)
            .map(|query| {
                let relevant = query % 10;
                let hint = |item: u32, knows: bool| f32::from(u8::from(knows && item == relevant));
                let noise = |item: u32| ((item * 7 + query * 3) % 11) as f32;
                let rows = (0..10).flat_map(|item| {
                    [noise(item), hint(item, query % 2 == 0) * 5.0, hint(item, query % 2 == 1)]
                });
                Query { items: (0..10).collect(), features: rows.collect(), relevant: vec![relevant] }
            })
            .collect()
    }

    #[test]
    fn the_climb_finds_the_signals_that_tell() {
        let mut queries = queries();
        queries.iter_mut().for_each(|query| standardize(query, 3));
        let metric = Metric::Ndcg(1);
        let weights = choose_weights(&queries, &["noise", "even", "odd"], metric, 1).unwrap();
        assert!(weights[1] > 0.0 && weights[2] > 0.0, "{weights:?}");
        assert_eq!(mean(&queries, &weights, metric).unwrap(), 1.0);
        assert!(choose_weights(&queries, &[], metric, 1).is_err());
    }

    #[test]
    fn signals_that_are_all_alike_say_nothing() {
        let mut query = Query { items: vec![3, 4], features: vec![7.0, 1.0, 7.0, 3.0], relevant: vec![4] };
        standardize(&mut query, 2);
        assert_eq!(query.features, [0.0, -1.0, 0.0, 1.0]);
        assert_eq!(ranked(&query, &[1.0, 0.0], 1), [3], "ties as they stand");
        assert_eq!(ranked(&query, &[1.0, 0.5], 2), [4, 3]);
        standardize(&mut Query::default(), 2);
    }
}
