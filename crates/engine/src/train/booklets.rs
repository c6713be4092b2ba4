//! Words and covers of files become points and neighbours: which songs share words, which covers look alike.
//!
//! Neighbours are of other artists, and covers of other releases, since that is what other sources cannot tell: a release
//! shares its cover, and an artist their words, without meaning anything by it.

use std::sync::Arc;

use learn::latent_terms::{LatentTermParams, LatentTerms};
use learn::principal::{standardize, turn_to_principal_axes};
use learn::vector_index::{VectorIndex, VectorIndexParams};
use learn::{Factors, Neighbours};
use music::booklet::{Booklet, COVER_LEN, Cover};
use music::{ArtistId, BookletVersion, Catalogue, Id, ReleaseId, TrackId};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::FilePath;

/// Nearest tracks that are kept of each.
const NEAREST_COUNT: usize = 50;
/// Songs whose words are less alike are not near. *Range*: a cosine. A judgement.
const WORDS_NEARNESS_MIN: f32 = 0.3;
/// Covers that are less alike are not near. *Range*: a cosine. A judgement.
const COVER_NEARNESS_MIN: f32 = 0.4;
/// Covers that are looked at around each.
const COVER_COUNT: usize = 60;
/// Tracks that one near cover stands for.
const TRACKS_PER_COVER: usize = 2;
/// A picture on tracks of more artists than this is that of a sampler or of a shop, and says nothing of any of them.
const ARTISTS_PER_COVER_MAX: usize = 5;
/// Different covers from which on there is a space: fewer say nothing of what covers are like.
const COVER_TOTAL_MIN: usize = 10;
/// The strongest directions of covers, which speak where all views of a track are merged.
const COVER_VIEW_DIM: usize = 16;

/// What is known of words and covers; parts are none where there is too little of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Booklets {
    /// Songs by their words, and which tracks have them. *Shape*: `[tracks, dim]`.
    pub(super) words: Option<(Factors, Vec<bool>)>,
    /// Songs whose words are alike.
    pub(super) words_neighbours: Option<Neighbours>,
    /// Tracks by their covers' strongest directions, and which tracks have one. *Shape*: `[tracks, 16]`.
    pub(super) covers: Option<(Factors, Vec<bool>)>,
    /// Tracks whose covers are alike.
    pub(super) cover_neighbours: Option<Neighbours>,
}

impl Booklets {
    /// Reads what the scans have found, and makes the spaces.
    pub(super) async fn read(
        engine: &Engine,
        catalogue: Arc<Catalogue>,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let Some(analyses) = engine.analyses() else { return Ok(Self::default()) };
        let known = analyses.booklets().await?;
        if known.is_empty() {
            return Ok(Self::default());
        }
        let files = engine.store().files().await?;
        let of_files = files.into_iter().filter_map(|file| Some((file.track?, file.path)));
        let of_tracks = by_track(known, of_files, catalogue.tracks().len());
        let made = tokio::task::spawn_blocking(move || Self::of(&of_tracks, &catalogue, seed)).await;
        made.map_err(|_| EngineError::Broke { what: "comparing words and covers" })?
    }

    /// The spaces of these booklets, one per track.
    fn of(booklets: &[Option<Booklet>], catalogue: &Catalogue, seed: u64) -> Result<Self, EngineError> {
        let mut all = Self::default();
        let words: Vec<_> = booklets
            .iter()
            .map(|booklet| booklet.as_ref()?.words.as_ref().map(music::booklet::Words::terms))
            .collect();
        let params = LatentTermParams { seed, ..LatentTermParams::default() };
        if let Some(LatentTerms { points, is_present }) = LatentTerms::fit(&words, &params)? {
            all.words_neighbours = Some(near_words(&points, &is_present, catalogue, seed)?);
            all.words = Some((points, is_present));
        }
        let covers: Vec<_> = booklets
            .iter()
            .map(|booklet| booklet.as_ref().and_then(|booklet| booklet.cover.as_ref()))
            .collect();
        let Some(covers) = Covers::of(&covers, catalogue)? else { return Ok(all) };
        all.cover_neighbours = Some(covers.neighbours(catalogue, seed)?);
        all.covers = Some(covers.view(catalogue.tracks().len())?);
        Ok(all)
    }
}

/// The booklet of each track: of several files the first that has words, and the first that has a cover.
///
/// Of the newest recipe alone, since others cannot be compared with it.
fn by_track(
    mut known: FxHashMap<FilePath, Booklet>,
    files: impl Iterator<Item = (TrackId, FilePath)>,
    track_count: usize,
) -> Vec<Option<Booklet>> {
    let newest: Option<BookletVersion> = known.values().map(|booklet| booklet.version).max();
    let mut booklets: Vec<Option<Booklet>> = vec![None; track_count];
    for (track, path) in files {
        let (Some(place), Some(found)) = (booklets.get_mut(track.row()), known.remove(&path)) else {
            continue;
        };
        if Some(found.version) != newest {
            continue;
        }
        match place {
            None => *place = Some(found),
            Some(booklet) => {
                booklet.words = booklet.words.take().or(found.words);
                booklet.cover = booklet.cover.take().or(found.cover);
            }
        }
    }
    booklets
}

fn near_words(
    points: &Factors,
    is_present: &[bool],
    catalogue: &Catalogue,
    seed: u64,
) -> Result<Neighbours, EngineError> {
    let artist = |row: usize| catalogue.tracks()[row].main_artist();
    let index = index(points, is_present, seed)?;
    let of = |row: usize| {
        if !is_present[row] {
            return Vec::new();
        }
        let is_other = |other: u32| artist(other as usize) != artist(row);
        let near = index.nearest(points.row(row), NEAREST_COUNT, is_other);
        near.into_iter().filter(|&(_, cosine)| cosine >= WORDS_NEARNESS_MIN).collect()
    };
    Ok(Neighbours::from_lists((0..points.row_count()).into_par_iter().map(of).collect()))
}

fn index(points: &Factors, is_present: &[bool], seed: u64) -> Result<VectorIndex, EngineError> {
    let ids: Vec<u32> = (0..).zip(is_present).filter(|(_, is)| **is).map(|(row, _)| row).collect();
    let vectors: Vec<f32> = ids.iter().flat_map(|&row| points.row(row as usize)).copied().collect();
    let params = VectorIndexParams { depth: NEAREST_COUNT, seed, ..VectorIndexParams::default() };
    Ok(VectorIndex::build(points.dim(), &ids, &vectors, params)?)
}

/// Different covers, with the tracks that carry each.
struct Covers {
    /// Every number of mean 0 and variance 1 over the covers, the strongest directions first.
    ///
    /// *Shape*: `[covers, 60]`.
    points: Factors,
    /// In the order of ids.
    tracks: Vec<Vec<TrackId>>,
}

impl Covers {
    /// Gathers tracks by their cover; none where there are too few different ones.
    fn of(covers: &[Option<&Cover>], catalogue: &Catalogue) -> Result<Option<Self>, EngineError> {
        let mut places = FxHashMap::<[u32; COVER_LEN], usize>::default();
        let mut tracks: Vec<Vec<TrackId>> = Vec::new();
        for (row, cover) in (0..).zip(covers) {
            let Some(cover) = cover else { continue };
            // The same picture gives the same numbers, to the bit.
            let place = *places.entry(cover.values().map(f32::to_bits)).or_insert(tracks.len());
            if place == tracks.len() {
                tracks.push(Vec::new());
            }
            tracks[place].push(TrackId::new(row));
        }
        let artist = |track: &TrackId| catalogue.tracks()[track.row()].main_artist();
        tracks.retain(|tracks| {
            tracks.iter().map(artist).collect::<FxHashSet<ArtistId>>().len() <= ARTISTS_PER_COVER_MAX
        });
        if tracks.len() < COVER_TOTAL_MIN {
            return Ok(None);
        }
        let first = |tracks: &Vec<TrackId>| covers[tracks[0].row()].map(|cover| *cover.values());
        let values: Vec<f32> = tracks.iter().filter_map(first).flatten().collect();
        let mut points = Factors::new(COVER_LEN, values)?;
        standardize(&mut points);
        turn_to_principal_axes(&mut points)?;
        Ok(Some(Self { points, tracks }))
    }

    /// The tracks of covers that look like a track's own: of other artists and other releases.
    fn neighbours(&self, catalogue: &Catalogue, seed: u64) -> Result<Neighbours, EngineError> {
        let index = index(&self.points, &vec![true; self.tracks.len()], seed)?;
        let whose = |track: TrackId| -> (ArtistId, Option<ReleaseId>) {
            let track = &catalogue.tracks()[track.row()];
            (track.main_artist(), track.release)
        };
        let of_cover = |place: usize| {
            let near = index.nearest(self.points.row(place), COVER_COUNT, |other| other as usize != place);
            let of_track = |&track: &TrackId| (track, self.beside(track, &near, whose));
            self.tracks[place].iter().map(of_track).collect::<Vec<_>>()
        };
        let mut lists = vec![Vec::new(); catalogue.tracks().len()];
        let found: Vec<_> = (0..self.tracks.len()).into_par_iter().flat_map_iter(of_cover).collect();
        for (track, list) in found {
            lists[track.row()] = list;
        }
        Ok(Neighbours::from_lists(lists))
    }

    /// The neighbours of one track among the tracks of `near` covers.
    fn beside(
        &self,
        track: TrackId,
        near: &[(u32, f32)],
        whose: impl Fn(TrackId) -> (ArtistId, Option<ReleaseId>),
    ) -> Vec<(u32, f32)> {
        let (artist, release) = whose(track);
        let mut list = Vec::new();
        for &(place, cosine) in near.iter().filter(|&&(_, cosine)| cosine >= COVER_NEARNESS_MIN) {
            let tracks = &self.tracks[place as usize];
            // Different tracks of a release stand for it in different lists, so that not all fame is its first track's.
            let turned = tracks.iter().cycle().skip(track.row() % tracks.len()).take(tracks.len());
            let is_other = |other: &&TrackId| {
                let (of, on) = whose(**other);
                of != artist && (on.is_none() || on != release)
            };
            list.extend(turned.filter(is_other).take(TRACKS_PER_COVER).map(|other| (other.get(), cosine)));
        }
        list.sort_by(|a: &(u32, f32), b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list.truncate(NEAREST_COUNT);
        list
    }

    /// The strongest directions by track.
    fn view(&self, track_count: usize) -> Result<(Factors, Vec<bool>), EngineError> {
        let mut vectors = vec![0.0; track_count * COVER_VIEW_DIM];
        let mut is_present = vec![false; track_count];
        for (place, tracks) in self.tracks.iter().enumerate() {
            for track in tracks {
                let out = &mut vectors[track.row() * COVER_VIEW_DIM..][..COVER_VIEW_DIM];
                out.copy_from_slice(&self.points.row(place)[..COVER_VIEW_DIM]);
                is_present[track.row()] = true;
            }
        }
        Ok((Factors::new(COVER_VIEW_DIM, vectors)?, is_present))
    }
}

#[cfg(test)]
mod tests;
