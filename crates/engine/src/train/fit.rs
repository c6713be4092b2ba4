//! From rows to models.

use learn::cooccurrence::{CooccurrenceParams, List, Owners, fit_owned_cooccurrence};
use learn::ials::{Ials, IalsParams, ItemModel};
use learn::influence::Say;
use learn::knn::fit_supported_item_knn;
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::reception::{Reception, ReceptionParams};
use learn::{Neighbours, Progress, Sparse};
use music::{Catalogue, Id};
use recommend::Models;
use recommend::attributes::TrackAttributes;
use rustc_hash::FxHashMap;

use super::attributes::{infer, nearest, represent};
use super::booklets::Booklets;
use super::guard::Guard;
use super::history::History;
use super::questions::questions;
use super::segments::segments;
use super::{TrainOptions, TrainProgress, Tuning};
use crate::error::EngineError;

/// Neighbours kept of each track and artist.
pub(super) const NEIGHBOUR_COUNT: usize = 100;
/// A playlist made with all care counts as much as a listener who likes each of its tracks firmly.
const PLAYLIST_WEIGHT: f32 = 2.0;

/// Fits every model that there are rows for, the factors from those of `start` if there is one.
pub(super) fn fit(
    history: &History,
    (catalogue, booklets): (&Catalogue, &Booklets),
    (options, tuning): (&TrainOptions, &Tuning),
    start: Option<&Models>,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Models, EngineError> {
    let track_count = catalogue.tracks().len();
    let artist_count = catalogue.artists().len();
    let TrackMatrices { guard, by_listener, by_all } = TrackMatrices::of(history, track_count, artist_count)?;
    let liked = |&(row, artist, value): &(u32, u32, f32)| {
        (row, artist, value * guard.listeners.weights[row as usize])
    };
    let artists = matrix(
        history.listener_count + history.playlists.len(),
        artist_count,
        history.artist_likes.iter().map(liked).chain(artist_entries(history, &guard, catalogue)),
    )?;
    // Their rows are weighed already.
    let artist_say = Say { support_min: guard.listeners.support_min, ..Say::even(artists.row_count()) };
    let start = |of: fn(&Models) -> &Option<ItemModel>| start.and_then(|models| of(models).as_ref());
    let track_start = start(|models| &models.track_factors);
    let artist_start = start(|models| &models.artist_factors);
    let mut models = Models {
        track_factors: factors(&by_all, track_start, (options, tuning), "learning tracks", progress)?,
        artist_factors: factors(&artists, artist_start, (options, tuning), "learning artists", progress)?,
        track_neighbours: neighbours(&by_listener, &guard.listeners, tuning)?,
        artist_neighbours: neighbours(&artists, &artist_say, tuning)?,
        playlist_neighbours: playlist_neighbours(history, &guard, track_count)?,
        session_neighbours: session_neighbours(history, &guard, track_count)?,
        followers: followers(history, &guard, track_count)?,
        crowd: crowd(history, track_count)?,
        reception: reception(history, &guard, (track_count, artist_count))?,
        track_popularity: popularity(track_count, &history.plays, &guard)?,
        artist_popularity: popularity(artist_count, &history.artist_plays, &guard)?,
        questions: questions(history, &guard, (track_count, artist_count))?,
        lyrics_neighbours: booklets.words_neighbours.clone(),
        art_neighbours: booklets.cover_neighbours.clone(),
        ..Models::default()
    };
    progress(TrainProgress { stage: "telling listeners apart", done: 0, total: 1 });
    models.segments = segments(history, &guard, catalogue, &models, options.seed)?;
    progress(TrainProgress { stage: "merging views", done: 0, total: 1 });
    if let Some(merged) = represent(history, &guard, (catalogue, booklets), &models, options.seed)? {
        models.view_neighbours = Some(nearest(&merged, options.seed)?);
    }
    Ok(models)
}

/// Which tags tracks probably have; none where nothing is known of them or no tag is given often enough.
pub(super) fn attributes(
    history: &History,
    (catalogue, booklets): (&Catalogue, &Booklets),
    models: &Models,
    seed: u64,
) -> Result<Option<TrackAttributes>, EngineError> {
    let guard = Guard::of(history, catalogue.tracks().len(), catalogue.artists().len())?;
    match represent(history, &guard, (catalogue, booklets), models, seed)? {
        Some(merged) => infer(&merged, catalogue),
        None => Ok(None),
    }
}

/// Who likes which tracks.
pub(super) struct TrackMatrices {
    /// How much each row may say.
    pub(super) guard: Guard,
    /// As it is. *Shape*: `[listeners, tracks]`.
    pub(super) by_listener: Sparse,
    /// The same with playlists as further rows, each row weighed by what it may say.
    pub(super) by_all: Sparse,
}

impl TrackMatrices {
    pub(super) fn of(
        history: &History,
        track_count: usize,
        artist_count: usize,
    ) -> Result<Self, EngineError> {
        let guard = Guard::of(history, track_count, artist_count)?;
        let likes = || history.track_likes.iter().copied();
        let by_listener = matrix(history.listener_count, track_count, likes())?;
        let weighed =
            likes().map(|(row, track, value)| (row, track, value * guard.listeners.weights[row as usize]));
        let by_all = matrix(
            history.listener_count + history.playlists.len(),
            track_count,
            weighed.chain(playlist_entries(history, &guard, |track| track)),
        )?;
        Ok(Self { guard, by_listener, by_all })
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
    guard: &Guard,
    column: impl Fn(u32) -> u32 + Copy,
) -> impl Iterator<Item = (u32, u32, f32)> {
    let rows = (history.listener_count as u32..).zip(history.playlists.iter().zip(&guard.playlists));
    rows.flat_map(move |(row, (playlist, say))| {
        let weight = PLAYLIST_WEIGHT * playlist.weight * say;
        playlist.tracks.iter().map(move |&track| (row, column(track), weight))
    })
}

/// The main artists of playlists, each once per playlist.
fn artist_entries(history: &History, guard: &Guard, catalogue: &Catalogue) -> Vec<(u32, u32, f32)> {
    let mut entries = FxHashMap::<(u32, u32), f32>::default();
    let artist = |track: u32| catalogue.tracks()[track as usize].main_artist().row() as u32;
    for (row, artist, weight) in playlist_entries(history, guard, artist) {
        entries.insert((row, artist), weight);
    }
    let mut entries: Vec<_> =
        entries.into_iter().map(|((row, artist), weight)| (row, artist, weight)).collect();
    entries.sort_unstable_by_key(|&(row, artist, _)| (row, artist));
    entries
}

/// Epochs from a start that has most of what is learnt from, as a share of those from nothing.
///
/// Half of them reach the loss of all of them; see the test of `learn::ials` with this in its name.
const STARTED_SHARE: f64 = 0.5;

fn factors(
    matrix: &Sparse,
    start: Option<&ItemModel>,
    (options, tuning): (&TrainOptions, &Tuning),
    stage: &'static str,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Option<ItemModel>, EngineError> {
    if matrix.entry_count() == 0 {
        return Ok(None);
    }
    let share = if start.is_some() { STARTED_SHARE } else { 1.0 };
    let params = IalsParams {
        dim: options.dim,
        epochs: (options.epochs as f64 * share).ceil() as usize,
        seed: options.seed,
        penalties: tuning.penalties,
        discounts: tuning.discounts,
        ..IalsParams::default()
    };
    let mut report = |p: Progress| progress(TrainProgress { stage, done: p.done, total: p.total });
    let start = start.map(ItemModel::factors);
    Ok(Some(Ials::fit_from(start, matrix, &params, &mut report)?.items))
}

fn neighbours(matrix: &Sparse, say: &Say, tuning: &Tuning) -> Result<Option<Neighbours>, EngineError> {
    if matrix.entry_count() == 0 {
        return Ok(None);
    }
    Ok(Some(fit_supported_item_knn(matrix, &tuning.neighbours, say, NEIGHBOUR_COUNT)?))
}

/// Playlists that are copies weigh less; their owners' worth is told apart from it, as support goes by owner.
fn playlist_neighbours(
    history: &History,
    guard: &Guard,
    track_count: usize,
) -> Result<Option<Neighbours>, EngineError> {
    let owner_say = |owner: u32| guard.listeners.weights[owner as usize];
    let lists = history.playlists.iter().zip(&guard.playlists).map(|(playlist, say)| List {
        items: playlist.tracks.clone(),
        weight: playlist.weight * say / owner_say(playlist.owner),
    });
    let owners: Vec<u32> = history.playlists.iter().map(|playlist| playlist.owner).collect();
    // Few pairs stand on the playlists of two people; what one owner adds is capped, and shrunk as it is.
    let say = Say { support_min: 0.0, ..guard.listeners.clone() };
    let owners = Owners { of_lists: &owners, say: &say, cap: guard.playlist_cap() };
    together(track_count, &lists.collect::<Vec<_>>(), owners, &CooccurrenceParams::PLAYLISTS)
}

fn session_neighbours(
    history: &History,
    guard: &Guard,
    track_count: usize,
) -> Result<Option<Neighbours>, EngineError> {
    let lists = history.sessions.iter().map(|session| List { items: session.tracks.clone(), weight: 1.0 });
    let listeners: Vec<u32> = history.sessions.iter().map(|session| session.listener).collect();
    let owners = Owners { of_lists: &listeners, say: &guard.listeners, cap: guard.session_cap() };
    together(track_count, &lists.collect::<Vec<_>>(), owners, &CooccurrenceParams::SESSIONS)
}

/// What follows what: only the next two steps count, and the second half as much.
const FOLLOWING: CooccurrenceParams =
    CooccurrenceParams { window: 2, step_decay: 0.5, ..CooccurrenceParams::SESSIONS };

fn followers(
    history: &History,
    guard: &Guard,
    track_count: usize,
) -> Result<Option<Neighbours>, EngineError> {
    let lists = history.sessions.iter().map(|session| List { items: session.tracks.clone(), weight: 1.0 });
    let listeners: Vec<u32> = history.sessions.iter().map(|session| session.listener).collect();
    let owners = Owners { of_lists: &listeners, say: &guard.listeners, cap: guard.session_cap() };
    together(track_count, &lists.collect::<Vec<_>>(), owners, &FOLLOWING)
}

/// Listeners that others are compared with, at most; with more, they are drawn evenly.
const CROWD_MAX: usize = 20_000;
/// Liked tracks kept of each, the most liked first.
const CROWD_LIKES_MAX: usize = 60;

/// What listeners are compared by; none where fewer than two like anything.
fn crowd(history: &History, track_count: usize) -> Result<Option<Sparse>, EngineError> {
    let step = history.listener_count.div_ceil(CROWD_MAX).max(1) as u32;
    let mut by_listener = FxHashMap::<u32, Vec<(u32, f32)>>::default();
    for &(listener, track, value) in &history.track_likes {
        if value > 0.0 && listener.is_multiple_of(step) {
            by_listener.entry(listener).or_default().push((track, value));
        }
    }
    if by_listener.len() < 2 {
        return Ok(None);
    }
    let entries = by_listener.into_iter().flat_map(|(listener, mut likes)| {
        likes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        likes.truncate(CROWD_LIKES_MAX);
        likes.into_iter().map(move |(track, value)| (listener, track, value))
    });
    Ok(Some(matrix(history.listener_count, track_count, entries)?))
}

fn together(
    track_count: usize,
    lists: &[List],
    owners: Owners<'_>,
    params: &CooccurrenceParams,
) -> Result<Option<Neighbours>, EngineError> {
    if lists.is_empty() {
        return Ok(None);
    }
    Ok(Some(fit_owned_cooccurrence(track_count, lists, owners, params, NEIGHBOUR_COUNT)?))
}

fn reception(
    history: &History,
    guard: &Guard,
    counts: (usize, usize),
) -> Result<Option<Reception>, EngineError> {
    if history.hearings.is_empty() {
        return Ok(None);
    }
    let say = |listener: u32| guard.listeners.weights[listener as usize];
    Ok(Some(Reception::count(counts, &history.hearings, say, &ReceptionParams::default())?))
}

fn popularity(item_count: usize, plays: &[Play], guard: &Guard) -> Result<Option<Popularity>, EngineError> {
    if plays.is_empty() {
        return Ok(None);
    }
    let say = |listener: u32| guard.listeners.weights[listener as usize];
    Ok(Some(Popularity::count_by_say(item_count, plays.to_vec(), say, &PopularityParams::default())?))
}
