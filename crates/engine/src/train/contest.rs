//! Weights alone, or trees on top of them: decided on listeners whom neither has seen.
//!
//! The measured listeners are dealt into folds.
//! For each fold everything is fitted on the others, curves of sources included, and each listener's list is scored by
//! what they went on to enjoy.
//! Where the trees win by more than a standard error, they are fitted again on all and rank; what was found is kept with
//! the snapshot.

use std::collections::BTreeMap;

use learn::boost::{BoostParams, Boosted, Derivatives, FeatureTable, LambdaRank, Objective, RankingModel};
use learn::metrics::{Metric, Relevant};
use music::{Target, TrackId};
use rayon::prelude::*;
use recommend::{Answer, Combination, Contest, Features, Ranking, SOURCES, Snapshot, Trees};

use super::calibrate::{Gathered, Table, rank, tables};
use crate::error::EngineError;

/// What lists are judged by.
const METRIC: Metric = Metric::Ndcg(10);
/// Folds of listeners.
const FOLD_COUNT: usize = 4;
/// Listeners with something to find that there must be before trees are thought of.
const LISTENER_COUNT_MIN: usize = 40;
/// Candidates of each listener that trees are taught on in any case, the best by the weights.
const TAUGHT_BEST: usize = 150;
/// Of the others that were not enjoyed, one in so many is taught on.
const TAUGHT_ONE_IN: usize = 5;
/// Places on which the order is judged while fitting.
const TRUNCATION: usize = 20;

/// Small and few trees: they only correct what the weights get wrong.
///
/// Judged by eye and not tuned: shrunk, so that few hundred listeners do not fit them to chance.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 60,
        leaf_count: 12,
        learning_rate: 0.08,
        rows_min: 60,
        ridge: 5.0,
        feature_share: 0.5,
        row_share: 0.8,
        seed,
        ..BoostParams::default()
    }
}

/// Compares the ways to rank tracks, and puts the trees and what was found into `ranking`.
pub(super) fn decide(
    gathered: &[&Gathered],
    snapshot: &Snapshot,
    ranking: &mut Ranking,
    seed: u64,
) -> Result<(), EngineError> {
    let relevant_count = gathered.iter().filter(|one| is_judged(one)).count();
    if relevant_count < LISTENER_COUNT_MIN {
        return Ok(());
    }
    let mut judged: Vec<Judged> = Vec::new();
    for fold in 0..FOLD_COUNT {
        let (apart, seen): (Vec<&Gathered>, Vec<&Gathered>) =
            gathered.iter().partition(|gathered| gathered.case % FOLD_COUNT == fold);
        let fitted = rank(&seen, snapshot)?;
        let trees = trees(&seen, snapshot, &fitted, seed)?;
        let apart: Vec<&Gathered> = apart.into_iter().filter(|one| is_judged(one)).collect();
        let judge = |one: &&Gathered| judge(one, snapshot, &fitted, trees.as_ref());
        judged.extend(apart.par_iter().map(judge).collect::<Result<Vec<_>, EngineError>>()?);
    }
    let contest = sum_up(&judged);
    if contest.is_won_by_trees() {
        ranking.trees = trees(gathered, snapshot, ranking, seed)?.map(std::sync::Arc::new);
    }
    ranking.contest = Some(contest);
    Ok(())
}

/// How good the lists of one listener were.
struct Judged {
    weights: f64,
    trees: f64,
    sources: Vec<f64>,
}

/// Whether there are tracks that a list could have found.
fn is_judged(gathered: &Gathered) -> bool {
    gathered.query.request.answer == Answer::Tracks && !relevant(gathered).is_empty()
}

/// What the list should have found: enjoyed after the cut, and not known before where it is to be new. In order.
fn relevant(gathered: &Gathered) -> Vec<u32> {
    let track = |target: &Target| match target {
        Target::Track(track) => gathered.query.is_open_to(*track).then_some(track.get()),
        _ => None,
    };
    let mut relevant: Vec<u32> = gathered.enjoyed.iter().filter_map(track).collect();
    relevant.sort_unstable();
    relevant
}

fn judge(
    gathered: &Gathered,
    snapshot: &Snapshot,
    ranking: &Ranking,
    trees: Option<&Trees>,
) -> Result<Judged, EngineError> {
    let relevant = relevant(gathered);
    let of_list = |list: &[u32]| -> Result<f64, EngineError> {
        Ok(METRIC.of(list, Relevant::new(&relevant)?).unwrap_or(0.0))
    };
    let table = gathered.table(snapshot, ranking);
    let by_weights = scores(&table, &ranking.combination);
    let mut by_trees = by_weights.clone();
    if let Some(trees) = trees {
        by_trees.iter_mut().zip(scores(&table, trees)).for_each(|(score, more)| *score += more);
    }
    let mut sources = vec![0.0; SOURCES.len()];
    for (place, proposed) in &gathered.proposals {
        let of_track = |candidate: &recommend::Candidate| match candidate.target {
            Target::Track(track) => table.candidates.targets().contains(&candidate.target).then_some(track),
            _ => None,
        };
        let list: Vec<u32> = proposed.iter().filter_map(of_track).map(TrackId::get).take(10).collect();
        sources[usize::from(*place)] = of_list(&list)?;
    }
    Ok(Judged {
        weights: of_list(&best_first(&table, &by_weights))?,
        trees: of_list(&best_first(&table, &by_trees))?,
        sources,
    })
}

fn scores(table: &Table, model: &dyn RankingModel) -> Vec<f32> {
    table.features.rows().map(|row| model.score(row)).collect()
}

/// The tracks of the ten best rows.
fn best_first(table: &Table, scores: &[f32]) -> Vec<u32> {
    let track = |row: usize| match table.candidates.targets()[row] {
        Target::Track(track) => Some(track.get()),
        _ => None,
    };
    rows_best_first(scores).into_iter().take(10).filter_map(track).collect()
}

fn rows_best_first(scores: &[f32]) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..scores.len()).collect();
    rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    rows
}

fn sum_up(judged: &[Judged]) -> Contest {
    let count = judged.len() as f64;
    let mean = |of: &dyn Fn(&Judged) -> f64| judged.iter().map(of).sum::<f64>() / count;
    let gain = mean(&|one| one.trees - one.weights);
    let variance = mean(&|one| (one.trees - one.weights - gain).powi(2));
    let of_sources: BTreeMap<usize, f64> =
        (0..SOURCES.len()).map(|place| (place, mean(&|one| one.sources[place]))).collect();
    let best = of_sources.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
    let (&place, &source) = best.expect("there are sources");
    Contest {
        listener_count: judged.len(),
        weights: mean(&|one| one.weights),
        trees: mean(&|one| one.trees),
        surely_better_by: gain - (variance / count).sqrt(),
        best_source: SOURCES[place].name().to_owned(),
        source,
    }
}

/// Trees on top of the weights of `ranking`; none where there is nothing to teach them on.
fn trees(
    gathered: &[&Gathered],
    snapshot: &Snapshot,
    ranking: &Ranking,
    seed: u64,
) -> Result<Option<Trees>, EngineError> {
    let tracks: Vec<&Gathered> = gathered.iter().copied().filter(|one| is_judged(one)).collect();
    let lessons: Vec<Lesson> =
        tables(&tracks, snapshot, ranking).iter().filter_map(|t| lesson(t, &ranking.combination)).collect();
    if lessons.is_empty() {
        return Ok(None);
    }
    let lengths: Vec<usize> = lessons.iter().map(|lesson| lesson.labels.len()).collect();
    let all = |of: fn(&Lesson) -> &Vec<f32>| lessons.iter().flat_map(of).copied().collect::<Vec<f32>>();
    let objective = OnTop {
        order: LambdaRank::new(&lengths, all(|lesson| &lesson.labels), TRUNCATION)?,
        below: all(|lesson| &lesson.below),
    };
    let table = FeatureTable::new(Features::width(), all(|lesson| &lesson.features))?;
    Ok(Some(Trees::new(Boosted::fit(&table, &objective, None, &params(seed))?)))
}

/// Rows of one listener to teach trees on.
struct Lesson {
    features: Vec<f32>,
    labels: Vec<f32>,
    /// What the weights make of them.
    below: Vec<f32>,
}

/// The enjoyed rows, the best by the weights, and some of the others; none where nothing or everything was enjoyed.
fn lesson(table: &Table, weights: &Combination) -> Option<Lesson> {
    let scores = scores(table, weights);
    let rejection = recommend::Column::named("rejection").expect("it is a scorer").index();
    let mut lesson = Lesson { features: Vec::new(), labels: Vec::new(), below: Vec::new() };
    for (place, row) in rows_best_first(&scores).into_iter().enumerate() {
        let is_enjoyed = table.is_enjoyed[row];
        if is_enjoyed || place < TAUGHT_BEST || place.is_multiple_of(TAUGHT_ONE_IN) {
            let start = lesson.features.len();
            lesson.features.extend(table.features.row(row));
            // As with the weights: no slate has answered yet to the skip just made.
            lesson.features[start + rejection] = 0.0;
            lesson.labels.push(f32::from(u8::from(is_enjoyed)));
            lesson.below.push(scores[row]);
        }
    }
    let is_mixed = |label: f32| lesson.labels.contains(&label);
    (is_mixed(0.0) && is_mixed(1.0)).then_some(lesson)
}

/// The order of rows whose scores stand on those of another model.
struct OnTop {
    order: LambdaRank,
    below: Vec<f32>,
}

impl Objective for OnTop {
    fn row_count(&self) -> usize {
        self.order.row_count()
    }

    fn start(&self) -> f32 {
        0.0
    }

    fn derivatives(&self, scores: &[f32], out: &mut [Derivatives]) {
        let sums: Vec<f32> = scores.iter().zip(&self.below).map(|(score, below)| score + below).collect();
        self.order.derivatives(&sums, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(weights: f64, trees: f64) -> Judged {
        let mut sources = vec![0.0; SOURCES.len()];
        sources[3] = 0.2;
        Judged { weights, trees, sources }
    }

    #[test]
    fn trees_must_win_by_more_than_chance() {
        let sure: Vec<Judged> = (0..50).map(|n| judged(0.3, 0.35 + 0.001 * f64::from(n % 3))).collect();
        let contest = sum_up(&sure);
        assert!(contest.is_won_by_trees() && contest.ranker() == contest.trees);
        assert_eq!((contest.best_source.as_str(), contest.listener_count), (SOURCES[3].name(), 50));
        // A gain on average that rests on one listener, against whom another stands.
        let by_chance = |n| {
            if n == 0 {
                1.0
            } else if n == 1 {
                0.0
            } else {
                0.3
            }
        };
        let lucky: Vec<Judged> = (0..50).map(|n| judged(0.3, by_chance(n))).collect();
        let contest = sum_up(&lucky);
        assert!(contest.trees > contest.weights && !contest.is_won_by_trees());
        assert_eq!(contest.ranker(), contest.weights);
    }

    #[test]
    fn trees_on_top_correct_what_the_weights_get_wrong() {
        // The weights put every row with the feature first, and only every other one is right.
        let (mut features, mut labels, mut below) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..4_000_u32 {
            let mut values = vec![0.0; 3];
            values[0] = (row % 2) as f32;
            values[1] = (row / 2 % 2) as f32;
            labels.push(values[0] * values[1]);
            below.push(values[0]);
            features.extend(values);
        }
        let objective = OnTop {
            order: LambdaRank::new(&[20; 200], labels.clone(), TRUNCATION).unwrap(),
            below: below.clone(),
        };
        let table = FeatureTable::new(3, features).unwrap();
        let model = Boosted::fit(&table, &objective, None, &params(1)).unwrap();
        let score = |row: usize| below[row] + model.score(table.row(row));
        assert!(score(3) > score(1) + 0.5, "{} against {}", score(3), score(1));
    }
}
