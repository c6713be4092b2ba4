//! Confidences: of what is claimed with a confidence of .8, how much is right?
//!
//! *Source*: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015, for the
//! expected calibration error.

use music::analysis::{Span, TrackAnalysis};

use super::chord::{Vocabulary, agree};
use super::harte::Harmony;
use super::{section, tempo};
use crate::annotation::Truth;

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claimed {
    /// The tempo is within 4 % of the annotated one.
    Tempo,
    /// The tonic is the annotated one.
    Key,
    /// The mode is the annotated one.
    Mode,
    /// A bar has as many beats as annotated.
    TimeSignature,
    /// A beat lies within 70 ms of an annotated one.
    Beat,
    /// A bar begins within 70 ms of an annotated one.
    Bar,
    /// A part of the form begins within 3 s of an annotated one; the first of all is not judged.
    Section,
    /// A part of the form is called what it is, by the second.
    Label,
    /// A chord is the annotated one as major or minor triad, by the second.
    Chord,
}

impl Claimed {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Tempo,
        Self::Key,
        Self::Mode,
        Self::TimeSignature,
        Self::Beat,
        Self::Bar,
        Self::Section,
        Self::Label,
        Self::Chord,
    ];

    /// How its error is called in a table.
    pub const fn error_name(self) -> &'static str {
        match self {
            Self::Tempo => "ece_tempo",
            Self::Key => "ece_key",
            Self::Mode => "ece_mode",
            Self::TimeSignature => "ece_time_signature",
            Self::Beat => "ece_beats",
            Self::Bar => "ece_bars",
            Self::Section => "ece_sections",
            Self::Label => "ece_labels",
            Self::Chord => "ece_chords",
        }
    }
}

/// One claim that an annotation can judge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// What is claimed.
    pub what: Claimed,
    /// With which confidence, 0 to 1.
    pub confidence: f64,
    /// Whether it is right.
    pub is_right: bool,
    /// How much it counts: 1, or seconds.
    pub weight: f64,
}

/// Every claim of `analysis` that `truth` judges.
pub fn claims(truth: &Truth, analysis: &TrackAnalysis) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut claim = |what, confidence: f32, is_right, weight| {
        claims.push(Claim { what, confidence: f64::from(confidence), is_right, weight });
    };
    let track = &analysis.track;
    if let Some(known) = truth.tempo {
        let is_right = tempo::accuracy1(known, f64::from(track.tempo.0));
        claim(Claimed::Tempo, track.tempo_confidence, is_right, 1.0);
    }
    if let Some((tonic, mode)) = truth.key {
        claim(Claimed::Key, track.key_confidence, tonic == track.key, 1.0);
        claim(Claimed::Mode, track.mode_confidence, mode == track.mode, 1.0);
    }
    if let Some(known) = truth.beats.iter().filter_map(|beat| beat.position).max() {
        // Bars of two beats are 6/8, see `TrackSummary::time_signature`; nothing else has two.
        let known = if known == 2 { 6 } else { known };
        let is_right = known == u32::from(track.time_signature);
        claim(Claimed::TimeSignature, track.time_signature_confidence, is_right, 1.0);
    }
    let known: Vec<f64> = truth.beats.iter().map(|beat| beat.time).collect();
    starts(&known, &analysis.beats, |span, is_right| claim(Claimed::Beat, span.confidence, is_right, 1.0));
    starts(&truth.known_downbeats(), &analysis.bars, |span, is_right| {
        claim(Claimed::Bar, span.confidence, is_right, 1.0);
    });
    for known in truth.sections.iter().take(1) {
        let bounds: Vec<f64> = known.iter().map(|span| span.start).collect();
        for found in &analysis.sections {
            if found.start.0 > 0.0 {
                claim(Claimed::Section, found.confidence, is_near(&bounds, found.start.0, 3.0), 1.0);
            }
            for span in known {
                let Some(label) = section::label(&span.label) else { continue };
                let overlap = overlap(span.start, span.end, found.start.0, found.duration.0);
                if overlap > 0.0 {
                    claim(Claimed::Label, found.label_confidence, label == found.label, overlap);
                }
            }
        }
    }
    for found in &analysis.chords {
        let Ok(harmony) = Harmony::parse(&found.label) else { continue };
        for span in &truth.chords {
            let overlap = overlap(span.start, span.end, found.start.0, found.duration.0);
            let judged = Harmony::parse(&span.label)
                .ok()
                .filter(|_| overlap > 0.0)
                .and_then(|known| agree(Vocabulary::MajMin, false, known, harmony));
            if let Some(is_right) = judged {
                claim(Claimed::Chord, found.confidence, is_right, overlap);
            }
        }
    }
    claims
}

/// Says of each span whether it begins where something is known to; those outside of what is known are not judged.
fn starts(known: &[f64], spans: &[Span], mut say: impl FnMut(&Span, bool)) {
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return };
    for span in spans.iter().filter(|span| (first - WINDOW..=last + WINDOW).contains(&span.start.0)) {
        say(span, is_near(known, span.start.0, WINDOW));
    }
}

/// How far a beat may be off, in seconds, as in [`super::beat::hits`].
const WINDOW: f64 = 0.07;

fn is_near(known: &[f64], time: f64, window: f64) -> bool {
    let at = known.partition_point(|&moment| moment < time);
    [at.checked_sub(1), Some(at)]
        .into_iter()
        .flatten()
        .filter_map(|at| known.get(at))
        .any(|moment| (moment - time).abs() <= window)
}

fn overlap(start: f64, end: f64, other: f64, duration: f64) -> f64 {
    end.min(other + duration) - start.max(other)
}

/// Claims of about the same confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// The mean confidence.
    pub confidence: f64,
    /// The share that is right.
    pub right: f64,
    /// The weight of all.
    pub weight: f64,
}

/// Bins that are told apart.
const BIN_COUNT: usize = 10;

/// The claims in bins of equal width; empty bins are left out.
pub fn bins<'c>(claims: impl IntoIterator<Item = &'c Claim>) -> Vec<Bin> {
    let mut bins = [Bin::default(); BIN_COUNT];
    for claim in claims {
        let bin = &mut bins[((claim.confidence * BIN_COUNT as f64) as usize).min(BIN_COUNT - 1)];
        bin.confidence += claim.weight * claim.confidence;
        bin.right += if claim.is_right { claim.weight } else { 0.0 };
        bin.weight += claim.weight;
    }
    let filled = bins.into_iter().filter(|bin| bin.weight > 0.0);
    filled
        .map(|bin| Bin { confidence: bin.confidence / bin.weight, right: bin.right / bin.weight, ..bin })
        .collect()
}

/// How far confidence and share of right claims are apart, over all claims; none where there are no claims.
///
/// *Range*: 0 to 1.
pub fn expected_calibration_error(bins: &[Bin]) -> Option<f64> {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let error: f64 = bins.iter().map(|bin| bin.weight * (bin.confidence - bin.right).abs()).sum();
    (total > 0.0).then(|| error / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(cases: &[(f64, bool)]) -> Vec<Claim> {
        let claim = |&(confidence, is_right)| Claim { what: Claimed::Key, confidence, is_right, weight: 1.0 };
        cases.iter().map(claim).collect()
    }

    #[test]
    fn the_error_is_how_far_claims_are_off_on_average() {
        for (cases, error) in [
            (&[(1.0, true), (0.0, false)][..], 0.0),
            (&[(0.75, true), (0.75, true), (0.75, true), (0.75, false)], 0.0),
            (&[(0.9, false), (0.9, true)], 0.4),
            (&[(0.25, true), (0.85, false)], 0.8),
        ] {
            let found = expected_calibration_error(&bins(&claims(cases))).unwrap();
            assert!((found - error).abs() < 1e-9, "{cases:?}: {found}");
        }
        assert_eq!(expected_calibration_error(&[]), None);
    }
}
