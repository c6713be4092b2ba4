//! Whether the arms of an experiment hold as many listeners as they should: if not, something decides who is counted
//! that should not, and no difference between the arms can be believed.
//!
//! *Source*: Fabijan, Gupchup, Gupta, Omhover, Qin, Vermeer, Dmitriev, "Diagnosing Sample Ratio Mismatch in Online
//! Controlled Experiments", 2019; the test is that of Pearson, 1900.

use crate::error::{LearnError, check_length, check_positive};
use crate::interleaving::normal_tail;

/// Below this probability the shares are taken for wrong.
///
/// As strict as this because it is looked at every day (Fabijan and others, section 2).
pub const MISMATCH_BELOW: f64 = 0.000_5;

/// How far counts are from what shares promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleRatio {
    /// Σ (observed − expected)² / expected.
    pub chi_square: f64,
    /// Arms less one.
    pub degrees: usize,
    /// How probable counts at least so far off are where the shares hold. *Range*: 0 to 1.
    pub p_value: f64,
}

impl SampleRatio {
    /// Whether the shares surely do not hold.
    pub fn is_mismatch(&self) -> bool {
        self.p_value < MISMATCH_BELOW
    }
}

/// Compares how many listeners each arm has with the shares of the arms; none where there is nobody, or one arm.
///
/// # Errors
/// Where there is not one share for each count, and where a share is not above 0.
pub fn sample_ratio(counts: &[u64], shares: &[f64]) -> Result<Option<SampleRatio>, LearnError> {
    check_length("shares of arms", counts.len(), shares.len())?;
    shares.iter().try_for_each(|&share| check_positive("share of an arm", share))?;
    let all: u64 = counts.iter().sum();
    if all == 0 || counts.len() < 2 {
        return Ok(None);
    }
    let whole: f64 = shares.iter().sum();
    let term = |(&count, share): (&u64, &f64)| {
        let expected = all as f64 * share / whole;
        (count as f64 - expected).powi(2) / expected
    };
    let chi_square: f64 = counts.iter().zip(shares).map(term).sum();
    let degrees = counts.len() - 1;
    Ok(Some(SampleRatio { chi_square, degrees, p_value: chi_square_tail(chi_square, degrees) }))
}

/// The probability that a sum of `degrees` squared normal numbers is at least `x`.
///
/// *Source*: Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, formulas 26.4.4 and 26.4.5, which are
/// finite sums.
fn chi_square_tail(x: f64, degrees: usize) -> f64 {
    let density = (-x / 2.0).exp();
    // Each term is the one before times x over the next number of the same parity.
    let (start, mut divisor, factor) = match degrees.is_multiple_of(2) {
        true => (0.0, 0.0, density),
        false => (normal_tail(x.sqrt()), 1.0, density * (2.0 / std::f64::consts::PI).sqrt()),
    };
    let mut term = if divisor == 0.0 { 1.0 } else { x.sqrt() };
    let mut sum = 0.0;
    for _ in 0..degrees / 2 {
        sum += term;
        divisor += 2.0;
        term *= x / divisor;
    }
    (start + factor * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_agrees_with_tables() {
        // The 5 % and 0.1 % points of the chi-square distribution; Abramowitz, Stegun, table 26.8.
        for (degrees, five, tenth) in [
            (1, 3.841_46, 10.827_6),
            (2, 5.991_46, 13.815_5),
            (3, 7.814_73, 16.266_2),
            (4, 9.487_73, 18.466_8),
            (5, 11.070_5, 20.515_0),
        ] {
            assert!((chi_square_tail(five, degrees) - 0.05).abs() < 1e-5, "{degrees}");
            assert!((chi_square_tail(tenth, degrees) - 0.001).abs() < 1e-6, "{degrees}");
            assert!((chi_square_tail(0.0, degrees) - 1.0).abs() < 1e-6, "{degrees}");
        }
    }

    #[test]
    fn shares_that_hold_are_believed_and_others_are_not() {
        let ratio = |counts: &[u64], shares: &[f64]| sample_ratio(counts, shares).unwrap().unwrap();
        assert!(!ratio(&[5_031, 4_969], &[1.0, 1.0]).is_mismatch());
        assert!(ratio(&[5_250, 4_750], &[1.0, 1.0]).is_mismatch());
        assert!(!ratio(&[910, 90], &[9.0, 1.0]).is_mismatch());
        assert!(ratio(&[500, 500], &[9.0, 1.0]).is_mismatch());
        assert!((ratio(&[60, 40], &[1.0, 1.0]).chi_square - 4.0).abs() < 1e-12);
        assert_eq!(sample_ratio(&[0, 0], &[1.0, 1.0]).unwrap(), None);
        assert!(sample_ratio(&[1], &[1.0, 1.0]).is_err() && sample_ratio(&[1, 2], &[1.0, 0.0]).is_err());
    }
}
