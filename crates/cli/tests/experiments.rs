//! Playlists as an answer, and experiments, from outside.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A data directory with a dozen listeners who have played a little.
struct Home {
    directory: TempDir,
}

impl Home {
    fn new() -> Self {
        let home = Self { directory: TempDir::new().unwrap() };
        let mut table = "listener,artist,track,plays\n".to_owned();
        for listener in 0..12 {
            for track in 0..8 {
                let number = (listener * 3 + track) % 30;
                table.push_str(&format!("n{listener},Artist {},Song {number},{}\n", number / 3, 1 + track));
            }
        }
        let file = home.directory.path().join("table.csv");
        fs::write(&file, table).unwrap();
        home.run(&["import", "csv", file.to_str().unwrap()]).unwrap();
        home
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn declare(&self, text: &str) {
        fs::write(self.path().join("experiments.toml"), text).unwrap();
    }

    /// What a command prints, or what it says is wrong.
    fn run(&self, words: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        let output = command.env_remove("SEGUE_HOME").arg("--home").arg(self.path()).args(words).output();
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

const DECLARED: &str = "[[experiment]]\nname = \"calm\"\nmixes = [\"home\"]\n\
                        [[experiment.arm]]\nname = \"as ever\"\n\
                        [[experiment.arm]]\nname = \"without draws\"\nwithout = \"exploration\"\n";

#[test]
fn an_experiment_runs_from_its_declaration_to_its_report() {
    let home = Home::new();
    let none = home.run(&["eval", "experiment"]).unwrap();
    assert!(none.contains("experiments.toml"), "{none}");
    home.declare(DECLARED);
    let mut arms = Vec::new();
    for _ in 0..2 {
        let slates = (0..12).map(|row| home.run(&["recommend", "--listener", &format!("n{row}"), "--json"]));
        let arm = |slate: Result<String, String>| {
            let slate: serde_json::Value = serde_json::from_str(&slate.unwrap()).unwrap();
            slate["trace"]["trial"]["arms"][0].as_str().unwrap().to_owned()
        };
        arms.push(slates.map(arm).collect::<Vec<String>>());
    }
    assert_eq!(arms[0], arms[1], "each command is a restart");
    let told = home.run(&["eval", "experiment", "--json"]).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let report = &told["experiments"][0];
    let count = |arm: usize| report["arms"][arm]["listener_count"].as_u64().unwrap() as usize;
    let as_ever = arms[0].iter().filter(|arm| *arm == "as ever").count();
    assert_eq!((count(0), count(1)), (as_ever, 12 - as_ever), "{told}");
    assert_eq!((&report["kind"], &report["sample_ratio"]["is_mismatch"]), (&"split".into(), &false.into()));
    let table = home.run(&["eval", "experiment", "--experiment", "calm"]).unwrap();
    assert!(table.contains("without draws") && table.contains("chi-square"), "{table}");
    let unknown = home.run(&["eval", "experiment", "--experiment", "wild"]).unwrap_err();
    assert!(unknown.contains("it knows calm"), "{unknown}");
}

#[test]
fn a_declaration_that_makes_no_sense_says_what_to_do() {
    let home = Home::new();
    home.declare(&DECLARED.replace("exploration", "brains"));
    let refused = home.run(&["recommend", "--listener", "n1"]).unwrap_err();
    assert!(refused.contains("there are heads, trees"), "{refused}");
    home.declare(&DECLARED.replace("without = \"exploration\"", "snapshot = \"s000000000000001\""));
    home.run(&["recommend", "--listener", "n1"]).expect("what is gone ends its experiment and nothing else");
    let missing = home.run(&["eval", "experiment", "--experiments", "nowhere.toml"]).unwrap_err();
    assert!(missing.contains("check the path"), "{missing}");
    for words in [&["eval", "experiment", "somewhere"][..], &["eval", "off-policy", "--experiment", "x"]] {
        assert!(home.run(words).unwrap_err().contains("leave"), "{words:?}");
    }
}

#[test]
fn where_nobody_shares_a_playlist_an_answer_of_playlists_says_so() {
    let home = Home::new();
    let said = home.run(&["recommend", "--listener", "n1", "--answer", "playlists"]).unwrap();
    assert!(said.contains("nobody shares a playlist"), "{said}");
    let why = home.run(&["recommend", "--listener", "n1", "--answer", "playlists", "--why", "p3"]).unwrap();
    assert!(why.contains("No source thought of it"), "{why}");
}
