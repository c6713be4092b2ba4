//! The maps from raw confidences to probabilities.
//!
//! Fitted on 29 November 2026 by `examples/calibrate.rs` on 64 tracks: 44 composed songs (`segue sim compose --songs 22`,
//! seeds 103 and 104) and every second song of rendered POP909, beginning with the first. On other music, above all on
//! recordings, nobody has measured how right they are.

/// Raw confidences with their probabilities, rising; none where the raw confidence is kept.
pub(super) type Knots = &'static [(f32, f32)];

/// A map for each kind of claim, in the order of [`crate::score::reliability::Claimed::ALL`].
pub(super) const MAPS: [Knots; 9] = [
    // Tempo: 64 claims.
    &[(0.471, 0.464), (0.688, 0.679), (0.828, 0.833), (0.926, 0.962)],
    // Key: 64 claims.
    &[(0.286, 0.321), (0.630, 0.464), (0.844, 0.870), (0.955, 0.962)],
    // Mode: 64 claims.
    &[(0.191, 0.321), (0.537, 0.750), (0.807, 0.907), (0.927, 0.962)],
    // Time signature: 44 claims, all of which were made with the same raw confidence.
    &[(1.000, 0.900)],
    // Beats: 20,968 claims.
    &[(0.323, 0.676), (0.925, 0.869), (0.950, 0.953)],
    // Bars: 5,119 claims.
    &[(0.479, 0.505), (0.950, 0.865)],
    // Sections: 670 claims.
    &[(0.585, 0.507), (0.833, 0.528), (0.920, 0.617), (0.960, 0.658), (0.988, 0.879)],
    // Labels: 866 claims, by the second.
    &[(0.456, 0.442), (0.602, 0.661), (0.740, 0.822)],
    // Chords: 13,083 claims, by the second.
    &[(0.285, 0.446), (0.410, 0.714), (0.493, 0.805), (0.581, 0.851), (0.733, 0.904)],
];
