//! Printing: lines, tables and JSON to standard output, errors to standard error.

use std::io::{self, Write as _};
use std::process::ExitCode;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

/// Prints one line.
///
/// # Errors
/// Where nobody reads any more.
pub(crate) fn line(text: impl AsRef<str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_ref().as_bytes())?;
    out.write_all(b"\n")
}

/// Says one line to standard error: what is no result, but has to be known.
///
/// # Errors
/// Where nobody reads any more.
pub(crate) fn complain(text: impl AsRef<str>) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{}", text.as_ref())
}

/// Prints a value as JSON, indented.
///
/// # Errors
/// Where nobody reads any more.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

/// A table with these headings; columns named in `right` are numbers.
pub(crate) fn table(headings: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings);
    for &index in right {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Says what went wrong, the outermost first, and gives the exit code of failure.
pub(crate) fn report_error(error: &anyhow::Error) -> ExitCode {
    let mut said = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Many errors repeat their cause in their own text.
        if !said.contains(&text) {
            said = if said.is_empty() { text } else { format!("{said}: {text}") };
        }
    }
    // Where not even this can be written there is nobody to tell.
    let _ = writeln!(io::stderr(), "error: {said}");
    ExitCode::FAILURE
}

/// Says on standard error that something was left out.
pub(crate) fn warn(text: impl AsRef<str>) {
    // Where not even this can be written there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 track`, `2,000 tracks`.
pub(crate) fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn one_thing_is_no_things() {
        for (number, text) in [(0, "0 tracks"), (1, "1 track"), (1_000, "1,000 tracks")] {
            assert_eq!(counted(number, "track"), text);
        }
    }
}
