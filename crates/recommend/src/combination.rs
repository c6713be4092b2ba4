//! How columns add up to one score.
//!
//! The score is linear, so that each column's contribution is exactly its weight times its value and the
//! contributions of a pick sum to its score.

use std::collections::BTreeMap;

use crate::column::Column;
use crate::scorer::SCORERS;
use crate::source::SOURCES;

/// One weight per column.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    weights: Vec<f32>,
}

/// The weight of what a source says, before anything was learnt.
///
/// A weight of 1 would be right if sources knew nothing of each other; they overlap, so each counts half.
/// A judgement, replaced by fitted weights with the first training.
const SOURCE_WEIGHT: f32 = 0.5;

impl Default for Combination {
    /// The weights from before anything was learnt.
    fn default() -> Self {
        let sources = SOURCES.iter().map(|_| SOURCE_WEIGHT);
        let scorers = SCORERS.iter().map(|scorer| scorer.weight());
        Self { weights: sources.chain(scorers).collect() }
    }
}

impl Combination {
    /// The weights by column name; columns without a name here keep their default, unknown names are left out.
    ///
    /// So an artifact from before a source was added still loads.
    /// A weight that would turn the meaning of its column around is 0.
    pub fn from_named(named: &BTreeMap<String, f32>) -> Self {
        let mut combination = Self::default();
        for (name, &weight) in named {
            if let (Some(column), true) = (Column::named(name), weight.is_finite()) {
                combination.weights[column.index()] = column.meant(weight);
            }
        }
        combination
    }

    /// The weights by column name.
    pub fn to_named(&self) -> BTreeMap<String, f32> {
        Column::all().map(|column| (column.name().to_owned(), self.weight(column))).collect()
    }

    /// The weights, in the order of the columns.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The weight of `column`.
    pub fn weight(&self, column: Column) -> f32 {
        self.weights[column.index()]
    }

    /// All weights times `factor`, but for that of the skip just made: what it says is a promise, whatever else counts.
    pub fn scaled(mut self, factor: f32) -> Self {
        for column in Column::all().filter(|column| column.name() != "rejection") {
            self.weights[column.index()] *= factor;
        }
        self
    }

    /// The same weights with some of them shifted, as a mix asks for: down to 0, but never so far that the words of a
    /// column would say the opposite of what it does.
    ///
    /// # Panics
    /// When a tilt names no column: mixes are part of the program, and a test walks them all.
    #[must_use]
    pub fn tilted(mut self, tilts: &[(&str, f32)]) -> Self {
        for &(name, shift) in tilts {
            let column = Column::named(name).unwrap_or_else(|| panic!("no column is called `{name}`"));
            let weight = &mut self.weights[column.index()];
            *weight = column.meant(*weight + shift);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_weights_survive_a_change_of_columns() {
        let mut named = Combination::default().tilted(&[("long_term", 1.0)]).to_named();
        named.insert("a_source_of_the_past".into(), 9.0);
        named.remove("trending");
        named.insert("taste".into(), f32::NAN);
        let combination = Combination::from_named(&named);
        let weight = |name| combination.weight(Column::named(name).unwrap());
        assert_eq!(weight("long_term"), SOURCE_WEIGHT + 1.0);
        assert_eq!(weight("trending"), SOURCE_WEIGHT);
        assert!(weight("taste").is_finite());
    }

    #[test]
    fn no_weight_turns_the_words_of_its_column_around() {
        let named = Column::all().map(|column| {
            let default = Combination::default().weight(column);
            (column.name().to_owned(), -default)
        });
        let combination = Combination::from_named(&named.collect());
        for column in Column::all() {
            assert_eq!(combination.weight(column), 0.0, "{}", column.name());
        }
        let tilted = Combination::default().tilted(&[("artist", -9.0), ("rest", 9.0), ("known", 1.0)]);
        let weight = |name| tilted.weight(Column::named(name).unwrap());
        assert_eq!((weight("artist"), weight("rest")), (0.0, 0.0));
        assert!(weight("known") > 1.0);
    }
}
