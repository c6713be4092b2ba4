//! The descriptor: a track's sound as 42 numbers, for distances.
//!
//! Key and loudness of the master do not move a track away from another: no number tells either.
//! What each number is stands in [`DIMENSIONS`], in order.

use std::fmt::Write as _;

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
    /// What it is, with its unit.
    pub meaning: &'static str,
}

/// How many spreads from the median a number may lie before it counts no further.
const CLIP: f32 = 3.0;

const fn dimension(name: &'static str, median: f32, spread: f32, meaning: &'static str) -> Dimension {
    Dimension { name, median, spread, meaning }
}

/// Every number, in order.
///
/// Medians and spreads are those of 305 recordings: Emotify's 40 clips and the music of free games.
/// Which numbers there are was chosen on the same: what a number adds to finding a recording's artist among the games'
/// music, and to telling the four genres of Emotify in cross-validation.
/// Weights by group were tried there and gained nothing, so all count the same.
pub const DIMENSIONS: [Dimension; DESCRIPTOR_LEN] = [
    dimension("tempo", 0.0003, 0.3281, "octaves above 120 BPM, times the regularity of the beat"),
    dimension(
        "tempo_cos",
        -0.0316,
        0.9159,
        "the tempo as a place on a circle of one octave, so that half and double are one: cosine",
    ),
    dimension("tempo_sin", 0.0066, 0.6190, "the same: sine"),
    dimension("pulse_clarity", 0.7292, 0.1114, "how clearly something begins on beats"),
    dimension(
        "beat_regularity",
        0.9265,
        0.2363,
        "the part of the intervals between beats that are near the usual one",
    ),
    dimension("onset_rate", 1.5936, 0.2804, "log(1 + segments a second)"),
    dimension("fluctuation", 0.8980, 0.1900, "exponent of detrended fluctuation: how far loudness wanders"),
    dimension("percussiveness", -4.4221, 2.5494, "dB of what comes and goes over what stays"),
    dimension("low_on_beat", 2.1015, 2.3129, "dB of low onsets on beats over those between"),
    dimension("swing", 1.0000, 0.0449, "the long part of a beat over the short one"),
    dimension("loudness_range", 5.6000, 3.5397, "LU"),
    dimension("crest", 14.1169, 2.1633, "dB of the true peak over the loudness"),
    dimension("dynamic_complexity", 2.9751, 1.4922, "dB by which loudness strays from its mean"),
    dimension("section_contrast", 2.0513, 1.7987, "dB, the spread of the sections' levels"),
    dimension("centroid_spread", 0.8161, 0.2747, "octaves, the spread of the centroid over time"),
    dimension("rolloff", 9.0421, 0.7351, "octaves above 1 Hz below which 85 % of the power lies"),
    dimension("flatness", -23.7568, 5.4583, "dB, 0 for noise"),
    dimension("flatness_spread", 5.1494, 1.5862, "dB, its spread over time"),
    dimension("flux", 0.1889, 0.0350, "how much the spectrum's shape changes from frame to frame"),
    dimension(
        "treble_spread",
        7.8015,
        3.0219,
        "dB, the spread over time of the critical bands above 2.7 kHz against the whole, their mean",
    ),
    dimension("timbre_change", 1.8482, 0.2962, "the change from frame to frame of MFCC 5 to 9, its mean"),
    dimension("mfcc_1", 55.3928, 22.4092, "cepstral coefficient 1, its mean: tilt"),
    dimension("mfcc_2", 2.2444, 12.0491, "coefficient 2"),
    dimension("mfcc_3", 8.9779, 5.9348, "coefficient 3"),
    dimension("mfcc_4", 2.4942, 4.7751, "coefficient 4"),
    dimension("mfcc_5", 2.4293, 4.3927, "coefficient 5"),
    dimension("mfcc_6", 0.1511, 3.7282, "coefficient 6"),
    dimension("mfcc_12", 0.4367, 2.0595, "coefficient 12"),
    dimension("mfcc_1_spread", 18.8615, 7.7286, "the spread of coefficient 1 over time"),
    dimension("spectral_contrast", 27.6144, 4.2617, "dB of peaks over valleys in octaves"),
    dimension(
        "major_minor",
        -0.0211,
        0.2129,
        "how far the best major key fits better than the best minor one",
    ),
    dimension("key_strength", 0.8422, 0.1316, "how well the key fits"),
    dimension("chroma_entropy", 0.8910, 0.0524, "how evenly the twelve pitch classes are used"),
    dimension("chord_changes", 0.2350, 0.1026, "changes of chord a beat"),
    dimension("chord_entropy", 0.5556, 0.1451, "how evenly the chords are used"),
    dimension("minor_share", 0.4453, 0.2277, "the part of the time in minor chords"),
    dimension("tonal_flux", 0.3404, 0.0763, "how much the pitch classes change from beat to beat"),
    dimension("tonal_share", 0.6072, 0.1879, "the part of the power in partials"),
    dimension("lead", 0.7917, 0.1662, "the part of the time in which a voice leads"),
    dimension("glide", 0.0322, 0.0251, "the part of that in which its pitch glides"),
    dimension("syllabic", 0.1256, 0.0592, "modulation at the rate of syllables"),
    dimension("repetition", 0.5371, 0.3681, "the part of the time whose music comes back"),
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
        m.range_lu,
        m.crest_db,
        m.complexity_db,
        m.section_spread_db,
        m.centroid_spread,
        m.rolloff,
        m.flatness_db,
        m.flatness_spread_db,
        m.flux,
        m.treble_spread_db,
        m.timbre_change,
        m.mfcc[1],
        m.mfcc[2],
        m.mfcc[3],
        m.mfcc[4],
        m.mfcc[5],
        m.mfcc[6],
        m.mfcc[12],
        m.mfcc_1_spread,
        m.contrast_db,
        m.major_gap,
        m.key_strength,
        m.chroma_entropy,
        m.chord_changes,
        m.chord_entropy,
        m.minor_share,
        m.tonal_flux,
        m.tonal_share,
        m.lead,
        m.glide,
        m.syllabic,
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

/// The page `docs/descriptor.md`: every number with its place, its meaning and its scale.
pub fn descriptor_markdown() -> String {
    let mut page = format!(
        "# The descriptor\n\nGenerated by `cargo xtask docs` from `crates/audio/src/descriptor.rs`; change it there.\n\nA \
         track's sound as {DESCRIPTOR_LEN} numbers for distances. Each is (value − median) / spread, clipped at {CLIP} and \
         divided by it, so that it lies between −1 and 1; all count the same in the Euclidean distance. None tells the key \
         or the loudness of the master. Descriptors of different recipes cannot be compared.\n\n\
         | place | name | what it is | median | spread |\n|---|---|---|---|---|\n"
    );
    for (place, dimension) in DIMENSIONS.iter().enumerate() {
        let Dimension { name, median, spread, meaning } = dimension;
        let _ = writeln!(page, "| {place} | `{name}` | {meaning} | {median} | {spread} |");
    }
    page
}
