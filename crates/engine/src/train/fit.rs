//! From rows to models.

use learn::cooccurrence::{CooccurrenceParams, List, fit_cooccurrence};
use learn::ials::{Ials, IalsParams, ItemModel};
use learn::influence::{InfluenceParams, account_weights};
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
    let TrackMatrices { guard, by_listener, by_all } = TrackMatrices::of(history, track_count)?;
    let playlist_artists = artist_entries(history, catalogue);
    let artists = matrix(
        listener_count + history.playlists.len(),
        artist_count,
        guard.weighed(history.artist_likes.iter().copied().chain(playlist_artists)),
    )?;
    Ok(Models {
        track_factors: factors(&by_all, (options, tuning), "learning tracks", progress)?,
        artist_factors: factors(&artists, (options, tuning), "learning artists", progress)?,
        track_neighbours: neighbours(&by_listener, tuning)?,
        artist_neighbours: neighbours(&artists, tuning)?,
        playlist_neighbours: playlist_neighbours(history, &guard, track_count)?,
        session_neighbours: session_neighbours(history, track_count)?,
        track_popularity: popularity(track_count, guard.weighed_plays(&history.plays))?,
        artist_popularity: popularity(artist_count, guard.weighed_plays(&history.artist_plays))?,
        ..Models::default()
    })
}

/// Who likes which tracks.
pub(super) struct TrackMatrices {
    guard: Guard,
    /// *Shape*: `[listeners, tracks]`.
    pub(super) by_listener: Sparse,
    /// The same with playlists as further rows.
    pub(super) by_all: Sparse,
}

impl TrackMatrices {
    pub(super) fn of(history: &History, track_count: usize) -> Result<Self, EngineError> {
        let guard = Guard::of(history, track_count)?;
        let likes = || history.track_likes.iter().copied();
        let by_listener = matrix(history.listener_count, track_count, guard.weighed(likes()))?;
        let by_all = matrix(
            history.listener_count + history.playlists.len(),
            track_count,
            guard.weighed(likes().chain(playlist_entries(history, |track| track))),
        )?;
        Ok(Self { guard, by_listener, by_all })
    }
}

/// How much each listener, and each playlist behind them, may say: nobody pushes a track with copies of themselves.
struct Guard {
    weights: Vec<f32>,
}

impl Guard {
    fn of(history: &History, track_count: usize) -> Result<Self, EngineError> {
        let params = InfluenceParams::default();
        let likes = history.track_likes.iter().copied();
        let mut weights = account_weights(&matrix(history.listener_count, track_count, likes)?, &params)?;
        let entries = (0..).zip(&history.playlists).flat_map(|(row, playlist)| {
            playlist.tracks.iter().map(move |&track| (row, track, playlist.weight))
        });
        let playlists = matrix(history.playlists.len(), track_count, entries)?;
        weights.extend(account_weights(&playlists, &params)?);
        Ok(Self { weights })
    }

    fn weighed(
        &self,
        entries: impl Iterator<Item = (u32, u32, f32)>,
    ) -> impl Iterator<Item = (u32, u32, f32)> {
        entries.map(|(row, column, value)| (row, column, value * self.weights[row as usize]))
    }

    fn weighed_plays(&self, plays: &[Play]) -> Vec<Play> {
        let weighed =
            |play: &Play| Play { weight: play.weight * self.weights[play.listener as usize], ..*play };
        plays.iter().map(weighed).collect()
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

fn playlist_neighbours(
    history: &History,
    guard: &Guard,
    track_count: usize,
) -> Result<Option<Neighbours>, EngineError> {
    let list = |(playlist, share): (&WeighedPlaylist, &f32)| List {
        items: playlist.tracks.clone(),
        weight: playlist.weight * share,
    };
    let shares = &guard.weights[history.listener_count..];
    let lists: Vec<List> = history.playlists.iter().zip(shares).map(list).collect();
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

fn popularity(item_count: usize, plays: Vec<Play>) -> Result<Option<Popularity>, EngineError> {
    if plays.is_empty() {
        return Ok(None);
    }
    Ok(Some(Popularity::count(item_count, plays, &PopularityParams::default())?))
}
