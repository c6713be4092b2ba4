//! `segue scan` and `segue analyze` from outside: what they do with good files, and that no bad file stops them.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

mod booklets;
mod sound_files;
mod tagged;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sound_files::{Wav, id3v2, noise, tone, with_title};
use tempfile::TempDir;

/// A data directory and a folder of music of its own.
struct Home {
    directory: TempDir,
}

#[derive(Debug)]
struct Said {
    is_success: bool,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir(directory.path().join("music")).unwrap();
        Self { directory }
    }

    fn music(&self) -> PathBuf {
        self.directory.path().join("music")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.music().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        command.env_remove("SEGUE_HOME").arg("--home").arg(self.directory.path().join("data")).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        let output = self.command(words).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Said { is_success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Scans the folder of music; the report and whether all files were usable.
    fn scan(&self, words: &[&str]) -> (Value, bool) {
        let music = self.music();
        let said = self.run(&[&["scan", "--json", music.to_str().unwrap()], words].concat());
        let report = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
        (report, said.is_success)
    }
}

/// The counts of a report that are not zero, as one line.
fn counts(report: &Value) -> String {
    let names = ["file", "new", "changed", "moved", "unchanged", "gone", "analysed", "recognised"];
    let parts = names.iter().filter_map(|name| {
        let count = report[format!("{name}_count")].as_u64().unwrap();
        (count > 0).then(|| format!("{name} {count}"))
    });
    let failures = report["failures"].as_array().unwrap().len();
    parts.chain((failures > 0).then(|| format!("failed {failures}"))).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_scan_reads_once_what_stays_and_again_what_changes() {
    let home = Home::new();
    home.write("Anna/First/01 One.wav", &tone(220.0, 3.0).bytes());
    home.write("two.wav", &with_title("Two", "Berta", &tone(330.0, 3.0).bytes()));
    home.write("notes.txt", b"no sound");
    let (report, is_whole) = home.scan(&[]);
    assert_eq!((counts(&report).as_str(), is_whole), ("file 2, new 2, analysed 2", true));
    assert_eq!(counts(&home.scan(&[]).0), "file 2, unchanged 2");
    // Another tag and another place are no other sound.
    home.write("two.wav", &with_title("Second", "Berta", &tone(330.0, 3.0).bytes()));
    fs::rename(home.music().join("Anna/First/01 One.wav"), home.music().join("renamed.wav")).unwrap();
    assert_eq!(counts(&home.scan(&[]).0), "file 2, changed 1, moved 1, gone 1, recognised 1");
    // Other sound under the old name is.
    home.write("renamed.wav", &tone(440.0, 3.0).bytes());
    assert_eq!(counts(&home.scan(&[]).0), "file 2, changed 1, unchanged 1, analysed 1");
    fs::remove_file(home.music().join("renamed.wav")).unwrap();
    assert_eq!(counts(&home.scan(&[]).0), "file 1, unchanged 1, gone 1");
    let said = home.run(&["doctor"]);
    assert!(said.is_success, "{said:?}");
}

#[test]
fn tags_are_tracks_before_any_sound_is_analysed() {
    let home = Home::new();
    home.write("two.wav", &with_title("Two", "Berta", &tone(330.0, 3.0).bytes()));
    home.write("three.wav", &with_title("Three", "Berta", &tone(350.0, 3.0).bytes()));
    assert_eq!(counts(&home.scan(&["--tags-only"]).0), "file 2, new 2");
    let said = home.run(&["recommend", "--mix", "radio", "--from", "Two by Berta", "--private", "--json"]);
    assert!(said.is_success && said.out.contains("Three"), "{said:?}");
    assert_eq!(counts(&home.scan(&[]).0), "file 2, unchanged 2, analysed 2");
    fs::remove_file(home.directory.path().join("data/analyses.db")).unwrap();
    assert_eq!(counts(&home.scan(&[]).0), "file 2, unchanged 2, analysed 2", "analyses can be made anew");
}

#[test]
fn the_same_recording_in_two_files_is_reported() {
    let home = Home::new();
    let music = noise(7, 20.0);
    home.write("a.wav", &music.bytes());
    home.write("b.wav", &Wav { rate_hz: 22_050, ..music.every_second() }.bytes());
    home.write("c.wav", &with_title("C", "D", &music.bytes()));
    home.write("other.wav", &noise(8, 20.0).bytes());
    let (report, _) = home.scan(&[]);
    let duplicates = report["duplicates"].as_array().unwrap();
    assert_eq!(duplicates.len(), 1, "{report}");
    assert_eq!(duplicates[0].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(counts(&report), "file 4, new 4, analysed 3, recognised 1");
}

/// Each kind of bad file with the outcome it must have: a failing line that contains the words, or none.
fn bad_files(home: &Home) -> Vec<(String, Option<&'static str>)> {
    let mut expected: Vec<(String, Option<&'static str>)> = Vec::new();
    let mut put = |name: &str, bytes: &[u8], why: Option<&'static str>| {
        home.write(name, bytes);
        expected.push((name.escape_debug().to_string(), why));
    };
    put("empty.mp3", b"", Some("the file is empty"));
    put("words.mp3", &b"These are words and no sound at all. ".repeat(200), Some("no known audio format"));
    put(
        "id3 of 33 bytes.mp3",
        &id3v2(&[])[..10].iter().copied().chain([0; 23]).collect::<Vec<u8>>(),
        Some("no known audio format"),
    );
    put(
        "header.wav",
        &Wav { samples: Vec::new(), ..tone(1.0, 1.0) }.bytes(),
        Some("no sound could be decoded"),
    );
    put("announces 34 GB.wav", &announcing(34 << 30), Some(""));
    put("nan.wav", &Wav { samples: vec![f32::NAN; 88_200], ..tone(1.0, 1.0) }.float_bytes(), None);
    put(
        "8 channels.wav",
        &Wav { rate_hz: 192_000, channel_count: 8, samples: vec![0.1; 8 * 192_000] }.bytes(),
        None,
    );
    put("one sample.wav", &Wav { samples: vec![0.5], ..tone(1.0, 1.0) }.bytes(), None);
    put("silence.wav", &Wav { samples: vec![0.0; 5 * 44_100], ..tone(1.0, 1.0) }.bytes(), None);
    put("noise.wav", &noise(1, 5.0).bytes(), None);
    put("line\nbreak.wav", &tone(250.0, 2.0).bytes(), None);
    put("good.wav", &tone(260.0, 2.0).bytes(), None);
    expected
}

/// A FLAC file whose picture is said to be as large as fits into its field, and a WAV chunk that says more.
fn announcing(size: u64) -> Vec<u8> {
    let mut bytes = tone(240.0, 1.0).bytes();
    // A chunk before the sound that would be kept in memory, were it believed.
    let chunk = [
        b"LIST".as_slice(),
        &(size as u32).wrapping_sub(9).to_le_bytes(),
        b"INFOINAM",
        &u32::MAX.to_le_bytes(),
    ];
    bytes.splice(12..12, chunk.concat());
    bytes
}

#[test]
fn no_bad_file_stops_a_scan_and_each_has_its_line() {
    let home = Home::new();
    let expected = bad_files(&home);
    let (report, is_whole) = home.scan(&[]);
    assert!(!is_whole);
    let failures = report["failures"].as_array().unwrap();
    let failure =
        |name: &str| failures.iter().find(|failure| failure["path"].as_str().unwrap().ends_with(name));
    for (name, why) in &expected {
        match (failure(name), why) {
            // Refusing it and taking what is there are both clear outcomes.
            (_, Some("")) | (None, None) => {}
            (Some(found), Some(why)) => assert!(found["why"].as_str().unwrap().contains(why), "{found}"),
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
    let usable = expected.iter().filter(|(_, why)| why.is_none()).count() as u64;
    assert!(report["analysed_count"].as_u64().unwrap() >= usable, "{report}");
    // Nothing is tried twice that cannot have become better, and it is said again all the same.
    let (again, is_whole) = home.scan(&[]);
    assert!(!is_whole);
    assert_eq!(again["failures"].as_array().unwrap().len(), failures.len());
    assert!(again["failures"].as_array().unwrap().iter().all(|failure| failure["is_known"] == true));
    assert_eq!(again["analysed_count"], 0);
    let (retried, _) = home.scan(&["--retry"]);
    assert!(retried["failures"].as_array().unwrap().iter().all(|failure| failure["is_known"] == false));
}

#[test]
fn a_file_that_breaks_off_anywhere_has_an_outcome() {
    let home = Home::new();
    let whole = with_title("Whole", "Anna", &noise(3, 0.5).bytes());
    for len in (0..whole.len()).step_by(1_024) {
        home.write(&format!("{len}.wav"), &whole[..len]);
    }
    let (report, _) = home.scan(&["--tags-only"]);
    let sum = report["new_count"].as_u64().unwrap();
    assert_eq!(sum, report["file_count"].as_u64().unwrap(), "{report}");
    let failures = report["failures"].as_array().unwrap();
    assert!(failures.iter().all(|failure| !failure["why"].as_str().unwrap().contains("crash")), "{report}");
}

#[test]
fn a_worker_that_dies_costs_one_file() {
    let home = Home::new();
    // Ten minutes of sound take more than this many MiB and more than no time; the program itself is larger with a runtime
    // for models.
    let limit = if cfg!(feature = "neural") { "128" } else { "64" };
    home.write("long.wav", &Wav { samples: vec![0.1; 600 * 44_100], ..tone(1.0, 1.0) }.bytes());
    home.write("short.wav", &tone(250.0, 1.0).bytes());
    let (report, is_whole) = home.scan(&["--memory-mib", limit, "--workers", "1"]);
    assert!(!is_whole);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{report}");
    assert!(
        failures[0]["why"].as_str().unwrap().contains(&format!("more than {limit} MiB of memory")),
        "{report}"
    );
    assert_eq!(report["analysed_count"], 1, "{report}");
    let (report, _) = home.scan(&["--file-seconds", "1", "--retry"]);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{report}");
    assert!(failures[0]["why"].as_str().unwrap().contains("more than 1 s"), "{report}");
}

#[test]
fn a_file_of_ten_hours_is_a_track_whose_first_hour_is_analysed() {
    let home = Home::new();
    let hours = Wav { rate_hz: 4_000, channel_count: 1, samples: vec![0.0; 4_000] };
    let (mut head, size) = (hours.bytes(), 10 * 3_600 * 4_000 * 2_u32);
    head[4..8].copy_from_slice(&(size + 36).to_le_bytes());
    head[40..44].copy_from_slice(&size.to_le_bytes());
    home.write("ten hours.wav", &head);
    // The rest is a hole, which takes no room.
    let file = fs::OpenOptions::new().write(true).open(home.music().join("ten hours.wav")).unwrap();
    file.set_len(u64::from(size) + 44).unwrap();
    let (report, is_whole) = home.scan(&[]);
    assert!(is_whole, "{report}");
    assert_eq!(report["analysed_seconds"], 36_000.0, "{report}");
}

#[test]
fn a_picture_of_200_megabytes_costs_no_track() {
    let home = Home::new();
    let silent_frame: Vec<u8> = [0xFF, 0xFB, 0x90, 0x64].into_iter().chain([0; 413]).collect();
    let picture = [b"\0image/png\0\x03\0".to_vec(), vec![1; 200 << 20]].concat();
    let tag = id3v2(&[(b"TIT2", b"\x03Title"), (b"TPE1", b"\x03Artist"), (b"APIC", &picture)]);
    home.write("picture.mp3", &[tag, silent_frame.repeat(200)].concat());
    let (report, is_whole) = home.scan(&[]);
    assert!(is_whole, "{report}");
    assert_eq!(counts(&report), "file 1, new 1, analysed 1");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_outside_is_left_out_with_a_reason() {
    let home = Home::new();
    let outside = home.directory.path().join("outside.wav");
    fs::write(&outside, tone(250.0, 1.0).bytes()).unwrap();
    std::os::unix::fs::symlink(&outside, home.music().join("link.wav")).unwrap();
    home.write("good.wav", &tone(260.0, 1.0).bytes());
    let (report, is_whole) = home.scan(&[]);
    assert!(is_whole, "{report}");
    assert_eq!(counts(&report), "file 1, new 1, analysed 1");
    assert!(report["left_out"][0]["why"].as_str().unwrap().contains("outside of the library"), "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_no_text_is_a_track_like_others() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.wav");
    fs::write(home.music().join(name), tone(250.0, 1.0).bytes()).unwrap();
    let (report, is_whole) = home.scan(&[]);
    assert!(is_whole, "{report}");
    assert_eq!(counts(&report), "file 1, new 1, analysed 1");
    assert_eq!(counts(&home.scan(&[]).0), "file 1, unchanged 1");
}

#[expect(clippy::disallowed_methods, reason = "a kill has to come at some time, which the clock gives")]
#[test]
fn a_scan_that_is_killed_goes_on_where_it_was() {
    let home = Home::new();
    for number in 0..40 {
        home.write(&format!("{number}.wav"), &noise(number, 4.0).bytes());
    }
    let music = home.music();
    let words = ["scan", music.to_str().unwrap()];
    let mut kills = 0;
    for _ in 0..4 {
        let mut scan = home.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // However far it comes in this time: what counts is that nothing is lost or done twice in the end.
        let until = std::time::Instant::now() + std::time::Duration::from_millis(700);
        while std::time::Instant::now() < until && scan.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        kills += u32::from(scan.try_wait().unwrap().is_none());
        let _ = scan.kill();
        scan.wait().unwrap();
    }
    let (report, is_whole) = home.scan(&[]);
    assert!(is_whole, "{report}");
    assert_eq!(report["file_count"], 40);
    assert_eq!(counts(&home.scan(&[]).0), "file 40, unchanged 40", "after {kills} kills");
    assert!(home.run(&["doctor"]).is_success);
}

#[test]
fn a_path_that_is_not_there_says_so() {
    let home = Home::new();
    let said = home.run(&["scan", "/nowhere/at/all"]);
    assert!(!said.is_success && said.err.contains("cannot read /nowhere/at/all"), "{said:?}");
    assert!(said.err.contains("check the path"), "{said:?}");
    for (file, why) in
        [("/nowhere/at/all.mp3", "check the path"), ("/", "segue scan"), ("/dev/zero", "pipe or a device")]
    {
        let said = home.run(&["analyze", file]);
        assert!(!said.is_success && said.err.contains(why), "{said:?}");
    }
}

#[test]
fn stems_add_up_and_nothing_is_overwritten() {
    let home = Home::new();
    home.write("one.wav", &tone(440.0, 5.0).bytes());
    home.write("text.mp3", b"no sound at all");
    let (file, text) = (home.music().join("one.wav"), home.music().join("text.mp3"));
    let stems = home.directory.path().join("stems");
    let arguments = |file: &Path| -> [String; 5] {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        ["analyze".to_owned(), text(file), "--json".to_owned(), "--stems".to_owned(), text(&stems)]
    };
    let run = |file: &Path| home.run(&arguments(file).each_ref().map(String::as_str));
    assert!(!run(&text).is_success);
    assert!(!stems.exists() || fs::read_dir(&stems).unwrap().next().is_none());
    let said = run(&file);
    assert!(said.is_success, "{said:?}");
    let read = |path: &Path| -> Vec<f32> {
        let mut reader = hound::WavReader::open(path).unwrap();
        match reader.spec().sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
            hound::SampleFormat::Int => {
                reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32_768.0).collect()
            }
        }
    };
    let whole = read(&file);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["stems"]["frame_count"], whole.len());
    assert_eq!(told["stems"]["left_out_frame_count"], 0);
    for names in [&["drums", "bass", "vocals", "other"][..], &["harmonic", "percussive", "residual"]] {
        let parts: Vec<Vec<f32>> =
            names.iter().map(|name| read(&stems.join(format!("{name}.wav")))).collect();
        for (index, sample) in whole.iter().enumerate() {
            let sum: f32 = parts.iter().map(|part| part[index]).sum();
            assert!((sum - sample).abs() < 1e-4, "{names:?} {index}: {sum} {sample}");
        }
        assert!(parts.iter().all(|part| part.len() == whole.len()));
    }
    let before = fs::read(stems.join("drums.wav")).unwrap();
    let said = run(&file);
    assert!(!said.is_success && said.err.contains("is there already"), "{said:?}");
    assert_eq!(fs::read(stems.join("drums.wav")).unwrap(), before);
}

#[test]
fn where_nothing_can_be_written_is_said_before_anything_is_heard() {
    let home = Home::new();
    // Nothing is heard in it, which would be said if it came first.
    home.write("text.mp3", b"no sound at all");
    home.write("taken/drums.wav", b"somebody's");
    let file = home.music().join("text.mp3");
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    for (option, target, why) in [
        ("--plot", text(home.music().join("nowhere/picture.svg")), "is not there"),
        ("--plot", text(home.music().join("picture.gif")), "neither in .svg nor in .png"),
        ("--stems", text(home.music().join("taken")), "is there already"),
        ("--stems", text(file.clone()), "is no directory"),
    ] {
        let said = home.run(&["analyze", file.to_str().unwrap(), option, &target]);
        assert!(!said.is_success && said.err.contains(why), "{option} {target}: {said:?}");
    }
}

#[test]
fn a_song_is_told_as_it_was_composed() {
    let home = Home::new();
    let songs = home.directory.path().join("songs");
    let composed = home.run(&["sim", "compose", songs.to_str().unwrap(), "--songs", "1", "--seed", "103"]);
    assert!(composed.is_success, "{composed:?}");
    let table = fs::read_to_string(songs.join("manifest.csv")).unwrap();
    let mut cells = table.lines().nth(1).unwrap().split(',');
    let (path, _, tempo) = (cells.next().unwrap(), cells.next(), cells.next().unwrap());
    let said = home.run(&["analyze", songs.join(path).to_str().unwrap()]);
    let bpm = tempo.parse::<f64>().unwrap().round();
    for words in [format!("The pulse is {bpm} BPM"), "F♯ major".to_owned(), "4 beats to the bar".to_owned()]
    {
        assert!(said.out.contains(&words), "no {words}: {said:?}");
    }
    for words in ["spoken", "swing", "higher", "Neither"] {
        assert!(!said.out.contains(words), "{words}: {said:?}");
    }
}

#[test]
fn an_analysis_is_printed_in_words_and_as_json() {
    let home = Home::new();
    home.write("one.wav", &tone(440.0, 5.0).bytes());
    let file = home.music().join("one.wav");
    let said = home.run(&["analyze", file.to_str().unwrap()]);
    assert!(said.is_success && !said.out.trim().is_empty(), "{said:?}");
    let said = home.run(&["analyze", "--json", file.to_str().unwrap()]);
    let analysis: Value = serde_json::from_str(&said.out).unwrap();
    let keys: Vec<&str> = analysis.as_object().unwrap().keys().map(String::as_str).collect();
    for key in [
        "features_version",
        "duration",
        "track",
        "tatums",
        "beats",
        "bars",
        "sections",
        "segments",
        "chords",
        "melody",
        "descriptor",
        "report",
    ] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    assert_eq!(analysis["descriptor"].as_array().unwrap().len(), 42);
    assert!((analysis["duration"].as_f64().unwrap() - 5.0).abs() < 0.01);
}

#[test]
fn a_model_that_cannot_be_used_is_told() {
    let home = Home::new();
    home.write("one.wav", &tone(440.0, 2.0).bytes());
    home.write("model.onnx", b"no model at all");
    let path = |name: &str| home.music().join(name).to_str().unwrap().to_owned();
    let said = home.run(&["analyze", &path("one.wav"), "--model", &path("model.onnx")]);
    let why = if cfg!(feature = "neural") { "no ONNX model" } else { "--features neural" };
    assert!(!said.is_success && said.err.contains(why), "{said:?}");
    // The song has nothing to do with it.
    assert!(!said.err.contains("one.wav"), "{said:?}");
}

/// Real recordings, where they are: `SEGUE_DATA`, else the folder `shared/data` beside the project.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn data(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SEGUE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(below);
    if !path.is_dir() {
        eprintln!("skipped: SEGUE_DATA has no {below}");
        return None;
    }
    Some(path)
}

#[test]
fn damaged_recordings_have_an_outcome_each() {
    // A damaged frame costs an mp3 only itself; the first pages of an Ogg file are needed whole, and most are hit here.
    for (below, ending, least) in [("audio/emotify/rock", "mp3", 33), ("audio/recordings", "ogg", 1)] {
        let Some(folder) = data(below) else { continue };
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == ending));
        let bytes = fs::read(files.iter().min().unwrap()).unwrap();
        let home = Home::new();
        for kilobytes in 0..32 {
            home.write(&format!("cut {kilobytes}.{ending}"), &bytes[..(1_024 * kilobytes).min(bytes.len())]);
        }
        let mut state = 1_u32;
        for number in 0..32 {
            let mut damaged = bytes[..bytes.len().min(40_000)].to_vec();
            for _ in 0..20 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % damaged.len();
                damaged[at] = (state >> 24) as u8;
            }
            home.write(&format!("damaged {number}.{ending}"), &damaged);
        }
        let (report, _) = home.scan(&[]);
        assert_eq!(report["new_count"], 64, "{report}");
        let done = ["analysed_count", "recognised_count"].map(|name| report[name].as_u64().unwrap());
        let failure_count = report["failures"].as_array().unwrap().len() as u64;
        assert_eq!(done.iter().sum::<u64>() + failure_count, 64, "{report}");
        assert!(done[0] >= least, "{report}");
    }
}

#[test]
fn real_recordings_are_read() {
    for (below, ending) in
        [("audio/emotify/rock", "mp3"), ("audio/recordings", "ogg"), ("audio/fsdd/recordings", "wav")]
    {
        let Some(folder) = data(below) else { continue };
        let home = Home::new();
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == ending));
        files.sort();
        let files: Vec<&Path> = files.iter().take(2).map(PathBuf::as_path).collect();
        for file in &files {
            fs::copy(file, home.music().join(file.file_name().unwrap())).unwrap();
        }
        let (report, is_whole) = home.scan(&[]);
        assert!(is_whole && !files.is_empty(), "{below}: {report}");
        assert_eq!(report["analysed_count"], files.len() as u64, "{below}: {report}");
    }
}

/// A model that gives a quarter and three quarters of a sound, made by the tests of the crate `neural`.
#[cfg(feature = "neural")]
const SHARES: &[u8] = include_bytes!("../../neural/tests/data/shares.onnx");

#[cfg(feature = "neural")]
#[test]
fn a_model_that_separates_writes_its_stems() {
    let home = Home::new();
    home.write("one.wav", &tone(440.0, 5.0).bytes());
    home.write("model.onnx", SHARES);
    let path = |name: &str| home.music().join(name).to_str().unwrap().to_owned();
    let stems = home.directory.path().join("stems");
    let words = ["analyze", &path("one.wav"), "--memory-mib", "2048", "--model", &path("model.onnx")];
    let said = home.run(&words);
    assert!(!said.is_success && said.err.contains("--stems DIR"), "{said:?}");
    let said = home.run(&[&words[..], &["--stems", stems.to_str().unwrap()]].concat());
    assert!(said.is_success, "{said:?}");
    let mut names: Vec<_> = fs::read_dir(&stems).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["rest.wav", "voice.wav"]);
    let sum = |name: &str| -> (usize, f64) {
        let mut reader = hound::WavReader::open(stems.join(name)).unwrap();
        assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 44_100));
        let squares: Vec<f64> = reader.samples::<f32>().map(|s| f64::from(s.unwrap()).powi(2)).collect();
        (squares.len(), squares.iter().sum())
    };
    let ((voice_len, voice), (rest_len, rest)) = (sum("voice.wav"), sum("rest.wav"));
    assert_eq!(voice_len, rest_len);
    assert!((rest / voice - 9.0).abs() < 0.01, "{}", rest / voice);
}
