//! Which sections follow each other, and how full each is.

use music::analysis::SectionLabel;
use rand::{Rng, RngExt as _};

use super::style::FormKind;
use crate::chance::happens;

/// A section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Section {
    pub(super) label: SectionLabel,
    pub(super) first_bar: usize,
    pub(super) bar_count: usize,
    /// 0 for a voice with next to nothing, 1 for everybody.
    pub(super) fullness: f32,
    pub(super) has_drums: bool,
    pub(super) has_chords: bool,
    pub(super) lead: Leading,
    /// By how many semitones it lies above the beginning.
    pub(super) shift: u8,
}

/// Who has the tune.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leading {
    Nobody,
    Voice,
    Instrument,
}

use SectionLabel::{Break, Bridge, Chorus, Intro, Outro, PreChorus, Solo, Verse};

/// The sections of a song; `may_shift` lets the end be higher than the beginning.
pub(super) fn form(kind: FormKind, may_shift: bool, rng: &mut impl Rng) -> Vec<Section> {
    let plan: Vec<(SectionLabel, usize)> = match kind {
        FormKind::Song | FormKind::LongSong => song(rng, if kind == FormKind::Song { 1 } else { 2 }),
        FormKind::Dance => dance(rng),
        FormKind::Jazz => jazz(rng),
    };
    let is_sung = kind != FormKind::Jazz || happens(rng, 0.3);
    let last_chorus = plan.iter().rposition(|(label, _)| matches!(label, Chorus)).unwrap_or(plan.len());
    let shift = if may_shift && happens(rng, 0.25) { rng.random_range(1..=2) } else { 0 };
    let mut first_bar = 0;
    let mut verses = 0;
    let mut sections = Vec::with_capacity(plan.len());
    for (place, (label, bar_count)) in plan.into_iter().enumerate() {
        verses += u32::from(label == Verse);
        let fullness = match label {
            Intro => rng.random_range(0.1..0.6),
            Verse => {
                if verses == 1 {
                    0.35
                } else {
                    0.5
                }
            }
            PreChorus => 0.6,
            Chorus => 0.95,
            Solo => 0.85,
            Bridge => rng.random_range(0.2..0.7),
            Outro => rng.random_range(0.3..0.9),
            _ => 0.1,
        };
        let lead = match label {
            Verse | Chorus | PreChorus | Bridge if is_sung => Leading::Voice,
            Verse | Chorus | Bridge | Solo => Leading::Instrument,
            Intro if happens(rng, 0.5) => Leading::Instrument,
            Outro if happens(rng, 0.3) => Leading::Instrument,
            _ => Leading::Nobody,
        };
        sections.push(Section {
            label,
            first_bar,
            bar_count,
            fullness,
            has_drums: match label {
                Break => false,
                Intro | Bridge => happens(rng, 0.5) || kind == FormKind::Dance,
                _ => true,
            },
            has_chords: !(label == Intro && kind == FormKind::Dance && happens(rng, 0.4)),
            lead,
            shift: if place >= last_chorus { shift } else { 0 },
        });
        first_bar += bar_count;
    }
    sections
}

fn song(rng: &mut impl Rng, length: usize) -> Vec<(SectionLabel, usize)> {
    let verse = 8 * length;
    let pre = happens(rng, 0.35).then_some((PreChorus, 4 * length));
    let chorus = (Chorus, 8 * length);
    let middle = if happens(rng, 0.5) { Bridge } else { Solo };
    let mut plan = vec![(Intro, [4, 8][rng.random_range(0..2)] * length)];
    plan.push((Verse, verse));
    if happens(rng, 0.3) {
        plan.push((Verse, verse));
    }
    plan.extend(pre);
    plan.push(chorus);
    plan.push((Verse, verse));
    plan.extend(pre);
    plan.push(chorus);
    plan.push((middle, [4, 8][rng.random_range(0..2)] * length));
    plan.push(chorus);
    if happens(rng, 0.4) {
        plan.push(chorus);
    }
    plan.push((Outro, [4, 8][rng.random_range(0..2)] * length));
    plan
}

fn dance(rng: &mut impl Rng) -> Vec<(SectionLabel, usize)> {
    let verse = [8, 16][rng.random_range(0..2)];
    vec![
        (Intro, 8),
        (Verse, 16),
        (Break, 8),
        (Chorus, 16),
        (Verse, verse),
        (Break, 8),
        (Chorus, 16),
        (Outro, 8),
    ]
}

fn jazz(rng: &mut impl Rng) -> Vec<(SectionLabel, usize)> {
    let solos = rng.random_range(1..=2);
    let mut plan = vec![(Intro, 4), (Verse, 16), (Bridge, 8), (Verse, 8)];
    plan.extend(std::iter::repeat_n((Solo, 16), solos));
    plan.extend([(Bridge, 8), (Verse, 8), (Outro, 4)]);
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn sections_follow_each_other_without_gap() {
        for kind in [FormKind::Song, FormKind::LongSong, FormKind::Dance, FormKind::Jazz] {
            for seed in 0..20 {
                let sections = form(kind, true, &mut stream(seed, Purpose::Song, 0));
                assert_eq!((sections[0].label, sections[sections.len() - 1].label), (Intro, Outro));
                for pair in sections.windows(2) {
                    assert_eq!(pair[0].first_bar + pair[0].bar_count, pair[1].first_bar);
                    assert!(pair[0].shift <= pair[1].shift);
                }
            }
        }
    }
}
