//! Reading `train.csv`, `test.csv`, `tracks.csv` and, where it is there, `playlists.csv`.

use rustc_hash::FxHashMap;

use crate::error::LearnError;
use crate::eval::{DataSet, Line, Lines};

/// What is known about a track besides who has it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TrackFacts {
    /// Numbered from 0; the same for tracks without one.
    pub(super) album: u32,
    pub(super) artist: u32,
    pub(super) duration: f32,
}

/// What the files hold, playlists, tracks, albums and artists numbered from 0.
#[derive(Debug)]
pub(super) struct Playlists {
    /// Tracks in order, each once.
    pub(super) train: Vec<Vec<u32>>,
    /// Ascending.
    pub(super) test: Vec<Vec<u32>>,
    pub(super) tracks: Vec<TrackFacts>,
    pub(super) album_count: usize,
    pub(super) artist_count: usize,
    /// Edits and followers; 0 where unknown.
    pub(super) care: Vec<(f32, f32)>,
}

#[derive(Default)]
struct Names {
    playlists: FxHashMap<u64, u32>,
    tracks: FxHashMap<u64, u32>,
}

fn number_of(names: &mut FxHashMap<u64, u32>, name: u64) -> u32 {
    let next = names.len() as u32;
    *names.entry(name).or_insert(next)
}

impl Playlists {
    pub(super) fn read(data: &dyn DataSet) -> Result<Self, LearnError> {
        let mut names = Names::default();
        let mut train: Vec<Vec<(f64, u32)>> = Vec::new();
        rows(data, "train.csv", "`playlist_id,track_id,pos`", 3, &mut |line, cells, form| {
            let playlist = number_of(&mut names.playlists, line.whole_number(cells[0], form)?) as usize;
            let track = number_of(&mut names.tracks, line.whole_number(cells[1], form)?);
            train.resize_with(train.len().max(playlist + 1), Vec::new);
            train[playlist].push((line.number(cells[2], form)?, track));
            Ok(())
        })?;
        // The catalogue before the test part: numbers decide ties, and must not tell which tracks are tested.
        let (mut albums, mut artists) = (FxHashMap::default(), FxHashMap::default());
        let mut tracks: Vec<Option<TrackFacts>> = Vec::new();
        rows(
            data,
            "tracks.csv",
            "`track_id,album_id,artist_id,duration_sec`",
            4,
            &mut |line, cells, form| {
                let track = number_of(&mut names.tracks, line.whole_number(cells[0], form)?) as usize;
                tracks.resize(tracks.len().max(track + 1), None);
                tracks[track] = Some(TrackFacts {
                    album: number_of(&mut albums, line.whole_number(cells[1], form)?),
                    artist: number_of(&mut artists, line.whole_number(cells[2], form)?),
                    duration: line.number(cells[3], form)? as f32,
                });
                Ok(())
            },
        )?;
        let mut test: Vec<Vec<u32>> = Vec::new();
        rows(data, "test.csv", "`playlist_id,track_id`", 2, &mut |line, cells, form| {
            let playlist = number_of(&mut names.playlists, line.whole_number(cells[0], form)?) as usize;
            test.resize_with(test.len().max(playlist + 1), Vec::new);
            test[playlist].push(number_of(&mut names.tracks, line.whole_number(cells[1], form)?));
            Ok(())
        })?;
        let care = making(data, &names.playlists)?;
        let playlist_count = names.playlists.len();
        train.resize_with(playlist_count, Vec::new);
        test.resize_with(playlist_count, Vec::new);
        tracks.resize(names.tracks.len(), None);
        // A track that the catalogue does not list has an album and an artist of its own.
        let tracks: Vec<TrackFacts> = (0..)
            .zip(tracks)
            .map(|(track, facts)| {
                facts.unwrap_or_else(|| TrackFacts {
                    album: number_of(&mut albums, u64::MAX - track),
                    artist: number_of(&mut artists, u64::MAX - track),
                    duration: 0.0,
                })
            })
            .collect();
        let train: Vec<Vec<u32>> = train.into_iter().map(in_order).collect();
        for (test, train) in test.iter_mut().zip(&train) {
            test.sort_unstable();
            test.dedup();
            test.retain(|track| !train.contains(track));
        }
        if train.iter().all(Vec::is_empty) {
            return Err(LearnError::Empty { what: "train.csv" });
        }
        if test.iter().all(Vec::is_empty) {
            return Err(LearnError::Empty { what: "test.csv" });
        }
        Ok(Self { train, test, tracks, album_count: albums.len(), artist_count: artists.len(), care })
    }

    /// Hides the last fifth of each playlist's train tracks: what is left, and what is hidden, ascending.
    pub(super) fn hide(&self) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let of = |tracks: &Vec<u32>| {
            let count = if tracks.len() < 3 { 0 } else { (tracks.len() + 2) / 5 };
            let (shown, hidden) = tracks.split_at(tracks.len() - count);
            let mut hidden = hidden.to_vec();
            hidden.sort_unstable();
            (shown.to_vec(), hidden)
        };
        self.train.iter().map(of).unzip()
    }

    /// Leaves about `max` playlists with test tracks, evenly spread.
    pub(super) fn keep_cases(&mut self, max: usize) {
        let step = self.test.len().div_ceil(max.max(1));
        self.test
            .iter_mut()
            .enumerate()
            .filter(|(row, _)| row % step != 0)
            .for_each(|(_, test)| test.clear());
    }
}

/// Edits and followers of each playlist; 0 where unknown.
fn making(data: &dyn DataSet, numbers: &FxHashMap<u64, u32>) -> Result<Vec<(f32, f32)>, LearnError> {
    let mut making = vec![(0.0, 0.0); numbers.len()];
    if data.open("playlists.csv").is_ok_and(|file| file.is_some()) {
        let form = "`playlist_id,num_edits,num_followers`";
        rows(data, "playlists.csv", form, 3, &mut |line, cells, form| {
            if let Some(&playlist) = numbers.get(&line.whole_number(cells[0], form)?) {
                making[playlist as usize] =
                    (line.number(cells[1], form)? as f32, line.number(cells[2], form)? as f32);
            }
            Ok(())
        })?;
    }
    Ok(making)
}

/// The tracks by their positions, those of the same position as they stood; of repeats the first.
fn in_order(mut tracks: Vec<(f64, u32)>) -> Vec<u32> {
    tracks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut seen = rustc_hash::FxHashSet::default();
    tracks.into_iter().map(|(_, track)| track).filter(|&track| seen.insert(track)).collect()
}

/// Takes one line: the line, its cells, and the form that a line should have.
type Each<'a> = dyn FnMut(Line<'_>, &[&[u8]], &'static str) -> Result<(), LearnError> + 'a;

/// Hands over the cells of each line after the header.
fn rows(
    data: &dyn DataSet,
    file: &str,
    form: &'static str,
    cell_count: usize,
    each: &mut Each<'_>,
) -> Result<(), LearnError> {
    let mut lines = Lines::open(data, file)?;
    while let Some(line) = lines.next_line()? {
        let cells: Vec<&[u8]> = line.bytes.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
        let is_header = line.number == 1 && !cells[0].first().is_some_and(u8::is_ascii_digit);
        if is_header || line.bytes.trim_ascii().is_empty() {
            continue;
        }
        if cells.len() < cell_count {
            return Err(line.malformed("too few cells", line.bytes, form));
        }
        each(line, &cells, form)?;
    }
    Ok(())
}
