//! One track: every measure that its annotation allows, by the names of `segue eval audio`.

use std::collections::BTreeMap;

use music::analysis::TrackAnalysis;

use super::chord::Vocabulary;
use super::harte::Harmony;
use super::key::TonicMode;
use super::{Labelled, beat, chord, key, matched, melody, section, tempo};
use crate::annotation::{DrumStrokes, Sections, Truth};

/// What an analysis says of a track, as far as it can be scored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// In BPM.
    pub tempo: Option<f64>,
    /// The beats, in seconds.
    pub beats: Vec<f64>,
    /// The downbeats, in seconds.
    pub downbeats: Vec<f64>,
    /// The key of the whole.
    pub key: Option<TonicMode>,
    /// The harmony.
    pub chords: Vec<Labelled>,
    /// The leading voice: seconds and hertz.
    pub melody: Vec<(f64, f64)>,
    /// The form.
    pub sections: Sections,
    /// The strokes of the drums.
    pub drums: DrumStrokes,
}

impl From<&TrackAnalysis> for Found {
    fn from(analysis: &TrackAnalysis) -> Self {
        let starts = |spans: &[music::analysis::Span]| spans.iter().map(|span| span.start.0).collect();
        let chord = |chord: &music::analysis::Chord| {
            Labelled::new(chord.start.0, chord.start.0 + chord.duration.0, &chord.label)
        };
        let section = |section: &music::analysis::Section| {
            Labelled::new(section.start.0, section.start.0 + section.duration.0, section::name(section.label))
        };
        let times = |drum: &music::analysis::Drum| drum.strokes.iter().map(|stroke| stroke.0).collect();
        let hop = analysis.melody.hop.0;
        let pitch = |(frame, hertz): (usize, &music::unit::Hertz)| (frame as f64 * hop, f64::from(hertz.0));
        Self {
            tempo: Some(f64::from(analysis.track.tempo.0)),
            beats: starts(&analysis.beats),
            downbeats: starts(&analysis.bars),
            key: Some((analysis.track.key, analysis.track.mode)),
            chords: analysis.chords.iter().map(chord).collect(),
            melody: analysis.melody.hertz.iter().enumerate().map(pitch).collect(),
            sections: analysis.sections.iter().map(section).collect(),
            drums: analysis.drums.as_ref().map_or_else(DrumStrokes::default, |drums| DrumStrokes {
                kick: times(&drums.kick),
                snare: times(&drums.snare),
                hat: times(&drums.hat),
            }),
        }
    }
}

/// How well a track was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackScores {
    /// By the names of the measures.
    pub values: BTreeMap<&'static str, f64>,
    /// Annotated chord labels that nobody understands; the time under them is not scored.
    pub unknown_chords: Vec<String>,
}

/// Scores what was found by what is known; what is not known is not scored.
pub fn score_track(truth: &Truth, found: &Found) -> TrackScores {
    let mut scores = TrackScores::default();
    let values = &mut scores.values;
    score_rhythm(truth, found, values);
    if let Some(known) = truth.key {
        let weighted = found.key.map_or(0.0, |found| key::weighted(known, found));
        values.insert("key_weighted", weighted);
        values.insert("key_exact", share(weighted == 1.0));
    }
    if let Some(scores) = melody::compare(&truth.melody, &found.melody) {
        values.insert("melody_rpa", scores.raw_pitch);
        values.insert("melody_rca", scores.raw_chroma);
        values.insert("melody_voicing_recall", scores.voicing_recall);
        values.insert("melody_voicing_false_alarm", scores.voicing_false_alarm);
        values.insert("melody_overall", scores.overall);
    }
    score_drums(truth, found, values);
    score_form(truth, found, values);
    scores.unknown_chords = score_chords(truth, found, values);
    scores
}

fn score_rhythm(truth: &Truth, found: &Found, values: &mut BTreeMap<&'static str, f64>) {
    let known: Vec<f64> = truth.beats.iter().map(|beat| beat.time).collect();
    let (known, found_beats) = (beat::after_start(&known), beat::after_start(&found.beats));
    if !known.is_empty() {
        values.insert("beat_f", beat::hits(&known, &found_beats).f_measure());
    }
    if known.len() > 1 {
        let continuity = beat::continuity(&known, &found_beats);
        values.insert("beat_cmlc", continuity.correct_level_longest);
        values.insert("beat_cmlt", continuity.correct_level_total);
        values.insert("beat_amlc", continuity.any_level_longest);
        values.insert("beat_amlt", continuity.any_level_total);
    }
    let downbeats = beat::after_start(&truth.known_downbeats());
    if !downbeats.is_empty() {
        let agreement = beat::hits(&downbeats, &beat::after_start(&found.downbeats));
        values.insert("downbeat_f", agreement.f_measure());
    }
    if let Some(known) = truth.tempo {
        let found = found.tempo.unwrap_or(0.0);
        values.insert("tempo_acc1", share(tempo::accuracy1(known, found)));
        values.insert("tempo_acc2", share(tempo::accuracy2(known, found)));
    }
}

/// How far a stroke may be off, in seconds: the window of onsets in MIREX.
const STROKE_WINDOW: f64 = 0.05;

/// A drum that is never struck is scored by nothing being found of it.
fn score_drums(truth: &Truth, found: &Found, values: &mut BTreeMap<&'static str, f64>) {
    let Some(known) = &truth.drums else { return };
    let drums = [
        ("drum_f_kick", &known.kick, &found.drums.kick),
        ("drum_f_snare", &known.snare, &found.drums.snare),
        ("drum_f_hat", &known.hat, &found.drums.hat),
    ];
    for (name, known, found) in drums {
        let score = if known.is_empty() && found.is_empty() {
            1.0
        } else {
            matched(known, found, STROKE_WINDOW).f_measure()
        };
        values.insert(name, score);
    }
}

/// Of several segmentations the one that agrees best counts, for each measure.
fn score_form(truth: &Truth, found: &Found, values: &mut BTreeMap<&'static str, f64>) {
    for form in &truth.sections {
        let comparison = section::Comparison::new(form, &found.sections);
        let scores = [
            ("boundary_hr@0.5", Some(comparison.boundaries(0.5).f_measure())),
            ("boundary_hr@3", Some(comparison.boundaries(3.0).f_measure())),
            ("section_pairwise_f", Some(comparison.pairwise().f_measure())),
            ("section_label_acc", section::label_accuracy(form, &found.sections)),
        ];
        for (name, score) in scores {
            let Some(score) = score else { continue };
            let best = values.entry(name).or_insert(score);
            *best = best.max(score);
        }
    }
}

fn score_chords(truth: &Truth, found: &Found, values: &mut BTreeMap<&'static str, f64>) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    let known: Vec<Labelled> = truth
        .chords
        .iter()
        .map(|span| {
            if Harmony::parse(&span.label).is_ok() {
                return span.clone();
            }
            if !unknown.contains(&span.label) {
                unknown.push(span.label.clone());
            }
            Labelled::new(span.start, span.end, "X")
        })
        .collect();
    let Ok(comparison) = chord::Comparison::new(&known, &found.chords) else { return unknown };
    let measures = [
        ("chord_root", Vocabulary::Root),
        ("chord_majmin", Vocabulary::MajMin),
        ("chord_sevenths", Vocabulary::Sevenths),
    ];
    for (name, vocabulary) in measures {
        if let Some(share) = comparison.share(vocabulary, false) {
            values.insert(name, share);
        }
    }
    unknown
}

fn share(is_right: bool) -> f64 {
    if is_right { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use music::key::{Mode, PitchClass};

    use super::*;
    use crate::annotation::Beat;

    fn truth() -> Truth {
        Truth {
            tempo: Some(120.0),
            beats: (0..40)
                .map(|beat| Beat { time: f64::from(beat) * 0.5, position: Some(beat % 4 + 1) })
                .collect(),
            key: Some((PitchClass::new(9).unwrap(), Mode::Minor)),
            chords: vec![Labelled::new(0.0, 10.0, "A:min"), Labelled::new(10.0, 20.0, "Am")],
            melody: vec![(0.0, 440.0), (0.01, 440.0)],
            sections: vec![
                vec![Labelled::new(0.0, 10.0, "verse"), Labelled::new(10.0, 20.0, "chorus")],
                vec![Labelled::new(0.0, 20.0, "A")],
            ],
            drums: Some(DrumStrokes {
                kick: vec![0.0, 2.0],
                snare: vec![1.0, 3.0],
                hat: (0..40).map(|stroke| f64::from(stroke) * 0.5).collect(),
            }),
            ..Truth::default()
        }
    }

    fn perfect() -> Found {
        Found {
            tempo: Some(120.0),
            beats: (0..40).map(|beat| f64::from(beat) * 0.5).collect(),
            downbeats: (0..10).map(|bar| f64::from(bar) * 2.0).collect(),
            key: truth().key,
            chords: vec![Labelled::new(0.0, 20.0, "A:min")],
            melody: vec![(0.0, 440.0), (0.01, 440.0)],
            sections: truth().sections[0].clone(),
            drums: truth().drums.unwrap(),
        }
    }

    #[test]
    fn what_is_found_completely_scores_one_everywhere() {
        let scores = score_track(&truth(), &perfect());
        let off: Vec<_> = scores.values.iter().filter(|(_, value)| **value != 1.0).collect();
        assert_eq!(off, [(&"melody_voicing_false_alarm", &0.0)]);
        assert_eq!(scores.values.len(), 25);
        assert_eq!(scores.unknown_chords, ["Am"]);
    }

    #[test]
    fn what_is_not_found_scores_nothing_and_is_not_left_out() {
        let scores = score_track(&truth(), &Found::default());
        assert_eq!(scores.values.len(), 25);
        for name in [
            "beat_f",
            "downbeat_f",
            "tempo_acc2",
            "key_weighted",
            "chord_majmin",
            "drum_f_snare",
            "melody_rpa",
            "section_label_acc",
        ] {
            assert_eq!(scores.values[name], 0.0, "{name}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_scored() {
        assert_eq!(score_track(&Truth::default(), &perfect()), TrackScores::default());
        let only_tempo = Truth { tempo: Some(60.0), ..Truth::default() };
        let expected = BTreeMap::from([("tempo_acc1", 0.0), ("tempo_acc2", 1.0)]);
        assert_eq!(score_track(&only_tempo, &perfect()).values, expected);
    }

    #[test]
    fn the_better_of_two_segmentations_counts() {
        let whole = Found { sections: vec![Labelled::new(0.0, 20.0, "intro")], ..perfect() };
        let scores = score_track(&truth(), &whole);
        assert_eq!(scores.values["boundary_hr@0.5"], 1.0);
        assert_eq!(scores.values["section_label_acc"], 0.0);
    }
}
