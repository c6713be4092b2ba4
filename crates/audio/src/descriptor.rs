//! The descriptor: a track's sound as 42 numbers, for distances.
//!
//! Key and loudness of the master do not move a track away from another: no number tells the key, and only one the
//! loudness. What each number is stands in [`DIMENSIONS`], in order.

use crate::feature::Measures;

/// How many numbers there are.
pub(crate) use music::analysis::DESCRIPTOR_LEN;

/// One number of the descriptor.
#[derive(Clone, Copy, Debug)]
pub struct Dimension {
    /// What it measures.
    pub name: &'static str,
    /// What half of the reference tracks lie below.
    pub median: f32,
    /// The spread of the reference tracks: the distance between their quarters over 1.349, a deviation if they are normal.
    pub spread: f32,
    /// The square root of the part that it has in distances.
    pub weight: f32,
}

/// How many spreads from the median a number may lie before it counts no further.
const CLIP: f32 = 3.0;

const fn dimension(name: &'static str, median: f32, spread: f32, weight: f32) -> Dimension {
    Dimension { name, median, spread, weight }
}

/// Every number, in order.
pub const DIMENSIONS: [Dimension; DESCRIPTOR_LEN] = [
    dimension("tempo", -0.1854, 0.5100, 0.1673),
    dimension("tempo_cos", 0.3993, 0.6943, 0.1673),
    dimension("tempo_sin", 0.2820, 0.5613, 0.1673),
    dimension("pulse_clarity", 0.8517, 0.1771, 0.1673),
    dimension("beat_regularity", 0.9792, 0.1669, 0.1673),
    dimension("onset_rate", 1.4831, 0.1864, 0.1673),
    dimension("fluctuation", 0.9308, 0.0985, 0.1673),
    dimension("percussiveness", -5.7833, 2.6113, 0.1673),
    dimension("low_on_beat", 6.9403, 5.0635, 0.1673),
    dimension("swing", 1.0000, 0.0449, 0.1673),
    dimension("loudness", -18.8175, 5.6227, 0.1549),
    dimension("loudness_range", 5.6500, 2.2424, 0.1549),
    dimension("crest", 14.0074, 1.2555, 0.1549),
    dimension("dynamic_complexity", 3.0238, 0.7077, 0.1549),
    dimension("section_contrast", 2.4441, 1.4276, 0.1549),
    dimension("centroid", 8.7080, 0.7888, 0.1414),
    dimension("centroid_spread", 0.6594, 0.1507, 0.1414),
    dimension("rolloff", 9.7240, 0.7391, 0.1414),
    dimension("flatness", -25.6363, 2.4510, 0.1414),
    dimension("flatness_spread", 5.2936, 0.7154, 0.1414),
    dimension("flux", 0.1569, 0.0318, 0.1414),
    dimension("zero_crossings", -2.5488, 0.3271, 0.1414),
    dimension("mfcc_1", 54.6597, 10.4219, 0.1414),
    dimension("mfcc_2", -10.8802, 17.1340, 0.1414),
    dimension("mfcc_3", 11.3859, 4.9383, 0.1414),
    dimension("mfcc_4", -0.0314, 4.3269, 0.1414),
    dimension("mfcc_5", 1.3823, 2.8171, 0.1414),
    dimension("spectral_contrast", 33.8406, 7.1631, 0.1414),
    dimension("major_minor", 0.0558, 0.2784, 0.1491),
    dimension("key_strength", 0.8848, 0.0810, 0.1491),
    dimension("chroma_entropy", 0.8729, 0.0294, 0.1491),
    dimension("chord_changes", 0.2936, 0.0813, 0.1491),
    dimension("chord_entropy", 0.5499, 0.0825, 0.1491),
    dimension("minor_share", 0.3795, 0.1507, 0.1491),
    dimension("roughness", 0.0302, 0.0047, 0.1491),
    dimension("tonal_flux", 0.4080, 0.0757, 0.1491),
    dimension("tonal_share", 0.7725, 0.1364, 0.1491),
    dimension("lead", 0.7938, 0.1216, 0.1673),
    dimension("syllabic", 0.0935, 0.0307, 0.1673),
    dimension("melody_pitch", 70.8000, 2.9652, 0.1673),
    dimension("melody_range", 5.3000, 1.4826, 0.1673),
    dimension("repetition", 0.5309, 0.5406, 0.1673),
];

/// The numbers of `measures` before they are put on a common scale.
pub(crate) fn raw(measures: &Measures) -> [f32; DESCRIPTOR_LEN] {
    let m = measures;
    let octaves = if m.bpm > 0.0 { (m.bpm / 120.0).log2() } else { 0.0 };
    let turn = std::f32::consts::TAU * octaves;
    // Where there is no beat all of these are 0, so that tempo has no say.
    let has_beat = if m.bpm > 0.0 { m.steadiness } else { 0.0 };
    [
        octaves * has_beat,
        turn.cos() * has_beat,
        turn.sin() * has_beat,
        m.clarity,
        m.steadiness,
        m.onset_rate.ln_1p(),
        m.fluctuation,
        m.percussive_db,
        m.low_on_beat_db,
        m.swing,
        m.lufs,
        m.range_lu,
        m.crest_db,
        m.complexity_db,
        m.section_spread_db,
        m.centroid,
        m.centroid_spread,
        m.rolloff,
        m.flatness_db,
        m.flatness_spread_db,
        m.flux,
        m.zero_crossings.max(1e-4).ln(),
        m.mfcc[1],
        m.mfcc[2],
        m.mfcc[3],
        m.mfcc[4],
        m.mfcc[5],
        m.contrast_db,
        m.major_gap,
        m.key_strength,
        m.chroma_entropy,
        m.chord_changes,
        m.chord_entropy,
        m.minor_share,
        m.roughness,
        m.tonal_flux,
        m.tonal_share,
        m.lead,
        m.syllabic,
        m.melody_pitch,
        m.melody_range,
        m.repetition,
    ]
}

/// The raw numbers in spreads from the median, clipped and brought to −1 to 1.
pub(crate) fn normalised(raw: &[f32; DESCRIPTOR_LEN]) -> [f32; DESCRIPTOR_LEN] {
    std::array::from_fn(|at| {
        let dimension = &DIMENSIONS[at];
        let z = (raw[at] - dimension.median) / dimension.spread;
        if z.is_finite() { z.clamp(-CLIP, CLIP) / CLIP } else { 0.0 }
    })
}
