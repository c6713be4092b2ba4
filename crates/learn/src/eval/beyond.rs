//! What lists are like besides being right, told alike by all tasks that recommend items.

use std::collections::BTreeMap;

use super::EvalReport;
use crate::error::LearnError;
use crate::factors::Factors;
use crate::ials::{Ials, IalsParams};
use crate::metrics::Yardstick;
use crate::sparse::Sparse;

/// Numbers per vector of the yardstick: as many as kinds of music that one can tell apart at a glance.
const DIM: usize = 32;

/// Figures by their names, as [`Yardstick::figures`] tells them.
pub(super) type Figures = BTreeMap<String, f64>;

/// Vectors in which items that the same rows have point the same way.
pub(super) fn vectors(matrix: &Sparse, seed: u64) -> Result<Factors, LearnError> {
    let params = IalsParams { dim: DIM, seed, ..IalsParams::default() };
    Ok(Ials::fit(matrix, &params, &mut |_| {})?.items.factors().clone())
}

/// What lists are held against: histories of items.
pub(super) struct Beyond {
    histories: Sparse,
    vectors: Factors,
}

impl Beyond {
    /// From what was known when the lists were made.
    ///
    /// # Errors
    /// When an item is not below `item_count`.
    pub(super) fn of(
        histories: &[impl AsRef<[u32]>],
        item_count: usize,
        seed: u64,
    ) -> Result<Self, LearnError> {
        let rows = (0_u32..).zip(histories);
        let entries = rows.flat_map(|(row, items)| items.as_ref().iter().map(move |&item| (row, item, 1.0)));
        let histories = Sparse::from_triplets(histories.len(), item_count, entries)?.map(|_, _, _| 1.0)?;
        Ok(Self { vectors: vectors(&histories, seed)?, histories })
    }

    /// What lists are like; each stands with what the one whom it is for had turned to.
    pub(super) fn figures<'a>(
        &self,
        lists: impl IntoIterator<Item = (&'a [u32], &'a [u32])>,
    ) -> Result<Figures, LearnError> {
        Ok(Yardstick::new(&self.histories, &self.vectors)?.figures_beside(lists))
    }
}

/// Puts figures into a report whose models stand in the same order.
pub(super) fn tell(report: &mut EvalReport, figures: Vec<Figures>) {
    for (model, figures) in report.models.iter_mut().zip(figures) {
        model.beyond = figures;
    }
}
