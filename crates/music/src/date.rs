//! Release dates, which are often known to the year only.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::unit::UnixMillis;

/// The day, month or year in which something came out.
///
/// *Range*: years 1000 to 9999 of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

/// A text that is no release date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a release date; write 2019, 2019-06 or 2019-06-14")]
pub struct ReleaseDateError(pub String);

impl ReleaseDate {
    /// The date made of these parts; a day needs a month.
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let date = Self { year, month, day };
        let whole = (1000..=9999).contains(&year) && (month.is_some() || day.is_none());
        (whole && date.first_day().is_some()).then_some(date)
    }

    /// The year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12, where known.
    pub const fn month(self) -> Option<u8> {
        self.month
    }

    /// The day of the month, where known.
    pub const fn day(self) -> Option<u8> {
        self.day
    }

    /// Midnight (UTC) of the first day this date can mean.
    pub fn earliest(self) -> UnixMillis {
        let midnight = self.first_day().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        UnixMillis::new(
            midnight.expect("`new` lets only days of the calendar in").timestamp().as_millisecond(),
        )
    }

    fn first_day(self) -> Option<Date> {
        let part = |value: Option<u8>| i8::try_from(value.unwrap_or(1)).ok();
        Date::new(i16::try_from(self.year).ok()?, part(self.month)?, part(self.day)?).ok()
    }
}

impl FromStr for ReleaseDate {
    type Err = ReleaseDateError;

    fn from_str(text: &str) -> Result<Self, ReleaseDateError> {
        let parse = || {
            // A time of day after the date says nothing about a release.
            let date = text.trim().split(['T', ' ']).next()?;
            let mut parts = date.split('-');
            let year = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
            let month = parts.next().map(|part| part.parse().ok()).map_or(Some(None), |m| m.map(Some))?;
            let day = parts.next().map(|part| part.parse().ok()).map_or(Some(None), |d| d.map(Some))?;
            // Taggers write 2019-00-00 for "only the year is known".
            let month = month.filter(|&month| month != 0);
            let day = day.filter(|&day| day != 0 && month.is_some());
            parts.next().is_none().then_some(())?;
            Self::new(year, month, day)
        };
        parse().ok_or_else(|| ReleaseDateError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for ReleaseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for ReleaseDate {
    type Error = ReleaseDateError;

    fn try_from(text: String) -> Result<Self, ReleaseDateError> {
        text.parse()
    }
}

impl From<ReleaseDate> for String {
    fn from(date: ReleaseDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_the_precision_they_were_given() {
        for text in ["2019", "2019-06", "2019-06-14", "2020-02-29"] {
            assert_eq!(text.parse::<ReleaseDate>().unwrap().to_string(), text);
        }
        assert_eq!("2019-00-00".parse::<ReleaseDate>().unwrap().to_string(), "2019");
        assert_eq!("2019-06-14T07:00:00Z".parse::<ReleaseDate>().unwrap().to_string(), "2019-06-14");
        for wrong in ["", "19", "2019-13", "2019-02-29", "2019-06-14-1", "0000", "junk", "2019-xx"] {
            assert!(wrong.parse::<ReleaseDate>().is_err(), "{wrong:?} was accepted");
        }
    }

    #[test]
    fn the_earliest_moment_is_midnight_of_the_first_day() {
        let at = |text: &str| text.parse::<ReleaseDate>().unwrap().earliest().get() / 1000;
        assert_eq!(at("1970"), 0);
        assert_eq!(at("2024-05-09"), 1_715_212_800);
        assert_eq!(at("1959-08-17"), -327_456_000);
    }
}
