//! What every track is like: all views of it as one vector, its nearest by that, and what its tags would be.
//!
//! The views are who turned to it, who turns to its artist, where it was put, how it sounds, and, where files brought them,
//! its words and its cover.
//! The merging, the index and the probabilities are `learn`'s; here they are given what the engine knows.

use learn::attributes::{AttributeParams, Attributes};
use learn::ials::{Ials, IalsParams};
use learn::representation::{Representation, View};
use learn::vector_index::{VectorIndex, VectorIndexParams};
use learn::{Factors, Neighbours, Sparse};
use music::{Catalogue, FeaturesVersion, Id as _, TrackId};
use rayon::prelude::*;
use recommend::Models;
use recommend::attributes::{AttributeQuality, TrackAttributes};
use recommend::sound_space::{self, SoundSpace};
use taste::summary::tags_of;

use super::booklets::Booklets;
use super::guard::Guard;
use super::history::History;
use crate::error::EngineError;

/// Numbers of each view: the strongest dimensions of the learnt vectors, which stand first.
///
/// A judgement: the logistic models cost the square of all of them together.
const TRACK_DIM: usize = 32;
const ARTIST_DIM: usize = 24;
const PLAYLIST_DIM: usize = 16;
/// Playlists from which on they are a view of their own.
const PLAYLIST_COUNT_MIN: usize = 20;
/// Analysed tracks from which on descriptors are a view.
const DESCRIPTOR_COUNT_MIN: usize = 50;
/// Numbers of words and of covers, the strongest first, and what each counts beside the other views.
///
/// Judgements: both say less of who will like a track than how it sounds, and covers least.
const WORDS_DIM: usize = 16;
const COVER_DIM: usize = 16;
const WORDS_WEIGHT: f32 = 0.5;
const COVER_WEIGHT: f32 = 0.25;
/// Tracks with words, or with covers, from which on these are a view.
const BOOKLET_COUNT_MIN: usize = 50;
/// Nearest tracks that are kept of each.
const NEAREST_COUNT: usize = 50;
/// Tags that are learnt, the most given first.
const TAG_COUNT_MAX: usize = 200;
/// A tag that applies less than so says too little to learn from.
const TAG_WEIGHT_MIN: f32 = 0.2;
/// Probabilities below this are not kept.
const PROBABILITY_MIN: f32 = 0.1;

/// Merges all that is known of the tracks; none where nothing is.
pub(super) fn represent(
    history: &History,
    guard: &Guard,
    (catalogue, booklets): (&Catalogue, &Booklets),
    models: &Models,
    seed: u64,
) -> Result<Option<Representation>, EngineError> {
    let track_count = catalogue.tracks().len();
    let mut views: Vec<(Factors, Vec<bool>)> = Vec::new();
    let mut weights = Vec::new();
    if let Some(model) = &models.track_factors {
        views.extend(view(track_count, |row| row, model.factors(), TRACK_DIM)?);
    }
    if let Some(model) = &models.artist_factors {
        let artist = |row: usize| catalogue.tracks()[row].main_artist().row();
        views.extend(view(track_count, artist, model.factors(), ARTIST_DIM)?);
    }
    if let Some(factors) = playlist_factors(history, guard, track_count, seed)? {
        views.extend(view(track_count, |row| row, &factors, PLAYLIST_DIM)?);
    }
    views.extend(sound_view(catalogue)?);
    views.extend(descriptor_view(catalogue)?);
    weights.resize(views.len(), 1.0);
    for (of_booklets, dim, weight) in
        [(&booklets.words, WORDS_DIM, WORDS_WEIGHT), (&booklets.covers, COVER_DIM, COVER_WEIGHT)]
    {
        views.extend(booklet_view(of_booklets.as_ref(), dim)?);
        weights.resize(views.len(), weight);
    }
    if views.is_empty() {
        return Ok(None);
    }
    let views: Vec<View<'_>> = views
        .iter()
        .zip(&weights)
        .map(|((vectors, is_present), &weight)| View { vectors, is_present, weight })
        .collect();
    Ok(Some(Representation::merge(&views)?))
}

/// The first numbers of learnt vectors as a view of the tracks; none where no track has one.
fn view(
    track_count: usize,
    row_of: impl Fn(usize) -> usize,
    factors: &Factors,
    dim_max: usize,
) -> Result<Option<(Factors, Vec<bool>)>, EngineError> {
    let dim = factors.dim().min(dim_max);
    let mut vectors = vec![0.0; track_count * dim];
    let mut is_present = vec![false; track_count];
    for (track, out) in vectors.chunks_exact_mut(dim).enumerate() {
        let row = row_of(track);
        if row < factors.row_count() {
            out.copy_from_slice(&factors.row(row)[..dim]);
            is_present[track] = out.iter().any(|&value| value != 0.0);
        }
    }
    let any = is_present.contains(&true);
    Ok(if any { Some((Factors::new(dim, vectors)?, is_present)) } else { None })
}

/// Tracks as vectors by the playlists alone.
fn playlist_factors(
    history: &History,
    guard: &Guard,
    track_count: usize,
    seed: u64,
) -> Result<Option<Factors>, EngineError> {
    if history.playlists.len() < PLAYLIST_COUNT_MIN {
        return Ok(None);
    }
    let rows = (0..).zip(history.playlists.iter().zip(&guard.playlists));
    let entries = rows.flat_map(|(row, (playlist, say))| {
        playlist.tracks.iter().map(move |&track| (row, track, playlist.weight * say))
    });
    let matrix = Sparse::from_triplets(history.playlists.len(), track_count, entries)?;
    let params = IalsParams { dim: PLAYLIST_DIM, epochs: 6, seed, ..IalsParams::default() };
    Ok(Some(Ials::fit(&matrix, &params, &mut |_| {})?.items.factors().clone()))
}

/// How tracks sound by the features that came with them.
fn sound_view(catalogue: &Catalogue) -> Result<Option<(Factors, Vec<bool>)>, EngineError> {
    let space = SoundSpace::of(catalogue);
    let points: Vec<_> =
        (0..catalogue.tracks().len() as u32).map(|row| space.point(TrackId::new(row))).collect();
    rows_view(sound_space::DIM, points.iter().map(|point| point.map(|point| &point[..])), 1)
}

/// How analysed tracks sound, by the newest recipe alone: others cannot be compared with it.
fn descriptor_view(catalogue: &Catalogue) -> Result<Option<(Factors, Vec<bool>)>, EngineError> {
    let found = || catalogue.tracks().iter().map(|track| catalogue.descriptor(track.id));
    let newest: Option<FeaturesVersion> = found().flatten().map(music::Descriptor::version).max();
    let rows =
        found().map(|found| Some(&found.filter(|found| Some(found.version()) == newest)?.values()[..]));
    rows_view(music::analysis::DESCRIPTOR_LEN, rows, DESCRIPTOR_COUNT_MIN)
}

/// The first numbers of words or covers as a view; none where too few tracks have them.
fn booklet_view(
    found: Option<&(Factors, Vec<bool>)>,
    dim_max: usize,
) -> Result<Option<(Factors, Vec<bool>)>, EngineError> {
    let Some((points, is_present)) = found else { return Ok(None) };
    let dim = points.dim().min(dim_max);
    let rows = (0..).zip(is_present).map(|(row, &is)| is.then(|| &points.row(row)[..dim]));
    rows_view(dim, rows, BOOKLET_COUNT_MIN)
}

fn rows_view<'a>(
    dim: usize,
    rows: impl Iterator<Item = Option<&'a [f32]>>,
    count_min: usize,
) -> Result<Option<(Factors, Vec<bool>)>, EngineError> {
    let (mut vectors, mut is_present) = (Vec::new(), Vec::new());
    for row in rows {
        is_present.push(row.is_some());
        match row {
            Some(row) => vectors.extend(row),
            None => vectors.resize(vectors.len() + dim, 0.0),
        }
    }
    let count = is_present.iter().filter(|&&is_present| is_present).count();
    Ok(if count >= count_min { Some((Factors::new(dim, vectors)?, is_present)) } else { None })
}

/// The nearest of every track by all that is known.
///
/// Cosines at or below 0 are no nearness.
pub(super) fn nearest(representation: &Representation, seed: u64) -> Result<Neighbours, EngineError> {
    let vectors = representation.vectors();
    let ids: Vec<u32> = (0..vectors.row_count() as u32).collect();
    let params = VectorIndexParams { depth: NEAREST_COUNT, seed, ..VectorIndexParams::default() };
    let index = VectorIndex::build(vectors.dim(), &ids, vectors.values(), params)?;
    let of = |row: u32| {
        let near = index.nearest(vectors.row(row as usize), NEAREST_COUNT, |other| other != row);
        near.into_iter().filter(|&(_, cosine)| cosine > 0.0).collect::<Vec<_>>()
    };
    Ok(Neighbours::from_lists(ids.into_par_iter().map(of).collect()))
}

/// The probabilities of all tags that enough tracks have, for all tracks.
pub(super) fn infer(
    representation: &Representation,
    catalogue: &Catalogue,
) -> Result<Option<TrackAttributes>, EngineError> {
    let (track_count, tag_count) = (catalogue.tracks().len(), catalogue.tags().len());
    let given = || {
        let of = |track: &'_ music::Track| {
            let tags = tags_of(catalogue, track).iter().filter(|tag| tag.weight >= TAG_WEIGHT_MIN);
            tags.map(|tag| (track.id.get(), tag.tag.get(), 1.0)).collect::<Vec<_>>()
        };
        catalogue.tracks().iter().flat_map(of)
    };
    let mut counts = vec![0_u32; tag_count];
    given().for_each(|(_, tag, _)| counts[tag as usize] += 1);
    let mut common: Vec<u32> = (0..tag_count as u32).collect();
    common.sort_by_key(|&tag| (std::cmp::Reverse(counts[tag as usize]), tag));
    common.truncate(TAG_COUNT_MAX);
    common.sort_unstable();
    let kept = given().filter(|(_, tag, _)| common.binary_search(tag).is_ok());
    let tags = Sparse::from_triplets(track_count, tag_count, kept)?;
    if tags.entry_count() == 0 {
        return Ok(None);
    }
    let attributes = Attributes::fit(representation, &tags, &AttributeParams::default())?;
    let probable = |tag: usize| {
        let probabilities = attributes.probabilities(representation, tag).unwrap_or_default();
        let rows = (0_u32..).zip(probabilities).filter(|&(_, probability)| probability >= PROBABILITY_MIN);
        rows.map(|(track, probability)| (tag as u32, track, probability)).collect::<Vec<_>>()
    };
    let entries: Vec<_> = (0..tag_count).into_par_iter().flat_map_iter(probable).collect();
    let quality = |tag: usize| {
        attributes.quality(tag).map_or_else(AttributeQuality::default, |quality| AttributeQuality {
            // Not told apart at all is no better than by chance.
            auc: quality.auc.unwrap_or(0.5) as f32,
            calibration_error: quality.calibration_error as f32,
        })
    };
    let by_tag = Sparse::from_triplets(tag_count, track_count, entries)?;
    Ok(Some(TrackAttributes::from_parts(by_tag, (0..tag_count).map(quality).collect())?))
}
