//! Tempo, metre, feel and drums in words.

use music::analysis::{Drums, TrackAnalysis};

use super::grounds::{Grounds, Heard};
use super::{SAID, hedge};

/// The share from which a pattern is called by its name.
const CLEAR: f32 = 0.6;
/// The part of what begins between beats that must lie on their parts before the parts are told.
const DIVIDED: f32 = 0.7;
/// The ratio of both halves of a beat from which it is called swung.
const SWUNG: f32 = 1.3;

/// What is told of the rhythm, each sentence with a space before it.
pub(super) fn sentences(analysis: &TrackAnalysis, grounds: &Grounds, heard: Heard) -> String {
    let track = &analysis.track;
    if !heard.pulse {
        return " No steady pulse is heard.".to_owned();
    }
    let mut text = format!(" The pulse is {}{:.0} BPM", hedge(track.tempo_confidence), track.tempo.0);
    text.push_str(match grounds.measures.steadiness {
        steadiness if steadiness > 0.9 => " and holds throughout",
        steadiness if steadiness > 0.6 => " with some give and take",
        _ => ", though it wanders",
    });
    if track.time_signature_confidence >= SAID {
        let hedge = hedge(track.time_signature_confidence);
        let metre = if is_compound(analysis) {
            "two beats of three to the bar".to_owned()
        } else {
            format!("{} beats to the bar", track.time_signature)
        };
        text.push_str(&format!(", {hedge}{metre}"));
    }
    text.push('.');
    if heard.firm_pulse && grounds.division.confidence >= DIVIDED {
        text.push_str(&parts(grounds));
    }
    if let Some(drums) = &analysis.drums {
        text.push_str(&drumming(drums, track.time_signature));
    }
    if heard.firm_pulse && track.danceability_confidence >= SAID && track.danceability > 0.75 {
        text.push_str(" It should be easy to dance to.");
    }
    text
}

/// Whether the six of 6/8 are two beats of three.
fn is_compound(analysis: &TrackAnalysis) -> bool {
    analysis.track.time_signature == 6 && analysis.beats.len() < 4 * analysis.bars.len()
}

/// Into what the beats fall.
fn parts(grounds: &Grounds) -> String {
    let division = &grounds.division;
    if division.swing > SWUNG {
        return format!(" The off-beats swing at about {:.1} to 1.", division.swing);
    }
    match division.parts {
        3 => " Beats fall into three.".to_owned(),
        4 => " Beats fall into four.".to_owned(),
        _ => String::new(),
    }
}

/// What the drums repeat, where somebody surely drums and repeats something.
fn drumming(drums: &Drums, beats_per_bar: u8) -> String {
    if drums.confidence < SAID {
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
