//! One vector per item from several views of it: who turned to it, what it is like, where it was put.
//!
//! Each view is brought to mean 0 and mean square length 1 over the items that have it, so that no view drowns another for
//! having longer vectors.
//! What an item lacks is filled in with what its other views let one expect, by a ridge regression learnt on items that have
//! both; an expectation is shorter than the real thing the less can be known, so that it moves nothing where nothing is
//! known.
//! Flags beside the vector say which views are real.
//!
//! *Source of filling in*: Little, Rubin (2019), "Statistical Analysis with Missing Data", 3rd edition, section 4.2
//! (regression imputation).
//!
//! It does not decide what the views are; [`Attributes`](crate::attributes::Attributes) read tags from the result.

use rayon::prelude::*;

use crate::error::{LearnError, check_finite, check_length, check_not_negative};
use crate::factors::Factors;
use crate::kernel::{Cholesky, add_gram, add_scaled, padded};

/// One view of the items.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// One vector per item. *Shape*: `[items, dim of the view]`.
    pub vectors: &'a Factors,
    /// Which items have it; the others' vectors are not looked at.
    pub is_present: &'a [bool],
    /// How much it counts in the nearness of two items; 1 for all alike. *Range*: 0 or more.
    pub weight: f32,
}

/// What is merged of all views.
#[derive(Clone, Debug, PartialEq)]
pub struct Representation {
    vectors: Factors,
    /// One bit per view.
    presence: Vec<u32>,
    view_count: usize,
}

/// Views that there may be: the bits of a flag word.
pub const VIEWS_MAX: usize = 32;
/// The ridge of filling in, as a share of the items: with fewer items than numbers the regression says little.
const RIDGE_SHARE: f32 = 0.02;
/// The ridge at least, in items.
const RIDGE_MIN: f32 = 5.0;
/// Rows that are filled in at once by one thread.
const ROWS: usize = 256;

impl Representation {
    /// Merges the views.
    ///
    /// *Shape*: the vectors have as many numbers as all views together.
    ///
    /// *Complexity*: `items · dim²` for learning what views say about each other.
    ///
    /// # Errors
    /// When there is no view or more than [`VIEWS_MAX`], they differ in the number of items, or a weight is negative.
    pub fn merge(views: &[View<'_>]) -> Result<Self, LearnError> {
        let first = views.first().ok_or(LearnError::Empty { what: "the list of views" })?;
        if views.len() > VIEWS_MAX {
            return Err(LearnError::TooLarge {
                what: "the number of views",
                got: views.len(),
                limit: VIEWS_MAX,
            });
        }
        let item_count = first.vectors.row_count();
        for view in views {
            check_length("items of a view", item_count, view.vectors.row_count())?;
            check_length("presence of a view", item_count, view.is_present.len())?;
            check_not_negative("weight of a view", f64::from(view.weight))?;
        }
        let spans = spans(views);
        let dim = spans.last().map_or(0, |span| span.end);
        let mut presence = vec![0_u32; item_count];
        let mut known = vec![0.0_f32; item_count * dim];
        for (nth, (view, span)) in views.iter().zip(&spans).enumerate() {
            let scaled = Scaled::of(view);
            for (item, row) in
                known.chunks_exact_mut(dim).enumerate().filter(|(item, _)| view.is_present[*item])
            {
                presence[item] |= 1 << nth;
                scaled.write(view.vectors.row(item), &mut row[span.clone()]);
            }
        }
        let mut merged = known.clone();
        for (nth, span) in spans.iter().enumerate() {
            fill_in(&known, &presence, dim, (nth, span.clone()), &mut merged);
        }
        for row in merged.chunks_exact_mut(dim) {
            for (view, span) in views.iter().zip(&spans) {
                row[span.clone()].iter_mut().for_each(|value| *value *= view.weight.sqrt());
            }
        }
        check_finite("merged vectors", &merged)?;
        Ok(Self { vectors: Factors::new(dim, merged)?, presence, view_count: views.len() })
    }

    /// One vector per item; all zeros for one that has no view.
    pub fn vectors(&self) -> &Factors {
        &self.vectors
    }

    /// Whether an item really has a view.
    pub fn has(&self, item: usize, view: usize) -> bool {
        view < VIEWS_MAX && self.presence.get(item).is_some_and(|flags| flags >> view & 1 == 1)
    }

    /// Whether an item has any view at all.
    pub fn has_any(&self, item: usize) -> bool {
        self.presence.get(item).is_some_and(|&flags| flags != 0)
    }

    /// How many numbers [`write_features`](Self::write_features) writes.
    pub fn feature_count(&self) -> usize {
        self.vectors.dim() + self.view_count
    }

    /// Appends the vector of an item and a flag of 1 or 0 for each view.
    pub fn write_features(&self, item: usize, out: &mut Vec<f32>) {
        out.extend(self.vectors.row(item));
        out.extend((0..self.view_count).map(|view| f32::from(u8::from(self.has(item, view)))));
    }
}

/// Where each view stands in the merged vector.
fn spans(views: &[View<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut end = 0;
    let span = |view: &View<'_>| {
        let start = end;
        end += view.vectors.dim();
        start..end
    };
    views.iter().map(span).collect()
}

/// What brings a view to mean 0 and mean square length 1.
struct Scaled {
    mean: Vec<f32>,
    scale: f32,
}

impl Scaled {
    fn of(view: &View<'_>) -> Self {
        let present = || (0..view.is_present.len()).filter(|&item| view.is_present[item]);
        let count = present().count().max(1) as f64;
        let mut sums = vec![0.0_f64; view.vectors.dim()];
        for item in present() {
            sums.iter_mut().zip(view.vectors.row(item)).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        let mean: Vec<f32> = sums.iter().map(|sum| (sum / count) as f32).collect();
        let square = |item: usize| {
            let row = view.vectors.row(item).iter().zip(&mean);
            row.map(|(value, mean)| f64::from(value - mean).powi(2)).sum::<f64>()
        };
        let energy = present().map(square).sum::<f64>() / count;
        let scale = if energy > 0.0 { energy.sqrt().recip() as f32 } else { 0.0 };
        Self { mean, scale }
    }

    fn write(&self, row: &[f32], out: &mut [f32]) {
        for ((out, value), mean) in out.iter_mut().zip(row).zip(&self.mean) {
            *out = (value - mean) * self.scale;
        }
    }
}

/// Writes what the other views let one expect of a view to the items that lack it.
///
/// *Shape*: `known` and `merged` are `[items, dim]`, what is unknown is zero in `known`.
fn fill_in(
    known: &[f32],
    presence: &[u32],
    dim: usize,
    (view, span): (usize, std::ops::Range<usize>),
    merged: &mut [f32],
) {
    let stride = padded(dim);
    let teaches = |flags: u32| flags >> view & 1 == 1 && flags & !(1 << view) != 0;
    // The Gram matrix of all views over the items that have this one and another.
    let (mut rows, mut count) = (Vec::new(), 0);
    let mut gram = vec![0.0; stride * stride];
    for (row, _) in known.chunks_exact(dim).zip(presence).filter(|(_, flags)| teaches(**flags)) {
        count += 1;
        rows.extend(row);
        rows.resize(rows.len().next_multiple_of(stride), 0.0);
        if rows.len() == ROWS * stride {
            add_gram(&rows, stride, &mut gram);
            rows.clear();
        }
    }
    add_gram(&rows, stride, &mut gram);
    if count == 0 {
        return;
    }
    let others: Vec<usize> = (0..dim).filter(|place| !span.contains(place)).collect();
    let entry = |a: usize, b: usize| gram[a.max(b) * stride + a.min(b)];
    let size = others.len();
    let mut system = vec![0.0; size * size];
    let ridge = (RIDGE_SHARE * count as f32).max(RIDGE_MIN) / dim as f32;
    for (i, &a) in others.iter().enumerate() {
        for (j, &b) in others.iter().enumerate().take(i + 1) {
            system[i * size + j] = entry(a, b);
        }
        system[i * size + i] += ridge;
    }
    let mut cholesky = Cholesky::default();
    cholesky.factorize(&mut system, size, size);
    // One column of weights per number of the view.
    let weights: Vec<Vec<f32>> = span
        .clone()
        .map(|target| {
            let mut right: Vec<f32> = others.iter().map(|&other| entry(target, other)).collect();
            cholesky.solve(&system, &mut right);
            right
        })
        .collect();
    let lacks = |flags: u32| flags >> view & 1 == 0 && flags != 0;
    merged.par_chunks_mut(dim).zip(known.par_chunks(dim)).zip(presence).for_each(|((out, row), &flags)| {
        if lacks(flags) {
            let others: Vec<f32> = others.iter().map(|&place| row[place]).collect();
            for (out, weights) in out[span.clone()].iter_mut().zip(&weights) {
                *out = crate::kernel::dot(&others, weights);
            }
        }
    });
}

/// The mean of some items' vectors: a point to search from; all zeros of none.
pub fn centre(representation: &Representation, items: impl Iterator<Item = usize>) -> Vec<f32> {
    let mut sum = vec![0.0; representation.vectors.dim()];
    let mut count = 0;
    for item in items.filter(|&item| item < representation.vectors.row_count()) {
        add_scaled(1.0, representation.vectors.row(item), &mut sum);
        count += 1;
    }
    let scale = 1.0 / count.max(1) as f32;
    sum.iter_mut().for_each(|value| *value *= scale);
    sum
}
