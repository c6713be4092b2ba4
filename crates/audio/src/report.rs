//! The analysis in words: a page of plain English that says no more than the confidences support.
//!
//! Each confidence is a probability ([`crate::calibration`]), so one rule holds for every sentence: below [`SAID`] it is
//! left out, below [`SURE`] it is hedged.
//! What stands on something else, as bars on beats, is told only where that is told.

mod grounds;
mod harmony;
mod rhythm;
#[cfg(test)]
mod tests;

use music::analysis::{Section, SectionLabel, TrackAnalysis};
use music::key::{Mode, PitchClass};
use music::unit::Seconds;

pub(crate) use self::grounds::Grounds;
use self::grounds::Heard;
use crate::feature::Measures;

/// The confidence from which something is said with "probably": as likely as not.
const SAID: f32 = 0.5;
/// The confidence from which it is said outright: right in three of four cases.
const SURE: f32 = 0.75;

/// The page for one track.
pub(crate) fn report(analysis: &TrackAnalysis, grounds: &Grounds) -> String {
    let length = clock(analysis.duration);
    if analysis.segments.is_empty() || analysis.track.loudness.0 <= -70.0 {
        return format!("{length} of silence.");
    }
    let heard = Heard::of(analysis, grounds);
    let mut paragraphs = vec![if heard.speech {
        let hedge = hedge(analysis.track.speechiness_confidence);
        format!("{length} long. It is {hedge}spoken for the most part.")
    } else if heard.music() {
        format!("{length} long.{}", rhythm::sentences(analysis, grounds, heard))
    } else {
        format!("{length} long. Neither a pulse nor a key is sure enough to be told.")
    }];
    if heard.music() {
        paragraphs.extend(form(analysis));
        paragraphs.extend(harmony::paragraph(analysis, grounds, heard));
        paragraphs.extend(voice(&grounds.measures));
    }
    paragraphs.push(sound(analysis, &grounds.measures, heard));
    paragraphs.join("\n\n")
}

/// Makes nothing of a pulse and a metre where somebody speaks: there is a rhythm, and nobody taps to it.
pub(crate) fn hush_speech(analysis: &mut TrackAnalysis, grounds: &Grounds) {
    if !Heard::of(analysis, grounds).speech {
        return;
    }
    let rest = 1.0 - analysis.track.speechiness.clamp(0.0, 1.0);
    analysis.track.tempo_confidence *= rest;
    analysis.track.time_signature_confidence *= rest;
    let spans = analysis.tatums.iter_mut().chain(&mut analysis.beats).chain(&mut analysis.bars);
    spans.for_each(|span| span.confidence *= rest);
    analysis.drums.iter_mut().for_each(|drums| drums.confidence *= rest);
}

/// The parts in order, and where the energy goes.
fn form(analysis: &TrackAnalysis) -> Option<String> {
    let sections = &analysis.sections;
    // Where a track begins nothing has to be found.
    let found: f32 = sections.iter().skip(1).map(|section| section.confidence).sum();
    if sections.len() < 3 || found / ((sections.len() - 1) as f32) < SAID {
        return None;
    }
    let mut text =
        sequence(sections).unwrap_or_else(|| format!("It seems to fall into {}.", parts(sections)));
    let loud = sections.iter().max_by(|a, b| a.loudness.0.total_cmp(&b.loudness.0))?;
    let quiet = sections.iter().min_by(|a, b| a.loudness.0.total_cmp(&b.loudness.0))?;
    if loud.loudness.0 - quiet.loudness.0 > 3.0 {
        text.push_str(&format!(" It is loudest {}, quietest {}.", place(loud), place(quiet)));
    }
    let last = sections.last()?;
    if last.label == SectionLabel::Outro && is_named(last) && last.loudness.0 < loud.loudness.0 - 4.0 {
        text.push_str(" It ends in a quiet outro.");
    }
    Some(text)
}

/// The parts by their names, in order, where most have one and a song can be told from them.
fn sequence(sections: &[Section]) -> Option<String> {
    let named: Vec<&Section> = sections.iter().filter(|section| is_named(section)).collect();
    let mut names: Vec<&str> = Vec::new();
    for section in sections {
        let name = if is_named(section) { label_name(section.label) } else { "another part" };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    // What begins and ends says nothing of a form; a part between them must have a name.
    let is_of_a_song =
        |section: &&Section| !matches!(section.label, SectionLabel::Intro | SectionLabel::Outro);
    let is_told = named.iter().any(is_of_a_song) && 2 * named.len() > sections.len() && names.len() > 2;
    let sure = named.iter().map(|section| section.label_confidence).sum::<f32>() / named.len().max(1) as f32;
    let verb = if sure >= SURE { "follows" } else { "seems to follow" };
    is_told.then(|| format!("The form {verb} {}.", names.join(" – ")))
}

/// How many parts there are, and whether they begin or end like a song.
fn parts(sections: &[Section]) -> String {
    const COUNTS: [&str; 7] = ["three", "four", "five", "six", "seven", "eight", "nine"];
    let count = COUNTS.get(sections.len().wrapping_sub(3)).copied();
    let count = count.map_or_else(|| sections.len().to_string(), str::to_owned);
    let is = |section: Option<&Section>, label| {
        section.is_some_and(|section| section.label == label && is_named(section))
    };
    let has_intro = is(sections.first(), SectionLabel::Intro);
    let has_outro = is(sections.last(), SectionLabel::Outro);
    let ends = match (has_intro, has_outro) {
        (true, true) => ", of which the first leads in and the last leads out",
        (true, false) => ", of which the first leads in",
        (false, true) => ", of which the last leads out",
        (false, false) => "",
    };
    format!("{count} parts{ends}")
}

/// Whether a part is called by its name.
fn is_named(section: &Section) -> bool {
    section.label_confidence >= SAID && section.label != SectionLabel::Other
}

fn place(section: &Section) -> String {
    if is_named(section) {
        format!("in the {} at {}", label_name(section.label), clock(section.start))
    } else {
        format!("at {}", clock(section.start))
    }
}

/// Who leads; nothing where what is heard has no pitch to lead with.
fn voice(measures: &Measures) -> Option<String> {
    if measures.tonality() < SAID {
        return None;
    }
    let often = match measures.lead {
        lead if lead > 0.75 => "leads almost throughout",
        lead if lead > 0.4 => "leads for about half of the time",
        lead if lead > 0.15 => "leads now and then",
        _ => return Some("No single voice leads for long.".to_owned()),
    };
    let note = measures.melody_pitch.round().clamp(12.0, 127.0) as i32;
    let reach = match measures.melody_range {
        range if range > 9.0 => "ranging widely",
        range if range > 4.0 => "moving within an octave or so",
        _ => "staying close",
    };
    Some(format!("A melody {often}, around {}{}, {reach}.", PitchClass::above_c(note).name(), note / 12 - 1))
}

/// Loudness, which is measured, and of music its colour and mood.
fn sound(analysis: &TrackAnalysis, measures: &Measures, heard: Heard) -> String {
    let track = &analysis.track;
    let range = match measures.range_lu {
        range if range > 12.0 => "with wide dynamics",
        range if range > 6.0 => "with moderate dynamics",
        _ => "evenly loud",
    };
    let mut text = format!("It plays at {:.1} LUFS, {range}.", track.loudness.0);
    if !heard.music() {
        return text;
    }
    let mut words = Vec::new();
    if track.energy_confidence >= SAID {
        words.extend(match track.energy {
            energy if energy > 0.8 => Some("intense"),
            energy if energy < 0.35 => Some("calm"),
            _ => None,
        });
    }
    if track.acousticness_confidence >= SAID {
        words.extend(match track.acousticness {
            acousticness if acousticness > 0.7 => Some("acoustic"),
            acousticness if acousticness < 0.05 => Some("electric or electronic"),
            _ => None,
        });
    }
    if !words.is_empty() {
        text.push_str(&format!(" It comes across as {}.", words.join(" and ")));
    }
    if track.valence_confidence >= SAID && !(0.25..=0.75).contains(&track.valence) {
        let mood = if track.valence > 0.5 { "bright" } else { "dark" };
        text.push_str(&format!(" The mood may be taken as {mood}."));
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
        SectionLabel::Other => "another part",
    }
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Major => "major",
        Mode::Minor => "minor",
    }
}
