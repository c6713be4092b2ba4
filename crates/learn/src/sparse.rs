//! A sparse matrix of 32-bit floats in compressed rows: who interacted with what, and how much.
//!
//! It does no arithmetic beyond summing duplicates; the models do that.

use crate::error::{LearnError, check_finite, check_length};

/// A sparse matrix, row by row, the columns of a row in ascending order without repeats.
///
/// *Shape*: `[row_count, column_count]`, entries finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    row_starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    column_count: usize,
}

impl Sparse {
    /// The matrix with these entries; entries of the same place are summed in the order given.
    ///
    /// *Complexity*: linear in the entries, plus sorting within each row.
    ///
    /// # Errors
    /// When a row or column lies outside the shape, or a value or a sum is not finite.
    pub fn from_triplets(
        row_count: usize,
        column_count: usize,
        triplets: impl IntoIterator<Item = (u32, u32, f32)>,
    ) -> Result<Self, LearnError> {
        let triplets: Vec<(u32, u32, f32)> = triplets.into_iter().collect();
        let mut starts = vec![0_usize; row_count + 1];
        for (index, &(row, column, value)) in triplets.iter().enumerate() {
            check_below("row", index, row as usize, row_count)?;
            check_below("column", index, column as usize, column_count)?;
            if !value.is_finite() {
                return Err(LearnError::NotFinite { what: "matrix entry", index });
            }
            starts[row as usize + 1] += 1;
        }
        for row in 0..row_count {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut placed = vec![(0_u32, 0.0_f32); triplets.len()];
        for &(row, column, value) in &triplets {
            placed[next[row as usize]] = (column, value);
            next[row as usize] += 1;
        }
        drop(triplets);
        let mut matrix = Self {
            row_starts: Vec::with_capacity(row_count + 1),
            columns: Vec::with_capacity(placed.len()),
            values: Vec::with_capacity(placed.len()),
            column_count,
        };
        matrix.row_starts.push(0);
        for row in 0..row_count {
            let entries = &mut placed[starts[row]..starts[row + 1]];
            // Stable, so that the sum of duplicates does not depend on the sort.
            entries.sort_by_key(|&(column, _)| column);
            matrix.push_row_summing(entries);
        }
        check_finite("sum of matrix entries", &matrix.values)?;
        Ok(matrix)
    }

    fn push_row_summing(&mut self, entries: &[(u32, f32)]) {
        let start = self.columns.len();
        for &(column, value) in entries {
            match self.columns[start..].last() {
                Some(&last) if last == column => {
                    let end = self.values.len();
                    self.values[end - 1] += value;
                }
                _ => {
                    self.columns.push(column);
                    self.values.push(value);
                }
            }
        }
        self.row_starts.push(self.columns.len());
    }

    /// The matrix with these parts, as [`row_starts`](Self::row_starts), [`columns`](Self::columns) and
    /// [`values`](Self::values) return them.
    ///
    /// # Errors
    /// When the parts do not describe a matrix: wrong lengths, starts that fall, columns out of range, out of
    /// order or repeated within a row, values that are not finite.
    pub fn from_parts(
        column_count: usize,
        row_starts: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f32>,
    ) -> Result<Self, LearnError> {
        check_length("values of a sparse matrix", columns.len(), values.len())?;
        if row_starts.first() != Some(&0) {
            return Err(LearnError::Unordered { what: "row starts, which begin with 0", index: 0 });
        }
        check_length("the last row start", columns.len(), row_starts[row_starts.len() - 1])?;
        if let Some(row) = row_starts.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(LearnError::Unordered { what: "row starts", index: row + 1 });
        }
        for row in row_starts.windows(2) {
            for index in row[0]..row[1] {
                check_below("column", index, columns[index] as usize, column_count)?;
                if index > row[0] && columns[index] <= columns[index - 1] {
                    return Err(LearnError::Unordered { what: "columns of a row", index });
                }
            }
        }
        check_finite("matrix entry", &values)?;
        Ok(Self { row_starts, columns, values, column_count })
    }

    /// The columns and values of a row, columns ascending; empty for a row beyond the end.
    pub fn row(&self, index: usize) -> (&[u32], &[f32]) {
        match (self.row_starts.get(index), self.row_starts.get(index + 1)) {
            (Some(&start), Some(&end)) => (&self.columns[start..end], &self.values[start..end]),
            _ => (&[], &[]),
        }
    }

    /// How many entries a row has.
    pub fn row_len(&self, index: usize) -> usize {
        self.row(index).0.len()
    }

    /// The matrix with rows and columns exchanged.
    ///
    /// *Complexity*: linear in entries, rows and columns.
    pub fn transpose(&self) -> Self {
        let mut row_starts = vec![0_usize; self.column_count + 1];
        for &column in &self.columns {
            row_starts[column as usize + 1] += 1;
        }
        for column in 0..self.column_count {
            row_starts[column + 1] += row_starts[column];
        }
        let mut next = row_starts.clone();
        let mut columns = vec![0_u32; self.columns.len()];
        let mut values = vec![0.0_f32; self.values.len()];
        for row in 0..self.row_count() {
            let (row_columns, row_values) = self.row(row);
            for (&column, &value) in row_columns.iter().zip(row_values) {
                let place = next[column as usize];
                next[column as usize] += 1;
                columns[place] = row as u32;
                values[place] = value;
            }
        }
        Self { row_starts, columns, values, column_count: self.row_count() }
    }

    /// The same places with other values: `value(row, column, old)`.
    ///
    /// # Errors
    /// When a new value is not finite.
    pub fn map(&self, mut value: impl FnMut(u32, u32, f32) -> f32) -> Result<Self, LearnError> {
        let mut values = Vec::with_capacity(self.values.len());
        for row in 0..self.row_count() {
            let (row_columns, row_values) = self.row(row);
            values.extend(
                row_columns.iter().zip(row_values).map(|(&column, &old)| value(row as u32, column, old)),
            );
        }
        check_finite("matrix entry", &values)?;
        Ok(Self { values, ..self.clone() })
    }

    /// How many rows.
    pub fn row_count(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// How many columns.
    pub fn column_count(&self) -> usize {
        self.column_count
    }

    /// How many entries.
    pub fn entry_count(&self) -> usize {
        self.columns.len()
    }

    /// Where each row starts in [`columns`](Self::columns), and after the last row where it ends.
    pub fn row_starts(&self) -> &[usize] {
        &self.row_starts
    }

    /// The columns of all entries, row after row.
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// The values of all entries, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

pub(crate) fn check_below(
    what: &'static str,
    index: usize,
    value: usize,
    limit: usize,
) -> Result<(), LearnError> {
    if value < limit { Ok(()) } else { Err(LearnError::OutOfRange { what, index, value, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn duplicates_are_summed_and_columns_sorted() {
        let matrix =
            Sparse::from_triplets(3, 4, [(2, 3, 1.0), (0, 2, 1.0), (0, 1, 2.0), (0, 2, 0.5), (2, 0, 4.0)])
                .unwrap();
        assert_eq!(matrix.row(0), (&[1, 2][..], &[2.0, 1.5][..]));
        assert_eq!(matrix.row(1), (&[][..], &[][..]));
        assert_eq!(matrix.row(2), (&[0, 3][..], &[4.0, 1.0][..]));
        assert_eq!(matrix.row(3), (&[][..], &[][..]));
        assert_eq!((matrix.row_count(), matrix.column_count(), matrix.entry_count()), (3, 4, 4));
    }

    #[test]
    fn entries_outside_the_shape_or_not_finite_are_refused() {
        let of = |triplet| Sparse::from_triplets(2, 2, [triplet]).unwrap_err().to_string();
        insta::assert_snapshot!(of((2, 0, 1.0)), @"row: entry 0 is 2, which must stay below 2");
        insta::assert_snapshot!(of((0, 9, 1.0)), @"column: entry 0 is 9, which must stay below 2");
        assert!(Sparse::from_triplets(2, 2, [(0, 0, f32::NAN)]).is_err());
        assert!(Sparse::from_triplets(2, 2, [(0, 0, f32::MAX), (0, 0, f32::MAX)]).is_err());
    }

    #[test]
    fn parts_that_are_no_matrix_are_refused() {
        let parts = |starts: &[usize], columns: &[u32], values: &[f32]| {
            Sparse::from_parts(3, starts.to_vec(), columns.to_vec(), values.to_vec())
        };
        assert!(parts(&[0, 2, 3], &[0, 2, 1], &[1.0; 3]).is_ok());
        for (starts, columns, values) in [
            (&[][..], &[][..], &[][..]),
            (&[1, 1], &[0], &[1.0]),
            (&[0, 2], &[0], &[1.0]),
            (&[0, 2, 1], &[0], &[1.0]),
            (&[0, 1], &[3], &[1.0]),
            (&[0, 2], &[1, 1], &[1.0, 1.0]),
            (&[0, 1], &[0], &[1.0, 1.0]),
            (&[0, 1], &[0], &[f32::INFINITY]),
        ] {
            assert!(parts(starts, columns, values).is_err(), "{starts:?} {columns:?} {values:?}");
        }
    }

    proptest! {
        #[test]
        fn transposing_twice_changes_nothing(
            triplets in proptest::collection::vec((0_u32..7, 0_u32..5, -4.0_f32..4.0), 0..60)
        ) {
            let matrix = Sparse::from_triplets(7, 5, triplets).unwrap();
            let turned = matrix.transpose();
            prop_assert_eq!(turned.row_count(), 5);
            for row in 0..7 {
                for (&column, &value) in matrix.row(row).0.iter().zip(matrix.row(row).1) {
                    let (rows, values) = turned.row(column as usize);
                    let place = rows.iter().position(|&other| other as usize == row);
                    prop_assert_eq!(place.map(|place| values[place]), Some(value));
                }
            }
            prop_assert_eq!(turned.transpose(), matrix);
        }
    }
}
