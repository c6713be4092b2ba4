//! How large a world is, and when it begins.

use music::UnixMillis;
use music::unit::DAY_MS;

use crate::{Family, WorldError};

/// What a world is made from; the same parameters make the same world.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldParams {
    /// Where all chance comes from.
    pub seed: u64,
    /// By which mechanism its listeners enjoy music.
    pub family: Family,
    /// Artists; *range*: 1 to `track_count`.
    pub artist_count: u32,
    /// Tracks, those that come out during the simulated days among them; *range*: 1 to 2,000,000.
    pub track_count: u32,
    /// Listeners; *range*: 0 to 1,000,000.
    pub listener_count: u32,
    /// Simulated days; *range*: 1 to 3,650.
    pub day_count: u32,
    /// When the first of them begins; *range*: years 1980 to 2100.
    pub start: UnixMillis,
    /// The share of the tracks that comes out during the simulated days; *range*: 0 to 0.5.
    pub fresh_share: f32,
    /// Listening sessions of an average listener in a day; *range*: 0 to 20.
    pub sessions_per_day: f32,
    /// One in so many artists is described without any tag, nor are the tracks; 0 tags all.
    pub untagged_one_in: u32,
}

impl Default for WorldParams {
    /// The world of the demo: about a quarter of a million events.
    fn default() -> Self {
        Self {
            seed: 1,
            family: Family::Sound,
            artist_count: 600,
            track_count: 5_000,
            listener_count: 300,
            day_count: 120,
            // 2025-03-03T00:00Z, a Monday.
            start: UnixMillis::from_seconds(1_740_960_000),
            fresh_share: 0.1,
            sessions_per_day: 0.5,
            untagged_one_in: 0,
        }
    }
}

/// The first moment of 1980 and of 2101.
const YEARS: std::ops::Range<i64> = 315_532_800_000..4_133_980_800_000;

impl WorldParams {
    /// The default world with this many tracks and artists in proportion, for benches.
    pub fn with_track_count(track_count: u32) -> Self {
        Self { track_count, artist_count: (track_count / 8).max(1), ..Self::default() }
    }

    /// When the last simulated day is over.
    pub fn end(&self) -> UnixMillis {
        UnixMillis::new(self.start.get() + i64::from(self.day_count) * DAY_MS)
    }

    /// Says which parameter is out of range, if one is.
    pub(crate) fn check(&self) -> Result<(), WorldError> {
        let within = |name, value: f64, least: f64, greatest: f64| match value {
            value if (least..=greatest).contains(&value) => Ok(()),
            _ => Err(WorldError::OutOfRange { name, value, least, greatest }),
        };
        within("track_count", self.track_count.into(), 1.0, 2e6)?;
        within("artist_count", self.artist_count.into(), 1.0, self.track_count.into())?;
        within("listener_count", self.listener_count.into(), 0.0, 1e6)?;
        within("day_count", self.day_count.into(), 1.0, 3650.0)?;
        within("start", self.start.get() as f64, YEARS.start as f64, YEARS.end as f64)?;
        within("fresh_share", self.fresh_share.into(), 0.0, 0.5)?;
        within("sessions_per_day", self.sessions_per_day.into(), 0.0, 20.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_range_are_named() {
        let said = |params: WorldParams| params.check().map_err(|error| error.to_string());
        assert_eq!(said(WorldParams::default()), Ok(()));
        assert_eq!(said(WorldParams::with_track_count(50_000)), Ok(()));
        let few = WorldParams { artist_count: 10, track_count: 9, ..WorldParams::default() };
        assert_eq!(said(few).unwrap_err(), "`artist_count` is 10; it runs from 1 to 9");
        let never = WorldParams { sessions_per_day: f32::NAN, ..WorldParams::default() };
        assert!(said(never).is_err());
        let ancient = WorldParams { start: UnixMillis::new(i64::MIN), ..WorldParams::default() };
        assert!(said(ancient).is_err());
    }
}
