//! The nearest of many vectors: making an index, and searching it.
#![expect(clippy::unwrap_used, reason = "a bench may fall over")]

use divan::Bencher;
use learn::vector_index::{VectorIndex, VectorIndexParams};

const DIM: usize = 128;
const COUNTS: [usize; 2] = [20_000, 200_000];

fn main() {
    divan::main();
}

/// Vectors around some hundred points, from a fixed seed.
fn vectors(count: usize) -> Vec<f32> {
    let mut state = 1_u64;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let kinds: Vec<f32> = (0..500 * DIM).map(|_| draw()).collect();
    (0..count)
        .flat_map(|nth| {
            let kind = nth * 7919 % 500;
            kinds[kind * DIM..(kind + 1) * DIM].iter().map(|at| at + 0.7 * draw()).collect::<Vec<_>>()
        })
        .collect()
}

fn index(count: usize, exact_max: usize) -> (VectorIndex, Vec<f32>) {
    let vectors = vectors(count);
    let ids: Vec<u32> = (0..count as u32).collect();
    let params = VectorIndexParams { exact_max, depth: 500, ..VectorIndexParams::default() };
    (VectorIndex::build(DIM, &ids, &vectors, params).unwrap(), vectors)
}

#[divan::bench(args = COUNTS, sample_count = 20)]
fn exact_500(bencher: Bencher<'_, '_>, count: usize) {
    let (index, vectors) = index(count, usize::MAX);
    bencher.bench(|| index.nearest(&vectors[..DIM], 500, |_| true));
}

#[divan::bench(args = COUNTS, sample_count = 20)]
fn cells_500(bencher: Bencher<'_, '_>, count: usize) {
    let (index, vectors) = index(count, 1_000);
    bencher.bench(|| index.nearest(&vectors[..DIM], 500, |_| true));
}

#[divan::bench(sample_count = 50)]
fn insert_and_remove(bencher: Bencher<'_, '_>) {
    let (mut index, vectors) = index(20_000, 1_000);
    bencher.bench_local(|| {
        index.insert(1_000_000, &vectors[..DIM]).unwrap();
        index.remove(1_000_000)
    });
}
