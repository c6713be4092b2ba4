//! Sums that fade: what happened long ago counts less.

use music::UnixMillis;
use music::unit::DAY_MS;
use serde::{Deserialize, Serialize};

/// The time in which a weight falls to one half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfLife {
    days: f32,
}

impl HalfLife {
    /// A half-life of so many days; must be above 0.
    pub const fn days(days: f32) -> Self {
        assert!(days > 0.0, "a half-life is above zero");
        Self { days }
    }

    /// What is left of a weight after `elapsed_ms`; 1 where the time is negative.
    pub fn factor(self, elapsed_ms: i64) -> f32 {
        let elapsed_days = elapsed_ms.max(0) as f64 / DAY_MS as f64;
        (-elapsed_days / f64::from(self.days)).exp2() as f32
    }
}

/// An exponentially decayed sum, kept as of its latest addition.
///
/// Additions may come in any order and give the same sum, up to rounding.
///
/// *Source*: Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay", 2009, section IV.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Decayed {
    sum: f32,
    as_of: UnixMillis,
}

impl Decayed {
    /// Adds `weight`, which belongs to the time `at`.
    pub fn add(&mut self, weight: f32, at: UnixMillis, half_life: HalfLife) {
        if self.sum == 0.0 {
            *self = Self { sum: weight, as_of: at };
        } else if at >= self.as_of {
            self.sum = self.sum * half_life.factor(at.since(self.as_of)) + weight;
            self.as_of = at;
        } else {
            self.sum += weight * half_life.factor(self.as_of.since(at));
        }
    }

    /// The sum as of `now`; a time before the latest addition reads as that addition's time.
    pub fn at(&self, now: UnixMillis, half_life: HalfLife) -> f32 {
        self.sum * half_life.factor(now.since(self.as_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HALF_LIFE: HalfLife = HalfLife::days(10.0);

    fn day(day: f64) -> UnixMillis {
        UnixMillis::new((day * DAY_MS as f64) as i64)
    }

    #[test]
    fn half_is_left_after_a_half_life() {
        let mut sum = Decayed::default();
        sum.add(2.0, day(0.0), HALF_LIFE);
        assert!((sum.at(day(10.0), HALF_LIFE) - 1.0).abs() < 1e-6);
        sum.add(1.0, day(10.0), HALF_LIFE);
        assert!((sum.at(day(20.0), HALF_LIFE) - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn late_events_give_the_same_sum(weights in prop::collection::vec((0.01_f32..1.0, 0.0_f64..100.0), 1..20)) {
            let fold = |pairs: &[(f32, f64)]| {
                let mut sum = Decayed::default();
                for &(weight, at) in pairs {
                    sum.add(weight, day(at), HALF_LIFE);
                }
                sum.at(day(100.0), HALF_LIFE)
            };
            let mut reversed = weights.clone();
            reversed.reverse();
            let (forward, backward) = (fold(&weights), fold(&reversed));
            prop_assert!((forward - backward).abs() <= 1e-4 * forward.max(1.0));
        }
    }
}
