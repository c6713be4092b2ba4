//! Which way the edges of a picture run, quarter by quarter.
//!
//! *Source*: Won, Park, Park (2002), "Efficient Use of MPEG-7 Edge Histogram Descriptor", with directions shared between
//! neighbouring bins as by Dalal, Triggs (2005), "Histograms of Oriented Gradients for Human Detection".

use super::cover::{Pixels, SIDE};

/// The numbers: four quarters, each with four directions and how much edge there is.
pub(super) const LEN: usize = QUARTERS * (DIRECTIONS + 1);
const QUARTERS: usize = 4;
const DIRECTIONS: usize = 4;

/// A picture that is flatter than this, in lightness from pixel to pixel, has no direction.
const FLAT: f32 = 1e-4;

/// For each quarter (upper left, upper right, lower left, lower right) the roots of the shares of edges that run upright,
/// falling, level and rising, and the root of how strong edges are on average.
pub(super) fn histogram(pixels: &Pixels) -> [f32; LEN] {
    let mut sums = [[0.0_f32; DIRECTIONS]; QUARTERS];
    let light = |x: usize, y: usize| pixels[y][x].lightness;
    for y in 1..SIDE - 1 {
        for x in 1..SIDE - 1 {
            // The operator of Sobel, scaled so that a step of lightness 1 from pixel to pixel is about 1.
            let across = |y: usize| light(x + 1, y) - light(x - 1, y);
            let down = |x: usize| light(x, y + 1) - light(x, y - 1);
            let dx = (across(y - 1) + 2.0 * across(y) + across(y + 1)) / 8.0;
            let dy = (down(x - 1) + 2.0 * down(x) + down(x + 1)) / 8.0;
            let strength = dx.hypot(dy);
            // An edge is the same seen from either side.
            let half_turn = (dy.atan2(dx) / std::f32::consts::PI + 1.0).fract();
            let bin = half_turn * DIRECTIONS as f32;
            let (below, share) = (bin.floor() as usize % DIRECTIONS, bin.fract());
            let quarter = 2 * usize::from(y >= SIDE / 2) + usize::from(x >= SIDE / 2);
            sums[quarter][below] += strength * (1.0 - share);
            sums[quarter][(below + 1) % DIRECTIONS] += strength * share;
        }
    }
    let mut numbers = [0.0; LEN];
    let pixel_count = ((SIDE - 2) * (SIDE - 2) / QUARTERS) as f32;
    for (out, sums) in numbers.chunks_exact_mut(DIRECTIONS + 1).zip(&sums) {
        let sum: f32 = sums.iter().sum();
        let is_flat = sum / pixel_count < FLAT;
        for (out, &of_direction) in out.iter_mut().zip(sums) {
            *out = if is_flat { 0.5 } else { (of_direction / sum).sqrt() };
        }
        out[DIRECTIONS] = (sum / pixel_count).sqrt();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::colour::Lab;
    use super::*;

    fn drawn(light: impl Fn(usize, usize) -> f32) -> [f32; LEN] {
        let row = |y| std::array::from_fn(|x| Lab { lightness: light(x, y), ..Lab::default() });
        histogram(&std::array::from_fn(row))
    }

    #[test]
    fn stripes_have_their_direction_in_every_quarter() {
        let stripes = |at: usize| f32::from(u8::from((at / 4).is_multiple_of(2)));
        let upright = drawn(|x, _| stripes(x));
        let level = drawn(|_, y| stripes(y));
        let rising = drawn(|x, y| stripes(x + y));
        for quarter in 0..QUARTERS {
            let at = quarter * (DIRECTIONS + 1);
            assert!(upright[at] > 0.99 && level[at + 2] > 0.99, "{upright:?} {level:?}");
            assert!(rising[at + 1] > 0.9, "{rising:?}");
            assert!(upright[at + 4] > 0.3, "{upright:?}");
        }
    }

    #[test]
    fn a_flat_picture_has_no_direction_and_no_edge() {
        let flat = drawn(|_, _| 0.7);
        assert_eq!(flat[..5], [0.5, 0.5, 0.5, 0.5, 0.0]);
    }
}
