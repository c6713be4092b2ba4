//! The drums: patterns, ghost notes, and a fill where a section ends.

use music::analysis::SectionLabel;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::arrangement::{Drum, Plan, Stroke};
use super::form::Section;
use super::style::{FormKind, Kit};
use crate::chance::{happens, normal};

/// Every stroke of the song, in order.
pub(super) fn write(plan: &Plan<'_>, rng: &mut ChaCha8Rng) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    // A drummer lays some drums back a little, the same through the whole song.
    let lag = f64::from(normal(rng, 0.003, 0.5 * plan.habits.looseness));
    let rides = happens(rng, 0.5);
    for (place, section) in plan.sections.iter().enumerate() {
        if !section.has_drums {
            continue;
        }
        for bar in section.first_bar..section.first_bar + section.bar_count {
            let is_last = bar + 1 == section.first_bar + section.bar_count;
            let fills = is_last && place + 1 < plan.sections.len() && happens(rng, 0.75);
            let first_of_fill = if fills { fill_start(plan, rng) } else { usize::MAX };
            write_bar(plan, section, bar, first_of_fill, rides, lag, &mut strokes, rng);
            if fills {
                write_fill(plan, bar, first_of_fill, &mut strokes, rng);
            }
        }
        let accents = !matches!(plan.habits.kit, Kit::Hand | Kit::Brushes) && section.fullness > 0.4;
        if accents && section.first_bar > 0 && happens(rng, 0.85) {
            let time = plan.played(plan.beat_of(section.first_bar), rng);
            strokes.push(Stroke { time, drum: Drum::Crash, velocity: rng.random_range(0.5..0.9) });
        }
    }
    strokes.sort_by(|a, b| a.time.total_cmp(&b.time));
    strokes
}

#[expect(clippy::too_many_arguments, reason = "a bar is written from all that holds in it")]
fn write_bar(
    plan: &Plan<'_>,
    section: &Section,
    bar: usize,
    step_end: usize,
    rides: bool,
    lag: f64,
    strokes: &mut Vec<Stroke>,
    rng: &mut ChaCha8Rng,
) {
    let habits = plan.habits;
    let full = usize::from(section.fullness > 0.55);
    let thin = section.fullness < 0.3 && habits.form != FormKind::Dance;
    let is_chorus = section.label == SectionLabel::Chorus || section.label == SectionLabel::Solo;
    let hand = match (habits.kit, rides && is_chorus) {
        (Kit::Hand, _) => Drum::Shaker,
        (Kit::Brushes, _) => Drum::Ride,
        (Kit::Acoustic, true) => Drum::Ride,
        _ => Drum::ClosedHat,
    };
    let back = match habits.kit {
        Kit::Acoustic => {
            if full == 1 || habits.division != 4 {
                Drum::Snare
            } else {
                [Drum::Snare, Drum::Rim][usize::from(lag > 0.004)]
            }
        }
        Kit::Electronic => [Drum::Snare, Drum::Clap][usize::from(lag > 0.002)],
        Kit::Brushes => Drum::Brush,
        Kit::Hand => Drum::Rim,
    };
    let rows = [
        (habits.kick[full], Drum::Kick, 0.0),
        (habits.snare[full], back, lag),
        (habits.hat[full], hand, 0.0),
    ];
    for (pattern, drum, late) in rows {
        if thin && drum != hand {
            continue;
        }
        for (step, letter) in pattern.chars().enumerate().take_while(|(step, _)| *step < step_end) {
            let Some(velocity) = velocity(letter, rng) else { continue };
            // Nobody plays every soft note, and some play one more.
            if letter == 'o' && happens(rng, 0.15) {
                continue;
            }
            let beat = plan.beat_of(bar) + step as f64 / habits.division as f64;
            let opens = drum == Drum::ClosedHat
                && full == 1
                && is_offbeat_end(step, pattern.len())
                && happens(rng, 0.3);
            let drum =
                if opens || (drum == Drum::ClosedHat && letter == 'X' && habits.form == FormKind::Dance) {
                    Drum::OpenHat
                } else {
                    drum
                };
            strokes.push(Stroke { time: plan.played(beat, rng) + late, drum, velocity });
        }
    }
}

fn is_offbeat_end(step: usize, steps: usize) -> bool {
    step + 2 == steps
}

fn velocity(letter: char, rng: &mut ChaCha8Rng) -> Option<f32> {
    let usual = match letter {
        'X' => 0.95,
        'x' => 0.7,
        'o' => 0.35,
        _ => return None,
    };
    Some((usual + normal(rng, 0.0, 0.07)).clamp(0.08, 1.0))
}

/// From which step of the bar on a fill replaces the pattern.
fn fill_start(plan: &Plan<'_>, rng: &mut ChaCha8Rng) -> usize {
    let habits = plan.habits;
    let beats = rng.random_range(1..=2).min(habits.beats_per_bar);
    (habits.beats_per_bar - beats) * habits.division
}

fn write_fill(plan: &Plan<'_>, bar: usize, first: usize, strokes: &mut Vec<Stroke>, rng: &mut ChaCha8Rng) {
    let habits = plan.habits;
    let steps = habits.beats_per_bar * habits.division;
    for step in first..steps {
        if !happens(rng, 0.8) {
            continue;
        }
        let share = (step - first) as f32 / (steps - first) as f32;
        let drum = match habits.kit {
            Kit::Hand => Drum::Shaker,
            Kit::Brushes => Drum::Brush,
            _ if share < 0.35 => Drum::Snare,
            _ if share < 0.7 => Drum::HighTom,
            _ => Drum::LowTom,
        };
        let beat = plan.beat_of(bar) + step as f64 / habits.division as f64;
        let velocity = (0.5 + 0.35 * share + normal(rng, 0.0, 0.1)).clamp(0.2, 1.0);
        strokes.push(Stroke { time: plan.played(beat, rng), drum, velocity });
    }
}
