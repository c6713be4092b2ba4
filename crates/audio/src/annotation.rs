//! What people wrote down about a track, from the files they wrote it to.
//!
//! | written down | form |
//! |---|---|
//! | beats | one a line: seconds, perhaps the place in the bar |
//! | chords and sections | `.lab`, tab- or comma-separated: start, end, label; or start and label |
//! | the leading voice | one frame a line: seconds, hertz |
//! | the strokes of drums | one a line: seconds, then `kick`, `snare` or `hat`; others are passed over |
//! | the key | `C# minor`, `Gb:maj` |
//! | all of it | [`jams`], [`pop909`] |
//! | a collection | [`manifest`] |
//!
//! A file is handed in as bytes with its name, which only serves error messages.
//! Line ends may be those of any system, a byte order mark and lines that begin with `#` are skipped, and so is one line
//! of headings.
//! No bytes make a reader panic, and none makes it take more memory than a small multiple of the file.

mod columns;
pub mod jams;
pub mod manifest;
pub mod pop909;
mod truth;

use music::key::Key;

use self::columns::{Row, rows};
use crate::score::Labelled;
use crate::score::key::TonicMode;

pub use truth::{Sections, Truth};

/// The largest file that is read as an annotation; whole albums of beats are far smaller.
pub const ANNOTATION_BYTES_MAX: usize = 64 << 20;
/// No moment of a track is later than this, in seconds: four days.
const SECONDS_MAX: f64 = 345_600.0;

/// Why a file is no annotation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnotationError {
    /// A line is not in the form.
    #[error("{file}, line {line}: expected {expected}, got {got:?}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
        /// What does.
        got: String,
    },
    /// It is not the JSON of its format.
    #[error("{file}, line {line}: {why}")]
    Json {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What the reader said.
        why: String,
    },
    /// A moment or a stretch lies where no track is any more.
    #[error("{file}: {seconds} s is later than any track lasts, {SECONDS_MAX} s, or its melody, an hour")]
    Late {
        /// The file.
        file: String,
        /// The moment.
        seconds: f64,
    },
    /// There is nothing in it.
    #[error("{file} holds no {what}")]
    Empty {
        /// The file.
        file: String,
        /// What it should hold.
        what: &'static str,
    },
    /// It is too large.
    #[error("{file} has {bytes} bytes; an annotation has at most {ANNOTATION_BYTES_MAX}")]
    Large {
        /// The file.
        file: String,
        /// How large it is.
        bytes: usize,
    },
}

impl AnnotationError {
    fn malformed(file: &str, line: u64, expected: &'static str, got: &str) -> Self {
        Self::Malformed { file: file.to_owned(), line, expected, got: got.chars().take(60).collect() }
    }

    /// Makes sure that all of these `moments` are such, and not past `seconds_max`.
    fn check_moments(
        file: &str,
        seconds_max: f64,
        mut moments: impl Iterator<Item = f64>,
    ) -> Result<(), Self> {
        match moments.find(|moment| moment.is_nan() || moment.abs() > seconds_max) {
            Some(seconds) => Err(Self::Late { file: file.to_owned(), seconds }),
            None => Ok(()),
        }
    }

    fn json(file: &str, error: &serde_json::Error) -> Self {
        Self::Json { file: file.to_owned(), line: error.line(), why: error.to_string() }
    }
}

/// A beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// When, in seconds.
    pub time: f64,
    /// Its place in the bar, 1 for the downbeat, where it is known.
    pub position: Option<u32>,
}

/// When each drum is struck, in seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrumStrokes {
    /// The bass drum.
    pub kick: Vec<f64>,
    /// The snare drum, or what stands for it.
    pub snare: Vec<f64>,
    /// The hats, or what keeps time in their place.
    pub hat: Vec<f64>,
}

/// Beats, in order.
///
/// # Errors
/// When a line does not begin with a time, or there is no beat at all.
pub fn beats(file: &str, bytes: &[u8]) -> Result<Vec<Beat>, AnnotationError> {
    const FORM: &str = "seconds, perhaps followed by the place in the bar";
    let beat = |row: &Row<'_>| {
        // Some write bar and place as `12.3`, which is a place after the point.
        let position = row.field(1).and_then(|text| text.rsplit('.').find(|part| part.parse() != Ok(0)));
        Some(Beat { time: row.seconds(0)?, position: position.and_then(|text| text.parse().ok()) })
    };
    let mut beats = all(file, bytes, FORM, "beats", beat)?;
    beats.sort_by(|a, b| a.time.total_cmp(&b.time));
    Ok(beats)
}

/// Stretches with labels, in order: chords or sections.
///
/// Where a line has one time only, a stretch lasts until the next, and the last line closes the one before it.
///
/// # Errors
/// When a line has no time, its end is before its start, or there is no stretch at all.
pub fn intervals(file: &str, bytes: &[u8]) -> Result<Vec<Labelled>, AnnotationError> {
    const FORM: &str = "start, end and label";
    let span = |row: &Row<'_>| {
        let start = row.seconds(0)?;
        let (end, label) = match row.seconds(1) {
            Some(end) => (end, row.rest(2)),
            None => (f64::NAN, row.rest(1)),
        };
        (end.is_nan() || end >= start).then_some(Labelled { start, end, label })
    };
    let mut spans = all(file, bytes, FORM, "stretches with a label", span)?;
    spans.sort_by(|a, b| a.start.total_cmp(&b.start));
    for index in 0..spans.len() {
        if spans[index].end.is_nan() {
            spans[index].end = spans.get(index + 1).map_or(spans[index].start, |next| next.start);
        }
    }
    spans.retain(|span| span.end > span.start);
    if spans.is_empty() {
        return Err(AnnotationError::Empty { file: file.to_owned(), what: "stretches with a label" });
    }
    Ok(spans)
}

/// The leading voice as moments and hertz, in order; 0 or less where nothing leads.
///
/// # Errors
/// When a line is not two numbers, or there is no line at all.
pub fn pitches(file: &str, bytes: &[u8]) -> Result<Vec<(f64, f64)>, AnnotationError> {
    let pitch = |row: &Row<'_>| Some((row.seconds(0)?, row.number(1)?));
    let mut curve = all(file, bytes, "seconds and hertz", "pitches", pitch)?;
    curve.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(curve)
}

/// The strokes of kick, snare and hat, each in order; those of other drums are passed over.
///
/// # Errors
/// When a line is no time and name, or there is no line at all.
pub fn drums(file: &str, bytes: &[u8]) -> Result<DrumStrokes, AnnotationError> {
    let stroke = |row: &Row<'_>| Some((row.seconds(0)?, row.rest(1))).filter(|stroke| !stroke.1.is_empty());
    let mut strokes = DrumStrokes::default();
    for (time, name) in all(file, bytes, "seconds and a drum", "strokes", stroke)? {
        match name.to_ascii_lowercase().as_str() {
            "kick" => strokes.kick.push(time),
            "snare" => strokes.snare.push(time),
            "hat" => strokes.hat.push(time),
            _ => {}
        }
    }
    for times in [&mut strokes.kick, &mut strokes.snare, &mut strokes.hat] {
        times.sort_by(f64::total_cmp);
    }
    Ok(strokes)
}

/// The key of the whole: that of the only line, or of the longest stretch where lines have a start and an end.
///
/// # Errors
/// When a line has no key, or there is none at all.
pub fn key(file: &str, bytes: &[u8]) -> Result<TonicMode, AnnotationError> {
    let line = |row: &Row<'_>| match (row.seconds(0), row.seconds(1)) {
        (Some(start), Some(end)) => Some((end - start, key_named(&row.rest(2))?)),
        _ => Some((0.0, key_named(&row.rest(0))?)),
    };
    // There are 24 keys, so this list stays short however long the file is.
    let mut totals: Vec<(f64, TonicMode)> = Vec::new();
    for (seconds, key) in all(file, bytes, "a key such as C# minor", "key", line)? {
        match totals.iter_mut().find(|total| total.1 == key) {
            Some(total) => total.0 += seconds,
            None => totals.push((seconds, key)),
        }
    }
    let best = totals.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|best| best.1).ok_or_else(|| AnnotationError::Empty { file: file.to_owned(), what: "key" })
}

/// A key by its name, as [`Key::named`].
pub fn key_named(name: &str) -> Option<TonicMode> {
    Key::named(name).map(|key| (key.tonic, key.mode))
}

/// Reads every line; the first may be one of headings.
fn all<T>(
    file: &str,
    bytes: &[u8],
    form: &'static str,
    what: &'static str,
    read: impl Fn(&Row<'_>) -> Option<T>,
) -> Result<Vec<T>, AnnotationError> {
    if bytes.len() > ANNOTATION_BYTES_MAX {
        return Err(AnnotationError::Large { file: file.to_owned(), bytes: bytes.len() });
    }
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    let mut is_first = true;
    for row in rows(&text) {
        match read(&row) {
            Some(value) => found.push(value),
            None if is_first && row.number(0).is_none() => {}
            None => return Err(AnnotationError::malformed(file, row.line, form, row.text)),
        }
        is_first = false;
    }
    if found.is_empty() {
        return Err(AnnotationError::Empty { file: file.to_owned(), what });
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
