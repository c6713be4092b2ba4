//! Where one row of a table of text ends, and what stands in its cells.
//!
//! A quote opens a cell at its beginning only, and is closed by a quote that is not doubled.
//! One that was opened by a slip would be closed by the next quote in the file, however far away; so a quote that is
//! closed on another line must end its cell there, and within [`QUOTED_LINE_COUNT_MAX`] lines.

use csv::ByteRecord;
use memchr::{memchr, memchr2, memchr2_iter, memchr3};

use crate::import::limits::{QUOTED_LINE_COUNT_MAX, RECORD_LEN_MAX};

/// How the cells of a table are set apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Whether a cell may stand in quotes.
    pub(super) is_quoted: bool,
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// A row of this length, its end included.
    Row(usize),
    /// A line in which a quote is opened and never closed.
    NeverClosed,
    /// More than any honest row.
    TooLong,
    /// More bytes are needed to tell.
    NeedsMore,
}

/// Where a cell ends.
enum CellEnd {
    /// At the delimiter or line end at this place, or at the end of the bytes.
    At(usize),
    /// Elsewhere.
    Other(Cut),
}

/// Looks for the end of the row at the beginning of `bytes`, and puts its cells into `record`.
///
/// `is_all` says that nothing comes after `bytes`.
pub(super) fn cut_row(bytes: &[u8], marks: Marks, is_all: bool, record: &mut ByteRecord) -> Cut {
    record.clear();
    let mut at = 0;
    loop {
        let cell_end = if marks.is_quoted && bytes.get(at) == Some(&b'"') {
            quoted_cell(bytes, at, marks.delimiter, is_all, record)
        } else {
            plain_cell(bytes, at, marks.delimiter, is_all, record)
        };
        match cell_end {
            CellEnd::At(end) if end < bytes.len() && bytes[end] == marks.delimiter => at = end + 1,
            CellEnd::At(end) => return Cut::Row((end + 1).min(bytes.len())),
            CellEnd::Other(Cut::NeedsMore) if bytes.len() > RECORD_LEN_MAX => {
                return too_long(bytes, at, marks);
            }
            CellEnd::Other(cut) => return cut,
        }
    }
}

/// A row that goes on for too long: because of a quote, or because it is so long.
fn too_long(bytes: &[u8], cell: usize, marks: Marks) -> Cut {
    let is_one_line = memchr2(b'\n', b'\r', bytes).is_none();
    if marks.is_quoted && bytes.get(cell) == Some(&b'"') && !is_one_line {
        Cut::NeverClosed
    } else {
        Cut::TooLong
    }
}

fn plain_cell(bytes: &[u8], start: usize, delimiter: u8, is_all: bool, record: &mut ByteRecord) -> CellEnd {
    let rest = &bytes[start..];
    let end = match memchr3(delimiter, b'\n', b'\r', rest) {
        Some(end) => end,
        None if is_all => rest.len(),
        None => return CellEnd::Other(Cut::NeedsMore),
    };
    record.push_field(&rest[..end]);
    CellEnd::At(start + end)
}

fn quoted_cell(bytes: &[u8], start: usize, delimiter: u8, is_all: bool, record: &mut ByteRecord) -> CellEnd {
    let mut text = Vec::new();
    let mut at = start + 1;
    let mut line_count = 0;
    loop {
        let Some(len) = memchr(b'"', &bytes[at..]) else {
            line_count += memchr2_iter(b'\n', b'\r', &bytes[at..]).count();
            let is_hopeless = is_all || line_count > QUOTED_LINE_COUNT_MAX;
            return CellEnd::Other(if is_hopeless { Cut::NeverClosed } else { Cut::NeedsMore });
        };
        let part = &bytes[at..at + len];
        text.extend_from_slice(part);
        line_count += memchr2_iter(b'\n', b'\r', part).count();
        if line_count > QUOTED_LINE_COUNT_MAX {
            return CellEnd::Other(Cut::NeverClosed);
        }
        at += len + 1;
        match bytes.get(at) {
            Some(b'"') => {
                text.push(b'"');
                at += 1;
            }
            None if !is_all => return CellEnd::Other(Cut::NeedsMore),
            Some(&next) if next != delimiter && !matches!(next, b'\n' | b'\r') => break,
            _ => {
                record.push_field(&text);
                return CellEnd::At(at);
            }
        }
    }
    if line_count > 0 {
        return CellEnd::Other(Cut::NeverClosed);
    }
    // Within one line, what stands behind the quote belongs to the cell.
    let rest = &bytes[at..];
    let end = match memchr3(delimiter, b'\n', b'\r', rest) {
        Some(end) => end,
        None if is_all => rest.len(),
        None => return CellEnd::Other(Cut::NeedsMore),
    };
    text.extend_from_slice(&rest[..end]);
    record.push_field(&text);
    CellEnd::At(at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Cut, cells: &[&str]) {
        let mut record = ByteRecord::new();
        let marks = Marks { delimiter: b',', is_quoted: true };
        assert_eq!(cut_row(text.as_bytes(), marks, true, &mut record), expected, "{text:?}");
        if let Cut::Row(_) = expected {
            let found: Vec<_> = record.iter().map(|cell| std::str::from_utf8(cell).unwrap()).collect();
            assert_eq!(found, cells, "{text:?}");
        }
    }

    #[test]
    fn cells_are_read_with_and_without_quotes() {
        check("a,b\nc", Cut::Row(4), &["a", "b"]);
        check("a,b", Cut::Row(3), &["a", "b"]);
        check("a,\r\n", Cut::Row(3), &["a", ""]);
        check("\"a,b\",c\n", Cut::Row(8), &["a,b", "c"]);
        check("\"a\"\"b\",\"\"\n", Cut::Row(10), &["a\"b", ""]);
        check("\"a\nb\",c\n", Cut::Row(8), &["a\nb", "c"]);
        check("\"a\"", Cut::Row(3), &["a"]);
        check("7\" mix,b\n", Cut::Row(9), &["7\" mix", "b"]);
        check("\"Heroes\" live,b\n", Cut::Row(16), &["Heroes live", "b"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_where_a_cell_ends_was_never_closed() {
        check("5,\"T5,A\n6,T6,A\n", Cut::NeverClosed, &[]);
        check("5,\"T5,A\n6,T6,A\n7,\"T7\",A\n", Cut::NeverClosed, &[]);
        let far = format!("5,\"T5,A\n{}\",A\n", "6,T6,A\n".repeat(QUOTED_LINE_COUNT_MAX));
        check(&far, Cut::NeverClosed, &[]);
    }
}
