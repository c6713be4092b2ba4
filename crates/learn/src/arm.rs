//! Experiment arms by hashed listener: who sees which variant, without a table of who sees which variant.
//!
//! The same listener is in the same arm of an experiment on every machine and every day; in two experiments the arms are
//! independent of each other.
//!
//! *Source*: Kohavi, Longbotham, Sommerfield, Henne, "Controlled Experiments on the Web: Survey and Practical Guide",
//! 2009, section 4.1.

use crate::error::{LearnError, check_not_negative};

/// The arm of a listener: an index into `shares`, each as frequent as its share.
///
/// # Errors
/// [`LearnError::Parameter`] where a share is negative or not finite, or all are 0.
pub fn arm(experiment: &str, listener: u64, shares: &[f64]) -> Result<usize, LearnError> {
    for &share in shares {
        check_not_negative("share of an arm", share)?;
    }
    let total: f64 = shares.iter().sum();
    if total <= 0.0 || !total.is_finite() {
        return Err(LearnError::Parameter { name: "sum of shares", value: total, expected: "above 0" });
    }
    let salt = experiment.bytes().fold(0, |salt, byte| scramble(salt, u64::from(byte)));
    let unit = (scramble(salt, listener) >> 11) as f64 / (1_u64 << 53) as f64;
    let mut left = unit * total;
    let chosen = shares.iter().position(|&share| {
        left -= share;
        left < 0.0
    });
    // Rounding may leave a little over, which belongs to the last arm that anybody is in.
    Ok(chosen.or_else(|| shares.iter().rposition(|&share| share > 0.0)).unwrap_or(0))
}

/// A number without pattern that depends on both arguments.
///
/// *Source*: the finaliser of SplitMix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
pub(crate) fn scramble(state: u64, part: u64) -> u64 {
    let mut z = (state ^ part.wrapping_mul(0xff51_afd7_ed55_8ccd)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_have_their_shares_and_listeners_stay_in_them() {
        let mut counts = [0_u32; 3];
        for listener in 0..20_000 {
            let chosen = arm("slate length", listener, &[0.5, 0.0, 1.5]).unwrap();
            assert_eq!(chosen, arm("slate length", listener, &[0.5, 0.0, 1.5]).unwrap());
            counts[chosen] += 1;
        }
        assert_eq!(counts[1], 0);
        // A quarter of 20,000, with a deviation of 61.
        assert!((4_750..5_250).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn experiments_do_not_depend_on_each_other() {
        let both = |listener| {
            let first = arm("a", listener, &[1.0, 1.0]).unwrap();
            first == arm("b", listener, &[1.0, 1.0]).unwrap()
        };
        let same = (0..20_000).filter(|&listener| both(listener)).count();
        assert!((9_700..10_300).contains(&same), "{same}");
    }

    #[test]
    fn shares_that_are_none_are_refused() {
        for shares in [&[][..], &[0.0, 0.0], &[-1.0, 2.0], &[f64::NAN]] {
            assert!(arm("x", 1, shares).is_err(), "{shares:?}");
        }
    }
}
