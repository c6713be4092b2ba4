//! Tatums: into how many equal parts a beat falls, and how far the parts swing.

use super::pulse::Pulse;

/// How beats are divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Division {
    /// Parts of a beat: 2, 3 or 4.
    pub(crate) parts: usize,
    /// How much longer the first half of a beat is than the second, where it has two: 1 straight, 2 like triplets.
    pub(crate) swing: f32,
    /// How much of what begins between beats lies on the parts.
    ///
    /// *Range*: 0 to 1.
    pub(crate) confidence: f32,
}

/// Places within a beat at which onsets are summed: divisible by 2, 3 and 4.
const PLACES: usize = 24;
/// What begins off the beat must reach this part of what begins on it before it counts.
const PRESENT: f32 = 0.15;

/// The division of the beats of `pulse`.
pub(crate) fn division(pulse: &Pulse) -> Division {
    let profile = profile(pulse);
    let beat = profile[0].max(1e-6);
    let near = |place: usize| profile[place].max(profile[place - 1]).max(profile[place + 1]);
    let (half, quarter) = (near(12), near(6).midpoint(near(18)));
    let thirds = (near(8) + near(16)) / 2.0;
    let late = near(16);
    let mut found = Division { parts: 2, swing: 1.0, confidence: 0.0 };
    // A late second half without a first third is a swung half.
    let is_ternary = thirds > 1.3 * half && thirds > 1.1 * quarter && thirds > PRESENT * beat;
    let is_swung =
        late > 1.2 * half && late > 1.2 * near(18) && late > PRESENT * beat && near(8) < 0.6 * late;
    if is_swung {
        found.swing = swing(&profile);
    } else if is_ternary {
        found.parts = 3;
    } else if quarter > 0.45 * half.max(PRESENT * beat) && quarter > PRESENT * beat {
        found.parts = 4;
    }
    let total: f32 = profile.iter().sum::<f32>().max(1e-6);
    let on_parts: f32 = (0..PLACES)
        .filter(|place| {
            let step = if is_swung { 8 } else { PLACES / found.parts };
            let distance = place % step;
            distance.min(step - distance) <= 1
        })
        .map(|place| profile[place])
        .sum();
    found.confidence = (on_parts / total).clamp(0.0, 1.0);
    found
}

/// The mean onset at each place within a beat, above the least.
fn profile(pulse: &Pulse) -> [f32; PLACES] {
    let curves = &pulse.curves;
    let mut sums = [0.0_f32; PLACES];
    for pair in pulse.beats.windows(2) {
        for (place, sum) in sums.iter_mut().enumerate() {
            let seconds = pair[0] + (pair[1] - pair[0]) * place as f64 / PLACES as f64;
            let frame = ((seconds * curves.rate).round() as usize).min(curves.mid.len().saturating_sub(1));
            *sum += curves.low[frame] + curves.mid[frame] + curves.high[frame];
        }
    }
    let least = sums.iter().copied().fold(f32::INFINITY, f32::min);
    sums.map(|sum| sum - least)
}

/// The ratio of both halves by the centre of what begins between .54 and .75 of a beat.
fn swing(profile: &[f32; PLACES]) -> f32 {
    let late = 13..=18;
    let total: f32 = late.clone().map(|place| profile[place]).sum::<f32>().max(1e-6);
    let centre = late.map(|place| place as f32 * profile[place]).sum::<f32>() / total / PLACES as f32;
    (centre / (1.0 - centre)).clamp(1.0, 3.5)
}
