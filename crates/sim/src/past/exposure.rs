//! How tired a listener is of a track: more with every play, less with every day.
//!
//! *Source* of the shape: Anderson, Kumar, Tomkins, Vassilvitskii, "The Dynamics of Repeat Consumption", 2014, find
//! that people play a thing more and more often and then turn away; the numbers are set by judgement.

use music::UnixMillis;

use crate::listener::Temper;

/// The days in which half of the fatigue goes, for a listener of middling stamina.
const HALF_LIFE_DAYS: f32 = 10.0;
/// Fresh plays that do no harm.
const FREE_PLAYS: f32 = 1.3;
/// What each further play takes off the liking, in log-odds.
const COST: f32 = 0.9;

/// How present a track is in a listener's ears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exposure {
    /// Plays, faded by the time since.
    level: f32,
    /// When that was true.
    at: UnixMillis,
    /// Plays in all.
    pub(crate) play_count: u32,
}

impl Exposure {
    /// A track that was never heard.
    pub(crate) const fn none(at: UnixMillis) -> Self {
        Self { level: 0.0, at, play_count: 0 }
    }

    /// Counts a play; `share` of the track was heard.
    pub(crate) fn hear(&mut self, at: UnixMillis, share: f32, temper: &Temper) {
        self.level = self.level_at(at, temper) + share;
        self.at = at;
        self.play_count += u32::from(share > 0.5);
    }

    /// What fatigue takes off the liking at `at`, in log-odds.
    pub(crate) fn fatigue(&self, at: UnixMillis, temper: &Temper) -> f32 {
        let excess = (self.level_at(at, temper) - FREE_PLAYS).max(0.0);
        COST * (1.4 - 0.8 * temper.stamina) * excess
    }

    fn level_at(&self, at: UnixMillis, temper: &Temper) -> f32 {
        let days = at.days_since(self.at).max(0.0) as f32;
        // Whoever has stamina forgets faster.
        let half_life = HALF_LIFE_DAYS * (1.4 - 0.8 * temper.stamina);
        self.level * (-days * std::f32::consts::LN_2 / half_life).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::unit::DAY_MS;

    #[test]
    fn plays_tire_and_rest_recovers() {
        let temper = Temper {
            explorer: 0.5,
            mainstream: 0.5,
            patience: 0.5,
            passion: 0.5,
            stamina: 0.5,
            openness: 0.5,
            prudence: 0.0,
            rating: 0.0,
        };
        let day = |day: i64| UnixMillis::new(day * DAY_MS);
        let mut exposure = Exposure::none(day(0));
        exposure.hear(day(0), 1.0, &temper);
        assert_eq!(exposure.fatigue(day(0), &temper), 0.0, "once does no harm");
        for _ in 0..4 {
            exposure.hear(day(1), 1.0, &temper);
        }
        let tired = exposure.fatigue(day(1), &temper);
        assert!(tired > 1.0);
        assert!(exposure.fatigue(day(11), &temper) < 0.5 * tired);
        assert_eq!(exposure.fatigue(day(90), &temper), 0.0);
        assert_eq!(exposure.play_count, 5);
    }
}
