//! Classes: whether the descriptor of a track tells its genre.
//!
//! Stratified cross-validation; which classifier and which of its settings are used is chosen inside the training part
//! of each fold, so the tracks that are judged have no say in it.

mod classifier;

use std::collections::BTreeMap;

use self::classifier::{CANDIDATES, Candidate, Fitted};

/// How many parts the tracks are split into.
const FOLD_COUNT: usize = 10;
/// How many parts a training part is split into when a classifier is chosen.
const INNER_FOLD_COUNT: usize = 5;

/// What came of telling classes.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassOutcome {
    /// For each point whether its class was told; none for a duplicate of an earlier point, which is left out.
    pub is_right: Vec<Option<bool>>,
    /// How many parts there were.
    pub fold_count: usize,
    /// How often each classifier was chosen.
    pub chosen: BTreeMap<String, usize>,
}

/// Tells the class of each point from the points of the other folds; none where fewer than two classes have two points.
///
/// Points of the same values are one recording: only the first takes part.
/// The same seed gives the same folds.
pub fn cross_validate(points: &[Vec<f64>], classes: &[usize], seed: u64) -> Option<ClassOutcome> {
    let kept = distinct(points);
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for &point in &kept {
        *counts.entry(classes[point]).or_default() += 1;
    }
    if counts.values().filter(|&&count| count >= 2).count() < 2 {
        return None;
    }
    let fold_count = FOLD_COUNT.min(counts.values().copied().max().unwrap_or(2)).max(2);
    let folds = stratified(&kept, classes, fold_count, seed);
    let mut outcome =
        ClassOutcome { is_right: vec![None; points.len()], fold_count, chosen: BTreeMap::new() };
    for fold in 0..fold_count {
        let (train, test) = split(&kept, &folds, fold);
        if train.is_empty() {
            continue;
        }
        let candidate = choose(points, classes, &train, seed.wrapping_add(fold as u64 + 1));
        *outcome.chosen.entry(candidate.to_string()).or_default() += 1;
        let fitted = Fitted::new(candidate, points, classes, &train);
        for point in test {
            outcome.is_right[point] = Some(fitted.class_of(&points[point]) == classes[point]);
        }
    }
    Some(outcome)
}

/// The classifier that is right most often inside the training part; the first of those that are as good.
fn choose(points: &[Vec<f64>], classes: &[usize], train: &[usize], seed: u64) -> Candidate {
    let folds = stratified(train, classes, INNER_FOLD_COUNT, seed);
    let right = |candidate: &Candidate| -> usize {
        (0..INNER_FOLD_COUNT)
            .map(|fold| {
                let (inner, test) = split(train, &folds, fold);
                if inner.is_empty() {
                    return 0;
                }
                let fitted = Fitted::new(*candidate, points, classes, &inner);
                test.iter().filter(|&&point| fitted.class_of(&points[point]) == classes[point]).count()
            })
            .sum()
    };
    let usable = CANDIDATES.iter().filter(|candidate| candidate.is_usable(train.len()));
    let counts = usable.map(|candidate| (right(candidate), *candidate));
    let best = counts.fold(None, |best: Option<(usize, Candidate)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.map_or(CANDIDATES[0], |best| best.1)
}

/// The first of each group of equal points.
fn distinct(points: &[Vec<f64>]) -> Vec<usize> {
    let mut seen: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    let key = |point: &Vec<f64>| point.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
    (0..points.len()).filter(|&index| *seen.entry(key(&points[index])).or_insert(index) == index).collect()
}

/// A fold for each of `members`: every class is dealt out evenly, in an order that the seed gives.
fn stratified(members: &[usize], classes: &[usize], fold_count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<(usize, u64, usize)> = members
        .iter()
        .enumerate()
        .map(|(place, &member)| (classes[member], scramble(seed, member as u64), place))
        .collect();
    order.sort_unstable();
    let mut folds = vec![0; members.len()];
    for (position, (.., place)) in order.into_iter().enumerate() {
        folds[place] = position % fold_count;
    }
    folds
}

/// Members outside and inside a fold.
fn split(members: &[usize], folds: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (&member, &own) in members.iter().zip(folds) {
        if own == fold { test.push(member) } else { train.push(member) }
    }
    (train, test)
}

/// A number without pattern.
///
/// *Source*: the finaliser of SplitMix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
pub(super) const fn scramble(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add((index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points around one centre for each class, `spread` wide.
    fn clouds(class_count: usize, per_class: usize, spread: f64) -> (Vec<Vec<f64>>, Vec<usize>) {
        let unit = |index: u64| scramble(9, index) as f64 / u64::MAX as f64 - 0.5;
        let mut points = Vec::new();
        let mut classes = Vec::new();
        for index in 0..class_count * per_class {
            let class = index % class_count;
            let value = |axis: usize| {
                let centre = if axis % class_count == class { 1.0 } else { 0.0 };
                centre + spread * unit((index * 6 + axis) as u64)
            };
            points.push((0..6).map(value).collect());
            classes.push(class);
        }
        (points, classes)
    }

    fn accuracy(outcome: &ClassOutcome) -> f64 {
        let judged: Vec<bool> = outcome.is_right.iter().flatten().copied().collect();
        judged.iter().filter(|&&right| right).count() as f64 / judged.len() as f64
    }

    #[test]
    fn classes_that_lie_apart_are_told() {
        let (points, classes) = clouds(3, 20, 0.8);
        let outcome = cross_validate(&points, &classes, 1).unwrap();
        assert_eq!(accuracy(&outcome), 1.0);
        assert_eq!(outcome.chosen.values().sum::<usize>(), 10);
    }

    #[test]
    fn classes_without_any_difference_are_guessed() {
        let (points, _) = clouds(1, 120, 1.0);
        let classes: Vec<usize> = (0..120).map(|index| (scramble(77, index) % 2) as usize).collect();
        let accuracy = accuracy(&cross_validate(&points, &classes, 1).unwrap());
        assert!((0.3..0.7).contains(&accuracy), "{accuracy}");
    }

    #[test]
    fn a_duplicate_does_not_help_itself() {
        let (points, _) = clouds(1, 60, 1.0);
        let classes: Vec<usize> = (0..60).map(|index| (scramble(78, index) % 2) as usize).collect();
        let doubled = ([points.clone(), points].concat(), classes.repeat(2));
        let outcome = cross_validate(&doubled.0, &doubled.1, 1).unwrap();
        assert_eq!(outcome.is_right[60..], vec![None; 60]);
        assert!(accuracy(&outcome) < 0.75);
    }

    #[test]
    fn the_seed_decides_the_folds() {
        let (points, classes) = clouds(3, 15, 3.0);
        assert_eq!(cross_validate(&points, &classes, 5), cross_validate(&points, &classes, 5));
    }

    #[test]
    fn one_class_cannot_be_told_from_itself() {
        let (points, _) = clouds(2, 5, 1.0);
        assert_eq!(cross_validate(&points, &[0; 10], 1), None);
        assert_eq!(cross_validate(&[], &[], 1), None);
        // A class of one cannot be learnt, but it may stand among others.
        let mut classes = vec![0, 1, 0, 1, 0, 1, 0, 1, 0, 2];
        assert!(cross_validate(&points, &classes, 1).is_some());
        classes = vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        assert_eq!(cross_validate(&points, &classes, 1), None);
    }
}
