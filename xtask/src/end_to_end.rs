//! Checks of the release binary from outside, as a newcomer would use it.
//!
//! Each check is one function that starts the program, looks at what it does and says what went wrong.
//! They stand here and not in a crate's tests because they need the binary in its final form.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};

/// One check.
pub(crate) struct Check {
    /// What is shown to hold.
    pub(crate) name: &'static str,
    /// Shows it with the binary at this path.
    pub(crate) run: fn(&Path) -> Result<()>,
}

/// All checks, quickest first.
pub(crate) const CHECKS: &[Check] = &[
    Check { name: "a wrong input fails and says the next step", run: wrong_input },
    Check {
        name: "a table becomes a slate with reasons, an export and a clean bill of health",
        run: table_to_slate,
    },
    Check { name: "the demo builds a world, learns and gives its tour", run: demo },
];

fn wrong_input(binary: &Path) -> Result<()> {
    let home = Home::new(binary, "wrong-input")?;
    let file = home.path.join("notes.txt");
    fs::write(&file, "no JSON at all")?;
    let output = home.command(&["import", "spotify"]).arg(&file).output()?;
    ensure!(!output.status.success(), "a file of another format was taken for a success");
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(said.contains("notes.txt is not spotify"), "the report names neither file nor format: {said}");
    let output = home.command(&["recommend", "--listener", "nobody"]).output()?;
    ensure!(!output.status.success(), "a listener who does not exist got a slate");
    Ok(())
}

/// Forty listeners of two tastes, thirty tracks of each.
fn table_to_slate(binary: &Path) -> Result<()> {
    let home = Home::new(binary, "table-to-slate")?;
    let mut table = "listener,artist,track,plays\n".to_owned();
    for listener in 0..40 {
        for track in (0..30).filter(|track| (track + listener) % 3 != 0) {
            let taste = listener % 2;
            table.push_str(&format!("l{listener},Artist {taste}-{},Track {taste}-{track},3\n", track % 6));
        }
    }
    let file = home.path.join("plays.csv");
    fs::write(&file, table)?;
    let file = file.to_str().context("the temporary directory has a name that is no text")?;
    home.succeed(&["import", "csv", file])?;
    let again = home.succeed(&["import", "csv", file, "--json"])?;
    ensure!(again.contains("\"stored\": 0") && again.contains("\"known\": 800"), "not known again: {again}");
    // Before anything is shown: what was shown is part of a listener's history too.
    let export = home.succeed(&["export", "l1"])?;
    ensure!(export.contains("Track 1-0") && !export.contains("Track 0-"), "not one listener's: {export}");
    home.succeed(&["train"])?;
    let slate = home.succeed(&["recommend", "--listener", "l1", "--mix", "weekly-discovery", "--json"])?;
    ensure!(slate.contains("Track 1-"), "nothing of the listener's own taste: {slate}");
    ensure!(slate.contains("\"contribution\""), "no reasons: {slate}");
    home.succeed(&["doctor"])?;
    Ok(())
}

fn demo(binary: &Path) -> Result<()> {
    let home = Home::new(binary, "demo")?;
    let said = home.succeed(&["demo", "--tour-only", "--tracks", "1500", "--listeners", "60"])?;
    for part in ["What Segue found", "Weekly discovery", "drawn by chance"] {
        ensure!(said.contains(part), "the tour lacks `{part}`: {said}");
    }
    Ok(())
}

/// A data directory of its own, removed in the end.
struct Home<'b> {
    binary: &'b Path,
    path: PathBuf,
}

impl<'b> Home<'b> {
    fn new(binary: &'b Path, name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("segue-check-{}-{name}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self { binary, path })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.binary);
        command.arg("--home").arg(self.path.join("data")).args(arguments);
        command
    }

    /// What the command prints; it must succeed.
    fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let Output { status, stdout, stderr } = self.command(arguments).output()?;
        let (said, complained) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        ensure!(status.success(), "`segue {}` ended with {status}: {said}{complained}", arguments.join(" "));
        Ok(said.into_owned())
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        // What stays behind lies in the system's temporary directory, which is cleared by itself.
        let _ = fs::remove_dir_all(&self.path);
    }
}
