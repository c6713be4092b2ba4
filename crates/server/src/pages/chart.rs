//! Numbers as small drawings that need no script and no style of their own.

use std::fmt::Write as _;

/// Bars side by side, with a name under each.
///
/// Names are our own words: they stand in the drawing as they are.
pub(crate) fn bars(values: &[f32], names: &[&str]) -> String {
    let highest = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let step = 100.0 / values.len().max(1) as f32;
    let mut svg =
        String::from(r#"<svg class="bars" viewBox="0 0 100 34" role="presentation" focusable="false">"#);
    for (index, (value, name)) in values.iter().zip(names).enumerate() {
        let height = (24.0 * value / highest).clamp(0.0, 24.0);
        let (x, y, width) = (index as f32 * step + step * 0.14, 26.0 - height, step * 0.72);
        let _ = write!(
            svg,
            r#"<rect class="bar" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" rx=".6"><title>{name}: {:.1} %</title></rect>"#,
            100.0 * value
        );
        let middle = x + width / 2.0;
        let _ = write!(svg, r#"<text x="{middle:.2}" y="31" text-anchor="middle">{name}</text>"#);
    }
    svg.push_str("</svg>");
    svg
}

/// A week as a field of 7 days by 24 hours; the darker, the more.
pub(crate) fn week(hours: &[Vec<f32>]) -> String {
    let highest = hours.iter().flatten().copied().fold(f32::MIN_POSITIVE, f32::max);
    let mut svg =
        String::from(r#"<svg class="week" viewBox="0 0 260 84" role="presentation" focusable="false">"#);
    for (day, (row, weekday)) in hours.iter().zip(music::Weekday::ALL).enumerate() {
        let y = day * 10 + 1;
        let _ = write!(svg, r#"<text x="0" y="{}">{}</text>"#, y + 7, &weekday.name()[..3]);
        for (hour, value) in row.iter().enumerate() {
            let x = 20 + hour * 10;
            // The square root keeps quiet hours visible beside loud ones.
            let depth = (value / highest).clamp(0.0, 1.0).sqrt();
            let _ = write!(
                svg,
                r#"<rect class="cell" x="{x}" y="{y}" width="9" height="9" rx="1.5" opacity="{:.2}"><title>{} {hour}:00: {:.1} %</title></rect>"#,
                0.08 + 0.92 * depth,
                weekday.name(),
                100.0 * value
            );
        }
    }
    for hour in [0, 6, 12, 18] {
        let _ = write!(svg, r#"<text x="{}" y="80">{hour}:00</text>"#, 20 + hour * 10);
    }
    svg.push_str("</svg>");
    svg
}

/// One share of a whole as a bar.
pub(crate) fn share(value: f32) -> String {
    let width = (100.0 * value).clamp(0.0, 100.0);
    format!(
        r#"<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" width="100" height="4" rx="2"/><rect class="bar" width="{width:.1}" height="4" rx="2"/></svg>"#
    )
}

/// A place between two ends.
pub(crate) fn between(value: f32) -> String {
    let x = 3.0 + 94.0 * value.clamp(0.0, 1.0);
    format!(
        r#"<svg class="between" viewBox="0 0 100 8" aria-hidden="true" focusable="false"><rect class="track" y="3" width="100" height="2" rx="1"/><circle class="bar" cx="{x:.1}" cy="4" r="3"/></svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_draw_nothing_strange() {
        for drawing in [bars(&[f32::NAN, 0.0], &["a", "b"]), share(f32::NAN), between(7.0), bars(&[], &[])] {
            assert!(!drawing.contains("inf") && drawing.ends_with("</svg>"), "{drawing}");
        }
        assert!(between(7.0).contains(r#"cx="97.0""#));
    }
}
