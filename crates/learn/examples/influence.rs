//! What the guard against fake accounts costs where there are none: quality with and without it.
//!
//! ```text
//! influence TRAIN TEST
//! ```
//!
//! Both files have one listener a line, `user item item ...`.
#![expect(clippy::print_stdout, reason = "what it finds is its output")]
#![expect(clippy::unwrap_used, reason = "a measurement may fall over")]

use learn::ials::{Ials, IalsParams, Penalties};
use learn::influence::{InfluenceParams, Say};
use learn::knn::{Bm25Params, fit_supported_item_knn};
use learn::metrics::{Metric, Relevant};
use learn::{Sparse, top_k};

fn main() {
    let [train, test] = [1, 2].map(|nth| std::env::args().nth(nth).expect("influence TRAIN TEST"));
    let (train, test) = (pairs(&train), pairs(&test));
    let size = |of: fn(&(u32, u32)) -> u32| 1 + train.iter().chain(&test).map(of).max().unwrap() as usize;
    let (rows, items) = (size(|pair| pair.0), size(|pair| pair.1));
    let matrix = |pairs: &[(u32, u32)]| {
        Sparse::from_triplets(rows, items, pairs.iter().map(|&(row, item)| (row, item, 1.0))).unwrap()
    };
    let (train, test) = (matrix(&train), matrix(&test));
    let default = InfluenceParams::default();
    let settings = [
        ("without", None),
        ("default", Some(default)),
        ("support 0", Some(InfluenceParams { support_min: 0.0, ..default })),
        ("support 1.5", Some(InfluenceParams { support_min: 1.5, ..default })),
        ("alike from .25 to .55", Some(InfluenceParams { alike_from: 0.25, alike_full: 0.55, ..default })),
        ("alike from .35 to .65", Some(InfluenceParams { alike_from: 0.35, alike_full: 0.65, ..default })),
    ];
    for (name, params) in settings {
        let say = params.map_or_else(|| Say::even(rows), |params| Say::of(&train, &params).unwrap());
        let lowered = say.weights.iter().filter(|&&weight| weight < 0.99).count();
        let [knn, ials] = quality(&train, &test, &say);
        println!("{name}: N@10 of neighbours {knn:.4}, of iALS {ials:.4}; {lowered} of {rows} count less");
    }
}

/// NDCG@10 of neighbours and of iALS.
fn quality(train: &Sparse, test: &Sparse, say: &Say) -> [f64; 2] {
    let params = Bm25Params { k1: 0.0, b: 0.0, ..Bm25Params::default() };
    let neighbours = fit_supported_item_knn(train, &params, say, 200).unwrap();
    // The penalties that `segue eval cf` finds for lastfm-hetrec-cf are near these.
    let penalties = Penalties { unobserved_weight: 0.1, regularization: 0.003, frequency_exponent: 1.0 };
    let params = IalsParams { dim: 64, epochs: 10, penalties, ..IalsParams::default() };
    let model = Ials::fit(&say.weigh(train).unwrap(), &params, &mut |_| {}).unwrap();
    let mut scores = vec![0.0; train.column_count()];
    let (mut sums, mut count) = ([0.0; 2], 0);
    for row in 0..train.row_count() {
        let known = train.row(row).0;
        let relevant = Relevant::new(test.row(row).0).unwrap();
        let ndcg = |scores: &[f32]| {
            let best = top_k(scores, 10, |item| known.binary_search(&item).is_err());
            Metric::Ndcg(10).of(&best.iter().map(|&(item, _)| item).collect::<Vec<_>>(), relevant)
        };
        scores.fill(0.0);
        known.iter().for_each(|&item| neighbours.add_scores(item, 1.0, &mut scores));
        let Some(by_neighbours) = ndcg(&scores) else { continue };
        model.items.scores(model.rows.row(row), &mut scores);
        sums[0] += by_neighbours;
        sums[1] += ndcg(&scores).unwrap_or(0.0);
        count += 1;
    }
    sums.map(|sum| sum / f64::from(count.max(1)))
}

fn pairs(file: &str) -> Vec<(u32, u32)> {
    let text = std::fs::read_to_string(file).unwrap();
    let numbers =
        |line: &str| line.split_whitespace().map(|word| word.parse().unwrap()).collect::<Vec<u32>>();
    let lines = text.lines().map(numbers).filter(|line| line.len() > 1);
    lines.flat_map(|line| line[1..].iter().map(|&item| (line[0], item)).collect::<Vec<_>>()).collect()
}
