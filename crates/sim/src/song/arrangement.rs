//! The whole score: who plays which note when, and what holds at which time.

use music::analysis::SectionLabel;
use music::key::Mode;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::clock::Clock;
use super::form::{Section, form};
use super::harmony::{Chord, Progression, SongKey, progression};
use super::style::{Habits, Instrument, SongStyle};
use super::{accompaniment, drums, tune};
use crate::chance::{Purpose, happens, normal, stream};

/// A note of a pitched instrument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Note {
    /// In seconds.
    pub(super) start: f64,
    pub(super) end: f64,
    /// In semitones, 69 for the A of 440 Hz.
    pub(super) pitch: u8,
    /// 0 to 1.
    pub(super) velocity: f32,
}

/// A drum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Drum {
    Kick,
    Snare,
    Clap,
    Rim,
    ClosedHat,
    OpenHat,
    Ride,
    Crash,
    HighTom,
    LowTom,
    Brush,
    Shaker,
}

/// A stroke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) time: f64,
    pub(super) drum: Drum,
    pub(super) velocity: f32,
}

/// A chord with its place in the score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ChordSpan {
    /// In beats.
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) chord: Chord,
    /// The key that holds.
    pub(super) key: SongKey,
}

/// A song as it is played.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    pub(super) seed: u64,
    pub(super) style: SongStyle,
    pub(super) clock: Clock,
    pub(super) key: SongKey,
    pub(super) sections: Vec<Section>,
    pub(super) chords: Vec<ChordSpan>,
    pub(super) strokes: Vec<Stroke>,
    pub(super) bass: Vec<Note>,
    /// The accompaniment, and a second one that joins where it is full.
    pub(super) accompaniment: [(Instrument, Vec<Note>); 2],
    pub(super) lead: (Instrument, Vec<Note>),
    pub(super) voice: Vec<Note>,
    /// How far the whole is from A = 440 Hz.
    pub(super) tuning_cents: f32,
    /// When it has faded out, where it does.
    pub(super) fade: Option<[f64; 2]>,
    /// How long it plays, in seconds.
    pub(super) duration: f64,
}

/// What those who write parts need to know.
pub(super) struct Plan<'p> {
    pub(super) habits: &'static Habits,
    pub(super) clock: &'p Clock,
    pub(super) sections: &'p [Section],
    pub(super) chords: &'p [ChordSpan],
}

impl Plan<'_> {
    /// The chord at a place, in beats.
    pub(super) fn chord_at(&self, beat: f64) -> ChordSpan {
        let index = self.chords.partition_point(|span| span.start <= beat + 1e-9);
        self.chords[index.saturating_sub(1)]
    }

    /// The first beat of a bar.
    pub(super) fn beat_of(&self, bar: usize) -> f64 {
        (bar * self.habits.beats_per_bar) as f64
    }

    /// When a player plays what stands at `beat`.
    pub(super) fn played(&self, beat: f64, rng: &mut ChaCha8Rng) -> f64 {
        let off = normal(rng, 0.0, self.habits.looseness).clamp(-0.025, 0.025);
        (self.clock.seconds(beat) + f64::from(off)).max(0.0)
    }
}

/// Writes a song.
pub(super) fn arrange(seed: u64, style: SongStyle, bar_count_max: usize) -> Arrangement {
    let habits = style.habits();
    let rng = &mut stream(seed, Purpose::Song, style as u64);
    let mode = if happens(rng, habits.minor) { Mode::Minor } else { Mode::Major };
    let key = SongKey { tonic: rng.random_range(0..12), mode };
    let tempo = rng.random_range(habits.tempo[0]..habits.tempo[1]);
    let may_shift = habits.drift > 0.0;
    let mut sections = form(habits.form, may_shift, rng);
    cut(&mut sections, bar_count_max);
    let bar_count = sections.last().map_or(0, |section| section.first_bar + section.bar_count);
    let lead_in = rng.random_range(0.05..0.8);
    let clock = Clock::new(habits, tempo, lead_in, bar_count * habits.beats_per_bar, rng);
    let chords = harmonise(habits, key, &sections, rng);
    let plan = Plan { habits, clock: &clock, sections: &sections, chords: &chords };
    // Every part has a stream of its own, so that a change of one leaves the others alone.
    let part = |index: u64| stream(seed, Purpose::Song, 1000 + 100 * index + style as u64);
    let strokes = drums::write(&plan, &mut part(1));
    let bass = accompaniment::bass(&plan, &mut part(2));
    let accompaniment = accompaniment::write(&plan, &mut part(3));
    let (lead, voice) = tune::write(&plan, key, &mut part(4));
    let end = clock.seconds(clock.beat_count() as f64);
    let fades = habits.looseness > 0.0 && happens(rng, 0.25) && bar_count > 16;
    Arrangement {
        seed,
        style,
        key,
        tuning_cents: normal(rng, 0.0, 5.0).clamp(-18.0, 18.0),
        fade: fades.then(|| [clock.seconds(clock.beat_count() as f64 * 0.95), end]),
        duration: end + 2.0,
        clock,
        sections,
        chords,
        strokes,
        bass,
        accompaniment,
        lead,
        voice,
    }
}

fn cut(sections: &mut Vec<Section>, bar_count_max: usize) {
    sections.retain(|section| section.first_bar < bar_count_max);
    if let Some(last) = sections.last_mut() {
        last.bar_count = last.bar_count.min(bar_count_max - last.first_bar);
    }
}

/// The chords of every section: each kind of section has its own progression, which comes back with it.
fn harmonise(habits: &Habits, key: SongKey, sections: &[Section], rng: &mut ChaCha8Rng) -> Vec<ChordSpan> {
    let mut own = || progression(key.mode, habits.sevenths, rng);
    let (verse, chorus, middle, pre) = (own(), own(), own(), own());
    let intro_is_verse = happens(rng, 0.5);
    let inversions = if habits.sevenths < 0.4 && happens(rng, 0.4) { 0.15 } else { 0.0 };
    let mut spans: Vec<ChordSpan> = Vec::new();
    for section in sections {
        let degrees: &Progression = match section.label {
            SectionLabel::Chorus => &chorus,
            SectionLabel::Bridge | SectionLabel::Break => &middle,
            SectionLabel::PreChorus => &pre,
            SectionLabel::Verse => &verse,
            SectionLabel::Intro | SectionLabel::Solo if intro_is_verse => &verse,
            _ => &chorus,
        };
        let key = key.shifted(section.shift);
        let first = section.first_bar * habits.beats_per_bar;
        let last = (section.first_bar + section.bar_count) * habits.beats_per_bar;
        let half = habits.beats_per_bar as f64 / 2.0;
        let (mut at, mut next) = (first as f64, 0);
        while at < last as f64 {
            let (degree, quality, halves) = degrees[next % degrees.len()];
            next += 1;
            let end = (at + f64::from(halves) * half).min(last as f64);
            let third = quality.tones()[1];
            let bass =
                if degree != 0 && (3..=4).contains(&third) && happens(rng, inversions) { third } else { 0 };
            spans.push(ChordSpan {
                start: at,
                end,
                chord: Chord { root: (key.tonic + degree) % 12, quality, bass },
                key,
            });
            at = end;
        }
        if section.label == SectionLabel::Outro {
            come_home(&mut spans, key, last as f64 - habits.beats_per_bar as f64);
        }
    }
    spans
}

/// From `bar` on the tonic holds.
fn come_home(spans: &mut Vec<ChordSpan>, key: SongKey, bar: f64) {
    let Some(end) = spans.last().map(|span| span.end) else { return };
    let first_bar = spans.first().map_or(0.0, |span| span.start);
    if bar <= first_bar {
        return;
    }
    spans.retain(|span| span.start < bar);
    if let Some(last) = spans.last_mut() {
        last.end = bar;
    }
    let quality = match key.mode {
        Mode::Major => super::harmony::Quality::Major,
        Mode::Minor => super::harmony::Quality::Minor,
    };
    spans.push(ChordSpan { start: bar, end, chord: Chord { root: key.tonic, quality, bass: 0 }, key });
}
