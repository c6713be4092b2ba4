//! When somebody listens: by hour and weekday, and in eight parts of the week.

use music::{LocalTime, UnixMillis, Weekday};
use serde::{Deserialize, Serialize};

use crate::decay::{Decayed, HalfLife};

/// Habits change with jobs and seasons: what was three months ago counts half.
///
/// A judgement, not tuned.
const HABIT_HALF_LIFE: HalfLife = HalfLife::days(90.0);

/// How much is listened to in each hour of each weekday, in local time.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Habits {
    /// *Shape*: `[7, 24]`, Monday first; empty before the first play.
    hours: Vec<Decayed>,
}

impl Habits {
    /// Counts one play.
    pub fn observe(&mut self, local: LocalTime, at: UnixMillis) {
        self.hours.resize(7 * 24, Decayed::default());
        self.hours[local.weekday.index() * 24 + local.hour()].add(1.0, at, HABIT_HALF_LIFE);
    }

    /// The share of all listening that falls into this hour of this weekday, 0 to 1.
    pub fn share(&self, weekday: Weekday, hour: usize, now: UnixMillis) -> f32 {
        let plays = |cell: &Decayed| cell.at(now, HABIT_HALF_LIFE);
        let total: f32 = self.hours.iter().map(plays).sum();
        match self.hours.get(weekday.index() * 24 + hour) {
            Some(cell) if total > 0.0 => plays(cell) / total,
            _ => 0.0,
        }
    }

    /// The share of all listening in each part of the week; sums to 1, or all 0 before the first play.
    pub fn day_parts(&self, now: UnixMillis) -> [f32; DayPart::COUNT] {
        let mut shares = [0.0; DayPart::COUNT];
        for weekday in Weekday::ALL {
            for hour in 0..24 {
                let local = LocalTime { weekday, minute: hour as u16 * 60 };
                shares[DayPart::of(local).index()] += self.share(weekday, hour, now);
            }
        }
        shares
    }
}

/// A part of the week in which people tend to be the same self.
///
/// A day begins at five in the morning, so that a Friday night ends on Saturday before dawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DayPart(u8);

impl DayPart {
    /// Working days and weekends, four parts each.
    pub const COUNT: usize = 8;

    /// All parts of the week.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// The part of the week that `local` falls into.
    pub const fn of(local: LocalTime) -> Self {
        let since_five = (local.minute + 24 * 60 - 5 * 60) % (24 * 60);
        let before_five = local.minute < 5 * 60;
        let weekday = (local.weekday.index() + if before_five { 6 } else { 0 }) % 7;
        let quarter = match since_five / 60 {
            0..=6 => 0,
            7..=12 => 1,
            13..=16 => 2,
            _ => 3,
        };
        // Friday evening and night already belong to the weekend, Sunday evening and night no longer do.
        let weekend = matches!((weekday, quarter), (4, 2 | 3) | (5, _) | (6, 0 | 1));
        Self(quarter + if weekend { 4 } else { 0 })
    }

    /// 0 to 7.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its name, as in "on weekend mornings".
    pub const fn name(self) -> &'static str {
        [
            "weekday mornings",
            "weekday afternoons",
            "weekday evenings",
            "weekday nights",
            "weekend mornings",
            "weekend afternoons",
            "weekend evenings",
            "weekend nights",
        ][self.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(weekday: Weekday, hour: u16) -> &'static str {
        DayPart::of(LocalTime { weekday, minute: hour * 60 }).name()
    }

    #[test]
    fn the_weekend_is_where_people_feel_it() {
        assert_eq!(part(Weekday::Friday, 11), "weekday mornings");
        assert_eq!(part(Weekday::Friday, 19), "weekend evenings");
        assert_eq!(part(Weekday::Saturday, 2), "weekend nights");
        assert_eq!(part(Weekday::Sunday, 9), "weekend mornings");
        assert_eq!(part(Weekday::Sunday, 20), "weekday evenings");
        assert_eq!(part(Weekday::Monday, 3), "weekday nights");
        assert_eq!(part(Weekday::Wednesday, 15), "weekday afternoons");
    }

    #[test]
    fn shares_sum_to_one() {
        let mut habits = Habits::default();
        assert_eq!(habits.day_parts(UnixMillis::new(0)), [0.0; 8]);
        for hour in 0..100 {
            let at = UnixMillis::new(hour * music::unit::HOUR_MS * 5);
            habits.observe(at.local(0), at);
        }
        let total: f32 = habits.day_parts(UnixMillis::new(0)).iter().sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }
}
