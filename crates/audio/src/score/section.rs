//! Sections: where they begin, which of them are alike, and what they are called.

use std::collections::BTreeMap;

use music::analysis::SectionLabel;

use super::span::{Labelled, spanning};
use super::{Agreement, matched};

/// The frame of everything that is measured over time, in seconds.
const FRAME: f64 = 0.1;
/// The most frames that are looked at: a day and more.
const FRAME_COUNT_MAX: usize = 1 << 20;

/// Two segmentations of one track over the same time.
#[derive(Clone, Debug)]
pub struct Comparison {
    reference: Vec<Labelled>,
    estimate: Vec<Labelled>,
    /// How many frames have each pair of labels.
    pairs: BTreeMap<(usize, usize), f64>,
}

impl Comparison {
    /// Both from 0 s to the end of the annotation; what is missing at either end is a section of its own.
    pub fn new(reference: &[Labelled], estimate: &[Labelled]) -> Self {
        let reference = spanning(reference, 0.0, None, "__T_MIN");
        let end = reference.iter().map(|span| span.end).fold(0.0, f64::max);
        // The estimate is made to begin at 0 first, and to end with the annotation then.
        let estimate = spanning(&spanning(estimate, 0.0, None, "__T_MIN"), 0.0, Some(end), "__T_MAX");
        let mut pairs = BTreeMap::new();
        for pair in frames(&reference, end).into_iter().zip(frames(&estimate, end)) {
            *pairs.entry(pair).or_default() += 1.0;
        }
        Self { reference, estimate, pairs }
    }

    /// How many boundaries are found within `window` seconds; the first and the last are among them.
    ///
    /// *Source*: Turnbull, Lanckriet, Pampalk, Goto, "A supervised approach for detecting boundaries in music using
    /// difference features and boosting", 2007.
    pub fn boundaries(&self, window: f64) -> Agreement {
        matched(&edges(&self.reference), &edges(&self.estimate), window)
    }

    /// The median distance from an annotated boundary to the nearest one found, and the other way round, in seconds.
    pub fn deviations(&self) -> Option<(f64, f64)> {
        let (reference, estimate) = (edges(&self.reference), edges(&self.estimate));
        Some((median_distance(&reference, &estimate)?, median_distance(&estimate, &reference)?))
    }

    /// How many pairs of frames that belong together do so on the other side.
    ///
    /// *Source*: Levy, Sandler, "Structural segmentation of musical audio by constrained clustering", 2008.
    pub fn pairwise(&self) -> Agreement {
        let counts = self.pair_counts();
        let share = |of: f64| if of > 0.0 { counts.both / of } else { 0.0 };
        Agreement { precision: share(counts.estimate), recall: share(counts.reference) }
    }

    /// The share of the pairs of frames on which both sides agree, and the same corrected for chance.
    ///
    /// *Source*: Hubert, Arabie, "Comparing partitions", 1985.
    pub fn rand_index(&self) -> (f64, f64) {
        let counts = self.pair_counts();
        let frame_count: f64 = self.pairs.values().sum();
        let all = pairs_of(frame_count);
        if all == 0.0 {
            return (0.0, 0.0);
        }
        let plain = (all + 2.0 * counts.both - counts.reference - counts.estimate) / all;
        let expected = counts.reference * counts.estimate / all;
        let mean = f64::midpoint(counts.reference, counts.estimate);
        let adjusted = if mean == expected { 1.0 } else { (counts.both - expected) / (mean - expected) };
        (plain, adjusted)
    }

    /// How little is joined that is apart (precision: over-segmentation) and how little is cut that is one
    /// (recall: under-segmentation), by entropies against those of equal shares.
    ///
    /// *Source*: Lukashevich, "Towards quantitative measures of evaluating song segmentation", 2008.
    pub fn conditional_entropy(&self) -> Agreement {
        self.entropies(|shares| (shares.len() as f64).log2())
    }

    /// The same against the entropies that both sides have: the V-measure.
    ///
    /// *Source*: Rosenberg, Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    /// 2007.
    pub fn v_measure(&self) -> Agreement {
        self.entropies(entropy)
    }

    fn entropies(&self, norm: fn(&[f64]) -> f64) -> Agreement {
        let (rows, columns) = self.margins();
        let joint: Vec<f64> = self.pairs.values().copied().collect();
        let (rows, columns): (Vec<f64>, Vec<f64>) =
            (rows.into_values().collect(), columns.into_values().collect());
        let score = |given: &[f64], other: &[f64]| {
            let norm = norm(given);
            if norm > 0.0 { 1.0 - (entropy(&joint) - entropy(other)) / norm } else { 0.0 }
        };
        // What the reference tells of the estimate, and what the estimate tells of the reference.
        Agreement { precision: score(&columns, &rows), recall: score(&rows, &columns) }
    }

    fn margins(&self) -> (BTreeMap<usize, f64>, BTreeMap<usize, f64>) {
        let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
        for (&(row, column), count) in &self.pairs {
            *rows.entry(row).or_default() += count;
            *columns.entry(column).or_default() += count;
        }
        (rows, columns)
    }

    fn pair_counts(&self) -> PairCounts {
        let (rows, columns) = self.margins();
        PairCounts {
            both: self.pairs.values().copied().map(pairs_of).sum(),
            reference: rows.into_values().map(pairs_of).sum(),
            estimate: columns.into_values().map(pairs_of).sum(),
        }
    }
}

struct PairCounts {
    both: f64,
    reference: f64,
    estimate: f64,
}

/// The share of the time whose section is called by its right name; names outside our labels are not judged.
///
/// None where nothing can be judged.
pub fn label_accuracy(reference: &[Labelled], estimate: &[Labelled]) -> Option<f64> {
    let (mut right, mut judged) = (0.0, 0.0);
    for span in reference {
        let Some(label) = label(&span.label) else { continue };
        judged += span.end - span.start;
        for other in estimate.iter().filter(|other| self::label(&other.label) == Some(label)) {
            right += (span.end.min(other.end) - span.start.max(other.start)).max(0.0);
        }
    }
    (judged > 0.0).then(|| right / judged)
}

/// How we write a label; [`label`] reads it back.
pub const fn name(label: SectionLabel) -> &'static str {
    match label {
        SectionLabel::Intro => "intro",
        SectionLabel::Verse => "verse",
        SectionLabel::PreChorus => "pre_chorus",
        SectionLabel::Chorus => "chorus",
        SectionLabel::Bridge => "bridge",
        SectionLabel::Solo => "solo",
        SectionLabel::Break => "break",
        SectionLabel::Outro => "outro",
        SectionLabel::Other => "other",
    }
}

/// Our label for the name that an annotator gave; none for names such as `A` that only tell what is alike.
pub fn label(name: &str) -> Option<SectionLabel> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect();
    Some(match plain.as_str() {
        "intro" | "introa" | "introb" | "fadein" | "introchorus" => SectionLabel::Intro,
        "verse" | "versea" | "verseb" | "versec" | "altverse" => SectionLabel::Verse,
        "prechorus" | "prechorusa" | "prechorusb" => SectionLabel::PreChorus,
        "chorus" | "refrain" | "chorusa" | "chorusb" | "postchorus" | "hook" => SectionLabel::Chorus,
        "bridge" | "middle" | "middleeight" | "bridgea" | "bridgeb" => SectionLabel::Bridge,
        "solo" | "guitarsolo" | "inst" | "instrumental" | "interlude" => SectionLabel::Solo,
        "break" | "breakdown" => SectionLabel::Break,
        "outro" | "coda" | "ending" | "fadeout" | "fade" => SectionLabel::Outro,
        "other" => SectionLabel::Other,
        _ => return None,
    })
}

/// The number of each label, frame by frame; where stretches overlap the later one counts.
fn frames(spans: &[Labelled], end: f64) -> Vec<usize> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let count = ((end / FRAME).floor() as usize).min(FRAME_COUNT_MAX);
    // `mir_eval` keeps these times in single precision.
    let time = |frame: usize| f64::from(frame as f32 * FRAME as f32);
    let mut frames = vec![usize::MAX; count];
    for span in spans {
        let next = numbers.len();
        let number = *numbers.entry(&span.label).or_insert(next);
        let first = first_frame(count, |frame| time(frame) >= span.start);
        let last = first_frame(count, |frame| time(frame) > span.end);
        if first < last {
            frames[first..last].fill(number);
        }
    }
    frames
}

/// The first of `count` frames for which a condition holds that holds for all after it.
fn first_frame(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Where stretches begin and end, each moment once.
fn edges(spans: &[Labelled]) -> Vec<f64> {
    let rounded = |time: f64| (time * 1e5).round_ties_even() / 1e5;
    let mut edges: Vec<f64> =
        spans.iter().flat_map(|span| [rounded(span.start), rounded(span.end)]).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
}

fn median_distance(from: &[f64], to: &[f64]) -> Option<f64> {
    let nearest = |moment: &f64| to.iter().map(|other| (moment - other).abs()).fold(f64::INFINITY, f64::min);
    let mut distances: Vec<f64> = from.iter().map(nearest).collect();
    distances.sort_by(f64::total_cmp);
    let middle = distances.len() / 2;
    match (distances.is_empty() || to.is_empty(), distances.len() % 2) {
        (true, _) => None,
        (false, 1) => Some(distances[middle]),
        (false, _) => Some(f64::midpoint(distances[middle - 1], distances[middle])),
    }
}

fn pairs_of(count: f64) -> f64 {
    count * (count - 1.0) / 2.0
}

/// In bits, of counts.
fn entropy(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    -counts
        .iter()
        .filter(|&&count| count > 0.0)
        .map(|count| count / total * (count / total).log2())
        .sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &[(f64, f64, &str)]) -> Vec<Labelled> {
        text.iter().map(|(start, end, label)| Labelled::new(*start, *end, label)).collect()
    }

    #[test]
    fn names_do_not_matter_for_what_is_alike() {
        let reference = form(&[(0.0, 10.0, "verse"), (10.0, 20.0, "chorus"), (20.0, 30.0, "verse")]);
        let estimate = form(&[(0.0, 10.0, "A"), (10.0, 20.0, "B"), (20.0, 30.0, "A")]);
        let comparison = Comparison::new(&reference, &estimate);
        assert_eq!(comparison.boundaries(0.5).f_measure(), 1.0);
        assert_eq!(comparison.pairwise().f_measure(), 1.0);
        assert_eq!(comparison.rand_index(), (1.0, 1.0));
        assert!((comparison.v_measure().f_measure() - 1.0).abs() < 1e-12);
        assert_eq!(comparison.deviations(), Some((0.0, 0.0)));
    }

    #[test]
    fn one_section_for_all_tells_nothing() {
        let reference = form(&[(0.0, 10.0, "verse"), (10.0, 20.0, "chorus")]);
        let comparison = Comparison::new(&reference, &form(&[(0.0, 20.0, "A")]));
        assert_eq!(comparison.pairwise().recall, 1.0);
        assert!(comparison.pairwise().precision < 0.55);
        assert!(comparison.rand_index().1.abs() < 1e-12);
        assert_eq!(comparison.conditional_entropy().f_measure(), 0.0);
    }

    #[test]
    fn names_are_judged_by_time_and_only_where_they_are_ours() {
        let reference = form(&[(0.0, 10.0, "Intro"), (10.0, 30.0, "chorus2"), (30.0, 60.0, "Q")]);
        let estimate = form(&[(0.0, 15.0, "intro"), (15.0, 60.0, "chorus")]);
        assert_eq!(label_accuracy(&reference, &estimate), Some(25.0 / 30.0));
        assert_eq!(label_accuracy(&reference[2..], &estimate), None);
        assert_eq!(label_accuracy(&reference, &[]), Some(0.0));
    }

    #[test]
    fn every_label_of_ours_is_read_back() {
        for label in [SectionLabel::Intro, SectionLabel::PreChorus, SectionLabel::Break, SectionLabel::Other]
        {
            let name = serde_json::to_value(label).unwrap();
            assert_eq!(super::label(name.as_str().unwrap()), Some(label));
        }
    }

    #[test]
    fn nothing_at_all_scores_nothing() {
        let comparison = Comparison::new(&[], &[]);
        assert_eq!(comparison.boundaries(3.0).f_measure(), 0.0);
        assert_eq!(comparison.pairwise().f_measure(), 0.0);
        assert_eq!(comparison.rand_index(), (0.0, 0.0));
        assert_eq!(comparison.v_measure().f_measure(), 0.0);
        assert_eq!(comparison.deviations(), None);
    }
}
