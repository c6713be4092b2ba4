//! Lines of bounded length.

use std::io::{self, BufRead};

use crate::import::limits::RECORD_LEN_MAX;

/// Reads lines; of one that is too long nothing is kept, and the next begins behind it.
#[derive(Debug)]
pub(in crate::import) struct Lines<R> {
    input: R,
    number: u64,
}

/// What the next line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Line {
    /// It stands in the buffer, without its end.
    Whole,
    /// It was passed over.
    TooLong,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`.
    pub(in crate::import) const fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// The number of the latest line, from 1.
    pub(in crate::import) const fn number(&self) -> u64 {
        self.number
    }

    /// Puts the next line into `buffer`; none at the end.
    pub(in crate::import) fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Line>> {
        buffer.clear();
        let mut is_empty = true;
        let mut line = Line::Whole;
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                if is_empty {
                    return Ok(None);
                }
                break;
            }
            is_empty = false;
            let end = bytes.iter().position(|&byte| byte == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if buffer.len() + part.len() > RECORD_LEN_MAX {
                line = Line::TooLong;
                buffer.clear();
            } else if line == Line::Whole {
                buffer.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        self.number += 1;
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(Line, usize)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(5, text));
        let mut buffer = Vec::new();
        std::iter::from_fn(|| lines.next(&mut buffer).unwrap().map(|line| (line, buffer.len()))).collect()
    }

    #[test]
    fn lines_end_with_any_line_end_or_the_file() {
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"abc"), [(Line::Whole, 3)]);
        assert_eq!(lines(b"abc\r\n\nab"), [(Line::Whole, 3), (Line::Whole, 0), (Line::Whole, 2)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_alone() {
        let mut text = vec![b'x'; RECORD_LEN_MAX + 1];
        text.extend_from_slice(b"\nab\n");
        assert_eq!(lines(&text), [(Line::TooLong, 0), (Line::Whole, 2)]);
    }
}
