//! Roots and the words that bend them, placed by ear.
//!
//! Coordinates stand in the order of [`Axis`](crate::space::Axis): energy, brightness, acoustic, groove, voice,
//! roughness, complexity, warmth.

use crate::space::AXIS_COUNT;

/// A broad genre.
pub(super) struct Root {
    pub(super) name: &'static str,
    pub(super) centre: [f32; AXIS_COUNT],
    pub(super) share: f32,
    pub(super) tempo_bpm: f32,
    pub(super) duration_s: f32,
    pub(super) explicit_share: f32,
    pub(super) speech: f32,
}

/// A word that bends a root.
pub(super) struct Bend {
    pub(super) name: &'static str,
    pub(super) step: [f32; AXIS_COUNT],
}

const fn root(name: &'static str, share: f32, centre: [f32; AXIS_COUNT], usual: [f32; 4]) -> Root {
    let [tempo_bpm, duration_s, explicit_share, speech] = usual;
    Root { name, centre, share, tempo_bpm, duration_s, explicit_share, speech }
}

const fn bend(name: &'static str, step: [f32; AXIS_COUNT]) -> Bend {
    Bend { name, step }
}

/// Broad genres; their shares add up to 1, and the last four numbers are tempo, length, explicit and spoken share.
#[rustfmt::skip]
pub(super) const ROOTS: [Root; 11] = [
    root("folk",       0.06, [-0.8,  0.0,  1.6, -0.5,  0.8, -0.6,  0.0,  0.8], [105.0, 215.0, 0.02, 0.02]),
    root("pop",        0.20, [ 0.5,  0.9, -0.4,  0.7,  1.2, -0.5, -0.7, -0.6], [116.0, 195.0, 0.08, 0.04]),
    root("rock",       0.15, [ 1.0,  0.1, -0.3, -0.1,  0.8,  0.8,  0.1,  0.3], [128.0, 230.0, 0.06, 0.03]),
    root("electronic", 0.14, [ 0.9,  0.1, -1.7,  1.0, -0.8,  0.1, -0.2, -0.8], [126.0, 265.0, 0.02, 0.03]),
    root("hip-hop",    0.16, [ 0.4,  0.0, -0.9,  1.2,  1.3,  0.4, -0.2, -0.3], [ 90.0, 190.0, 0.45, 0.25]),
    root("jazz",       0.05, [-0.3,  0.3,  1.2,  0.3, -0.5, -0.4,  1.4,  1.0], [112.0, 290.0, 0.00, 0.01]),
    root("soul",       0.07, [ 0.0,  0.7,  0.4,  0.9,  1.1, -0.5,  0.2,  1.1], [ 98.0, 225.0, 0.05, 0.03]),
    root("metal",      0.05, [ 1.7, -0.9, -0.6, -0.8,  0.4,  1.8,  0.8, -0.2], [140.0, 270.0, 0.12, 0.03]),
    root("ambient",    0.03, [-1.7, -0.2, -0.3, -1.4, -1.5, -0.6,  0.1,  0.0], [ 78.0, 330.0, 0.00, 0.01]),
    root("orchestral", 0.03, [-0.7, -0.1,  1.7, -1.3, -1.6, -0.4,  1.3,  0.5], [ 92.0, 310.0, 0.00, 0.01]),
    root("latin",      0.06, [ 0.6,  1.2,  0.3,  1.4,  0.8, -0.3,  0.0,  0.4], [102.0, 205.0, 0.10, 0.05]),
];

/// Words that bend a genre.
#[rustfmt::skip]
pub(super) const BENDS: [Bend; 16] = [
    bend("dusk",     [-0.5, -0.7,  0.1, -0.2,  0.0, -0.2,  0.1,  0.2]),
    bend("neon",     [ 0.4,  0.5, -0.8,  0.4,  0.0,  0.0, -0.2, -0.4]),
    bend("velvet",   [-0.5,  0.2,  0.1,  0.2,  0.1, -0.6,  0.1,  0.6]),
    bend("iron",     [ 0.6, -0.5, -0.3, -0.2, -0.1,  0.9,  0.1, -0.1]),
    bend("garage",   [ 0.4,  0.0,  0.2, -0.1,  0.1,  0.7, -0.6,  0.5]),
    bend("festival", [ 0.8,  0.8, -0.3,  0.6,  0.2,  0.0, -0.5, -0.3]),
    bend("chamber",  [-0.6,  0.0,  0.8, -0.5, -0.2, -0.4,  0.7,  0.2]),
    bend("desert",   [-0.3, -0.2,  0.4,  0.1, -0.4,  0.3,  0.0,  0.7]),
    bend("winter",   [-0.5, -0.4,  0.2, -0.5, -0.2, -0.2,  0.3, -0.1]),
    bend("glass",    [-0.1,  0.2, -0.6,  0.0, -0.6, -0.3,  0.5, -0.5]),
    bend("harbour",  [ 0.0,  0.5,  0.5,  0.3,  0.3, -0.1, -0.3,  0.6]),
    bend("paper",    [-0.4,  0.4,  0.5, -0.1,  0.5, -0.4, -0.4,  0.0]),
    bend("storm",    [ 0.8, -0.6,  0.0, -0.3,  0.0,  0.8,  0.4, -0.1]),
    bend("garden",   [-0.2,  0.7,  0.6,  0.1,  0.2, -0.5,  0.1,  0.4]),
    bend("midnight", [ 0.0, -0.5, -0.5,  0.6,  0.2,  0.0,  0.0, -0.1]),
    bend("motor",    [ 0.5, -0.1, -0.6,  0.7, -0.5,  0.3, -0.3,  0.0]),
];
