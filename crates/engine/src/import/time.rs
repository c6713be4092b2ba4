//! Times as files write them.
//!
//! It reads no clock and does not say whether a time is believable; [`super::sink::Sink::check_time`] does.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use music::UnixMillis;

use super::request::{TimeFormat, UtcOffset};

/// The longest text that can be a time.
const TIME_LEN_MAX: usize = 64;

/// Dates as exporters of Last.fm history write them.
///
/// Dates with the month as a number between slashes are not guessed: half of the world puts the day first.
const EXPORTER_PATTERNS: [&str; 3] = ["%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%d %b %Y %H:%M:%S"];

/// A point in time, and how far the clock that showed it was ahead of UTC, where the text says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: UnixMillis,
    pub(super) utc_offset_minutes: Option<i16>,
}

impl Moment {
    const fn plain(at: UnixMillis) -> Self {
        Self { at, utc_offset_minutes: None }
    }
}

/// The time that `text` says; times without a zone are `local` times.
pub(super) fn parse(text: &str, format: &TimeFormat, local: UtcOffset) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > TIME_LEN_MAX {
        return None;
    }
    match format {
        TimeFormat::Auto => parse_auto(text, local),
        TimeFormat::UnixSeconds => number(text, 1_000.0).map(Moment::plain),
        TimeFormat::UnixMillis => number(text, 1.0).map(Moment::plain),
        TimeFormat::Pattern(pattern) => parse_pattern(pattern, text, local),
    }
}

/// The time that `text` says in any of the usual ways; times without a zone are UTC.
pub(super) fn parse_utc(text: &str) -> Option<UnixMillis> {
    parse(text, &TimeFormat::Auto, UtcOffset::default()).map(|moment| moment.at)
}

/// The time of a number whose unit shows in its size.
///
/// 10¹¹ seconds are the year 5138 and as many milliseconds are 1973, so no time of any listener is misread, apart from
/// the first three years of milliseconds, which end up in the future and are dropped.
pub(super) fn of_number(value: f64) -> Option<UnixMillis> {
    let unit_ms = match value.abs() {
        seconds if seconds < 1e11 => 1_000.0,
        millis if millis < 1e14 => 1.0,
        micros if micros < 1e17 => 1e-3,
        _ => return None,
    };
    Some(UnixMillis::new((value * unit_ms).round() as i64))
}

fn parse_auto(text: &str, local: UtcOffset) -> Option<Moment> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        // A date has two hyphens, a number one at most, in front.
        if let Ok(value) = text.parse::<f64>() {
            return of_number(value).map(Moment::plain);
        }
    }
    let (text, is_utc) = text.strip_suffix(" UTC").map_or((text, false), |text| (text, true));
    let local = if is_utc { UtcOffset::default() } else { local };
    parse_pieces(text, local)
        .or_else(|| EXPORTER_PATTERNS.into_iter().find_map(|pattern| parse_pattern(pattern, text, local)))
}

/// RFC 3339 and its looser relatives: a space for the `T`, no seconds, no zone, no time of day.
fn parse_pieces(text: &str, local: UtcOffset) -> Option<Moment> {
    let pieces = Pieces::parse(text).ok()?;
    let date_time = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    match pieces.offset() {
        Some(PiecesOffset::Numeric(numeric)) => {
            let offset = numeric.offset();
            let minutes = i16::try_from(offset.seconds() / 60).ok();
            let at = in_zone(date_time, offset)?;
            Some(Moment { at, utc_offset_minutes: minutes.filter(|&m| UtcOffset::from_minutes(m).is_some()) })
        }
        Some(_) => in_zone(date_time, Offset::UTC).map(Moment::plain),
        None => in_zone(date_time, offset_of(local)).map(Moment::plain),
    }
}

fn parse_pattern(pattern: &str, text: &str, local: UtcOffset) -> Option<Moment> {
    let parsed = strtime::parse(pattern, text).ok()?;
    if let Ok(timestamp) = parsed.to_timestamp() {
        let minutes = parsed.offset().and_then(|offset| i16::try_from(offset.seconds() / 60).ok());
        return Some(Moment {
            at: UnixMillis::new(timestamp.as_millisecond()),
            utc_offset_minutes: minutes.filter(|&m| UtcOffset::from_minutes(m).is_some()),
        });
    }
    let date_time =
        parsed.to_datetime().or_else(|_| parsed.to_date().map(|date| date.to_datetime(Default::default())));
    in_zone(date_time.ok()?, offset_of(local)).map(Moment::plain)
}

fn offset_of(local: UtcOffset) -> Offset {
    Offset::from_seconds(i32::from(local.minutes()) * 60).expect("an offset is at most 15 hours")
}

fn in_zone(date_time: DateTime, offset: Offset) -> Option<UnixMillis> {
    let zoned = date_time.to_zoned(TimeZone::fixed(offset)).ok()?;
    Some(UnixMillis::new(zoned.timestamp().as_millisecond()))
}

fn number(text: &str, unit_ms: f64) -> Option<UnixMillis> {
    let ms = text.parse::<f64>().ok()? * unit_ms;
    // Below a hundred million days no double has lost its milliseconds.
    (ms.abs() < 8.64e15).then(|| UnixMillis::new(ms.round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(text: &str) -> Option<i64> {
        parse_utc(text).map(UnixMillis::get)
    }

    #[test]
    fn times_are_read_as_exporters_write_them() {
        let expected = Some(1_715_279_520_000);
        for text in [
            "1715279520",
            "1715279520.0",
            "1715279520000",
            "1715279520000000",
            "2024-05-09T18:32:00Z",
            "2024-05-09T18:32:00.000Z",
            "2024-05-09T20:32:00+02:00",
            "2024-05-09 18:32",
            "2024-05-09 18:32:00",
            "2024-05-09 18:32:00 UTC",
            "09 May 2024 18:32",
            "09 May 2024, 18:32",
            "9 May 2024, 18:32",
            " 2024-05-09 18:32 ",
        ] {
            assert_eq!(auto(text), expected, "{text:?}");
        }
        assert_eq!(auto("2024-05-09"), Some(1_715_212_800_000));
        assert_eq!(auto("1969-12-31 23:59:59"), Some(-1_000));
        assert_eq!(auto("-1"), Some(-1_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        let long = "1".repeat(65);
        for text in
            ["", "yesterday", "2024-13-01", "1e400", "nan", "inf", "--", "99999999999999999999", &long]
        {
            assert_eq!(auto(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_zone_in_the_text_is_kept_and_a_missing_one_is_local() {
        let east = UtcOffset::from_minutes(120).unwrap();
        let moment = |text: &str| parse(text, &TimeFormat::Auto, east).unwrap();
        assert_eq!(moment("2024-05-09T18:32:00-03:30").utc_offset_minutes, Some(-210));
        assert_eq!(moment("2024-05-09T18:32:00Z").utc_offset_minutes, None, "nobody lives in Z");
        assert_eq!(moment("2024-05-09 20:32").at.get(), 1_715_279_520_000);
        assert_eq!(moment("2024-05-09 18:32 UTC").at.get(), 1_715_279_520_000);
        assert_eq!(moment("1715279520").at.get(), 1_715_279_520_000, "a count of seconds has no zone");
    }

    #[test]
    fn a_pattern_is_followed() {
        let parse = |pattern: &str, text: &str| {
            let format = TimeFormat::Pattern(pattern.into());
            parse(text, &format, UtcOffset::default()).map(|moment| moment.at.get())
        };
        assert_eq!(parse("%d.%m.%Y %H:%M", "09.05.2024 18:32"), Some(1_715_279_520_000));
        assert_eq!(parse("%d.%m.%Y", "09.05.2024"), Some(1_715_212_800_000));
        assert_eq!(parse("%Y-%m-%d %H:%M %z", "2024-05-09 20:32 +0200"), Some(1_715_279_520_000));
        assert_eq!(parse("%d.%m.%Y", "2024-05-09"), None);
        assert_eq!(parse("%Q%!", "x"), None, "a pattern that is none matches nothing");
    }
}
