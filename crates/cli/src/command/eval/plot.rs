//! A picture that compares models: one panel for each metric, one line for each model, intervals as whiskers.

use anyhow::{Context as _, Result};
use learn::eval::{EvalReport, ModelReport};
use plotters::prelude::*;

/// Panels stand side by side in rows of so many.
const PANELS_ACROSS: usize = 2;
/// Metrics that are shown, at most; a picture of more is read by nobody.
const PANELS_MAX: usize = 6;
/// Pixels.
const PANEL_WIDTH: u32 = 560;
const LINE_HEIGHT: u32 = 26;
const CAPTION_HEIGHT: u32 = 86;
const NAME_WIDTH: u32 = 130;

const PLAIN: RGBColor = RGBColor(70, 110, 160);
const BEST: RGBColor = RGBColor(200, 80, 40);

/// The picture as SVG; the same report gives the same picture.
///
/// # Errors
/// When there is nothing to draw.
pub(super) fn svg(report: &EvalReport) -> Result<String> {
    let metrics = shown_metrics(report);
    anyhow::ensure!(!metrics.is_empty(), "the report has no metric that could be drawn");
    let rows = metrics.len().div_ceil(PANELS_ACROSS);
    let across = metrics.len().min(PANELS_ACROSS);
    let height = CAPTION_HEIGHT + LINE_HEIGHT * report.models.len() as u32;
    let mut text = String::new();
    {
        let size = (PANEL_WIDTH * across as u32, height * rows as u32);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).context("drawing the background")?;
        for (panel, metric) in area.split_evenly((rows, across)).iter().zip(&metrics) {
            draw(panel, report, metric).with_context(|| format!("drawing {metric}"))?;
        }
        area.present().context("finishing the picture")?;
    }
    Ok(text)
}

/// The metrics that most models have, those of rank ten and twenty first.
fn shown_metrics(report: &EvalReport) -> Vec<String> {
    let mut names: Vec<&String> = report.models.iter().flat_map(|model| model.metrics.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let place = |name: &str| {
        let main = ["recall@", "ndcg@"].iter().any(|start| name.starts_with(start));
        (!main, !(name.ends_with("@10") || name.ends_with("@20")))
    };
    names.sort_by_key(|name| place(name));
    names.into_iter().take(PANELS_MAX).cloned().collect()
}

fn draw<'a>(
    panel: &DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
    report: &EvalReport,
    metric: &str,
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>> {
    let reached: Vec<(&ModelReport, f64, [f64; 2])> = report
        .models
        .iter()
        .filter_map(|model| {
            let value = *model.metrics.get(metric)?;
            Some((model, value, model.ci95.get(metric).copied().unwrap_or([value; 2])))
        })
        .collect();
    let (low, high) = range(reached.iter().flat_map(|(_, _, interval)| *interval));
    let count = reached.len().max(1) as f64;
    let mut chart = ChartBuilder::on(panel)
        .caption(format!("{metric}: {} on {}", report.task, report.data), ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(26)
        .y_label_area_size(NAME_WIDTH)
        .build_cartesian_2d(low..high, 0.0..count)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .y_labels(0)
        .x_labels(6)
        .x_label_formatter(&|value| format!("{value:.3}"))
        .light_line_style(WHITE)
        .draw()?;
    for (line, (model, value, [from, to])) in reached.iter().enumerate() {
        // The first model stands at the top.
        let y = count - 0.5 - line as f64;
        let color = if model.name == report.best { BEST } else { PLAIN };
        chart.draw_series([PathElement::new([(*from, y), (*to, y)], color.stroke_width(3))])?;
        chart.draw_series([Circle::new((*value, y), 4, color.filled())])?;
        let (_, pixel) = chart.plotting_area().map_coordinate(&(*value, y));
        let top = panel.get_pixel_range().1.start;
        let label = format!("{} {value:.4}", model.name);
        let style = ("sans-serif", 12).into_font().color(&BLACK);
        // Beside the axis, in pixels of the panel.
        panel.draw_text(&label, &style, (8, pixel - top - 6))?;
    }
    Ok(())
}

/// The span of the values with a little room at both ends.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    if low > high {
        return (0.0, 1.0);
    }
    let room = ((high - low) * 0.08).max(1e-3);
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> EvalReport {
        let model = |name: &str, value: f64| ModelReport {
            name: name.to_owned(),
            metrics: [("recall@10".to_owned(), value), ("hr@10".to_owned(), value * 2.0)].into(),
            ci95: [("recall@10".to_owned(), [value - 0.01, value + 0.01])].into(),
            ..ModelReport::default()
        };
        EvalReport {
            task: "cf".to_owned(),
            data: "halves & more".to_owned(),
            protocol: String::new(),
            seed: 1,
            models: vec![model("popularity", 0.1), model("ials", 0.25)],
            best: "ials".to_owned(),
            skipped: Vec::new(),
        }
    }

    #[test]
    fn every_model_and_metric_is_named_and_the_best_stands_out() {
        let picture = svg(&report()).unwrap();
        for text in ["ials 0.2500", "popularity 0.1000", "recall@10: cf on halves &amp; more", "hr@10"] {
            assert!(picture.contains(text), "{text} is not in\n{picture}");
        }
        assert!(picture.contains("#C85028"), "{picture}");
        assert_eq!(picture, svg(&report()).unwrap());
    }

    #[test]
    fn a_report_without_figures_is_no_picture() {
        let mut empty = report();
        empty.models.clear();
        assert!(svg(&empty).is_err());
        let mut alike = report();
        alike.models.iter_mut().for_each(|model| model.metrics.values_mut().for_each(|value| *value = 0.0));
        assert!(svg(&alike).is_ok());
    }
}
