//! A picture becomes sixty numbers: its colours, its edges, and how it is laid out.
//!
//! | numbers | what | where |
//! |---|---|---|
//! | 0–19 | colours | `colour.rs` |
//! | 20–39 | edges | `edges.rs` |
//! | 40–59 | layout | `layout.rs` |
//!
//! The picture is decoded by a library, under limits, and shrunk to 64 by 64 whatever its shape is.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use music::booklet::{COVER_LEN, Cover};

use super::colour::{self, Lab};
use super::{edges, layout};
use crate::tags::Picture;

/// Pixels across and down, after shrinking.
pub(super) const SIDE: usize = 64;
/// A shrunk picture, row by row from above.
pub(super) type Pixels = [[Lab; SIDE]; SIDE];

/// The longest side that is decoded. *Unit*: pixels.
const SIDE_MAX: u32 = 10_000;
/// The largest picture that is decoded: five thousand by five thousand. *Unit*: pixels.
const PIXEL_COUNT_MAX: u64 = 25_000_000;
/// What the decoder may ask for, as far as it asks. *Unit*: bytes.
const DECODER_SIZE_MAX_BYTES: u64 = 256 << 20;

/// The picture in numbers; none where it is of a kind that is not decoded (GIF), too large, or damaged.
pub(super) fn describe(picture: &Picture) -> Option<Cover> {
    let pixels = shrunk(&decoded(picture)?);
    let mut values = [0.0; COVER_LEN];
    let (colours, rest) = values.split_at_mut(colour::LEN);
    let (edge_part, layout_part) = rest.split_at_mut(edges::LEN);
    colours.copy_from_slice(&colour::histogram(&pixels));
    edge_part.copy_from_slice(&edges::histogram(&pixels));
    layout_part.copy_from_slice(&layout::waves(&pixels));
    Cover::new(values).ok()
}

const _: () = assert!(colour::LEN + edges::LEN + layout::LEN == COVER_LEN, "the parts fill the cover");

fn decoded(picture: &Picture) -> Option<DynamicImage> {
    let format = match picture.media_type {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        "image/webp" => ImageFormat::WebP,
        _ => return None,
    };
    let is_small = |(width, height): (u32, u32)| {
        width.max(height) <= SIDE_MAX && u64::from(width) * u64::from(height) <= PIXEL_COUNT_MAX
    };
    if !is_small((picture.width, picture.height)) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_SIZE_MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(picture.bytes.as_slice()), format);
    reader.limits(limits);
    let decoder = reader.into_decoder().ok()?;
    // What the decoder found counts, whatever the head had said.
    if !is_small(decoder.dimensions()) {
        return None;
    }
    DynamicImage::from_decoder(decoder).ok()
}

/// Mean colours of a grid over the picture; what is transparent shows white.
fn shrunk(image: &DynamicImage) -> Box<Pixels> {
    let small = image.thumbnail_exact(SIDE as u32, SIDE as u32).to_rgba8();
    let mut pixels = Box::new([[Lab::default(); SIDE]; SIDE]);
    for (x, y, pixel) in small.enumerate_pixels() {
        let [red, green, blue, opacity] = pixel.0.map(|part| f32::from(part) / 255.0);
        let over_white = |part: f32| part * opacity + 1.0 - opacity;
        pixels[y as usize][x as usize] = Lab::of_srgb([red, green, blue].map(over_white));
    }
    pixels
}

#[cfg(test)]
pub(super) mod tests {
    use image::RgbImage;

    use super::*;

    fn written(
        width: u32,
        height: u32,
        format: ImageFormat,
        colour: impl Fn(u32, u32) -> [u8; 3],
    ) -> Vec<u8> {
        let image = RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y)));
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A picture that the test draws.
    pub(in super::super) fn png(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        Picture::of(written(width, height, ImageFormat::Png, colour)).unwrap()
    }

    fn distance(a: &Picture, b: &Picture) -> f32 {
        let (a, b) = (describe(a).unwrap(), describe(b).unwrap());
        let squares = a.values().iter().zip(b.values()).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f32>().sqrt()
    }

    /// A bright disc before a dark sky, at this place.
    fn moon(cx: f32, tint: [u8; 3]) -> impl Fn(u32, u32) -> [u8; 3] {
        move |x, y| {
            let (x, y) = (x as f32 / 200.0 - cx, y as f32 / 200.0 - 0.4);
            if x.hypot(y) < 0.2 { [250, 245, 220] } else { tint }
        }
    }

    #[test]
    fn a_picture_is_near_to_itself_in_another_size_and_format_and_far_from_others() {
        let plain = png(200, 200, moon(0.5, [20, 20, 60]));
        let jpeg = Picture::of(written(200, 200, ImageFormat::Jpeg, moon(0.5, [20, 20, 60]))).unwrap();
        let large = png(400, 400, |x, y| moon(0.5, [20, 20, 60])(x / 2, y / 2));
        let moved = png(200, 200, moon(0.6, [20, 20, 60]));
        let red = png(200, 200, moon(0.5, [200, 20, 20]));
        let stripes = png(200, 200, |x, _| if x / 10 % 2 == 0 { [0, 120, 0] } else { [240, 240, 240] });
        let near = distance(&plain, &jpeg).max(distance(&plain, &large));
        assert!(near < 0.3 * distance(&plain, &moved), "{near} {}", distance(&plain, &moved));
        assert!(distance(&plain, &moved) < distance(&plain, &red));
        assert!(distance(&plain, &red) < distance(&plain, &stripes));
    }

    #[test]
    fn pictures_of_every_shape_have_a_description() {
        for (width, height) in [(1, 1), (1, 300), (300, 1), (63, 65), (64, 64)] {
            assert!(
                describe(&png(width, height, |x, y| [x as u8, y as u8, 7])).is_some(),
                "{width} {height}"
            );
        }
        let webp = Picture::of(written(20, 20, ImageFormat::WebP, |x, _| [x as u8, 0, 0])).unwrap();
        assert!(describe(&webp).is_some());
    }

    #[test]
    fn what_is_declared_too_large_is_not_decoded() {
        let mut picture = png(30, 30, |_, _| [9, 9, 9]);
        // The head says what is not there: first only to us, then to the decoder as well.
        for (width, height) in [(60_000, 60_000), (1, 4_000_000_000), (5_001, 5_000)] {
            let head = Picture { width, height, ..picture.clone() };
            assert_eq!(describe(&head), None);
        }
        picture.bytes[16..24].copy_from_slice(&[0, 0, 0xFF, 0, 0, 0, 0xFF, 0]);
        assert_eq!(describe(&picture), None);
    }

    #[test]
    fn what_breaks_off_or_lies_has_an_outcome() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = written(32, 32, format, |x, y| [(x * 7) as u8, (y * 5) as u8, 99]);
            for len in (0..whole.len()).step_by(7) {
                // Some heads alone are a picture to us; none may break.
                let _ = Picture::of(whole[..len].to_vec()).and_then(|picture| describe(&picture));
            }
            for at in (12..whole.len()).step_by(11) {
                let mut bent = whole.clone();
                bent[at] ^= 0xFF;
                let _ = Picture::of(bent).and_then(|picture| describe(&picture));
            }
        }
        let named =
            Picture { media_type: "image/png", width: 9, height: 9, bytes: b"no picture at all".to_vec() };
        assert_eq!(describe(&named), None);
    }
}
