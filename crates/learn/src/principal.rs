//! Points turned so that their strongest directions come first, and points whose numbers all weigh the same.

use crate::error::LearnError;
use crate::factors::Factors;
use crate::ials::basis::Basis;

/// Numbers further from the mean than this many standard deviations are drawn in to it: no single number of an odd point
/// shall say all. A judgement.
const DEVIATION_MAX: f32 = 4.0;

/// Brings each number to mean 0 and variance 1 over all points; one that never changes becomes 0.
///
/// *Range*: −4 to 4, beyond which numbers are cut.
pub fn standardize(points: &mut Factors) {
    let (dim, count) = (points.dim(), points.row_count().max(1) as f64);
    let (mut sums, mut squares) = (vec![0.0_f64; dim], vec![0.0_f64; dim]);
    for row in points.values().chunks_exact(dim) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let means: Vec<f64> = sums.into_iter().map(|sum| sum / count).collect();
    for row in points.values().chunks_exact(dim) {
        for ((square, &value), mean) in squares.iter_mut().zip(row).zip(&means) {
            *square += (f64::from(value) - mean).powi(2);
        }
    }
    for row in points.values_mut().chunks_exact_mut(dim) {
        for ((value, mean), square) in row.iter_mut().zip(&means).zip(&squares) {
            let deviation = (square / count).sqrt();
            // Rounding alone makes a deviation of about a ten-millionth of the mean.
            let is_even = deviation <= 1e-6 * mean.abs().max(1e-6);
            let standard = if is_even { 0.0 } else { (f64::from(*value) - mean) / deviation };
            *value = (standard as f32).clamp(-DEVIATION_MAX, DEVIATION_MAX);
        }
    }
}

/// Turns points around the origin so that their first number holds as much of their length as one number can, and so on.
///
/// Distances and angles stay.
///
/// *Source*: Jolliffe (2002), "Principal Component Analysis", 2nd edition, chapter 2; of points whose mean is 0.
///
/// # Errors
/// When the axes cannot be found, which happens with numbers that overflow.
pub fn turn_to_principal_axes(points: &mut Factors) -> Result<(), LearnError> {
    Basis::of(points)?.rotate(points);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_weighs_the_same_and_what_never_changes_nothing() {
        let mut points = Factors::new(3, vec![1.0, 100.0, 7.0, 2.0, 300.0, 7.0, 3.0, 200.0, 7.0]).unwrap();
        standardize(&mut points);
        let step = 1.5_f32.sqrt();
        let expected = [-step, -step, 0.0, 0.0, step, 0.0, step, 0.0, 0.0];
        for (value, expected) in points.values().iter().zip(expected) {
            assert!((value - expected).abs() < 1e-5, "{:?}", points.values());
        }
        let mut odd: Vec<f32> = vec![0.0; 99];
        odd.push(1.0);
        let mut odd = Factors::new(1, odd).unwrap();
        standardize(&mut odd);
        assert_eq!(odd.values()[99], DEVIATION_MAX);
    }

    #[test]
    fn the_strongest_direction_comes_first() {
        let mut points = Factors::new(2, vec![3.0, 3.0, -3.0, -3.0, 0.1, -0.1, -0.1, 0.1]).unwrap();
        turn_to_principal_axes(&mut points).unwrap();
        assert!((points.row(0)[0].abs() - 18.0_f32.sqrt()).abs() < 1e-4, "{:?}", points.values());
        assert!(points.row(0)[1].abs() < 1e-4 && points.row(2)[0].abs() < 1e-4, "{:?}", points.values());
    }
}
