//! How fast things are, one at a time, for `benches/compare.py`: prints one JSON object.
//!
//! ```text
//! speed ials TRAIN TEST DIM EPOCHS UNOBSERVED_WEIGHT REGULARIZATION
//! speed fold-in DIM PLAYS
//! speed nearest VECTORS QUERIES DIM COUNT
//! speed rank VALUES LABELS LENGTHS FEATURES TREES TRAINING_QUERIES
//! speed growth INTERACTIONS
//! ```
//!
//! `TRAIN` and `TEST` have one listener a line, `user item item ...`; the other files are plain little-endian numbers.
#![expect(clippy::print_stdout, reason = "what it finds is its output")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::unwrap_used, reason = "a measurement may fall over")]

use std::path::Path;
use std::time::Instant;

use learn::boost::{BoostParams, Boosted, FeatureTable, LambdaRank, RankingModel as _};
use learn::ials::{Ials, IalsParams, ItemModel, Observation, Penalties};
use learn::metrics::{Metric, Relevant};
use learn::vector_index::{VectorIndex, VectorIndexParams};
use learn::{Factors, Sparse, top_k};
use serde_json::{Value, json};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found = match words.as_slice() {
        ["ials", train, test, dim, epochs, weight, ridge] => {
            ials((train, test), number(dim), number(epochs), [number(weight), number(ridge)])
        }
        ["fold-in", dim, plays] => fold_in(number(dim), number(plays)),
        ["nearest", vectors, queries, dim, count] => nearest(vectors, queries, number(dim), number(count)),
        ["rank", values, labels, lengths, features, trees, training] => {
            rank((values, labels, lengths), number(features), number(trees), number(training))
        }
        ["growth", interactions] => growth(number(interactions)),
        _ => json!({ "error": "see the head of speed.rs for what it takes" }),
    };
    found["peak_rss_mib"] = json!(peak_rss_mib());
    println!("{found}");
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(word: &str) -> T {
    word.parse().unwrap()
}

/// From the kernel's own account, where it keeps one.
fn peak_rss_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes / 1024)
}

fn pairs(file: &str) -> Vec<(u32, u32, f32)> {
    let text = std::fs::read_to_string(file).unwrap();
    let numbers = |line: &str| line.split_whitespace().map(number::<u32>).collect::<Vec<_>>();
    let lines = text.lines().map(numbers).filter(|line| line.len() > 1);
    lines.flat_map(|line| line[1..].iter().map(|&item| (line[0], item, 1.0)).collect::<Vec<_>>()).collect()
}

fn ials((train, test): (&str, &str), dim: usize, epochs: usize, [weight, ridge]: [f32; 2]) -> Value {
    let (train, test) = (pairs(train), pairs(test));
    let rows = train.iter().chain(&test).map(|pair| pair.0 as usize + 1).max().unwrap();
    let columns = train.iter().chain(&test).map(|pair| pair.1 as usize + 1).max().unwrap();
    let train = Sparse::from_triplets(rows, columns, train).unwrap();
    let test = Sparse::from_triplets(rows, columns, test).unwrap();
    let penalties = Penalties { unobserved_weight: weight, regularization: ridge, frequency_exponent: 1.0 };
    let params = IalsParams { dim, epochs, penalties, seed: 1, ..IalsParams::default() };
    let begun = Instant::now();
    let model = Ials::fit(&train, &params, &mut |_| {}).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let (mut sum, mut count) = (0.0, 0);
    let mut scores = vec![0.0; columns];
    for row in (0..rows).filter(|&row| test.row_len(row) > 0) {
        model.items.scores(model.rows.row(row), &mut scores);
        let known = train.row(row).0;
        let best = top_k(&scores, 10, |item| known.binary_search(&item).is_err());
        let list: Vec<u32> = best.into_iter().map(|(item, _)| item).collect();
        sum += Metric::Ndcg(10).of(&list, Relevant::new(test.row(row).0).unwrap()).unwrap_or(0.0);
        count += 1;
    }
    json!({ "seconds": seconds, "ndcg@10": sum / f64::from(count) })
}

/// Numbers from a fixed seed, evenly between −0.5 and 0.5.
fn draws() -> impl FnMut() -> f32 {
    let mut state = 1_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    }
}

fn fold_in(dim: usize, plays: usize) -> Value {
    let items = 20_000;
    let mut draw = draws();
    let factors = Factors::new(dim, (0..items * dim).map(|_| draw()).collect()).unwrap();
    let model = ItemModel::from_factors(factors, Penalties::default()).unwrap();
    let known: Vec<Observation> = (0..plays)
        .map(|nth| Observation { item: (nth * 97 % items) as u32, weight: 1.0, target: 1.0 })
        .collect();
    let mut micros: Vec<f64> = (0..500)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(model.fold_in(&known));
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_unstable_by(f64::total_cmp);
    json!({ "median_us": micros[250], "p95_us": micros[475] })
}

fn floats(file: &str) -> Vec<f32> {
    let bytes = std::fs::read(Path::new(file)).unwrap();
    bytes.chunks_exact(4).map(|word| f32::from_le_bytes(word.try_into().unwrap())).collect()
}

fn nearest(vectors: &str, queries: &str, dim: usize, count: usize) -> Value {
    let (vectors, queries) = (floats(vectors), floats(queries));
    let ids: Vec<u32> = (0..(vectors.len() / dim) as u32).collect();
    let params = VectorIndexParams { depth: count, ..VectorIndexParams::default() };
    let begun = Instant::now();
    let index = VectorIndex::build(dim, &ids, &vectors, params).unwrap();
    let build_seconds = begun.elapsed().as_secs_f64();
    let query_count = (queries.len() / dim) as f64;
    let begun = Instant::now();
    let found: Vec<Vec<(u32, f32)>> =
        queries.chunks_exact(dim).map(|query| index.nearest(query, count, |_| true)).collect();
    let ms = begun.elapsed().as_secs_f64() * 1e3 / query_count;
    let params = VectorIndexParams { exact_max: usize::MAX, ..params };
    let exact = VectorIndex::build(dim, &ids, &vectors, params).unwrap();
    let begun = Instant::now();
    let truth: Vec<Vec<(u32, f32)>> =
        queries.chunks_exact(dim).map(|query| exact.nearest(query, count, |_| true)).collect();
    let exact_ms = begun.elapsed().as_secs_f64() * 1e3 / query_count;
    let mut hits = 0;
    for (found, truth) in found.iter().zip(&truth) {
        let mut found: Vec<u32> = found.iter().map(|hit| hit.0).collect();
        found.sort_unstable();
        hits += truth.iter().filter(|hit| found.binary_search(&hit.0).is_ok()).count();
    }
    json!({
        "ms": ms, "exact_ms": exact_ms, "build_seconds": build_seconds,
        "recall": hits as f64 / (query_count * count as f64), "cells": index.cell_counts(),
    })
}

fn rank(
    (values, labels, lengths): (&str, &str, &str),
    features: usize,
    trees: usize,
    training: usize,
) -> Value {
    let (values, labels) = (floats(values), floats(labels));
    let lengths: Vec<usize> = floats(lengths).into_iter().map(|length| length as usize).collect();
    let rows: usize = lengths[..training].iter().sum();
    let table = FeatureTable::new(features, values[..rows * features].to_vec()).unwrap();
    let objective = LambdaRank::new(&lengths[..training], labels[..rows].to_vec(), 30).unwrap();
    // No ridge, as is the default of what it is compared with.
    let params = BoostParams { tree_count: trees, ridge: 0.0, ..BoostParams::default() };
    let begun = Instant::now();
    let model = Boosted::fit(&table, &objective, None, &params).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let (mut start, mut ndcgs) = (0, Vec::new());
    for &length in &lengths {
        let row = |place: usize| &values[(start + place) * features..][..features];
        let scores: Vec<f32> = (0..length).map(|place| model.score(row(place))).collect();
        let list: Vec<u32> = top_k(&scores, 10, |_| true).into_iter().map(|(place, _)| place).collect();
        let relevant: Vec<u32> =
            (0..length as u32).filter(|&place| labels[start + place as usize] > 0.0).collect();
        ndcgs.push(Metric::Ndcg(10).of(&list, Relevant::new(&relevant).unwrap()).unwrap_or(0.0));
        start += length;
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (trained, held_out) = ndcgs.split_at(training);
    json!({ "seconds": seconds, "train_ndcg@10": mean(trained), "held_out_ndcg@10": mean(held_out) })
}

/// Interactions with the fame of items and listeners falling like one over the rank.
fn growth(interactions: usize) -> Value {
    let (listeners, items) = (interactions / 50 + 10, interactions / 100 + 100);
    let mut draw = draws();
    // The inverse of a distribution whose density is one over the rank.
    let mut place = move |count: usize| ((count as f32).powf(draw() + 0.5) as usize).min(count - 1) as u32;
    let entries = (0..interactions).map(|nth| {
        let item = place(items);
        ((nth % listeners) as u32, item.wrapping_mul(2_654_435_761) % items as u32, 1.0)
    });
    let matrix = Sparse::from_triplets(listeners, items, entries).unwrap();
    let params = IalsParams { dim: 64, epochs: 3, seed: 1, ..IalsParams::default() };
    let begun = Instant::now();
    let model = Ials::fit(&matrix, &params, &mut |_| {}).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    json!({
        "interactions": interactions, "distinct": matrix.entry_count(), "listeners": listeners,
        "items": model.items.item_count(), "seconds": seconds,
    })
}
