//! Reading ratings with the situation in which they were given.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;

use crate::error::LearnError;
use crate::eval::csv::Csv;
use crate::eval::data_set::{DataSet, missing};

/// The rating from which a listener was satisfied, as the publishers draw the line.
const RATING_MIN: f32 = 3.0;
const INTERACTIONS: &str = "Stage2/interactions.csv";
const ENVIRONMENT: &str = "Stage2/env.json";
const WRIST: &str = "Stage2/wrist.npy";
const TRACKS: &str = "music_metadata/music_info.csv";
/// The columns of a track that are numbers.
const TRACK_NUMBERS: [&str; 18] = [
    "popularity",
    "loudness",
    "danceability",
    "energy",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "valence",
    "tempo",
    "duration",
    "F0final_sma_amean",
    "F0final_sma_stddev",
    "audspec_lengthL1norm_sma_stddev",
    "pcm_RMSenergy_sma_stddev",
    "pcm_fftMag_psySharpness_sma_amean",
    "pcm_fftMag_psySharpness_sma_stddev",
    "pcm_zcr_sma_amean",
    "pcm_zcr_sma_stddev",
];
/// Minutes that the wrist band was read before a rating, and numbers per minute: heart rate, intensity, steps, activity.
const MINUTES: usize = 30;
const CHANNELS: usize = 4;
/// Minutes that count as "just now".
const MINUTES_RECENT: usize = 5;
/// Kinds of activity that the band tells apart.
const ACTIVITIES: usize = 6;
/// Hours by which the listeners' clocks are ahead of universal time.
const ZONE_HOURS: f64 = 8.0;
/// Bytes that the two files of the situation may have.
const BYTES_MAX: u64 = 1 << 30;

/// One rating.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) user: usize,
    /// Whether the listener was satisfied.
    pub(super) satisfied: bool,
    /// What is known about the track.
    pub(super) track: Vec<f32>,
    /// Time, weather, place, what the wrist band measured, and the mood before listening.
    pub(super) situation: Vec<f32>,
}

/// All ratings of the field stage, users numbered in the order of their ids; and how many users there are.
pub(super) fn read(data: &dyn DataSet) -> Result<(Vec<Sample>, usize), LearnError> {
    let tracks = tracks(data)?;
    let environment = environment(data)?;
    let wrist = wrist(data)?;
    let columns =
        ["inter_id", "user_id", "item_id", "timestamp", "rating", "emo_pre_valence", "emo_pre_arousal"];
    let mut table = Csv::open(data, INTERACTIONS, &columns)?;
    let (mut samples, mut users) = (Vec::new(), BTreeMap::new());
    while let Some(row) = table.next_row()? {
        let index = samples.len();
        let id = std::str::from_utf8(row.bytes(0)).unwrap_or_default().to_owned();
        let track = tracks.get(row.bytes(2)).ok_or_else(|| LearnError::Missing {
            data: data.name().to_owned(),
            file: format!("{TRACKS}, track {}", String::from_utf8_lossy(row.bytes(2))),
        })?;
        let surroundings = environment.get(&id).and_then(Value::as_object);
        let surroundings = surroundings.ok_or_else(|| LearnError::Missing {
            data: data.name().to_owned(),
            file: format!("{ENVIRONMENT}, interaction {id}"),
        })?;
        let band = wrist.get(index * MINUTES * CHANNELS..(index + 1) * MINUTES * CHANNELS);
        let band = band.ok_or(LearnError::Shape {
            what: "interactions in wrist.npy",
            expected: index + 1,
            got: wrist.len() / (MINUTES * CHANNELS),
        })?;
        let mut situation = surroundings_numbers(surroundings);
        situation.extend(clock(row.whole(3)?));
        situation.extend(band_numbers(band));
        situation.extend([row.number_or_missing(5)?, row.number_or_missing(6)?]);
        let user = row.whole(1)?;
        users.insert(user, 0);
        let satisfied = row.number(4)? >= RATING_MIN;
        samples.push((user, Sample { user: 0, satisfied, track: track.clone(), situation }));
    }
    users.values_mut().enumerate().for_each(|(place, user)| *user = place);
    let numbered = samples.into_iter().map(|(user, sample)| Sample { user: users[&user], ..sample });
    let samples: Vec<Sample> = numbered.collect();
    if samples.is_empty() {
        return Err(LearnError::Empty { what: "the table of interactions" });
    }
    Ok((samples, users.len()))
}

/// Numbers, key and genre of each track by its id, which may be `-1`.
fn tracks(data: &dyn DataSet) -> Result<BTreeMap<Vec<u8>, Vec<f32>>, LearnError> {
    let columns: Vec<&'static str> =
        ["item_id", "general_genre", "key"].into_iter().chain(TRACK_NUMBERS).collect();
    let mut table = Csv::open(data, TRACKS, &columns)?;
    let (mut tracks, mut genres) = (Vec::new(), BTreeMap::new());
    while let Some(row) = table.next_row()? {
        let numbers: Result<Vec<f32>, LearnError> =
            (2..columns.len()).map(|column| row.number_or_missing(column)).collect();
        genres.insert(row.bytes(1).to_vec(), 0);
        tracks.push((row.bytes(0).to_vec(), row.bytes(1).to_vec(), numbers?));
    }
    genres.values_mut().enumerate().for_each(|(place, genre)| *genre = place);
    let count = genres.len();
    let with_genre = tracks.into_iter().map(|(id, genre, mut numbers)| {
        numbers.extend((0..count).map(|place| f32::from(u8::from(genres[&genre] == place))));
        (id, numbers)
    });
    Ok(with_genre.collect())
}

fn bytes(data: &dyn DataSet, file: &str) -> Result<Vec<u8>, LearnError> {
    let failed = |source| LearnError::Read { file: file.to_owned(), line: 0, source };
    let reader = data.open(file).map_err(failed)?.ok_or_else(|| missing(data, file))?;
    let mut bytes = Vec::new();
    reader.take(BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn environment(data: &dyn DataSet) -> Result<serde_json::Map<String, Value>, LearnError> {
    serde_json::from_slice(&bytes(data, ENVIRONMENT)?).map_err(|error| LearnError::Line {
        file: ENVIRONMENT.to_owned(),
        line: error.line(),
        problem: "not the JSON that was expected",
        text: error.to_string().chars().take(40).collect(),
        form: "an object with one object per interaction",
    })
}

/// The period of the day and the weather as yes and no, and all numbers.
fn surroundings_numbers(surroundings: &serde_json::Map<String, Value>) -> Vec<f32> {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64).map_or(f32::NAN, |value| value as f32);
    let list = |name: &str, count: usize| -> Vec<f32> {
        (0..count).map(|place| number(surroundings.get(name).and_then(|list| list.get(place)))).collect()
    };
    let is = |value: f32, wanted: f32| f32::from(u8::from(value == wanted));
    let time = number(surroundings.get("time"));
    let weather = list("weather", 4);
    let mut numbers: Vec<f32> = [1.0, 2.0, 3.0].into_iter().map(|wanted| is(time, wanted)).collect();
    numbers.extend([0.0, 1.0, 2.0].into_iter().map(|wanted| is(weather[0], wanted)));
    numbers.extend(&weather[1..]);
    numbers.extend(list("GPS", 3));
    numbers
}

/// The hour, as it stands and on the circle, and the day of the week.
fn clock(seconds: u64) -> [f32; 4] {
    let hours = seconds as f64 / 3600.0 + ZONE_HOURS;
    let angle = hours % 24.0 * std::f64::consts::TAU / 24.0;
    let day = (hours / 24.0).floor() % 7.0;
    [(hours % 24.0) as f32, angle.sin() as f32, angle.cos() as f32, day as f32]
}

/// Means and spread of what the band measured, and the share of each activity.
fn band_numbers(band: &[f32]) -> Vec<f32> {
    let channel = |channel: usize| band.iter().skip(channel).step_by(CHANNELS).copied();
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    let mut numbers = Vec::new();
    for measured in 0..3 {
        let values: Vec<f32> = channel(measured).collect();
        let center = mean(&values);
        let squares: Vec<f32> = values.iter().map(|value| (value - center).powi(2)).collect();
        numbers.extend([center, mean(&squares).sqrt(), mean(&values[MINUTES - MINUTES_RECENT..])]);
    }
    let share =
        |activity| channel(3).filter(|&value| value == activity as f32).count() as f32 / MINUTES as f32;
    numbers.extend((0..ACTIVITIES).map(share));
    numbers
}

/// The numbers of a NumPy file of 64-bit floats in C order, shape `[interactions, 30, 4]`.
///
/// *Source*: the NumPy documentation, "NPY format", version 1.0.
fn wrist(data: &dyn DataSet) -> Result<Vec<f32>, LearnError> {
    let bytes = bytes(data, WRIST)?;
    let bad = |problem| LearnError::Line {
        file: WRIST.to_owned(),
        line: 0,
        problem,
        text: String::from_utf8_lossy(&bytes).chars().filter(char::is_ascii_graphic).take(40).collect(),
        form: "a NumPy file of version 1 with 64-bit floats, shape [interactions, 30, 4]",
    };
    if !bytes.starts_with(b"\x93NUMPY\x01") || bytes.len() < 10 {
        return Err(bad("not a NumPy file"));
    }
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = bytes.get(10..start).ok_or_else(|| bad("the header is cut off"))?;
    let has = |text: &[u8]| header.windows(text.len()).any(|window| window == text);
    if !has(b"'<f8'") || !has(b"False") || !has(b", 30, 4)") {
        return Err(bad("another type or shape"));
    }
    let (numbers, rest) = bytes[start..].as_chunks::<8>();
    if !rest.is_empty() {
        return Err(bad("the numbers are cut off"));
    }
    Ok(numbers.iter().map(|&number| f64::from_le_bytes(number) as f32).collect())
}
