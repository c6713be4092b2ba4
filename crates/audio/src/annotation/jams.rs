//! JAMS: a JSON file with several annotations of one track.
//!
//! *Source*: Humphrey, Salamon, Nieto, Forsyth, Bittner, Bello, "JAMS: a JSON annotated music specification for
//! reproducible MIR research", ISMIR 2014; both the list and the older table of columns are read.

use serde::Deserialize;
use serde_json::Value;

use super::{ANNOTATION_BYTES_MAX, AnnotationError, Beat, SECONDS_MAX, Truth, key_named};
use crate::score::Labelled;

/// Reads a file; namespaces that say nothing about what is scored are passed over.
///
/// Of several annotations of one kind the first counts; every segmentation does, because each may be right.
///
/// # Errors
/// When it is not JSON of this form, or a moment in it is none of a track.
pub fn read(file: &str, bytes: &[u8]) -> Result<Truth, AnnotationError> {
    if bytes.len() > ANNOTATION_BYTES_MAX {
        return Err(AnnotationError::Large { file: file.to_owned(), bytes: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let jams: Jams = serde_json::from_slice(bytes).map_err(|error| AnnotationError::json(file, &error))?;
    let mut truth = Truth::default();
    for annotation in jams.annotations {
        let mut observations = annotation.data.into_list();
        let moments = observations.iter().flat_map(|one| [one.time, one.duration, one.time + one.duration]);
        AnnotationError::check_moments(file, SECONDS_MAX, moments)?;
        observations.retain(|observation| observation.duration >= 0.0);
        observations.sort_by(|a, b| a.time.total_cmp(&b.time));
        add(&mut truth, &annotation.namespace, &observations);
    }
    Ok(truth)
}

fn add(truth: &mut Truth, namespace: &str, observations: &[Observation]) {
    match namespace {
        "beat" | "beat_position" if truth.beats.is_empty() => {
            truth.beats = observations.iter().map(beat).collect();
        }
        "tempo" if truth.tempo.is_none() => {
            let longest = observations.iter().max_by(|a, b| a.duration.total_cmp(&b.duration));
            truth.tempo = longest.and_then(|tempo| tempo.value.as_f64()).filter(|bpm| *bpm > 0.0);
        }
        "key_mode" if truth.key.is_none() => {
            let longest = observations.iter().max_by(|a, b| a.duration.total_cmp(&b.duration));
            truth.key = longest.and_then(|key| key.value.as_str()).and_then(key_named);
        }
        "chord" | "chord_harte" if truth.chords.is_empty() => truth.chords = spans(observations),
        "pitch_contour" | "pitch_hz" if truth.melody.is_empty() => {
            truth.melody = observations.iter().filter_map(pitch).collect();
        }
        "tag_gtzan" | "genre" if truth.genre.is_none() => {
            truth.genre = observations.first().and_then(|tag| tag.value.as_str()).map(str::to_owned);
        }
        name if name.starts_with("segment") => {
            let form = spans(observations);
            if !form.is_empty() {
                truth.sections.push(form);
            }
        }
        _ => {}
    }
}

fn beat(observation: &Observation) -> Beat {
    let position = observation.value.get("position").unwrap_or(&observation.value);
    let number = position.as_f64().filter(|number| (1.0..64.0).contains(number));
    Beat { time: observation.time, position: number.map(|number| number as u32) }
}

fn spans(observations: &[Observation]) -> Vec<Labelled> {
    let span = |observation: &Observation| {
        let value = observation.value.get("label").unwrap_or(&observation.value);
        let label = value.as_str()?;
        (observation.duration > 0.0)
            .then(|| Labelled::new(observation.time, observation.time + observation.duration, label))
    };
    observations.iter().filter_map(span).collect()
}

fn pitch(observation: &Observation) -> Option<(f64, f64)> {
    if let Some(hertz) = observation.value.as_f64() {
        return Some((observation.time, hertz));
    }
    let hertz = observation.value.get("frequency")?.as_f64()?;
    let is_voiced = observation.value.get("voiced").and_then(Value::as_bool).unwrap_or(true);
    Some((observation.time, if is_voiced { hertz } else { -hertz.abs() }))
}

#[derive(Deserialize)]
struct Jams {
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    data: Data,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Data {
    List(Vec<Observation>),
    Table { time: Vec<f64>, duration: Vec<f64>, value: Vec<Value> },
}

impl Default for Data {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

#[derive(Deserialize)]
struct Observation {
    time: f64,
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    value: Value,
}

impl Data {
    fn into_list(self) -> Vec<Observation> {
        match self {
            Self::List(list) => list,
            Self::Table { time, duration, value } => {
                let columns = time.into_iter().zip(duration).zip(value);
                columns.map(|((time, duration), value)| Observation { time, duration, value }).collect()
            }
        }
    }
}
