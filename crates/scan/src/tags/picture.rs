//! Pictures out of files, known by their first bytes: what a file claims its picture to be counts for nothing.
//!
//! Nothing is decompressed here; size and kind stand in the headers.

use imagesize::ImageType;

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
    let media_type = match imagesize::image_type(bytes).ok()? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|&pixels| pixels > 0);
    Some((media_type, side(size.width)?, side(size.height)?))
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
            ("image/gif", b"GIF89a\x2C\x01\xC8\0\x80\0\0".to_vec()),
            (
                "image/jpeg",
                b"\xFF\xD8\xFF\xE0\0\x04xx\xFF\xC4\0\x03x\xFF\xC2\0\x11\x08\0\xC8\x01\x2C\x03".to_vec(),
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
