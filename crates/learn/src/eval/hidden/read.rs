//! Reading a catalogue with descriptors, and the playlists that its tracks stand in.

use std::collections::BTreeMap;

use crate::error::LearnError;
use crate::eval::csv::Csv;
use crate::eval::data_set::DataSet;

const FILE: &str = "spotify_songs.csv";
/// Numbers that describe how a track sounds; heavy tails are brought in by a logarithm from the given offset on.
const SOUND: [(&str, Option<f32>); SOUND_COUNT] = [
    ("danceability", None),
    ("energy", None),
    ("loudness", None),
    ("speechiness", Some(0.02)),
    ("acousticness", Some(0.001)),
    ("instrumentalness", Some(0.0001)),
    ("liveness", None),
    ("valence", None),
    ("tempo", None),
    ("duration_ms", None),
];
/// How many numbers those are.
pub(super) const SOUND_COUNT: usize = 10;
/// Genres that fit the marks of a track.
const GENRES_MAX: usize = 32;
/// Rows that the file may have.
const ROWS_MAX: usize = 50_000_000;

/// A track.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) artist: u32,
    pub(super) album: u32,
    /// The year of release; not a number where it is not known.
    pub(super) year: f32,
    /// 0 to 100.
    pub(super) popularity: f32,
    /// One bit per genre.
    pub(super) genres: u32,
    /// Mean 0 and variance 1 over the catalogue.
    pub(super) sound: [f32; SOUND_COUNT],
    /// Which tenth of the catalogue it falls in.
    pub(super) tenth: u8,
}

/// Tracks and playlists, numbered in the order of their ids.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    pub(super) tracks: Vec<Track>,
    /// Tracks ascending, without repeats.
    pub(super) playlists: Vec<Vec<u32>>,
    pub(super) artist_count: usize,
    pub(super) album_count: usize,
    pub(super) genre_count: usize,
}

impl Catalogue {
    /// Reads `spotify_songs.csv`: one row for each place of a track in a playlist; what is said of a track first counts.
    ///
    /// # Errors
    /// When the file is missing, malformed (with its line) or too large, or there are no rows.
    pub(super) fn read(data: &dyn DataSet) -> Result<Self, LearnError> {
        let mut columns = vec![
            "track_id",
            "playlist_id",
            "playlist_genre",
            "track_artist",
            "track_album_id",
            "track_album_release_date",
            "track_popularity",
        ];
        let first_sound = columns.len();
        columns.extend(SOUND.iter().map(|sound| sound.0));
        let mut table = Csv::open(data, FILE, &columns)?;
        let (mut artists, mut albums, mut genres) = (Names::default(), Names::default(), Names::default());
        let mut tracks: BTreeMap<Vec<u8>, Track> = BTreeMap::new();
        let mut places: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
        let mut row_count = 0;
        while let Some(row) = table.next_row()? {
            row_count += 1;
            let genre = genres.number(row.bytes(2)) as usize;
            for (what, got, limit) in
                [("the rows of a file", row_count, ROWS_MAX), ("genres", genre + 1, GENRES_MAX)]
            {
                if got > limit {
                    return Err(LearnError::TooLarge { what, got, limit });
                }
            }
            places.entry(row.bytes(1).to_vec()).or_default().push(row.bytes(0).to_vec());
            if let Some(track) = tracks.get_mut(row.bytes(0)) {
                track.genres |= 1 << genre;
                continue;
            }
            let mut sound = [0.0; SOUND_COUNT];
            for (place, (number, (_, offset))) in sound.iter_mut().zip(SOUND).enumerate() {
                let value = row.number_or_missing(first_sound + place)?;
                *number = offset.map_or(value, |offset| (value.max(0.0) + offset).ln());
            }
            let track = Track {
                artist: artists.number(row.bytes(3)),
                album: albums.number(row.bytes(4)),
                year: year(row.bytes(5)),
                popularity: row.number_or_missing(6)?,
                genres: 1 << genre,
                sound,
                tenth: tenth(row.bytes(0)),
            };
            tracks.insert(row.bytes(0).to_vec(), track);
        }
        if row_count == 0 {
            return Err(LearnError::Empty { what: "the table of songs" });
        }
        let ids: Vec<&Vec<u8>> = tracks.keys().collect();
        let playlist = |mut held: Vec<Vec<u8>>| {
            held.sort_unstable();
            held.dedup();
            let place = |id: &Vec<u8>| ids.binary_search(&id).expect("every track was listed") as u32;
            held.iter().map(place).collect()
        };
        let playlists = places.into_values().map(playlist).collect();
        let mut tracks: Vec<Track> = tracks.into_values().collect();
        standardize(&mut tracks);
        let (artist_count, album_count, genre_count) = (artists.0.len(), albums.0.len(), genres.0.len());
        Ok(Self { tracks, playlists, artist_count, album_count, genre_count })
    }
}

/// Names numbered as they come.
#[derive(Default)]
struct Names(BTreeMap<Vec<u8>, u32>);

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        let next = self.0.len() as u32;
        match self.0.get(name) {
            Some(&number) => number,
            None => *self.0.entry(name.to_vec()).or_insert(next),
        }
    }
}

/// The year that a date begins with.
fn year(date: &[u8]) -> f32 {
    let digits = date.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse::<u16>().ok()).map_or(f32::NAN, f32::from)
}

/// A tenth of the catalogue by the id alone, so that it is the same in every run.
///
/// *Source*: the FNV-1a hash of Fowler, Noll and Vo.
fn tenth(id: &[u8]) -> u8 {
    let hash = id.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The low bits of this hash alone are less even.
    ((hash >> 32) % 10) as u8
}

/// Brings sounds to mean 0 and variance 1; what is missing becomes the mean.
fn standardize(tracks: &mut [Track]) {
    for place in 0..SOUND_COUNT {
        let values =
            || tracks.iter().map(|track| f64::from(track.sound[place])).filter(|value| value.is_finite());
        let count = values().count().max(1) as f64;
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let scale = if deviation > 0.0 { deviation.recip() } else { 0.0 };
        for track in &mut *tracks {
            let value = &mut track.sound[place];
            *value = if value.is_finite() { ((f64::from(*value) - mean) * scale) as f32 } else { 0.0 };
        }
    }
}
