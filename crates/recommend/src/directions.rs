//! Learnt vectors at unit length, so that a likeness costs one product.

use learn::{Factors, kernel};

/// One direction per row, where the row has one.
#[derive(Clone, Debug)]
pub(crate) struct Directions {
    dim: usize,
    values: Vec<f32>,
    known: Vec<bool>,
}

impl Directions {
    /// The directions of the rows of `factors`; a row of zeros has none.
    pub(crate) fn of(factors: &Factors) -> Self {
        let dim = factors.dim();
        let mut values = factors.values().to_vec();
        let mut known = Vec::with_capacity(factors.row_count());
        for row in values.chunks_exact_mut(dim) {
            let length = kernel::dot(row, row).sqrt();
            known.push(length > 0.0);
            if length > 0.0 {
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        Self { dim, values, known }
    }

    /// The direction of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&[f32]> {
        self.known.get(row).filter(|known| **known)?;
        Some(&self.values[row * self.dim..][..self.dim])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_have_unit_length_and_nothing_has_none() {
        let directions = Directions::of(&Factors::new(2, vec![3.0, 4.0, 0.0, 0.0]).unwrap());
        assert_eq!(directions.get(0), Some(&[0.6, 0.8][..]));
        assert_eq!((directions.get(1), directions.get(2)), (None, None));
    }
}
