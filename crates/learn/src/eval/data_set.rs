//! The files of a data set, and reading them line by line with errors that name the place.
//!
//! Somebody with a file system hands them over; it opens nothing itself.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Cursor, Read};

use crate::error::LearnError;

/// The files of a data set.
///
/// A file is asked for by its plain name, such as `train.txt`.
/// The implementor also looks for `train.txt.gz` and hands over the unpacked bytes, so that no task knows about packing.
pub trait DataSet: Sync {
    /// What the set is called in the report.
    fn name(&self) -> &str;

    /// The content of a file; none where the set has no such file.
    ///
    /// # Errors
    /// When the file is there but cannot be opened.
    fn open(&self, file: &str) -> io::Result<Option<Box<dyn BufRead + Send>>>;
}

/// Files in memory, for tests and demonstrations.
#[derive(Clone, Debug, Default)]
pub struct MemoryDataSet {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryDataSet {
    /// A set without files.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), files: BTreeMap::new() }
    }

    /// The same set with this file.
    #[must_use]
    pub fn with(mut self, file: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(file.to_owned(), content.into());
        self
    }
}

impl DataSet for MemoryDataSet {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self, file: &str) -> io::Result<Option<Box<dyn BufRead + Send>>> {
        Ok(self
            .files
            .get(file)
            .map(|content| Box::new(Cursor::new(content.clone())) as Box<dyn BufRead + Send>))
    }
}

/// Bytes that a line may have; the longest line of the published sets has 12 thousand.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Bytes of a word that an error repeats.
const SHOWN_MAX: usize = 40;

/// The lines of a file, numbered from 1.
pub struct Lines {
    file: String,
    reader: Box<dyn BufRead + Send>,
    bytes: Vec<u8>,
    number: usize,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("file", &self.file)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Lines {
    /// The lines of a file that the set must have.
    ///
    /// # Errors
    /// When the file is missing or cannot be opened.
    pub fn open(data: &dyn DataSet, file: &str) -> Result<Self, LearnError> {
        Self::open_optional(data, file)?.ok_or_else(|| missing(data, file))
    }

    /// The lines of a file that the set may have.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open_optional(data: &dyn DataSet, file: &str) -> Result<Option<Self>, LearnError> {
        let opened = data.open(file);
        let opened = opened.map_err(|source| LearnError::Read { file: file.to_owned(), line: 0, source })?;
        Ok(opened.map(|reader| Self::new(file, reader)))
    }

    /// The lines of a reader; `file` is its name in errors.
    pub fn new(file: &str, reader: Box<dyn BufRead + Send>) -> Self {
        Self { file: file.to_owned(), reader, bytes: Vec::new(), number: 0 }
    }

    /// The next line without its end, empty lines included; none after the last.
    ///
    /// # Errors
    /// When reading fails or the line is longer than 64 MiB.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, LearnError> {
        self.bytes.clear();
        self.number += 1;
        let read = (&mut self.reader).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut self.bytes);
        let read =
            read.map_err(|source| LearnError::Read { file: self.file.clone(), line: self.number, source })?;
        if read == 0 {
            return Ok(None);
        }
        if self.bytes.len() as u64 > LINE_BYTES_MAX {
            return Err(LearnError::TooLarge {
                what: "the length of a line in bytes",
                got: self.bytes.len(),
                limit: LINE_BYTES_MAX as usize,
            });
        }
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let bytes = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some(Line { file: &self.file, number: self.number, bytes }))
    }
}

/// A line of a file, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The file.
    pub file: &'a str,
    /// Its number, counted from 1.
    pub number: usize,
    /// What stands there.
    pub bytes: &'a [u8],
}

impl<'a> Line<'a> {
    /// The words between spaces and tabs.
    pub fn words(self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
    }

    /// The error that something in this line is wrong: `word` is at fault, `form` says what a line should be.
    pub fn malformed(self, problem: &'static str, word: &[u8], form: &'static str) -> LearnError {
        LearnError::Line {
            file: self.file.to_owned(),
            line: self.number,
            problem,
            text: String::from_utf8_lossy(word).chars().take(SHOWN_MAX).collect(),
            form,
        }
    }

    /// A whole number that fits 64 bits.
    ///
    /// # Errors
    /// When the word is anything else.
    pub fn whole_number(self, word: &[u8], form: &'static str) -> Result<u64, LearnError> {
        if word.is_empty() || !word.iter().all(u8::is_ascii_digit) {
            return Err(self.malformed("not a whole number", word, form));
        }
        let digits = std::str::from_utf8(word).expect("digits are UTF-8");
        digits.parse().map_err(|_| self.malformed("a number beyond 18446744073709551615", word, form))
    }

    /// A finite number.
    ///
    /// # Errors
    /// When the word is anything else.
    pub fn number(self, word: &[u8], form: &'static str) -> Result<f64, LearnError> {
        let parsed = std::str::from_utf8(word).ok().and_then(|text| text.parse::<f64>().ok());
        parsed.filter(|number| number.is_finite()).ok_or_else(|| self.malformed("not a number", word, form))
    }
}

/// The error that a file is not there.
pub fn missing(data: &dyn DataSet, file: &str) -> LearnError {
    LearnError::Missing { data: data.name().to_owned(), file: file.to_owned() }
}

/// Numbers for tests that look drawn at random, the same at every run.
#[cfg(test)]
pub(super) struct Draws(pub(super) u64);

#[cfg(test)]
impl Draws {
    /// The next number below `limit`, by splitmix64.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_lose_their_ends() {
        let data = MemoryDataSet::new("small").with("a.txt", "one\r\n\ntwo");
        let mut lines = Lines::open(&data, "a.txt").unwrap();
        let mut next = || lines.next_line().unwrap().map(|line| (line.number, line.bytes.to_vec()));
        assert_eq!(next(), Some((1, b"one".to_vec())));
        assert_eq!(next(), Some((2, Vec::new())));
        assert_eq!(next(), Some((3, b"two".to_vec())));
        assert_eq!(next(), None);
    }

    #[test]
    fn errors_name_the_file_and_the_line() {
        let data = MemoryDataSet::new("small");
        let error = Lines::open(&data, "train.txt").unwrap_err().to_string();
        insta::assert_snapshot!(error, @"`small` has no `train.txt` (nor `train.txt.gz`); check the directory and its layout");
        assert!(Lines::open_optional(&data, "valid.txt").unwrap().is_none());
        let place = Line { file: "train.txt", number: 7, bytes: b"x" };
        insta::assert_snapshot!(
            place.whole_number(b"x", "a number").unwrap_err(),
            @"train.txt line 7: not a whole number: `x`; a line is a number"
        );
        assert!(place.whole_number(b"", "a number").is_err());
        assert_eq!(place.whole_number(b"18446744073709551615", "a number").unwrap(), u64::MAX);
        assert!(place.whole_number(b"18446744073709551616", "a number").is_err());
        assert_eq!(place.number(b"-1.5e2", "a number").unwrap(), -150.0);
        for bad in ["", "NaN", "inf", "1,5", "1 "] {
            assert!(place.number(bad.as_bytes(), "a number").is_err(), "{bad}");
        }
    }
}
