//! The program from outside: what it prints, what it leaves behind, and what it says when something is wrong.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A data directory of its own.
struct Home {
    directory: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        command.env_remove("SEGUE_HOME").arg("--home").arg(self.path()).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        Said::of(&self.command(words).output().unwrap())
    }

    /// Imports a table, which must succeed.
    fn import(&self, table: &str, words: &[&str]) -> Said {
        let file = self.directory.path().join("table.csv");
        fs::write(&file, table).unwrap();
        let said = self.run(&[&["import", "csv", file.to_str().unwrap()], words].concat());
        assert!(said.is_success, "{said:?}");
        said
    }
}

/// What came of a command.
#[derive(Debug)]
struct Said {
    is_success: bool,
    out: String,
    err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { is_success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

const PLAYS: &str =
    "listener,artist,track,plays\n2,Nina Simone,Sinnerman,3\n2,Abbey Lincoln,Throw It Away,2\n";

#[test]
fn a_slate_makes_no_directory() {
    let home = Home::new();
    for words in [&["recommend"][..], &["recommend", "--private"]] {
        let said = home.run(words);
        assert!(!said.is_success && said.err.contains("there is no database at"), "{said:?}");
        assert!(said.err.contains("import something first"), "{said:?}");
        assert!(!home.path().exists(), "{words:?}");
    }
}

#[test]
fn an_import_ends_with_its_speed_and_with_a_command_that_works() {
    let home = Home::new();
    let said = home.import(PLAYS, &["--space", "set"]);
    let last = said.out.lines().last().unwrap();
    assert!(last.starts_with("2 rows in ") && last.contains(", 2 events stored ("), "{last}");
    assert!(last.ends_with("then `segue recommend --listener set/2`."), "{last}");
    assert!(said.out.contains("New: 1 listener, 2 artists"), "{said:?}");
    for name in ["set/2", "2"] {
        let said = home.run(&["recommend", "--listener", name, "--mix", "time-capsule"]);
        assert!(said.is_success, "{said:?}");
    }
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    let home = Home::new();
    home.import(PLAYS, &[]);
    let said = home.run(&["recommend", "--listener", "2", "--mix", "radio"]);
    assert!(!said.is_success && said.err.contains("--from"), "{said:?}");
    for limit in ["0", "501", "999999"] {
        let said = home.run(&["recommend", "--listener", "2", "--limit", limit]);
        assert!(!said.is_success && said.err.contains("1..=500"), "{said:?}");
    }
    let said = home.run(&["recommend", "--listener", "2", "--mix", "fresh-releases"]);
    assert!(said.is_success && said.out.contains("no track in the catalogue has a release date"), "{said:?}");
}

#[test]
fn beside_a_server_a_slate_is_private() {
    let home = Home::new();
    home.import(PLAYS, &[]);
    let mut server =
        home.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with("Listening on")));
    let shared = home.run(&["recommend", "--listener", "2"]);
    let private = home.run(&["recommend", "--listener", "2", "--private"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(!shared.is_success && shared.err.contains("--private"), "{shared:?}");
    assert!(private.is_success, "{private:?}");
}

#[test]
fn a_broken_snapshot_is_learnt_again_and_no_backup_is_asked_for() {
    let home = Home::new();
    home.import(PLAYS, &[]);
    assert!(home.run(&["train", "--dim", "4", "--epochs", "1"]).is_success);
    let said = home.run(&["doctor"]);
    assert!(said.is_success && said.out.ends_with("All is well.\n"), "{said:?}");
    let snapshots = home.path().join("snapshots");
    let name = fs::read_to_string(snapshots.join("CURRENT")).unwrap();
    fs::write(snapshots.join(name.trim()).join("manifest.json"), "{").unwrap();
    let said = home.run(&["doctor"]);
    assert!(!said.is_success && !said.out.contains("backup"), "{said:?}");
    assert!(said.out.lines().last().unwrap().contains("`segue train`"), "{said:?}");
}

#[test]
fn a_log_that_is_no_terminal_has_no_colours() {
    let home = Home::new();
    home.import(PLAYS, &[]);
    let said = home.run(&["-v", "recommend", "--listener", "2", "--private"]);
    assert!(said.err.contains("INFO"), "{said:?}");
    assert!(!said.err.contains('\u{1b}'), "{said:?}");
}

#[test]
fn accounts_are_listed_as_json() {
    let home = Home::new();
    let mut add = home.command(&["account", "add", "anna", "--admin"]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut add.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
    assert!(add.wait().unwrap().success());
    let said = home.run(&["account", "list", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(rows, serde_json::json!([{"account": "anna", "role": "administrator", "listener": "anna"}]));
}

/// A click every half second, higher on every fourth, for twelve seconds, as the bytes of a WAV file.
fn clicks() -> Vec<u8> {
    const RATE: u32 = 22_050;
    let sample = |index: u32| {
        let (beat, since) = (index / (RATE / 2), index % (RATE / 2));
        let hertz = if beat.is_multiple_of(4) { 1200.0 } else { 800.0 };
        let seconds = f64::from(since) / f64::from(RATE);
        (20_000.0 * (-60.0 * seconds).exp() * (std::f64::consts::TAU * hertz * seconds).sin()) as i16
    };
    let data: Vec<u8> = (0..12 * RATE).flat_map(|index| sample(index).to_le_bytes()).collect();
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((2 * RATE).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    wav
}

#[test]
fn annotated_tracks_are_scored_and_bad_files_cost_one_line_each() {
    let home = Home::new();
    let file = |name: &str| home.directory.path().join(name);
    fs::create_dir(file("sound")).unwrap();
    fs::write(file("sound/click, track.wav"), clicks()).unwrap();
    fs::write(file("sound/text.mp3"), "this is no music").unwrap();
    fs::write(file("sound/empty.wav"), "").unwrap();
    let beats: String =
        (0..24).map(|beat| format!("{}\t{}\r\n", f64::from(beat) * 0.5, beat % 4 + 1)).collect();
    fs::write(file("a.beats"), beats).unwrap();
    fs::write(file("b.beats"), "one\ntwo\n").unwrap();
    let table = "\u{feff}path,genre,artist,tempo,beats,key,mode\r\n\
                 \"sound\\click, track.wav\",pop,\"x\",120,a.beats,,\r\n\
                 \"sound/click, track.wav\",pop,x,120,b.beats,,\r\n\
                 sound/text.mp3,pop,x,100,,,\r\n\
                 sound/empty.wav,pop,x,100,,,\r\n\
                 sound/missing.wav,rock,x,100,missing.beats,,\r\n\
                 sound/x.wav,rock,x,fast,,,\r\n";
    fs::write(file("list.csv"), table).unwrap();
    let list = file("list.csv");
    let said = home.run(&["eval", "audio", "--manifest", list.to_str().unwrap(), "--json"]);
    assert!(said.is_success, "{said:?}");
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((report["task"].as_str(), report["track_count"].as_u64()), (Some("audio"), Some(2)));
    let metrics = &report["models"][0]["metrics"];
    assert_eq!(metrics["tempo_acc2"].as_f64(), Some(1.0));
    assert!(metrics["beat_f"].as_f64().unwrap() > 0.9, "{metrics}");
    assert_eq!(report["counts"]["beat_f"].as_u64(), Some(1));
    assert!(metrics["key_exact"].is_null(), "{metrics}");
    let failures: Vec<&str> = said.err.lines().collect();
    assert_eq!(failures.len(), 6, "{said:?}");
    for (line, part) in failures.iter().zip([
        "b.beats, line 2",
        "missing.beats",
        "line 7",
        "text.mp3",
        "empty.wav",
        "missing.wav",
    ]) {
        assert!(line.contains(part), "{line} lacks {part}");
    }
}

#[test]
fn where_no_file_can_be_scored_it_is_an_error_that_says_why() {
    let home = Home::new();
    let file = |name: &str| home.directory.path().join(name);
    fs::write(file("a.csv"), "path\nmissing.wav\n").unwrap();
    let run = |words: &[&str]| home.run(&[&["eval", "audio"], words].concat());
    let table = file("a.csv");
    let said = run(&["--manifest", table.to_str().unwrap()]);
    assert!(!said.is_success && said.err.contains("missing.wav: reading failed"), "{said:?}");
    fs::write(file("b.csv"), "file\na.wav\n").unwrap();
    let table = file("b.csv");
    let said = run(&["--manifest", table.to_str().unwrap()]);
    assert!(!said.is_success && said.err.contains("a column `path`"), "{said:?}");
    fs::create_dir(file("nothing")).unwrap();
    let said = run(&[file("nothing").to_str().unwrap()]);
    assert!(!said.is_success && said.err.contains("--manifest"), "{said:?}");
    assert!(!run(&[]).is_success);
}

#[test]
fn songs_are_composed_with_their_truth_and_read_back() {
    let home = Home::new();
    let songs = home.directory.path().join("songs");
    let words =
        ["sim", "compose", songs.to_str().unwrap(), "--songs", "2", "--styles", "waltz,rock", "--bars", "12"];
    let said = home.run(&[&words[..], &["--stems", "--json"]].concat());
    assert!(said.is_success, "{said:?}");
    let written: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(written["songs"][1]["genre"].as_str(), Some("rock"));
    let manifest = written["manifest"].as_str().unwrap();
    assert!(songs.join("0001-waltz/vocals.wav").is_file());
    let first = fs::read(songs.join("0001-waltz.wav")).unwrap();
    let said = home.run(&["eval", "audio", "--manifest", manifest, "--json"]);
    assert!(said.is_success && said.err.is_empty(), "{said:?}");
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["track_count"].as_u64(), Some(2));
    for metric in [
        "beat_f",
        "downbeat_f",
        "tempo_acc1",
        "key_weighted",
        "chord_majmin",
        "section_label_acc",
        "melody_rpa",
    ] {
        assert!(report["models"][0]["metrics"][metric].is_f64(), "{metric}: {report}");
    }
    // The same seed gives the same files.
    assert!(home.run(&words).is_success);
    assert_eq!(fs::read(songs.join("0001-waltz.wav")).unwrap(), first);
}

#[test]
fn recommenders_are_held_against_each_other_in_simulated_worlds() {
    let home = Home::new();
    let picture = home.directory.path().join("curves.svg");
    let small = ["sim", "run", "--listeners", "16", "--tracks", "200", "--history", "14", "--weeks", "1"];
    let words =
        ["--policies", "oracle,engine,ials,random", "--seeds", "3", "--plot", picture.to_str().unwrap()];
    let said = home.run(&[&small[..], &words, &["--json"]].concat());
    assert!(said.is_success && said.err.is_empty(), "{said:?}");
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["runs"].as_array().unwrap().len(), 12);
    let gaps = report["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 3, "{report}");
    for gap in gaps {
        let of = |name: &str| gap[name].as_f64().unwrap();
        assert!(of("oracle") > of("ials"), "{gap}");
        let closed = (of("engine") - of("ials")) / (of("oracle") - of("ials"));
        assert!((closed - of("closed")).abs() < 1e-9, "{gap}");
    }
    let picture = fs::read_to_string(picture).unwrap();
    for text in ["habit: satisfaction", "circle: Gini of artists", "oracle", "random"] {
        assert!(picture.contains(text), "{text} is not in the picture");
    }

    let words = ["--family", "sound", "--policies", "popularity,organic"];
    let said = home.run(&[&small[..], &words].concat());
    assert!(
        said.is_success && said.out.contains("organic") && said.out.contains("listener-days"),
        "{said:?}"
    );
    assert!(!said.out.contains("gap closed"), "there is no gap without an oracle: {said:?}");
    assert!(!home.run(&[&small[..], &["--family", "noise"]].concat()).is_success);
}
