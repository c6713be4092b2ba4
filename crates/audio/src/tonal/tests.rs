use super::*;
use crate::resample::ANALYSIS_RATE_HZ;

/// Two seconds of each chord, whose notes are MIDI numbers and have five partials, detuned by `cents`.
fn played(chords: &[&[u8]], cents: f32) -> Sound {
    let rate = ANALYSIS_RATE_HZ as f32;
    let mut samples = Vec::new();
    for notes in chords {
        for index in 0..2 * ANALYSIS_RATE_HZ {
            let time = index as f32 / rate;
            let tone = |note: u8| {
                let hz = 440.0 * 2.0_f32.powf((f32::from(note) - 69.0 + cents / 100.0) / 12.0);
                let partial = |k: f32| (std::f32::consts::TAU * hz * k * time).sin() * 0.6_f32.powf(k);
                (1..=5).map(|k| partial(k as f32)).sum::<f32>()
            };
            samples.push(0.1 * (-time).exp() * notes.iter().map(|&note| tone(note)).sum::<f32>());
        }
    }
    Sound::of_mono(&samples)
}

const CADENCE: [&[u8]; 8] = [
    &[36, 60, 64, 67],
    &[41, 60, 65, 69],
    &[43, 59, 62, 67],
    &[36, 60, 64, 67],
    &[45, 60, 64, 69],
    &[41, 60, 65, 69],
    &[43, 59, 62, 67],
    &[36, 60, 64, 67],
];

fn seconds() -> Vec<Seconds> {
    (0..16).map(|second| Seconds(f64::from(second))).collect()
}

#[test]
fn a_cadence_is_heard_chord_by_chord_in_its_key() {
    let found = tonality(&played(&CADENCE, 0.0), &seconds());
    let labels: Vec<&str> = found.chords.iter().map(|chord| &*chord.label).collect();
    insta::assert_snapshot!(
        labels.join(" "),
        @"C:maj F:maj G:maj C:maj A:min F:maj G:maj C:maj"
    );
    let key = found.key.unwrap();
    assert_eq!((key.tonic.get(), key.mode), (0, Mode::Major));
    assert!(found.tuning_cents.abs() < 6.0, "{}", found.tuning_cents);
}

#[test]
fn a_chord_with_a_seventh_is_heard_as_its_own_triad() {
    let jazz: [&[u8]; 4] = [&[38, 60, 65, 69], &[43, 59, 65, 67], &[36, 59, 64, 67], &[45, 60, 64, 67]];
    let found = tonality(&played(&jazz, 0.0), &seconds());
    let labels: Vec<&str> = found.chords.iter().map(|chord| &*chord.label).collect();
    insta::assert_snapshot!(labels.join(" "), @"D:min G:maj C:maj A:min");
}

#[test]
fn a_key_is_told_from_its_relative_by_where_its_chords_go() {
    // The notes of both are the same but for one; home, and the way there, are not.
    let minor: [&[u8]; 8] = [
        &[45, 60, 64, 69],
        &[41, 60, 65, 69],
        &[36, 60, 64, 67],
        &[43, 59, 62, 67],
        &[45, 60, 64, 69],
        &[38, 62, 65, 69],
        &[40, 59, 64, 68],
        &[45, 60, 64, 69],
    ];
    let key = tonality(&played(&minor, 0.0), &seconds()).key.unwrap();
    assert_eq!((key.tonic.get(), key.mode), (9, Mode::Minor));
    let key = tonality(&played(&CADENCE, 0.0), &seconds()).key.unwrap();
    assert_eq!((key.tonic.get(), key.mode), (0, Mode::Major));
    assert!(key.confidence > 0.5, "{key:?}");
}

#[test]
fn one_chord_is_no_key() {
    let one: [&[u8]; 8] = [&[36, 60, 64, 67]; 8];
    let key = tonality(&played(&one, 0.0), &seconds()).key.unwrap();
    assert!(key.confidence < 0.1 && key.mode_confidence < 0.1, "{key:?}");
}

#[test]
fn harmony_turns_where_the_chord_does() {
    let sound = played(&CADENCE, 0.0);
    let beats: Vec<f64> = (0..32).map(|half| f64::from(half) * 0.5).collect();
    let harmony = BeatHarmony::of(&PitchSpectrum::of(&sound), &beats, sound.analysed().0);
    for beat in (4..28).filter(|beat| beat % 4 == 0) {
        for inside in [beat + 1, beat + 2, beat + 3] {
            let (turn, none) = (harmony.treble_change(beat, 1), harmony.treble_change(inside, 1));
            assert!(turn > none, "beat {beat}: {turn}, beat {inside}: {none}");
        }
    }
    // Nothing before the beginning, nothing after the end.
    assert_eq!(harmony.treble_change(0, 1), 0.0);
    assert_eq!(harmony.bass_change(1_000, 2), 0.0);
    let whole: f32 = harmony.all_classes().iter().sum();
    let parts: f32 = [(0.0, 8.0), (8.0, 16.0)]
        .iter()
        .map(|&(from, to)| harmony.classes_between(from, to).iter().sum::<f32>())
        .sum();
    assert!((whole - parts).abs() < 1e-3 * whole, "{whole} {parts}");
}

#[test]
fn a_lift_is_found_where_it_is_and_nowhere_else() {
    let up: Vec<Vec<u8>> = CADENCE.iter().map(|notes| notes.iter().map(|note| note + 2).collect()).collect();
    let lifted: Vec<&[u8]> = CADENCE.iter().copied().chain(up.iter().map(Vec::as_slice)).collect();
    let of = |chords: &[&[u8]]| {
        let sound = played(chords, 0.0);
        let beats: Vec<f64> = (0..32).map(f64::from).collect();
        let harmony = BeatHarmony::of(&PitchSpectrum::of(&sound), &beats, sound.analysed().0);
        lift(&harmony, [4.0, 16.0, 24.0].into_iter())
    };
    let found = of(&lifted).unwrap();
    assert_eq!((found.start, found.steps), (16.0, 2));
    assert!(found.margin > 0.5, "{found:?}");
    let plain: Vec<&[u8]> = CADENCE.iter().chain(&CADENCE).copied().collect();
    assert_eq!(of(&plain), None);
}

#[test]
fn detuned_music_is_heard_as_what_it_is() {
    for cents in [-35.0, 25.0, 40.0] {
        let found = tonality(&played(&CADENCE, cents), &seconds());
        assert!((found.tuning_cents - cents).abs() < 10.0, "{cents}: {}", found.tuning_cents);
        assert_eq!(found.key.unwrap().tonic.get(), 0, "{cents}");
    }
}

#[test]
fn a_voice_above_chords_is_followed() {
    let scale: [&[u8]; 4] = [&[48, 52, 76], &[48, 53, 77], &[47, 50, 79], &[48, 52, 72]];
    let found = melody(&played(&scale, 0.0));
    assert!((found.hop.0 - 0.01).abs() < 0.001);
    let right = |second: f64, note: i32| {
        let hertz = found.hertz[(second / found.hop.0) as usize].0;
        let wanted = 440.0 * 2.0_f32.powf((note - 69) as f32 / 12.0);
        // An octave is not told apart here: the partials of the chords lie on those of the voice.
        let octaves = (hertz / wanted).log2();
        hertz > 0.0 && (octaves - octaves.round()).abs() < 0.03
    };
    let heard =
        [(0.7, 76), (2.7, 77), (4.7, 79), (6.7, 72)].iter().filter(|&&(at, note)| right(at, note)).count();
    assert!(heard >= 3, "{heard} of 4");
}

#[test]
fn silence_has_no_key_no_voice_and_no_chord() {
    let silence = Sound::of_mono(&vec![0.0; 60_000]);
    let found = tonality(&silence, &[]);
    assert!(found.key.is_none());
    assert!(found.chords.iter().all(|chord| chord.label == "N"));
    assert!(melody(&silence).hertz.iter().all(|hertz| hertz.0 == 0.0));
    assert!(tonality(&Sound::of_mono(&[]), &[]).chords.is_empty());
}
