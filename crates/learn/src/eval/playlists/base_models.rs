//! The first stage's models: neighbours, EASE, factors, albums and artists.

use super::read::Playlists;
use crate::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use crate::ease::{Ease, EaseParams};
use crate::error::LearnError;
use crate::ials::{Ials, IalsParams, ItemModel, Penalties};
use crate::knn::{Bm25Params, fit_item_knn};
use crate::neighbours::Neighbours;
use crate::sparse::Sparse;

/// What the first stage knows.
pub(super) struct Base {
    pub(super) ease: Option<Ease>,
    /// EASE that also reads how often each artist and album stands on a playlist; columns as in [`Base::with_owners`].
    pub(super) owner_ease: Option<Ease>,
    pub(super) knn: Neighbours,
    pub(super) together: Neighbours,
    pub(super) nearby: Neighbours,
    pub(super) factors: ItemModel,
    pub(super) artists: Neighbours,
    pub(super) albums: Neighbours,
    /// Playlists that hold each track.
    pub(super) holders: Sparse,
    /// What each playlist is worth.
    pub(super) weights: Vec<f32>,
    pub(super) counts: Counts,
}

/// On how many playlists' places each track, artist and album stands.
pub(super) struct Counts {
    pub(super) tracks: Vec<f32>,
    pub(super) artists: Vec<f32>,
    pub(super) albums: Vec<f32>,
}

/// How much an artist or album of a playlist counts in [`Base::owner_ease`], next to 1 for a track.
///
/// Tuned on the validation playlists of playlists-polimi, as are the regularisations below.
const OWNER_WEIGHT: f32 = 0.5;

impl Base {
    /// The models of these playlists, each worth its weight.
    pub(super) fn fit(
        playlists: &Playlists,
        train: &[Vec<u32>],
        weights: Vec<f32>,
        seed: u64,
    ) -> Result<Self, LearnError> {
        let track_count = playlists.tracks.len();
        let plain = matrix(train, track_count, &|_| 1.0)?;
        let owners = with_owners(playlists, train)?;
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
        let whole = CooccurrenceParams::PLAYLISTS;
        let close =
            CooccurrenceParams { window: 6, step_decay: 0.6, length_exponent: 0.0, shrink: 1.0, ..whole };
        let penalties = Penalties { unobserved_weight: 0.02, regularization: 0.01, frequency_exponent: 1.0 };
        let params = IalsParams { dim: 64, epochs: 10, penalties, seed, ..IalsParams::default() };
        let weighed = matrix(train, track_count, &|row| weights[row])?;
        Ok(Self {
            ease: fit_ease(&plain, 60.0)?,
            owner_ease: fit_ease(&owners, 60.0)?,
            knn,
            together: fit_cooccurrence(track_count, &tracks, &whole, 500)?,
            nearby: fit_cooccurrence(track_count, &tracks, &close, 300)?,
            factors: Ials::fit(&weighed, &params, &mut |_| {})?.items,
            artists: fit_cooccurrence(playlists.artist_count, &by_artist, &whole, 200)?,
            albums: fit_cooccurrence(playlists.album_count, &by_album, &whole, 200)?,
            holders: plain.transpose(),
            weights,
            counts: Counts::of(playlists, train),
        })
    }
}

impl Counts {
    pub(super) fn of(playlists: &Playlists, train: &[Vec<u32>]) -> Self {
        let mut counts = Self {
            tracks: vec![0.0; playlists.tracks.len()],
            artists: vec![0.0; playlists.artist_count],
            albums: vec![0.0; playlists.album_count],
        };
        for &track in train.iter().flatten() {
            let facts = playlists.tracks[track as usize];
            counts.tracks[track as usize] += 1.0;
            counts.artists[facts.artist as usize] += 1.0;
            counts.albums[facts.album as usize] += 1.0;
        }
        counts
    }
}

/// *Shape*: `[playlists, tracks]`.
fn matrix(
    train: &[Vec<u32>],
    track_count: usize,
    value: &dyn Fn(usize) -> f32,
) -> Result<Sparse, LearnError> {
    let rows = train.iter().enumerate();
    let entries =
        rows.flat_map(|(row, tracks)| tracks.iter().map(move |&track| (row as u32, track, value(row))));
    Sparse::from_triplets(train.len(), track_count, entries)
}

/// The columns of a playlist for [`Base::owner_ease`] and what stands in them: its tracks, then its artists, then its
/// albums, an owner of several tracks by the root of how many.
pub(super) fn columns(playlists: &Playlists, tracks: &[u32]) -> (Vec<u32>, Vec<f32>) {
    let track_count = playlists.tracks.len() as u32;
    let owners_of = |&track: &u32| {
        let facts = playlists.tracks[track as usize];
        [track_count + facts.artist, track_count + playlists.artist_count as u32 + facts.album]
    };
    let mut owners: Vec<u32> = tracks.iter().flat_map(owners_of).collect();
    owners.sort_unstable();
    let mut columns = tracks.to_vec();
    let mut values = vec![1.0; tracks.len()];
    for same in owners.chunk_by(|a, b| a == b) {
        columns.push(same[0]);
        values.push(OWNER_WEIGHT * (same.len() as f32).sqrt());
    }
    (columns, values)
}

/// *Shape*: `[playlists, tracks + artists + albums]`.
fn with_owners(playlists: &Playlists, train: &[Vec<u32>]) -> Result<Sparse, LearnError> {
    let column_count = playlists.tracks.len() + playlists.artist_count + playlists.album_count;
    let entries = train.iter().enumerate().flat_map(|(row, tracks)| {
        let (columns, values) = columns(playlists, tracks);
        columns.into_iter().zip(values).map(move |(column, value)| (row as u32, column, value))
    });
    Sparse::from_triplets(train.len(), column_count, entries)
}

/// None where the matrix is too large for a dense solution.
fn fit_ease(matrix: &Sparse, regularization: f32) -> Result<Option<Ease>, LearnError> {
    match Ease::fit(matrix, &EaseParams { regularization, ..EaseParams::default() }) {
        Ok(ease) => Ok(Some(ease)),
        Err(LearnError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
