//! The maps from raw confidences to probabilities.
//!
//! Fitted on 29 November 2026 by `examples/calibrate.rs` on 64 tracks: 44 composed songs (`segue sim compose --songs 22`,
//! seeds 111 and 112) and every second song of rendered POP909, beginning with the first; and on twelve stretches of noise,
//! in which every tempo and metre is wrong.
//! On other music, above all on recordings, nobody has measured how right they are.

/// Raw confidences with their probabilities, rising; none where the raw confidence is kept.
pub(super) type Knots = &'static [(f32, f32)];

/// A map for each kind of claim, in the order of [`crate::score::reliability::Claimed::ALL`].
pub(super) const MAPS: [Knots; 9] = [
    // Tempo: 76 claims.
    &[(0.278, 0.250), (0.470, 0.821), (0.641, 0.893), (0.840, 0.987)],
    // Key: 64 claims.
    &[(0.752, 0.607), (0.975, 0.990)],
    // Mode: 64 claims.
    &[(0.828, 0.750), (0.987, 0.990)],
    // Time signature: 56 claims.
    &[(0.214, 0.167), (0.603, 0.988)],
    // Beats: 20,969 claims.
    &[(0.274, 0.935), (0.905, 0.973), (0.950, 0.980)],
    // Bars: 5,172 claims.
    &[(0.831, 0.852), (0.950, 0.926)],
    // Sections: 633 claims.
    &[(0.590, 0.576), (0.879, 0.602), (0.964, 0.751), (0.990, 0.909)],
    // Labels: 837 claims, by the second.
    &[(0.474, 0.610), (0.659, 0.806)],
    // Chords: 11,618 claims, by the second.
    &[(0.275, 0.701), (0.369, 0.847), (0.433, 0.896), (0.496, 0.921), (0.597, 0.936)],
];
