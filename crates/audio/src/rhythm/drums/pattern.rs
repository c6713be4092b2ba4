//! The pattern that bars repeat, and what it says.

use music::analysis::{Drum, Drums};
use music::unit::Seconds;

use super::DrumCurves;
use super::strokes::strokes;
use crate::rhythm::{Division, Metre, Pulse};

/// How far a stroke may be from its step, as a part of a step.
const REACH: f64 = 0.5;
/// The least strokes of kick and snare a bar from which somebody drums.
const STROKES_MIN: f32 = 0.5;

/// The drums of a track; none where nobody drums.
pub(crate) fn drums(curves: &DrumCurves, pulse: &Pulse, metre: &Metre, division: &Division) -> Option<Drums> {
    let found: [Vec<usize>; 3] = std::array::from_fn(|drum| strokes(&curves.drums[drum], drum));
    let steps_per_beat = if division.parts == 3 { 3 } else { 4 };
    let bars = bars(pulse, metre);
    if bars.is_empty() {
        return None;
    }
    let folds = found
        .each_ref()
        .map(|strokes| fold(strokes, curves.rate, &bars, pulse, metre.beats_per_bar, steps_per_beat));
    let [kick, snare, hat] = &folds;
    let bar_count = bars.len() as f32;
    let strokes_per_bar = (found[0].len() + found[1].len()) as f32 / bar_count;
    if strokes_per_bar < STROKES_MIN {
        return None;
    }
    let backbeat = backbeat(&snare.counts, metre.beats_per_bar, steps_per_beat);
    let four_on_the_floor = four_on_the_floor(&kick.counts, metre.beats_per_bar, steps_per_beat, bar_count);
    // From 0 and not by `sum`, whose 0 of nothing has a minus before it.
    let regular = folds.iter().map(Fold::regular_count).fold(0.0_f32, |sum, count| sum + count);
    let all: f32 = folds.iter().map(|fold| fold.counts.iter().sum::<f32>()).sum();
    let confidence = (regular / all.max(1.0)) * curves.explained;
    let told = |strokes: &[usize], fold: &Fold| Drum {
        strokes: strokes.iter().map(|&stroke| Seconds(stroke as f64 / curves.rate)).collect(),
        pattern: fold.counts.iter().map(|count| (count / bar_count).min(1.0)).collect(),
    };
    let beat_count = bar_count * metre.beats_per_bar as f32;
    Some(Drums {
        kick: told(&found[0], kick),
        snare: told(&found[1], snare),
        hat: told(&found[2], hat),
        backbeat,
        four_on_the_floor,
        density: all / beat_count.max(1.0),
        confidence: confidence.clamp(0.0, 1.0),
    })
}

/// The first beat of each whole bar.
fn bars(pulse: &Pulse, metre: &Metre) -> Vec<usize> {
    let whole = |&beat: &usize| beat + metre.beats_per_bar < pulse.beats.len();
    metre.downbeats.iter().copied().filter(whole).collect()
}

/// In how many bars a drum is struck at each step.
struct Fold {
    counts: Vec<f32>,
    bar_count: f32,
}

impl Fold {
    /// How many strokes stand at steps that most bars have.
    fn regular_count(&self) -> f32 {
        self.counts.iter().filter(|&&count| count > 0.5 * self.bar_count).sum()
    }
}

fn fold(
    strokes: &[usize],
    rate: f64,
    bars: &[usize],
    pulse: &Pulse,
    beats_per_bar: usize,
    steps_per_beat: usize,
) -> Fold {
    let mut counts = vec![0.0; beats_per_bar * steps_per_beat];
    let times: Vec<f64> = strokes.iter().map(|&stroke| stroke as f64 / rate).collect();
    for &bar in bars {
        for beat in 0..beats_per_bar {
            let (Some(&start), Some(&end)) = (pulse.beats.get(bar + beat), pulse.beats.get(bar + beat + 1))
            else {
                break;
            };
            let step = (end - start) / steps_per_beat as f64;
            for part in 0..steps_per_beat {
                let moment = start + part as f64 * step;
                let from = times.partition_point(|&time| time < moment - REACH * step);
                let is_struck = times.get(from).is_some_and(|&time| time < moment + REACH * step);
                counts[beat * steps_per_beat + part] += f32::from(u8::from(is_struck));
            }
        }
    }
    Fold { counts, bar_count: bars.len() as f32 }
}

fn backbeat(snare: &[f32], beats_per_bar: usize, steps_per_beat: usize) -> f32 {
    let total: f32 = snare.iter().sum();
    let beats: &[usize] = match beats_per_bar {
        4 => &[1, 3],
        3 => &[1, 2],
        _ => return 0.0,
    };
    let on_beats: f32 = beats.iter().filter_map(|beat| snare.get(beat * steps_per_beat)).sum();
    if total > 0.0 { on_beats / total } else { 0.0 }
}

fn four_on_the_floor(kick: &[f32], beats_per_bar: usize, steps_per_beat: usize, bar_count: f32) -> f32 {
    if beats_per_bar != 4 || steps_per_beat != 4 {
        return 0.0;
    }
    let mean = |offset: usize| -> f32 {
        (0..4).filter_map(|beat| kick.get(4 * beat + offset)).sum::<f32>() / (4.0 * bar_count.max(1.0))
    };
    (mean(0) - mean(2)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rhythm::OnsetCurves;

    const RATE: f64 = 100.0;

    /// Two beats a second in bars of four.
    fn pulse() -> (Pulse, Metre) {
        let curves = OnsetCurves { rate: RATE, low: Vec::new(), mid: Vec::new(), high: Vec::new() };
        let beats: Vec<f64> = (0..33).map(|beat| f64::from(beat) * 0.5).collect();
        let clarity = vec![1.0; beats.len()];
        let metre = Metre {
            downbeats: (0..33).step_by(4).collect(),
            beats_per_bar: 4,
            confidence: 1.0,
            phase_confidence: 1.0,
        };
        (Pulse { curves, beats, clarity, level_confidence: 1.0 }, metre)
    }

    /// How often a drum is struck at each of 16 steps of eight bars.
    fn folded(steps: &[usize]) -> Fold {
        let (pulse, metre) = pulse();
        let strokes: Vec<usize> =
            (0..8).flat_map(|bar| steps.iter().map(move |step| bar * 200 + step * 200 / 16)).collect();
        fold(&strokes, RATE, &bars(&pulse, &metre), &pulse, 4, 4)
    }

    #[test]
    fn strokes_fall_on_their_steps_in_every_bar() {
        let fold = folded(&[0, 6, 8]);
        let mut expected = [0.0; 16];
        [0, 6, 8].into_iter().for_each(|step| expected[step] = 8.0);
        assert_eq!(fold.counts, expected);
        assert_eq!(fold.regular_count(), 24.0);
    }

    #[test]
    fn patterns_are_called_by_what_they_are() {
        let house = folded(&[0, 4, 8, 12]);
        assert_eq!(four_on_the_floor(&house.counts, 4, 4, house.bar_count), 1.0);
        let eighths = folded(&[0, 2, 4, 6, 8, 10, 12, 14]);
        assert_eq!(four_on_the_floor(&eighths.counts, 4, 4, eighths.bar_count), 0.0);
        assert_eq!(backbeat(&folded(&[4, 12]).counts, 4, 4), 1.0);
        assert_eq!(backbeat(&folded(&[0, 4, 8, 12]).counts, 4, 4), 0.5);
        assert_eq!(backbeat(&folded(&[]).counts, 4, 4), 0.0);
        assert_eq!(four_on_the_floor(&house.counts, 3, 4, house.bar_count), 0.0);
    }
}
