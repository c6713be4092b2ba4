//! The models of the contest, as scorers.

use std::ops::Range;

use super::judge::Scorer;
use crate::ease::Ease;
use crate::ials::Ials;
use crate::kernel::{Part, Rows, products};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::user_knn::UserKnn;

/// What most listeners turned to, for everybody.
#[derive(Debug)]
pub(super) struct Popularity {
    counts: Vec<f32>,
}

impl Popularity {
    pub(super) fn fit(matrix: &Sparse) -> Self {
        let mut counts = vec![0.0; matrix.column_count()];
        for (&column, &value) in matrix.columns().iter().zip(matrix.values()) {
            counts[column as usize] += value;
        }
        Self { counts }
    }
}

impl Scorer for Popularity {
    fn score(&self, _listeners: Range<usize>, out: &mut [f32]) {
        for row in out.chunks_exact_mut(self.counts.len()) {
            row.copy_from_slice(&self.counts);
        }
    }
}

/// The sum of the similarities to the history.
#[derive(Debug)]
pub(super) struct ItemKnn<'a> {
    pub(super) neighbours: Neighbours,
    pub(super) history: &'a Sparse,
}

impl Scorer for ItemKnn<'_> {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        out.fill(0.0);
        for (row, out) in listeners.zip(out.chunks_exact_mut(self.history.column_count())) {
            let (items, values) = self.history.row(row);
            for (&item, &value) in items.iter().zip(values) {
                self.neighbours.add_scores(item, value, out);
            }
        }
    }
}

impl Scorer for Ials {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        let (items, dim) = (self.items.factors(), self.items.dim());
        let rows = &self.rows.values()[listeners.start * dim..listeners.end * dim];
        let rows = Rows::new(rows, dim, dim, listeners.len());
        let all = Rows::new(items.values(), dim, dim, items.row_count());
        products(rows, all, Part::All, out, items.row_count());
    }
}

/// EASE with the histories it scores.
#[derive(Debug)]
pub(super) struct EaseScorer<'a> {
    pub(super) model: Ease,
    pub(super) history: &'a Sparse,
}

impl Scorer for EaseScorer<'_> {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        for (row, out) in listeners.zip(out.chunks_exact_mut(self.history.column_count())) {
            let (items, values) = self.history.row(row);
            self.model.scores(items, values, out);
        }
    }
}

/// What listeners who are alike turned to.
#[derive(Debug)]
pub(super) struct UserKnnScorer<'a> {
    pub(super) model: UserKnn,
    pub(super) history: &'a Sparse,
}

impl Scorer for UserKnnScorer<'_> {
    fn score(&self, listeners: Range<usize>, out: &mut [f32]) {
        out.fill(0.0);
        let mut alike = vec![0.0; self.model.listener_count()];
        for (row, out) in listeners.zip(out.chunks_exact_mut(self.history.column_count())) {
            self.model.alike(row, &mut alike);
            self.model.add_scores(&alike, self.history, out).expect("both sides are those of the history");
        }
    }
}
