//! What holds for every song.

use std::collections::BTreeSet;

use super::*;

#[test]
fn the_same_seed_gives_the_same_samples() {
    let (a, b) = (compose_bars(4, SongStyle::Swing, 3), compose_bars(4, SongStyle::Swing, 3));
    assert_eq!(a.truth, b.truth);
    assert_eq!(a.mix(), b.mix());
    assert_ne!(a.truth, compose_bars(5, SongStyle::Swing, 3).truth);
}

#[test]
fn every_style_sounds() {
    for style in SongStyle::ALL {
        let song = compose_bars(1, style, 3);
        let (mix, name) = (song.mix(), style.name());
        assert_eq!(mix.len(), (song.truth.duration * f64::from(RATE_HZ)) as usize, "{name}");
        let peak = mix.iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.89..=0.91).contains(&peak), "{name}: {peak}");
    }
}

#[test]
fn everybody_plays_somewhere_in_a_song() {
    for style in SongStyle::ALL {
        let song = arrangement::arrange(1, style, usize::MAX);
        assert!(!song.strokes.is_empty() && !song.bass.is_empty(), "{}", style.name());
        assert!(!song.accompaniment[0].1.is_empty(), "{}", style.name());
        assert!(!song.lead.1.is_empty() || !song.voice.is_empty(), "{}", style.name());
    }
}

#[test]
fn every_style_knows_what_it_plays() {
    for style in SongStyle::ALL {
        let truth = truth::of(&arrangement::arrange(1, style, 20));
        let name = style.name();
        assert!(truth.beats.windows(2).all(|pair| pair[0].time < pair[1].time), "{name}");
        assert_eq!(truth.beats.len(), 20 * truth.beats_per_bar as usize, "{name}");
        for spans in [&truth.chords, &truth.sections, &truth.keys] {
            assert!(
                spans.windows(2).all(|pair| (pair[0].end - pair[1].start).abs() < 1e-9),
                "{name}: {spans:?}"
            );
            assert!(spans.iter().all(|span| span.start < span.end), "{name}: {spans:?}");
        }
        let habits = style.habits();
        let within = f64::from(habits.tempo[0]) * 0.95..f64::from(habits.tempo[1]) * 1.05;
        assert!(within.contains(&truth.tempo), "{name}: {}", truth.tempo);
    }
}

#[test]
fn a_song_has_verses_and_choruses_and_lasts_as_long_as_songs_do() {
    let mut labels = BTreeSet::new();
    for style in SongStyle::ALL {
        for seed in 0..6 {
            let truth = truth::of(&arrangement::arrange(seed, style, usize::MAX));
            assert!((75.0..330.0).contains(&truth.duration), "{} {seed}: {}", style.name(), truth.duration);
            labels.extend(truth.sections.iter().map(|section| section.label.clone()));
        }
    }
    let expected = ["break", "bridge", "chorus", "intro", "outro", "prechorus", "solo", "verse"];
    assert_eq!(labels.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn some_songs_modulate_and_the_key_that_holds_longest_counts() {
    let mut modulations = 0;
    for seed in 0..40 {
        let truth = truth::of(&arrangement::arrange(seed, SongStyle::Rock, usize::MAX));
        modulations += usize::from(truth.keys.len() > 1);
        let of = |label: &str| -> f64 {
            truth.keys.iter().filter(|key| key.label == label).map(|key| key.end - key.start).sum()
        };
        let best = truth.keys.iter().map(|key| of(&key.label)).fold(0.0, f64::max);
        let named = truth.keys.iter().find(|key| of(&key.label) == best).unwrap();
        assert!(named.label.ends_with(if truth.key.1 == music::key::Mode::Major { "maj" } else { "min" }));
    }
    assert!((3..25).contains(&modulations), "{modulations} of 40");
}

#[test]
fn strokes_fall_near_the_steps_but_not_on_them() {
    let arrangement = arrangement::arrange(2, SongStyle::Rock, 16);
    let clock = &arrangement.clock;
    let steps: Vec<f64> = (0..clock.beat_count() * 4).map(|step| clock.seconds(step as f64 / 4.0)).collect();
    let off = |time: f64| steps.iter().map(|step| (step - time).abs()).fold(f64::INFINITY, f64::min);
    let offs: Vec<f64> = arrangement.strokes.iter().map(|stroke| off(stroke.time)).collect();
    assert!(offs.iter().all(|&off| off < 0.05));
    let mean = offs.iter().sum::<f64>() / offs.len() as f64;
    assert!((0.001..0.02).contains(&mean), "{mean}");
}

#[test]
fn the_melody_is_that_of_the_voice_where_it_sings() {
    let arrangement = arrangement::arrange(3, SongStyle::Pop, usize::MAX);
    let truth = truth::of(&arrangement);
    let note = arrangement.voice.iter().find(|note| note.end - note.start > 0.25).unwrap();
    let (_, hertz) = truth.melody[((note.start + note.end) / 2.0 * 100.0).round() as usize];
    let pitch = 69.0 + 12.0 * (hertz / 440.0).log2();
    assert!((pitch - f64::from(note.pitch)).abs() < 0.7, "{pitch} {}", note.pitch);
}

#[test]
fn what_is_written_down_has_a_line_for_each() {
    let truth = truth::of(&arrangement::arrange(6, SongStyle::Waltz, 20));
    let text = truth.beats_text();
    assert_eq!(text.lines().count(), 60);
    let places: Vec<&str> = text.lines().take(4).map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(places, ["1", "2", "3", "1"]);
    assert!(truth.chords_text().lines().all(|line| line.split('\t').count() == 3));
    assert!(truth.chords_text().lines().next().unwrap().ends_with("\tN"));
}
