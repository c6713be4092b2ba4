//! Whether music ends in a higher key than it began: the same harmony, a step or two up.

use super::harmony::BeatHarmony;
use super::key::correlation;

/// A higher key that is kept to the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lift {
    /// *Unit*: seconds.
    pub(crate) start: f64,
    /// *Unit*: semitones; 1 or 2.
    pub(crate) steps: usize,
    /// How much better the lifted harmony fits than the plain one, as a difference of correlations.
    pub(crate) margin: f32,
}

/// The least time, in seconds, that must sound before and after.
const SPAN_MIN_SECONDS: f64 = 15.0;

/// The most plausible lift at one of `moments`, in seconds; none where no lift fits better than every other shift.
pub(crate) fn lift(harmony: &BeatHarmony, moments: impl Iterator<Item = f64>) -> Option<Lift> {
    let end = harmony.grid.last().copied().unwrap_or(0.0);
    let is_far = |moment: &f64| *moment >= SPAN_MIN_SECONDS && end - moment >= SPAN_MIN_SECONDS;
    let at = |start: f64| {
        let (before, after) = (harmony.classes_between(0.0, start), harmony.classes_between(start, end));
        let fit =
            |steps: usize| correlation(&before, &std::array::from_fn(|class| after[(class + steps) % 12]));
        let steps = (0..12).max_by(|&a, &b| fit(a).total_cmp(&fit(b)))?;
        (1..=2).contains(&steps).then(|| Lift { start, steps, margin: fit(steps) - fit(0) })
    };
    moments.filter(is_far).filter_map(at).max_by(|a, b| a.margin.total_cmp(&b.margin))
}
