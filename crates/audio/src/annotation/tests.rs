//! Every form with its good files, and what happens to bad ones.

use music::Mode;

use proptest::prelude::*;

use super::*;

fn times(bytes: &[u8]) -> Vec<(f64, Option<u32>)> {
    beats("a.beats", bytes).unwrap().iter().map(|beat| (beat.time, beat.position)).collect()
}

#[test]
fn beats_are_read_with_and_without_their_place() {
    let expected = vec![(0.5, Some(1)), (1.0, Some(2))];
    for text in [
        "0.5\t1\n1.0\t2\n",
        "# a comment\r\n0.5 1\r\n1.0 2\r\n",
        "\u{feff}time,beat\n0.5,1\n1.0,2\n",
        "0.5;1\r1.0;2\r",
        "1.0 2\n0.5 1",
        "0.5 1.1\n1.0 1.2",
        "0.5 1.0\n1.0 2.0",
    ] {
        assert_eq!(times(text.as_bytes()), expected, "{text:?}");
    }
    assert_eq!(times(b"5.980385487528344646e-01\n1.0"), vec![(0.598_038_548_752_834_5, None), (1.0, None)]);
}

#[test]
fn stretches_are_read_from_every_form() {
    let expected = vec![Labelled::new(0.0, 1.5, "C:maj/3"), Labelled::new(1.5, 2.0, "D:(1,4)")];
    for text in [
        "0.0 1.5 C:maj/3\n1.5 2.0 D:(1,4)\n",
        "0.0\t1.5\tC:maj/3\n1.5\t2.0\tD:(1,4)",
        "start,end,chord\r\n0.0,1.5,C:maj/3\r\n1.5,2.0,\"D:(1,4)\"\r\n",
    ] {
        assert_eq!(intervals("a.lab", text.as_bytes()).unwrap(), expected, "{text:?}");
    }
    let form = intervals("a.txt", b"0.0 intro\n8.0 verse one\n20.0 end\n").unwrap();
    assert_eq!(form, [Labelled::new(0.0, 8.0, "intro"), Labelled::new(8.0, 20.0, "verse one")]);
}

#[test]
fn pitches_and_keys_are_read() {
    assert_eq!(pitches("a", b"0.0\t0.0\n0.01\t-220.5\n").unwrap(), [(0.0, 0.0), (0.01, -220.5)]);
    let name = |text: &str| key_named(text).map(|(tonic, mode)| (tonic.get(), mode));
    assert_eq!(name("C# minor"), Some((1, Mode::Minor)));
    assert_eq!(name("Gb:maj"), Some((6, Mode::Major)));
    assert_eq!(name("Cb\tmajor"), Some((11, Mode::Major)));
    assert_eq!(name("Am"), Some((9, Mode::Minor)));
    assert_eq!(name("Bb"), Some((10, Mode::Major)));
    for text in ["", "H major", "C dorian", "c", "C##bb major"] {
        assert_eq!(name(text), None, "{text}");
    }
    let longest = key("a", b"0.0 10.0 C:maj\n10.0 40.0 A:min\n").unwrap();
    assert_eq!((longest.0.get(), longest.1), (9, Mode::Minor));
}

#[test]
fn errors_name_the_file_and_the_line() {
    let error = beats("songs/a.beats", b"0.5\n# two\nhalf past\n").unwrap_err();
    insta::assert_snapshot!(error, @r#"songs/a.beats, line 3: expected seconds, perhaps followed by the place in the bar, got "half past""#);
    let error = intervals("a.lab", b"0.0 1.0 C\n3.0 2.0 D\n").unwrap_err();
    insta::assert_snapshot!(error, @r#"a.lab, line 2: expected start, end and label, got "3.0 2.0 D""#);
    let error = jams::read("a.jams", b"{\"annotations\": [\n 1 ]}").unwrap_err();
    assert!(error.to_string().starts_with("a.jams, line 2: "), "{error}");
    insta::assert_snapshot!(beats("a.beats", b"").unwrap_err(), @"a.beats holds no beats");
    assert!(beats("a.beats", b"NaN\n").is_err() && beats("a.beats", b"0.1\n1e99\n").is_err());
}

#[test]
fn jams_has_everything_in_one_file() {
    let text = r##"{"file_metadata": {"title": "x", "duration": 4.0}, "annotations": [
        {"namespace": "beat", "data": [{"time": 0.5, "duration": 0.0, "value": 1, "confidence": null},
                                       {"time": 1.0, "duration": 0.0, "value": {"position": 2}}]},
        {"namespace": "tempo", "data": [{"time": 0, "duration": 4, "value": 120.0, "confidence": 1}]},
        {"namespace": "chord", "data": {"time": [0.0, 2.0], "duration": [2.0, 2.0], "value": ["C:maj", "N"],
                                        "confidence": [1, 1]}},
        {"namespace": "key_mode", "data": [{"time": 0, "duration": 4, "value": "A:minor"}]},
        {"namespace": "segment_open", "data": [{"time": 0, "duration": 4, "value": "verse"}]},
        {"namespace": "pitch_contour", "data": [{"time": 0, "value": {"frequency": 220.0, "voiced": false}}]},
        {"namespace": "onset", "data": []}, {"namespace": "mood"}]}"##;
    let truth = jams::read("a.jams", text.as_bytes()).unwrap();
    assert_eq!(truth.beats, [Beat { time: 0.5, position: Some(1) }, Beat { time: 1.0, position: Some(2) }]);
    assert_eq!(truth.known_downbeats(), [0.5]);
    assert_eq!(truth.tempo, Some(120.0));
    assert_eq!(truth.chords[1], Labelled::new(2.0, 4.0, "N"));
    assert_eq!(truth.key.map(|key| (key.0.get(), key.1)), Some((9, Mode::Minor)));
    assert_eq!(truth.sections, [vec![Labelled::new(0.0, 4.0, "verse")]]);
    assert_eq!(truth.melody, [(0.0, -220.0)]);
}

#[test]
fn form_that_is_not_aligned_is_not_used() {
    let song = |is_aligned: bool| {
        let text = format!(
            r#"{{"id": "1", "bpm": 60, "beats_per_bar": 4, "main_key": "G:min", "beats": [0, 1], "chords": [[0, 2, "G:min"]],
            "melody": [[0.0, 0.025, 69], [0.05, 0.06, 81]], "sections_label1": [[0, 2, "A", 1]], "sections_label2": null,
            "downbeats_aligned": [0.0], "alignment_ok": {is_aligned}}}"#
        );
        pop909::read("truth.json", text.as_bytes()).unwrap()
    };
    let truth = song(true);
    assert_eq!((truth.sections.len(), truth.known_downbeats()), (1, vec![0.0]));
    assert_eq!(
        truth.melody.iter().map(|point| point.1).collect::<Vec<_>>(),
        [440.0, 440.0, 440.0, 0.0, 0.0, 880.0, 0.0]
    );
    let truth = song(false);
    assert!(truth.sections.is_empty() && truth.known_downbeats().is_empty() && truth.beats.len() == 2);
    assert_eq!(pop909::beats("beat_midi.txt", b"0.05 1.0 1.0\n0.7 0.0 0.0\n").unwrap().len(), 2);
}

#[test]
fn manifests_of_strangers_are_read() {
    let text = "\u{feff}Path , genre,artist,tempo,key,mode,valence\r\n\
                \"a, b.mp3\",\"hip \"\"hop\"\"\",x,92.5,9,0,-0.5\r\n\
                # left out\r\n\
                c.mp3,,,,,\r\n\
                ,,,,,,\r\n\
                d.mp3,rock,y,fast,,,\r\n\
                e.mp3,rock,y,120,Eb,major,,,too,many\r\n";
    let rows = manifest::read("m.csv", text.as_bytes()).unwrap();
    assert_eq!(rows.len(), 4);
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.path.as_str(), first.genre.as_deref()), ("a, b.mp3", Some("hip \"hop\"")));
    assert_eq!((first.tempo, first.valence), (Some(92.5), Some(-0.5)));
    assert_eq!(first.key.map(|key| (key.0.get(), key.1)), Some((9, Mode::Minor)));
    assert_eq!(rows[1].as_ref().unwrap().tempo, None);
    insta::assert_snapshot!(rows[2].as_ref().unwrap_err(), @r#"m.csv, line 6: expected a tempo in BPM, got "fast""#);
    assert_eq!(rows[3].as_ref().unwrap().key.map(|key| (key.0.get(), key.1)), Some((3, Mode::Major)));
    let semicolons = manifest::read("m.csv", b"path;tempo\na.mp3;90\n").unwrap();
    assert_eq!(semicolons[0].as_ref().unwrap().tempo, Some(90.0));
    insta::assert_snapshot!(
        manifest::read("m.csv", b"file,tempo\n").unwrap_err(),
        @r#"m.csv, line 1: expected a header with a column `path`, got "file,tempo""#
    );
    assert!(manifest::read("m.csv", b"").is_err());
}

#[test]
fn a_key_out_of_range_is_said_and_not_guessed() {
    for (key, mode) in [("12", "1"), ("2.5", "1"), ("3", "2"), ("-2", "0"), ("x", "")] {
        let text = format!("path,key,mode\na,{key},{mode}\n");
        assert!(manifest::read("m", text.as_bytes()).unwrap()[0].is_err(), "{key} {mode}");
    }
    for (key, mode) in [("-1", "1"), ("5", ""), ("5", "-1")] {
        let text = format!("path,key,mode\na,{key},{mode}\n");
        assert_eq!(
            manifest::read("m", text.as_bytes()).unwrap()[0].as_ref().unwrap().key,
            None,
            "{key} {mode}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_stop_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        every_reader(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_an_annotation_stops_a_reader(
        text in "(-?[0-9]{0,7}(\\.[0-9]{0,9})?([eE]-?[0-9]{1,3})?[ ,;\t\r\n\"]{1,2}[A-GNXa-z:(),/#*\"é]{0,4}){0,12}",
        json in "[\\[\\]{}\":, a-z0-9.\\-]{0,60}",
    ) {
        every_reader(text.as_bytes());
        every_reader(format!("path,tempo,key,mode,beats\n{text}").as_bytes());
        every_reader(format!("{{\"annotations\": [{{\"namespace\": \"beat\", \"data\": {json}}}]}}").as_bytes());
        every_reader(format!("{{\"bpm\": 1, \"melody\": {json}}}").as_bytes());
    }
}

fn every_reader(bytes: &[u8]) {
    let _ = beats("f", bytes);
    let _ = intervals("f", bytes);
    let _ = pitches("f", bytes);
    let _ = key("f", bytes);
    let _ = jams::read("f", bytes);
    let _ = pop909::read("f", bytes);
    let _ = pop909::beats("f", bytes);
    let _ = manifest::read("f", bytes);
}

#[test]
fn what_lies_beyond_every_track_is_refused_by_name() {
    let jams = |time: &str, duration: &str| {
        let observation = format!(r#"{{"time": {time}, "duration": {duration}, "value": "C:maj"}}"#);
        let text = format!(r#"{{"annotations": [{{"namespace": "chord", "data": [{observation}]}}]}}"#);
        jams::read("a.jams", text.as_bytes())
    };
    assert_eq!(jams("1.5", "2.0").unwrap().chords.len(), 1);
    for (time, duration) in [("1e300", "1"), ("0", "1e300"), ("345000", "1000"), ("-1e9", "1e9")] {
        let error = jams(time, duration).unwrap_err();
        assert!(matches!(&error, AnnotationError::Late { file, .. } if file == "a.jams"), "{error}");
    }
    let song = |part: &str| pop909::read("truth.json", format!(r#"{{"bpm": 90, {part}}}"#).as_bytes());
    assert!(song(r#""beats": [1.0], "melody": [[0.0, 1.0, 60.0]]"#).is_ok());
    for part in [
        r#""beats": [1e300]"#,
        r#""chords": [[0, 1e300, "C:maj"]]"#,
        r#""sections_label1": [[-1e300, 1, "A", 0]]"#,
        // A curve of every hundredth of a second would take hundreds of megabytes.
        r#""melody": [[0, 300000, 60]]"#,
    ] {
        let error = song(part).unwrap_err();
        assert!(matches!(error, AnnotationError::Late { .. }), "{part}: {error}");
    }
}
