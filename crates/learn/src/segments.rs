//! Segments: kinds of listeners, so that somebody of whom little is known can be taken for one of several kinds, each
//! with its probability.
//!
//! A segment has a share of all listeners and says of every category (an artist, a country, a kind of device) how much
//! more often it occurs within the segment than elsewhere.
//! What is known of a newcomer is weighed by Bayes' rule into probabilities of segments ([`Posterior`]); what the
//! segments have, such as their mean vector, is then mixed by these.
//!
//! The categories are counted and smoothed in [`SegmentTable`]; which segments there are is found in [`fit`], which
//! needs the feature `train`.
//! It does not decide which facts are known of somebody, nor what they are worth beside each other: the caller weighs.

#[cfg(feature = "train")]
mod fit;
#[cfg(feature = "train")]
mod start;
#[cfg(feature = "train")]
mod tell;

#[cfg(feature = "train")]
pub use fit::{Fitted, SegmentParams, fit, means, tabulate};
#[cfg(feature = "train")]
pub use tell::{Telling, telling};

use crate::error::{LearnError, check_length, check_not_negative};
use crate::factors::Factors;
use crate::sparse::Sparse;

/// How often categories occur in each segment, against how often they occur at all.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentTable {
    /// *Shape*: `[segments, categories]`.
    counts: Sparse,
    /// The sum of each segment's counts. *Shape*: `[segments]`.
    totals: Vec<f32>,
    /// The share of each category in all counts. *Shape*: `[categories]`.
    shares: Vec<f32>,
    smoothing: f32,
    /// What brings a segment's smoothed shares to a sum of 1, as a logarithm. *Shape*: `[segments]`.
    ln_norms: Vec<f32>,
}

impl SegmentTable {
    /// The table of these counts, 0 or more each.
    ///
    /// `smoothing` is in occurrences: a category that the segment's size lets expect as often as that is believed by
    /// half.
    ///
    /// *Shape*: `counts` is `[segments, categories]`.
    ///
    /// # Errors
    /// When a count is negative or `smoothing` is not above 0.
    pub fn new(counts: Sparse, smoothing: f32) -> Result<Self, LearnError> {
        crate::error::check_positive("smoothing", f64::from(smoothing))?;
        if let Some(&count) = counts.values().iter().find(|count| **count < 0.0) {
            check_not_negative("a count of a segment", f64::from(count))?;
        }
        let mut shares = vec![0.0_f64; counts.column_count()];
        let mut totals = vec![0.0_f64; counts.row_count()];
        for (row, total) in totals.iter_mut().enumerate() {
            let (columns, values) = counts.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                shares[column as usize] += f64::from(value);
                *total += f64::from(value);
            }
        }
        let all: f64 = totals.iter().sum();
        let scale = if all > 0.0 { all.recip() } else { 0.0 };
        let mut table = Self {
            ln_norms: vec![0.0; counts.row_count()],
            counts,
            totals: totals.into_iter().map(|total| total as f32).collect(),
            shares: shares.into_iter().map(|share| (share * scale) as f32).collect(),
            smoothing,
        };
        table.ln_norms = (0..table.totals.len()).map(|segment| table.ln_norm(segment)).collect();
        Ok(table)
    }

    /// The logarithm of the sum over all categories of share times lift.
    fn ln_norm(&self, segment: usize) -> f32 {
        let (mut listed, mut sum) = (self.counts.row(segment), 0.0_f64);
        for (category, &share) in self.shares.iter().enumerate() {
            let count = match listed.0.first() {
                Some(&column) if column as usize == category => {
                    let count = listed.1[0];
                    listed = (&listed.0[1..], &listed.1[1..]);
                    count
                }
                _ => 0.0,
            };
            sum += f64::from(share * self.raw_lift(segment, count, share));
        }
        if sum > 0.0 { sum.ln() as f32 } else { 0.0 }
    }

    /// `(n + s) / (e + s)`, with `e` the number that the segment's size and the category's share let expect.
    ///
    /// *Source*: the mean of a Poisson rate under a Gamma prior around 1, as in DuMouchel (1999), "Bayesian data mining in
    /// large frequency tables", section 3, with one component.
    fn raw_lift(&self, segment: usize, count: f32, share: f32) -> f32 {
        (count + self.smoothing) / (self.totals[segment] * share + self.smoothing)
    }

    /// By how much the category is more frequent in the segment than elsewhere, as a logarithm; 0 for one that is not
    /// known at all.
    pub fn ln_lift(&self, segment: usize, category: u32) -> f32 {
        match self.shares.get(category as usize) {
            Some(&share) if share > 0.0 && segment < self.totals.len() => {
                self.raw_lift(segment, self.count(segment, category), share).ln() - self.ln_norms[segment]
            }
            _ => 0.0,
        }
    }

    /// How often the category occurs in the segment.
    pub fn count(&self, segment: usize, category: u32) -> f32 {
        let (columns, values) = self.counts.row(segment);
        columns.binary_search(&category).map_or(0.0, |place| values[place])
    }

    /// The share of the category in everything that was counted; 0 for one that is not known.
    pub fn share(&self, category: u32) -> f32 {
        self.shares.get(category as usize).copied().unwrap_or(0.0)
    }

    /// All counts. *Shape*: `[segments, categories]`.
    pub const fn counts(&self) -> &Sparse {
        &self.counts
    }

    /// How much is believed of small counts, as [`new`](Self::new) was given it.
    pub const fn smoothing(&self) -> f32 {
        self.smoothing
    }

    /// How many segments.
    pub fn segment_count(&self) -> usize {
        self.totals.len()
    }

    /// How many categories.
    pub fn category_count(&self) -> usize {
        self.shares.len()
    }
}

/// What is thought of which segment somebody belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    ln_odds: Vec<f32>,
}

impl Posterior {
    /// Nothing is known but the segments' shares of all listeners; a segment without a share is none that anybody
    /// belongs to.
    pub fn of(shares: &[f32]) -> Self {
        Self { ln_odds: shares.iter().map(|share| share.max(f32::MIN_POSITIVE).ln()).collect() }
    }

    /// Takes one fact in, so often as `weight` says; what a table does not know says nothing.
    ///
    /// # Panics
    /// When the table has other segments.
    pub fn observe(&mut self, table: &SegmentTable, category: u32, weight: f32) {
        assert_eq!(self.ln_odds.len(), table.segment_count(), "tables of one model have the same segments");
        if !(weight.is_finite() && table.share(category) > 0.0) {
            return;
        }
        for (segment, odds) in self.ln_odds.iter_mut().enumerate() {
            *odds += weight * table.ln_lift(segment, category);
        }
    }

    /// The probability of each segment; they sum to 1.
    pub fn probabilities(&self) -> Vec<f32> {
        let highest = self.ln_odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut odds: Vec<f32> = self.ln_odds.iter().map(|odds| (odds - highest).exp()).collect();
        let sum: f32 = odds.iter().sum();
        odds.iter_mut().for_each(|odds| *odds /= sum);
        odds
    }
}

/// The segments that listeners are in, and how to tell by what somebody likes.
#[derive(Clone, Debug, PartialEq)]
pub struct Segments {
    /// How many listeners each has, by what their word is worth. *Shape*: `[segments]`.
    listener_counts: Vec<f32>,
    /// How often each item is liked in each. *Shape*: `[segments, items]`.
    table: SegmentTable,
    certainty: f32,
}

impl Segments {
    /// The segments with these parts, as the accessors of the same names return them.
    ///
    /// # Errors
    /// When the parts are not of the same segments, there is none, or a number is out of its range.
    pub fn from_parts(
        listener_counts: Vec<f32>,
        table: SegmentTable,
        certainty: f32,
    ) -> Result<Self, LearnError> {
        check_length("listener counts of segments", table.segment_count(), listener_counts.len())?;
        crate::error::check_positive("certainty", f64::from(certainty))?;
        if listener_counts.is_empty() {
            return Err(LearnError::Empty { what: "the list of segments" });
        }
        for &count in &listener_counts {
            crate::error::check_positive("listener_count", f64::from(count))?;
        }
        Ok(Self { listener_counts, table, certainty })
    }

    /// Where somebody who likes these items, each with its weight, probably belongs.
    ///
    /// What one listener likes hangs together, and is no number of independent facts; so all of it counts as
    /// [`certainty`](Self::certainty) facts at most.
    pub fn posterior(&self, liked: &[(u32, f32)]) -> Posterior {
        let mut posterior = Posterior::of(&self.shares());
        let known = liked.iter().filter(|(item, weight)| *weight > 0.0 && self.table.share(*item) > 0.0);
        let total: f32 = known.clone().map(|(_, weight)| weight).sum();
        let scale = (self.certainty / total.max(f32::MIN_POSITIVE)).min(1.0);
        known.for_each(|&(item, weight)| posterior.observe(&self.table, item, weight * scale));
        posterior
    }

    /// The share of all listeners in each segment; they sum to 1.
    pub fn shares(&self) -> Vec<f32> {
        let sum: f32 = self.listener_counts.iter().sum();
        self.listener_counts.iter().map(|count| count / sum).collect()
    }

    /// How many listeners each segment has, as far as their word counts.
    pub fn listener_counts(&self) -> &[f32] {
        &self.listener_counts
    }

    /// How often items are liked in each segment.
    pub const fn table(&self) -> &SegmentTable {
        &self.table
    }

    /// As how many independent facts all that somebody likes counts, at most.
    pub const fn certainty(&self) -> f32 {
        self.certainty
    }

    /// How many segments.
    pub fn count(&self) -> usize {
        self.listener_counts.len()
    }
}

/// The vectors of segments, mixed by their probabilities.
///
/// *Shape*: `means` is `[segments, dim]`, `probabilities` `[segments]`.
///
/// # Errors
/// When these are not the same segments.
pub fn mixed(means: &Factors, probabilities: &[f32]) -> Result<Vec<f32>, LearnError> {
    check_length("probabilities of segments", means.row_count(), probabilities.len())?;
    let mut mixed = vec![0.0; means.dim()];
    for (segment, &probability) in probabilities.iter().enumerate() {
        crate::kernel::add_scaled(probability, means.row(segment), &mut mixed);
    }
    Ok(mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two segments: the first mostly has category 0, the second 1; both have 2, nobody has 3.
    fn table(smoothing: f32) -> SegmentTable {
        let counts = [(0, 0, 80.0), (0, 1, 20.0), (0, 2, 100.0), (1, 0, 5.0), (1, 1, 45.0), (1, 2, 50.0)];
        SegmentTable::new(Sparse::from_triplets(2, 4, counts).unwrap(), smoothing).unwrap()
    }

    #[test]
    fn what_is_frequent_everywhere_says_nothing_and_small_counts_little() {
        let table = table(1.0);
        assert!(table.ln_lift(0, 0) > 0.3 && table.ln_lift(1, 0) < -1.0);
        assert!(table.ln_lift(0, 2).abs() < 0.02 && table.ln_lift(1, 2).abs() < 0.02);
        assert_eq!((table.ln_lift(0, 3), table.ln_lift(0, 9), table.share(3)), (0.0, 0.0, 0.0));
        let (sure, unsure) = (table.ln_lift(1, 0), self::table(50.0).ln_lift(1, 0));
        assert!(sure < unsure && unsure < 0.0, "{sure} {unsure}");
        for segment in 0..2 {
            let of = |category| table.share(category) * table.ln_lift(segment, category).exp();
            assert!(((0..4).map(of).sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn facts_turn_shares_into_probabilities_by_bayes_rule() {
        let table = table(1e-6);
        let mut posterior = Posterior::of(&[0.75, 0.25]);
        assert!((posterior.probabilities()[0] - 0.75).abs() < 1e-5);
        posterior.observe(&table, 1, 1.0);
        // 20 of 200 in the first, 45 of 100 in the second.
        let (first, second) = (0.75 * 0.1, 0.25 * 0.45);
        assert!((posterior.probabilities()[0] - first / (first + second)).abs() < 1e-4);
        let before = posterior.clone();
        posterior.observe(&table, 3, 1.0);
        posterior.observe(&table, 0, f32::NAN);
        assert_eq!(posterior, before, "what is not known says nothing");
        (0..200).for_each(|_| posterior.observe(&table, 1, 5.0));
        assert!(posterior.probabilities().iter().all(|probability| probability.is_finite()));
    }

    #[test]
    fn vectors_are_mixed_by_probability() {
        let means = Factors::new(2, vec![1.0, 0.0, 0.0, 2.0]).unwrap();
        assert_eq!(mixed(&means, &[0.25, 0.75]).unwrap(), [0.25, 1.5]);
        assert!(mixed(&means, &[1.0]).is_err());
    }

    #[test]
    fn counts_that_make_no_sense_are_refused() {
        let counts = |value| Sparse::from_triplets(1, 2, [(0, 0, value)]).unwrap();
        assert!(SegmentTable::new(counts(-1.0), 1.0).is_err());
        assert!(SegmentTable::new(counts(1.0), 0.0).is_err());
        let nothing = SegmentTable::new(Sparse::from_triplets(2, 2, []).unwrap(), 1.0).unwrap();
        assert_eq!(nothing.ln_lift(1, 1), 0.0);
    }
}
