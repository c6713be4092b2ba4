//! The rows of a table of text.

use std::io::{self, Read};
use std::sync::Arc;

use csv::ByteRecord;
use memchr::{memchr_iter, memchr2};

use super::cut_row::{Cut, Marks, cut_row};
use super::{RowFault, of_io};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::limits::{EXAMPLE_LEN_MAX, HEAD_LEN};

/// Reads rows, each of bounded length; they need not have the same number of cells.
///
/// A line that is no row costs itself: reading goes on with the next one.
///
/// *Memory*: about twice [`RECORD_LEN_MAX`](crate::import::limits::RECORD_LEN_MAX) at most.
#[derive(Debug)]
pub(in crate::import) struct TextRows<R> {
    input: R,
    marks: Marks,
    file: Arc<str>,
    /// Bytes of the input, of which those before `start` are done.
    buffer: Vec<u8>,
    start: usize,
    is_at_end: bool,
    /// Why the input cannot be read on, while there are rows that were read before.
    fault: Option<io::Error>,
    record: ByteRecord,
    /// How the latest row was found, and its length.
    cut: Cut,
    len: usize,
    shown: Box<str>,
    place: Place,
    /// The line that begins at `start`, from 1.
    line: u64,
}

impl<R: Read> TextRows<R> {
    /// The rows of `input`, whose cells stand between `delimiter`s and, where `is_quoted`, in quotes.
    pub(in crate::import) fn new(file: &Arc<str>, input: R, delimiter: u8, is_quoted: bool) -> Self {
        Self {
            input,
            marks: Marks { delimiter, is_quoted },
            file: Arc::clone(file),
            buffer: Vec::new(),
            start: 0,
            is_at_end: false,
            fault: None,
            record: ByteRecord::new(),
            cut: Cut::Row(0),
            len: 0,
            shown: "".into(),
            place: Place::Line(0),
            line: 1,
        }
    }

    /// Reads the next row; says where it begins, or nothing at the end. Empty lines are no rows.
    ///
    /// # Errors
    /// Where the file cannot be read on.
    pub(in crate::import) fn advance(&mut self) -> Result<Option<Place>, ImportError> {
        if !self.skip_empty_lines()? {
            return Ok(None);
        }
        self.cut = loop {
            let rest = &self.buffer[self.start..];
            match cut_row(rest, self.marks, self.is_at_end, &mut self.record) {
                Cut::NeedsMore => self.fill()?,
                cut => break cut,
            }
        };
        self.place = Place::Line(self.line);
        match self.cut {
            Cut::Row(len) => {
                self.len = self.record.as_slice().len();
                self.pass(len);
            }
            Cut::NeverClosed | Cut::TooLong | Cut::NeedsMore => self.pass_line()?,
        }
        Ok(Some(self.place))
    }

    /// The row that was read last, or why its line is none.
    pub(in crate::import) fn row(&self) -> Result<&ByteRecord, RowFault> {
        match self.cut {
            Cut::Row(_) => Ok(&self.record),
            Cut::TooLong | Cut::NeedsMore => Err(DropReason::TooLarge.into()),
            Cut::NeverClosed => {
                Err(RowFault::new(DropReason::Malformed, format!("a quote is never closed: {}", self.shown)))
            }
        }
    }

    /// The row that was read last, where the file makes no sense without it.
    ///
    /// # Errors
    /// [`ImportError::Broken`] where its line is none.
    pub(in crate::import) fn needed_row(&self) -> Result<&ByteRecord, ImportError> {
        self.row().map_err(|fault| ImportError::Broken {
            file: (&*self.file).into(),
            place: self.place,
            reason: fault.text.into(),
        })
    }

    /// The bytes that the row took which was read last.
    pub(in crate::import) const fn len(&self) -> usize {
        self.len
    }

    /// Passes over line ends; whether anything comes after them.
    fn skip_empty_lines(&mut self) -> Result<bool, ImportError> {
        loop {
            let rest = &self.buffer[self.start..];
            let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            self.pass(empty);
            if self.start < self.buffer.len() {
                return Ok(true);
            }
            if self.is_at_end {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    /// Passes over the rest of a line that is no row.
    fn pass_line(&mut self) -> Result<(), ImportError> {
        let head = &self.buffer[self.start..];
        // A character takes up to four bytes.
        let head = &head[..memchr2(b'\n', b'\r', head).unwrap_or(head.len()).min(EXAMPLE_LEN_MAX * 4)];
        self.shown = String::from_utf8_lossy(head).trim_end().into();
        self.len = 0;
        loop {
            let rest = &self.buffer[self.start..];
            let end = memchr2(b'\n', b'\r', rest);
            let len = end.map_or(rest.len(), |end| end + 1);
            self.len += len;
            self.pass(len);
            if end.is_some() || self.is_at_end {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// The next `len` bytes are done.
    fn pass(&mut self, len: usize) {
        let end = self.start + len;
        self.line += memchr_iter(b'\n', &self.buffer[self.start..end]).count() as u64;
        self.start = end;
    }

    /// Reads more; the more there is already that makes no row, the more.
    fn fill(&mut self) -> Result<(), ImportError> {
        if let Some(fault) = self.fault.take() {
            return Err(of_io(&self.file, self.place, fault));
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let len_before = self.buffer.len();
        let len_wanted = HEAD_LEN.max(len_before) as u64;
        match self.input.by_ref().take(len_wanted).read_to_end(&mut self.buffer) {
            Ok(len) => self.is_at_end = len == 0,
            Err(fault) if self.buffer.len() > len_before => self.fault = Some(fault),
            Err(fault) => return Err(of_io(&self.file, self.place, fault)),
        }
        Ok(())
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

    /// The rows that are found, and the lines that are none.
    fn rows(text: &[u8]) -> Vec<String> {
        let file: Arc<str> = "a.csv".into();
        let mut rows = TextRows::new(&file, text, b',', true);
        let mut found = Vec::new();
        while let Some(place) = rows.advance().unwrap() {
            found.push(match rows.row() {
                Ok(row) => format!(
                    "{place}: {}",
                    row.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join("|")
                ),
                Err(fault) => format!("{place}: {:?}", fault.reason),
            });
        }
        found
    }

    #[test]
    fn a_line_that_is_no_row_costs_itself() {
        let expected = ["line 1: a|b", "line 3: Malformed", "line 4: c|d\ne", "line 6: f"];
        assert_eq!(rows(b"a,b\n\n5,\"T\nc,\"d\ne\"\nf"), expected);
        let expected = expected.map(|row| row.replace("\\n", "\r"));
        let on_one_line = rows(b"a,b\r\r5,\"T\rc,\"d\re\"\rf");
        assert_eq!(on_one_line.len(), expected.len(), "{on_one_line:?}");
    }

    #[test]
    fn a_line_without_end_does_not_swallow_the_memory() {
        for beginning in ["a,b\n\"", "a,b\n"] {
            let mut text = beginning.as_bytes().to_vec();
            text.resize(40 << 20, b'x');
            text.extend_from_slice(b"\nc,d\n");
            assert_eq!(rows(&text), ["line 1: a|b", "line 2: TooLarge", "line 3: c|d"]);
        }
    }
}
