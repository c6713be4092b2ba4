//! A picture of experiments: a row for each family of worlds, a panel for each figure, a line for each recommender.

use anyhow::{Context as _, Result};
use plotters::coord::Shift;
use plotters::prelude::*;

use super::report::{FiguresReport, Report, RunReport};

/// Pixels.
const PANEL_WIDTH: u32 = 320;
const PANEL_HEIGHT: u32 = 230;
const LEGEND_HEIGHT: u32 = 28;
const LEGEND_STEP: i32 = 120;

/// A figure and where it is found.
type Shown = (&'static str, fn(&FiguresReport) -> f64);

const PANELS: [Shown; 5] = [
    ("satisfaction", |figures| figures.satisfaction),
    ("share of discovery", |figures| figures.discovery_share),
    ("generalist 0 – 1 specialist", |figures| figures.generalist_specialist),
    ("Gini of artists", |figures| figures.artist_gini),
    ("drift from true taste", |figures| figures.drift),
];

/// One colour for each recommender; told apart in print as well, by Okabe and Ito, "Color Universal Design", 2008.
const COLOURS: [(&str, RGBColor); 7] = [
    ("oracle", RGBColor(0, 0, 0)),
    ("engine", RGBColor(213, 94, 0)),
    ("ials", RGBColor(0, 114, 178)),
    ("item-knn", RGBColor(86, 180, 233)),
    ("popularity", RGBColor(0, 158, 115)),
    ("random", RGBColor(150, 150, 150)),
    ("organic", RGBColor(204, 121, 167)),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// The picture as SVG; the same report gives the same picture.
///
/// # Errors
/// When there is nothing to draw.
pub(super) fn svg(report: &Report) -> Result<String> {
    let families: Vec<&str> = report.families().collect();
    anyhow::ensure!(!families.is_empty(), "nothing was run that could be drawn");
    let mut text = String::new();
    {
        let height = LEGEND_HEIGHT + PANEL_HEIGHT * families.len() as u32;
        let size = (PANEL_WIDTH * PANELS.len() as u32, height);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).context("drawing the background")?;
        let (legend_area, panels) = area.split_vertically(LEGEND_HEIGHT);
        legend(&legend_area, report).context("drawing the legend")?;
        let panels = panels.split_evenly((families.len(), PANELS.len()));
        let places = families.iter().flat_map(|family| PANELS.iter().map(move |shown| (family, shown)));
        for (panel, (family, shown)) in panels.iter().zip(places) {
            draw(panel, report, family, shown).with_context(|| format!("drawing {} of {family}", shown.0))?;
        }
        area.present().context("finishing the picture")?;
    }
    Ok(text)
}

fn colour(policy: &str) -> RGBColor {
    COLOURS.iter().find(|(name, _)| *name == policy).map_or(BLACK, |(_, colour)| *colour)
}

fn legend<'a>(area: &Area<'a>, report: &Report) -> Drawn<'a> {
    for (index, policy) in report.policies().enumerate() {
        let left = 12 + index as i32 * LEGEND_STEP;
        area.draw(&PathElement::new([(left, 14), (left + 22, 14)], colour(policy).stroke_width(3)))?;
        area.draw_text(policy, &("sans-serif", 14).into_font().color(&BLACK), (left + 28, 7))?;
    }
    Ok(())
}

/// The mean over the seeds, week by week.
fn curve(runs: &[&RunReport], of: fn(&FiguresReport) -> f64) -> Vec<(f64, f64)> {
    let weeks = runs.iter().map(|run| run.weeks.len()).min().unwrap_or(0);
    let mean = |week: usize| runs.iter().map(|run| of(&run.weeks[week])).sum::<f64>() / runs.len() as f64;
    (0..weeks).map(|week| ((week + 1) as f64, mean(week))).collect()
}

fn draw<'a>(panel: &Area<'a>, report: &Report, family: &str, (title, of): &Shown) -> Drawn<'a> {
    let curves: Vec<(&str, Vec<(f64, f64)>)> = report
        .policies()
        .map(|policy| (policy, curve(&report.runs_of(family, policy), *of)))
        .filter(|(_, curve)| !curve.is_empty())
        .collect();
    let points = || curves.iter().flat_map(|(_, curve)| curve);
    let last = points().map(|point| point.0).fold(1.0, f64::max);
    let (low, high) = points()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| (low.min(point.1), high.max(point.1)));
    let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
    let room = ((high - low) * 0.08).max(1e-3);
    let mut chart = ChartBuilder::on(panel)
        .caption(format!("{family}: {title}"), ("sans-serif", 14))
        .margin(6)
        .x_label_area_size(24)
        .y_label_area_size(42)
        .build_cartesian_2d(0.8..last + 0.2, low - room..high + room)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(last.min(8.0) as usize)
        .x_label_formatter(&|week| format!("{week:.0}"))
        .y_labels(5)
        .y_label_formatter(&|value| format!("{value:.2}"))
        .light_line_style(WHITE)
        .draw()?;
    for (policy, curve) in curves {
        let colour = colour(policy);
        chart.draw_series([PathElement::new(curve.clone(), colour.stroke_width(2))])?;
        chart.draw_series(curve.into_iter().map(|point| Circle::new(point, 2, colour.filled())))?;
    }
    Ok(())
}
