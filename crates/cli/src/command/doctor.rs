//! `segue doctor`: looks at everything and says what is wrong and what to do.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use engine::Integrity;
use serde::Serialize;

use crate::home::HomeArguments;
use crate::output::{counted, grouped, json, line, table};

/// Check the store, the snapshots and the configuration.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Findings {
    home: String,
    store: Integrity,
    snapshots: Vec<SnapshotFinding>,
    advice: Vec<String>,
    is_sound: bool,
}

#[derive(Debug, Serialize)]
struct SnapshotFinding {
    name: String,
    is_current: bool,
    problem: Option<String>,
}

/// Checks, prints, and fails where something is broken.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let path = home.path()?;
    let engine = home.open_read_only().await?;
    let store = engine.store().check().await?;
    let latest = engine.store().latest().await?;
    let health = home.snapshots()?.check();
    let mut advice = Vec::new();
    if store.event_count == 0 {
        advice.push("nothing was logged yet: import some history with `segue import`".to_owned());
    } else if health.is_empty() {
        advice.push("nothing was learnt yet: run `segue train`".to_owned());
    }
    if store.account_count == 0 {
        advice.push("there is no account yet: make one with `segue account add NAME --admin`".to_owned());
    }
    for snapshot in health.iter().filter(|snapshot| snapshot.is_current) {
        if let Ok(manifest) = &snapshot.state {
            let behind = latest.get() - manifest.watermark.seq.get();
            if behind > 0 {
                let behind = counted(behind.unsigned_abs(), "event");
                advice.push(format!("{behind} came after the last training: run `segue train`"));
            }
        }
    }
    let snapshots: Vec<SnapshotFinding> = health
        .into_iter()
        .map(|snapshot| SnapshotFinding {
            problem: snapshot.state.err().map(|error| error.to_string()),
            name: snapshot.name,
            is_current: snapshot.is_current,
        })
        .collect();
    let is_sound = store.is_sound() && snapshots.iter().all(|snapshot| snapshot.problem.is_none());
    let findings = Findings { home: path.display().to_string(), store, snapshots, advice, is_sound };
    if arguments.json {
        json(&findings)?;
    } else {
        print(&findings)?;
    }
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(findings: &Findings) -> std::io::Result<()> {
    let store = &findings.store;
    let mut counts = table(&["in the store", "count"], &[1]);
    for (name, count) in [
        ("events", store.event_count),
        ("tracks", store.track_count),
        ("artists", store.artist_count),
        ("releases", store.release_count),
        ("listeners", store.listener_count),
        ("playlists", store.playlist_count),
        ("accounts", store.account_count),
    ] {
        counts.add_row([name.to_owned(), grouped(count)]);
    }
    line(format!("{}\n{counts}", findings.home))?;
    for problem in &store.problems {
        line(format!("broken: {problem}"))?;
    }
    if store.more_problem_count > 0 {
        line(format!("broken: {} more", store.more_problem_count))?;
    }
    for snapshot in &findings.snapshots {
        let use_of = if snapshot.is_current { ", in use" } else { "" };
        match &snapshot.problem {
            None => line(format!("snapshot {}{use_of}: whole", snapshot.name))?,
            Some(problem) => line(format!("snapshot {}{use_of}: {problem}", snapshot.name))?,
        }
    }
    for advice in &findings.advice {
        line(format!("advice: {advice}"))?;
    }
    line(verdict(findings))
}

/// What to do. All of a snapshot can be learnt again; only the store is worth a backup.
fn verdict(findings: &Findings) -> &'static str {
    if !findings.store.is_sound() {
        "The store is broken; restore a backup of the data directory."
    } else if !findings.is_sound {
        "The store is sound, a snapshot is not: run `segue train`, which makes a new one from the store."
    } else {
        "All is well."
    }
}
