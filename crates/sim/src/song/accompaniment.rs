//! Bass and chords.

use music::analysis::SectionLabel;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::arrangement::{Note, Plan};
use super::harmony::voicing;
use super::style::Instrument;
use crate::chance::{happens, normal};

/// The lowest note of the bass: the low E of its instrument.
const BASS_LOWEST: u8 = 28;
/// About where the hands are.
const CHORD_MIDDLE: u8 = 60;

/// The bass line, in order.
pub(super) fn bass(plan: &Plan<'_>, rng: &mut ChaCha8Rng) -> Vec<Note> {
    let habits = plan.habits;
    let mut notes = Vec::new();
    let length = rng.random_range(0.7..0.95);
    for section in plan.sections {
        let is_silent = section.label == SectionLabel::Break
            || (section.label == SectionLabel::Intro && section.fullness < 0.3);
        if is_silent {
            continue;
        }
        let pattern = habits.bass[usize::from(section.fullness > 0.55)];
        for bar in section.first_bar..section.first_bar + section.bar_count {
            let marks: Vec<(usize, char)> =
                pattern.chars().enumerate().filter(|(_, letter)| *letter != '.').collect();
            for (place, &(step, letter)) in marks.iter().enumerate() {
                let next = marks.get(place + 1).map_or(pattern.len(), |next| next.0);
                let beat = plan.beat_of(bar) + step as f64 / habits.division as f64;
                let end = plan.beat_of(bar) + next as f64 / habits.division as f64;
                let pitch =
                    if letter == 'w' { walking(plan, beat, rng) } else { interval(plan, beat, letter) };
                let start = plan.played(beat, rng);
                let until = plan.clock.seconds(end.min(plan.clock.beat_count() as f64));
                notes.push(Note {
                    start,
                    end: start + (until - start).max(0.05) * length,
                    pitch,
                    velocity: (0.75 + normal(rng, 0.0, 0.06)).clamp(0.4, 1.0),
                });
            }
        }
    }
    notes
}

/// A figure of the pattern above the root; on the first place of a chord its own bass.
fn interval(plan: &Plan<'_>, beat: f64, letter: char) -> u8 {
    let span = plan.chord_at(beat);
    let tones = span.chord.quality.tones();
    let above = match letter {
        '3' => tones[1],
        '5' => tones[2],
        '8' => 12,
        _ => span.chord.bass,
    };
    low(span.chord.root) + above
}

/// From the root by chord tones towards the next root, with a step from a semitone away.
fn walking(plan: &Plan<'_>, beat: f64, rng: &mut ChaCha8Rng) -> u8 {
    let span = plan.chord_at(beat);
    let next = plan.chord_at(beat + 1.0);
    let root = low(span.chord.root);
    if (beat - span.start).abs() < 1e-6 {
        return root;
    }
    if next.start > beat {
        let target = low(next.chord.root);
        return if happens(rng, 0.5) { target + 1 } else { (target - 1).max(BASS_LOWEST) };
    }
    let tones = span.chord.quality.tones();
    root + tones[rng.random_range(1..tones.len())]
}

/// The root in the lowest octave of the bass.
const fn low(root: u8) -> u8 {
    BASS_LOWEST + (root + 12 - BASS_LOWEST % 12) % 12
}

/// The accompaniment, and a second one where it is full.
pub(super) fn write(plan: &Plan<'_>, rng: &mut ChaCha8Rng) -> [(Instrument, Vec<Note>); 2] {
    let all = plan.habits.accompaniment;
    let first = all[rng.random_range(0..all.len())];
    let second = all[rng.random_range(0..all.len())];
    let (mut main, mut other) = (Vec::new(), Vec::new());
    let (mut hand, mut other_hand) = (Vec::new(), Vec::new());
    for section in plan.sections.iter().filter(|section| section.has_chords) {
        let pattern = plan.habits.chords[usize::from(section.fullness > 0.55)];
        for bar in section.first_bar..section.first_bar + section.bar_count {
            write_bar(plan, first, bar, pattern, &mut hand, &mut main, rng);
            if section.fullness > 0.8 && second != first {
                write_long(plan, bar, &mut other_hand, &mut other, rng);
            }
        }
    }
    main.sort_by(|a: &Note, b| a.start.total_cmp(&b.start));
    [(first, main), (second, other)]
}

#[expect(clippy::too_many_arguments, reason = "a bar is written from all that holds in it")]
fn write_bar(
    plan: &Plan<'_>,
    instrument: Instrument,
    bar: usize,
    pattern: &str,
    hand: &mut Vec<u8>,
    notes: &mut Vec<Note>,
    rng: &mut ChaCha8Rng,
) {
    let habits = plan.habits;
    let sustains = matches!(instrument, Instrument::Pad | Instrument::Strings | Instrument::Organ);
    let marks: Vec<(usize, char)> =
        pattern.chars().enumerate().filter(|(_, letter)| *letter != '.').collect();
    let mut turn = 0;
    for (place, &(step, letter)) in marks.iter().enumerate() {
        let beat = plan.beat_of(bar) + step as f64 / habits.division as f64;
        let next = marks.get(place + 1).map_or(pattern.len(), |next| next.0);
        let end = plan.beat_of(bar) + next as f64 / habits.division as f64;
        let span = plan.chord_at(beat);
        let voiced = voicing(span.chord, hand, CHORD_MIDDLE);
        let start = plan.played(beat, rng);
        let until = plan.clock.seconds(end.min(span.end.max(beat + 0.25)));
        let length = (until - start).max(0.06) * if sustains { 0.98 } else { 0.9 };
        let loud = if letter == 'X' { 0.8 } else { 0.62 };
        let mut add = |pitch: u8, late: f64, velocity: f32, length: f64| {
            notes.push(Note {
                start: start + late,
                end: start + late + length,
                pitch,
                velocity: velocity.clamp(0.15, 1.0),
            });
        };
        if letter == 'a' {
            turn += 1;
            let pitch = voiced[turn % voiced.len()] + if turn % 5 == 4 { 12 } else { 0 };
            add(pitch, 0.0, 0.55 + normal(rng, 0.0, 0.06), length * 1.8);
        } else {
            let strummed = matches!(
                instrument,
                Instrument::AcousticGuitar | Instrument::CleanGuitar | Instrument::DistortedGuitar
            );
            let gap = if strummed { rng.random_range(0.006..0.016) } else { 0.001 };
            let power = instrument == Instrument::DistortedGuitar;
            for (string, &pitch) in voiced.iter().enumerate() {
                let velocity = loud + normal(rng, 0.0, 0.05);
                add(
                    if power { pitch.saturating_sub(5).max(45) } else { pitch },
                    gap * string as f64,
                    velocity,
                    length,
                );
            }
            if strummed {
                add(voiced[0] + 12, gap * voiced.len() as f64, loud - 0.1, length);
            }
        }
        *hand = voiced;
    }
}

/// Each chord held for as long as it lasts in the bar.
fn write_long(plan: &Plan<'_>, bar: usize, hand: &mut Vec<u8>, notes: &mut Vec<Note>, rng: &mut ChaCha8Rng) {
    let (mut beat, end) = (plan.beat_of(bar), plan.beat_of(bar + 1));
    while beat < end - 1e-6 {
        let span = plan.chord_at(beat);
        let until = span.end.min(end);
        let voiced = voicing(span.chord, hand, CHORD_MIDDLE + 7);
        let (start, stop) = (plan.played(beat, rng), plan.clock.seconds(until));
        for &pitch in &voiced {
            notes.push(Note { start, end: stop.max(start + 0.1), pitch, velocity: 0.5 });
        }
        *hand = voiced;
        beat = until.max(beat + 0.25);
    }
}
