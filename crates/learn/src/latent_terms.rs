//! Songs as points by the words that they share, without a list of words of any language.
//!
//! A word counts the more the fewer songs have it, and not at all where nearly all have it or only one: so words that
//! only hold sentences together fall away in every language.
//! The matrix of songs and words is then written with a few dozen numbers a song, in which words that stand in the same
//! songs come to mean the same.
//!
//! *Source of the weights*: Salton, Buckley (1988), "Term-weighting approaches in automatic text retrieval".
//! *Source of the space*: Deerwester et al. (1990), "Indexing by Latent Semantic Analysis".
//! *Source of its computation*: Halko, Martinsson, Tropp (2011), "Finding Structure with Randomness", algorithm 4.4.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::error::LearnError;
use crate::factors::Factors;
use crate::ials::basis::Basis;
use crate::kernel::add_scaled;
use crate::sparse::Sparse;

/// How the space is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatentTermParams {
    /// Numbers of a song, at most.
    pub dim: usize,
    /// A word that fewer songs have says nothing of any other song.
    pub song_count_min: u32,
    /// A word that a larger share of all songs with words has is no word to tell songs by.
    pub song_share_max: f32,
    /// Songs with words from which on there is a space.
    pub total_min: usize,
    /// The seed of where the search for directions begins.
    pub seed: u64,
}

impl Default for LatentTermParams {
    /// Judgements; with more than two fifths of all songs fall "and" and "the" where half of them are English.
    fn default() -> Self {
        Self { dim: 32, song_count_min: 2, song_share_max: 0.4, total_min: 10, seed: 0 }
    }
}

/// Songs as points.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentTerms {
    /// One point per song, of length 1; zeros for a song without words that tell.
    ///
    /// *Shape*: `[songs, dim]`, the strongest directions first.
    pub points: Factors,
    /// Which songs have a point.
    pub is_present: Vec<bool>,
}

/// Directions that are looked for beyond those that are kept.
const OVERSAMPLED: usize = 8;
/// How often the directions are drawn towards the strong ones.
const ROUNDS: usize = 3;
/// Of directions weaker than this share of the strongest, in squares, rounding is all that is left.
const ENERGY_MIN: f32 = 1e-5;

impl LatentTerms {
    /// The points of `songs`, each a list of a word's number and how often it stands there, each number once; none for a
    /// song whose words are not known. Nothing where too few songs share words.
    ///
    /// *Complexity*: `rounds · words of all songs · dim`.
    ///
    /// # Errors
    /// When numbers overflow.
    pub fn fit(
        songs: &[Option<&[(u32, u8)]>],
        params: &LatentTermParams,
    ) -> Result<Option<Self>, LearnError> {
        let Some(matrix) = weigh(songs, params)? else { return Ok(None) };
        let dim = (params.dim + OVERSAMPLED).min(matrix.column_count()).min(matrix.row_count());
        let mut random = ChaCha8Rng::seed_from_u64(params.seed);
        let drawn = (0..matrix.column_count() * dim).map(|_| random.random_range(-1.0..1.0_f32)).collect();
        let mut of_words = Factors::new(dim, drawn)?;
        let transposed = matrix.transpose();
        for _ in 0..ROUNDS {
            let mut of_songs = times(&matrix, &of_words)?;
            make_upright(&mut of_songs)?;
            of_words = times(&transposed, &of_songs)?;
            make_upright(&mut of_words)?;
        }
        let mut of_songs = times(&matrix, &of_words)?;
        Basis::of(&of_songs)?.rotate(&mut of_songs);
        let is_present: Vec<bool> = (0..songs.len()).map(|song| matrix.row_len(song) > 0).collect();
        let points = finished(&of_songs, &is_present, params.dim.min(dim))?;
        let is_present =
            (0..songs.len()).map(|song| points.row(song).iter().any(|&value| value != 0.0)).collect();
        Ok(Some(Self { points, is_present }))
    }
}

/// How much each word counts for each song, every song of length 1; none where too few songs have words that tell.
fn weigh(songs: &[Option<&[(u32, u8)]>], params: &LatentTermParams) -> Result<Option<Sparse>, LearnError> {
    let mut song_counts = FxHashMap::<u32, u32>::default();
    for &(term, _) in songs.iter().flatten().copied().flatten() {
        *song_counts.entry(term).or_default() += 1;
    }
    let total = songs.iter().flatten().count();
    let most = params.song_share_max * total as f32;
    song_counts.retain(|_, count| *count >= params.song_count_min && *count as f32 <= most);
    let mut terms: Vec<u32> = song_counts.keys().copied().collect();
    terms.sort_unstable();
    let columns: FxHashMap<u32, u32> = terms.iter().copied().zip(0..).collect();
    let mut entries = Vec::new();
    let mut told_count = 0;
    for (row, song) in (0_u32..).zip(songs) {
        let start = entries.len();
        for &(term, times) in song.iter().copied().flatten() {
            let Some(&column) = columns.get(&term) else { continue };
            let rarity = (total as f32 / song_counts[&term] as f32).ln();
            entries.push((row, column, (1.0 + f32::from(times.max(1)).ln()) * rarity));
        }
        let length = entries[start..].iter().map(|(_, _, weight)| weight * weight).sum::<f32>().sqrt();
        entries[start..].iter_mut().for_each(|(_, _, weight)| *weight /= length);
        told_count += usize::from(entries.len() > start);
    }
    if told_count < params.total_min {
        return Ok(None);
    }
    Ok(Some(Sparse::from_triplets(songs.len(), terms.len(), entries)?))
}

/// The product of both.
fn times(matrix: &Sparse, other: &Factors) -> Result<Factors, LearnError> {
    let dim = other.dim();
    let mut product = vec![0.0; matrix.row_count() * dim];
    product.par_chunks_mut(dim).enumerate().for_each(|(row, out)| {
        let (columns, values) = matrix.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            add_scaled(value, other.row(column as usize), out);
        }
    });
    Factors::new(dim, product)
}

/// Makes the columns of length 1 and upright on each other, the strongest first; those that are none become zeros.
fn make_upright(columns: &mut Factors) -> Result<(), LearnError> {
    let basis = Basis::of(columns)?;
    basis.rotate(columns);
    let strongest = basis.energies().first().copied().unwrap_or(0.0);
    let scale = |&energy: &f32| if energy > ENERGY_MIN * strongest { energy.sqrt().recip() } else { 0.0 };
    let scales: Vec<f32> = basis.energies().iter().map(scale).collect();
    let dim = columns.dim();
    for row in columns.values_mut().chunks_exact_mut(dim) {
        row.iter_mut().zip(&scales).for_each(|(value, scale)| *value *= scale);
    }
    Ok(())
}

/// The first `dim` numbers, without what all songs have in common, at length 1.
fn finished(of_songs: &Factors, is_present: &[bool], dim: usize) -> Result<Factors, LearnError> {
    let present = || (0..of_songs.row_count()).filter(|&song| is_present[song]);
    let count = present().count().max(1) as f64;
    let mut mean = vec![0.0_f64; dim];
    for song in present() {
        mean.iter_mut().zip(of_songs.row(song)).for_each(|(sum, &value)| *sum += f64::from(value) / count);
    }
    let mut points = vec![0.0; of_songs.row_count() * dim];
    for song in present() {
        let point = &mut points[song * dim..(song + 1) * dim];
        for ((out, value), mean) in point.iter_mut().zip(of_songs.row(song)).zip(&mean) {
            *out = value - *mean as f32;
        }
        let length = point.iter().map(|value| value * value).sum::<f32>().sqrt();
        let scale = if length > 1e-6 { length.recip() } else { 0.0 };
        point.iter_mut().for_each(|value| *value *= scale);
    }
    Factors::new(dim, points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dot;

    /// Songs of five themes with words of their own, twenty words each, of which a song has some; and with words that all
    /// songs have. Every seventh song has no words.
    fn songs(count: usize, seed: u64) -> Vec<Option<Vec<(u32, u8)>>> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let song = |number: usize| {
            let theme = number as u32 % 5;
            let mut words: Vec<(u32, u8)> = (1000..1020).map(|word| (word, 9)).collect();
            for word in 0..20 {
                if random.random_bool(0.4) {
                    words.push((20 * theme + word, 1 + random.random_range(0..3)));
                }
            }
            // A word of nobody else.
            words.push((10_000 + number as u32, 1));
            (!number.is_multiple_of(7)).then_some(words)
        };
        (0..count).map(song).collect()
    }

    fn fit(songs: &[Option<Vec<(u32, u8)>>]) -> Option<LatentTerms> {
        let songs: Vec<Option<&[(u32, u8)]>> = songs.iter().map(Option::as_deref).collect();
        LatentTerms::fit(&songs, &LatentTermParams { dim: 6, ..LatentTermParams::default() }).unwrap()
    }

    #[test]
    fn songs_of_one_theme_are_near_and_words_that_all_have_count_for_nothing() {
        let songs = songs(200, 1);
        let LatentTerms { points, is_present } = fit(&songs).unwrap();
        let is_known = |song: usize| !song.is_multiple_of(7);
        assert_eq!(is_present, (0..200).map(is_known).collect::<Vec<_>>());
        let (mut right, mut asked) = (0, 0);
        for song in (0..200).filter(|&song| is_known(song)) {
            let others = (0..200).filter(|&other| other != song && is_known(other));
            let nearness = |other: usize| dot(points.row(song), points.row(other));
            let nearest = others.max_by(|&a, &b| nearness(a).total_cmp(&nearness(b))).unwrap();
            right += usize::from(nearest % 5 == song % 5);
            asked += 1;
            assert!((dot(points.row(song), points.row(song)) - 1.0).abs() < 1e-4);
        }
        assert!(right * 100 >= asked * 98, "{right} of {asked} nearest songs are of the same theme");
    }

    #[test]
    fn the_same_songs_give_the_same_points() {
        let songs = songs(60, 2);
        assert_eq!(fit(&songs), fit(&songs));
    }

    #[test]
    fn where_nothing_is_shared_there_is_no_space() {
        assert_eq!(fit(&[]), None);
        assert_eq!(fit(&vec![None; 50]), None);
        // Every word stands in all songs, or in one.
        let alike: Vec<_> = (0..50).map(|number| Some(vec![(1, 3), (100 + number, 1)])).collect();
        assert_eq!(fit(&alike), None);
        // All songs of a pair share one word, so there are fewer directions than are looked for.
        let pairs: Vec<_> = (0..24).map(|number| Some(vec![(number / 8, 1)])).collect();
        let LatentTerms { points, .. } = fit(&pairs).unwrap();
        assert!(dot(points.row(0), points.row(1)) > 0.99 && dot(points.row(0), points.row(9)) < 0.0);
    }
}
