use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::*;

const CONTEXTS: usize = 4;
const ITEMS: usize = 5;

/// A world of which everything is known: rewards are 1 with these probabilities.
fn chance_of_reward(context: usize, item: usize) -> f64 {
    ((context * 3 + item * 7) % 11) as f64 / 11.0
}

/// The logging recommender, fond of one item of each context.
fn logging(context: usize, item: usize) -> f64 {
    if item == context { 0.6 } else { 0.1 }
}

/// The other one, fond of another.
fn other(context: usize, item: usize) -> f64 {
    if item == (context + 2) % ITEMS { 0.8 } else { 0.05 }
}

/// The other's worth, summed over everything that can happen.
fn truth() -> f64 {
    let cells = (0..CONTEXTS).flat_map(|context| (0..ITEMS).map(move |item| (context, item)));
    cells.map(|(context, item)| other(context, item) * chance_of_reward(context, item)).sum::<f64>()
        / CONTEXTS as f64
}

/// A log of `n` items, and for each the guesses of a reward model `guess`.
fn log(n: usize, seed: u64, guess: impl Fn(usize, usize) -> f64) -> (Vec<Logged>, Vec<Modelled>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut modelled = Vec::with_capacity(n);
    let mut shown = Vec::with_capacity(n);
    for _ in 0..n {
        let context = rng.random_range(0..CONTEXTS);
        let mut left = rng.random::<f64>();
        let item = (0..ITEMS)
            .find(|&item| {
                left -= logging(context, item);
                left < 0.0
            })
            .unwrap_or(ITEMS - 1);
        let reward = f64::from(u8::from(rng.random::<f64>() < chance_of_reward(context, item)));
        shown.push(Logged { reward, propensity: logging(context, item), target: other(context, item) });
        let target = (0..ITEMS).map(|item| other(context, item) * guess(context, item)).sum();
        modelled.push(Modelled { shown: guess(context, item), target });
    }
    (shown, modelled)
}

#[test]
fn every_estimator_finds_the_truth_that_can_be_summed() {
    let (shown, modelled) = log(40_000, 1, chance_of_reward);
    let (_, wrong) = log(40_000, 1, |_, _| 0.9);
    let mean: f64 = shown.iter().map(|shown| shown.reward).sum::<f64>() / shown.len() as f64;
    assert!((mean - truth()).abs() > 0.1, "the log itself says something else");
    let estimates = [
        ips(&shown, f64::INFINITY).unwrap().unwrap(),
        snips(&shown, WEIGHT_MAX).unwrap().unwrap(),
        doubly_robust(&shown, &modelled, WEIGHT_MAX).unwrap().unwrap(),
        doubly_robust(&shown, &wrong, WEIGHT_MAX).unwrap().unwrap(),
    ];
    for estimate in estimates {
        assert!((estimate.value - truth()).abs() < 0.02, "{estimate:?}, truth {}", truth());
        assert!((estimate.value - truth()).abs() < 4.0 * estimate.standard_error, "{estimate:?}");
        assert_eq!(estimate.clipped_share, 0.0);
    }
    let [ips, snips, robust, _] = estimates;
    assert!(robust.standard_error < snips.standard_error && snips.standard_error < ips.standard_error);
}

#[test]
fn a_good_model_mends_wrong_propensities() {
    let (mut shown, modelled) = log(40_000, 2, chance_of_reward);
    for logged in &mut shown {
        // As if everything had been shown alike.
        logged.propensity = 1.0 / ITEMS as f64;
    }
    let weighted = snips(&shown, WEIGHT_MAX).unwrap().unwrap();
    let robust = doubly_robust(&shown, &modelled, WEIGHT_MAX).unwrap().unwrap();
    assert!((robust.value - truth()).abs() < 0.02, "{robust:?}");
    assert!((weighted.value - truth()).abs() > 0.03, "{weighted:?}, truth {}", truth());
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let held = |estimate: fn(&[Logged], &[Modelled]) -> Estimate| {
        let holds = |seed: u64| {
            let (shown, modelled) = log(800, 100 + seed, |_, item| item as f64 / 8.0);
            let [low, high] = estimate(&shown, &modelled).interval();
            low <= truth() && truth() <= high
        };
        (0..400).filter(|&seed| holds(seed)).count()
    };
    let by_weight = held(|shown, _| snips(shown, WEIGHT_MAX).unwrap().unwrap());
    let robust = held(|shown, modelled| doubly_robust(shown, modelled, WEIGHT_MAX).unwrap().unwrap());
    for count in [by_weight, robust] {
        // 380 of 400 are expected, with a deviation of 4.4.
        assert!((364..=396).contains(&count), "{count} of 400");
    }
}

#[test]
fn the_effective_sample_is_the_whole_log_for_the_same_recommender_and_a_part_for_another() {
    let (shown, _) = log(2_000, 3, chance_of_reward);
    let same: Vec<Logged> =
        shown.iter().map(|logged| Logged { target: logged.propensity, ..*logged }).collect();
    let estimate = snips(&same, WEIGHT_MAX).unwrap().unwrap();
    assert!((estimate.effective_sample_size - 2_000.0).abs() < 1e-6);
    let mean = same.iter().map(|logged| logged.reward).sum::<f64>() / 2_000.0;
    assert!((estimate.value - mean).abs() < 1e-12);
    let estimate = snips(&shown, WEIGHT_MAX).unwrap().unwrap();
    assert!(estimate.effective_sample_size < 800.0, "{estimate:?}");
    let clipped = snips(&shown, 2.0).unwrap().unwrap();
    assert!(clipped.clipped_share > 0.05 && clipped.effective_sample_size > estimate.effective_sample_size);
}

#[test]
fn bad_logs_are_refused_and_empty_ones_say_nothing() {
    let fine = Logged { reward: 1.0, propensity: 0.5, target: 0.5 };
    for bad in [
        Logged { propensity: 0.0, ..fine },
        Logged { propensity: 1.5, ..fine },
        Logged { propensity: f64::NAN, ..fine },
        Logged { target: -0.1, ..fine },
        Logged { reward: f64::INFINITY, ..fine },
    ] {
        assert!(ips(&[bad], WEIGHT_MAX).is_err() && snips(&[bad], WEIGHT_MAX).is_err(), "{bad:?}");
    }
    assert!(snips(&[fine], 0.0).is_err());
    assert!(doubly_robust(&[fine], &[], WEIGHT_MAX).is_err());
    let nan = Modelled { shown: f64::NAN, target: 0.0 };
    assert!(doubly_robust(&[fine], &[nan], WEIGHT_MAX).is_err());
    assert_eq!(ips(&[], WEIGHT_MAX).unwrap(), None);
    assert_eq!(snips(&[Logged { target: 0.0, ..fine }], WEIGHT_MAX).unwrap(), None);
}
