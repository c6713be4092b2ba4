//! From how strongly a drum sounds to when it is struck.

/// How far back a rise is measured, in frames of about 10 ms: as long as a frame blurs a stroke.
const RISE_FRAMES: usize = 4;
/// Two strokes of one drum are at least so many frames apart.
const APART_FRAMES: usize = 6;
/// A stroke counts from this part of the usual strong rise of its drum: kick, snare, hats.
const FLOORS: [f32; 3] = [0.3, 0.4, 0.05];
/// Where the strong rises are among all that are highest nearby: most of those are nothing.
const STRONG_SHARE: f64 = 0.97;
/// A rise is steepest so many frames after the stroke, by the blur of a frame.
const LATE_FRAMES: usize = 1;
/// A rise must also stand above its surroundings this many times.
const ABOVE: f32 = 1.5;
/// The surroundings, in frames to both sides.
const NEAR_FRAMES: usize = 30;

/// The frames in which drum number `drum` is struck, in order.
pub(super) fn strokes(curve: &[f32], drum: usize) -> Vec<usize> {
    let rises: Vec<f32> = (0..curve.len())
        .map(|frame| {
            let before =
                curve[frame.saturating_sub(RISE_FRAMES)..frame].iter().copied().fold(f32::MAX, f32::min);
            if frame == 0 { 0.0 } else { (curve[frame] - before).max(0.0) }
        })
        .collect();
    let mut peaks: Vec<usize> = (0..rises.len()).filter(|&frame| is_peak(&rises, frame)).collect();
    let mut heights: Vec<f32> = peaks.iter().map(|&frame| rises[frame]).collect();
    heights.sort_by(f32::total_cmp);
    let strong = heights.get((heights.len() as f64 * STRONG_SHARE) as usize).copied().unwrap_or(0.0);
    if strong <= 0.0 {
        return Vec::new();
    }
    let near = crate::rhythm::activation::moving_mean(&rises, NEAR_FRAMES);
    peaks.retain(|&frame| rises[frame] > FLOORS[drum] * strong && rises[frame] > ABOVE * near[frame]);
    peaks.into_iter().map(|frame| frame.saturating_sub(LATE_FRAMES)).collect()
}

fn is_peak(rises: &[f32], frame: usize) -> bool {
    let before = &rises[frame.saturating_sub(APART_FRAMES)..frame];
    let after = &rises[frame + 1..(frame + 1 + APART_FRAMES).min(rises.len())];
    rises[frame] > 0.0
        && before.iter().all(|&other| other < rises[frame])
        && after.iter().all(|&other| other <= rises[frame])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_where_the_strength_jumps() {
        let mut curve = vec![0.01_f32; 400];
        for start in [50, 100, 150, 200, 250, 300] {
            for (since, value) in curve[start..start + 10].iter_mut().enumerate() {
                *value += (-(since as f32) / 3.0).exp();
            }
        }
        assert_eq!(strokes(&curve, 0), [49, 99, 149, 199, 249, 299]);
        assert!(strokes(&[], 0).is_empty() && strokes(&vec![1.0; 100], 2).is_empty());
    }
}
