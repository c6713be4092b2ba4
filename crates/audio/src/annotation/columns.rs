//! Lines of fields between white space, commas or semicolons.

use super::SECONDS_MAX;

/// A line with its fields.
#[derive(Debug)]
pub(super) struct Row<'t> {
    /// Which line, counted from 1.
    pub(super) line: u64,
    /// The whole of it, trimmed.
    pub(super) text: &'t str,
    /// What lies between the fields.
    separator: Separator,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Separator {
    Mark(char),
    Space,
}

/// The lines that say something.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let text = text.trim_start_matches('\u{feff}');
    // Old files of one system end their lines with a carriage return alone.
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end).zip(1..).filter_map(|(line, number)| {
        let text = line.trim();
        let says_something = !text.is_empty() && !text.starts_with('#') && !text.starts_with('%');
        says_something.then(|| Row { line: number, text, separator: separator(text) })
    })
}

/// Tabs bind strongest, because labels may hold anything else.
fn separator(text: &str) -> Separator {
    if text.contains('\t') {
        return Separator::Mark('\t');
    }
    // A comma inside a label such as `D:(1,4)` comes after the spaces between the fields.
    let first = text.find([',', ';', ' ']).map(|at| &text[at..]);
    match first.and_then(|rest| rest.chars().next()) {
        Some(mark @ (',' | ';')) => Separator::Mark(mark),
        _ => Separator::Space,
    }
}

impl<'t> Row<'t> {
    /// The field at `index`, without the quotation marks around it.
    pub(super) fn field(&self, index: usize) -> Option<&'t str> {
        let field = match self.separator {
            Separator::Mark(mark) => self.text.split(mark).map(str::trim).nth(index),
            Separator::Space => self.text.split_whitespace().nth(index),
        };
        field.map(unquoted).filter(|field| !field.is_empty())
    }

    /// Everything from the field at `index` on; empty where the line ends before it.
    pub(super) fn rest(&self, index: usize) -> String {
        let mut rest = self.text;
        for _ in 0..index {
            rest = match self.separator {
                Separator::Mark(mark) => {
                    rest.split_once(mark).map_or("", |(_, rest)| rest.trim_start_matches(' '))
                }
                Separator::Space => {
                    rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start())
                }
            };
        }
        unquoted(rest.trim()).to_owned()
    }

    /// The number at `index`; none where there is none or it is not finite.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.field(index)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The moment at `index`.
    pub(super) fn seconds(&self, index: usize) -> Option<f64> {
        self.number(index).filter(|seconds| seconds.abs() <= SECONDS_MAX)
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim()
}
