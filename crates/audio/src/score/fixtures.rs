//! Agreement with the published results of `mir_eval`, where the data set that has them lies beside the checkout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::chord::Vocabulary;
use super::*;
use crate::annotation;
use crate::decode::{Block, Decoder};

/// The directory of the fixtures; none where there is none, with a word about it.
fn fixtures(task: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests find the data through the environment")]
    let data = std::env::var("SEGUE_DATA")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let directory = data.join("audio/mir_eval-fixtures").join(task);
    if directory.is_dir() {
        return Some(directory);
    }
    println!("skipped: SEGUE_DATA has no audio/mir_eval-fixtures/{task}");
    None
}

/// Calls `score` for each case and compares what it says, by name, with the published result.
fn check(
    task: &str,
    extension: &str,
    tolerance: f64,
    score: impl Fn(&[u8], &[u8]) -> BTreeMap<&'static str, f64>,
) {
    let Some(directory) = fixtures(task) else { return };
    let mut case_count = 0;
    for case in 0..20 {
        let read = |kind: &str, extension: &str| {
            std::fs::read(directory.join(format!("{kind}{case:02}.{extension}"))).ok()
        };
        let (Some(reference), Some(estimate), Some(result)) =
            (read("ref", extension), read("est", extension), read("output", "json"))
        else {
            continue;
        };
        let expected: Value = serde_json::from_slice(&result).unwrap();
        for (name, value) in score(&reference, &estimate) {
            let expected = match &expected[name] {
                Value::Bool(is_true) => f64::from(u8::from(*is_true)),
                number => number.as_f64().unwrap_or_else(|| panic!("{task} {case}: no {name}")),
            };
            assert!(
                (value - expected).abs() <= tolerance,
                "{task} {case}: {name} is {value}, not {expected}"
            );
        }
        case_count += 1;
    }
    assert!(case_count >= 4, "{task}: {case_count} cases");
}

#[test]
fn beats_agree_with_published_results() {
    check("beat", "txt", 1e-6, |reference, estimate| {
        let times = |bytes| {
            let beats = annotation::beats("beats", bytes).unwrap();
            beat::after_start(&beats.iter().map(|beat| beat.time).collect::<Vec<_>>())
        };
        let (reference, estimate) = (times(reference), times(estimate));
        let continuity = beat::continuity(&reference, &estimate);
        let (cemgil, cemgil_best) = beat::cemgil(&reference, &estimate);
        BTreeMap::from([
            ("F-measure", beat::hits(&reference, &estimate).f_measure()),
            ("Cemgil", cemgil),
            ("Cemgil Best Metric Level", cemgil_best),
            ("P-score", beat::p_score(&reference, &estimate)),
            ("Correct Metric Level Continuous", continuity.correct_level_longest),
            ("Correct Metric Level Total", continuity.correct_level_total),
            ("Any Metric Level Continuous", continuity.any_level_longest),
            ("Any Metric Level Total", continuity.any_level_total),
            ("Information gain", beat::information_gain(&reference, &estimate)),
        ])
    });
}

#[test]
fn tempi_agree_with_published_results() {
    check("tempo", "lab", 1e-6, |reference, estimate| {
        let numbers = |bytes: &[u8]| -> Vec<f64> {
            let text = String::from_utf8_lossy(bytes);
            let line = text.lines().find(|line| !line.starts_with('#')).unwrap();
            line.split_whitespace().map(|number| number.parse().unwrap()).collect()
        };
        let (reference, estimate) = (numbers(reference), numbers(estimate));
        let score = tempo::two_tempi([reference[0], reference[1]], reference[2], [estimate[0], estimate[1]]);
        BTreeMap::from([
            ("P-score", score.p_score),
            ("One-correct", f64::from(u8::from(score.is_one_right))),
            ("Both-correct", f64::from(u8::from(score.is_both_right))),
        ])
    });
}

#[test]
fn keys_agree_with_published_results() {
    check("key", "txt", 1e-6, |reference, estimate| {
        let key = |bytes| annotation::key("key", bytes).unwrap();
        BTreeMap::from([("Weighted Score", key::weighted(key(reference), key(estimate)))])
    });
}

#[test]
fn chords_agree_with_published_results() {
    check("chord", "lab", 1e-6, |reference, estimate| {
        let spans = |bytes| annotation::intervals("chords", bytes).unwrap();
        let comparison = chord::Comparison::new(&spans(reference), &spans(estimate)).unwrap();
        let share = |vocabulary, inversions| comparison.share(vocabulary, inversions).unwrap_or(0.0);
        BTreeMap::from([
            ("root", share(Vocabulary::Root, false)),
            ("thirds", share(Vocabulary::Thirds, false)),
            ("thirds_inv", share(Vocabulary::Thirds, true)),
            ("triads", share(Vocabulary::Triads, false)),
            ("triads_inv", share(Vocabulary::Triads, true)),
            ("tetrads", share(Vocabulary::Tetrads, false)),
            ("tetrads_inv", share(Vocabulary::Tetrads, true)),
            ("majmin", share(Vocabulary::MajMin, false)),
            ("majmin_inv", share(Vocabulary::MajMin, true)),
            ("sevenths", share(Vocabulary::Sevenths, false)),
            ("sevenths_inv", share(Vocabulary::Sevenths, true)),
            ("mirex", share(Vocabulary::Mirex, false)),
            ("overseg", comparison.over_segmentation()),
            ("underseg", comparison.under_segmentation()),
        ])
    });
}

#[test]
fn melodies_agree_with_published_results() {
    check("melody", "txt", 1e-6, |reference, estimate| {
        let curve = |bytes| annotation::pitches("melody", bytes).unwrap();
        let scores = melody::compare(&curve(reference), &curve(estimate)).unwrap();
        BTreeMap::from([
            ("Voicing Recall", scores.voicing_recall),
            ("Voicing False Alarm", scores.voicing_false_alarm),
            ("Raw Pitch Accuracy", scores.raw_pitch),
            ("Raw Chroma Accuracy", scores.raw_chroma),
            ("Overall Accuracy", scores.overall),
        ])
    });
}

#[test]
fn sections_agree_with_published_results() {
    check("segment", "lab", 1e-6, |reference, estimate| {
        let spans = |bytes| annotation::intervals("sections", bytes).unwrap();
        let comparison = section::Comparison::new(&spans(reference), &spans(estimate));
        let (half, three) = (comparison.boundaries(0.5), comparison.boundaries(3.0));
        let (to_estimate, to_reference) = comparison.deviations().unwrap();
        let (pairwise, entropy, v) =
            (comparison.pairwise(), comparison.conditional_entropy(), comparison.v_measure());
        let (rand, adjusted) = comparison.rand_index();
        BTreeMap::from([
            ("Precision@0.5", half.precision),
            ("Recall@0.5", half.recall),
            ("F-measure@0.5", half.f_measure()),
            ("Precision@3.0", three.precision),
            ("Recall@3.0", three.recall),
            ("F-measure@3.0", three.f_measure()),
            ("Ref-to-est deviation", to_estimate),
            ("Est-to-ref deviation", to_reference),
            ("Pairwise Precision", pairwise.precision),
            ("Pairwise Recall", pairwise.recall),
            ("Pairwise F-measure", pairwise.f_measure()),
            ("Rand Index", rand),
            ("Adjusted Rand Index", adjusted),
            ("NCE Over", entropy.precision),
            ("NCE Under", entropy.recall),
            ("NCE F-measure", entropy.f_measure()),
            ("V Precision", v.precision),
            ("V Recall", v.recall),
            ("V-measure", v.f_measure()),
        ])
    });
}

#[test]
fn separation_agrees_with_published_results() {
    let Some(directory) = fixtures("separation") else { return };
    for case in 1..=9 {
        let Ok(result) = std::fs::read_to_string(directory.join(format!("output{case:02}.json"))) else {
            continue;
        };
        let (references, estimates) = (sources(&directory, "ref", case), sources(&directory, "est", case));
        let (Some(references), Some(estimates)) = (references, estimates) else { continue };
        let references: Vec<&[f64]> = references.iter().map(Vec::as_slice).collect();
        let estimates: Vec<&[f64]> = estimates.iter().map(Vec::as_slice).collect();
        let (scores, order) = separation::bss_eval_any_order(&references, &estimates).unwrap();
        // JSON has no infinity and no way to say "not a number"; these files do.
        let expected = result.replace("Infinity", "null").replace("NaN", "null");
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let expected = &expected["Sources"];
        for (source, score) in scores.iter().enumerate() {
            let pairs = [("Distortion", score.sdr), ("Interference", score.sir), ("Artifact", score.sar)];
            for (name, value) in pairs {
                let expected =
                    expected[format!("Source to {name}")][source].as_f64().unwrap_or(f64::INFINITY);
                assert!(
                    value == expected || (value - expected).abs() < 1e-4,
                    "{case} {source} {name}: {value}, not {expected}"
                );
            }
            assert_eq!(Some(order[source] as u64), expected["Source permutation"][source].as_u64(), "{case}");
        }
    }
}

/// The sounds of a directory in the order of their names; none where they have several channels.
fn sources(directory: &Path, kind: &str, case: usize) -> Option<Vec<Vec<f64>>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory.join(format!("{kind}{case:02}")))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wav"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let mut decoder = Decoder::new(Box::new(std::fs::File::open(path).unwrap()), Some("wav")).unwrap();
        let (mut block, mut samples) = (Block::default(), Vec::new());
        while decoder.next_block(&mut block).unwrap() {
            if block.channel_count != 1 {
                return None;
            }
            samples.extend(block.samples.iter().map(|&sample| f64::from(sample)));
        }
        Some(samples)
    };
    paths.iter().map(read).collect()
}
