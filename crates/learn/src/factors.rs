//! A dense matrix of 32-bit floats, one row per thing: the learned vectors.

use crate::error::{LearnError, check_finite, check_length};

/// Learned vectors, row by row.
///
/// *Shape*: `[row_count, dim]`, all numbers finite, `dim` at least 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    dim: usize,
    values: Vec<f32>,
}

impl Factors {
    /// The matrix with these numbers, row after row.
    ///
    /// # Errors
    /// When `dim` is zero, the length is no multiple of it, or a number is not finite.
    pub fn new(dim: usize, values: Vec<f32>) -> Result<Self, LearnError> {
        check_dim(dim)?;
        check_length("numbers in factors", values.len().next_multiple_of(dim), values.len())?;
        check_finite("factors", &values)?;
        Ok(Self { dim, values })
    }

    /// All zeros.
    ///
    /// # Errors
    /// When `dim` is zero.
    pub fn zeros(row_count: usize, dim: usize) -> Result<Self, LearnError> {
        check_dim(dim)?;
        Ok(Self { dim, values: vec![0.0; row_count * dim] })
    }

    /// One row; empty for a row beyond the end.
    pub fn row(&self, index: usize) -> &[f32] {
        let start = index.saturating_mul(self.dim);
        self.values.get(start..start.saturating_add(self.dim)).unwrap_or(&[])
    }

    /// How many rows.
    pub fn row_count(&self) -> usize {
        self.values.len() / self.dim
    }

    /// Numbers per row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// All numbers, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The numbers themselves, given up.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    #[cfg(feature = "train")]
    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}

fn check_dim(dim: usize) -> Result<(), LearnError> {
    if dim == 0 {
        return Err(LearnError::Parameter { name: "dim", value: 0.0, expected: "at least 1" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_must_fill_whole_rows_and_be_finite() {
        let factors = Factors::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(
            (factors.row(1), factors.row(2), factors.row(usize::MAX)),
            (&[3.0, 4.0][..], &[][..], &[][..])
        );
        assert!(Factors::new(3, vec![0.0; 4]).is_err());
        assert!(Factors::new(0, vec![]).is_err());
        assert!(Factors::zeros(3, 0).is_err());
        assert!(matches!(Factors::new(2, vec![0.0, f32::NAN]), Err(LearnError::NotFinite { index: 1, .. })));
    }
}
