//! The rows of a JSON file, whatever it is wrapped in: a list, lines, or pages of some API.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::json_elements::{Element, JsonElements, JsonFault, first_keys};
use super::{Input, Line, Lines, of_io};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::limits::RECORD_LEN_MAX;
use crate::import::report::RecordKind;
use crate::import::sink::Sink;

/// One way in which a list of elements may be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Container {
    /// The keys that lead to the list.
    pub(in crate::import) path: &'static [&'static str],
    /// What the value of the first of these keys begins with; any bracket where none.
    pub(in crate::import) opens: Option<u8>,
}

/// Why a row is not taken.
#[derive(Debug)]
pub(in crate::import) struct RowFault {
    pub(in crate::import) reason: DropReason,
    pub(in crate::import) text: Cow<'static, str>,
}

impl RowFault {
    pub(in crate::import) fn new(reason: DropReason, text: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, text: text.into() }
    }
}

impl From<DropReason> for RowFault {
    fn from(reason: DropReason) -> Self {
        Self::new(reason, reason.text())
    }
}

impl From<serde_json::Error> for RowFault {
    fn from(error: serde_json::Error) -> Self {
        Self::new(DropReason::Malformed, error.to_string())
    }
}

/// How the rows of one file are found.
#[derive(Debug)]
pub(in crate::import) struct JsonRows<'a> {
    input: Input<'a>,
    container: Option<Container>,
    is_lines: bool,
    len_max: usize,
}

impl<'a> JsonRows<'a> {
    /// Recognises the layout of a file by its beginning: the first of `containers` that it shows, else a bare list or
    /// objects one after another.
    ///
    /// # Errors
    /// [`ImportError::NotThisFormat`] where it is no JSON at all.
    pub(in crate::import) fn of(
        input: Input<'a>,
        format: ImportFormat,
        containers: &[Container],
    ) -> Result<Self, ImportError> {
        let first = input.head().iter().find(|byte| !byte.is_ascii_whitespace());
        if !matches!(first, Some(b'{' | b'[')) {
            let reason = "it does not begin as JSON does, with { or [".into();
            return Err(ImportError::NotThisFormat { file: (&**input.file()).into(), format, reason });
        }
        let keys = first_keys(input.head());
        let shows = |container: &&Container| {
            keys.iter().any(|(key, byte)| {
                let fits = container.opens.map_or(matches!(byte, b'{' | b'['), |opens| opens == *byte);
                fits && key == container.path[0].as_bytes()
            })
        };
        let container = containers.iter().find(shows).copied();
        let is_lines = container.is_none() && first == Some(&b'{') && is_lines(&input);
        Ok(Self { input, container, is_lines, len_max: RECORD_LEN_MAX })
    }

    /// Takes elements of up to `len_max` bytes.
    pub(in crate::import) const fn with_len_max(mut self, len_max: usize) -> Self {
        self.len_max = len_max;
        self
    }

    /// How the list is wrapped, where it is.
    pub(in crate::import) const fn container(&self) -> Option<Container> {
        self.container
    }

    /// Hands every row to `take`; those it does not take are dropped as records of `kind`.
    ///
    /// # Errors
    /// Where the file ends too early or its structure is broken; rows before that have been handed over.
    pub(in crate::import) fn each(
        self,
        kind: RecordKind,
        sink: &mut Sink,
        mut take: impl FnMut(&mut Sink, Place, &[u8]) -> Result<(), RowFault>,
    ) -> Result<(), ImportError> {
        if self.is_lines {
            return self.each_line(kind, sink, take);
        }
        let file = std::sync::Arc::clone(self.input.file());
        let path = self.container.map_or(&[][..], |container| container.path);
        let mut elements = JsonElements::new(self.input.into_reader(), path, self.len_max);
        let mut buffer = Vec::new();
        let mut number = 0;
        loop {
            buffer.clear();
            let element = match elements.next(&mut buffer) {
                Ok(Some(element)) => element,
                Ok(None) => return Ok(()),
                Err(fault) => {
                    if !buffer.is_empty() {
                        // What has begun is a record that was read, and is lost.
                        sink.row(buffer.len())?;
                        let reason = DropReason::CutOff;
                        sink.drop_record(kind, Place::Element(number + 1), reason, reason.text());
                    }
                    return Err(fault.at(&file, Place::Element(number)));
                }
            };
            number += 1;
            let place = Place::Element(number);
            sink.row(buffer.len())?;
            let outcome = match element {
                Element::Whole => take(sink, place, &buffer),
                Element::TooLarge => Err(DropReason::TooLarge.into()),
            };
            if let Err(RowFault { reason, text }) = outcome {
                sink.drop_record(kind, place, reason, &text);
            }
        }
    }

    fn each_line(
        self,
        kind: RecordKind,
        sink: &mut Sink,
        mut take: impl FnMut(&mut Sink, Place, &[u8]) -> Result<(), RowFault>,
    ) -> Result<(), ImportError> {
        let file = std::sync::Arc::clone(self.input.file());
        let mut lines = Lines::new(self.input.into_reader());
        let mut buffer = Vec::new();
        loop {
            let place = Place::Line(lines.number());
            let Some(line) = lines.next(&mut buffer).map_err(|error| of_io(&file, place, error))? else {
                return Ok(());
            };
            if line == Line::Whole && buffer.trim_ascii().is_empty() {
                continue;
            }
            let place = Place::Line(lines.number());
            sink.row(buffer.len())?;
            let outcome = match line {
                Line::Whole => take(sink, place, &buffer),
                Line::TooLong => Err(DropReason::TooLarge.into()),
            };
            if let Err(RowFault { reason, text }) = outcome {
                sink.drop_record(kind, place, reason, &text);
            }
        }
    }
}

impl JsonFault {
    /// What it means for the file, of which everything up to `place` was whole.
    fn at(self, file: &std::sync::Arc<str>, place: Place) -> ImportError {
        let file_name: Box<str> = (&**file).into();
        match self {
            Self::Io(error) => of_io(file, place, error),
            Self::Truncated => ImportError::Truncated { file: file_name, place },
            Self::Unexpected(byte) => {
                let reason = format!("`{}` cannot stand there", byte.escape_ascii()).into();
                ImportError::Broken { file: file_name, place, reason }
            }
        }
    }
}

/// Whether each line is an object of its own: so says the name, or the first line is whole.
fn is_lines(input: &Input<'_>) -> bool {
    let name = input.file().to_ascii_lowercase();
    let named_so = [".jsonl", ".ndjson", ".jsonl.gz"].iter().any(|suffix| name.ends_with(suffix));
    let first_line = input.head().trim_ascii_start().split(|&byte| byte == b'\n').next();
    named_so || first_line.is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok())
}
