//! What is true about a song, and how it is written down for `segue eval audio`.

use std::fmt::Write as _;

use music::analysis::SectionLabel;
use music::key::{Mode, PitchClass};

use super::arrangement::{Arrangement, Drum, Note, Stroke};
use super::style::SongStyle;
use super::synth::intonation::Intonation;

/// The step of the melody, in seconds.
const HOP: f64 = 0.01;

/// What is true about a song; times are seconds from its start.
#[derive(Clone, Debug, PartialEq)]
pub struct SongTruth {
    /// The style it is written in.
    pub style: SongStyle,
    /// In BPM, of the beat that stands in the middle of all beats by length.
    pub tempo: f64,
    /// Of those beats a bar has so many.
    pub beats_per_bar: u32,
    /// Every beat.
    pub beats: Vec<TrueBeat>,
    /// The tonic (C = 0) and the mode that hold longest.
    pub key: (u8, Mode),
    /// Where each key holds, such as `A:min`.
    pub keys: Vec<TrueSpan>,
    /// The chords in the syntax of Harte et al. (2005), `N` where nothing is played that has a harmony.
    pub chords: Vec<TrueSpan>,
    /// The form, by the names of [`SectionLabel`].
    pub sections: Vec<TrueSpan>,
    /// The pitch of the voice, or of the instrument that has the tune, every 10 ms: seconds and hertz, 0 for none.
    pub melody: Vec<(f64, f64)>,
    /// Every stroke of a kick, a snare (or what stands for it: clap, rim, brush) and a hat (or ride, or shaker), in order;
    /// toms and crashes are none of them.
    pub drums: Vec<TrueStroke>,
    /// How long it plays.
    pub duration: f64,
}

/// A stroke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueStroke {
    /// When.
    pub time: f64,
    /// `kick`, `snare` or `hat`.
    pub drum: &'static str,
}

/// A beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueBeat {
    /// When.
    pub time: f64,
    /// Its place in the bar, 1 for the first.
    pub position: u32,
}

/// What holds for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueSpan {
    /// From when.
    pub start: f64,
    /// Until when.
    pub end: f64,
    /// What.
    pub label: String,
}

impl SongTruth {
    /// The beats, a line each: time, tab, place in the bar.
    pub fn beats_text(&self) -> String {
        lines(self.beats.iter().map(|beat| format!("{:.4}\t{}", beat.time, beat.position)))
    }

    /// The chords, a line each: start, end, label.
    pub fn chords_text(&self) -> String {
        spans_text(&self.chords)
    }

    /// The form, likewise.
    pub fn sections_text(&self) -> String {
        spans_text(&self.sections)
    }

    /// The strokes, a line each: time, tab, drum.
    pub fn drums_text(&self) -> String {
        lines(self.drums.iter().map(|stroke| format!("{:.4}\t{}", stroke.time, stroke.drum)))
    }

    /// The melody, a line each: time, tab, hertz.
    pub fn melody_text(&self) -> String {
        lines(self.melody.iter().map(|(time, hertz)| format!("{time:.2}\t{hertz:.3}")))
    }
}

fn spans_text(spans: &[TrueSpan]) -> String {
    lines(spans.iter().map(|span| format!("{:.4}\t{:.4}\t{}", span.start, span.end, span.label)))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

/// What is true about an arrangement.
pub(super) fn of(song: &Arrangement) -> SongTruth {
    let beats_per_bar = song.style.habits().beats_per_bar;
    let beats: Vec<TrueBeat> = (0..song.clock.beat_count())
        .map(|beat| TrueBeat {
            time: song.clock.seconds(beat as f64),
            position: (beat % beats_per_bar + 1) as u32,
        })
        .collect();
    let mut intervals: Vec<f64> = beats.windows(2).map(|pair| pair[1].time - pair[0].time).collect();
    intervals.sort_by(f64::total_cmp);
    let keys = keys(song);
    SongTruth {
        style: song.style,
        tempo: intervals.get(intervals.len() / 2).map_or(0.0, |interval| 60.0 / interval),
        beats_per_bar: beats_per_bar as u32,
        key: longest_key(song),
        keys,
        chords: chords(song),
        sections: sections(song, beats_per_bar),
        melody: melody(song),
        drums: drums(song),
        duration: song.duration,
        beats,
    }
}

fn drums(song: &Arrangement) -> Vec<TrueStroke> {
    let stroke = |stroke: &Stroke| {
        let drum = match stroke.drum {
            Drum::Kick => "kick",
            Drum::Snare | Drum::Clap | Drum::Rim | Drum::Brush => "snare",
            Drum::ClosedHat | Drum::OpenHat | Drum::Ride | Drum::Shaker => "hat",
            Drum::Crash | Drum::HighTom | Drum::LowTom => return None,
        };
        Some(TrueStroke { time: stroke.time, drum })
    };
    song.strokes.iter().filter_map(stroke).collect()
}

fn key_name(tonic: u8, mode: Mode) -> String {
    let mode = if mode == Mode::Major { "maj" } else { "min" };
    format!("{}:{mode}", PitchClass::above_c(tonic.into()).letters())
}

fn keys(song: &Arrangement) -> Vec<TrueSpan> {
    let mut spans: Vec<TrueSpan> = Vec::new();
    for span in &song.chords {
        let label = key_name(span.key.tonic, span.key.mode);
        let end = song.clock.seconds(span.end);
        match spans.last_mut() {
            Some(last) if last.label == label => last.end = end,
            _ => spans.push(TrueSpan { start: song.clock.seconds(span.start), end, label }),
        }
    }
    spans
}

fn longest_key(song: &Arrangement) -> (u8, Mode) {
    let length = |tonic: u8| -> f64 {
        song.chords.iter().filter(|span| span.key.tonic == tonic).map(|span| span.end - span.start).sum()
    };
    let tonic = (0..12).max_by(|&a, &b| length(a).total_cmp(&length(b))).unwrap_or(song.key.tonic);
    (tonic, song.key.mode)
}

/// The chords where somebody plays them; a section that only has drums has none.
fn chords(song: &Arrangement) -> Vec<TrueSpan> {
    let beats_per_bar = song.style.habits().beats_per_bar;
    let is_played = |beat: f64| {
        let bar = beat as usize / beats_per_bar;
        let section = song.sections.iter().find(|section| bar < section.first_bar + section.bar_count);
        section.is_some_and(|section| section.has_chords)
    };
    let mut spans: Vec<TrueSpan> = Vec::new();
    let silence = TrueSpan { start: 0.0, end: song.clock.seconds(0.0), label: "N".to_owned() };
    let rest = song.clock.seconds(song.clock.beat_count() as f64);
    let all = song.chords.iter().map(|span| TrueSpan {
        start: song.clock.seconds(span.start),
        end: song.clock.seconds(span.end),
        label: if is_played(span.start) { span.chord.label() } else { "N".to_owned() },
    });
    let after = TrueSpan { start: rest, end: song.duration, label: "N".to_owned() };
    for span in std::iter::once(silence).chain(all).chain([after]) {
        match spans.last_mut() {
            Some(last) if last.label == span.label => last.end = span.end,
            _ => spans.push(span),
        }
    }
    spans
}

fn sections(song: &Arrangement, beats_per_bar: usize) -> Vec<TrueSpan> {
    let time = |bar: usize| song.clock.seconds((bar * beats_per_bar) as f64);
    let span = |section: &super::form::Section| TrueSpan {
        start: time(section.first_bar),
        end: time(section.first_bar + section.bar_count),
        label: section_name(section.label).to_owned(),
    };
    song.sections.iter().map(span).collect()
}

const fn section_name(label: SectionLabel) -> &'static str {
    match label {
        SectionLabel::Intro => "intro",
        SectionLabel::Verse => "verse",
        SectionLabel::PreChorus => "prechorus",
        SectionLabel::Chorus => "chorus",
        SectionLabel::Bridge => "bridge",
        SectionLabel::Solo => "solo",
        SectionLabel::Break => "break",
        SectionLabel::Outro => "outro",
        SectionLabel::Other => "other",
    }
}

/// The pitch as it is played, with glides and vibrato; the voice counts before the instrument.
fn melody(song: &Arrangement) -> Vec<(f64, f64)> {
    let mut curve: Vec<(f64, f64)> =
        (0..=(song.duration / HOP) as usize).map(|frame| (frame as f64 * HOP, 0.0)).collect();
    let (instrument, lead) = &song.lead;
    write_curve(lead, Intonation::instrument(*instrument), song.tuning_cents, &mut curve);
    write_curve(&song.voice, Some(Intonation::voice(song.seed)), song.tuning_cents, &mut curve);
    curve
}

fn write_curve(notes: &[Note], intonation: Option<Intonation>, tuning_cents: f32, curve: &mut [(f64, f64)]) {
    for (index, note) in notes.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &notes[before]);
        let first = (note.start / HOP).ceil() as usize;
        let last = ((note.end / HOP).ceil() as usize).min(curve.len());
        for point in curve.get_mut(first..last).into_iter().flatten() {
            let since = point.0 - note.start;
            let pitch =
                intonation.map_or(f64::from(note.pitch), |intonation| intonation.pitch(note, before, since));
            point.1 = 440.0 * ((pitch - 69.0) / 12.0 + f64::from(tuning_cents) / 1200.0).exp2();
        }
    }
}
