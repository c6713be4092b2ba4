//! `segue train`: learn from everything that was logged, and publish a snapshot.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use engine::train::{TrainOptions, TrainReport, train};

use crate::home::HomeArguments;
use crate::meter::Stopwatch;
use crate::output::{counted, grouped, json, line, table};
use crate::progress;

/// Learn from everything that was logged, and publish a snapshot.
///
/// Works beside a running server, which takes the new snapshot over by itself.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The seed of everything that is drawn: the same log and seed give the same snapshot.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Numbers per learnt vector.
    #[arg(long, default_value_t = TrainOptions::default().dim, value_name = "N")]
    dim: usize,
    /// Sweeps of the factor models.
    #[arg(long, default_value_t = TrainOptions::default().epochs, value_name = "N")]
    epochs: usize,
    /// Search for better parameters first, for so long, such as 10m or 1h 30m; they are kept and used until the next search.
    #[arg(long, value_name = "TIME", value_parser = time)]
    tune: Option<Duration>,
    /// Put the new snapshot to use even where it does worse on replayed traffic than the one in use.
    #[arg(long)]
    no_canary: bool,
    /// Print what was learnt as JSON.
    #[arg(long)]
    json: bool,
}

/// A time span in words.
fn time(text: &str) -> Result<Duration> {
    let span: jiff::SignedDuration =
        text.parse().with_context(|| format!("`{text}` is no time span; write 90s, 10m or 1h 30m"))?;
    Duration::try_from(span).with_context(|| format!("`{text}` lies in the past"))
}

/// Trains and prints what was learnt.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let engine = home.open_read_only().await?;
    let options = TrainOptions {
        seed: arguments.seed,
        dim: arguments.dim,
        epochs: arguments.epochs,
        tune: arguments.tune,
        is_guarded: !arguments.no_canary,
        ..TrainOptions::default()
    };
    let bar = progress::of_steps(arguments.json);
    let watch = Stopwatch::start();
    let outcome = train(&engine, &home.snapshots()?, &options, &mut |step| {
        progress::show(&bar, step.stage, step.done, step.total);
    })
    .await;
    bar.finish_and_clear();
    let report = outcome?;
    let takes_over = report.canary.is_none_or(|canary| canary.takes_over);
    if arguments.json {
        json(&report)?;
    } else {
        print(&report)?;
        let (name, time) = (&report.snapshot.name, progress::spoken(watch.elapsed()));
        if takes_over {
            line(format!(
                "Snapshot {name} published after {time}. Next: `segue recommend --listener NAME --mix home`."
            ))?;
        } else {
            line(format!(
                "Snapshot {name} was written after {time}, and the one before stays in use, because the new one does \
                 worse. Look for what is wrong with the log (`segue doctor`), or train again with --no-canary."
            ))?;
        }
    }
    Ok(if takes_over { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The tables of a training report.
pub(crate) fn print(report: &TrainReport) -> std::io::Result<()> {
    let mut figures = table(&["learnt from", "count"], &[1]);
    let watermark = &report.snapshot.watermark;
    for (name, count) in [
        ("listeners", watermark.listener_count),
        ("tracks", watermark.track_count),
        ("artists", watermark.artist_count),
    ] {
        figures.add_row([name.to_owned(), grouped(count as u64)]);
    }
    for (name, value) in &report.snapshot.figures {
        figures.add_row([name.clone(), grouped(*value as u64)]);
    }
    line(figures.to_string())?;
    if let Some(tuning) = &report.snapshot.tuning {
        let mut found = table(&["search for parameters", "figure"], &[1]);
        for (name, value) in &tuning.figures {
            found.add_row([name.clone(), format!("{value:.4}").trim_end_matches(".0000").to_owned()]);
        }
        line(found.to_string())?;
    }
    print_sources(report)?;
    print_heads(report)?;
    print_skips(report)?;
    if let Some(canary) = &report.canary {
        line(format!(
            "On the replayed traffic of {} the slates of the new snapshot have an NDCG of {:.4}, those of the one in \
             use {:.4} (standard error of the difference {:.4}).",
            counted(canary.listener_count as u64, "listener"),
            canary.new,
            canary.in_use,
            canary.standard_error
        ))?;
    }
    if report.rankers.is_empty() {
        return line("Too few listeners to compare ways to rank; the weights of the columns rank.");
    }
    let heads =
        ["ranking tracks", "listeners", "best source", "its ndcg@10", "weights", "with trees", "in use"];
    let mut rankers = table(&heads, &[1, 3, 4, 5]);
    for ranker in &report.rankers {
        let contest = &ranker.contest;
        rankers.add_row([
            format!("{:?}", ranker.aim).to_lowercase(),
            grouped(contest.listener_count as u64),
            contest.best_source.clone(),
            format!("{:.4}", contest.source),
            format!("{:.4}", contest.weights),
            format!("{:.4}", contest.trees),
            if ranker.tree_count > 0 { format!("{} trees", ranker.tree_count) } else { "weights".to_owned() },
        ]);
    }
    line(rankers.to_string())
}

/// How good the proposals of each source were.
fn print_sources(report: &TrainReport) -> std::io::Result<()> {
    let mut sources = table(&["source", "aim", "proposed", "enjoyed", "rate", "weight"], &[2, 3, 4, 5]);
    for source in &report.sources {
        let rate = f64::from(source.enjoyed_count) / f64::from(source.proposal_count.max(1));
        sources.add_row([
            source.name.clone(),
            format!("{:?}", source.aim).to_lowercase(),
            grouped(source.proposal_count.into()),
            grouped(source.enjoyed_count.into()),
            format!("{:.1} %", 100.0 * rate),
            format!("{:.2}", source.weight),
        ]);
    }
    line(sources.to_string())
}

/// How well it is told what skips mean, and who tells it.
fn print_skips(report: &TrainReport) -> std::io::Result<()> {
    let Some(skips) = &report.skips else {
        return line(
            "Too few skips, or too little after them, to learn what they mean; the table of signals tells.",
        );
    };
    let titles = ["whether a skipped track was left for good, told by", "skips", "auc", "chosen"];
    let mut told = table(&titles, &[1, 2]);
    let is_better = skips.surely_better_by > 0.0;
    for (who, auc, is_used) in [
        ("the table of signals", skips.table, !is_better),
        ("a model without context", skips.context_free, false),
        ("the model", skips.model, is_better),
    ] {
        let used = if is_used { "yes" } else { "" };
        told.add_row([
            who.to_owned(),
            grouped(skips.skip_count as u64),
            format!("{auc:.3}"),
            used.to_owned(),
        ]);
    }
    line(told.to_string())
}

/// How well it is told what becomes of tracks that come up.
fn print_heads(report: &TrainReport) -> std::io::Result<()> {
    if report.heads.is_empty() {
        return line("Too little came up by itself, or was skipped, to tell what becomes of it.");
    }
    let titles = ["when a track comes up, a listener", "came up", "share", "auc"];
    let mut heads = table(&titles, &[1, 2, 3]);
    for head in &report.heads {
        let words = recommend::heads::ACTIONS.iter().find(|(action, _)| *action == head.action);
        heads.add_row([
            words.map_or(head.action.as_str(), |(_, words)| words).to_owned(),
            grouped(head.quality.row_count as u64),
            format!("{:.1} %", 100.0 * head.quality.share),
            format!("{:.3}", head.quality.auc),
        ]);
    }
    line(heads.to_string())
}
