//! Chords: the share of the time in which the label is right, under several ideas of "right".

use super::harte::{Chord, Harmony, LabelError};
use super::span::{Labelled, spanning};

/// What has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// The root.
    Root,
    /// The root and whether the third is minor.
    Thirds,
    /// The root and everything up to the fifth.
    Triads,
    /// The root and everything within the octave.
    Tetrads,
    /// As triads, where only major and minor triads and silence are judged.
    MajMin,
    /// As tetrads, where only major, minor, their sevenths, the dominant seventh and silence are judged.
    Sevenths,
    /// At least three notes in common.
    Mirex,
}

/// Chords of one track beside those of its annotation, over the annotated time.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Seconds, what was annotated and what was found.
    spans: Vec<(f64, Harmony, Harmony)>,
    /// How well the changes were found: 1 − the directional Hamming distances.
    over_segmentation: f64,
    under_segmentation: f64,
}

impl Comparison {
    /// Cuts both into stretches in which neither changes.
    ///
    /// # Errors
    /// When a label is not in the syntax.
    pub fn new(reference: &[Labelled], estimate: &[Labelled]) -> Result<Self, LabelError> {
        let start = reference.iter().map(|span| span.start).fold(f64::INFINITY, f64::min);
        let end = reference.iter().map(|span| span.end).fold(f64::NEG_INFINITY, f64::max);
        let empty = Self { spans: Vec::new(), over_segmentation: 0.0, under_segmentation: 0.0 };
        if reference.is_empty() || end <= start {
            return Ok(empty);
        }
        let estimate = spanning(estimate, start, Some(end), "N");
        let mut edges: Vec<f64> =
            reference.iter().chain(&estimate).flat_map(|span| [span.start, span.end]).collect();
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        let harmonies = |spans: &[Labelled]| -> Result<Vec<Harmony>, LabelError> {
            spans.iter().map(|span| Harmony::parse(&span.label)).collect()
        };
        let (annotated, found) = (harmonies(reference)?, harmonies(&estimate)?);
        let (mut row, mut column) = (0, 0);
        let mut spans = Vec::with_capacity(edges.len());
        for edge in edges.windows(2) {
            // The last stretch that has begun counts, also across a gap.
            while reference.get(row + 1).is_some_and(|span| span.start <= edge[0]) {
                row += 1;
            }
            while estimate.get(column + 1).is_some_and(|span| span.start <= edge[0]) {
                column += 1;
            }
            spans.push((edge[1] - edge[0], annotated[row], found[column]));
        }
        let (reference, estimate) = (merged(reference)?, merged(&estimate)?);
        Ok(Self {
            spans,
            over_segmentation: 1.0 - hamming(&reference, &estimate),
            under_segmentation: 1.0 - hamming(&estimate, &reference),
        })
    }

    /// The share of the judged time in which both agree; with `inversions` the bass has to agree too.
    ///
    /// None where nothing can be judged.
    ///
    /// *Source*: Pauwels, Peeters, "Evaluating automatically estimated chord sequences", 2013.
    pub fn share(&self, vocabulary: Vocabulary, inversions: bool) -> Option<f64> {
        let (mut right, mut judged) = (0.0, 0.0);
        for &(seconds, reference, estimate) in &self.spans {
            if let Some(is_right) = agree(vocabulary, inversions, reference, estimate) {
                judged += seconds;
                right += if is_right { seconds } else { 0.0 };
            }
        }
        (judged > 0.0).then(|| right / judged)
    }

    /// How little the annotated chords are cut into pieces.
    pub const fn over_segmentation(&self) -> f64 {
        self.over_segmentation
    }

    /// How little the chords that were found run across annotated changes.
    pub const fn under_segmentation(&self) -> f64 {
        self.under_segmentation
    }
}

/// Whether two harmonies agree; none where the vocabulary does not judge the reference.
pub(super) fn agree(
    vocabulary: Vocabulary,
    inversions: bool,
    reference: Harmony,
    estimate: Harmony,
) -> Option<bool> {
    use Vocabulary::{MajMin, Mirex, Root, Sevenths, Tetrads, Thirds, Triads};
    let (a, b) = match (reference, estimate) {
        (Harmony::Unknown, _) => return None,
        (Harmony::None, Harmony::Unknown) if vocabulary == Root => return Some(true),
        (Harmony::None, estimate) => return Some(estimate == Harmony::None),
        (Harmony::Chord(a), Harmony::Chord(b)) => (Some(a), Some(b)),
        (Harmony::Chord(a), _) => (Some(a), None),
    };
    let a = a?;
    let is_judged = match vocabulary {
        MajMin => [MAJOR, MINOR].contains(&a.triad()),
        Sevenths => [MAJOR, MINOR, MAJOR | 1 << 11, MAJOR | 1 << 10, MINOR | 1 << 10].contains(&a.tones),
        Mirex => a.tones.count_ones() >= 3,
        Root | Thirds | Triads | Tetrads => true,
    };
    if !is_judged {
        return None;
    }
    let Some(b) = b else { return Some(false) };
    let is_right = match vocabulary {
        Mirex => (absolute(a) & absolute(b)).count_ones() >= 3,
        Root => a.root == b.root,
        Thirds => a.root == b.root && (a.tones ^ b.tones) & 1 << 3 == 0,
        Triads | MajMin => a.root == b.root && a.triad() == b.triad(),
        Tetrads | Sevenths => a.root == b.root && a.tones == b.tones,
    };
    Some(is_right && (!inversions || a.bass == b.bass))
}

const MAJOR: u16 = 1 | 1 << 4 | 1 << 7;
const MINOR: u16 = 1 | 1 << 3 | 1 << 7;

/// The notes themselves, C for bit 0.
fn absolute(chord: Chord) -> u16 {
    let turned = u32::from(chord.tones) << chord.root;
    ((turned | turned >> 12) & 0xfff) as u16
}

/// Neighbours of the same harmony as one stretch.
fn merged(spans: &[Labelled]) -> Result<Vec<(f64, f64)>, LabelError> {
    let mut merged: Vec<(f64, f64)> = Vec::new();
    let mut last = None;
    for span in spans {
        let harmony = Harmony::parse_folded(&span.label)?;
        match merged.last_mut() {
            Some(before) if last == Some(harmony) => before.1 = span.end,
            _ => merged.push((span.start, span.end)),
        }
        last = Some(harmony);
    }
    Ok(merged)
}

/// How much of each stretch lies outside the largest piece that the edges of `other` cut it into.
///
/// *Source*: Mauch, "Automatic Chord Transcription from Audio Using Computational Models of Musical Context", 2010,
/// section 2.3.
fn hamming(spans: &[(f64, f64)], other: &[(f64, f64)]) -> f64 {
    let mut edges: Vec<f64> = other.iter().flat_map(|span| [span.0, span.1]).collect();
    edges.sort_by(f64::total_cmp);
    let mut lost = 0.0;
    for &(start, end) in spans {
        let first = edges.partition_point(|&edge| edge < start);
        let (mut largest, mut from) = (0.0_f64, start);
        for &edge in edges[first..].iter().take_while(|&&edge| edge < end).chain([&end]) {
            largest = largest.max(edge - from);
            from = edge;
        }
        lost += end - start - largest;
    }
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return 1.0 };
    lost / (last.1 - first.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(
        reference: &[(f64, f64, &str)],
        estimate: &[(f64, f64, &str)],
        vocabulary: Vocabulary,
    ) -> Option<f64> {
        let spans = |spans: &[(f64, f64, &str)]| -> Vec<Labelled> {
            spans.iter().map(|(start, end, label)| Labelled::new(*start, *end, label)).collect()
        };
        Comparison::new(&spans(reference), &spans(estimate)).unwrap().share(vocabulary, false)
    }

    #[test]
    fn the_share_is_of_time_and_not_of_labels() {
        let reference = [(0.0, 3.0, "C:maj"), (3.0, 4.0, "A:min")];
        let estimate = [(0.0, 4.0, "C:maj")];
        assert_eq!(share(&reference, &estimate, Vocabulary::MajMin), Some(0.75));
        assert_eq!(share(&reference, &[], Vocabulary::MajMin), Some(0.0));
    }

    #[test]
    fn chords_outside_the_vocabulary_are_not_judged() {
        let reference = [(0.0, 1.0, "C:sus4"), (1.0, 2.0, "C:min7"), (2.0, 3.0, "X")];
        assert_eq!(share(&reference, &[(0.0, 3.0, "C:min")], Vocabulary::MajMin), Some(1.0));
        assert_eq!(share(&reference, &[(0.0, 3.0, "C:min")], Vocabulary::Sevenths), Some(0.0));
        assert_eq!(share(&reference[..1], &[(0.0, 1.0, "C:maj")], Vocabulary::MajMin), None);
        assert_eq!(share(&[], &[(0.0, 1.0, "C:maj")], Vocabulary::MajMin), None);
    }

    #[test]
    fn silence_is_a_label_that_can_be_right() {
        assert_eq!(share(&[(0.0, 1.0, "N")], &[], Vocabulary::MajMin), Some(1.0));
        assert_eq!(share(&[(0.0, 1.0, "N")], &[(0.0, 1.0, "C")], Vocabulary::MajMin), Some(0.0));
    }

    #[test]
    fn cutting_and_joining_are_told_apart() {
        let whole = [Labelled::new(0.0, 4.0, "C")];
        let halves = [Labelled::new(0.0, 2.0, "C"), Labelled::new(2.0, 4.0, "G")];
        let comparison = Comparison::new(&whole, &halves).unwrap();
        assert_eq!((comparison.over_segmentation(), comparison.under_segmentation()), (0.5, 1.0));
    }
}
