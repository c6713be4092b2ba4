//! From a sound to its analysis.

use music::analysis::{FeaturesVersion, Section, Span, TrackAnalysis, TrackSummary};
use music::key::{Mode, PitchClass};
use music::unit::{Bpm, Lufs, Seconds};

use crate::calibration;
use crate::descriptor;
use crate::feature::{self, Measures, Perceived};
use crate::findings::Findings;
use crate::form;
use crate::report::{self, Grounds};
use crate::sound::Sound;
use crate::tonal;

/// The recipe of [`analyze`]; it changes with every change that moves a number.
pub const FEATURES_VERSION: FeaturesVersion = FeaturesVersion(5);

/// All that can be told of `sound`.
///
/// Where nothing is heard, the rows are empty, the numbers are 0 and their confidence too.
///
/// *Complexity*: linear in the length, but for the form, which grows with the square of the bars up to 1,200 of them.
pub fn analyze(sound: &Sound) -> TrackAnalysis {
    let (mut analysis, grounds) = uncalibrated(sound);
    calibration::calibrate(&mut analysis);
    report::hush_speech(&mut analysis, &grounds);
    analysis.report = report::report(&analysis, &grounds);
    analysis
}

/// The same without its report, and with confidences as they were before they were calibrated; to calibrate them by.
pub fn analyze_uncalibrated(sound: &Sound) -> TrackAnalysis {
    uncalibrated(sound).0
}

/// The calibrated analysis without its report, and what the report is written from beside it.
#[cfg(test)]
pub(crate) fn grounds_of(sound: &Sound) -> (TrackAnalysis, Grounds) {
    let (mut analysis, grounds) = uncalibrated(sound);
    calibration::calibrate(&mut analysis);
    (analysis, grounds)
}

fn uncalibrated(sound: &Sound) -> (TrackAnalysis, Grounds) {
    let found = Findings::of(sound);
    let measures = Measures::of(&found, &sound.loudness);
    let perceived = feature::perceive(&measures);
    let track = summary(&found, sound, &measures, &perceived);
    let sections = if sound.is_silent() { Vec::new() } else { sections(&found, &track) };
    let raw = descriptor::raw(&measures);
    let grounds = Grounds::of(&found, measures);
    let analysis = TrackAnalysis {
        features_version: FEATURES_VERSION,
        duration: sound.duration,
        track,
        tatums: tatums(&found),
        beats: beats(&found),
        bars: bars(&found),
        sections,
        segments: found.segments,
        chords: found.chords,
        melody: found.melody.into(),
        drums: found.drums,
        descriptor: descriptor::normalised(&raw).to_vec(),
        report: String::new(),
    };
    (analysis, grounds)
}

/// The numbers of the descriptor before they are put on a common scale, in the order of [`crate::DIMENSIONS`].
pub fn raw_descriptor(sound: &Sound) -> Vec<f32> {
    let found = Findings::of(sound);
    descriptor::raw(&Measures::of(&found, &sound.loudness)).to_vec()
}

fn summary(found: &Findings, sound: &Sound, measures: &Measures, perceived: &Perceived) -> TrackSummary {
    let is_silent = sound.is_silent();
    let sure = |confidence: f32| if is_silent { 0.0 } else { confidence.clamp(0.0, 1.0) };
    // Noise and speech have a best key too.
    let of_key = |confidence: f32| sure(measures.tonality() * confidence);
    let tempo = found.pulse.tempo().unwrap_or(Bpm(0.0));
    let (key, mode) = found.key.map_or((PitchClass::C, Mode::Major), |key| (key.tonic, key.mode));
    TrackSummary {
        tempo,
        tempo_confidence: sure(found.pulse.confidence()),
        key,
        key_confidence: found.key.map_or(0.0, |key| of_key(key.confidence)),
        mode,
        mode_confidence: found.key.map_or(0.0, |key| of_key(key.mode_confidence)),
        time_signature: time_signature(found),
        time_signature_confidence: sure(found.metre.confidence * found.pulse.confidence()),
        loudness: sound.loudness.integrated,
        loudness_confidence: 1.0,
        danceability: perceived.danceability.0,
        danceability_confidence: sure(perceived.danceability.1),
        energy: perceived.energy.0,
        energy_confidence: sure(perceived.energy.1),
        valence: perceived.valence.0,
        valence_confidence: sure(perceived.valence.1),
        acousticness: perceived.acousticness.0,
        acousticness_confidence: sure(perceived.acousticness.1),
        instrumentalness: perceived.instrumentalness.0,
        instrumentalness_confidence: sure(perceived.instrumentalness.1),
        speechiness: perceived.speechiness.0,
        speechiness_confidence: sure(perceived.speechiness.1),
        liveness: perceived.liveness.0,
        liveness_confidence: sure(perceived.liveness.1),
    }
}

/// The upper figure as Spotify tells it, from 3 to 7: what has two beats of three parts to the bar is 6/8 and so 6; where
/// nothing is heard it is 4.
fn time_signature(found: &Findings) -> u8 {
    match found.metre.beats_per_bar {
        0 => 4,
        2 => 6,
        beats => beats as u8,
    }
}

/// When each beat starts and how long it lasts; the last lasts as long as the one before, or to the end.
fn beats(found: &Findings) -> Vec<Span> {
    let times = &found.pulse.beats;
    times
        .iter()
        .enumerate()
        .map(|(index, &start)| {
            let next = times.get(index + 1).copied();
            let usual = index.checked_sub(1).map_or(0.5, |before| start - times[before]);
            let rest = (found.end() - start).max(0.0);
            let duration = next.map_or(usual.min(rest), |next| next - start);
            Span {
                start: Seconds(start),
                duration: Seconds(duration),
                confidence: found.pulse.clarity[index],
            }
        })
        .collect()
}

/// The parts of each beat, which inherit its confidence; swung ones are as long as they sound.
fn tatums(found: &Findings) -> Vec<Span> {
    let division = &found.division;
    let mut tatums = Vec::with_capacity(found.pulse.beats.len() * division.parts);
    for beat in beats(found) {
        let confidence = beat.confidence * division.confidence;
        if division.swing > 1.0 {
            let long = beat.duration.0 * f64::from(division.swing / (1.0 + division.swing));
            let second = Seconds(beat.start.0 + long);
            tatums.push(Span { duration: Seconds(long), confidence, ..beat });
            tatums.push(Span { start: second, duration: Seconds(beat.duration.0 - long), confidence });
            continue;
        }
        let part = beat.duration.0 / division.parts as f64;
        for index in 0..division.parts {
            let start = Seconds(beat.start.0 + index as f64 * part);
            tatums.push(Span { start, duration: Seconds(part), confidence });
        }
    }
    tatums
}

/// Bars, each from one downbeat to the next.
fn bars(found: &Findings) -> Vec<Span> {
    let (times, metre) = (&found.pulse.beats, &found.metre);
    let mut bars = Vec::with_capacity(metre.downbeats.len());
    for (index, &downbeat) in metre.downbeats.iter().enumerate() {
        let start = times[downbeat];
        let next = metre.downbeats.get(index + 1).map(|&next| times[next]);
        let last = times.last().copied().unwrap_or(start);
        let end = next.unwrap_or(last);
        if end > start {
            let confidence = metre.phase_confidence * found.pulse.clarity[downbeat].max(0.3);
            bars.push(Span { start: Seconds(start), duration: Seconds(end - start), confidence });
        }
    }
    bars
}

fn sections(found: &Findings, track: &TrackSummary) -> Vec<Section> {
    let labels = form::label(&found.stretches, &found.parts);
    let whole = found.envelope.mean_db(0.0, f64::MAX);
    found
        .stretches
        .iter()
        .zip(&found.parts)
        .zip(labels)
        .map(|((stretch, part), (label, label_confidence))| {
            let (from, to) = found.span(stretch);
            let key = tonal::key_between(&found.harmony, &found.chord_path, from, to);
            Section {
                start: Seconds(from),
                duration: Seconds(to - from),
                confidence: stretch.confidence,
                label,
                label_confidence,
                tempo: found.pulse.tempo_between(from, to).unwrap_or(track.tempo),
                key: key.map_or(track.key, |key| key.tonic),
                mode: key.map_or(track.mode, |key| key.mode),
                loudness: Lufs((whole + part.level_db + found.gain_db).max(-70.0)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resample::ANALYSIS_RATE_HZ;

    /// A beat every half second, a louder one every two seconds, over a chord that changes with the loud ones.
    fn song(seconds: f64, gain: f32) -> Vec<f32> {
        let rate = f64::from(ANALYSIS_RATE_HZ);
        let chords =
            [[261.6, 329.6, 392.0], [196.0, 246.9, 293.7], [220.0, 261.6, 329.6], [174.6, 220.0, 261.6]];
        let mut state = 7_u32;
        (0..(seconds * rate) as usize)
            .map(|index| {
                let time = index as f64 / rate;
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
                let chord = chords[(time / 2.0) as usize % 4];
                let tone: f64 = chord.iter().map(|hz| (std::f64::consts::TAU * hz * time).sin()).sum();
                let kick = (std::f64::consts::TAU * 60.0 * time).sin() * (-(time % 2.0) * 12.0).exp();
                let tick = noise * (-(time % 0.5) * 40.0).exp();
                gain * (0.08 * tone + 0.5 * kick + 0.25 * tick) as f32
            })
            .collect()
    }

    #[test]
    fn bars_chords_and_key_are_those_of_the_song() {
        let analysis = analyze(&Sound::of_mono(&song(40.0, 1.0)));
        assert!((analysis.track.tempo.0 - 120.0).abs() < 2.0, "{:?}", analysis.track.tempo);
        assert_eq!(
            (analysis.track.time_signature, analysis.track.key, analysis.track.mode),
            (4, PitchClass::C, Mode::Major)
        );
        let on_two = |bar: &&Span| ((bar.start.0 + 0.1) % 2.0) < 0.2;
        let right = analysis.bars.iter().filter(on_two).count();
        assert!(right as f64 > 0.8 * analysis.bars.len() as f64, "{:?}", analysis.bars);
        let labels: Vec<&str> = analysis.chords.iter().map(|chord| chord.label.as_str()).collect();
        assert!(labels.windows(4).any(|four| four == ["C:maj", "G:maj", "A:min", "F:maj"]), "{labels:?}");
        assert!(analysis.report.contains("120 BPM"), "{}", analysis.report);
    }

    #[test]
    fn rows_follow_each_other_within_the_track() {
        let analysis = analyze(&Sound::of_mono(&song(20.0, 1.0)));
        let end = analysis.duration.0 + 1e-6;
        for segment in analysis.segments.windows(2) {
            assert!((segment[0].start.0 + segment[0].duration.0 - segment[1].start.0).abs() < 1e-6);
        }
        let sections: f64 = analysis.sections.iter().map(|section| section.duration.0).sum();
        assert!((sections - analysis.duration.0).abs() < 1e-3, "{sections}");
        let spans = analysis.beats.iter().chain(&analysis.bars).chain(&analysis.tatums);
        spans.for_each(|span| {
            assert!(
                span.start.0 >= 0.0 && span.start.0 < end && (0.0..=1.0).contains(&span.confidence),
                "{span:?}"
            );
        });
    }

    #[test]
    fn gain_moves_nothing_but_loudness() {
        let (loud, quiet) =
            (analyze(&Sound::of_mono(&song(20.0, 1.0))), analyze(&Sound::of_mono(&song(20.0, 0.05))));
        let starts =
            |analysis: &TrackAnalysis| analysis.beats.iter().map(|beat| beat.start).collect::<Vec<_>>();
        assert_eq!(starts(&loud), starts(&quiet));
        for (at, (a, b)) in loud.descriptor.iter().zip(&quiet.descriptor).enumerate() {
            assert!((a - b).abs() < 0.02, "{}: {a} {b}", crate::DIMENSIONS[at].name);
        }
    }

    #[test]
    fn what_cannot_be_heard_is_told_as_such() {
        for (samples, has_no_beat) in
            [(vec![], true), (vec![0.5], true), (vec![0.0; 100_000], true), (vec![1.0; 50_000], false)]
        {
            let analysis = analyze(&Sound::of_mono(&samples));
            assert!(analysis.beats.is_empty() || !has_no_beat, "{}", samples.len());
            assert!(analysis.descriptor().is_ok());
            assert!(serde_json::to_string(&analysis).is_ok());
        }
        let silence = analyze(&Sound::of_mono(&vec![0.0; 200_000]));
        assert_eq!(silence.track.key_confidence, 0.0);
        insta::assert_snapshot!(silence.report, @"0:09 of silence.");
    }
}
