//! How a track's attraction changes with time: new music is noticed, and some tracks rise and fall.

use music::UnixMillis;
use rand::{Rng, RngExt as _};

use crate::chance::{happens, log_normal};
use crate::params::WorldParams;

/// How much more a track is played on the day it comes out.
const NOVELTY: f32 = 2.5;
/// The days after which a third of that is left.
const NOVELTY_DAYS: f32 = 14.0;
/// The share of the tracks that have their moment during the simulated days.
const TRENDING_SHARE: f32 = 0.04;

/// A rise and a fall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// When most people listen.
    pub peak: UnixMillis,
    /// How many times as often they listen then, less 1.
    pub height: f32,
    /// The days in which it grows by a factor of e before the peak.
    pub rise_days: f32,
    /// The days in which it shrinks by a factor of e after the peak.
    pub fall_days: f32,
}

impl Trend {
    /// A trend for a track that came out at `released`, if it is to have one.
    pub(crate) fn maybe(params: &WorldParams, released: UnixMillis, rng: &mut impl Rng) -> Option<Self> {
        // The peak comes after the release; a track without any days left has its moment later.
        let first = params.start.max(released).get();
        let is_trending = happens(rng, TRENDING_SHARE) && first < params.end().get();
        is_trending.then(|| Self {
            peak: UnixMillis::new(rng.random_range(first..params.end().get())),
            height: log_normal(rng, 14.0, 0.7),
            rise_days: rng.random_range(1.5..5.0),
            fall_days: rng.random_range(4.0..15.0),
        })
    }

    fn factor(&self, at: UnixMillis) -> f32 {
        let days = at.days_since(self.peak) as f32;
        let distance = if days < 0.0 { -days / self.rise_days } else { days / self.fall_days };
        1.0 + self.height * (-distance).exp()
    }
}

/// How many times as much a track is played at `at` as in quiet times; 0 before it is out.
pub(crate) fn attraction(released: UnixMillis, trend: Option<&Trend>, at: UnixMillis) -> f32 {
    let age_days = at.days_since(released) as f32;
    if age_days < 0.0 {
        return 0.0;
    }
    let novelty = 1.0 + NOVELTY * (-age_days / NOVELTY_DAYS).exp();
    novelty * trend.map_or(1.0, |trend| trend.factor(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::unit::DAY_MS;

    #[test]
    fn attraction_begins_at_release_and_peaks_with_the_trend() {
        let day = |day: i64| UnixMillis::new(day * DAY_MS);
        let trend = Trend { peak: day(50), height: 10.0, rise_days: 3.0, fall_days: 6.0 };
        let at = |at: i64| attraction(day(10), Some(&trend), day(at));
        assert_eq!(at(9), 0.0);
        assert!(at(10) > 3.0 && at(10) < 4.0);
        assert!(at(50) > 10.0 && at(50) > at(45) && at(50) > at(56));
        assert!(at(56) > at(44), "it falls more slowly than it rises");
        assert!((attraction(day(10), None, day(400)) - 1.0).abs() < 0.01);
    }
}
