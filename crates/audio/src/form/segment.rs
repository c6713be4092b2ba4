//! Segments: short stretches of even sound, each from one onset to the next.
//!
//! *Source*: Jehan, "Creating Music by Listening", 2005, chapter 3, for what a segment is and where it begins; Böck,
//! Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", 2013, section 2.4, for the peaks.

use music::analysis::Segment;
use music::unit::{Lufs, Seconds};

use crate::envelope::Envelope;
use crate::rhythm::OnsetCurves;
use crate::timbre::{BARK_COUNT, Texture};
use crate::tonal::PitchSpectrum;

/// A peak is the highest within this on both sides, and above the mean of what is further around it; as above.
const PEAK_SECONDS: f64 = 0.03;
const MEAN_SECONDS: (f64, f64) = (0.10, 0.07);
/// How far above, in units of the whole track's mean onset; set by hand.
const RISE: f32 = 0.8;
/// How far before its onset a segment may begin: where the level is least.
const REACH_SECONDS: f64 = 0.06;
/// The shortest segment; what begins sooner belongs to the one before.
const SHORTEST_SECONDS: f64 = 0.08;
/// Slices of a segment over which its colour may change.
const SLICES: usize = 8;
/// The rise at which a start is as likely as not; set by hand, and not calibrated.
const HALF_SURE: f32 = 1.5;

/// Which waves over band and slice a coefficient of timbre is, from the plainest on.
const SHAPES: [(usize, usize); 12] =
    [(0, 0), (1, 0), (2, 0), (0, 1), (3, 0), (1, 1), (4, 0), (2, 1), (0, 2), (5, 0), (3, 1), (1, 2)];

/// The segments of a sound whose reference loudness lies `gain_db` below its own.
pub(crate) fn segments(
    curves: &OnsetCurves,
    envelope: &Envelope,
    texture: &Texture,
    pitches: &PitchSpectrum,
    gain_db: f32,
    end: f64,
) -> Vec<Segment> {
    let starts = starts(curves, envelope);
    let shapes = shapes();
    let mut segments = Vec::with_capacity(starts.len());
    for (index, &(start, confidence)) in starts.iter().enumerate() {
        let stop = starts.get(index + 1).map_or(end, |next| next.0);
        if stop <= start {
            continue;
        }
        let steps = &envelope.level_db[envelope.steps_between(start, stop)];
        let loudest = (0..steps.len()).max_by(|&a, &b| steps[a].total_cmp(&steps[b])).unwrap_or(0);
        let lufs = |step: Option<&f32>| Lufs(step.copied().unwrap_or(-90.0) + gain_db);
        let after = envelope.steps_between(stop, stop).start;
        let frames = texture.frames_between(start, stop);
        let flatness = mean(&texture.flatness_db[frames.clone()]);
        segments.push(Segment {
            start: Seconds(start),
            duration: Seconds(stop - start),
            confidence,
            loudness_start: lufs(steps.first()),
            loudness_max: lufs(steps.get(loudest)),
            loudness_max_time: Seconds((loudest as f64 / envelope.rate).min(stop - start)),
            loudness_end: lufs(envelope.level_db.get(after).or(steps.last())),
            pitches: pitch_classes(pitches, start, stop, flatness),
            timbre: timbre(&texture.bark_db[frames], &shapes),
        });
    }
    segments
}

/// Where segments begin, with how sure that is; the first at 0.
fn starts(curves: &OnsetCurves, envelope: &Envelope) -> Vec<(f64, f32)> {
    let sum: Vec<f32> = curves
        .low
        .iter()
        .zip(&curves.mid)
        .zip(&curves.high)
        .map(|((low, mid), high)| low + mid + high)
        .collect();
    let level = mean(&sum).max(1e-6);
    let frames = |seconds: f64| (seconds * curves.rate).round() as usize;
    let (near, before, after) = (frames(PEAK_SECONDS), frames(MEAN_SECONDS.0), frames(MEAN_SECONDS.1));
    let mut starts = vec![(0.0, 1.0)];
    for (frame, &value) in sum.iter().enumerate() {
        let around = &sum[frame.saturating_sub(near)..(frame + near + 1).min(sum.len())];
        if around.iter().any(|&other| other > value) {
            continue;
        }
        let wide = &sum[frame.saturating_sub(before)..(frame + after + 1).min(sum.len())];
        let rise = (value - mean(wide)) / level;
        if rise < RISE {
            continue;
        }
        let seconds = quietest_before(envelope, frame as f64 / curves.rate);
        if seconds - starts.last().map_or(0.0, |last| last.0) >= SHORTEST_SECONDS {
            starts.push((seconds, rise / (rise + HALF_SURE)));
        }
    }
    starts
}

/// The moment of least level shortly before `seconds`.
fn quietest_before(envelope: &Envelope, seconds: f64) -> f64 {
    let steps = envelope.steps_between(seconds - REACH_SECONDS, seconds);
    let least = steps.min_by(|&a, &b| envelope.level_db[a].total_cmp(&envelope.level_db[b]));
    least.map_or(seconds, |step| step as f64 / envelope.rate)
}

/// How strongly each pitch class sounds, the strongest 1; the noisier the sound, the nearer are all to 1.
fn pitch_classes(spectrum: &PitchSpectrum, from: f64, to: f64, flatness_db: f32) -> [f32; 12] {
    let mut classes = spectrum.classes_between(from, to);
    let top = classes.iter().copied().fold(0.0, f32::max);
    let noise = 10.0_f32.powf(flatness_db / 10.0).clamp(0.0, 1.0);
    for class in &mut classes {
        let part = if top > 1e-9 { *class / top } else { 1.0 };
        *class = part + (1.0 - part) * noise;
    }
    classes
}

/// Cosines over band and slice, of unit length each.
fn shapes() -> Vec<Vec<f32>> {
    let wave = |order: usize, at: usize, count: usize| {
        (std::f32::consts::PI * order as f32 * (at as f32 + 0.5) / count as f32).cos()
    };
    let of = |(over_band, over_slice): (usize, usize)| {
        let mut shape: Vec<f32> = (0..BARK_COUNT * SLICES)
            .map(|at| {
                wave(over_band, at % BARK_COUNT, BARK_COUNT) * wave(over_slice, at / BARK_COUNT, SLICES)
            })
            .collect();
        let norm = shape.iter().map(|value| value * value).sum::<f32>().sqrt();
        shape.iter_mut().for_each(|value| *value /= norm);
        shape
    };
    SHAPES.into_iter().map(of).collect()
}

/// What of each shape is in a segment; the first is its mean level plus 60 dB, so that 0 is about silence.
fn timbre(rows: &[[f32; BARK_COUNT]], shapes: &[Vec<f32>]) -> [f32; 12] {
    let mut surface = [0.0; BARK_COUNT * SLICES];
    if let Some(last) = rows.len().checked_sub(1) {
        for (slice, cells) in surface.chunks_exact_mut(BARK_COUNT).enumerate() {
            cells.copy_from_slice(&rows[(slice * rows.len() / SLICES).min(last)]);
        }
    }
    let mut timbre = [0.0; 12];
    for (value, shape) in timbre.iter_mut().zip(shapes) {
        *value = shape.iter().zip(&surface).map(|(a, b)| a * b).sum();
    }
    timbre[0] = timbre[0] / ((BARK_COUNT * SLICES) as f32).sqrt() + 60.0;
    timbre
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}
