//! Centres of cells by k-means on the sphere.
//!
//! *Source*: Dhillon, Modha (2001), "Concept Decompositions for Large Sparse Text Data Using Clustering", section 3
//! (spherical k-means).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::kernel::{self, Part, Rows, products};

/// Vectors per cell that centres are made from; more change them little.
const SAMPLED_PER_CELL: usize = 40;
/// Rounds of moving centres.
const ROUNDS: usize = 8;
/// Rows that are compared at once by one thread.
const ROWS: usize = 64;

/// The centres of cells for these vectors, about as many as the square root of their number.
///
/// *Shape*: both `[_, dim]`, each of length 1.
pub(super) fn centres(vectors: &[f32], dim: usize, seed: u64) -> Vec<f32> {
    let count = vectors.len() / dim;
    let cell_count = (count as f64).sqrt().ceil() as usize;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    // Drawn without repeats: the first places of a shuffle.
    let sample_count = count.min(cell_count * SAMPLED_PER_CELL);
    let mut places: Vec<u32> = (0..count as u32).collect();
    for place in 0..sample_count {
        let other = random.random_range(place..count);
        places.swap(place, other);
    }
    let row = |place: u32| &vectors[place as usize * dim..(place as usize + 1) * dim];
    let sample: Vec<f32> = places[..sample_count].iter().flat_map(|&place| row(place)).copied().collect();
    let mut centres = sample[..cell_count * dim].to_vec();
    for _ in 0..ROUNDS {
        let assigned = assign(&sample, &centres, dim);
        let mut sums = vec![0.0; centres.len()];
        for (vector, &cell) in sample.chunks_exact(dim).zip(&assigned) {
            kernel::add_scaled(1.0, vector, &mut sums[cell as usize * dim..(cell as usize + 1) * dim]);
        }
        for (centre, sum) in centres.chunks_exact_mut(dim).zip(sums.chunks_exact(dim)) {
            // A cell that lost everything keeps its centre.
            if let Some(unit) = super::unit(sum) {
                centre.copy_from_slice(&unit);
            }
        }
    }
    centres
}

/// The cell of each vector.
pub(super) fn assign(vectors: &[f32], centres: &[f32], dim: usize) -> Vec<u32> {
    let cell_count = centres.len() / dim;
    let chunks = vectors.par_chunks(ROWS * dim).map_init(Vec::new, |scores: &mut Vec<f32>, rows| {
        let count = rows.len() / dim;
        scores.resize(count * cell_count, 0.0);
        let all = Rows::new(centres, dim, dim, cell_count);
        products(Rows::new(rows, dim, dim, count), all, Part::All, scores, cell_count);
        scores[..count * cell_count].chunks_exact(cell_count).map(largest).collect::<Vec<u32>>()
    });
    chunks.flatten_iter().collect()
}

/// The cell whose centre is nearest; the only one where there are no centres.
pub(super) fn nearest_centre(centres: &[f32], vector: &[f32]) -> usize {
    let scores: Vec<f32> =
        centres.chunks_exact(vector.len()).map(|centre| kernel::dot(centre, vector)).collect();
    largest(&scores) as usize
}

/// The place of the largest number; of equal ones the first, and 0 of none.
fn largest(scores: &[f32]) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (place, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (place as u32, score);
        }
    }
    best.0
}
