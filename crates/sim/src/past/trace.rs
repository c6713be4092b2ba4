//! What plays leave behind: a presence that is gone in days, and a familiarity that lasts for months.

use music::UnixMillis;

/// The days in which half of the presence goes; judged.
const PRESENCE_HALF_LIFE_DAYS: f32 = 1.5;
/// The days in which half of the familiarity goes; judged.
const FAMILIARITY_HALF_LIFE_DAYS: f32 = 60.0;

/// Plays that fade at two paces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trace {
    /// Plays, faded within days.
    pub(crate) presence: f32,
    /// Plays, faded within months.
    pub(crate) familiarity: f32,
    at: UnixMillis,
}

impl Trace {
    /// Nothing was played.
    pub(crate) const fn none(at: UnixMillis) -> Self {
        Self { presence: 0.0, familiarity: 0.0, at }
    }

    /// Counts `share` of a play.
    pub(crate) fn add(&mut self, at: UnixMillis, share: f32) {
        *self = self.faded(at);
        self.presence += share;
        self.familiarity += share;
    }

    /// The same at a later time.
    #[must_use]
    pub(crate) fn faded(self, at: UnixMillis) -> Self {
        let days = at.days_since(self.at).max(0.0) as f32;
        Self {
            presence: self.presence * (-days / PRESENCE_HALF_LIFE_DAYS).exp2(),
            familiarity: self.familiarity * (-days / FAMILIARITY_HALF_LIFE_DAYS).exp2(),
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::unit::DAY_MS;

    #[test]
    fn presence_goes_and_familiarity_stays() {
        let mut trace = Trace::none(UnixMillis::new(0));
        trace.add(UnixMillis::new(0), 1.0);
        trace.add(UnixMillis::new(0), 1.0);
        let later = trace.faded(UnixMillis::new(6 * DAY_MS));
        assert!((later.presence - 0.125).abs() < 1e-5);
        assert!(later.familiarity > 1.8);
    }
}
