//! How far an analysis agrees with an annotation: the measures of MIREX, with the definitions of `mir_eval`.
//!
//! | measure of | module |
//! |---|---|
//! | beats and downbeats | [`beat`] |
//! | tempo | [`tempo`] |
//! | key | [`key`] |
//! | chords | [`chord`], which reads labels with [`harte`] |
//! | the leading voice | [`melody`] |
//! | boundaries and labels of sections | [`section`] |
//! | separated sources | [`separation`] |
//! | numbers that listeners gave | [`rank`] |
//! | classes told by descriptors | [`class`] |
//! | confidences | [`reliability`] |
//! | a whole track at once | [`track`] |
//!
//! All are pure functions of numbers; nothing here knows how an analysis is made or where an annotation lies.
//!
//! *Source*: Raffel, McFee, Humphrey, Salamon, Nieto, Liang, Ellis, "mir_eval: A Transparent Implementation of Common
//! MIR Metrics", ISMIR 2014.

pub mod beat;
pub mod chord;
pub mod class;
pub mod harte;
pub mod key;
pub mod melody;
pub mod rank;
pub mod reliability;
pub mod section;
pub mod separation;
mod span;
pub mod tempo;
pub mod track;

pub use span::{Labelled, spanning};

/// How much of what was found is right, and how much of what is right was found.
///
/// *Range*: 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    /// The right share of what was found.
    pub precision: f64,
    /// The found share of what is right.
    pub recall: f64,
}

impl Agreement {
    /// The harmonic mean of both.
    pub fn f_measure(self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// Matches moments that lie at most `window` apart, each at most once, as many as possible; zeros where one side is
/// empty.
///
/// Both sides are in order, so that taking the earliest partner is the largest matching.
fn matched(reference: &[f64], estimate: &[f64], window: f64) -> Agreement {
    let (mut row, mut column, mut hits) = (0, 0, 0_u32);
    while row < reference.len() && column < estimate.len() {
        // The comparisons stand as in `mir_eval`, where rounding decides at the very edge.
        if reference[row] < estimate[column] - window {
            row += 1;
        } else if reference[row] > estimate[column] + window {
            column += 1;
        } else {
            (hits, row, column) = (hits + 1, row + 1, column + 1);
        }
    }
    if reference.is_empty() || estimate.is_empty() {
        return Agreement::default();
    }
    Agreement {
        precision: f64::from(hits) / estimate.len() as f64,
        recall: f64::from(hits) / reference.len() as f64,
    }
}

#[cfg(test)]
mod fixtures;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_matched_once() {
        let agreement = matched(&[1.0, 2.0, 3.0], &[0.95, 1.05, 2.9], 0.1);
        assert_eq!(agreement, Agreement { precision: 2.0 / 3.0, recall: 2.0 / 3.0 });
        assert_eq!(matched(&[], &[1.0], 0.1).f_measure(), 0.0);
    }

    #[test]
    fn the_matching_is_the_largest() {
        // The nearest partner of the first would leave the second without one.
        assert_eq!(matched(&[1.0, 1.6], &[1.5, 2.1], 0.5).f_measure(), 1.0);
    }
}
