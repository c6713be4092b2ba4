//! What boosted trees promise, on small samples whose truth is known.

use super::*;

/// Whole numbers that look random and are not.
fn noise(seed: u32, index: u32) -> f32 {
    let mut x = seed.wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b);
    for _ in 0..3 {
        x ^= x >> 15;
        x = x.wrapping_mul(0x2c1b_3c6d);
    }
    (x >> 8) as f32 / (1 << 24) as f32
}

fn table(rows: u32, features: u32) -> FeatureTable {
    let values = (0..rows * features).map(|index| noise(7, index)).collect();
    FeatureTable::new(features as usize, values).expect("whole rows")
}

fn exclusive_or(row: &[f32]) -> f32 {
    f32::from(u8::from((row[0] > 0.5) != (row[1] > 0.3)))
}

fn small() -> BoostParams {
    BoostParams { tree_count: 40, leaf_count: 8, learning_rate: 0.2, ..BoostParams::default() }
}

#[test]
fn an_exclusive_or_is_learnt_and_missing_values_do_not_harm() {
    let mut values = table(2000, 3).values().to_vec();
    let labels: Vec<f32> = values.chunks(3).map(exclusive_or).collect();
    values.iter_mut().skip(2).step_by(3).for_each(|value| *value = f32::NAN);
    let table = FeatureTable::new(3, values).unwrap();
    let objective = LogLoss::new(labels.clone(), None).unwrap();
    let model = Boosted::fit(&table, &objective, None, &small()).unwrap();
    let right = (0..2000).filter(|&row| (model.score(table.row(row)) > 0.0) == (labels[row] > 0.5)).count();
    assert!(right > 1980, "{right}");
    assert_eq!(model.usage()[2], 0.0);
    let parts: f32 = model.contributions(table.row(3)).iter().sum();
    let whole = model.score(table.row(3)) - model.start();
    let roots: f32 = model.trees().iter().map(|tree| tree.nodes.first().map_or(0.0, |n| n.mean)).sum();
    assert!((parts + roots - whole).abs() < 1e-3);
}

#[test]
fn threads_do_not_change_the_trees() {
    let table = table(70_000, 4);
    let targets: Vec<f32> = (0..70_000).map(|row| table.row(row)[0] * table.row(row)[1]).collect();
    let objective = SquaredLoss::new(targets).unwrap();
    let params = BoostParams { tree_count: 3, feature_share: 0.6, row_share: 0.7, ..small() };
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Boosted::fit(&table, &objective, None, &params).unwrap())
    };
    assert_eq!(fit(1), fit(3));
}

#[test]
fn what_matters_within_a_query_is_ranked_first() {
    // The base of each query differs wildly, so only differences within a query say anything.
    let (queries, length) = (300_u32, 12_u32);
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for query in 0..queries {
        let base = 100.0 * noise(1, query);
        let best = (noise(2, query) * length as f32) as u32;
        for row in 0..length {
            let signal = if row == best { 1.0 } else { 0.0 };
            values.extend([base, signal + 0.8 * noise(3, query * length + row)]);
            labels.push(signal);
        }
    }
    let table = FeatureTable::new(2, values).unwrap();
    let objective = LambdaRank::new(&vec![length as usize; queries as usize], labels.clone(), 5).unwrap();
    let model = Boosted::fit(&table, &objective, None, &small()).unwrap();
    let first = (0..queries as usize).filter(|query| {
        let rows = query * length as usize..(query + 1) * length as usize;
        let best = rows.max_by(|&a, &b| model.score(table.row(a)).total_cmp(&model.score(table.row(b))));
        labels[best.unwrap()] > 0.0
    });
    assert!(first.count() > 290);
}

#[test]
fn validation_ends_the_fit() {
    let table = table(400, 2);
    let labels: Vec<f32> = (0..400).map(|row| f32::from(u8::from(noise(5, row) > 0.5))).collect();
    let objective = LogLoss::new(labels, None).unwrap();
    let worse = |scores: &[f32]| -f64::from(scores.iter().map(|score| score.abs()).sum::<f32>());
    let validation = Validation { table: &table, measure: &worse };
    let params = BoostParams { tree_count: 200, patience: 10, ..small() };
    let model = Boosted::fit(&table, &objective, Some(&validation), &params).unwrap();
    assert_eq!(model.trees().len(), 5);
}

#[test]
fn heads_give_probabilities_that_come_true() {
    let table = table(4000, 2);
    let chance = |row: usize| 0.1 + 0.6 * table.row(row)[0];
    let labels = |seed| -> Vec<f32> {
        (0..4000).map(|row| f32::from(u8::from(noise(seed, row as u32) < chance(row)))).collect()
    };
    let mut finish = labels(21);
    finish[7] = f32::NAN;
    let actions = [
        Labelled { name: "finish".into(), labels: finish },
        Labelled { name: "skip".into(), labels: labels(22).iter().map(|label| 1.0 - label).collect() },
    ];
    let groups: Vec<u32> = (0..4000).map(|row| row / 10).collect();
    let heads = ActionHeads::fit(&table, &groups, &actions, &small()).unwrap();
    for row in (0..4000).step_by(37) {
        let probabilities = heads.probabilities(table.row(row));
        assert!((probabilities[0] - chance(row)).abs() < 0.15, "{row} {probabilities:?} {}", chance(row));
        assert!((probabilities[0] + probabilities[1] - 1.0).abs() < 0.2);
    }
}

#[test]
fn hopeless_input_is_refused_or_gives_a_constant() {
    let table = table(30, 2);
    let params = small();
    let fit = |objective: &dyn Objective| Boosted::fit(&table, objective, None, &params);
    let constant = fit(&LogLoss::new(vec![1.0; 30], None).unwrap()).unwrap();
    assert!(constant.score(&[f32::NAN, f32::INFINITY]).is_finite());
    assert!(fit(&LogLoss::new(vec![1.0; 3], None).unwrap()).is_err());
    assert!(LogLoss::new(vec![f32::NAN], None).is_err());
    assert!(LogLoss::new(vec![2.0], None).is_err());
    assert!(LambdaRank::new(&[2], vec![1.0], 5).is_err());
    assert!(fit(&LambdaRank::new(&[10; 3], vec![0.0; 30], 5).unwrap()).unwrap().score(&[0.0; 2]) == 0.0);
    let empty = FeatureTable::new(2, vec![]).unwrap();
    assert!(Boosted::fit(&empty, &SquaredLoss::new(vec![]).unwrap(), None, &params).is_err());
    let wrong = BoostParams { row_share: f32::NAN, ..small() };
    assert!(Boosted::fit(&table, &SquaredLoss::new(vec![0.0; 30]).unwrap(), None, &wrong).is_err());
    let node = Node { feature: 9, threshold: 0.0, left: -1, right: -1, mean: 0.0 };
    assert!(Boosted::from_parts(2, 0.0, vec![Tree { nodes: vec![node], leaves: vec![0.0] }]).is_err());
    let node = Node { feature: 0, threshold: 0.0, left: 0, right: -1, mean: 0.0 };
    assert!(Boosted::from_parts(2, 0.0, vec![Tree { nodes: vec![node], leaves: vec![0.0] }]).is_err());
}
