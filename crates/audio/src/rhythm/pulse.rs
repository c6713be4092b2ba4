//! The pulse that one taps to, with the onsets that it was found in.

use music::unit::Bpm;

use super::activation::beat_activation;
use super::beat::{self, BeatModel};
use super::drums::{DrumCurves, DrumListener};
use super::level::{self, Levelled};
use super::onset::OnsetCurves;
use crate::sound::Sound;

/// Beats and what they were found in.
#[derive(Clone, Debug)]
pub(crate) struct Pulse {
    pub(crate) curves: OnsetCurves,
    /// *Unit*: seconds.
    pub(crate) beats: Vec<f64>,
    /// How clearly something begins at each beat.
    ///
    /// *Range*: 0 to 1.
    pub(crate) clarity: Vec<f32>,
    /// How likely one taps at this level and not twice as fast or between.
    ///
    /// *Range*: 0 to 1.
    pub(crate) level_confidence: f32,
}

/// Half the time around a beat in which its onset may lie: a frame of the transform.
const REACH_SECONDS: f64 = 0.05;

impl Pulse {
    /// The pulse of `sound`; no beats where nothing is regular enough to be followed for a second.
    pub(crate) fn of(sound: &Sound) -> Self {
        Self::over(sound, OnsetCurves::of(sound, |_| ()))
    }

    /// The same, and how the drums go.
    pub(crate) fn with_drums(sound: &Sound) -> (Self, DrumCurves) {
        let mut listener = DrumListener::new(&OnsetCurves::transform());
        let curves = OnsetCurves::of(sound, |magnitudes| listener.push(magnitudes));
        (Self::over(sound, curves), listener.finish())
    }

    fn over(sound: &Sound, curves: OnsetCurves) -> Self {
        if sound.is_silent() {
            return Self { curves, beats: Vec::new(), clarity: Vec::new(), level_confidence: 0.0 };
        }
        let activation = beat_activation(&curves);
        let path = beat::track(&activation, curves.rate, &BeatModel::of_onsets());
        let tracked = path.frames.iter().map(|&frame| frame as f64 / curves.rate).collect();
        let Levelled { beats, confidence } = level::choose(&curves, &activation, tracked);
        let reach = (REACH_SECONDS * curves.rate).round() as usize;
        let frame_of = |seconds: f64| (seconds * curves.rate).round() as usize;
        let clarity = beats.iter().map(|&beat| peak(&activation, frame_of(beat), reach)).collect();
        Self { curves, beats, clarity, level_confidence: confidence }
    }

    /// The strongest value of an onset curve near `seconds`.
    pub(crate) fn onset_near(&self, curve: &[f32], seconds: f64) -> f32 {
        let frame = (seconds * self.curves.rate).round().max(0.0) as usize;
        peak(curve, frame, (REACH_SECONDS * self.curves.rate).round() as usize)
    }

    /// How sure the beats are as a whole: clear, steady and at their level.
    ///
    /// *Range*: 0 to 1; not calibrated.
    pub(crate) fn confidence(&self) -> f32 {
        let clarity = self.clarity.iter().sum::<f32>() / self.clarity.len().max(1) as f32;
        self.steadiness() * clarity * self.level_confidence
    }

    /// The tempo between two moments, in seconds.
    pub(crate) fn tempo_between(&self, from: f64, to: f64) -> Option<Bpm> {
        let first = self.beats.partition_point(|&beat| beat < from);
        let last = self.beats.partition_point(|&beat| beat <= to);
        tempo_of(self.beats.get(first..last)?)
    }

    /// The tempo of the whole.
    pub(crate) fn tempo(&self) -> Option<Bpm> {
        tempo_of(&self.beats)
    }

    /// The part of the intervals that lie near the middle one.
    ///
    /// *Range*: 0 to 1.
    pub(crate) fn steadiness(&self) -> f32 {
        let Some(Bpm(tempo)) = self.tempo() else { return 0.0 };
        let middle = 60.0 / f64::from(tempo);
        let near = |pair: &&[f64]| ((pair[1] - pair[0]) / middle - 1.0).abs() < SAME_TEMPO;
        self.beats.windows(2).filter(near).count() as f32 / (self.beats.len() - 1) as f32
    }
}

/// How far an interval may be from another and be the same tempo: what listeners and MIREX call the same.
const SAME_TEMPO: f64 = 0.04;

/// Of the intervals between beats the one that most share.
///
/// A frame is coarse beside an interval, so it is the mean over the beats whose interval is near the middle one.
pub(super) fn tempo_of(beats: &[f64]) -> Option<Bpm> {
    let mut intervals: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if intervals.is_empty() {
        return None;
    }
    intervals.sort_by(f64::total_cmp);
    let middle = intervals[intervals.len() / 2];
    let near = || intervals.iter().filter(|&&interval| (interval / middle - 1.0).abs() < SAME_TEMPO);
    let mean = near().sum::<f64>() / near().count() as f64;
    Some(Bpm((60.0 / mean) as f32))
}

fn peak(curve: &[f32], frame: usize, reach: usize) -> f32 {
    let last = curve.len();
    curve[frame.saturating_sub(reach).min(last)..(frame + reach + 1).min(last)]
        .iter()
        .copied()
        .fold(0.0, f32::max)
}
