//! The numbers that the ranker reads of each candidate: the columns, and what they mean together with the listener.
//!
//! There is one path: training and serving both come through [`Features::of`], so that a model never meets at work
//! what it was not taught.
//! Each number has a name under which a model keeps it; a model outlives the coming and going of others.

mod facts;
mod view;

use learn::blocks::Blocks;

use crate::candidate::Candidates;
use crate::column::Column;
use crate::query::Query;
use crate::snapshot::Snapshot;

pub use self::facts::{FACTS, Fact};

/// All features of all candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// *Shape*: `[candidates, Features::width()]`; what is not known is not a number.
    values: Vec<f32>,
}

impl Features {
    /// The features of all candidates, whose columns are filled in.
    ///
    /// *Complexity*: candidates times features, and a few likenesses for each candidate.
    pub fn of(query: &Query, snapshot: &Snapshot, candidates: &Candidates) -> Self {
        let columns: Vec<&[f32]> = Column::all().map(|column| candidates.column(column)).collect();
        let view = view::View::of(query, snapshot, candidates);
        let mut values = Vec::with_capacity(candidates.len() * Self::width());
        for row in 0..candidates.len() {
            values.extend(columns.iter().map(|column| column[row]));
            values.extend(FACTS.iter().map(|fact| fact.value(&view, row)));
        }
        Self { values }
    }

    /// How many numbers there are of each candidate: one per column, then one per fact.
    pub fn width() -> usize {
        Column::count() + FACTS.len()
    }

    /// The names in the order of the numbers.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Column::all().map(Column::name).chain(FACTS.iter().map(|fact| fact.name))
    }

    /// The numbers of one candidate.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * Self::width()..][..Self::width()]
    }

    /// All candidates as trees read many at once.
    pub(crate) fn blocks(&self) -> Blocks {
        Blocks::of(&self.values, Self::width())
    }

    /// The numbers of all candidates, one after the other.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(Self::width())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::pipeline::candidates;
    use crate::query::Answer;
    use crate::runner::Inline;

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Features::names().collect();
        assert_eq!(names.len(), Features::width());
    }

    #[test]
    fn rows_hold_the_columns_and_then_the_facts() {
        let snapshot = snapshot();
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let (candidates, _) = candidates(&query, &snapshot, &Inline);
        let features = Features::of(&query, &snapshot, &candidates);
        assert_eq!(features.rows().len(), candidates.len());
        let mut known = vec![0; Features::width()];
        for (row, values) in features.rows().enumerate() {
            for column in Column::all() {
                assert_eq!(values[column.index()], candidates.value(column, row));
            }
            known.iter_mut().zip(values).for_each(|(known, value)| *known += i32::from(value.is_finite()));
            assert!(values.iter().all(|value| !value.is_infinite()));
        }
        // Nobody is in a session in this history, so nothing is known of what was just heard; nor is there a habit,
        // and what others hear just now is not known.
        let unknown: Vec<&str> =
            Features::names().zip(&known).filter(|&(_, &known)| known == 0).map(|(name, _)| name).collect();
        let of_sessions = ["likeness_to_last", "session_fit", "session_misfit", "day_part_fit"];
        let of_company = ["company_plays", "company_artist", "company_tags"];
        assert_eq!(unknown, [&of_sessions[..], &of_company[..]].concat());
        let again = Features::of(&query, &Arc::clone(&snapshot), &candidates);
        assert_eq!(format!("{again:?}"), format!("{features:?}"), "the same input gives the same numbers");
    }
}
