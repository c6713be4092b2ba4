//! Key, chords and tuning in words.

use std::collections::BTreeMap;

use music::analysis::TrackAnalysis;
use music::key::{Mode, PitchClass};

use super::{LIKELY, hedge, mode_name};
use crate::feature::Measures;

/// Chords of a progression.
const LOOP_LEN: usize = 4;

pub(super) fn paragraph(analysis: &TrackAnalysis, measures: &Measures) -> Option<String> {
    let track = &analysis.track;
    if track.key_confidence < LIKELY {
        return None;
    }
    let hedged = hedge(track.key_confidence.min(track.mode_confidence + 0.2));
    let mut text = format!("The key is {hedged}{} {}.", track.key.name(), mode_name(track.mode));
    let sure = analysis.chords.iter().map(|chord| chord.confidence).sum::<f32>();
    if analysis.chords.len() >= 8 && sure / analysis.chords.len() as f32 > LIKELY {
        if let Some((names, count)) = usual_loop(analysis) {
            text.push_str(&format!(" The chords come back to {} ({count} times).", names.join(" – ")));
        }
        text.push_str(match measures.chord_changes {
            changes if changes > 0.6 => " The harmony moves with almost every beat.",
            changes if changes < 0.12 => " The harmony moves slowly.",
            _ => "",
        });
    }
    if let Some(away) = modulation(analysis) {
        text.push_str(&away);
    }
    if measures.tuning_cents.abs() > 15.0 {
        let hertz = 440.0 * 2.0_f32.powf(measures.tuning_cents / 1_200.0);
        text.push_str(&format!(" It is tuned to about A = {hertz:.0} Hz."));
    }
    Some(text)
}

/// The four chords that follow each other most often, as degrees of the key, and how often they do.
fn usual_loop(analysis: &TrackAnalysis) -> Option<(Vec<String>, usize)> {
    let degrees: Vec<String> = analysis
        .chords
        .iter()
        .filter_map(|chord| degree(&chord.label, analysis.track.key, analysis.track.mode))
        .collect();
    let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
    for window in degrees.windows(LOOP_LEN) {
        *counts.entry(window).or_default() += 1;
    }
    let (names, count) =
        counts.into_iter().max_by_key(|(names, count)| (*count, std::cmp::Reverse(*names)))?;
    (count >= 3).then(|| (names.to_vec(), count))
}

/// The degree of a chord in a key: `vi` for A minor in C major.
fn degree(label: &str, tonic: PitchClass, mode: Mode) -> Option<String> {
    const ROOTS: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
    const MAJOR: [&str; 12] = ["I", "♭II", "II", "♭III", "III", "IV", "♯IV", "V", "♭VI", "VI", "♭VII", "VII"];
    const MINOR: [&str; 12] = ["I", "♭II", "II", "III", "♯III", "IV", "♯IV", "V", "VI", "♯VI", "VII", "♯VII"];
    let (root, quality) = label.split_once(':')?;
    let root = ROOTS.iter().position(|name| *name == root)?;
    let steps = (root + 12 - usize::from(tonic.get())) % 12;
    let name = match mode {
        Mode::Major => MAJOR[steps],
        Mode::Minor => MINOR[steps],
    };
    Some(if quality == "min" { name.to_lowercase() } else { name.to_owned() })
}

/// Tells of a last part in another key than the first, when it lies a step or two higher: the kind that is surely heard.
fn modulation(analysis: &TrackAnalysis) -> Option<String> {
    let (first, last) = (
        analysis.sections.iter().find(|section| section.duration.0 > 15.0)?,
        analysis.sections.iter().rfind(|section| section.duration.0 > 15.0)?,
    );
    let steps = (12 + last.key.get() - first.key.get()) % 12;
    let is_lift = first.mode == last.mode && (steps == 1 || steps == 2);
    is_lift.then(|| {
        format!(" It seems to lift to {} {} towards the end.", last.key.name(), mode_name(last.mode))
    })
}
