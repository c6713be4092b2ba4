//! Heads: how likely the listener is to do something once a track comes up, such as to hear it out.
//!
//! The ranking of [`crate::models::Ranking`] says what listeners choose by themselves; a head says what becomes of a track
//! that is put before them. Both are needed: what is chosen most is what is known best.
//! A head reads what is known of listener, track and moment, and not who proposed the track, so that it can be taught
//! on everything that ever came up.
//!
//! How heads are taught and when they are believed is the business of `engine`.

use std::sync::Arc;

use learn::blocks::Blocks;
use learn::boost::RankingModel;
use learn::calibration::Isotonic;
use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::feature::Features;
use crate::ranker::Trees;
use crate::source::SOURCES;

/// The probability of one action.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The action; see [`ACTIONS`].
    pub action: String,
    /// Its log-odds, but for what is the same for all.
    pub trees: Arc<Trees>,
    /// The log-odds of a row about which the trees say nothing.
    pub start: f32,
    /// From log-odds to what became of such rows.
    pub calibration: Isotonic,
    /// How good it was for listeners whom it had not seen.
    pub quality: HeadQuality,
}

/// The actions that heads are taught, each with what it says in words.
pub const ACTIONS: [(&str, &str); 3] = [
    ("finish", "hears it out when it comes up"),
    ("like", "likes or keeps it within a day"),
    ("return", "plays it again within a week"),
];

/// How good a head was for listeners whom it had not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadQuality {
    /// Tracks that came up.
    pub row_count: usize,
    /// The share of them with which the action was taken. *Range*: 0 to 1.
    pub share: f64,
    /// The probability that a row with the action stands before one without. *Range*: 0 to 1; .5 is chance.
    pub auc: f64,
}

impl HeadQuality {
    /// How far the head is to be followed: not at all where it tells no better than chance, wholly from an area of .6 on.
    ///
    /// *Range*: 0 to 1. A judgement: worlds of a hundred listeners, where heads were seen to help, have .61 to .78.
    pub const fn trust(&self) -> f32 {
        ((self.auc - 0.5) as f32 / 0.1).clamp(0.0, 1.0)
    }
}

/// Facts about who proposed a track, which heads do not read.
const OF_SOURCES: [&str; 3] = ["source_count", "lift_sum", "lift_max"];

impl Head {
    /// The probability that the listener takes the action with the candidate of this row of [`Features`].
    ///
    /// *Range*: 0 to 1.
    pub fn probability(&self, features: &[f32]) -> f32 {
        let log_odds = self.start + self.trees.constant() + self.trees.score(features);
        self.calibration.apply(log_odds).clamp(0.0, 1.0)
    }

    /// The same for many rows.
    pub(crate) fn probabilities(&self, rows: &Blocks) -> Vec<f32> {
        let mut scores = self.trees.scores(rows);
        for score in &mut scores {
            *score = self.calibration.apply(self.start + self.trees.constant() + *score).clamp(0.0, 1.0);
        }
        scores
    }

    /// Takes out of a row what heads do not read.
    pub fn blind(features: &mut [f32]) {
        features[..SOURCES.len()].fill(0.0);
        for (name, value) in Features::names().zip(features).skip(Column::count()) {
            if OF_SOURCES.contains(&name) {
                *value = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_do_not_see_who_proposed_a_track() {
        let mut row = vec![1.0; Features::width()];
        Head::blind(&mut row);
        let seen: Vec<&str> =
            Features::names().zip(&row).filter(|(_, v)| **v == 1.0).map(|(n, _)| n).collect();
        assert_eq!(seen.len(), Features::width() - SOURCES.len() - OF_SOURCES.len());
        assert!(seen.contains(&"taste") && seen.contains(&"in_ear") && !seen.contains(&"lift_max"));
    }
}
