//! What is known about each candidate in numbers: one column per source and one per scorer.

use crate::scorer::SCORERS;
use crate::source::SOURCES;

/// One column of the candidate table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(u8);

impl Column {
    /// What the source at this place in [`SOURCES`] says for the candidate, in log-odds.
    pub const fn of_source(source: u8) -> Self {
        Self(source)
    }

    /// The column filled by the scorer at this place in [`SCORERS`].
    pub fn of_scorer(scorer: usize) -> Self {
        Self((SOURCES.len() + scorer) as u8)
    }

    /// The column with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|column| column.name() == name)
    }

    /// All columns: those of the sources first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::count() as u8).map(Self)
    }

    /// How many columns there are.
    pub fn count() -> usize {
        SOURCES.len() + SCORERS.len()
    }

    /// Its place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The nearest number to `weight` with which the column says what its words say: sources and most scorers speak for a
    /// candidate, and those whose weight is below zero from the beginning speak against it.
    pub fn meant(self, weight: f32) -> f32 {
        let is_against =
            self.index().checked_sub(SOURCES.len()).is_some_and(|scorer| SCORERS[scorer].weight() < 0.0);
        if is_against { weight.min(0.0) } else { weight.max(0.0) }
    }

    /// Its name: that of the source or the scorer.
    pub fn name(self) -> &'static str {
        match SOURCES.get(self.index()) {
            Some(source) => source.name(),
            None => SCORERS[self.index() - SOURCES.len()].name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Column::all().map(Column::name).collect();
        assert_eq!(names.len(), Column::count());
        for column in Column::all() {
            assert_eq!(Column::named(column.name()), Some(column));
        }
        assert!(Column::count() <= usize::from(u8::MAX));
    }
}
