//! How much each item is played, and how that changes.
//!
//! Counting is per listener and capped, so that one account cannot lift an item by playing it all night.
//! It does not decide which plays count; the rows say so.

use crate::error::{LearnError, check_finite, check_length};
#[cfg(feature = "train")]
use crate::error::{check_not_negative, check_positive};

/// What is known about the popularity of all items.
#[derive(Clone, Debug, PartialEq)]
pub struct Popularity {
    scores: Vec<f32>,
    trends: Vec<f32>,
    listener_counts: Vec<u32>,
    percentiles: Vec<f32>,
}

impl Popularity {
    /// The popularity with these parts, one entry per item, as the accessors of the same names return them.
    ///
    /// # Errors
    /// When the lengths differ or a number is not finite.
    pub fn from_parts(
        scores: Vec<f32>,
        trends: Vec<f32>,
        listener_counts: Vec<u32>,
    ) -> Result<Self, LearnError> {
        check_length("trends of popularity", scores.len(), trends.len())?;
        check_length("listener counts of popularity", scores.len(), listener_counts.len())?;
        check_finite("scores of popularity", &scores)?;
        check_finite("trends of popularity", &trends)?;
        let percentiles = percentiles(&scores);
        Ok(Self { scores, trends, listener_counts, percentiles })
    }

    /// How much an item is played: capped plays that fade with age, summed over listeners.
    pub fn score(&self, item: u32) -> Option<f32> {
        self.scores.get(item as usize).copied()
    }

    /// How an item's plays change, −1 (gone) to 1 (all of them are recent); 0 is steady.
    pub fn trend(&self, item: u32) -> Option<f32> {
        self.trends.get(item as usize).copied()
    }

    /// How many different listeners played an item.
    pub fn listener_count(&self, item: u32) -> Option<u32> {
        self.listener_counts.get(item as usize).copied()
    }

    /// The share of items that are played less, 0 to 1.
    pub fn percentile(&self, item: u32) -> Option<f32> {
        self.percentiles.get(item as usize).copied()
    }

    /// All scores, by item.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// All trends, by item.
    pub fn trends(&self) -> &[f32] {
        &self.trends
    }

    /// All listener counts, by item.
    pub fn listener_counts(&self) -> &[u32] {
        &self.listener_counts
    }

    /// How many items.
    pub fn item_count(&self) -> usize {
        self.scores.len()
    }
}

/// Equal scores share a percentile: the share of items strictly below them.
fn percentiles(scores: &[f32]) -> Vec<f32> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let below = |score: &f32| sorted.partition_point(|other| other.total_cmp(score).is_lt());
    let others = scores.len().saturating_sub(1).max(1) as f32;
    scores.iter().map(|score| below(score) as f32 / others).collect()
}

/// One play, or a sum of plays of one age.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Play {
    /// The item.
    pub item: u32,
    /// Who played it.
    pub listener: u32,
    /// How long ago. *Range*: finite; below 0 counts as now.
    pub age_days: f32,
    /// How many plays it stands for. *Range*: finite, 0 or more.
    pub weight: f32,
}

/// What is chosen before counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PopularityParams {
    /// Days in which a play loses half of its weight in the score.
    pub half_life_days: f32,
    /// The same for the recent end of the trend.
    pub trend_half_life_days: f32,
    /// What all plays of one item by one listener come near to, however many they are.
    pub listener_cap: f32,
    /// Imagined plays that are steady; they keep three plays from being a trend.
    pub trend_prior: f32,
}

impl Default for PopularityParams {
    /// A season for the score, a week for the trend.
    ///
    /// All four are judgements, not tuned.
    fn default() -> Self {
        Self { half_life_days: 90.0, trend_half_life_days: 7.0, listener_cap: 3.0, trend_prior: 10.0 }
    }
}

impl Popularity {
    /// Counts `plays` into the popularity of `item_count` items; the order of the plays does not matter.
    ///
    /// The trend compares a fast and a slow average of an item's plays with those of all plays together, so that it
    /// says "faster than the whole", not "more people came".
    ///
    /// *Complexity*: sorting `plays`.
    ///
    /// # Errors
    /// When an item is out of range, a number is not finite or negative, or a parameter is out of its range.
    #[cfg(feature = "train")]
    pub fn count(item_count: usize, plays: Vec<Play>, params: &PopularityParams) -> Result<Self, LearnError> {
        Self::count_by_say(item_count, plays, |_| 1.0, params)
    }

    /// The same with listeners who count differently: what all plays of one item by a listener come to is multiplied with
    /// what that listener's word is worth, 0 to 1.
    ///
    /// # Errors
    /// As [`count`](Self::count).
    #[cfg(feature = "train")]
    pub fn count_by_say(
        item_count: usize,
        mut plays: Vec<Play>,
        say: impl Fn(u32) -> f32,
        params: &PopularityParams,
    ) -> Result<Self, LearnError> {
        check_positive("half_life_days", f64::from(params.half_life_days))?;
        check_positive("trend_half_life_days", f64::from(params.trend_half_life_days))?;
        check_positive("listener_cap", f64::from(params.listener_cap))?;
        check_not_negative("trend_prior", f64::from(params.trend_prior))?;
        check_plays(item_count, &plays)?;
        plays.sort_unstable_by(|a, b| {
            let by_key = (a.item, a.listener).cmp(&(b.item, b.listener));
            by_key.then(a.age_days.total_cmp(&b.age_days)).then(a.weight.total_cmp(&b.weight))
        });
        let mut slow = vec![0.0_f32; item_count];
        let mut fast = vec![0.0_f32; item_count];
        let mut listener_counts = vec![0_u32; item_count];
        for of_listener in plays.chunk_by(|a, b| (a.item, a.listener) == (b.item, b.listener)) {
            let item = of_listener[0].item as usize;
            let say = say(of_listener[0].listener);
            slow[item] += say * capped(of_listener, params.half_life_days, params.listener_cap);
            fast[item] += say * capped(of_listener, params.trend_half_life_days, params.listener_cap);
            listener_counts[item] += 1;
        }
        let trends = trends(&slow, &fast, params.trend_prior);
        Self::from_parts(slow, trends, listener_counts)
    }
}

#[cfg(feature = "train")]
fn check_plays(item_count: usize, plays: &[Play]) -> Result<(), LearnError> {
    for (index, play) in plays.iter().enumerate() {
        crate::sparse::check_below("item of a play", index, play.item as usize, item_count)?;
        if !play.age_days.is_finite() {
            return Err(LearnError::NotFinite { what: "the age of a play", index });
        }
        check_not_negative("the weight of a play", f64::from(play.weight))?;
    }
    Ok(())
}

/// The faded plays of one listener: the first ones count fully, all of them together never more than the cap.
#[cfg(feature = "train")]
fn capped(plays: &[Play], half_life_days: f32, cap: f32) -> f32 {
    let faded = |play: &Play| play.weight * (-play.age_days.max(0.0) / half_life_days).exp2();
    let sum: f32 = plays.iter().map(faded).sum();
    -cap * (-sum / cap).exp_m1()
}

#[cfg(feature = "train")]
fn trends(slow: &[f32], fast: &[f32], prior: f32) -> Vec<f32> {
    let (all_slow, all_fast): (f32, f32) = (slow.iter().sum(), fast.iter().sum());
    // What share of its slow sum an item's fast sum would be if it followed the whole.
    let steady = if all_slow > 0.0 { all_fast / all_slow } else { 0.0 };
    let trend = |(&slow, &fast): (&f32, &f32)| {
        let expected = steady * (slow + prior);
        let observed = fast + steady * prior;
        if expected > 0.0 { (observed - expected) / (observed + expected) } else { 0.0 }
    };
    slow.iter().zip(fast).map(trend).collect()
}

#[cfg(test)]
#[cfg(feature = "train")]
mod tests {
    use super::*;

    fn play(item: u32, listener: u32, age_days: f32) -> Play {
        Play { item, listener, age_days, weight: 1.0 }
    }

    fn count(plays: Vec<Play>) -> Popularity {
        Popularity::count(4, plays, &PopularityParams::default()).unwrap()
    }

    #[test]
    fn one_account_cannot_lift_an_item_above_what_many_play() {
        let mut plays: Vec<Play> = (0..20).map(|listener| play(0, listener, 1.0)).collect();
        plays.extend((0..10_000).map(|_| play(1, 99, 0.0)));
        let popularity = count(plays);
        assert_eq!(popularity.score(1), Some(3.0), "a night of playing reaches the cap and no more");
        assert!(popularity.score(0) > Some(15.0), "{popularity:?}");
        assert_eq!((popularity.listener_count(0), popularity.listener_count(1)), (Some(20), Some(1)));
    }

    #[test]
    fn old_plays_count_less_and_rising_items_have_a_trend() {
        let old = (0..30).map(|listener| play(0, listener, 100.0));
        let even = (0..30).map(|listener| play(1, listener, listener as f32 * 3.0));
        let new = (0..30).map(|listener| play(2, listener, 1.0));
        let popularity = count(old.chain(even).chain(new).collect());
        let trend = |item| popularity.trend(item).unwrap();
        assert!(trend(0) < -0.3 && trend(2) > 0.2 && trend(1).abs() < trend(2), "{popularity:?}");
        assert!(popularity.score(2) > popularity.score(1) && popularity.score(1) > popularity.score(0));
        assert_eq!(popularity.percentile(2), Some(1.0));
        assert_eq!(popularity.percentile(3), Some(0.0));
        assert_eq!(popularity.percentile(4), None);
    }

    #[test]
    fn a_few_plays_are_no_trend() {
        let steady = (0..400).map(|listener| play(0, listener, (listener % 100) as f32));
        let popularity = count(steady.chain((0..2).map(|listener| play(1, listener, 0.0))).collect());
        assert!(popularity.trend(1).unwrap() < 0.5, "{popularity:?}");
        let many = (0..400).map(|listener| play(0, listener, (listener % 100) as f32));
        let popularity = count(many.chain((0..50).map(|listener| play(1, listener, 0.0))).collect());
        assert!(popularity.trend(1).unwrap() > 0.5, "{popularity:?}");
    }

    #[test]
    fn rows_that_make_no_sense_are_refused() {
        let wrong = [play(4, 0, 1.0), play(0, 0, f32::NAN), Play { weight: -1.0, ..play(0, 0, 1.0) }];
        for play in wrong {
            assert!(Popularity::count(4, vec![play], &PopularityParams::default()).is_err(), "{play:?}");
        }
        let params = PopularityParams { half_life_days: 0.0, ..PopularityParams::default() };
        assert!(Popularity::count(4, vec![], &params).is_err());
        assert!(Popularity::from_parts(vec![f32::NAN], vec![0.0], vec![0]).is_err());
        assert!(Popularity::from_parts(vec![0.0], vec![], vec![0]).is_err());
    }
}
