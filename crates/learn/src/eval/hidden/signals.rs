//! What is known about tracks that stand in no playlist, for each playlist.

use rayon::prelude::*;

use super::read::{Catalogue, SOUND_COUNT, Track};
use crate::error::LearnError;
use crate::eval::two_stage::Query;
use crate::factors::Factors;
use crate::ials::{Ials, IalsParams, ItemFeatures, Penalties};
use crate::kernel;
use crate::sparse::Sparse;
use crate::user_knn::{UserKnn, UserKnnParams};

/// The signals, in the order of a query's columns.
pub(super) const SIGNALS: [&str; 10] = [
    "popularity_in_genre",
    "content_neighbours",
    "sound_neighbours",
    "genre",
    "artist",
    "album",
    "year",
    "artist_crowd",
    "ials_new_item",
    "popularity",
];

/// The square distance of sounds over which likeness falls to 1/e, of ten numbers of variance 1.
/// Tuned on the second tenth of spotify-32k-songs, roughly.
const SOUND_WIDTH: f32 = 4.0;
/// Years over which likeness falls to 1/e; tuned as above.
const YEARS: f32 = 2.0;
/// What likeness of years is at least, so that one odd year does not rule a track out.
const YEAR_FLOOR: f32 = 1e-3;
/// Playlists that an artist is thought to be in besides those seen, so that one appearance is no certainty.
const ARTIST_SHRINK: f32 = 2.0;
/// Steps into which sounds are cut to be features.
const SOUND_STEPS: usize = 8;
/// Years that make one feature.
const YEARS_TOGETHER: f32 = 3.0;

/// A catalogue in which some tracks stand in no playlist.
pub(super) struct World<'a> {
    catalogue: &'a Catalogue,
    /// The hidden tracks.
    new: Vec<u32>,
    /// What is known of each playlist.
    histories: Vec<Vec<u32>>,
    /// Which hidden tracks each playlist holds, as places in `new`.
    targets: Vec<Vec<u32>>,
    alike: UserKnn,
    /// Ones for artists that a playlist holds. *Shape*: `[playlists, artists]`.
    artists: Sparse,
    /// How many playlists hold an artist.
    artist_counts: Vec<f32>,
    playlist_vectors: Factors,
    new_vectors: Factors,
}

impl<'a> World<'a> {
    /// The world in which one tenth of the tracks is hidden, and others are unknown altogether.
    ///
    /// # Errors
    /// When nothing is known of any playlist.
    pub(super) fn new(
        catalogue: &'a Catalogue,
        tenth: u8,
        unknown: &[u8],
        seed: u64,
    ) -> Result<Self, LearnError> {
        let tenth_of = |track: u32| catalogue.tracks[track as usize].tenth;
        let new: Vec<u32> =
            (0..catalogue.tracks.len() as u32).filter(|&track| tenth_of(track) == tenth).collect();
        let is_known = |track: &u32| tenth_of(*track) != tenth && !unknown.contains(&tenth_of(*track));
        let histories: Vec<Vec<u32>> = (catalogue.playlists.iter())
            .map(|tracks| tracks.iter().copied().filter(is_known).collect())
            .collect();
        let targets = (catalogue.playlists.iter())
            .map(|tracks| {
                tracks.iter().filter_map(|track| new.binary_search(track).ok().map(|p| p as u32)).collect()
            })
            .collect();
        let held = |(row, tracks): (usize, &Vec<u32>)| {
            tracks.iter().map(move |&track| (row as u32, track)).collect::<Vec<_>>()
        };
        let pairs: Vec<(u32, u32)> = histories.iter().enumerate().flat_map(held).collect();
        let shape = (catalogue.playlists.len(), catalogue.artist_count);
        let by_artist = pairs.iter().map(|&(row, track)| (row, catalogue.tracks[track as usize].artist, 1.0));
        let counts = Sparse::from_triplets(shape.0, shape.1, by_artist)?;
        let params = UserKnnParams { item_exponent: 0.0, power: 2.0 };
        let alike = UserKnn::fit(&counts.map(|_, _, count| count.ln_1p())?, &params)?;
        let artists = counts.map(|_, _, _| 1.0)?;
        let mut artist_counts = vec![0.0; shape.1];
        artists.columns().iter().for_each(|&artist| artist_counts[artist as usize] += 1.0);
        let (playlist_vectors, new_vectors) = vectors(catalogue, &pairs, &new, seed)?;
        Ok(Self {
            catalogue,
            new,
            histories,
            targets,
            alike,
            artists,
            artist_counts,
            playlist_vectors,
            new_vectors,
        })
    }

    /// How many tracks are hidden.
    pub(super) fn new_count(&self) -> usize {
        self.new.len()
    }

    /// One query for each playlist of which something is known and something hidden; candidates are places among the hidden.
    ///
    /// # Errors
    /// Never, since all parts have the shapes of the world; the type allows for it.
    pub(super) fn queries(&self) -> Result<Vec<Query>, LearnError> {
        let asked = |&row: &usize| !self.targets[row].is_empty() && !self.histories[row].is_empty();
        let asked: Vec<usize> = (0..self.targets.len()).filter(asked).collect();
        asked.into_par_iter().map_init(Vec::new, |alike, row| self.query(row, alike)).collect()
    }

    fn query(&self, row: usize, alike: &mut Vec<f32>) -> Result<Query, LearnError> {
        alike.resize(self.alike.listener_count(), 0.0);
        self.alike.alike(row, alike);
        let mut crowd = vec![0.0; self.artists.column_count()];
        self.alike.add_scores(alike, &self.artists, &mut crowd)?;
        let history: Vec<&Track> =
            self.histories[row].iter().map(|&track| &self.catalogue.tracks[track as usize]).collect();
        let known = Known::new(&history, self.catalogue);
        let mut features = Vec::with_capacity(self.new.len() * SIGNALS.len());
        for (place, &track) in self.new.iter().enumerate() {
            let track = &self.catalogue.tracks[track as usize];
            let genre = known.genre(track.genres);
            let sound = known.sound(track);
            let artist = track.artist as usize;
            let popularity = if track.popularity.is_finite() { track.popularity } else { 0.0 };
            let is_main = track.genres & known.main_genre != 0;
            features.extend([
                popularity + if is_main { 1000.0 } else { 0.0 },
                sound * genre,
                sound,
                genre,
                f32::from(known.artists[artist]).ln_1p(),
                f32::from(u8::from(known.albums[track.album as usize])),
                known.year(track.year),
                crowd[artist] / (self.artist_counts[artist] + ARTIST_SHRINK),
                kernel::dot(self.playlist_vectors.row(row), self.new_vectors.row(place)),
                popularity,
            ]);
        }
        Ok(Query {
            items: (0..self.new.len() as u32).collect(),
            features,
            relevant: self.targets[row].clone(),
        })
    }
}

/// What is known of one playlist.
struct Known<'a> {
    history: &'a [&'a Track],
    genre_shares: Vec<f32>,
    main_genre: u32,
    artists: Vec<u16>,
    albums: Vec<bool>,
}

impl<'a> Known<'a> {
    fn new(history: &'a [&'a Track], catalogue: &Catalogue) -> Self {
        let mut genre_shares = vec![0.0; catalogue.genre_count];
        let mut artists = vec![0_u16; catalogue.artist_count];
        let mut albums = vec![false; catalogue.album_count];
        for track in history {
            for (genre, share) in genre_shares.iter_mut().enumerate() {
                *share += (track.genres >> genre & 1) as f32 / history.len() as f32;
            }
            let artist = &mut artists[track.artist as usize];
            *artist = artist.saturating_add(1);
            albums[track.album as usize] = true;
        }
        let main = (0..genre_shares.len()).max_by(|&a, &b| genre_shares[a].total_cmp(&genre_shares[b]));
        Self { history, genre_shares, main_genre: 1 << main.unwrap_or(0), artists, albums }
    }

    /// The share of the playlist that has the genres of a track, summed over them.
    fn genre(&self, genres: u32) -> f32 {
        self.genre_shares.iter().enumerate().map(|(genre, share)| (genres >> genre & 1) as f32 * share).sum()
    }

    /// How near the sounds of the playlist are, summed.
    fn sound(&self, track: &Track) -> f32 {
        let distance = |other: &&Track| {
            let squares = track.sound.iter().zip(&other.sound).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f32>()
        };
        self.history.iter().map(|other| (-distance(other) / SOUND_WIDTH).exp()).sum()
    }

    /// The logarithm of how near the years of the playlist are on average.
    fn year(&self, year: f32) -> f32 {
        let near = |other: &&Track| {
            let apart = (year - other.year).abs() / YEARS;
            if apart.is_finite() { (-apart).exp() } else { 0.0 }
        };
        (self.history.iter().map(near).sum::<f32>() / self.history.len() as f32 + YEAR_FLOOR).ln()
    }
}

/// Vectors of playlists, and of hidden tracks by what is known about them.
fn vectors(
    catalogue: &Catalogue,
    pairs: &[(u32, u32)],
    new: &[u32],
    seed: u64,
) -> Result<(Factors, Factors), LearnError> {
    let features = features(catalogue)?;
    let track_count = catalogue.tracks.len();
    let ones = pairs.iter().map(|&(row, track)| (row, track, 1.0));
    let plays = Sparse::from_triplets(catalogue.playlists.len(), track_count, ones)?;
    // Tuned on the second tenth of spotify-32k-songs, roughly.
    let params = IalsParams {
        dim: 128,
        penalties: Penalties { unobserved_weight: 0.05, regularization: 0.005, frequency_exponent: 1.0 },
        epochs: 8,
        seed,
        ..IalsParams::default()
    };
    let described = ItemFeatures { values: &features, weight: 1.0 };
    let fitted = Ials::fit_with_features(&plays, described, &params, &mut |_| {})?;
    let of_new = |&track: &u32| {
        let (columns, values) = features.row(track as usize);
        fitted.new_item(columns, values)
    };
    let values: Vec<f32> = new.par_iter().flat_map_iter(of_new).collect();
    Ok((fitted.model.rows.clone(), Factors::new(params.dim, values)?))
}

/// What a track has: artist, album, genres, years and steps of each number of its sound.
///
/// *Shape*: `[tracks, features]`, ones.
fn features(catalogue: &Catalogue) -> Result<Sparse, LearnError> {
    let albums = catalogue.artist_count;
    let genres = albums + catalogue.album_count;
    let sounds = genres + catalogue.genre_count;
    let years = sounds + SOUND_COUNT * SOUND_STEPS;
    let year_count = (u16::MAX as f32 / YEARS_TOGETHER) as usize + 1;
    let mut ones = Vec::new();
    for (row, track) in catalogue.tracks.iter().enumerate() {
        let mut has = |feature: usize| ones.push((row as u32, feature as u32, 1.0));
        has(track.artist as usize);
        has(albums + track.album as usize);
        (0..catalogue.genre_count)
            .filter(|genre| track.genres >> genre & 1 == 1)
            .for_each(|g| has(genres + g));
        for (place, &value) in track.sound.iter().enumerate() {
            // Steps of half a deviation, the outer ones open.
            let step = (value * 2.0 + SOUND_STEPS as f32 / 2.0).clamp(0.0, SOUND_STEPS as f32 - 1.0);
            has(sounds + place * SOUND_STEPS + step as usize);
        }
        if track.year.is_finite() {
            has(years + (track.year / YEARS_TOGETHER) as usize);
        }
    }
    Sparse::from_triplets(catalogue.tracks.len(), years + year_count, ones)
}
