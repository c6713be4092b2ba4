//! Tables of text: comma, tab or any other delimiter.

use std::io::Read;
use std::sync::Arc;

use super::layout::Layout;
use super::row::RowReader;
use crate::import::drop_reason::DropReason;
use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::formats::Plan;
use crate::import::input::{Decoded, Input, TextRows, guess_delimiter};
use crate::import::request::{Delimiter, ImportOptions, TextEncoding};
use crate::import::sink::Sink;

/// Reads one table.
///
/// # Errors
/// Where the columns do not fit the mapping, or the file breaks.
pub(in crate::import) fn read_text(
    input: Input<'_>,
    plan: &Plan,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let file = Arc::clone(input.file());
    let mut rows = text_rows(input, plan.format, &plan.options);
    let Some(mut place) = rows.advance()? else { return Ok(()) };
    let layout = Layout::of(&file, rows.needed_row()?, &plan.options)?;
    sink.set_columns(layout.uses());
    let mut is_header = layout.has_header;
    let reader = RowReader::new(layout, plan);
    loop {
        if is_header {
            is_header = false;
        } else {
            sink.row(rows.len())?;
            match rows.row() {
                Ok(row) if std::str::from_utf8(row.as_slice()).is_ok() => reader.take(row, place, sink),
                Ok(_) => {
                    let text = "it is not UTF-8; if the whole file is not, say its --encoding";
                    sink.drop_record(reader.kind(), place, DropReason::Malformed, text);
                }
                Err(fault) => sink.drop_record(reader.kind(), place, fault.reason, &fault.text),
            }
        }
        match rows.advance()? {
            Some(next) => place = next,
            None => return Ok(()),
        }
    }
}

/// The rows of a file, with the delimiter and the encoding that the options say or the file shows.
pub(super) fn text_rows<'a>(
    input: Input<'a>,
    format: ImportFormat,
    options: &ImportOptions,
) -> TextRows<Box<dyn Read + 'a>> {
    let file = Arc::clone(input.file());
    let delimiter = options.table.delimiter.map(Delimiter::byte).unwrap_or_else(|| match format {
        ImportFormat::Tsv => Delimiter::TAB.byte(),
        _ => guess_delimiter(input.head()),
    });
    let encoding = options.table.encoding;
    let bytes: Box<dyn Read + 'a> = if encoding == TextEncoding::default() {
        Box::new(input.into_reader())
    } else {
        Box::new(Decoded::new(input.into_reader(), encoding))
    };
    TextRows::new(&file, bytes, delimiter, format != ImportFormat::Tsv)
}
