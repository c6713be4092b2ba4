//! Which colours a picture has: a soft histogram of greys and hues.
//!
//! *Source of the histogram*: Swain, Ballard (1991), "Color Indexing".
//! *Source of the colour space, in which equal steps look equal*: Ottosson (2020), "A perceptual color space for image
//! processing" (OKLab).

use super::cover::{Pixels, SIDE};

/// The numbers of the histogram: four greys, and eight hues each dark and light.
pub(super) const LEN: usize = GREYS + 2 * HUES;
const GREYS: usize = 4;
const HUES: usize = 8;

/// Chroma up to which a colour is a grey, and from which on it is none. A judgement.
const GREY_CHROMA: (f32, f32) = (0.03, 0.09);
/// Lightness up to which a hue is dark, and from which on it is light. A judgement.
const DARK_LIGHT: (f32, f32) = (0.45, 0.75);

/// A colour: lightness from 0 to 1, green to red, blue to yellow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lab {
    pub(super) lightness: f32,
    pub(super) a: f32,
    pub(super) b: f32,
}

impl Lab {
    /// The colour that these parts of sRGB make, each from 0 to 1.
    pub(super) fn of_srgb(srgb: [f32; 3]) -> Self {
        let [r, g, b] = srgb.map(linear);
        let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
        Self {
            lightness: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        }
    }
}

/// The light that a number of sRGB stands for (IEC 61966-2-1).
fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The roots of the shares that the greys and hues have of the picture.
///
/// Roots, because the distance of these is that of Hellinger, in which small shares are not drowned by large ones.
pub(super) fn histogram(pixels: &Pixels) -> [f32; LEN] {
    let mut shares = [0.0_f32; LEN];
    for colour in pixels.iter().flatten() {
        let chroma = colour.a.hypot(colour.b);
        let coloured = step(GREY_CHROMA, chroma);
        let light = step(DARK_LIGHT, colour.lightness);
        let grey = (colour.lightness * GREYS as f32 - 0.5).clamp(0.0, (GREYS - 1) as f32);
        let (below, share) = (grey.floor() as usize, grey.fract());
        shares[below] += (1.0 - coloured) * (1.0 - share);
        shares[(below + 1).min(GREYS - 1)] += (1.0 - coloured) * share;
        let turn = colour.b.atan2(colour.a) / std::f32::consts::TAU + 1.0;
        let hue = turn.fract() * HUES as f32;
        let (below, share) = (hue.floor() as usize % HUES, hue.fract());
        for (hue, share) in [(below, 1.0 - share), ((below + 1) % HUES, share)] {
            shares[GREYS + hue] += coloured * share * (1.0 - light);
            shares[GREYS + HUES + hue] += coloured * share * light;
        }
    }
    shares.map(|share| (share / (SIDE * SIDE) as f32).sqrt())
}

/// From 0 at the first of the two to 1 at the second.
fn step((from, to): (f32, f32), value: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_source() {
        // White, and the pure colours as the author of the space tells them.
        for (srgb, expected) in [
            ([1.0, 1.0, 1.0], [1.0, 0.0, 0.0]),
            ([1.0, 0.0, 0.0], [0.628, 0.225, 0.126]),
            ([0.0, 1.0, 0.0], [0.866, -0.234, 0.179]),
            ([0.0, 0.0, 1.0], [0.452, -0.032, -0.312]),
        ] {
            let Lab { lightness, a, b } = Lab::of_srgb(srgb);
            for (value, expected) in [lightness, a, b].into_iter().zip(expected) {
                assert!((value - expected).abs() < 1e-3, "{srgb:?}: {lightness} {a} {b}");
            }
        }
    }

    #[test]
    fn shares_are_those_of_the_picture() {
        let half = |colour: Lab, other: Lab| {
            let mut pixels = vec![[colour; SIDE]; SIDE / 2];
            pixels.resize(SIDE, [other; SIDE]);
            histogram(&pixels.try_into().unwrap())
        };
        let (black, red) = (Lab::default(), Lab::of_srgb([1.0, 0.0, 0.0]));
        let shares = half(black, red).map(|root| root * root);
        assert!((shares[0] - 0.5).abs() < 1e-4, "{shares:?}");
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{shares:?}");
        assert!((shares[GREYS..].iter().sum::<f32>() - 0.5).abs() < 1e-4, "{shares:?}");
    }
}
