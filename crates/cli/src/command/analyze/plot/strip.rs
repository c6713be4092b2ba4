//! What all strips have in common: a title above, room for the numbers beside it, and the time of the whole track.

use std::ops::Range;

use music::analysis::TrackAnalysis;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::{Area, end};

/// Room in points for the numbers of the vertical axis, and beside the last time for the half of it that stands out.
const LEFT: u32 = 60;
const RIGHT: u32 = 30;
const HEAD: u32 = 18;

type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Made<'a, T> = Result<T, DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// A strip that is not drawn yet.
pub(super) struct Strip<'t> {
    title: &'t str,
    end: f64,
}

impl<'t> Strip<'t> {
    /// A strip over the time of `analysis`.
    pub(super) fn of(analysis: &TrackAnalysis, title: &'t str) -> Self {
        Self { title, end: end(analysis) }
    }

    /// Writes the title, and makes room below it for values within `range`.
    pub(super) fn chart<'a>(&self, area: &Area<'a>, range: Range<f64>) -> Made<'a, Chart<'a>> {
        let (head, body) = area.split_vertically(HEAD);
        head.draw(&Text::new(self.title, (LEFT as i32 + 4, 3), ("sans-serif", 13).into_font()))?;
        ChartBuilder::on(&body)
            .margin(2)
            .margin_right(RIGHT)
            .x_label_area_size(20)
            .y_label_area_size(LEFT)
            .build_cartesian_2d(0.0..self.end, range)
    }
}

/// Minutes and seconds.
pub(super) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}
