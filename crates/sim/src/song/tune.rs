//! Tunes: short ideas that come back, sung in verses and choruses, played in solos and introductions.

use std::collections::BTreeMap;

use music::analysis::SectionLabel;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::arrangement::{Note, Plan};
use super::form::{Leading, Section};
use super::harmony::SongKey;
use super::style::Instrument;
use crate::chance::{happens, normal};

/// How many bars an idea has.
const IDEA_BARS: usize = 2;
/// The same idea makes a phrase of this many bars, and the last part of it is another.
const PHRASE_BARS: usize = 8;

/// One note of an idea.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// In beats from the start of the idea.
    start: f64,
    length: f64,
    /// How far up or down the scale from the note before.
    leap: i8,
}

/// What the instrument plays, and what is sung.
pub(super) fn write(
    plan: &Plan<'_>,
    key: SongKey,
    rng: &mut ChaCha8Rng,
) -> ((Instrument, Vec<Note>), Vec<Note>) {
    let all = plan.habits.lead;
    let instrument = all[rng.random_range(0..all.len())];
    // Low and high voices.
    let voice_middle = if happens(rng, 0.5) { rng.random_range(55..61) } else { rng.random_range(63..70) };
    let lead_middle = rng.random_range(67..76);
    let (mut lead, mut voice) = (Vec::new(), Vec::new());
    let mut tunes: BTreeMap<SectionLabel, [Vec<Step>; 2]> = BTreeMap::new();
    for section in plan.sections {
        let (notes, middle) = match section.lead {
            Leading::Nobody => continue,
            Leading::Voice => (&mut voice, voice_middle),
            Leading::Instrument => (&mut lead, lead_middle),
        };
        let is_high = matches!(section.label, SectionLabel::Chorus | SectionLabel::Solo);
        let ideas = if section.label == SectionLabel::Solo {
            // Nobody plays a solo twice.
            [idea(plan, 0.75, rng), idea(plan, 0.85, rng)]
        } else {
            let density = if is_high { 0.5 } else { 0.6 };
            tunes
                .entry(section.label)
                .or_insert_with(|| [idea(plan, density, rng), idea(plan, density, rng)])
                .clone()
        };
        let middle = middle + if is_high { 4 } else { 0 };
        sing(plan, section, key.shifted(section.shift), middle, &ideas, notes, rng);
    }
    ((instrument, lead), voice)
}

/// An idea: which of the eighths of two bars have a note, and how the line goes.
fn idea(plan: &Plan<'_>, density: f32, rng: &mut ChaCha8Rng) -> Vec<Step> {
    let habits = plan.habits;
    let grid = if habits.division == 3 { 3 } else { 2 };
    let slots = IDEA_BARS * habits.beats_per_bar * grid;
    let mut starts = Vec::new();
    for slot in 0..slots {
        let on_beat = slot % grid == 0;
        // The end of an idea is for breathing.
        let breathes = slot * 8 >= slots * 7;
        let weight = if on_beat { 1.2 } else { 0.75 } * if breathes { 0.3 } else { 1.0 };
        if happens(rng, density * weight) {
            starts.push(slot as f64 / grid as f64);
        }
    }
    if starts.is_empty() {
        starts.push(0.0);
    }
    let end = slots as f64 / grid as f64;
    let mut steps = Vec::with_capacity(starts.len());
    for (place, &start) in starts.iter().enumerate() {
        let next = starts.get(place + 1).copied().unwrap_or(end - 0.5);
        let longest = if happens(rng, 0.25) { 0.75 } else { 2.0 };
        let leap = match rng.random::<f32>() {
            u if u < 0.18 => 0,
            u if u < 0.75 => {
                if happens(rng, 0.5) {
                    1
                } else {
                    -1
                }
            }
            u if u < 0.92 => {
                if happens(rng, 0.5) {
                    2
                } else {
                    -2
                }
            }
            _ => {
                if happens(rng, 0.5) {
                    4
                } else {
                    -3
                }
            }
        };
        steps.push(Step { start, length: (next - start).clamp(0.2, longest), leap });
    }
    steps
}

#[expect(clippy::too_many_arguments, reason = "a line is written from all that holds in its section")]
fn sing(
    plan: &Plan<'_>,
    section: &Section,
    key: SongKey,
    middle: u8,
    ideas: &[Vec<Step>; 2],
    notes: &mut Vec<Note>,
    rng: &mut ChaCha8Rng,
) {
    for first in (0..section.bar_count).step_by(IDEA_BARS) {
        let is_answer = first % PHRASE_BARS >= PHRASE_BARS - IDEA_BARS;
        let mut pitch = i32::from(middle);
        for step in &ideas[usize::from(is_answer)] {
            let beat = plan.beat_of(section.first_bar + first) + step.start;
            if beat >= plan.beat_of(section.first_bar + section.bar_count) {
                continue;
            }
            let span = plan.chord_at(beat);
            let is_strong = step.start.fract() == 0.0 && (step.length >= 0.9 || step.start == 0.0);
            pitch = along_scale(pitch, step.leap, key);
            // A line that has gone far comes back.
            if (pitch - i32::from(middle)).abs() > 9 {
                pitch += if pitch > i32::from(middle) { -12 } else { 12 };
            }
            if is_strong {
                pitch = nearest(pitch, |class| span.chord.notes().any(|note| note == class));
            }
            let start = plan.played(beat, rng);
            let until = plan.clock.seconds((beat + step.length).min(plan.clock.beat_count() as f64));
            let end = start + (until - start).max(0.09) * 0.93;
            let velocity = (0.72 + normal(rng, 0.0, 0.08)).clamp(0.4, 1.0);
            if let Some(before) = notes.last_mut() {
                let before: &mut Note = before;
                before.end = before.end.min(start - 0.005).max(before.start + 0.02);
            }
            notes.push(Note { start, end, pitch: pitch as u8, velocity });
        }
    }
}

/// So many steps of the scale up or down.
fn along_scale(pitch: i32, steps: i8, key: SongKey) -> i32 {
    let is_in = |pitch: i32| {
        let above = (pitch - i32::from(key.tonic)).rem_euclid(12);
        key.scale().iter().any(|&note| i32::from(note) == above)
    };
    let mut pitch = nearest(pitch, |class| is_in(i32::from(class)));
    for _ in 0..steps.abs() {
        pitch += i32::from(steps.signum());
        while !is_in(pitch) {
            pitch += i32::from(steps.signum());
        }
    }
    pitch
}

/// The nearest pitch whose class is welcome, the lower of two.
fn nearest(pitch: i32, is_welcome: impl Fn(u8) -> bool) -> i32 {
    let candidates = (0..12).flat_map(|off| [pitch - off, pitch + off]);
    candidates.into_iter().find(|candidate| is_welcome(candidate.rem_euclid(12) as u8)).unwrap_or(pitch)
}
