//! `segue scan`: files of sound become tracks, tags and analyses.

use std::fmt::Write as _;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use engine::EngineError;
use indicatif::ProgressBar;
use scan::worker::Limits;
use scan::{FileFailure, Phase, ScanNews, ScanProgress, ScanReport, ScanRequest, Watch, scan};

use crate::home::HomeArguments;
use crate::listening::{self, LimitArguments};
use crate::output::{complain, counted, grouped, json, line};
use crate::progress;

/// Groups of duplicates that are named in the closing lines; all stand in the JSON.
const DUPLICATES_SHOWN: usize = 10;

/// Add files of sound: tags at once, analyses after; run it again at any time, it goes on where it was.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folders, or single files: mp3, flac, ogg vorbis, opus, aac/m4a, alac, wav and aiff.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Go on after the scan: wait for changes below PATH and take them in.
    #[arg(long)]
    watch: bool,
    /// Read tags only; a later scan without this analyses the sound.
    #[arg(long)]
    tags_only: bool,
    /// Try files again that could not be read before, although they have not changed.
    #[arg(long)]
    retry: bool,
    /// Worker processes; as many as there are cores without it.
    #[arg(long, value_name = "N")]
    workers: Option<NonZero<usize>>,
    #[command(flatten)]
    limits: LimitArguments,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Scans, prints what came of it, and fails where a file could not be read or analysed.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let request = ScanRequest {
        paths: arguments.paths.clone(),
        retry: arguments.retry,
        tags_only: arguments.tags_only,
        worker: listening::command()?,
        limits: arguments.limits.limits(),
        worker_count: arguments.workers,
    };
    if !Limits::are_enforced() {
        complain(
            "This system limits neither memory nor processor time of a process; only the clock is held.",
        )?;
    }
    // Before the first scan, so that no change slips between the two.
    let watch = arguments.watch.then(|| Watch::new(&arguments.paths)).transpose();
    let watch = watch.context("cannot watch these paths; check that they exist, or scan without --watch")?;
    let report = once(home, &request, arguments.json).await?;
    if let Some(watch) = watch {
        go_on(home, request, watch, arguments.json).await?;
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One scan, from opening the data directory to closing it.
async fn once(home: &HomeArguments, request: &ScanRequest, is_json: bool) -> Result<ScanReport> {
    let engine = home.open().await?;
    let bar = progress::of_files(is_json);
    let outcome = scan(&engine, request, &mut |news| tell(&bar, &news)).await;
    bar.finish_and_clear();
    let report = outcome?;
    engine.close().await?;
    if is_json {
        json(&report)?;
    } else {
        line(closing(&report, request.tags_only))?;
    }
    Ok(report)
}

/// Scans again after each change; the data directory is free for others in between.
async fn go_on(
    home: &HomeArguments,
    mut request: ScanRequest,
    mut watch: Watch,
    is_json: bool,
) -> Result<()> {
    // What failed is tried again when it changes.
    request.retry = false;
    if !is_json {
        line("Watching for changes; stop with Ctrl-C.")?;
    }
    while watch.changed().await {
        match once(home, &request, is_json).await {
            Ok(_) => {}
            Err(error) if is_busy(&error) => {
                complain(format!("{error}; trying again after the next change."))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn is_busy(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<EngineError>(), Some(EngineError::Locked { .. }))
}

fn tell(bar: &ProgressBar, news: &ScanNews<'_>) {
    match news {
        ScanNews::Progress(progress) => show(bar, progress),
        ScanNews::Failed(failure) => say(bar, &failure_line(failure)),
        ScanNews::LeftOut(left_out) => say(bar, &format!("{}: left out: {}", left_out.path, left_out.why)),
    }
}

fn show(bar: &ProgressBar, progress: &ScanProgress) {
    let message = match progress.phase {
        Phase::Reading => "reading tags".to_owned(),
        Phase::Looking => "looking at words and covers".to_owned(),
        Phase::Listening => {
            let rate = progress.analysed_seconds / progress.elapsed.as_secs_f64().max(1e-3);
            format!("listening, {rate:.0}× real time")
        }
    };
    let is_same = bar.message().split(',').next() == message.split(',').next();
    if !is_same {
        bar.reset();
    }
    bar.set_message(message);
    bar.set_length(progress.file_count);
    bar.set_position(progress.done_count);
}

/// One line to standard error, above the bar.
fn say(bar: &ProgressBar, text: &str) {
    // Where nobody reads it, the report says it again.
    let _ = bar.suspend(|| complain(text));
}

fn failure_line(failure: &FileFailure) -> String {
    let again = if failure.is_known { " (as before; --retry tries again)" } else { "" };
    format!("{}: {}{again}", failure.path, failure.why)
}

/// What was found, what was done, how fast, and what to do next.
fn closing(report: &ScanReport, is_tags_only: bool) -> String {
    let mut text = format!("{}:", counted(report.file_count, "file"));
    let parts = [
        (report.new_count, "new"),
        (report.changed_count, "changed"),
        (report.moved_count, "moved"),
        (report.unchanged_count, "unchanged"),
        (report.gone_count, "gone"),
        (report.failures.len() as u64, "not usable"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    let _ =
        write!(text, " {}.", if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") });
    let read_count = report.new_count + report.changed_count + report.moved_count;
    if read_count > 0 {
        let rate = read_count as f64 / report.reading_seconds.max(1e-3);
        let took = progress::spoken(Duration::from_secs_f64(report.reading_seconds));
        let _ = write!(text, "\nRead the tags of {} in {took} ({rate:.0}/s).", counted(read_count, "file"));
    }
    if report.words_count + report.cover_count > 0 {
        let took = progress::spoken(Duration::from_secs_f64(report.booklet_seconds));
        let (words, covers) = (counted(report.words_count, "song"), counted(report.cover_count, "cover"));
        let _ = write!(text, "\nLooked at the words of {words} and at {covers} in {took}.");
    }
    if report.analysed_count > 0 {
        let rate = report.analysed_seconds / report.listening_seconds.max(1e-3);
        let took = progress::spoken(Duration::from_secs_f64(report.listening_seconds));
        let hours = report.analysed_seconds / 3_600.0;
        let sounds = counted(report.analysed_count, "sound");
        let _ = write!(text, "\nAnalysed {sounds}, {hours:.1} h, in {took} ({rate:.0}× real time).");
    }
    if report.recognised_count > 0 {
        let files = counted(report.recognised_count, "file");
        let _ = write!(text, "\nRecognised the sound of {files}, which was analysed before.");
    }
    duplicates(&mut text, &report.duplicates);
    if report.file_count == 0 {
        text.push_str(
            "\nThere are no files of sound; Segue reads mp3, flac, ogg, opus, m4a, aac, wav and aiff.",
        );
    } else if is_tags_only {
        text.push_str("\nNext: `segue scan` without --tags-only analyses the sound.");
    } else {
        text.push_str(
            "\nNext: `segue recommend --mix radio --from \"TITLE by ARTIST\"`, or import your history.",
        );
    }
    text
}

fn duplicates(text: &mut String, groups: &[Vec<String>]) {
    if groups.is_empty() {
        return;
    }
    let _ = write!(text, "\n{} in several files:", counted(groups.len() as u64, "recording"));
    for group in groups.iter().take(DUPLICATES_SHOWN) {
        let _ = write!(text, "\n    {}", group.join("\n      = "));
    }
    if groups.len() > DUPLICATES_SHOWN {
        let more = grouped((groups.len() - DUPLICATES_SHOWN) as u64);
        let _ = write!(text, "\n    and {more} more, see --json");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_tell_what_was_done_and_what_is_next() {
        let report = ScanReport {
            file_count: 1_203,
            new_count: 1_200,
            reading_seconds: 4.0,
            booklet_count: 1_200,
            words_count: 1,
            cover_count: 900,
            booklet_seconds: 9.0,
            analysed_count: 1_100,
            analysed_seconds: 250_000.0,
            listening_seconds: 2_500.0,
            recognised_count: 1,
            duplicates: vec![vec!["a.mp3".to_owned(), "b.flac".to_owned()]],
            ..ScanReport::default()
        };
        assert_eq!(
            closing(&report, false),
            "1,203 files: 1,200 new.\n\
             Read the tags of 1,200 files in 4.0 s (300/s).\n\
             Looked at the words of 1 song and at 900 covers in 9.0 s.\n\
             Analysed 1,100 sounds, 69.4 h, in 42 minutes (100× real time).\n\
             Recognised the sound of 1 file, which was analysed before.\n\
             1 recording in several files:\n    a.mp3\n      = b.flac\n\
             Next: `segue recommend --mix radio --from \"TITLE by ARTIST\"`, or import your history."
        );
        assert!(
            closing(&ScanReport::default(), false).starts_with("0 files: nothing to do.\nThere are no files")
        );
    }
}
