//! Beats and bars from activations that a listener outside of this crate gives: a neural model, or a person who taps.

use music::unit::Seconds;

use super::bar::metre_of_odds;
use super::beat::{self, BeatModel};

/// Beats and what begins with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenBeats {
    /// The moments one taps to, in order.
    pub beats: Vec<Seconds>,
    /// The beats that begin a bar; empty where nothing was said of bars.
    pub downbeats: Vec<Seconds>,
}

/// No moment is certain, so that no single frame decides a path.
const RANGE: std::ops::RangeInclusive<f32> = 0.005..=0.995;
/// Half the time around a beat in which its downbeat may be found. *Unit*: seconds.
const REACH_SECONDS: f64 = 0.05;

/// The most likely beats where `beat` is the probability of one at each of `rate_hz` frames a second, and the bars where
/// `downbeat` is that of a bar's begin; both have the same length, and what is not a number counts as 0.
///
/// *Source*: the same models as for our own activations, see `rhythm::beat` and `rhythm::bar`.
pub fn beats_of_activations(beat: &[f32], downbeat: Option<&[f32]>, rate_hz: f64) -> GivenBeats {
    let bounded = |p: f32| if p.is_nan() { *RANGE.start() } else { p.clamp(*RANGE.start(), *RANGE.end()) };
    let down = |frame: usize| downbeat.and_then(|values| values.get(frame)).map_or(0.0, |&p| bounded(p));
    // A model may tell a downbeat as such only, so the likelier of the two is the beat.
    let activation: Vec<f32> =
        beat.iter().enumerate().map(|(frame, &p)| bounded(p).max(down(frame))).collect();
    let frames = beat::track(&activation, rate_hz, &BeatModel::default()).frames;
    let seconds = |&frame: &usize| Seconds(frame as f64 / rate_hz);
    let beats = frames.iter().map(seconds).collect();
    if downbeat.is_none() {
        return GivenBeats { beats, downbeats: Vec::new() };
    }
    let reach = (REACH_SECONDS * rate_hz).round() as usize;
    let odds: Vec<f32> = frames
        .iter()
        .map(|&frame| {
            let near = frame.saturating_sub(reach)..(frame + reach + 1).min(beat.len());
            let p = bounded(near.map(down).fold(0.0, f32::max));
            (p / (1.0 - p)).ln()
        })
        .collect();
    let bars = metre_of_odds(&odds).downbeats;
    let downbeats = bars.into_iter().map(|index| seconds(&frames[index])).collect();
    GivenBeats { beats, downbeats }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A peak every 25 of 50 frames a second, the third and every third after it a downbeat.
    fn waltz() -> (Vec<f32>, Vec<f32>) {
        let beat = (0..1_500).map(|frame| if frame % 25 == 5 { 0.9 } else { 0.01 }).collect();
        let downbeat = (0..1_500).map(|frame| if frame % 75 == 55 { 0.9 } else { 0.01 }).collect();
        (beat, downbeat)
    }

    #[test]
    fn beats_and_bars_are_those_that_were_given() {
        let (beat, downbeat) = waltz();
        let given = beats_of_activations(&beat, Some(&downbeat), 50.0);
        assert!(given.beats.windows(2).all(|pair| (pair[1].0 - pair[0].0 - 0.5).abs() < 0.021), "{given:?}");
        assert!((given.beats.len() as i32 - 60).abs() <= 1);
        // The pointer stands at the first frame of the part of a beat in which its onset lies.
        let off = |at: f64| (at - 1.1) - 1.5 * ((at - 1.1) / 1.5).round();
        assert!(given.downbeats.iter().all(|at| off(at.0).abs() < 0.05), "{given:?}");
        assert!(given.downbeats.len() >= 18);
        assert!(beats_of_activations(&beat, None, 50.0).downbeats.is_empty());
    }

    #[test]
    fn nothing_and_no_numbers_are_no_beats() {
        assert_eq!(beats_of_activations(&[], Some(&[]), 50.0), GivenBeats::default());
        let odd = vec![f32::NAN; 500];
        assert!(beats_of_activations(&odd, Some(&odd[..10]), 50.0).beats.iter().all(|at| at.0.is_finite()));
    }
}
