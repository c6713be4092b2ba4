//! Two rankers in one slate: each takes turns to place its best, and what the listener takes up votes for its owner.
//!
//! Every listener sees both, so far fewer answers decide than when half of the listeners see one and half the other.
//!
//! *Source*: Radlinski, Kurup, Joachims, "How Does Clickthrough Data Reflect Retrieval Quality?", 2008, section 4.2
//! (team draft); the sign test over sessions follows Chapelle, Joachims, Radlinski, Yue, "Large-Scale Validation and
//! Analysis of Interleaved Search Evaluation", 2012.
//!
//! It draws no coins of its own: a seed is an argument, and the same seed gives the same slate.

use rustc_hash::FxHashSet;

use crate::arm::scramble;

/// Whose pick a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Team {
    /// The first ranker.
    First,
    /// The second ranker.
    Second,
}

/// The slate that both rankers make together, best place first.
///
/// Whoever has fewer places is next; where they have as many, a coin decides.
/// A ranker that has nothing left gives its turn away.
///
/// *Shape*: at most `length` places, no item twice.
pub fn team_draft(first: &[u32], second: &[u32], length: usize, seed: u64) -> Vec<(u32, Team)> {
    let mut slate: Vec<(u32, Team)> = Vec::with_capacity(length.min(first.len() + second.len()));
    let mut taken = FxHashSet::default();
    let (mut firsts, mut seconds) = (first.iter(), second.iter());
    let (mut first_count, mut second_count) = (0_usize, 0_usize);
    while slate.len() < length {
        let coin = scramble(seed, slate.len() as u64) & 1 == 0;
        let is_first = first_count < second_count || (first_count == second_count && coin);
        let mut next = |team: Team| {
            let ranking = if team == Team::First { &mut firsts } else { &mut seconds };
            ranking.find(|item| !taken.contains(*item)).map(|&item| (item, team))
        };
        let (own, foreign) = if is_first { (Team::First, Team::Second) } else { (Team::Second, Team::First) };
        let Some((item, team)) = next(own).or_else(|| next(foreign)) else { break };
        taken.insert(item);
        slate.push((item, team));
        match team {
            Team::First => first_count += 1,
            Team::Second => second_count += 1,
        }
    }
    slate
}

/// Which ranker a slate speaks for: the one with more places that were taken up; none where both have as many.
pub fn winner(slate: &[(u32, Team)], mut is_taken_up: impl FnMut(u32) -> bool) -> Option<Team> {
    let balance: i64 = slate
        .iter()
        .filter(|(item, _)| is_taken_up(*item))
        .map(|(_, team)| if *team == Team::First { 1 } else { -1 })
        .sum();
    match balance {
        0 => None,
        1.. => Some(Team::First),
        _ => Some(Team::Second),
    }
}

/// What many slates say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Slates that the first ranker won.
    pub first_count: u64,
    /// Slates that the second ranker won.
    pub second_count: u64,
    /// Slates that neither won.
    pub tie_count: u64,
}

impl Verdict {
    /// Counts one more slate.
    pub fn count(&mut self, winner: Option<Team>) {
        match winner {
            Some(Team::First) => self.first_count += 1,
            Some(Team::Second) => self.second_count += 1,
            None => self.tie_count += 1,
        }
    }

    /// The share of decided slates that the first ranker won; none where nothing is decided.
    pub fn first_share(&self) -> Option<f64> {
        let decided = self.first_count + self.second_count;
        (decided > 0).then(|| self.first_count as f64 / decided as f64)
    }

    /// How probable a verdict at least so lopsided is where both rankers are equally good; ties say nothing.
    ///
    /// The two-sided sign test; exact up to 1,000 decided slates, by the normal approximation beyond.
    ///
    /// *Range*: 0 to 1.
    pub fn p_value(&self) -> f64 {
        let n = self.first_count + self.second_count;
        let fewer = self.first_count.min(self.second_count);
        if n == 0 {
            return 1.0;
        }
        if n > EXACT_MAX {
            let z = (n as f64 - 2.0 * fewer as f64 - 1.0).max(0.0) / (n as f64).sqrt();
            return normal_tail(z).min(1.0);
        }
        // Σ_{k ≤ fewer} n over k / 2ⁿ, in logarithms.
        let mut log_term = -(n as f64) * std::f64::consts::LN_2;
        let mut sum = log_term.exp();
        for k in 1..=fewer {
            log_term += ((n - k + 1) as f64 / k as f64).ln();
            sum += log_term.exp();
        }
        (2.0 * sum).min(1.0)
    }
}

/// Decided slates up to which the test is exact.
const EXACT_MAX: u64 = 1_000;

/// The probability that a normal number lies at least `z` from 0 on either side.
///
/// *Source*: Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, formula 7.1.26; error below 1.5e-7.
pub(crate) fn normal_tail(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let sum = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    sum * (-x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_get_as_many_places_and_no_item_comes_twice() {
        let first: Vec<u32> = (0..20).collect();
        let second: Vec<u32> = (10..30).rev().collect();
        for seed in 0..50 {
            let slate = team_draft(&first, &second, 10, seed);
            assert_eq!(slate.iter().filter(|(_, team)| *team == Team::First).count(), 5);
            let items: FxHashSet<u32> = slate.iter().map(|(item, _)| *item).collect();
            assert_eq!(items.len(), 10);
            assert_eq!(slate, team_draft(&first, &second, 10, seed));
        }
        let tops: Vec<u32> = (0..50).map(|seed| team_draft(&first, &second, 1, seed)[0].0).collect();
        assert!(tops.contains(&0) && tops.contains(&29), "the coin has two sides");
    }

    #[test]
    fn rankers_that_run_dry_give_their_turns_away() {
        assert_eq!(team_draft(&[], &[], 5, 1), []);
        let slate = team_draft(&[1], &[1, 2, 3], 5, 1);
        let items: Vec<u32> = slate.iter().map(|(item, _)| *item).collect();
        assert_eq!(slate.len(), 3);
        assert_eq!(items, [1, 2, 3]);
    }

    /// Listeners take up good items; ranker one puts them first in a share of the slates that is known.
    #[test]
    fn the_better_ranker_wins_and_equal_ones_do_not() {
        let play = |first_is_better: bool| {
            let mut verdict = Verdict::default();
            for session in 0..400_u64 {
                // Items 0 to 9 are good; the worse ranker finds half of them.
                let good: Vec<u32> = (0..10).collect();
                let half: Vec<u32> =
                    (0..10).map(|rank| if rank % 2 == 0 { rank } else { 100 + rank }).collect();
                let first = if first_is_better { &good } else { &half };
                let slate = team_draft(first, &half, 8, session);
                let answers =
                    |item: u32| item < 10 && !scramble(7 + session, u64::from(item)).is_multiple_of(3);
                verdict.count(winner(&slate, answers));
            }
            verdict
        };
        let better = play(true);
        assert!(better.first_share().unwrap() > 0.6 && better.p_value() < 0.001, "{better:?}");
        let equal = play(false);
        assert!(equal.p_value() > 0.01, "{equal:?}");
    }

    #[test]
    fn the_sign_test_agrees_with_sums_by_hand() {
        let p = |first_count, second_count| Verdict { first_count, second_count, tie_count: 3 }.p_value();
        assert_eq!(p(0, 0), 1.0);
        // 2 · (1 + 10 + 45) / 1024.
        assert!((p(8, 2) - 0.109_375).abs() < 1e-12);
        assert!((p(5, 5) - 1.0).abs() < 1e-12);
        // Both ways of reckoning agree where one takes over.
        let (exact, near) = (p(530, 470), p(531, 470));
        assert!((exact - near).abs() < 0.01, "{exact} {near}");
    }
}
