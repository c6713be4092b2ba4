//! Pictures out of files, known by their first bytes: what a file claims its picture to be counts for nothing.
//!
//! Nothing is decompressed here; size and kind stand in the headers.

/// The largest picture that is read, as large as a tag may be. *Unit*: bytes.
pub const PICTURE_SIZE_MAX_BYTES: usize = 16 << 20;

/// A picture of a kind that every browser shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `image/jpeg`, `image/png`, `image/gif` or `image/webp`.
    pub media_type: &'static str,
    /// *Unit*: pixels.
    pub width: u32,
    /// *Unit*: pixels.
    pub height: u32,
    /// The picture as it stands in the file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// The picture in these bytes; none where their head is of no kind that browsers show, or where there are too many.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        let (media_type, width, height) = look(&bytes)?;
        Some(Self { media_type, width, height, bytes }).filter(|it| it.bytes.len() <= PICTURE_SIZE_MAX_BYTES)
    }
}

/// The media type, width and height of a picture with this head.
pub(super) fn look(bytes: &[u8]) -> Option<(&'static str, u32, u32)> {
    let looks = [
        ("image/png", png as fn(&[u8]) -> Option<(u32, u32)>),
        ("image/jpeg", jpeg),
        ("image/gif", gif),
        ("image/webp", webp),
    ];
    looks.into_iter().find_map(|(media_type, look)| {
        let (width, height) = look(bytes).filter(|&(width, height)| width > 0 && height > 0)?;
        Some((media_type, width, height))
    })
}

/// The number in these bytes, the highest first.
fn high_first(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, &byte| (number << 8) | u32::from(byte))
}

/// The number in these bytes, the lowest first.
fn low_first(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, &byte| (number << 8) | u32::from(byte))
}

/// *Source*: PNG specification, 3rd edition, 5.2 and 11.2.1.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..16)?.strip_prefix(b"IHDR")?;
    Some((high_first(&head[..4]), high_first(&head[4..])))
}

/// *Source*: GIF89a specification, 18.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"GIF89a").or_else(|| bytes.strip_prefix(b"GIF87a"))?.get(..4)?;
    Some((low_first(&rest[..2]), low_first(&rest[2..])))
}

/// The size stands in the first frame header behind segments that say how long they are.
///
/// *Source*: ITU-T T.81, B.1.1 and B.2.2.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xFF\xD8")?;
    loop {
        rest = rest.strip_prefix(b"\xFF")?;
        // Any number of 0xFF may fill the room before a marker.
        let marker = *rest.first()?;
        if marker == 0xFF {
            continue;
        }
        rest = &rest[1..];
        // Marks without a segment: TEM and restarts.
        if marker == 0x01 || (0xD0..=0xD7).contains(&marker) {
            continue;
        }
        let len = high_first(rest.get(..2)?) as usize;
        // Frame headers, but for the tables that lie among their marks: DHT, JPG, DAC.
        if (0xC0..=0xCF).contains(&marker) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            let size = rest.get(3..7)?;
            return Some((high_first(&size[2..]), high_first(&size[..2])));
        }
        rest = rest.get(len.max(2)..)?;
    }
}

/// *Source*: RFC 9649, 2.5 to 2.7, and RFC 6386, 9.1.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"RIFF")?.get(4..26)?.strip_prefix(b"WEBP")?;
    let (kind, data) = (&head[..4], &head[8..]);
    match kind {
        b"VP8X" => Some((low_first(&data[4..7]) + 1, low_first(&data[7..10]) + 1)),
        b"VP8L" if data[0] == 0x2F => {
            let bits = low_first(&data[1..5]);
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8 " if data[3..6] == [0x9D, 0x01, 0x2A] => {
            Some((low_first(&data[6..8]) & 0x3FFF, low_first(&data[8..10]) & 0x3FFF))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heads of pictures of 300 by 200 pixels.
    fn heads() -> Vec<(&'static str, Vec<u8>)> {
        let riff = |kind: &[u8], data: &[u8]| {
            let mut bytes = [b"RIFF\0\0\0\0WEBP", kind, b"\0\0\0\0", data].concat();
            bytes.resize(40, 0);
            bytes
        };
        vec![
            ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2C\0\0\0\xC8\x08\x02".to_vec()),
            ("image/gif", b"GIF89a\x2C\x01\xC8\0".to_vec()),
            (
                "image/jpeg",
                b"\xFF\xD8\xFF\xE0\0\x04xx\xFF\xFF\xC4\0\x03x\xFF\xC2\0\x11\x08\0\xC8\x01\x2C\x03".to_vec(),
            ),
            ("image/webp", riff(b"VP8X", b"\0\0\0\0\x2B\x01\0\xC7\0\0")),
            ("image/webp", riff(b"VP8 ", b"\0\0\0\x9D\x01\x2A\x2C\x01\xC8\0")),
            ("image/webp", riff(b"VP8L", &[0x2F, 0x2B, 0xC1, 0x31, 0])),
        ]
    }

    #[test]
    fn kind_and_size_are_read_from_the_head() {
        for (media_type, bytes) in heads() {
            assert_eq!(look(&bytes), Some((media_type, 300, 200)), "{bytes:?}");
        }
    }

    #[test]
    fn what_breaks_off_or_is_something_else_is_no_picture() {
        for (_, bytes) in heads() {
            for len in 0..bytes.len() {
                // Some heads have more than is needed; none may panic.
                let _ = look(&bytes[..len]);
            }
            assert_eq!(look(&bytes[..8]), None);
        }
        for other in [b"<svg xmlns=".as_slice(), b"<html><script>", b"", b"\xFF\xD8\xFF\xD9", b"BM"] {
            assert_eq!(look(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_picture_that_is_too_large_is_none() {
        let mut bytes = heads().remove(0).1;
        bytes.resize(PICTURE_SIZE_MAX_BYTES + 1, 0);
        assert_eq!(Picture::of(bytes), None);
    }
}
