//! The rows of a table of text.

use std::io::{self, Read};
use std::sync::Arc;

use csv::ByteRecord;

use super::gate::{Gate, RecordBudget};
use super::of_io;
use crate::import::error::{ImportError, Place};
use crate::import::limits::HEAD_LEN;

/// Reads rows, each of bounded length; they need not have the same number of cells.
#[derive(Debug)]
pub(in crate::import) struct TextRows<R> {
    reader: csv::Reader<Gate<R>>,
    budget: RecordBudget,
    file: Arc<str>,
    record: ByteRecord,
    place: Place,
}

impl<R: Read> TextRows<R> {
    /// The rows of `input`, whose cells stand between `delimiter`s and, where `is_quoted`, in quotes.
    pub(in crate::import) fn new(file: &Arc<str>, input: R, delimiter: u8, is_quoted: bool) -> Self {
        let (gate, budget) = Gate::new(input);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .quoting(is_quoted)
            .buffer_capacity(HEAD_LEN)
            .from_reader(gate);
        Self { reader, budget, file: Arc::clone(file), record: ByteRecord::new(), place: Place::Line(0) }
    }

    /// Reads the next row; says where it begins, or nothing at the end.
    ///
    /// # Errors
    /// Where the file cannot be read on, or a row is too large.
    pub(in crate::import) fn advance(&mut self) -> Result<Option<Place>, ImportError> {
        self.budget.next_record();
        let is_row = self.reader.read_byte_record(&mut self.record).map_err(|error| {
            let fault = match error.into_kind() {
                csv::ErrorKind::Io(fault) => fault,
                other => io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}")),
            };
            of_io(&self.file, self.place, fault)
        })?;
        if !is_row {
            return Ok(None);
        }
        self.place = Place::Line(self.record.position().map_or(0, csv::Position::line));
        Ok(Some(self.place))
    }

    /// The row that was read last.
    pub(in crate::import) const fn row(&self) -> &ByteRecord {
        &self.record
    }
}

/// The mark that stands most often in the first line, among those that exporters put between columns; a comma where
/// there is none of them.
pub(in crate::import) fn guess_delimiter(head: &[u8]) -> u8 {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    let count = |mark: u8| line.iter().filter(|&&byte| byte == mark).count();
    // Of several with the same count the last is taken, so the comma stands last.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|&mark| count(mark)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_seen_in_the_first_line() {
        assert_eq!(guess_delimiter(b"a,b,c;d\n;;;;;;"), b',');
        assert_eq!(guess_delimiter(b"Artist;Album;Track;Date#x\n"), b';');
        assert_eq!(guess_delimiter(b"1\t2\t3"), b'\t');
        assert_eq!(guess_delimiter(b"one"), b',');
        assert_eq!(guess_delimiter(b""), b',');
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_swallow_the_memory() {
        let file: Arc<str> = "a.csv".into();
        let mut text = b"a,b\n\"".to_vec();
        text.resize(40 << 20, b'x');
        let mut rows = TextRows::new(&file, text.as_slice(), b',', true);
        assert_eq!(rows.advance().unwrap(), Some(Place::Line(1)));
        let error = rows.advance().unwrap_err();
        assert!(matches!(error, ImportError::RecordTooLarge { place: Place::Line(1), .. }), "{error}");
    }
}
