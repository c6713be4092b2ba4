//! Tables with named columns, separated by commas, fields perhaps in quotation marks; no field holds a line end.

use std::borrow::Cow;

use super::data_set::{DataSet, Line, Lines};
use crate::error::LearnError;

const FORM: &str = "one field per column of the header, separated by commas";

/// A table, read row by row.
#[derive(Debug)]
pub(super) struct Csv {
    lines: Lines,
    /// Where the wanted columns stand.
    places: Vec<usize>,
}

/// The wanted fields of a row, in the order in which they were asked for.
#[derive(Debug)]
pub(super) struct Row<'a> {
    line: Line<'a>,
    fields: Vec<Cow<'a, [u8]>>,
}

impl Csv {
    /// Opens a table and finds the columns.
    ///
    /// # Errors
    /// When the file is missing or cannot be read, or a column is not in its header.
    pub(super) fn open(data: &dyn DataSet, file: &str, columns: &[&'static str]) -> Result<Self, LearnError> {
        let mut lines = Lines::open(data, file)?;
        let Some(header) = lines.next_line()? else { return Err(LearnError::Empty { what: "a table" }) };
        let names = split(header);
        let place = |&column: &&'static str| {
            let place = names.iter().position(|name| **name == *column.as_bytes());
            place.ok_or_else(|| header.malformed("the header lacks a column", column.as_bytes(), FORM))
        };
        let places = columns.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { lines, places })
    }

    /// The next row.
    ///
    /// # Errors
    /// When reading fails or the row is too short.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, LearnError> {
        let Some(line) = self.lines.next_line()? else { return Ok(None) };
        let mut all = split(line);
        let fields = self.places.iter().map(|&place| all.get_mut(place).map(std::mem::take));
        let fields: Option<Vec<_>> = fields.collect();
        match fields {
            Some(fields) => Ok(Some(Row { line, fields })),
            None => Err(line.malformed("too few fields", line.bytes, FORM)),
        }
    }
}

impl Row<'_> {
    /// A field as it stands.
    pub(super) fn bytes(&self, column: usize) -> &[u8] {
        &self.fields[column]
    }

    /// A field as a finite number.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn number(&self, column: usize) -> Result<f32, LearnError> {
        Ok(self.line.number(&self.fields[column], FORM)? as f32)
    }

    /// A field as a finite number, not a number where it is empty.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn number_or_missing(&self, column: usize) -> Result<f32, LearnError> {
        if self.fields[column].is_empty() { Ok(f32::NAN) } else { self.number(column) }
    }

    /// A field as a whole number, such as an id.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn whole(&self, column: usize) -> Result<u64, LearnError> {
        self.line.whole_number(&self.fields[column], FORM)
    }
}

fn split(line: Line<'_>) -> Vec<Cow<'_, [u8]>> {
    let mut fields = Vec::new();
    let mut rest = Some(line.bytes);
    while let Some(bytes) = rest {
        let (field, after) = if bytes.first() == Some(&b'"') { quoted(&bytes[1..]) } else { plain(bytes) };
        fields.push(field);
        rest = after;
    }
    fields
}

type Split<'a> = (Cow<'a, [u8]>, Option<&'a [u8]>);

fn plain(bytes: &[u8]) -> Split<'_> {
    match bytes.iter().position(|&byte| byte == b',') {
        Some(end) => (Cow::Borrowed(&bytes[..end]), Some(&bytes[end + 1..])),
        None => (Cow::Borrowed(bytes), None),
    }
}

/// A field after its opening mark; two marks inside are one.
fn quoted(bytes: &[u8]) -> Split<'_> {
    let mut field = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        match (bytes[place], bytes.get(place + 1)) {
            (b'"', Some(b'"')) => {
                field.push(b'"');
                place += 2;
            }
            (b'"', _) => {
                place += 1;
                break;
            }
            (byte, _) => {
                field.push(byte);
                place += 1;
            }
        }
    }
    let (_, after) = plain(&bytes[place..]);
    (Cow::Owned(field), after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::MemoryDataSet;

    #[test]
    fn columns_are_found_by_name_and_marks_taken_away() {
        let data =
            MemoryDataSet::new("t").with("a.csv", "id,name,x\n7,\"Don't \"\"stop\"\", now\",1.5\n8,,\n");
        let mut table = Csv::open(&data, "a.csv", &["x", "name", "id"]).unwrap();
        let row = table.next_row().unwrap().unwrap();
        assert_eq!(
            (row.bytes(1), row.number(0).unwrap(), row.whole(2).unwrap()),
            (&b"Don't \"stop\", now"[..], 1.5, 7)
        );
        let row = table.next_row().unwrap().unwrap();
        assert!(row.number_or_missing(0).unwrap().is_nan() && row.number(0).is_err());
        assert!(table.next_row().unwrap().is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        let data = MemoryDataSet::new("t").with("a.csv", "id,name\n1\n").with("b.csv", "");
        let error = Csv::open(&data, "a.csv", &["tempo"]).unwrap_err().to_string();
        insta::assert_snapshot!(error, @"a.csv line 1: the header lacks a column: `tempo`; a line is one field per column of the header, separated by commas");
        let mut table = Csv::open(&data, "a.csv", &["name"]).unwrap();
        assert!(matches!(table.next_row(), Err(LearnError::Line { line: 2, .. })));
        assert!(Csv::open(&data, "b.csv", &["name"]).is_err());
    }
}
