//! A collection of annotated tracks: a table with a line per file.
//!
//! `path` and any of `genre`, `tempo`, `beats`, `key`, `mode`, `chords`, `melody`, `sections`, `drums`, `valence`,
//! `energy` and `stems`;
//! paths are relative to the table, empty cells say nothing, other columns are passed over.

use super::{AnnotationError, key_named};
use crate::score::key::TonicMode;

use music::key::{Mode, PitchClass};

/// The columns that are read.
pub const COLUMNS: [&str; 13] = [
    "path", "genre", "tempo", "beats", "key", "mode", "chords", "melody", "sections", "drums", "valence",
    "energy", "stems",
];
/// The most lines of one table.
const ROW_COUNT_MAX: usize = 1_000_000;

/// One line of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Where it stands, counted from 1.
    pub line: u64,
    /// The file with the sound.
    pub path: String,
    /// The genre.
    pub genre: Option<String>,
    /// In BPM.
    pub tempo: Option<f64>,
    /// The key of the whole.
    pub key: Option<TonicMode>,
    /// How pleasant listeners found it.
    pub valence: Option<f64>,
    /// How strong listeners found it.
    pub energy: Option<f64>,
    /// The file with the beats.
    pub beats: Option<String>,
    /// The file with the chords.
    pub chords: Option<String>,
    /// The file with the leading voice.
    pub melody: Option<String>,
    /// The file with the form.
    pub sections: Option<String>,
    /// The file with the strokes of the drums.
    pub drums: Option<String>,
    /// The directory with the parts that add up to the sound, a sound file each.
    pub stems: Option<String>,
}

/// The lines of a table, each with what it says or why it says nothing.
///
/// # Errors
/// When there is no column `path`, or nothing at all.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Result<Entry, AnnotationError>>, AnnotationError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.split(|&byte| byte == b'\n' || byte == b'\r').next().unwrap_or_default();
    let count = |mark: u8| head.iter().filter(|&&byte| byte == mark).count();
    let delimiter =
        [b';', b'\t'].into_iter().filter(|&mark| count(mark) > count(b',')).max_by_key(|&mark| count(mark));
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .comment(Some(b'#'))
        .delimiter(delimiter.unwrap_or(b','))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut places = [None; COLUMNS.len()];
    let header = reader.byte_headers().map_err(|error| unreadable(file, &error))?;
    for (place, name) in header.iter().enumerate() {
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        if let Some(column) = COLUMNS.iter().position(|column| *column == name) {
            places[column].get_or_insert(place);
        }
    }
    if places[0].is_none() {
        let got: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        return Err(AnnotationError::malformed(file, 1, "a header with a column `path`", &got.join(",")));
    }
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let rows = reader.byte_records().take(ROW_COUNT_MAX).map(|record| {
        let record = record.map_err(|error| unreadable(file, &error))?;
        let line = record.position().map_or(0, |position| lines.line_at(position.byte() as usize));
        let cell = |name: &str| -> Option<String> {
            let column = COLUMNS.iter().position(|column| *column == name)?;
            let text = String::from_utf8_lossy(record.get(places[column]?)?).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        entry(file, line, &cell)
    });
    // Lines of nothing but separators are left at the end by programs for tables.
    let is_blank = |row: &Result<Entry, _>| matches!(row, Ok(entry) if entry.path.is_empty());
    Ok(rows.filter(|row| !is_blank(row)).collect())
}

/// Counts lines, because the reader's own count is one short after `\r\n` and before comments.
struct Lines<'b> {
    bytes: &'b [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that was found from `offset` on; offsets only grow.
    fn line_at(&mut self, offset: usize) -> u64 {
        let mut in_comment = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            let is_end = byte == b'\n' || (byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n'));
            if self.at >= offset {
                in_comment = (in_comment || byte == b'#') && !is_end;
                if !in_comment && !is_end && byte != b'\r' {
                    break;
                }
            }
            self.line += u64::from(is_end);
            self.at += 1;
        }
        self.line
    }
}

fn unreadable(file: &str, error: &csv::Error) -> AnnotationError {
    let line = error.position().map_or(0, csv::Position::line);
    AnnotationError::malformed(file, line, "a line of comma-separated cells", &error.to_string())
}

fn entry(file: &str, line: u64, cell: &dyn Fn(&str) -> Option<String>) -> Result<Entry, AnnotationError> {
    let number = |name: &str, expected: &'static str| -> Result<Option<f64>, AnnotationError> {
        let Some(text) = cell(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| AnnotationError::malformed(file, line, expected, &text))
    };
    let path = cell("path").unwrap_or_default();
    let tempo = number("tempo", "a tempo in BPM")?;
    if path.is_empty() && COLUMNS.iter().any(|column| cell(column).is_some()) {
        return Err(AnnotationError::malformed(file, line, "the path of a file", ""));
    }
    if let Some(tempo) = tempo.filter(|tempo| *tempo <= 0.0) {
        return Err(AnnotationError::malformed(file, line, "a tempo above 0", &tempo.to_string()));
    }
    Ok(Entry {
        line,
        path,
        genre: cell("genre"),
        tempo,
        key: key(file, line, cell)?,
        valence: number("valence", "a number for valence")?,
        energy: number("energy", "a number for energy")?,
        beats: cell("beats"),
        chords: cell("chords"),
        melody: cell("melody"),
        sections: cell("sections"),
        drums: cell("drums"),
        stems: cell("stems"),
    })
}

/// `9` and `0`, or a name such as `A minor`; −1 is how some write that there is none.
fn key(
    file: &str,
    line: u64,
    cell: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<TonicMode>, AnnotationError> {
    let Some(text) = cell("key").filter(|text| text != "-1") else { return Ok(None) };
    let wrong = || {
        AnnotationError::malformed(file, line, "a key from 0 to 11 with a mode of 0 or 1, or its name", &text)
    };
    let mode = cell("mode");
    let Ok(number) = text.parse::<f64>() else {
        let name = mode.filter(|mode| mode.parse::<f64>().is_err()).map(|mode| format!("{text} {mode}"));
        return name.as_deref().and_then(key_named).or_else(|| key_named(&text)).map(Some).ok_or_else(wrong);
    };
    let tonic = PitchClass::new(number as u8)
        .ok()
        .filter(|tonic| f64::from(tonic.get()) == number)
        .ok_or_else(wrong)?;
    match mode.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("1" | "1.0" | "major" | "maj") => Ok(Some((tonic, Mode::Major))),
        Some("0" | "0.0" | "minor" | "min") => Ok(Some((tonic, Mode::Minor))),
        // A tonic alone is not enough to score a key by.
        None | Some("-1") => Ok(None),
        Some(_) => Err(wrong()),
    }
}
