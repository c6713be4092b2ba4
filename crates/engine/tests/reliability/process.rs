//! Running the process under test, with this process as the ledger outside.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The process under test while it runs.
pub(crate) struct Ledger {
    child: Child,
    acknowledged: mpsc::Receiver<String>,
    feeder: std::thread::JoinHandle<()>,
}

/// How it ended.
pub(crate) struct Ended {
    /// Whether it ended on its own with code 0.
    pub(crate) is_success: bool,
    /// What it wrote to standard error.
    pub(crate) told: String,
}

/// The command that starts the process under test.
pub(crate) fn ledger(directory: &Path, writer_count: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command.arg(directory).arg(writer_count.to_string());
    command
}

/// `command` under strace with these arguments, its report in `trace`.
pub(crate) fn strace(trace: &Path, arguments: &[&str], command: &Command) -> Command {
    let mut strace = Command::new("strace");
    strace.arg("-f").arg("-o").arg(trace).args(arguments).arg(command.get_program()).args(command.get_args());
    strace
}

/// Whether strace is there and allowed to trace; says so where it is not.
pub(crate) fn has_strace() -> bool {
    let works = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !works {
        println!(
            "skipped: strace is missing or not allowed to trace; `cargo xtask test` installs it where it can"
        );
    }
    works
}

impl Ledger {
    /// Starts `command` and feeds it `keys`.
    pub(crate) fn start(mut command: Command, keys: Vec<String>) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the process under test starts");
        let mut stdin = child.stdin.take().expect("piped above");
        let feeder = std::thread::spawn(move || {
            for key in keys {
                // It may have been killed: then there is nobody to feed.
                if writeln!(stdin, "{key}").is_err() {
                    break;
                }
            }
        });
        let stdout = child.stdout.take().expect("piped above");
        let (sender, acknowledged) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout);
            let mut line = String::new();
            // A line without its end is no acknowledgement: it was cut off.
            while lines.read_line(&mut line).is_ok_and(|length| length > 0) && line.ends_with('\n') {
                let _ = sender.send(line.trim_end().to_owned());
                line.clear();
            }
        });
        Self { child, acknowledged, feeder }
    }

    /// Lets it acknowledge `count` keys and run on for `more`, then kills it.
    ///
    /// Returns all that it acknowledged.
    pub(crate) fn kill_after(mut self, count: usize, more: Duration) -> Vec<String> {
        let mut acknowledged: Vec<String> = self.acknowledged.iter().take(count).collect();
        let mut last = self.acknowledged.recv_timeout(more);
        while let Ok(key) = last {
            acknowledged.push(key);
            if acknowledged.len() > 2 * count {
                break;
            }
            last = self.acknowledged.recv_timeout(more);
        }
        // SIGKILL; it may have ended already.
        let _ = self.child.kill();
        self.child.wait().expect("it was started above");
        acknowledged.extend(self.acknowledged.iter());
        let _ = self.feeder.join();
        acknowledged
    }

    /// Waits for its end. Returns all that it acknowledged, and how it ended.
    pub(crate) fn finish(self) -> (Vec<String>, Ended) {
        let acknowledged = self.acknowledged.iter().collect();
        let output = self.child.wait_with_output().expect("it was started above");
        let _ = self.feeder.join();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (acknowledged, Ended { is_success: output.status.success(), told })
    }
}
