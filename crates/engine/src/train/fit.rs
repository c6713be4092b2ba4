//! From rows to models.

use learn::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use learn::ials::{Ials, IalsParams, ItemModel};
use learn::knn::fit_item_knn;
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::{Neighbours, Progress, Sparse};
use music::{Catalogue, Id};
use recommend::Models;
use rustc_hash::FxHashMap;

use super::history::History;
use super::playlists::WeighedPlaylist;
use super::{TrainOptions, TrainProgress, Tuning};
use crate::error::EngineError;

/// Neighbours kept of each track and artist.
pub(super) const NEIGHBOUR_COUNT: usize = 100;
/// A playlist made with all care counts as much as a listener who likes each of its tracks firmly.
const PLAYLIST_WEIGHT: f32 = 2.0;

/// Fits every model that there are rows for.
pub(super) fn fit(
    history: &History,
    catalogue: &Catalogue,
    options: &TrainOptions,
    tuning: &Tuning,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Models, EngineError> {
    let track_count = catalogue.tracks().len();
    let artist_count = catalogue.artists().len();
    let listener_count = history.listener_count;
    let TrackMatrices { by_listener, by_all } = TrackMatrices::of(history, track_count)?;
    let playlist_artists = artist_entries(history, catalogue);
    let artists = matrix(
        listener_count + history.playlists.len(),
        artist_count,
        history.artist_likes.iter().copied().chain(playlist_artists),
    )?;
    Ok(Models {
        track_factors: factors(&by_all, (options, tuning), "learning tracks", progress)?,
        artist_factors: factors(&artists, (options, tuning), "learning artists", progress)?,
        track_neighbours: neighbours(&by_listener, tuning)?,
        artist_neighbours: neighbours(&artists, tuning)?,
        playlist_neighbours: playlist_neighbours(history, track_count)?,
        session_neighbours: session_neighbours(history, track_count)?,
        track_popularity: popularity(track_count, &history.plays)?,
        artist_popularity: popularity(artist_count, &history.artist_plays)?,
        ..Models::default()
    })
}

/// Who likes which tracks.
pub(super) struct TrackMatrices {
    /// *Shape*: `[listeners, tracks]`.
    pub(super) by_listener: Sparse,
    /// The same with playlists as further rows.
    pub(super) by_all: Sparse,
}

impl TrackMatrices {
    pub(super) fn of(history: &History, track_count: usize) -> Result<Self, EngineError> {
        let likes = || history.track_likes.iter().copied();
        let by_listener = matrix(history.listener_count, track_count, likes())?;
        let by_all = matrix(
            history.listener_count + history.playlists.len(),
            track_count,
            likes().chain(playlist_entries(history, |track| track)),
        )?;
        Ok(Self { by_listener, by_all })
    }
}

fn matrix(
    row_count: usize,
    column_count: usize,
    entries: impl Iterator<Item = (u32, u32, f32)>,
) -> Result<Sparse, EngineError> {
    Ok(Sparse::from_triplets(row_count, column_count, entries)?)
}

/// Playlists as further rows behind the listeners, each entry weighing what its playlist is worth.
fn playlist_entries(
    history: &History,
    column: impl Fn(u32) -> u32 + Copy,
) -> impl Iterator<Item = (u32, u32, f32)> {
    let rows = (history.listener_count as u32..).zip(&history.playlists);
    rows.flat_map(move |(row, playlist)| {
        playlist.tracks.iter().map(move |&track| (row, column(track), PLAYLIST_WEIGHT * playlist.weight))
    })
}

/// The main artists of playlists, each once per playlist.
fn artist_entries(history: &History, catalogue: &Catalogue) -> Vec<(u32, u32, f32)> {
    let mut entries = FxHashMap::<(u32, u32), f32>::default();
    let artist = |track: u32| catalogue.tracks()[track as usize].main_artist().row() as u32;
    for (row, artist, weight) in playlist_entries(history, artist) {
        entries.insert((row, artist), weight);
    }
    let mut entries: Vec<_> =
        entries.into_iter().map(|((row, artist), weight)| (row, artist, weight)).collect();
    entries.sort_unstable_by_key(|&(row, artist, _)| (row, artist));
    entries
}

fn factors(
    matrix: &Sparse,
    (options, tuning): (&TrainOptions, &Tuning),
    stage: &'static str,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Option<ItemModel>, EngineError> {
    if matrix.entry_count() == 0 {
        return Ok(None);
    }
    let params = IalsParams {
        dim: options.dim,
        epochs: options.epochs,
        seed: options.seed,
        penalties: tuning.penalties,
        discounts: tuning.discounts,
        ..IalsParams::default()
    };
    let mut report = |p: Progress| progress(TrainProgress { stage, done: p.done, total: p.total });
    Ok(Some(Ials::fit(matrix, &params, &mut report)?.items))
}

fn neighbours(matrix: &Sparse, tuning: &Tuning) -> Result<Option<Neighbours>, EngineError> {
    if matrix.entry_count() == 0 {
        return Ok(None);
    }
    Ok(Some(fit_item_knn(matrix, &tuning.neighbours, NEIGHBOUR_COUNT)?))
}

fn playlist_neighbours(history: &History, track_count: usize) -> Result<Option<Neighbours>, EngineError> {
    let list = |playlist: &WeighedPlaylist| List { items: playlist.tracks.clone(), weight: playlist.weight };
    let lists: Vec<List> = history.playlists.iter().map(list).collect();
    together(track_count, &lists, &CooccurrenceParams::PLAYLISTS)
}

fn session_neighbours(history: &History, track_count: usize) -> Result<Option<Neighbours>, EngineError> {
    let list = |session: &Vec<u32>| List { items: session.clone(), weight: 1.0 };
    let lists: Vec<List> = history.sessions.iter().map(list).collect();
    together(track_count, &lists, &CooccurrenceParams::SESSIONS)
}

fn together(
    track_count: usize,
    lists: &[List],
    params: &CooccurrenceParams,
) -> Result<Option<Neighbours>, EngineError> {
    if lists.is_empty() {
        return Ok(None);
    }
    Ok(Some(fit_cooccurrence(track_count, lists, params, NEIGHBOUR_COUNT)?))
}

fn popularity(item_count: usize, plays: &[Play]) -> Result<Option<Popularity>, EngineError> {
    if plays.is_empty() {
        return Ok(None);
    }
    Ok(Some(Popularity::count(item_count, plays.to_vec(), &PopularityParams::default())?))
}
