//! What is like what: each moment of a track against each other, dark where both sound alike.

use music::analysis::TrackAnalysis;
use plotters::prelude::*;

use super::strip::clock;
use super::{Area, Drawn, end, shade};

/// Moments on each side.
const CELLS: usize = 120;
const DIMENSIONS: usize = 24;

pub(super) fn draw<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let end = end(analysis);
    let moments = moments(analysis, end);
    let step = end / CELLS as f64;
    let side = area.dim_in_pixel().1;
    let (square, _) = area.split_horizontally(side);
    let mut chart = ChartBuilder::on(&square)
        .caption("what is like what", ("sans-serif", 14))
        .margin(4)
        .margin_right(30)
        .x_label_area_size(20)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..end, 0.0..end)?;
    let cells = (0..CELLS * CELLS).map(|cell| {
        let (row, column) = (cell / CELLS, cell % CELLS);
        let (x, y) = (column as f64 * step, row as f64 * step);
        let likeness = f64::from(cosine(&moments[row], &moments[column]));
        Rectangle::new([(x, y), (x + step, y + step)], shade(likeness.max(0.0).powi(2)).filled())
    });
    chart.draw_series(cells)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_label_formatter(&|seconds| clock(*seconds))
        .draw()
}

/// Pitch classes and timbre of equally long moments, each number without its mean and in its deviations.
fn moments(analysis: &TrackAnalysis, end: f64) -> Vec<[f32; DIMENSIONS]> {
    let mut sums = vec![[0.0_f32; DIMENSIONS]; CELLS];
    let mut weights = vec![1e-6_f32; CELLS];
    for segment in &analysis.segments {
        let middle = segment.start.0 + segment.duration.0 / 2.0;
        let cell = ((middle / end * CELLS as f64) as usize).min(CELLS - 1);
        let weight = segment.duration.0 as f32;
        weights[cell] += weight;
        let values = segment.pitches.iter().chain(&segment.timbre);
        sums[cell].iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
    }
    for (sum, weight) in sums.iter_mut().zip(&weights) {
        sum.iter_mut().for_each(|value| *value /= weight);
    }
    for at in 0..DIMENSIONS {
        let mean = sums.iter().map(|row| row[at]).sum::<f32>() / CELLS as f32;
        let square = sums.iter().map(|row| (row[at] - mean).powi(2)).sum::<f32>() / CELLS as f32;
        let scale = if square > 1e-12 { 1.0 / square.sqrt() } else { 0.0 };
        sums.iter_mut().for_each(|row| row[at] = (row[at] - mean) * scale);
    }
    sums
}

fn cosine(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f32 {
    let dot = |x: &[f32; DIMENSIONS], y: &[f32; DIMENSIONS]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    let norm = (dot(a, a) * dot(b, b)).sqrt();
    if norm > 1e-9 { dot(a, b) / norm } else { 0.0 }
}
