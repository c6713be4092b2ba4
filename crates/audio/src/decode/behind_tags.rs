//! A file without the ID3v2 tags at its start.
//!
//! A tag can hold a picture of any size, and readers of containers keep it in memory; sound needs none of it.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// Tags in a row that are passed over; more is no music.
const TAG_COUNT_MAX: usize = 16;
const HEADER_LEN: usize = 10;

/// What lies behind the tags of a source.
pub(super) struct BehindTags<'s> {
    source: Box<dyn MediaSource + 's>,
    /// Where the sound starts. *Unit*: bytes.
    start: u64,
}

impl<'s> BehindTags<'s> {
    /// Passes over the tags of `source`, where one can go back and forth in it.
    pub(super) fn new(mut source: Box<dyn MediaSource + 's>) -> io::Result<Self> {
        let mut start = 0;
        if source.is_seekable() {
            for _ in 0..TAG_COUNT_MAX {
                source.seek(SeekFrom::Start(start))?;
                let Some(len) = tag_len(&mut source)? else { break };
                start += len;
            }
            source.seek(SeekFrom::Start(start))?;
        }
        Ok(Self { source, start })
    }
}

/// How long the tag is that starts here, if one does.
///
/// *Source*: Nilsson, "ID3 tag version 2.4.0 – Main Structure", 2000, section 3.1.
fn tag_len(source: &mut impl Read) -> io::Result<Option<u64>> {
    let mut header = [0; HEADER_LEN];
    let mut filled = 0;
    while filled < HEADER_LEN {
        match source.read(&mut header[filled..])? {
            0 => return Ok(None),
            count => filled += count,
        }
    }
    let sizes = &header[6..];
    if !header.starts_with(b"ID3") || sizes.iter().any(|&byte| byte >= 0x80) {
        return Ok(None);
    }
    let body = sizes.iter().fold(0_u64, |size, &byte| (size << 7) | u64::from(byte));
    let footer = if header[5] & 0x10 == 0 { 0 } else { HEADER_LEN as u64 };
    Ok(Some(HEADER_LEN as u64 + body + footer))
}

impl Read for BehindTags<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

impl Seek for BehindTags<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => SeekFrom::Start(at.saturating_add(self.start)),
            other => other,
        };
        let at = self.source.seek(to)?;
        at.checked_sub(self.start).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }
}

impl MediaSource for BehindTags<'_> {
    fn is_seekable(&self) -> bool {
        self.source.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.source.byte_len()?.saturating_sub(self.start))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn behind(bytes: Vec<u8>) -> (Vec<u8>, Option<u64>) {
        let mut source = BehindTags::new(Box::new(Cursor::new(bytes))).unwrap();
        let mut rest = Vec::new();
        source.read_to_end(&mut rest).unwrap();
        (rest, source.byte_len())
    }

    #[test]
    fn tags_in_a_row_are_passed_over() {
        let tag = b"ID3\x04\0\0\0\0\x01\x02".iter().copied().chain([7; 130]).collect::<Vec<u8>>();
        let file = [tag.clone(), tag, b"sound".to_vec()].concat();
        assert_eq!(behind(file), (b"sound".to_vec(), Some(5)));
        assert_eq!(behind(b"ID3\x04\0\0\0\0\x7f\x7fshort".to_vec()), (Vec::new(), Some(0)));
        assert_eq!(behind(b"ID3".to_vec()), (b"ID3".to_vec(), Some(3)));
        assert_eq!(behind(Vec::new()), (Vec::new(), Some(0)));
    }

    #[test]
    fn places_are_counted_from_behind_the_tags() {
        let file = [b"ID3\x03\0\0\0\0\0\x02xx".to_vec(), b"sound".to_vec()].concat();
        let mut source = BehindTags::new(Box::new(Cursor::new(file))).unwrap();
        assert_eq!(source.seek(SeekFrom::Start(2)).unwrap(), 2);
        let mut rest = String::new();
        source.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "und");
        assert_eq!(source.seek(SeekFrom::End(-1)).unwrap(), 4);
        assert!(source.seek(SeekFrom::End(-6)).is_err());
    }
}
