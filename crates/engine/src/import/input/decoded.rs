//! Text in any encoding as UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder};

use crate::import::request::TextEncoding;

/// Bytes of output that are made at a time.
const OUTPUT_LEN: usize = 64 << 10;

/// Turns text of another encoding into UTF-8; what means nothing there becomes U+FFFD.
pub(in crate::import) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    output: Vec<u8>,
    /// What of `output` has been handed on.
    position: usize,
    is_finished: bool,
}

impl<R: BufRead> Decoded<R> {
    /// Decodes `input`.
    pub(in crate::import) fn new(input: R, encoding: TextEncoding) -> Self {
        Self {
            input,
            decoder: encoding.get().new_decoder_with_bom_removal(),
            output: Vec::new(),
            position: 0,
            is_finished: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.output.resize(OUTPUT_LEN, 0);
        self.position = 0;
        let mut len = 0;
        while len == 0 && !self.is_finished {
            let bytes = self.input.fill_buf()?;
            let is_last = bytes.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.output, is_last);
            self.input.consume(read);
            len = written;
            self.is_finished = is_last && result == CoderResult::InputEmpty;
        }
        self.output.truncate(len);
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position == self.output.len() {
            self.refill()?;
        }
        let len = buffer.len().min(self.output.len() - self.position);
        buffer[..len].copy_from_slice(&self.output[self.position..self.position + len]);
        self.position += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(encoding: &str, bytes: &[u8]) -> String {
        let mut text = String::new();
        // A buffer of three bytes, so that characters are cut wherever they can be.
        let input = io::BufReader::with_capacity(3, bytes);
        Decoded::new(input, encoding.parse().unwrap()).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn text_becomes_utf_8_wherever_it_is_cut() {
        assert_eq!(decode("latin-1", b"Bj\xF6rk\t\xA3"), "Björk\t£");
        assert_eq!(decode("utf-16le", b"\xFF\xFEB\0j\0\xF6\0r\0k\0"), "Björk");
        assert_eq!(decode("utf-8", "Björk ♥".as_bytes()), "Björk ♥");
        assert_eq!(decode("utf-8", b"a\xFFb"), "a\u{FFFD}b");
        let long = "é".repeat(100_000);
        assert_eq!(decode("utf-8", long.as_bytes()), long);
    }
}
