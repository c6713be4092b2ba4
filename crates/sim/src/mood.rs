//! What music for a purpose sounds like: the part of the space in which each [`Mood`] is at home.
//!
//! Placed by ear: everybody in a world agrees roughly on what helps to sleep.

use music::Mood;

use crate::space::{Axis, Point};

/// The axes that matter for a mood, and where on them it is at home.
pub(crate) const fn home(mood: Mood) -> &'static [(Axis, f32)] {
    match mood {
        Mood::Focus => &[(Axis::Voice, -1.2), (Axis::Energy, -0.3), (Axis::Roughness, -0.6)],
        Mood::Sleep => &[(Axis::Energy, -1.7), (Axis::Groove, -1.2), (Axis::Roughness, -0.8)],
        Mood::Chill => &[(Axis::Energy, -0.7), (Axis::Roughness, -0.5)],
        Mood::Workout => &[(Axis::Energy, 1.4), (Axis::Groove, 0.7)],
        Mood::Party => &[(Axis::Energy, 1.0), (Axis::Groove, 1.3), (Axis::Brightness, 0.6)],
        Mood::Sad => &[(Axis::Brightness, -1.0), (Axis::Energy, -0.7)],
        Mood::Happy => &[(Axis::Brightness, 1.1), (Axis::Energy, 0.4)],
        Mood::Travel => &[(Axis::Energy, 0.5), (Axis::Brightness, 0.3)],
        Mood::Romance => &[(Axis::Warmth, 0.9), (Axis::Energy, -0.4), (Axis::Voice, 0.8)],
    }
}

/// How badly music at `point` serves a mood: 0 at its home, 1 where it is plainly wrong, without an upper end.
pub(crate) fn mismatch(mood: Mood, point: &Point) -> f32 {
    let axes = home(mood);
    let sum: f32 = axes.iter().map(|&(axis, at)| (point.on(axis) - at).powi(2)).sum();
    sum / axes.len() as f32 / 2.0
}

/// The point moved `share` of the way into a mood's home; axes that do not matter stay.
pub(crate) fn bent_towards(mood: Mood, point: &Point, share: f32) -> Point {
    let mut bent = *point;
    for &(axis, at) in home(mood) {
        bent.0[axis as usize] += share * (at - bent.0[axis as usize]);
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_music_is_wrong_for_sleep_and_bending_helps() {
        let loud = Point([1.5, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
        assert!(mismatch(Mood::Sleep, &loud) > 1.5);
        assert!(mismatch(Mood::Workout, &loud) < 0.2);
        let bent = bent_towards(Mood::Sleep, &loud, 1.0);
        assert!(mismatch(Mood::Sleep, &bent) < 1e-6);
        assert_eq!(bent.on(Axis::Warmth), loud.on(Axis::Warmth));
    }
}
