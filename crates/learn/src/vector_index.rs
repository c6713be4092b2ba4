//! The nearest of many vectors: by an exact scan while there are few, by cells of like vectors when there are many.
//!
//! Vectors are brought to length 1, and near means a large cosine.
//! Above a size, vectors are sorted into cells around centres; a query looks into the cells whose centres are nearest.
//! How many these are is measured when the index is made, on its own vectors, so that the recall that was asked for is
//! reached; it is no setting that somebody has to guess.
//! With a filter that lets little through the search goes on into further cells until enough is found.
//!
//! Inserting and removing take effect at once; [`VectorIndex::wants_rebuild`] says when cells have grown out of shape.
//!
//! *Source*: Jégou, Douze, Schmid (2011), "Product Quantization for Nearest Neighbor Search", section 4 (inverted file);
//! the vectors themselves are kept, so there is no loss by quantisation.

mod cells;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use self::cells::{centres, nearest_centre};
use crate::error::{LearnError, check_finite, check_length};
use crate::kernel;
use crate::top_k::{Best, top_k};

/// What is chosen before an index is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VectorIndexParams {
    /// Up to so many vectors every one is looked at.
    pub exact_max: usize,
    /// The share of the true nearest that a search should find. *Range*: above 0 to 1.
    pub recall: f32,
    /// How many nearest the recall is measured on.
    pub depth: usize,
    /// The seed of the vectors that centres are made from.
    pub seed: u64,
}

impl Default for VectorIndexParams {
    /// A scan of 20,000 vectors of 128 numbers reads 10 MB, a millisecond or two on one core.
    fn default() -> Self {
        Self { exact_max: 20_000, recall: 0.98, depth: 100, seed: 0 }
    }
}

/// Vectors that are searched by nearness.
#[derive(Clone, Debug)]
pub struct VectorIndex {
    dim: usize,
    params: VectorIndexParams,
    /// *Shape*: `[cells, dim]`; empty while there is one cell.
    centres: Vec<f32>,
    cells: Vec<Cell>,
    /// The cell and the place in it of each id.
    places: FxHashMap<u32, (u32, u32)>,
    /// Cells that a search looks into.
    probe_count: usize,
    /// Vectors when the cells were made.
    made_with: usize,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    ids: Vec<u32>,
    /// *Shape*: `[ids, dim]`, each of length 1.
    vectors: Vec<f32>,
}

impl VectorIndex {
    /// An index of these vectors; of an id that comes twice the later counts, and vectors of length 0 are left out.
    ///
    /// *Shape*: `vectors` is `[ids, dim]`.
    ///
    /// *Complexity*: about `6·√n` comparisons per vector where there are more than `exact_max`.
    ///
    /// # Errors
    /// When the lengths do not fit, a number is not finite, or a parameter is out of its range.
    pub fn build(
        dim: usize,
        ids: &[u32],
        vectors: &[f32],
        params: VectorIndexParams,
    ) -> Result<Self, LearnError> {
        if dim == 0 {
            return Err(LearnError::Parameter { name: "dim", value: 0.0, expected: "at least 1" });
        }
        if !(params.recall > 0.0 && params.recall <= 1.0) {
            let value = f64::from(params.recall);
            return Err(LearnError::Parameter { name: "recall", value, expected: "above 0, at most 1" });
        }
        check_length("vectors of an index", ids.len() * dim, vectors.len())?;
        check_finite("vectors of an index", vectors)?;
        let mut index = Self {
            dim,
            params,
            centres: Vec::new(),
            cells: vec![Cell::default()],
            places: FxHashMap::default(),
            probe_count: 1,
            made_with: 0,
        };
        for (&id, vector) in ids.iter().zip(vectors.chunks_exact(dim)) {
            index.put(id, vector);
        }
        index.made_with = index.len();
        if index.len() > params.exact_max {
            index.make_cells()?;
        }
        Ok(index)
    }

    /// The same vectors in cells of a fresh shape.
    ///
    /// # Errors
    /// Never on an index that was made; the type allows for it.
    pub fn rebuilt(&self) -> Result<Self, LearnError> {
        let mut rows: Vec<(u32, &[f32])> = self
            .cells
            .iter()
            .flat_map(|cell| cell.ids.iter().copied().zip(cell.vectors.chunks_exact(self.dim)))
            .collect();
        // So that the same vectors give the same cells, in whatever order they came.
        rows.sort_unstable_by_key(|&(id, _)| id);
        let ids: Vec<u32> = rows.iter().map(|&(id, _)| id).collect();
        let vectors: Vec<f32> = rows.iter().flat_map(|&(_, vector)| vector).copied().collect();
        Self::build(self.dim, &ids, &vectors, self.params)
    }

    /// Whether so much was inserted or removed that the cells should be made anew.
    pub fn wants_rebuild(&self) -> bool {
        let grown = self.len() > self.params.exact_max && self.centres.is_empty();
        let (now, then) = (self.len(), self.made_with);
        grown || (!self.centres.is_empty() && (now > 2 * then || 2 * now < then))
    }

    /// Puts a vector in, in place of the one that the id had.
    ///
    /// A vector of length 0 is near to nothing, so that its id is only removed.
    ///
    /// # Errors
    /// When the vector has another length or a number is not finite; nothing changes then.
    pub fn insert(&mut self, id: u32, vector: &[f32]) -> Result<(), LearnError> {
        check_length("a vector of an index", self.dim, vector.len())?;
        check_finite("a vector of an index", vector)?;
        self.put(id, vector);
        Ok(())
    }

    fn put(&mut self, id: u32, vector: &[f32]) {
        self.remove(id);
        let Some(unit) = unit(vector) else { return };
        let cell = nearest_centre(&self.centres, &unit);
        let Cell { ids, vectors } = &mut self.cells[cell];
        self.places.insert(id, (cell as u32, ids.len() as u32));
        ids.push(id);
        vectors.extend(unit);
    }

    /// Takes a vector out; false where there was none.
    pub fn remove(&mut self, id: u32) -> bool {
        let Some((cell, place)) = self.places.remove(&id) else { return false };
        let (Cell { ids, vectors }, place) = (&mut self.cells[cell as usize], place as usize);
        ids.swap_remove(place);
        let last = vectors.len() - self.dim;
        if place < ids.len() {
            vectors.copy_within(last.., place * self.dim);
            self.places.insert(ids[place], (cell, place as u32));
        }
        vectors.truncate(last);
        true
    }

    /// The `count` nearest ids that `keep` accepts with their cosines, nearest first; ties by id.
    ///
    /// Empty for a query of length 0 or of another number of dimensions.
    ///
    /// *Complexity*: `√n` centres and the vectors of the cells that are looked into.
    pub fn nearest(&self, query: &[f32], count: usize, keep: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let Some(query) = unit(query).filter(|query| query.len() == self.dim) else { return Vec::new() };
        self.search(&query, count, self.probe_count, &keep)
    }

    fn search(
        &self,
        query: &[f32],
        count: usize,
        probe_count: usize,
        keep: &impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        let mut best = Best::new(count);
        let mut scores = Vec::new();
        for (looked, cell) in self.cells_by_nearness(query).into_iter().enumerate() {
            if looked >= probe_count && best.found_count() >= count {
                break;
            }
            let Cell { ids, vectors } = &self.cells[cell];
            scores.clear();
            scores.extend(vectors.chunks_exact(self.dim).map(|vector| kernel::dot(vector, query)));
            ids.iter().zip(&scores).for_each(|(&id, &score)| best.offer((id, score), keep));
        }
        best.done()
    }

    fn cells_by_nearness(&self, query: &[f32]) -> Vec<usize> {
        if self.centres.is_empty() {
            return vec![0];
        }
        let scores: Vec<f32> =
            self.centres.chunks_exact(self.dim).map(|centre| kernel::dot(centre, query)).collect();
        top_k(&scores, scores.len(), |_| true).into_iter().map(|(cell, _)| cell as usize).collect()
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Cells, and how many of them a search looks into at least; `(1, 1)` where everything is looked at.
    pub fn cell_counts(&self) -> (usize, usize) {
        (self.cells.len(), self.probe_count)
    }

    /// Sorts everything from the one cell into many.
    fn make_cells(&mut self) -> Result<(), LearnError> {
        let all = std::mem::take(&mut self.cells[0]);
        self.centres = centres(&all.vectors, self.dim, self.params.seed);
        let assigned = cells::assign(&all.vectors, &self.centres, self.dim);
        self.cells = vec![Cell::default(); self.centres.len() / self.dim];
        for ((&id, vector), cell) in all.ids.iter().zip(all.vectors.chunks_exact(self.dim)).zip(assigned) {
            let Cell { ids, vectors } = &mut self.cells[cell as usize];
            self.places.insert(id, (cell, ids.len() as u32));
            ids.push(id);
            vectors.extend(vector);
        }
        self.probe_count = self.measured_probe_count(&all);
        Ok(())
    }

    /// The fewest cells with which vectors of the index find enough of their nearest.
    fn measured_probe_count(&self, all: &Cell) -> usize {
        let step = (all.ids.len() / QUERIES).max(1);
        let queries: Vec<&[f32]> = all.vectors.chunks_exact(self.dim).step_by(step).take(QUERIES).collect();
        // For each query, how many cells must be looked into before that many of the nearest were met.
        let mut needed: Vec<Vec<usize>> = Vec::with_capacity(queries.len());
        for query in queries {
            let depth = self.params.depth.clamp(1, all.ids.len());
            let truth = self.search(query, depth, self.cells.len(), &|_| true);
            let mut rank_of_cell = vec![0; self.cells.len()];
            for (rank, cell) in self.cells_by_nearness(query).into_iter().enumerate() {
                rank_of_cell[cell] = rank;
            }
            needed.push(truth.iter().map(|(id, _)| rank_of_cell[self.places[id].0 as usize] + 1).collect());
        }
        let mut all_needed: Vec<usize> = needed.concat();
        all_needed.sort_unstable();
        let last = (all_needed.len() as f64 * f64::from(self.params.recall)).ceil() as usize;
        all_needed.get(last.saturating_sub(1)).copied().unwrap_or(1)
    }
}

/// Queries on which recall is measured.
const QUERIES: usize = 100;

/// The vector brought to length 1; none of one that has no direction.
fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
    (length > 0.0).then(|| vector.iter().map(|&value| (f64::from(value) / length) as f32).collect())
}
