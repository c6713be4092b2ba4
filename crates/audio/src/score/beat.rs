//! Beats: how many are hit, and for how long without a slip.
//!
//! Beats before the fifth second are left out by [`after_start`], because listeners need a while to find the beat too.

use super::{Agreement, matched};

/// Where the judging of beats begins, in seconds.
const START: f64 = 5.0;
/// How far a beat may be off for the F-measure, in seconds.
const WINDOW: f64 = 0.07;
/// How far, as a share of the beat, phase and period may be off for continuity.
const CONTINUITY: f64 = 0.175;

/// The beats from the fifth second on.
///
/// Both sides are judged from there on, whatever was measured before.
pub fn after_start(beats: &[f64]) -> Vec<f64> {
    beats.iter().copied().filter(|&beat| beat >= START).collect()
}

/// How many beats are hit within 70 ms.
///
/// *Source*: Dixon, "Evaluation of the audio beat tracking system BeatRoot", 2007.
pub fn hits(reference: &[f64], estimate: &[f64]) -> Agreement {
    matched(reference, estimate, WINDOW)
}

/// Hits that count less the further they are off, with a Gaussian of 40 ms: at the annotated level, and at the best.
///
/// *Source*: Cemgil, Kappen, Desain, Honing, "On tempo tracking: tempogram representation and Kalman filtering", 2001.
pub fn cemgil(reference: &[f64], estimate: &[f64]) -> (f64, f64) {
    if reference.is_empty() || estimate.is_empty() {
        return (0.0, 0.0);
    }
    let score = |reference: &[f64]| {
        let total: f64 = reference
            .iter()
            .map(|&beat| {
                let off = (beat - estimate[nearest(estimate, beat)]).abs();
                (-off * off / (2.0 * 0.04 * 0.04)).exp()
            })
            .sum();
        total / (0.5 * (estimate.len() + reference.len()) as f64)
    };
    let scores = levels(reference).map(|level| score(&level));
    (scores[0], scores.iter().copied().fold(0.0, f64::max))
}

/// How many beats are in step, in the sense of [`continuity`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Continuity {
    /// The longest stretch at the annotated level, CMLc.
    pub correct_level_longest: f64,
    /// All stretches at the annotated level, CMLt.
    pub correct_level_total: f64,
    /// The longest stretch at any level that ears accept, AMLc.
    pub any_level_longest: f64,
    /// All stretches at any such level, AMLt.
    pub any_level_total: f64,
}

/// For how long the tracker is in step: phase and period within 17.5 % of a beat.
///
/// *Source*: Hainsworth, "Techniques for the Automated Analysis of Musical Audio", 2004; Klapuri, Eronen, Astola,
/// "Analysis of the meter of acoustic musical signals", 2006.
pub fn continuity(reference: &[f64], estimate: &[f64]) -> Continuity {
    if reference.len() < 2 || estimate.len() < 2 {
        return Continuity::default();
    }
    let levels = levels(reference).map(|level| in_step(&level, estimate));
    let best = |pick: fn(&(f64, f64)) -> f64| levels.iter().map(pick).fold(0.0, f64::max);
    Continuity {
        correct_level_longest: levels[0].0,
        correct_level_total: levels[0].1,
        any_level_longest: best(|level| level.0),
        any_level_total: best(|level| level.1),
    }
}

/// The share of the correlation of both pulse trains that lies within a fifth of a beat.
///
/// *Source*: McKinney, Moelants, Davies, Klapuri, "Evaluation of audio beat tracking and music tempo extraction
/// algorithms", 2007.
pub fn p_score(reference: &[f64], estimate: &[f64]) -> f64 {
    if reference.len() < 2 || estimate.len() < 2 {
        return 0.0;
    }
    let offset = reference[0].min(estimate[0]);
    // A pulse train at 100 Hz, as the places of its pulses.
    let pulses = |beats: &[f64]| {
        let mut pulses: Vec<i64> = beats.iter().map(|beat| ((beat - offset) * 100.0).ceil() as i64).collect();
        pulses.dedup();
        pulses
    };
    let (reference_pulses, estimate_pulses) = (pulses(reference), pulses(estimate));
    let mut intervals: Vec<i64> = reference_pulses.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if intervals.is_empty() {
        return 0.0;
    }
    intervals.sort_unstable();
    let middle = intervals.len() / 2;
    let median = if intervals.len() % 2 == 1 {
        intervals[middle] as f64
    } else {
        (intervals[middle - 1] + intervals[middle]) as f64 / 2.0
    };
    let window = (0.2 * median).round_ties_even() as i64;
    let near = |pulse: &i64| {
        let first = estimate_pulses.partition_point(|other| *other < pulse - window);
        let last = estimate_pulses.partition_point(|other| *other <= pulse + window);
        last - first
    };
    let pairs: usize = reference_pulses.iter().map(near).sum();
    pairs as f64 / reference.len().max(estimate.len()) as f64
}

/// How much less even the errors are spread over the beat than chance would spread them.
///
/// *Range*: 0 to 1.
///
/// *Source*: Davies, Degara, Plumbley, "Measuring the performance of beat tracking algorithms using a beat error
/// histogram", 2011.
pub fn information_gain(reference: &[f64], estimate: &[f64]) -> f64 {
    if reference.len() < 2 || estimate.len() < 2 {
        return 0.0;
    }
    let norm = (BIN_COUNT as f64).log2();
    (norm - entropy(reference, estimate).max(entropy(estimate, reference))) / norm
}

const BIN_COUNT: usize = 41;

/// The entropy of the errors of `estimate`, in bits.
fn entropy(reference: &[f64], estimate: &[f64]) -> f64 {
    let last = reference.len() - 1;
    let mut bins = [0.0_f64; BIN_COUNT];
    for &beat in estimate {
        let closest = nearest(reference, beat);
        let off = beat - reference[closest];
        let interval = 0.5
            * match closest {
                at if at == last => reference[at] - reference[at - 1],
                // Before the first beat `mir_eval` measures by the whole length, which makes such an error small.
                0 if off < 0.0 => reference[0] - reference[last],
                at if off < 0.0 => reference[at] - reference[at - 1],
                at => reference[at + 1] - reference[at],
            };
        let error = 0.5 * off / interval;
        if !error.is_finite() {
            continue;
        }
        // Between −½, excluded, and ½.
        let folded = -((-(error + 0.5)).rem_euclid(1.0)) + 0.5;
        let bin = ((folded + 0.5) * BIN_COUNT as f64).floor() as usize;
        bins[bin.min(BIN_COUNT - 1)] += 1.0;
    }
    let total: f64 = bins.iter().sum();
    if total == 0.0 {
        return (BIN_COUNT as f64).log2();
    }
    -bins
        .iter()
        .filter(|&&count| count > 0.0)
        .map(|count| count / total * (count / total).log2())
        .sum::<f64>()
}

/// The annotated beats, and the levels that ears accept in their place: off the beat, twice as fast, and every other
/// beat from the first or the second on.
fn levels(beats: &[f64]) -> [Vec<f64>; 5] {
    let between: Vec<f64> = beats.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let mut double: Vec<f64> = beats.iter().chain(&between).copied().collect();
    double.sort_by(f64::total_cmp);
    let odd = beats.iter().step_by(2).copied().collect();
    let even = beats.iter().skip(1).step_by(2).copied().collect();
    [beats.to_vec(), between, double, odd, even]
}

/// The longest stretch in step and the sum of all, as shares of the beats.
fn in_step(reference: &[f64], estimate: &[f64]) -> (f64, f64) {
    if reference.is_empty() {
        return (0.0, 0.0);
    }
    let mut is_used = vec![false; reference.len()];
    let (mut total, mut run, mut longest) = (0_u32, 0_u32, 0_u32);
    for index in 0..estimate.len() {
        let at = nearest(reference, estimate[index]);
        let is_first = index == 0 || at == 0;
        let reference_period =
            if is_first { period_after(reference, at) } else { reference[at] - reference[at - 1] };
        let estimate_period =
            if is_first { period_after(estimate, index) } else { estimate[index] - estimate[index - 1] };
        let off = (estimate[index] - reference[at]).abs();
        let is_right = !is_used[at]
            && (off / reference_period).abs() < CONTINUITY
            && (1.0 - estimate_period / reference_period).abs() < CONTINUITY;
        if is_right {
            is_used[at] = true;
            (total, run) = (total + 1, run + 1);
            longest = longest.max(run);
        } else {
            run = 0;
        }
    }
    let count = reference.len().max(estimate.len()) as f64;
    (f64::from(longest) / count, f64::from(total) / count)
}

/// From a beat to the next, or from the one before to the last; infinite where it stands alone, so that nothing is in
/// step with it.
fn period_after(beats: &[f64], index: usize) -> f64 {
    match (beats.get(index + 1), index) {
        (Some(next), _) => next - beats[index],
        (None, 0) => f64::NAN,
        (None, _) => beats[index] - beats[index - 1],
    }
}

/// Which of `beats`, in order and not empty, is nearest; the earlier of two that are as near.
fn nearest(beats: &[f64], moment: f64) -> usize {
    let after = beats.partition_point(|&beat| beat < moment);
    let mut best = after.min(beats.len() - 1);
    if after > 0 && (moment - beats[after - 1]).abs() <= (moment - beats[best]).abs() {
        best = after - 1;
    }
    while best > 0 && beats[best - 1] == beats[best] {
        best -= 1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(from: f64, period: f64, count: usize) -> Vec<f64> {
        (0..count).map(|beat| from + beat as f64 * period).collect()
    }

    #[test]
    fn what_comes_before_the_fifth_second_is_not_judged() {
        assert_eq!(after_start(&[4.9, 5.0, 6.0]), [5.0, 6.0]);
    }

    #[test]
    fn half_the_tempo_is_right_at_another_level_only() {
        let (reference, estimate) = (pulse(5.0, 0.5, 40), pulse(5.0, 1.0, 20));
        let continuity = continuity(&reference, &estimate);
        assert_eq!(continuity.correct_level_total, 0.0);
        assert_eq!((continuity.any_level_longest, continuity.any_level_total), (1.0, 1.0));
        assert_eq!(hits(&reference, &estimate).precision, 1.0);
        assert_eq!(hits(&reference, &estimate).recall, 0.5);
    }

    #[test]
    fn a_slip_ends_the_longest_stretch_but_not_the_total() {
        let reference = pulse(5.0, 0.5, 40);
        let mut estimate = reference.clone();
        estimate[20] += 0.2;
        let continuity = continuity(&reference, &estimate);
        // The beat after the slip has a wrong period too.
        assert_eq!(continuity.correct_level_longest, 20.0 / 40.0);
        assert_eq!(continuity.correct_level_total, 38.0 / 40.0);
    }

    #[test]
    fn nothing_at_all_scores_nothing() {
        for (reference, estimate) in
            [(vec![], vec![]), (vec![6.0], vec![]), (vec![], vec![6.0]), (vec![6.0], vec![6.0])]
        {
            assert_eq!(continuity(&reference, &estimate), Continuity::default());
            assert_eq!(p_score(&reference, &estimate), 0.0);
            assert_eq!(information_gain(&reference, &estimate), 0.0);
        }
    }

    #[test]
    fn beats_that_coincide_are_no_reason_to_stop() {
        let same = [6.0, 6.0, 6.0];
        assert!(continuity(&same, &same).any_level_total <= 1.0);
        assert!(information_gain(&same, &same).is_finite());
        assert!(p_score(&same, &same).is_finite());
    }
}
