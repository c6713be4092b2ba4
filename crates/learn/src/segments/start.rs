//! Where to begin: listeners whose vectors point the same way.
//!
//! *Sources*: Dhillon, Modha (2001), "Concept decompositions for large sparse text data using clustering" (k-means by
//! direction); Arthur, Vassilvitskii (2007), "k-means++: the advantages of careful seeding" (its beginnings).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::factors::Factors;
use crate::kernel;

/// Rounds; directions of a few dozen clusters hardly move after that.
const ROUNDS: usize = 12;

/// The cluster of each row, `count` of them at most; rows that are all zeros are in none.
///
/// *Complexity*: rows times clusters times dimensions, a dozen times.
pub(super) fn directions(vectors: &Factors, count: usize, seed: u64) -> Vec<Option<usize>> {
    let unit: Vec<Vec<f32>> = (0..vectors.row_count()).map(|row| unit(vectors.row(row))).collect();
    let placed: Vec<usize> = (0..unit.len()).filter(|&row| !unit[row].is_empty()).collect();
    let mut centres = seeds(&unit, &placed, count, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut of_row = vec![None; unit.len()];
    for _ in 0..ROUNDS {
        let nearest = |&row: &usize| {
            let near = |centre: &Vec<f32>| kernel::dot(centre, &unit[row]);
            (0..centres.len())
                .max_by(|&a, &b| near(&centres[a]).total_cmp(&near(&centres[b])).then(b.cmp(&a)))
        };
        let found: Vec<Option<usize>> = placed.par_iter().map(nearest).collect();
        let mut sums = vec![vec![0.0; vectors.dim()]; centres.len()];
        for (&row, cluster) in placed.iter().zip(&found) {
            of_row[row] = *cluster;
            if let Some(cluster) = *cluster {
                kernel::add_scaled(1.0, &unit[row], &mut sums[cluster]);
            }
        }
        for (centre, sum) in centres.iter_mut().zip(sums) {
            // A cluster that lost all rows stays where it is.
            let direction = self::unit(&sum);
            if !direction.is_empty() {
                *centre = direction;
            }
        }
    }
    of_row
}

/// Rows far from each other: each next one is drawn by its distance from those there are.
fn seeds(unit: &[Vec<f32>], placed: &[usize], count: usize, random: &mut ChaCha8Rng) -> Vec<Vec<f32>> {
    let mut centres: Vec<Vec<f32>> = Vec::new();
    let mut distances = vec![1.0_f64; placed.len()];
    while centres.len() < count.min(placed.len()) {
        let mut left = random.random::<f64>() * distances.iter().sum::<f64>();
        let drawn = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        // None where all rows point the same way.
        let Some(drawn) = drawn else { break };
        let centre = &unit[placed[drawn]];
        for (distance, &row) in distances.iter_mut().zip(placed) {
            *distance = distance.min(f64::from(1.0 - kernel::dot(centre, &unit[row])).max(0.0));
        }
        distances[drawn] = 0.0;
        centres.push(centre.clone());
    }
    centres
}

/// The row at length 1; empty where it has none.
fn unit(row: &[f32]) -> Vec<f32> {
    let length = kernel::dot(row, row).sqrt();
    if length > 0.0 { row.iter().map(|value| value / length).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_point_the_same_way_are_one_cluster() {
        let rows = (0..30).flat_map(|row| match row % 3 {
            0 => [3.0 + row as f32, 0.1, 0.0],
            1 => [0.0, 1.0, 0.1],
            _ => [0.1, 0.0, 5.0],
        });
        let vectors = Factors::new(3, rows.chain([0.0; 3]).collect()).unwrap();
        let found = directions(&vectors, 3, 1);
        assert_eq!(found[30], None, "nothing is known of it");
        assert!((0..30).all(|row| found[row] == found[row % 3]));
        let mut kinds = found[..3].to_vec();
        kinds.sort_unstable();
        assert_eq!(kinds, [Some(0), Some(1), Some(2)]);
        assert_eq!(directions(&vectors, 3, 1), found);
    }

    #[test]
    fn there_are_no_more_clusters_than_directions() {
        let same = Factors::new(2, [1.0, 1.0].repeat(5)).unwrap();
        assert_eq!(directions(&same, 4, 7), [Some(0); 5]);
        assert_eq!(directions(&Factors::zeros(3, 2).unwrap(), 4, 7), [None; 3]);
    }
}
