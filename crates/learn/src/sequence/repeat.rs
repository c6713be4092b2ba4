//! When does a listener want a track again?
//!
//! Interest in a track grows with how often it was played and fades with the time since; right after a play it is low
//! for a while, which we call saturation.
//!
//! *Source*: Anderson, Kumar, Tomkins, Vassilvitskii (2014), "The dynamics of repeat consumption": recency and
//! frequency both matter, recency more. The saturation term is ours.

use crate::calibration::Logistic;

/// What is known about a track a listener has played before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeats {
    /// Plays so far. *Range*: 1 or more.
    pub play_count: u32,
    /// Hours since the last play. *Range*: 0 or more.
    pub hours_since: f32,
    /// Hours between plays so far, in the middle; none after one play.
    pub usual_gap_hours: Option<f32>,
    /// The share of the plays that were skipped. *Range*: 0 to 1.
    pub skip_share: f32,
}

impl Repeats {
    /// Numbers per [`features`](Self::features).
    pub const FEATURE_COUNT: usize = 6;

    /// What the model looks at; all finite.
    pub fn features(self) -> [f32; Self::FEATURE_COUNT] {
        let plays = (self.play_count.max(1) as f32).ln();
        let hours = if self.hours_since.is_finite() { self.hours_since.max(0.0) } else { 1e6 };
        let gap = self.usual_gap_hours.filter(|gap| gap.is_finite() && *gap > 0.0);
        // How far the time since lies from what is usual, on a scale of doublings.
        let overdue = gap.map_or(0.0, |gap| ((hours + 0.1) / gap.max(0.1)).ln().clamp(-6.0, 6.0));
        let skips = if self.skip_share.is_finite() { self.skip_share.clamp(0.0, 1.0) } else { 0.0 };
        [plays, (1.0 + hours).ln(), (-hours / 2.0).exp(), overdue, overdue * overdue, skips]
    }
}

/// The probability that a listener wants a track again now.
#[derive(Clone, Debug, PartialEq)]
pub struct RepeatModel {
    /// Weights of [`Repeats::features`].
    pub logistic: Logistic,
}

impl Default for RepeatModel {
    /// Judgements, for as long as there is nothing to learn from.
    fn default() -> Self {
        let weights = vec![0.6, -0.35, -2.0, 0.0, -0.15, -2.0];
        Self { logistic: Logistic { bias: -0.5, weights } }
    }
}

impl RepeatModel {
    /// How likely the track is wanted now.
    ///
    /// *Range*: 0 to 1.
    pub fn probability(&self, repeats: Repeats) -> f32 {
        self.logistic.probability(&repeats.features())
    }

    /// The model fitted to what happened, pulled to the judgements of [`Default`] where there is little.
    ///
    /// # Errors
    /// When there is no sample.
    #[cfg(feature = "train")]
    pub fn fit(samples: &[(Repeats, bool)]) -> Result<Self, crate::LearnError> {
        let features: Vec<f32> = samples.iter().flat_map(|(repeats, _)| repeats.features()).collect();
        let labels: Vec<f32> = samples.iter().map(|&(_, again)| f32::from(u8::from(again))).collect();
        let prior = Self::default().logistic.weights;
        let params = crate::calibration::LogisticParams {
            penalty: 10.0,
            prior,
            ..crate::calibration::LogisticParams::default()
        };
        Ok(Self { logistic: Logistic::fit(&features, Repeats::FEATURE_COUNT, &labels, &params)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOVED: Repeats =
        Repeats { play_count: 12, hours_since: 30.0, usual_gap_hours: Some(26.0), skip_share: 0.0 };

    #[test]
    fn a_loved_track_returns_when_it_is_due_and_not_at_once() {
        let model = RepeatModel::default();
        let due = model.probability(LOVED);
        assert!(due > model.probability(Repeats { hours_since: 0.1, ..LOVED }));
        assert!(due > model.probability(Repeats { hours_since: 4000.0, ..LOVED }));
        assert!(due > model.probability(Repeats { play_count: 1, usual_gap_hours: None, ..LOVED }));
        assert!(due > model.probability(Repeats { skip_share: 0.8, ..LOVED }));
    }

    #[cfg(feature = "train")]
    #[test]
    fn what_happened_overrules_the_judgement() {
        let habit = |hours_since| Repeats { hours_since, ..LOVED };
        let samples: Vec<(Repeats, bool)> =
            (0..2000).map(|row| (habit(row as f32 / 10.0), row < 400)).collect();
        let model = RepeatModel::fit(&samples).unwrap();
        assert!(model.probability(habit(5.0)) > 0.8);
        assert!(model.probability(habit(150.0)) < 0.1);
        assert!(RepeatModel::fit(&[]).is_err());
    }

    #[test]
    fn odd_numbers_stay_finite() {
        let odd = Repeats {
            play_count: 0,
            hours_since: f32::NAN,
            usual_gap_hours: Some(0.0),
            skip_share: f32::NAN,
        };
        assert!(RepeatModel::default().probability(odd).is_finite());
    }
}
