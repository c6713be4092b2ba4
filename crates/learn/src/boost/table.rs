//! Rows of features, and their bins.

use rayon::prelude::*;

use crate::error::{LearnError, check_length};

/// Rows of numbers, one row per candidate or sample.
///
/// *Shape*: `[row_count, feature_count]`; what is not a number, and minus infinity, counts as missing.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureTable {
    feature_count: usize,
    values: Vec<f32>,
}

impl FeatureTable {
    /// The table with these values, row after row.
    ///
    /// # Errors
    /// When the values are no whole number of rows, or there is no feature.
    pub fn new(feature_count: usize, values: Vec<f32>) -> Result<Self, LearnError> {
        if feature_count == 0 {
            return Err(LearnError::Empty { what: "the features of a table" });
        }
        let rows = values.len() / feature_count;
        check_length("values of a feature table", rows * feature_count, values.len())?;
        Ok(Self { feature_count, values })
    }

    /// How many rows.
    pub fn row_count(&self) -> usize {
        self.values.len() / self.feature_count
    }

    /// How many numbers a row has.
    pub fn feature_count(&self) -> usize {
        self.feature_count
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.feature_count..][..self.feature_count]
    }

    /// All values, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// Values looked at to lay the borders of bins.
const SAMPLE_MAX: usize = 200_000;
/// Bins per feature at most; bin 0 is for what is missing.
pub(crate) const BIN_COUNT: usize = 256;

/// A table whose numbers became bins.
#[derive(Debug)]
pub(crate) struct Binned {
    pub(crate) feature_count: usize,
    /// *Shape*: `[row_count, feature_count]`.
    pub(crate) bins: Vec<u8>,
    /// Per feature the largest value of bins 1, 2, …; the last bin has no border.
    pub(crate) borders: Vec<Vec<f32>>,
}

impl Binned {
    /// Bins of about equal numbers of rows, at most `bin_count` (and 255) per feature.
    pub(crate) fn new(table: &FeatureTable, bin_count: usize) -> Self {
        let width = table.feature_count();
        let step = table.row_count().div_ceil(SAMPLE_MAX).max(1);
        let borders: Vec<Vec<f32>> = (0..width)
            .into_par_iter()
            .map(|feature| {
                let column = (0..table.row_count()).step_by(step).map(|row| table.row(row)[feature]);
                borders(column.filter(|value| value.is_finite()).collect(), bin_count.clamp(2, BIN_COUNT - 1))
            })
            .collect();
        let mut bins = vec![0; table.values().len()];
        bins.par_chunks_mut(width * 1024).zip(table.values().par_chunks(width * 1024)).for_each(
            |(bins, values)| {
                for (place, (bin, &value)) in bins.iter_mut().zip(values).enumerate() {
                    *bin = bin_of(&borders[place % width], value);
                }
            },
        );
        Self { feature_count: width, bins, borders }
    }

    /// The bins of these features alone, in this order: what a tree that may use no others reads.
    pub(crate) fn narrowed(&self, features: &[usize]) -> Self {
        let width = features.len();
        let mut bins = vec![0; self.bins.len() / self.feature_count * width];
        bins.par_chunks_mut(width * 1024).zip(self.bins.par_chunks(self.feature_count * 1024)).for_each(
            |(narrow, wide)| {
                for (narrow, wide) in
                    narrow.chunks_exact_mut(width).zip(wide.chunks_exact(self.feature_count))
                {
                    narrow.iter_mut().zip(features).for_each(|(bin, &feature)| *bin = wide[feature]);
                }
            },
        );
        let borders = features.iter().map(|&feature| self.borders[feature].clone()).collect();
        Self { feature_count: width, bins, borders }
    }

    pub(crate) fn row(&self, row: u32) -> &[u8] {
        &self.bins[row as usize * self.feature_count..][..self.feature_count]
    }

    /// The value up to which rows go left when bins up to `bin` do.
    pub(crate) fn threshold(&self, feature: usize, bin: usize) -> f32 {
        // Bin 0 alone goes left where only what is missing does.
        if bin == 0 { f32::MIN } else { self.borders[feature][bin - 1] }
    }
}

fn bin_of(borders: &[f32], value: f32) -> u8 {
    if value.is_nan() || value == f32::NEG_INFINITY {
        return 0;
    }
    // At most 254 borders, so the last bin is 255.
    (1 + borders.partition_point(|&border| border < value)) as u8
}

/// Values that stand often get a bin of their own, the others share.
fn borders(mut values: Vec<f32>, bin_count: usize) -> Vec<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for value in values.iter().map(|value| value + 0.0) {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    if distinct.len() <= bin_count {
        return distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)).collect();
    }
    let mut borders = Vec::with_capacity(bin_count);
    let (mut left, mut filled) = (values.len(), 0);
    for pair in distinct.windows(2) {
        filled += pair[0].1;
        left -= pair[0].1;
        let bins_left = bin_count - borders.len();
        if bins_left < 2 {
            break;
        }
        let fair = (left + filled) / bins_left;
        if filled >= fair.max(1) || pair[1].1 >= fair.max(2) {
            borders.push(between(pair[0].0, pair[1].0));
            filled = 0;
        }
    }
    borders
}

/// A border that keeps the two apart, whatever rounding does.
fn between(low: f32, high: f32) -> f32 {
    let middle = low / 2.0 + high / 2.0;
    if middle >= low && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_missing_ones_the_first() {
        let table = FeatureTable::new(1, vec![2.0, 1.0, f32::NAN, 2.0, f32::INFINITY, 5.0]).unwrap();
        let binned = Binned::new(&table, 255);
        assert_eq!(binned.bins, [2, 1, 0, 2, 3, 3]);
        assert_eq!(binned.borders, [[1.5, 3.5]]);
    }

    #[test]
    fn many_values_share_bins_evenly_and_frequent_ones_stand_alone() {
        let mut values: Vec<f32> = (0..4000).map(|i| i as f32).collect();
        values.extend(vec![-1.0; 4000]);
        let binned = Binned::new(&FeatureTable::new(1, values).unwrap(), 16);
        assert!(binned.borders[0].len() < 16 && binned.borders[0].len() > 10, "{:?}", binned.borders);
        assert_eq!(binned.borders[0][0], -0.5);
        assert!(binned.borders[0].windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_narrowed_table_has_the_same_bins() {
        let table = FeatureTable::new(3, (0..30).map(|i| ((i * 7) % 11) as f32).collect()).unwrap();
        let binned = Binned::new(&table, 255);
        let narrow = binned.narrowed(&[0, 2]);
        for row in 0..10 {
            assert_eq!(narrow.row(row), [binned.row(row)[0], binned.row(row)[2]]);
        }
        assert_eq!(narrow.threshold(1, 2), binned.threshold(2, 2));
    }

    #[test]
    fn tables_without_shape_are_refused() {
        assert!(FeatureTable::new(0, vec![]).is_err());
        assert!(FeatureTable::new(2, vec![1.0]).is_err());
        assert_eq!(FeatureTable::new(2, vec![]).unwrap().row_count(), 0);
    }
}
