//! The analysis in words: a page of plain English that says no more than the confidences support.

mod harmony;

use music::analysis::{Drums, Section, SectionLabel, TrackAnalysis};
use music::key::Mode;
use music::unit::Seconds;

use crate::feature::Measures;

/// What is said outright, and what is said with "probably"; below, nothing is said.
const SURE: f32 = 0.6;
const LIKELY: f32 = 0.35;
/// The share from which a pattern is called by its name.
const CLEAR: f32 = 0.6;

/// The page for one track.
pub(crate) fn report(analysis: &TrackAnalysis, measures: &Measures) -> String {
    if analysis.segments.is_empty() || analysis.track.loudness.0 <= -70.0 {
        return format!("{} of silence.", clock(analysis.duration));
    }
    let mut paragraphs = vec![opening(analysis, measures)];
    paragraphs.extend(form(analysis));
    paragraphs.extend(harmony::paragraph(analysis, measures));
    paragraphs.push(voice(analysis, measures));
    paragraphs.push(sound(analysis, measures));
    paragraphs.join("\n\n")
}

/// Length, tempo, metre and feel.
fn opening(analysis: &TrackAnalysis, measures: &Measures) -> String {
    let track = &analysis.track;
    let mut text = format!("{} long.", clock(analysis.duration));
    if analysis.beats.len() < 8 || measures.steadiness * measures.clarity < 0.1 {
        text.push_str(" No steady pulse is heard.");
        return text;
    }
    let hedge = hedge(track.tempo_confidence);
    text.push_str(&format!(" The pulse is {hedge}{:.0} BPM", track.tempo.0));
    text.push_str(match measures.steadiness {
        steadiness if steadiness > 0.9 => " and holds throughout",
        steadiness if steadiness > 0.6 => " with some give and take",
        _ => ", though it wanders",
    });
    if track.time_signature_confidence > LIKELY {
        let hedge = self::hedge(track.time_signature_confidence);
        text.push_str(&format!(", {hedge}{} beats to the bar", track.time_signature));
    }
    text.push('.');
    if measures.swing > 1.3 {
        text.push_str(&format!(" The off-beats swing at about {:.1} to 1.", measures.swing));
    } else if analysis.tatums.len() >= 3 * analysis.beats.len() {
        let parts = analysis.tatums.len() / analysis.beats.len();
        text.push_str(if parts == 3 { " Beats fall into three." } else { " Beats fall into four." });
    }
    if let Some(drums) = &analysis.drums {
        text.push_str(&drumming(drums, track.time_signature));
    }
    if track.danceability_confidence > 0.3 && track.danceability > 0.75 {
        text.push_str(" It is easy to dance to.");
    }
    text
}

/// What the drums repeat, where somebody surely drums and repeats something.
fn drumming(drums: &Drums, beats_per_bar: u8) -> String {
    if drums.confidence < LIKELY {
        return String::new();
    }
    let hedge = hedge(drums.confidence);
    let mut parts = Vec::new();
    if drums.four_on_the_floor > CLEAR {
        parts.push(format!("the kick {hedge}falls on every beat"));
    }
    if drums.backbeat > CLEAR {
        let beats = if beats_per_bar == 3 { "the second and third" } else { "the second and fourth" };
        parts.push(format!("the snare {hedge}falls on {beats}"));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(" In the drums, {}.", parts.join(" and "))
}

/// The parts in order, and where the energy goes.
fn form(analysis: &TrackAnalysis) -> Option<String> {
    let sections = &analysis.sections;
    if sections.len() < 3 {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for section in sections {
        let name =
            if section.label_confidence >= LIKELY { label_name(section.label) } else { "a further part" };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    let sure = sections.iter().map(|section| section.label_confidence).sum::<f32>() / sections.len() as f32;
    let verb = if sure >= SURE { "follows" } else { "seems to follow" };
    let is_told =
        |section: &&Section| section.label != SectionLabel::Other && section.label_confidence >= LIKELY;
    let is_named = sections.iter().filter(is_told).count() > 1;
    let mut text = if is_named {
        format!("The form {verb} {}.", names.join(" – "))
    } else {
        // A row of further parts would say no more than their number.
        format!("It falls into {} parts.", sections.len())
    };
    let loud = sections.iter().max_by(|a, b| a.loudness.0.total_cmp(&b.loudness.0))?;
    let quiet = sections.iter().min_by(|a, b| a.loudness.0.total_cmp(&b.loudness.0))?;
    if loud.loudness.0 - quiet.loudness.0 > 3.0 {
        text.push_str(&format!(" It is loudest {}, quietest {}.", place(loud), place(quiet)));
    }
    if let (Some(last), true) = (sections.last(), sections.len() > 3)
        && last.label == SectionLabel::Outro
        && last.loudness.0 < loud.loudness.0 - 4.0
    {
        text.push_str(" It ends in a quiet outro.");
    }
    Some(text)
}

fn place(section: &Section) -> String {
    if section.label_confidence >= LIKELY && section.label != SectionLabel::Other {
        format!("in the {} at {}", label_name(section.label), clock(section.start))
    } else {
        format!("at {}", clock(section.start))
    }
}

/// Who leads.
fn voice(analysis: &TrackAnalysis, measures: &Measures) -> String {
    let track = &analysis.track;
    if track.speechiness > 0.66 && track.speechiness_confidence > LIKELY {
        return "It is mostly spoken.".to_owned();
    }
    let often = match measures.lead {
        lead if lead > 0.75 => "leads almost throughout",
        lead if lead > 0.4 => "leads for about half of the time",
        lead if lead > 0.15 => "leads now and then",
        _ => return "No single voice leads for long.".to_owned(),
    };
    let names = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
    let note = measures.melody_pitch.round().clamp(0.0, 127.0) as usize;
    let reach = match measures.melody_range {
        range if range > 9.0 => "ranging widely",
        range if range > 4.0 => "moving within an octave or so",
        _ => "staying close",
    };
    format!("A melody {often}, around {}{}, {reach}.", names[note % 12], note / 12 - 1)
}

/// Loudness, colour and mood.
fn sound(analysis: &TrackAnalysis, measures: &Measures) -> String {
    let track = &analysis.track;
    let range = match measures.range_lu {
        range if range > 12.0 => "with wide dynamics",
        range if range > 6.0 => "with moderate dynamics",
        _ => "evenly loud",
    };
    let mut text = format!("It plays at {:.1} LUFS, {range}.", track.loudness.0);
    let mut words = Vec::new();
    if track.energy_confidence > LIKELY {
        words.extend(match track.energy {
            energy if energy > 0.8 => Some("intense"),
            energy if energy < 0.35 => Some("calm"),
            _ => None,
        });
    }
    if track.acousticness_confidence > LIKELY {
        words.extend(match track.acousticness {
            acousticness if acousticness > 0.7 => Some("acoustic"),
            acousticness if acousticness < 0.05 => Some("electric or electronic"),
            _ => None,
        });
    }
    if !words.is_empty() {
        text.push_str(&format!(" The sound is {}.", words.join(" and ")));
    }
    if track.valence_confidence >= 0.25 && !(0.25..=0.75).contains(&track.valence) {
        text.push_str(if track.valence > 0.5 {
            " The mood may be taken as bright."
        } else {
            " The mood may be taken as dark."
        });
    }
    text
}

fn hedge(confidence: f32) -> &'static str {
    if confidence >= SURE { "" } else { "probably " }
}

pub(crate) fn clock(seconds: Seconds) -> String {
    let whole = seconds.0.round().max(0.0) as u64;
    if whole >= 3_600 {
        format!("{}:{:02}:{:02}", whole / 3_600, whole / 60 % 60, whole % 60)
    } else {
        format!("{}:{:02}", whole / 60, whole % 60)
    }
}

fn label_name(label: SectionLabel) -> &'static str {
    match label {
        SectionLabel::Intro => "intro",
        SectionLabel::Verse => "verse",
        SectionLabel::PreChorus => "pre-chorus",
        SectionLabel::Chorus => "chorus",
        SectionLabel::Bridge => "bridge",
        SectionLabel::Solo => "solo",
        SectionLabel::Break => "break",
        SectionLabel::Outro => "outro",
        SectionLabel::Other => "a further part",
    }
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Major => "major",
        Mode::Minor => "minor",
    }
}
