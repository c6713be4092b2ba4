//! What skips mean, learnt from what listeners did with the track later.
//!
//! Looked at are the skips of the measured listeners, each as it was seen when it happened, through the code that reads it
//! when it counts; its label is what came after it.
//! A third of the listeners is kept apart: there the model is held against the table, and against a model that does not
//! see where and when a skip happened, and it takes over only where it is surely better than the table. It is judged on
//! skips after the cut alone, for the vectors are those from before it, and have seen nothing of what came after these.
//!
//! Two of the numbers, how much the track was liked so far and what the table says, come from a profile that is read by
//! the table here, and by the model itself once it serves.

use learn::boost::{BoostParams, Boosted, FeatureTable, LogLoss};
use learn::calibration::Isotonic;
use learn::metrics::auc;
use music::{Event, Prompt, Target, TrackId};
use rayon::prelude::*;
use recommend::skip_meaning::{SkipNumbers, skip_numbers};
use recommend::{SkipMeaning, SkipQuality, Snapshot, SnapshotReading};
use rustc_hash::FxHashMap;
use taste::circumstances::{CIRCUMSTANCES, CONTEXT_FREE_FROM};
use taste::{Aftermath, TasteProfile};

use super::holdout::Holdout;
use super::watched::Watched;
use super::{TrainOptions, TrainProgress};
use crate::error::EngineError;

/// Skips to learn from, and to judge by, that there must be.
const LESSONS_MIN: usize = 1_000;
const JUDGED_MIN: usize = 300;
/// Listeners to judge by that there must be: at least one for each group.
const LISTENERS_MIN: usize = GROUPS;
/// One listener in so many is kept apart to judge by.
const APART_ONE_IN: usize = 3;
/// Groups of listeners that are left out in turn to see how sure a difference is.
const GROUPS: usize = 20;
/// Quantiles at which scores are given the evidence of the table.
const QUANTILES: usize = 32;

/// As in `sim/examples/skips.rs`, where it was judged on worlds of other seeds than the tests'.
fn params(seed: u64) -> BoostParams {
    BoostParams { leaf_count: 15, learning_rate: 0.05, rows_min: 50, seed, ..BoostParams::default() }
}

/// One skip.
struct Skip {
    numbers: SkipNumbers,
    after: Aftermath,
    /// Whether it happened after the cut.
    is_late: bool,
}

/// Learns what skips mean; the model where it is surely better than the table, and how the two compared where there was
/// enough to tell.
pub(super) fn learn(
    watched: &[Watched],
    holdout: &Holdout,
    snapshot: &Snapshot,
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<(Option<SkipMeaning>, Option<SkipQuality>), EngineError> {
    progress(TrainProgress { stage: "learning what skips mean", done: 0, total: 1 });
    let of_listeners: Vec<Vec<Skip>> =
        watched.par_iter().map(|one| skips(one, snapshot, &|event| holdout.is_held_out(event))).collect();
    let is_apart = |place: &usize| place.is_multiple_of(APART_ONE_IN);
    let places = || 0..of_listeners.len();
    let lessons: Vec<&Skip> =
        places().filter(|place| !is_apart(place)).flat_map(|place| &of_listeners[place]).collect();
    // What never came up again is no witness.
    let is_witnessed = |skip: &&Skip| skip.is_late && skip.after.is_known();
    let judged = |place: usize| of_listeners[place].iter().filter(is_witnessed);
    let apart = places().filter(is_apart).map(|place| judged(place).collect());
    let apart: Vec<Vec<&Skip>> = apart.filter(|skips: &Vec<&Skip>| !skips.is_empty()).collect();
    let judged_count: usize = apart.iter().map(Vec::len).sum();
    if lessons.len() < LESSONS_MIN || judged_count < JUDGED_MIN || apart.len() < LISTENERS_MIN {
        return Ok((None, None));
    }
    let model = fit(&lessons, 0, options.seed)?;
    let context_free = fit(&lessons, CONTEXT_FREE_FROM, options.seed)?;
    let table = |skip: &Skip| -skip.numbers[0];
    let by_model = |skip: &Skip| learn::boost::RankingModel::score(&model, &skip.numbers);
    let by_free =
        |skip: &Skip| learn::boost::RankingModel::score(&context_free, &skip.numbers[CONTEXT_FREE_FROM..]);
    let all = |_: usize| true;
    let areas = (area(&apart, all, table)?, area(&apart, all, by_model)?, area(&apart, all, by_free)?);
    let (Some(of_table), Some(of_model), Some(of_free)) = areas else { return Ok((None, None)) };
    let mut left_out = Vec::with_capacity(GROUPS);
    for group in 0..GROUPS {
        let others = |place: usize| place % GROUPS != group;
        if let Some((table, model)) = area(&apart, others, table)?.zip(area(&apart, others, by_model)?) {
            left_out.push(model - table);
        }
    }
    let quality = SkipQuality {
        skip_count: judged_count,
        table: of_table,
        context_free: of_free,
        model: of_model,
        surely_better_by: of_model - of_table - jackknife(&left_out),
    };
    if quality.surely_better_by <= 0.0 {
        return Ok((None, Some(quality)));
    }
    let strength = strength(&lessons, &model)?;
    Ok((SkipMeaning::new(model, strength, quality), Some(quality)))
}

/// The skips of a listener that say anything, with what came after each.
fn skips(watched: &Watched, snapshot: &Snapshot, is_late: &dyn Fn(&Event) -> bool) -> Vec<Skip> {
    let reading = SnapshotReading(snapshot);
    let mut profile = TasteProfile::new(watched.listener);
    let mut skips: Vec<(usize, Skip)> = Vec::new();
    for (place, event) in watched.events.iter().enumerate() {
        let numbers = profile.before_skip(event, &reading, |moment| skip_numbers(snapshot, moment)).flatten();
        let skip = |numbers| Skip { numbers, after: Aftermath::default(), is_late: is_late(event) };
        skips.extend(numbers.map(|numbers| (place, skip(numbers))));
        profile.observe(event, &reading);
    }
    // From the last event to the first, each skip is told what was seen of its track so far.
    let mut after = FxHashMap::<TrackId, Aftermath>::default();
    let mut open = skips.iter_mut().rev().peekable();
    for (place, event) in watched.events.iter().enumerate().rev() {
        let Some(track) = about(event) else { continue };
        let entry = after.entry(track).or_default();
        if let Some((_, skip)) = open.next_if(|(of_skip, _)| *of_skip == place) {
            skip.after = *entry;
        }
        entry.take(event);
    }
    skips.into_iter().map(|(_, skip)| skip).collect()
}

/// The track that an event is about.
fn about(event: &Event) -> Option<TrackId> {
    match event.prompt {
        Prompt::Liked { target: Target::Track(track) }
        | Prompt::Disliked { target: Target::Track(track) } => Some(track),
        _ => event.prompt.track(),
    }
}

/// Trees over the numbers from `from` on.
fn fit(skips: &[&Skip], from: usize, seed: u64) -> Result<Boosted, EngineError> {
    let values = skips.iter().flat_map(|skip| &skip.numbers[from..]).copied().collect();
    let table = FeatureTable::new(CIRCUMSTANCES.len() - from, values)?;
    let labels = skips.iter().map(|skip| skip.after.left_for_good()).collect();
    Ok(Boosted::fit(&table, &LogLoss::new(labels, None)?, None, &params(seed))?)
}

/// How well `score` tells what was left for good, on the skips of those listeners whose places are `asked`.
fn area(
    of_listeners: &[Vec<&Skip>],
    asked: impl Fn(usize) -> bool,
    score: impl Fn(&Skip) -> f32,
) -> Result<Option<f64>, EngineError> {
    let skips =
        of_listeners.iter().enumerate().filter(|(place, _)| asked(*place)).flat_map(|(_, skips)| skips);
    let (scores, labels): (Vec<f64>, Vec<bool>) =
        skips.map(|skip| (f64::from(score(skip)), skip.after.left_for_good() > 0.5)).unzip();
    Ok(auc(&scores, &labels)?)
}

/// The standard error of a figure from its values with one group left out each.
///
/// *Source*: Efron, Tibshirani (1993), "An introduction to the bootstrap", section 11.5.
fn jackknife(left_out: &[f64]) -> f64 {
    let count = left_out.len().max(1) as f64;
    let mean = left_out.iter().sum::<f64>() / count;
    let squares: f64 = left_out.iter().map(|value| (value - mean).powi(2)).sum();
    ((count - 1.0) / count * squares).sqrt()
}

/// From scores to the evidence that the table gives as often, so that all skips together weigh what they weighed.
fn strength(skips: &[&Skip], model: &Boosted) -> Result<Isotonic, EngineError> {
    let numbers: Vec<f32> = skips.iter().flat_map(|skip| skip.numbers).collect();
    let mut scores = SkipMeaning::scores(model, &numbers);
    let mut strengths: Vec<f32> = skips.iter().map(|skip| (-skip.numbers[0]).clamp(0.0, 1.0)).collect();
    scores.sort_by(f32::total_cmp);
    strengths.sort_by(f32::total_cmp);
    // About as many skips in each part; equal scores stay together, and have the mean of what the table gives.
    let least = scores.len().div_ceil(QUANTILES);
    let mut knots: Vec<(f32, f32)> = Vec::with_capacity(QUANTILES);
    let mut from = 0;
    while from < scores.len() {
        let mut to = (from + least).min(scores.len());
        to += scores[to..].iter().take_while(|score| **score <= scores[to - 1]).count();
        let mean = |values: &[f32]| {
            (values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64) as f32
        };
        let (score, strength) = (mean(&scores[from..to]), mean(&strengths[from..to]));
        // Means of rising numbers rise, but for their rounding.
        if let Some(last) = knots.last_mut().filter(|last| last.0 >= score) {
            last.1 = last.1.max(strength);
        } else {
            let floor = knots.last().map_or(0.0, |last| last.1);
            knots.push((score, strength.max(floor)));
        }
        from = to;
    }
    Ok(Isotonic::from_knots(knots)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use music::{Context, EventKey, ListenerId, Millis, Surface, UnixMillis};

    use super::*;

    fn skip(score_like: f32, table: f32, after: Aftermath) -> Skip {
        let mut numbers = [0.0; CIRCUMSTANCES.len()];
        (numbers[0], numbers[1]) = (table, score_like);
        Skip { numbers, after, is_late: true }
    }

    #[test]
    fn scores_are_given_the_evidence_of_the_table_as_often() {
        // The table says little of most skips and much of a few; the model finds others to be the few.
        let skips: Vec<Skip> = (0..600)
            .map(|row| {
                let left = row % 10 == 3;
                let after = if left {
                    Aftermath { skipped: 3, ..Aftermath::default() }
                } else {
                    Aftermath { chosen: 3, ..Aftermath::default() }
                };
                skip(f32::from(u8::from(left)), if row % 10 == 7 { -0.6 } else { -0.1 }, after)
            })
            .collect();
        let lessons: Vec<&Skip> = skips.iter().collect();
        let model = fit(&lessons, 0, 1).unwrap();
        let strength = strength(&lessons, &model).unwrap();
        let of = |left: f32| {
            let numbers = skip(left, -0.1, Aftermath::default()).numbers;
            strength.apply(learn::boost::RankingModel::score(&model, &numbers))
        };
        assert!((of(1.0) - 0.6).abs() < 0.01 && of(0.0) < 0.2, "{} {}", of(1.0), of(0.0));
        let sums = lessons
            .iter()
            .fold((0.0, 0.0), |(table, model), skip| (table - skip.numbers[0], model + of(skip.numbers[1])));
        assert!((sums.0 / sums.1 - 1.0).abs() < 0.02, "all together weigh what they weighed: {sums:?}");
    }

    #[test]
    fn a_skip_is_labelled_by_what_came_after_it_and_by_nothing_else() {
        let track = TrackId::new(3);
        let event = |at: i64, prompt: Prompt| Event {
            key: EventKey::from_bytes([at as u8; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::new(at * 1_000),
            prompt,
            context: Context { surface: Surface::Radio, ..Context::default() },
        };
        let skip = || Prompt::skipped(track, Millis::new(5_000));
        let events = vec![
            event(1, Prompt::played(track)),
            event(2, skip()),
            event(3, skip()),
            event(4, Prompt::Liked { target: Target::Track(track) }),
            event(5, Prompt::Disliked { target: Target::Track(TrackId::new(4)) }),
            event(6, skip()),
        ];
        let watched = Watched { listener: ListenerId::new(0), events };
        let snapshot = Snapshot::new("", Arc::default(), Arc::default());
        let found = skips(&watched, &snapshot, &|event| event.at >= UnixMillis::new(3_000));
        let nothing = Aftermath::default();
        let third = Aftermath { skipped: 1, liked: 1, ..nothing };
        let after: Vec<Aftermath> = found.iter().map(|skip| skip.after).collect();
        assert_eq!(after, [Aftermath { skipped: 2, ..third }, third, nothing]);
        let late: Vec<bool> = found.iter().map(|skip| skip.is_late).collect();
        assert_eq!(late, [false, true, true]);
    }

    #[test]
    fn the_jackknife_of_means_is_the_standard_error_of_the_mean() {
        let values = [1.0, 4.0, 2.0, 8.0, 5.0];
        let sum: f64 = values.iter().sum();
        let left_out: Vec<f64> = values.iter().map(|value| (sum - value) / 4.0).collect();
        let mean = sum / 5.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 4.0;
        assert!((jackknife(&left_out) - (variance / 5.0).sqrt()).abs() < 1e-12);
        assert_eq!(jackknife(&[]), 0.0);
    }
}
