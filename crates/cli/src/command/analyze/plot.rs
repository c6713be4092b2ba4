//! A picture of an analysis: waveform and form, loudness, tempo, chords, pitch classes, melody, and what is like what.

use anyhow::{Context as _, Result};
use music::analysis::{SectionLabel, TrackAnalysis};
use music::key::PitchClass;
use plotters::coord::Shift;
use plotters::prelude::*;

mod likeness;
mod png;
mod strip;

pub(super) use self::png::png;
use self::strip::{Strip, clock};

/// Pixels.
const WIDTH: u32 = 1_200;
const STRIP_HEIGHT: u32 = 150;
const SQUARE: u32 = 600;
/// Strips of one time axis each.
const STRIPS: u32 = 6;
/// Columns of a picture of pitch classes; more are narrower than a pixel.
const COLUMNS_MAX: usize = 700;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// The picture as SVG; the same analysis gives the same picture.
///
/// # Errors
/// When nothing is heard that could be drawn.
pub(super) fn svg(analysis: &TrackAnalysis, waveform: &[[f32; 2]], title: &str) -> Result<String> {
    anyhow::ensure!(!analysis.segments.is_empty(), "nothing is heard in the file that could be drawn");
    let mut text = String::new();
    {
        let size = (WIDTH, 30 + STRIP_HEIGHT * STRIPS + SQUARE);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).context("drawing the background")?;
        let area = area.titled(title, ("sans-serif", 18)).context("drawing the title")?;
        let (strips, square) = area.split_vertically(STRIP_HEIGHT * STRIPS);
        let strips = strips.split_evenly((STRIPS as usize, 1));
        form(&strips[0], analysis, waveform).context("drawing the form")?;
        loudness(&strips[1], analysis).context("drawing the loudness")?;
        tempo(&strips[2], analysis).context("drawing the tempo")?;
        chords(&strips[3], analysis).context("drawing the chords")?;
        pitch_classes(&strips[4], analysis).context("drawing the pitch classes")?;
        melody(&strips[5], analysis).context("drawing the melody")?;
        likeness::draw(&square, analysis).context("drawing what is like what")?;
        area.present().context("finishing the picture")?;
    }
    Ok(text)
}

fn end(analysis: &TrackAnalysis) -> f64 {
    let last = analysis.segments.last().map_or(0.0, |segment| segment.start.0 + segment.duration.0);
    last.max(1.0)
}

const fn colour(label: SectionLabel) -> RGBColor {
    match label {
        SectionLabel::Intro => RGBColor(190, 200, 215),
        SectionLabel::Verse => RGBColor(150, 190, 225),
        SectionLabel::PreChorus => RGBColor(170, 210, 190),
        SectionLabel::Chorus => RGBColor(240, 170, 120),
        SectionLabel::Bridge => RGBColor(205, 175, 220),
        SectionLabel::Solo => RGBColor(245, 215, 130),
        SectionLabel::Break => RGBColor(215, 215, 180),
        SectionLabel::Outro => RGBColor(200, 200, 200),
        SectionLabel::Other => RGBColor(228, 228, 228),
    }
}

/// Sections as fields with their names, and the waveform over them.
fn form<'a>(area: &Area<'a>, analysis: &TrackAnalysis, waveform: &[[f32; 2]]) -> Drawn<'a> {
    // Quiet music fills the strip too: its shape is looked at, and the next strip tells how loud it is.
    let peak = waveform.iter().flatten().fold(1e-3_f32, |peak, sample| peak.max(sample.abs()));
    let mut chart = Strip::of(analysis, "waveform and form").chart(area, -1.35..1.35)?;
    let fields = analysis.sections.iter().map(|section| {
        let (from, to) = (section.start.0, section.start.0 + section.duration.0);
        Rectangle::new([(from, -1.35), (to, 1.35)], colour(section.label).filled())
    });
    chart.draw_series(fields)?;
    let step = analysis.duration.0.min(audio::ANALYSED_SECONDS_MAX) / waveform.len().max(1) as f64;
    let side = |which: usize| {
        move |(column, extremes): (usize, &[f32; 2])| {
            ((column as f64 + 0.5) * step, f64::from(extremes[which] / peak))
        }
    };
    // Once along the highest samples, and back along the lowest.
    let outline: Vec<(f64, f64)> = waveform
        .iter()
        .enumerate()
        .map(side(1))
        .chain(waveform.iter().enumerate().rev().map(side(0)))
        .collect();
    chart.draw_series([Polygon::new(outline, RGBColor(60, 75, 100))])?;
    let names = analysis.sections.iter().map(|section| {
        let name = format!("{:?}", section.label).to_lowercase();
        // A hair's breadth from the edge, where it would be cut.
        Text::new(name, (section.start.0 + 0.002 * analysis.duration.0, 1.32), ("sans-serif", 12).into_font())
    });
    chart.draw_series(names)?;
    chart.configure_mesh().disable_mesh().x_label_formatter(&|seconds| clock(*seconds)).y_labels(0).draw()
}

/// How loud each segment begins and how loud it becomes.
fn loudness<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let mut chart = Strip::of(analysis, "loudness of segments, LUFS").chart(area, -60.0..6.0)?;
    let points = analysis.segments.iter().flat_map(|segment| {
        let (start, peak) = (segment.start.0, segment.start.0 + segment.loudness_max_time.0);
        [(start, f64::from(segment.loudness_start.0)), (peak, f64::from(segment.loudness_max.0))]
    });
    let line: Vec<(f64, f64)> = points.map(|(time, level)| (time, level.clamp(-60.0, 6.0))).collect();
    chart.draw_series([PathElement::new(line, RGBColor(60, 60, 60))])?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_labels(4)
        .draw()
}

/// The tempo from beat to beat, and where bars begin.
fn tempo<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let curve: Vec<(f64, f64)> = analysis
        .beats
        .iter()
        .filter(|beat| beat.duration.0 > 0.05)
        .map(|beat| (beat.start.0, 60.0 / beat.duration.0))
        .collect();
    let usual = f64::from(analysis.track.tempo.0).max(20.0);
    let mut chart = Strip::of(analysis, "beats a minute from beat to beat; marks below are bars")
        .chart(area, 0.7 * usual..1.3 * usual)?;
    let bars = analysis.bars.iter().map(|bar| {
        let line = [(bar.start.0, 0.7 * usual), (bar.start.0, 0.74 * usual)];
        PathElement::new(line, RGBColor(150, 150, 150))
    });
    chart.draw_series(bars)?;
    let inside = curve.into_iter().map(|(time, bpm)| (time, bpm.clamp(0.7 * usual, 1.3 * usual)));
    let line: Vec<(f64, f64)> = inside.collect();
    chart.draw_series([PathElement::new(line, RGBColor(70, 110, 160))])?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_labels(4)
        .draw()
}

/// Chords by their roots: major ones filled, minor ones lighter.
fn chords<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let mut chart =
        Strip::of(analysis, "chords by their roots: major orange, minor blue").chart(area, 0.0..12.0)?;
    let fields = analysis.chords.iter().filter_map(|chord| {
        let (root, quality) = chord.label.split_once(':')?;
        let row = f64::from(PitchClass::read(root)?.0.get());
        let (from, to) = (chord.start.0, chord.start.0 + chord.duration.0);
        let colour = if quality == "min" { RGBColor(150, 175, 215) } else { RGBColor(225, 140, 90) };
        Some(Rectangle::new([(from, row), (to, row + 1.0)], colour.filled()))
    });
    // The mesh first, so that it does not cut the fields into stripes.
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_labels(12)
        .y_label_formatter(&|row| note_name(*row as i32).to_owned())
        .draw()?;
    chart.draw_series(fields)?;
    Ok(())
}

/// How strongly each pitch class sounds.
fn pitch_classes<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let mut chart = Strip::of(analysis, "pitch classes").chart(area, 0.0..12.0)?;
    let step = analysis.segments.len().div_ceil(COLUMNS_MAX).max(1);
    let cells = analysis.segments.chunks(step).flat_map(|segments| {
        let from = segments[0].start.0;
        let to = segments.last().map_or(from, |last| last.start.0 + last.duration.0);
        (0..12).map(move |class| {
            let sum: f32 = segments.iter().map(|segment| segment.pitches[class]).sum();
            let strength = f64::from((sum / segments.len() as f32).clamp(0.0, 1.0));
            let corners = [(from, class as f64), (to, class as f64 + 1.0)];
            Rectangle::new(corners, shade(strength).filled())
        })
    });
    chart.draw_series(cells)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_labels(12)
        .y_label_formatter(&|row| note_name(*row as i32).to_owned())
        .draw()
}

fn note_name(semitones_above_c: i32) -> &'static str {
    PitchClass::above_c(semitones_above_c).name()
}

/// White for 0, dark blue for 1.
fn shade(strength: f64) -> RGBColor {
    let part = strength.clamp(0.0, 1.0);
    let mix = |to: f64| (255.0 + (to - 255.0) * part) as u8;
    RGBColor(mix(20.0), mix(50.0), mix(110.0))
}

/// The leading voice as notes over time.
fn melody<'a>(area: &Area<'a>, analysis: &TrackAnalysis) -> Drawn<'a> {
    let hop = analysis.melody.hop.0;
    let step = (analysis.melody.hertz.len() / 4_000).max(1);
    let notes: Vec<(f64, f64)> = analysis
        .melody
        .hertz
        .iter()
        .enumerate()
        .step_by(step)
        .filter(|(_, hertz)| hertz.0 > 0.0)
        .map(|(index, hertz)| (index as f64 * hop, 69.0 + 12.0 * f64::from(hertz.0 / 440.0).log2()))
        .collect();
    let mut chart = Strip::of(analysis, "melody").chart(area, 40.0..96.0)?;
    chart.draw_series(notes.into_iter().map(|note| Pixel::new(note, RGBColor(170, 50, 90))))?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_labels(5)
        .y_label_formatter(&|note| {
            let note = note.round().max(12.0) as i32;
            format!("{}{}", note_name(note), note / 12 - 1)
        })
        .draw()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAVE: [[f32; 2]; 4] = [[-0.1, 0.1], [-0.5, 0.4], [-0.2, 0.3], [0.0, 0.0]];

    fn analysis(segment_count: usize) -> TrackAnalysis {
        let span = |start: f64, duration: f64| serde_json::json!({"start": start, "duration": duration, "confidence": 0.9});
        let segments: Vec<_> = (0..segment_count)
            .map(|index| {
                let mut pitches = [0.1; 12];
                pitches[index % 12] = 1.0;
                let timbre = [index as f64; 12];
                serde_json::json!({
                    "start": index as f64 * 0.5, "duration": 0.5, "confidence": 1.0, "loudness_start": -30.0,
                    "loudness_max": -12.0, "loudness_max_time": 0.05, "loudness_end": -30.0,
                    "pitches": pitches, "timbre": timbre,
                })
            })
            .collect();
        let mut track = serde_json::Map::new();
        for name in [
            "tempo",
            "key",
            "mode",
            "time_signature",
            "loudness",
            "danceability",
            "energy",
            "valence",
            "acousticness",
            "instrumentalness",
            "speechiness",
            "liveness",
        ] {
            track.insert(name.to_owned(), 1.into());
            track.insert(format!("{name}_confidence"), serde_json::json!(0.5));
        }
        track.insert("tempo".to_owned(), serde_json::json!(120.0));
        let section = serde_json::json!({
            "start": 0.0, "duration": 20.0, "confidence": 1.0, "label": "chorus", "label_confidence": 0.8,
            "tempo": 120.0, "key": 0, "mode": 1, "loudness": -14.0,
        });
        let whole = serde_json::json!({
            "features_version": 1, "duration": 20.0, "track": track, "tatums": [],
            "beats": (0..40).map(|beat| span(f64::from(beat) * 0.5, 0.5)).collect::<Vec<_>>(),
            "bars": [span(0.0, 2.0), span(2.0, 2.0)], "sections": [section], "segments": segments,
            "chords": [{"start": 0.0, "duration": 20.0, "label": "Eb:min", "confidence": 0.9}],
            "melody": {"hop": 0.01, "hertz": [220.0, 0.0, 440.0]}, "descriptor": [], "report": "",
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn a_picture_names_its_sections_and_is_the_same_each_time() {
        let picture = svg(&analysis(40), &WAVE, "song <1> & more").unwrap();
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
        assert!(picture.contains("chorus") && picture.contains("what is like what"));
        assert!(!picture.contains("<1>"), "a title cannot break the picture");
        assert_eq!(picture, svg(&analysis(40), &WAVE, "song <1> & more").unwrap());
    }

    #[test]
    fn the_picture_in_points_is_one_or_says_what_is_missing() {
        match png(&svg(&analysis(40), &WAVE, "one").unwrap()) {
            Ok(bytes) => assert!(bytes.starts_with(b"\x89PNG"), "{:?}", &bytes[..8]),
            Err(error) => assert!(error.to_string().contains("fonts"), "{error:#}"),
        }
    }

    #[test]
    fn silence_is_no_picture() {
        let error = svg(&analysis(0), &[], "silence").unwrap_err();
        insta::assert_snapshot!(error, @"nothing is heard in the file that could be drawn");
    }
}
