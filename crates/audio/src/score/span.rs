//! Stretches of time with a label.

/// A stretch of time and what was said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Where it begins, in seconds.
    pub start: f64,
    /// Where it ends, in seconds.
    pub end: f64,
    /// What was said.
    pub label: String,
}

impl Labelled {
    /// A stretch.
    pub fn new(start: f64, end: f64, label: &str) -> Self {
        Self { start, end, label: label.to_owned() }
    }
}

/// The same stretches over exactly `start` to `end`: what lies outside is cut off, what is missing gets `filler`.
///
/// Without an `end` the last stretch stays as it is.
pub fn spanning(spans: &[Labelled], start: f64, end: Option<f64>, filler: &str) -> Vec<Labelled> {
    let mut kept: Vec<Labelled> = Vec::with_capacity(spans.len() + 2);
    for span in spans.iter().skip_while(|span| span.end < start) {
        if end.is_some_and(|end| span.start > end) {
            break;
        }
        let until = end.map_or(span.end, |end| span.end.min(end));
        kept.push(Labelled {
            start: span.start.max(start),
            end: until.max(start),
            label: span.label.clone(),
        });
    }
    let first = kept.iter().map(|span| span.start).fold(f64::INFINITY, f64::min);
    let last = kept.iter().map(|span| span.end).fold(f64::NEG_INFINITY, f64::max);
    match (kept.is_empty(), end) {
        (true, Some(end)) if end > start => kept.push(Labelled::new(start, end, filler)),
        (true, _) => {}
        (false, _) => {
            if first > start {
                kept.insert(0, Labelled::new(start, first, filler));
            }
            if let Some(end) = end.filter(|&end| last < end) {
                kept.push(Labelled::new(last, end, filler));
            }
        }
    }
    kept.retain(|span| span.end > span.start);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_filled_and_what_is_outside_is_cut() {
        let spans =
            [Labelled::new(0.0, 1.0, "a"), Labelled::new(1.0, 3.0, "b"), Labelled::new(3.0, 4.0, "c")];
        let expected = [Labelled::new(1.5, 3.0, "b"), Labelled::new(3.0, 3.5, "c")];
        assert_eq!(spanning(&spans, 1.5, Some(3.5), "-"), expected);
        let wider = spanning(&spans[1..2], 0.0, Some(5.0), "-");
        let labels: Vec<&str> = wider.iter().map(|span| &*span.label).collect();
        assert_eq!(labels, ["-", "b", "-"]);
        assert_eq!(spanning(&[], 0.0, Some(2.0), "-"), [Labelled::new(0.0, 2.0, "-")]);
        assert_eq!(spanning(&[], 0.0, None, "-"), []);
    }
}
