//! The first stage, and the features of its candidates.

use rayon::prelude::*;

use super::cases::Case;
use crate::error::LearnError;
use crate::eval::two_stage::Query;
use crate::ials::{Ials, IalsParams, ItemModel, Observation, Penalties};
use crate::kernel;
use crate::sequence::{COLUMN_COUNT, Column, Gatherer, NextParams, SessionLog};
use crate::sparse::Sparse;
use crate::top_k;

/// Columns that are also given as a share of the best candidate's.
const RELATIVE: [Column; 7] = [
    Column::Near,
    Column::NearRecent,
    Column::ForwardRecent,
    Column::Rule,
    Column::Cosine,
    Column::Forward,
    Column::Peak,
];
const OTHER_COUNT: usize = 16;
/// Numbers per candidate.
pub(super) const WIDTH: usize = COLUMN_COUNT + RELATIVE.len() + OTHER_COUNT;
/// Items that are added by their vectors alone.
const NEAR_COUNT: usize = 100;
/// Cases that share one room for gathering.
const CHUNK: usize = 256;

/// What the first stage knows.
#[derive(Debug)]
pub(super) struct Base {
    log: SessionLog,
    vectors: ItemModel,
    lengths: Vec<f32>,
    recent_counts: Vec<f32>,
    params: NextParams,
}

impl Base {
    pub(super) fn fit(item_count: usize, sessions: &[Vec<u32>], seed: u64) -> Result<Self, LearnError> {
        let log = SessionLog::new(item_count, sessions)?;
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (row, session) in sessions.iter().enumerate() {
            pairs.extend(session.iter().map(|&item| (row as u32, item)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let plays = Sparse::from_triplets(
            sessions.len(),
            item_count,
            pairs.into_iter().map(|(row, item)| (row, item, 1.0)),
        )?;
        // Chosen on held-out sessions of nowplaying among three settings.
        let penalties = Penalties { unobserved_weight: 0.003, regularization: 0.01, frequency_exponent: 1.0 };
        let params = IalsParams { dim: 64, epochs: 8, penalties, seed, ..IalsParams::default() };
        let vectors = Ials::fit(&plays, &params, &mut |_| {})?.items;
        let lengths = (0..item_count)
            .map(|item| {
                let row = vectors.factors().row(item);
                kernel::dot(row, row).sqrt().max(1e-9)
            })
            .collect();
        let mut recent_counts = vec![0.0; item_count];
        for &item in sessions[sessions.len() - sessions.len() / 10..].iter().flatten() {
            recent_counts[item as usize] += 1.0;
        }
        Ok(Self { log, vectors, lengths, recent_counts, params: NextParams::default() })
    }

    /// The `count` best candidates of each case with their features.
    pub(super) fn queries(&self, cases: &[Case], count: usize) -> Vec<Query> {
        let of_chunk = |chunk: &[Case]| -> Vec<Query> {
            let mut room = Gatherer::new(&self.log);
            let mut scores = vec![0.0; self.log.item_count()];
            chunk.iter().map(|case| self.query(case, count, &mut room, &mut scores)).collect()
        };
        cases.par_chunks(CHUNK).flat_map_iter(of_chunk).collect()
    }

    fn query(&self, case: &Case, count: usize, room: &mut Gatherer, scores: &mut [f32]) -> Query {
        let prefix = &case.prefix;
        let observations: Vec<Observation> =
            prefix.iter().map(|&item| Observation { item, weight: 1.0, target: 1.0 }).collect();
        let listener = self.vectors.fold_in(&observations);
        self.vectors.scores(&listener, scores);
        let near = top_k(scores, NEAR_COUNT, |_| true);
        room.gather(&self.log, prefix, &near);
        let score =
            |(&item, row): (&u32, &[f32; COLUMN_COUNT])| (item, self.params.score(row, self.log.count(item)));
        let mut best: Vec<(u32, f32)> = room.items().iter().zip(room.rows()).map(score).collect();
        let order = crate::top_k::order;
        if best.len() > count {
            best.select_nth_unstable_by(count, order);
            best.truncate(count);
        }
        best.sort_unstable_by(order);
        let features = self.features(case, &best, room, scores);
        Query { items: best.iter().map(|&(item, _)| item).collect(), features, relevant: vec![case.target] }
    }

    fn features(&self, case: &Case, best: &[(u32, f32)], room: &Gatherer, scores: &[f32]) -> Vec<f32> {
        let prefix = &case.prefix;
        let last = prefix[prefix.len() - 1] as usize;
        let factors = self.vectors.factors();
        let mut direction = vec![0.0; factors.dim()];
        for (back, &item) in prefix.iter().rev().enumerate().take(15) {
            let weight = (-(back as f32) / 5.0).exp() / self.lengths[item as usize];
            direction
                .iter_mut()
                .zip(factors.row(item as usize))
                .for_each(|(sum, value)| *sum += weight * value);
        }
        let length = kernel::dot(&direction, &direction).sqrt().max(1e-9);
        let row_of = |item: u32| room.row(item).expect("candidates were gathered");
        let most: Vec<f32> = RELATIVE
            .iter()
            .map(|&column| best.iter().map(|&(item, _)| row_of(item)[column as usize]).fold(1e-9, f32::max))
            .collect();
        let mut distinct = prefix.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let session_count = self.log.session_count() as f32;
        let mut features = Vec::with_capacity(best.len() * WIDTH);
        for (rank, &(item, score)) in best.iter().enumerate() {
            let row = row_of(item);
            let (index, places) = (item as usize, self.log.places(item));
            features.extend(row);
            features.extend(RELATIVE.iter().zip(&most).map(|(&column, most)| row[column as usize] / most));
            let back = prefix.iter().rev().position(|&other| other == item);
            let age = places.last().map_or(f32::NAN, |&(session, _)| 1.0 - session as f32 / session_count);
            let vector = factors.row(index);
            features.extend([
                score,
                rank as f32,
                self.log.count(item),
                self.recent_counts[index],
                item as f32 / self.log.item_count() as f32,
                back.map_or(-1.0, |back| back as f32),
                prefix.iter().filter(|&&other| other == item).count() as f32,
                prefix.len() as f32,
                self.log.count(last as u32),
                kernel::dot(vector, factors.row(last)) / self.lengths[index] / self.lengths[last],
                kernel::dot(vector, &direction) / self.lengths[index] / length,
                scores[index],
                self.lengths[index],
                age,
                (item as f32 - last as f32).abs(),
                (prefix.len() - distinct.len()) as f32,
            ]);
        }
        features
    }
}
