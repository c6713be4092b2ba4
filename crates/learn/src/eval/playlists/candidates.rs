//! The best candidates of a playlist, and what the second stage is told about them.

use rayon::prelude::*;

use super::base_models::Base;
use super::read::Playlists;
use super::scores::{SCORE_COUNT, Scores};
use crate::eval::two_stage::Query;
use crate::top_k;

const OTHER_COUNT: usize = 21;
/// Numbers per candidate.
pub(super) const WIDTH: usize = 2 * SCORE_COUNT + OTHER_COUNT;

impl Base {
    /// The `count` best tracks for each of these playlists, with features.
    pub(super) fn queries(
        &self,
        playlists: &Playlists,
        shown: &[Vec<u32>],
        wanted: &[Vec<u32>],
        rows: &[usize],
        count: usize,
    ) -> Vec<Query> {
        rows.par_iter()
            .map_init(
                || Scores::new(playlists),
                |scores, &row| {
                    scores.fill(self, playlists, shown, row);
                    let (items, features) = self.candidates(playlists, &shown[row], row, count, scores);
                    Query { items, features, relevant: wanted[row].clone() }
                },
            )
            .collect()
    }

    /// As [`queries`](Self::queries), the tracks alone.
    pub(super) fn lists(
        &self,
        playlists: &Playlists,
        shown: &[Vec<u32>],
        rows: &[usize],
        count: usize,
    ) -> Vec<Vec<u32>> {
        rows.par_iter()
            .map_init(
                || Scores::new(playlists),
                |scores, &row| {
                    scores.fill(self, playlists, shown, row);
                    let best = top_k(&scores.blend, count, |track| !scores.is_own[track as usize]);
                    best.into_iter().map(|(item, _)| item).collect()
                },
            )
            .collect()
    }

    fn candidates(
        &self,
        playlists: &Playlists,
        tracks: &[u32],
        row: usize,
        count: usize,
        scores: &Scores,
    ) -> (Vec<u32>, Vec<f32>) {
        let facts = &playlists.tracks;
        let counts = &self.counts;
        let (own, late) = (&scores.own, &scores.late);
        let length = tracks.len().max(1) as f32;
        let distinct = |owners: &[f32]| owners.iter().filter(|&&own| own > 0.0).count() as f32;
        let (artist_count, album_count) = (distinct(&own.artists), distinct(&own.albums));
        let mean =
            |of: &dyn Fn(usize) -> f32| tracks.iter().map(|&track| of(track as usize)).sum::<f32>() / length;
        let fame = |track: usize| (1.0 + counts.tracks[track]).ln();
        let (mean_duration, mean_fame) = (mean(&|track| facts[track].duration), mean(&fame));
        let (edits, followers) = playlists.care[row];
        let best = top_k(&scores.blend, count, |track| !scores.is_own[track as usize]);
        let mut features = Vec::with_capacity(best.len() * WIDTH);
        for (rank, &(item, score)) in best.iter().enumerate() {
            let track = item as usize;
            let (artist, album) = (facts[track].artist as usize, facts[track].album as usize);
            features.extend(scores.by_kind.iter().map(|scores| scores[track]));
            features.extend(scores.by_kind.iter().zip(scores.scales).map(|(s, scale)| s[track] * scale));
            features.extend([
                score,
                rank as f32,
                counts.tracks[track],
                counts.artists[artist],
                counts.albums[album],
                own.artists[artist],
                own.albums[album],
                late.artists[artist],
                late.albums[album],
                followers,
                own.artists[artist] / length,
                own.albums[album] / length,
                counts.tracks[track] / counts.artists[artist].max(1.0),
                counts.tracks[track] / counts.albums[album].max(1.0),
                length,
                artist_count / length,
                album_count / length,
                mean_fame,
                fame(track) - mean_fame,
                (facts[track].duration - mean_duration).abs(),
                edits,
            ]);
        }
        (best.into_iter().map(|(item, _)| item).collect(), features)
    }
}
