//! Quantities with their units, so that seconds are never added to milliseconds.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct UnixMillis(i64);

/// Milliseconds in a day of 24 hours.
pub const DAY_MS: i64 = 86_400_000;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;

impl UnixMillis {
    /// The point `ms` milliseconds after the epoch.
    pub const fn new(ms: i64) -> Self {
        Self(ms)
    }

    /// The point `seconds` after the epoch, at the end of the range where it would not fit.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to here; negative where `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Days from `earlier` to here, as a fraction; negative where `earlier` is later.
    pub fn days_since(self, earlier: Self) -> f64 {
        self.since(earlier) as f64 / DAY_MS as f64
    }

    /// The calendar year in UTC; the nearest one that the calendar has where it is out of range (years −9999 to 9999).
    pub fn year(self) -> i16 {
        let limits = (jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
        let within = jiff::Timestamp::from_millisecond(self.0.clamp(limits.0, limits.1));
        within.map_or(1970, |timestamp| timestamp.to_zoned(jiff::tz::TimeZone::UTC).year())
    }

    /// The clock on the wall `utc_offset_minutes` east of Greenwich.
    pub const fn local(self, utc_offset_minutes: i16) -> LocalTime {
        let minutes = self.0.div_euclid(MINUTE_MS) + utc_offset_minutes as i64;
        // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
        let weekday = (minutes.div_euclid(24 * 60) + 3).rem_euclid(7) as u8;
        LocalTime { weekday: Weekday::ALL[weekday as usize], minute: minutes.rem_euclid(24 * 60) as u16 }
    }
}

impl Add<Millis> for UnixMillis {
    type Output = Self;

    fn add(self, duration: Millis) -> Self {
        Self(self.0.saturating_add(i64::from(duration.0)))
    }
}

impl Sub<Millis> for UnixMillis {
    type Output = Self;

    fn sub(self, duration: Millis) -> Self {
        Self(self.0.saturating_sub(i64::from(duration.0)))
    }
}

/// A length of time in milliseconds; at most 49 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Millis(u32);

impl Millis {
    /// `ms` milliseconds.
    pub const fn new(ms: u32) -> Self {
        Self(ms)
    }

    /// The number of milliseconds.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The same length in seconds.
    pub fn seconds(self) -> Seconds {
        Seconds(f64::from(self.0) / 1000.0)
    }
}

impl fmt::Display for Millis {
    /// Minutes and seconds, as on a player: `3:07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        write!(f, "{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// A time in the course of a track, or a length, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

/// A tempo in beats per minute.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bpm(pub f32);

/// A loudness in LUFS (EBU R 128); 0 is full scale, −23 is broadcast level.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lufs(pub f32);

/// A frequency in hertz; 0 where there is no pitch.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hertz(pub f32);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All days, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// 0 for Monday to 6 for Sunday.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The English name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }
}

/// What the clock and the calendar on the listener's wall show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// The day.
    pub weekday: Weekday,
    /// Minutes since midnight, 0 to 1439.
    pub minute: u16,
}

impl LocalTime {
    /// The hour, 0 to 23.
    pub const fn hour(self) -> usize {
        (self.minute / 60) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_follows_the_calendar_on_both_sides_of_the_epoch() {
        // 2024-05-09T18:32:10Z was a Thursday.
        let at = UnixMillis::from_seconds(1_715_279_530);
        assert_eq!(at.local(0), LocalTime { weekday: Weekday::Thursday, minute: 18 * 60 + 32 });
        assert_eq!(at.local(6 * 60), LocalTime { weekday: Weekday::Friday, minute: 32 });
        assert_eq!(UnixMillis::new(-1).local(0), LocalTime { weekday: Weekday::Wednesday, minute: 1439 });
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_the_range() {
        let end = UnixMillis::new(i64::MAX);
        assert_eq!(end + Millis::new(1), end);
        assert_eq!(end.since(UnixMillis::new(-5)), i64::MAX);
        assert_eq!(UnixMillis::from_seconds(i64::MAX), end);
    }

    #[test]
    fn a_length_reads_like_a_player() {
        assert_eq!(Millis::new(187_900).to_string(), "3:07");
    }
}
