//! Finding, with and without cells, while things come and go.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

const DIM: usize = 24;

/// Vectors around a few hundred points, as learnt vectors of tracks are.
fn vectors(count: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = move || (0..4).map(|_| random.random::<f32>() - 0.5).sum::<f32>();
    let kinds: Vec<Vec<f32>> = (0..200).map(|_| (0..DIM).map(|_| draw()).collect()).collect();
    (0..count)
        .flat_map(|nth| kinds[nth * 7919 % 200].iter().map(|at| at + 0.6 * draw()).collect::<Vec<_>>())
        .collect()
}

fn index(count: usize, exact_max: usize) -> (VectorIndex, Vec<f32>) {
    let vectors = vectors(count, 1);
    let ids: Vec<u32> = (0..count as u32).collect();
    let params = VectorIndexParams { exact_max, ..VectorIndexParams::default() };
    (VectorIndex::build(DIM, &ids, &vectors, params).unwrap(), vectors)
}

#[test]
fn cells_find_what_a_scan_finds_and_look_at_a_part_only() {
    let (exact, _) = index(20_000, 20_000);
    let (cells, _) = index(20_000, 1_000);
    assert_eq!(exact.cell_counts(), (1, 1));
    let (all, looked) = cells.cell_counts();
    assert!(all > 100 && looked < all / 4, "{looked} of {all}");
    let mut found = 0;
    let queries = vectors(100, 1);
    for query in queries.chunks_exact(DIM) {
        let truth: Vec<u32> = exact.nearest(query, 100, |_| true).iter().map(|hit| hit.0).collect();
        found += cells.nearest(query, 100, |_| true).iter().filter(|hit| truth.contains(&hit.0)).count();
    }
    assert!(found >= 9_700, "{found} of 10,000");
}

#[test]
fn a_filter_that_lets_little_through_still_gets_its_fill() {
    let (cells, vectors) = index(5_000, 500);
    let (exact, _) = index(5_000, 5_000);
    let rare = |id: u32| id.is_multiple_of(500);
    let hits = cells.nearest(&vectors[..DIM], 10, rare);
    assert_eq!(hits, exact.nearest(&vectors[..DIM], 10, rare), "all ten that there are");
    assert!(cells.nearest(&vectors[..DIM], 10, |_| false).is_empty());
    assert_eq!(cells.nearest(&vectors[..DIM], 0, |_| true), []);
}

#[test]
fn what_comes_is_found_and_what_goes_is_not() {
    for exact_max in [300, 10_000] {
        let (mut index, vectors) = index(3_000, exact_max);
        let row = |id: usize| &vectors[id * DIM..(id + 1) * DIM];
        assert_eq!(index.nearest(row(17), 1, |_| true)[0].0, 17);
        assert!(index.remove(17) && !index.remove(17));
        assert_ne!(index.nearest(row(17), 1, |_| true)[0].0, 17);
        index.insert(9_000, row(17)).unwrap();
        assert_eq!(index.nearest(row(17), 1, |_| true)[0].0, 9_000);
        index.insert(9_000, row(30)).unwrap();
        assert_ne!(index.nearest(row(17), 1, |_| true)[0].0, 9_000, "it moved");
        assert_eq!(index.len(), 3_000);
        // Every place is still right after many have moved into gaps.
        (0..3_000).filter(|id| id % 3 == 0).for_each(|id| {
            index.remove(id);
        });
        for id in (1..3_000).step_by(97).filter(|id| id % 3 != 0 && *id != 17) {
            assert_eq!(index.nearest(row(id), 1, |_| true)[0].0, id as u32);
        }
    }
}

#[test]
fn an_index_that_outgrew_its_cells_says_so_and_is_made_anew() {
    let (mut index, more) = (index(400, 1_000).0, vectors(3_000, 2));
    assert!(!index.wants_rebuild());
    for (id, vector) in (1_000..).zip(more.chunks_exact(DIM)) {
        index.insert(id, vector).unwrap();
    }
    assert!(index.wants_rebuild());
    let rebuilt = index.rebuilt().unwrap();
    assert!(!rebuilt.wants_rebuild() && rebuilt.cell_counts().0 > 1);
    assert_eq!(rebuilt.len(), 3_400);
    assert_eq!(rebuilt.nearest(&more[..DIM], 1, |_| true), index.nearest(&more[..DIM], 1, |_| true));
}

#[test]
fn what_is_no_vector_is_refused_or_near_to_nothing() {
    let params = VectorIndexParams::default();
    assert!(VectorIndex::build(0, &[], &[], params).is_err());
    assert!(VectorIndex::build(2, &[1], &[1.0], params).is_err());
    assert!(VectorIndex::build(1, &[1], &[f32::NAN], params).is_err());
    assert!(VectorIndex::build(1, &[], &[], VectorIndexParams { recall: 0.0, ..params }).is_err());
    let mut index = VectorIndex::build(2, &[1, 2, 2], &[0.0, 0.0, 1.0, 0.0, 0.0, 3.0], params).unwrap();
    assert_eq!(
        index.nearest(&[0.0, 5.0], 9, |_| true),
        [(2, 1.0)],
        "the later of two, and none without direction"
    );
    assert!(index.insert(4, &[f32::INFINITY, 0.0]).is_err());
    assert!(
        index.nearest(&[0.0, 0.0], 9, |_| true).is_empty() && index.nearest(&[1.0], 9, |_| true).is_empty()
    );
    index.insert(2, &[0.0, 0.0]).unwrap();
    assert!(index.is_empty());
    let same = VectorIndex::build(1, &[5, 3, 4], &[1.0, 2.0, 3.0], params).unwrap();
    assert_eq!(same.nearest(&[1.0], 2, |_| true), [(3, 1.0), (4, 1.0)], "ties by id");
    let alike = vec![1.0; 3_000];
    let ids: Vec<u32> = (0..3_000).collect();
    let one = VectorIndex::build(1, &ids, &alike, VectorIndexParams { exact_max: 10, ..params }).unwrap();
    assert_eq!(one.nearest(&[1.0], 3, |_| true).len(), 3);
}
