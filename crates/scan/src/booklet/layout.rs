//! Where a picture is light and where it has which colour, coarsely.
//!
//! *Source*: Kasutani, Yamada (2001), "The MPEG-7 Color Layout Descriptor": a grid of 8 by 8 mean colours, and of its
//! cosine transform the slow waves, more of lightness than of colour.

use super::colour::Lab;
use super::cover::{Pixels, SIDE};

/// The numbers: ten waves of lightness, five each of the two colours.
pub(super) const LEN: usize = LIGHT_WAVES + 2 * COLOUR_WAVES;
const LIGHT_WAVES: usize = 10;
const COLOUR_WAVES: usize = 5;

const GRID: usize = 8;
const CELL: usize = SIDE / GRID;

/// Across and down, from slow to fast, in the zigzag of JPEG.
const WAVES: [(usize, usize); LIGHT_WAVES] =
    [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (2, 0), (3, 0), (2, 1), (1, 2), (0, 3)];

/// The strengths of the waves, those of lightness first.
pub(super) fn waves(pixels: &Pixels) -> [f32; LEN] {
    let parts: [fn(&Lab) -> f32; 3] = [|lab| lab.lightness, |lab| lab.a, |lab| lab.b];
    let counts = [LIGHT_WAVES, COLOUR_WAVES, COLOUR_WAVES];
    let mut numbers = [0.0; LEN];
    let mut rest = numbers.as_mut_slice();
    for (part, count) in parts.into_iter().zip(counts) {
        let grid = means(pixels, part);
        let (out, after) = rest.split_at_mut(count);
        for (out, &(across, down)) in out.iter_mut().zip(&WAVES) {
            *out = wave(&grid, across, down);
        }
        rest = after;
    }
    numbers
}

/// The mean of every cell of the grid.
fn means(pixels: &Pixels, part: fn(&Lab) -> f32) -> [[f32; GRID]; GRID] {
    let mut grid = [[0.0; GRID]; GRID];
    for (y, row) in pixels.iter().enumerate() {
        for (x, colour) in row.iter().enumerate() {
            grid[y / CELL][x / CELL] += part(colour) / (CELL * CELL) as f32;
        }
    }
    grid
}

/// One number of the cosine transform (type II, of unit length).
fn wave(grid: &[[f32; GRID]; GRID], across: usize, down: usize) -> f32 {
    let basis = |frequency: usize, at: usize| {
        let scale = if frequency == 0 { 1.0 } else { std::f32::consts::SQRT_2 };
        let angle = std::f32::consts::PI * frequency as f32 * (at as f32 + 0.5) / GRID as f32;
        scale * angle.cos() / (GRID as f32).sqrt()
    };
    let row = |(y, row): (usize, &[f32; GRID])| {
        let sum: f32 = row.iter().enumerate().map(|(x, value)| value * basis(across, x)).sum();
        sum * basis(down, y)
    };
    grid.iter().enumerate().map(row).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_picture_is_its_mean_and_a_halved_one_a_wave_across() {
        let colour = Lab { lightness: 0.5, a: 0.1, b: -0.1 };
        let even = waves(&[[colour; SIDE]; SIDE]);
        let mut expected = [0.0; LEN];
        (expected[0], expected[10], expected[15]) = (4.0, 0.8, -0.8);
        for (value, expected) in even.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-4, "{even:?}");
        }
        let half = |x: usize| Lab { lightness: f32::from(u8::from(x < SIDE / 2)), ..Lab::default() };
        let halved = waves(&[std::array::from_fn(half); SIDE]);
        assert!(halved[1] > 3.0 && halved[2].abs() < 1e-4, "{halved:?}");
    }
}
