//! The first stage: neighbours, EASE, factors, albums and artists; and the features of its candidates.

use rayon::prelude::*;

use super::read::Playlists;
use crate::care::{CareFeatures, care};
use crate::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use crate::ease::{Ease, EaseParams};
use crate::error::LearnError;
use crate::eval::two_stage::Query;
use crate::ials::{Ials, IalsParams, ItemModel, Observation, Penalties};
use crate::knn::{Bm25Params, fit_item_knn};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::top_k;

/// Scores of each track for a playlist, in this order.
const SCORE_COUNT: usize = 13;
/// Weights of the scores in the first stage, each brought to at most 1; a judgement, the ranker learns its own.
const BLEND: [f32; SCORE_COUNT] = [1.0, 0.6, 0.4, 0.6, 0.5, 0.3, 0.3, 0.15, 0.2, 0.2, 0.3, 0.2, 0.3];
/// What is left of a track's weight with each further one after it, for scores of the end of the playlist.
const FADE: f32 = 0.85;
const OTHER_COUNT: usize = 21;
/// Numbers per candidate.
pub(super) const WIDTH: usize = 2 * SCORE_COUNT + OTHER_COUNT;

/// What the first stage knows.
pub(super) struct Base {
    ease: Option<Ease>,
    knn: Neighbours,
    together: Neighbours,
    order: Neighbours,
    factors: ItemModel,
    artists: Neighbours,
    albums: Neighbours,
    /// Playlists that hold each track, with their lengths' weight.
    holders: Sparse,
    weights: Vec<f32>,
    track_counts: Vec<f32>,
    artist_counts: Vec<f32>,
    album_counts: Vec<f32>,
}

impl Base {
    pub(super) fn fit(
        playlists: &Playlists,
        train: &[Vec<u32>],
        with_care: bool,
        seed: u64,
    ) -> Result<Self, LearnError> {
        let track_count = playlists.tracks.len();
        let weights: Vec<f32> = (0..train.len())
            .map(|row| if with_care { worth(playlists, row, &train[row]) } else { 1.0 })
            .collect();
        let entries = |row: usize| train[row].iter().map(move |&track| (row as u32, track));
        let matrix = |weigh: bool| {
            let all = (0..train.len()).flat_map(entries);
            let value = |row: u32| if weigh { weights[row as usize] } else { 1.0 };
            Sparse::from_triplets(train.len(), track_count, all.map(|(row, track)| (row, track, value(row))))
        };
        let plain = matrix(false)?;
        let weighed = matrix(true)?;
        let ease = match Ease::fit(&plain, &EaseParams { regularization: 60.0, ..EaseParams::default() }) {
            Ok(ease) => Some(ease),
            Err(LearnError::TooLarge { .. }) => None,
            Err(error) => return Err(error),
        };
        let knn = fit_item_knn(&plain, &Bm25Params { shrink: 10.0, ..Bm25Params::default() }, 500)?;
        let lists = |name: &dyn Fn(u32) -> u32| -> Vec<List> {
            let list = |(tracks, &weight): (&Vec<u32>, &f32)| List {
                items: tracks.iter().map(|&track| name(track)).collect(),
                weight,
            };
            train.iter().zip(&weights).map(list).collect()
        };
        let tracks = lists(&|track| track);
        let by_artist = lists(&|track| playlists.tracks[track as usize].artist);
        let by_album = lists(&|track| playlists.tracks[track as usize].album);
        let together = fit_cooccurrence(track_count, &tracks, &CooccurrenceParams::PLAYLISTS, 500)?;
        let nearby = CooccurrenceParams {
            window: 6,
            step_decay: 0.6,
            length_exponent: 0.0,
            shrink: 1.0,
            ..CooccurrenceParams::PLAYLISTS
        };
        let order = fit_cooccurrence(track_count, &tracks, &nearby, 300)?;
        let artists =
            fit_cooccurrence(playlists.artist_count, &by_artist, &CooccurrenceParams::PLAYLISTS, 200)?;
        let albums = fit_cooccurrence(playlists.album_count, &by_album, &CooccurrenceParams::PLAYLISTS, 200)?;
        let penalties = Penalties { unobserved_weight: 0.02, regularization: 0.01, frequency_exponent: 1.0 };
        let params = IalsParams { dim: 64, epochs: 10, penalties, seed, ..IalsParams::default() };
        let factors = Ials::fit(&weighed, &params, &mut |_| {})?.items;
        let mut counts =
            (vec![0.0; track_count], vec![0.0; playlists.artist_count], vec![0.0; playlists.album_count]);
        for &track in train.iter().flatten() {
            let facts = playlists.tracks[track as usize];
            counts.0[track as usize] += 1.0;
            counts.1[facts.artist as usize] += 1.0;
            counts.2[facts.album as usize] += 1.0;
        }
        Ok(Self {
            ease,
            knn,
            together,
            order,
            factors,
            artists,
            albums,
            holders: plain.transpose(),
            weights,
            track_counts: counts.0,
            artist_counts: counts.1,
            album_counts: counts.2,
        })
    }

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
                || vec![vec![0.0_f32; playlists.tracks.len()]; SCORE_COUNT + 1],
                |scores, &row| {
                    let query = self.query(playlists, row, shown, count, scores);
                    Query { relevant: wanted[row].clone(), ..query }
                },
            )
            .collect()
    }

    fn query(
        &self,
        playlists: &Playlists,
        row: usize,
        shown: &[Vec<u32>],
        count: usize,
        scores: &mut [Vec<f32>],
    ) -> Query {
        let tracks = &*shown[row];
        scores.iter_mut().for_each(|scores| scores.fill(0.0));
        let facts = &playlists.tracks;
        let (scores, blend) = scores.split_at_mut(SCORE_COUNT);
        let blend = &mut blend[0];
        let ones = vec![1.0; tracks.len()];
        if let Some(ease) = &self.ease {
            ease.scores(tracks, &ones, &mut scores[0]);
        }
        let fading: Vec<f32> =
            (0..tracks.len()).map(|place| FADE.powi((tracks.len() - 1 - place) as i32)).collect();
        for (&track, &weight) in tracks.iter().zip(&fading) {
            self.knn.add_scores(track, 1.0, &mut scores[2]);
            self.together.add_scores(track, 1.0, &mut scores[3]);
            self.order.add_scores(track, 1.0, &mut scores[5]);
            self.knn.add_scores(track, weight, &mut scores[9]);
            self.together.add_scores(track, weight, &mut scores[10]);
            self.order.add_scores(track, weight, &mut scores[11]);
        }
        let faded = tracks.iter().zip(&fading).filter(|&(_, &weight)| weight > 1e-3);
        let faded: Vec<Observation> =
            faded.map(|(&item, &weight)| Observation { item, weight, target: 1.0 }).collect();
        self.factors.scores(&self.factors.fold_in(&faded), &mut scores[12]);
        self.add_neighbours(tracks, row, shown, &mut scores[1]);
        let observations: Vec<Observation> =
            tracks.iter().map(|&item| Observation { item, weight: 1.0, target: 1.0 }).collect();
        self.factors.scores(&self.factors.fold_in(&observations), &mut scores[4]);
        let mut own_artists = vec![0.0; playlists.artist_count];
        let mut own_albums = vec![0.0; playlists.album_count];
        let (mut near_artists, mut near_albums) =
            (vec![0.0; playlists.artist_count], vec![0.0; playlists.album_count]);
        let mut late_artists = vec![0.0; playlists.artist_count];
        let mut late_albums = vec![0.0; playlists.album_count];
        for (&track, weight) in tracks.iter().zip(&fading) {
            let facts = facts[track as usize];
            late_artists[facts.artist as usize] += weight;
            late_albums[facts.album as usize] += weight;
            own_artists[facts.artist as usize] += 1.0;
            own_albums[facts.album as usize] += 1.0;
            self.artists.add_scores(facts.artist, 1.0, &mut near_artists);
            self.albums.add_scores(facts.album, 1.0, &mut near_albums);
        }
        let length = tracks.len().max(1) as f32;
        for (track, facts) in facts.iter().enumerate() {
            let (artist, album) = (facts.artist as usize, facts.album as usize);
            // A track among many of its artist is less likely to be the one that is missing.
            let share = |own: f32, all: f32| own / (all + 3.0).sqrt();
            scores[6][track] = share(own_artists[artist], self.artist_counts[artist])
                + 2.0 * share(own_albums[album], self.album_counts[album]);
            scores[7][track] = near_artists[artist] * self.track_counts[track].sqrt();
            scores[8][track] = near_albums[album] * (1.0 + self.track_counts[track]).sqrt();
        }
        let mut is_own = vec![false; facts.len()];
        tracks.iter().for_each(|&track| is_own[track as usize] = true);
        let mut scales = [0.0_f32; SCORE_COUNT];
        for ((scores, scale), weight) in scores.iter().zip(&mut scales).zip(BLEND) {
            let candidates = scores.iter().zip(&is_own).filter(|&(_, &own)| !own);
            *scale = candidates.fold(1e-9_f32, |most, (&score, _)| most.max(score)).recip();
            blend.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weight * *scale * score);
        }
        let best = top_k(blend, count, |track| !is_own[track as usize]);
        let distinct_artists = own_artists.iter().filter(|&&own| own > 0.0).count() as f32;
        let distinct_albums = own_albums.iter().filter(|&&own| own > 0.0).count() as f32;
        let durations = tracks.iter().map(|&track| facts[track as usize].duration);
        let mean_duration = durations.sum::<f32>() / length;
        let popularity = tracks.iter().map(|&track| (1.0 + self.track_counts[track as usize]).ln());
        let mean_popularity = popularity.sum::<f32>() / length;
        let mut features = Vec::with_capacity(best.len() * WIDTH);
        for (rank, &(item, score)) in best.iter().enumerate() {
            let track = item as usize;
            let (artist, album) = (facts[track].artist as usize, facts[track].album as usize);
            features.extend(scores.iter().map(|scores| scores[track]));
            features.extend(scores.iter().zip(scales).map(|(scores, scale)| scores[track] * scale));
            features.extend([
                score,
                rank as f32,
                self.track_counts[track],
                self.artist_counts[artist],
                self.album_counts[album],
                own_artists[artist],
                own_albums[album],
                late_artists[artist],
                late_albums[album],
                playlists.care[row].1,
                own_artists[artist] / length,
                own_albums[album] / length,
                self.track_counts[track] / self.artist_counts[artist].max(1.0),
                self.track_counts[track] / self.album_counts[album].max(1.0),
                length,
                distinct_artists / length,
                distinct_albums / length,
                mean_popularity,
                (1.0 + self.track_counts[track]).ln() - mean_popularity,
                (facts[track].duration - mean_duration).abs(),
                playlists.care[row].0,
            ]);
        }
        Query { items: best.into_iter().map(|(item, _)| item).collect(), features, relevant: Vec::new() }
    }

    /// Tracks of the playlists that share tracks with this one, by how alike they are.
    fn add_neighbours(&self, tracks: &[u32], own: usize, shown: &[Vec<u32>], scores: &mut [f32]) {
        let mut likeness: Vec<(u32, f32)> = Vec::new();
        for &track in tracks {
            let (rows, _) = self.holders.row(track as usize);
            let rarity = (1.0 + shown.len() as f32 / (1.0 + rows.len() as f32)).ln();
            likeness.extend(rows.iter().filter(|&&row| row as usize != own).map(|&row| (row, rarity)));
        }
        likeness.sort_by_key(|&(row, _)| row);
        for same in likeness.chunk_by(|a, b| a.0 == b.0) {
            let row = same[0].0 as usize;
            let sum: f32 = same.iter().map(|(_, rarity)| rarity).sum();
            let weight = self.weights[row] * (sum / (shown[row].len() as f32).sqrt()).powf(1.5);
            for &track in &shown[row] {
                scores[track as usize] += weight;
            }
        }
        for (score, count) in scores.iter_mut().zip(&self.track_counts) {
            *score /= (1.0 + count).powf(0.35);
        }
    }
}

/// What a playlist is worth: see [`crate::care`].
fn worth(playlists: &Playlists, row: usize, tracks: &[u32]) -> f32 {
    let (edits, followers) = playlists.care[row];
    let mut artists: Vec<u32> = tracks.iter().map(|&track| playlists.tracks[track as usize].artist).collect();
    artists.sort_unstable();
    artists.dedup();
    let features = CareFeatures {
        track_count: tracks.len() as u32,
        edit_count: edits as u32,
        // Days are not known; edits on which nothing else was done come close.
        edit_day_count: edits as u32,
        largest_addition: (tracks.len() as f32 / edits.max(1.0)).ceil() as u32,
        follower_count: followers as u32,
        distinct_artist_share: artists.len() as f32 / tracks.len().max(1) as f32,
        // What is not known speaks for nobody and against nobody.
        has_title: true,
        is_made_by_person: true,
        ..CareFeatures::default()
    };
    care(&features).weight
}
