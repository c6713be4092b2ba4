use super::*;
use crate::analysis::{analyze, grounds_of};
use crate::resample::ANALYSIS_RATE_HZ;
use crate::sound::Sound;
use crate::tonal::Lift;

/// Even noise between −1 and 1.
fn noise() -> impl FnMut() -> f32 {
    let mut state = 1_u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

fn sound(seconds: f32, mut sample: impl FnMut(f32) -> f32) -> Sound {
    let rate = ANALYSIS_RATE_HZ as f32;
    let samples: Vec<f32> = (0..(seconds * rate) as usize).map(|at| sample(at as f32 / rate)).collect();
    Sound::of_mono(&samples)
}

/// A cadence in C major over a drum at 120 BPM, four beats to the bar.
fn cadence() -> Sound {
    let chords = [[130.8, 261.6, 329.6, 392.0], [174.6, 261.6, 349.2, 440.0], [98.0, 246.9, 293.7, 392.0]];
    let mut noise = noise();
    sound(48.0, |time| {
        let chord = chords[[0, 1, 2, 0][(time / 2.0) as usize % 4]];
        let tone: f32 = chord.iter().map(|hz| (std::f32::consts::TAU * hz * time).sin()).sum();
        let kick = (std::f32::consts::TAU * 60.0 * time).sin() * (-(time % 2.0) * 12.0).exp();
        0.08 * tone + 0.5 * kick + 0.25 * noise() * (-(time % 0.5) * 40.0).exp()
    })
}

#[test]
fn of_what_is_no_music_only_what_was_measured_is_told() {
    let mut white = noise();
    let mut held = 0.0;
    let mut brown = noise();
    let sounds = [
        ("white noise", sound(20.0, |_| 0.2 * white())),
        (
            "brown noise",
            sound(20.0, |_| {
                held = 0.995 * held + 0.05 * brown();
                held
            }),
        ),
        ("one tone", sound(20.0, |time| 0.3 * (std::f32::consts::TAU * 440.0 * time).sin())),
    ];
    for (name, sound) in sounds {
        let report = analyze(&sound).report;
        let (what, level) = report.split_once("\n\n").unwrap_or_else(|| panic!("{name}: {report}"));
        assert_eq!(what, "0:20 long. Neither a pulse nor a key is sure enough to be told.", "{name}");
        assert!(level.starts_with("It plays at ") && level.ends_with("evenly loud."), "{name}: {level}");
    }
}

#[test]
fn what_hardly_lasts_or_sounds_is_told_as_such() {
    insta::assert_snapshot!(analyze(&sound(3.0, |_| 0.0)).report, @"0:03 of silence.");
    let click = analyze(&sound(2.0, |time| if time < 0.01 { 0.5 } else { 0.0 })).report;
    assert!(click.starts_with("0:02 long. Neither a pulse nor a key is sure"), "{click}");
}

#[test]
fn of_readers_it_is_told_that_they_speak() {
    #[expect(clippy::disallowed_methods, reason = "tests find the data through the environment")]
    let data = std::env::var("SEGUE_DATA").unwrap_or_default();
    let directory = std::path::Path::new(&data).join("audio/recordings");
    for name in ["198-209-0000.ogg", "3436-172162-0000.ogg", "5703-47212-0000.ogg"] {
        let Ok(file) = std::fs::File::open(directory.join(name)) else {
            println!("skipped: SEGUE_DATA has no audio/recordings/{name}");
            continue;
        };
        let mut decoder = crate::Decoder::new(Box::new(file), Some("ogg")).unwrap();
        let analysis = analyze(&Sound::read(&mut decoder).unwrap());
        let track = &analysis.track;
        assert!(track.tempo_confidence < 0.2 && track.time_signature_confidence < 0.2, "{name}: {track:?}");
        assert!(analysis.beats.iter().all(|beat| beat.confidence < 0.2), "{name}: {:?}", analysis.beats);
        let report = analysis.report;
        let mut words = report.split("\n\n");
        assert!(words.next().unwrap().ends_with("spoken for the most part."), "{name}: {report}");
        assert!(words.next().unwrap().starts_with("It plays at "), "{name}: {report}");
        assert_eq!(words.next(), None, "{name}: {report}");
    }
}

#[test]
fn music_is_told_as_it_was_played() {
    let report = analyze(&cadence()).report;
    for words in ["0:48 long.", "120 BPM and holds throughout", "4 beats to the bar", "C major"] {
        assert!(report.contains(words), "no {words}: {report}");
    }
    for words in ["swing", "Beats fall", "higher", "spoken", "tuned"] {
        assert!(!report.contains(words), "{words}: {report}");
    }
}

/// Each sentence with the confidence that it stands on, which is taken away.
#[test]
fn nothing_is_told_whose_confidence_is_too_small() {
    let sure = sure_of_everything();
    let whole = report(&sure.0, &sure.1);
    type Doubt = fn(&mut TrackAnalysis, &mut Grounds);
    let doubts: [(&[&str], Doubt); 11] = [
        (&["BPM", "to the bar", "swing", "kick", "dance"], |a, _| a.track.tempo_confidence = 0.4),
        (&["to the bar"], |a, _| a.track.time_signature_confidence = 0.4),
        (&["swing"], |_, g| g.division.confidence = 0.4),
        (&["kick"], |a, _| a.drums.as_mut().unwrap().confidence = 0.4),
        (&["dance"], |a, _| a.track.danceability_confidence = 0.4),
        (&["C major", "higher", "A = "], |a, _| a.track.key_confidence = 0.4),
        (&["C major"], |a, _| a.track.mode_confidence = 0.4),
        (&["higher"], |_, g| g.lift.as_mut().unwrap().margin = 0.1),
        (&["chorus"], |a, _| a.sections.iter_mut().for_each(|section| section.label_confidence = 0.4)),
        (&["A melody"], |_, g| g.measures.chroma_entropy = 1.0),
        (&["comes across", "mood"], |a, _| {
            a.track.energy_confidence = 0.4;
            a.track.acousticness_confidence = 0.4;
            a.track.valence_confidence = 0.4;
        }),
    ];
    for (words, doubt) in doubts {
        let (mut analysis, mut grounds) = sure.clone();
        doubt(&mut analysis, &mut grounds);
        let doubted = report(&analysis, &grounds);
        for word in words {
            assert!(whole.contains(word), "{word} is never told: {whole}");
            assert!(!doubted.contains(word), "{word} is told: {doubted}");
        }
    }
    let (mut analysis, grounds) = sure;
    analysis.track.tempo_confidence = 0.6;
    let hedged = report(&analysis, &grounds);
    assert!(hedged.contains("is probably 120 BPM") && !hedged.contains("swing"), "{hedged}");
}

#[test]
fn what_only_begins_and_ends_is_no_form() {
    let (mut analysis, grounds) = sure_of_everything();
    let labels = |analysis: &mut TrackAnalysis, labels: [SectionLabel; 3]| {
        analysis.sections.iter_mut().zip(labels).for_each(|(section, label)| section.label = label);
    };
    labels(&mut analysis, [SectionLabel::Intro, SectionLabel::Other, SectionLabel::Outro]);
    let clip = report(&analysis, &grounds);
    assert!(clip.contains("three parts, of which the first leads in and the last leads out."), "{clip}");
    assert!(!clip.contains("intro –") && !clip.contains("another part"), "{clip}");
    labels(&mut analysis, [SectionLabel::Intro, SectionLabel::Chorus, SectionLabel::Outro]);
    let song = report(&analysis, &grounds);
    assert!(song.contains("The form follows intro – chorus – outro."), "{song}");
    analysis.sections[0].label_confidence = 0.3;
    let unsure = report(&analysis, &grounds);
    assert!(unsure.contains("The form follows another part – chorus – outro."), "{unsure}");
}

/// The cadence as if it had everything that is ever told, and everything were sure.
fn sure_of_everything() -> (TrackAnalysis, Grounds) {
    let (mut analysis, mut grounds) = grounds_of(&cadence());
    let track = &mut analysis.track;
    for confidence in [
        &mut track.tempo_confidence,
        &mut track.time_signature_confidence,
        &mut track.key_confidence,
        &mut track.mode_confidence,
        &mut track.danceability_confidence,
        &mut track.energy_confidence,
        &mut track.acousticness_confidence,
        &mut track.valence_confidence,
    ] {
        *confidence = 0.9;
    }
    (track.danceability, track.energy, track.acousticness, track.valence) = (0.9, 0.9, 0.9, 0.9);
    grounds.division.swing = 1.8;
    grounds.division.confidence = 0.9;
    grounds.lift = Some(Lift { start: 30.0, steps: 2, margin: 1.0 });
    grounds.measures.tuning_cents = 30.0;
    grounds.measures.lead = 0.9;
    let drum = || music::analysis::Drum { strokes: Vec::new(), pattern: Vec::new() };
    analysis.drums = Some(music::analysis::Drums {
        kick: drum(),
        snare: drum(),
        hat: drum(),
        backbeat: 0.0,
        four_on_the_floor: 1.0,
        density: 2.0,
        confidence: 0.9,
    });
    let part = |start: f64, label| Section {
        start: Seconds(start),
        duration: Seconds(16.0),
        confidence: 0.9,
        label,
        label_confidence: 0.9,
        tempo: analysis.track.tempo,
        key: analysis.track.key,
        mode: analysis.track.mode,
        loudness: analysis.track.loudness,
    };
    analysis.sections = vec![
        part(0.0, SectionLabel::Verse),
        part(16.0, SectionLabel::Chorus),
        part(32.0, SectionLabel::Verse),
    ];
    (analysis, grounds)
}
