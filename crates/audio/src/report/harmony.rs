//! Key, chords and tuning in words.

use std::collections::BTreeMap;

use music::analysis::TrackAnalysis;
use music::key::{Mode, PitchClass};

use super::grounds::{Grounds, Heard};
use super::{SAID, SURE, clock, hedge, mode_name};

/// Chords of a progression.
const LOOP_LEN: usize = 4;
/// How much better a lifted harmony must fit than the plain one before the lift is told, as a difference of correlations;
/// tuned on 29 November 2026 on composed songs of seeds 103 and 104.
const LIFTED: f32 = 0.3;
/// How far from A = 440 Hz music is tuned elsewhere, in cents.
const TUNED_ELSEWHERE: f32 = 15.0;

pub(super) fn paragraph(analysis: &TrackAnalysis, grounds: &Grounds, heard: Heard) -> Option<String> {
    let (track, measures) = (&analysis.track, &grounds.measures);
    if !heard.key {
        return None;
    }
    let mut text = if track.mode_confidence >= SAID {
        let hedge = hedge(track.key_confidence.min(track.mode_confidence));
        format!("The key is {hedge}{} {}.", track.key.name(), mode_name(track.mode))
    } else {
        format!("The keynote is {}{}.", hedge(track.key_confidence), track.key.name())
    };
    let sure = analysis.chords.iter().map(|chord| chord.confidence).sum::<f32>();
    if analysis.chords.len() >= 8 && sure / analysis.chords.len() as f32 >= SAID {
        if let Some((names, count)) = usual_loop(analysis).filter(|_| track.mode_confidence >= SAID) {
            text.push_str(&format!(" The chords come back to {} ({count} times).", names.join(" – ")));
        }
        text.push_str(match measures.chord_changes {
            _ if !heard.firm_pulse => "",
            changes if changes > 0.6 => " The harmony moves with almost every beat.",
            changes if changes < 0.12 => " The harmony moves slowly.",
            _ => "",
        });
    }
    if let Some(lift) = grounds.lift.filter(|lift| lift.margin > LIFTED && track.key_confidence >= SURE) {
        let steps = if lift.steps == 1 { "a semitone" } else { "a whole tone" };
        text.push_str(&format!(
            " From {} it seems to lie {steps} higher.",
            clock(music::unit::Seconds(lift.start))
        ));
    }
    if measures.tuning_cents.abs() > TUNED_ELSEWHERE && track.key_confidence >= SURE {
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
    const MAJOR: [&str; 12] = ["I", "♭II", "II", "♭III", "III", "IV", "♯IV", "V", "♭VI", "VI", "♭VII", "VII"];
    const MINOR: [&str; 12] = ["I", "♭II", "II", "III", "♯III", "IV", "♯IV", "V", "VI", "♯VI", "VII", "♯VII"];
    let (root, quality) = label.split_once(':')?;
    let (root, _) = PitchClass::read(root)?;
    let steps = usize::from((root.get() + 12 - tonic.get()) % 12);
    let name = match mode {
        Mode::Major => MAJOR[steps],
        Mode::Minor => MINOR[steps],
    };
    Some(if quality == "min" { name.to_lowercase() } else { name.to_owned() })
}
