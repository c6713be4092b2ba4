//! `segue eval off-policy`: what the snapshot in use is worth by the draws in one's own log.

use anyhow::Result;
use engine::train::{OffPolicyReport, TrainOptions, Worth, off_policy};

use crate::home::HomeArguments;
use crate::output::{json, line, table};
use crate::progress;

/// The task's name on the command line.
pub(super) const NAME: &str = "off-policy";
/// What it measures, for `--help`.
pub(super) const ABOUT: &str = "What the snapshot in use would have been worth where others drew a place of home by chance: \
                                inverse propensities, self-normalised and doubly robust. Reads your own log, no directory";

/// Below so many answers, after weighting, an estimate is worth little.
const BELIEVED_FROM: f64 = 300.0;

pub(super) async fn run(home: &HomeArguments, is_json: bool) -> Result<()> {
    let engine = home.open_read_only().await?;
    let bar = progress::of_steps(is_json);
    let outcome = off_policy(&engine, &home.snapshots()?, &TrainOptions::default(), &mut |step| {
        progress::show(&bar, step.stage, step.done, step.total);
    })
    .await;
    bar.finish_and_clear();
    let report = outcome?;
    engine.close().await?;
    if is_json {
        json(&report)?;
    } else {
        print(&report)?;
    }
    Ok(())
}

fn print(report: &OffPolicyReport) -> Result<()> {
    let OffPolicyReport { snapshot, drawn_count, answered_count, .. } = report;
    line(format!(
        "Of {drawn_count} drawn places of home {answered_count} came up and were heard out or left."
    ))?;
    let Some(logged) = report.logged else {
        line("There is nothing to estimate from yet; each slate of home that is listened to adds a draw.")?;
        return Ok(());
    };
    let mut figures = table(&["heard out", "share", "95 % of", "to", "answers worth"], &[1, 2, 3, 4]);
    figures.add_row([
        "as it was drawn".to_owned(),
        format!("{logged:.3}"),
        String::new(),
        String::new(),
        answered_count.to_string(),
    ]);
    for (name, worth) in [
        ("inverse propensities", report.ips),
        ("self-normalised", report.snips),
        ("doubly robust", report.doubly_robust),
    ] {
        let Some(Worth { value, interval: [low, high], effective_sample_size, .. }) = worth else { continue };
        figures.add_row([
            format!("{snapshot}, {name}"),
            format!("{value:.3}"),
            format!("{low:.3}"),
            format!("{high:.3}"),
            format!("{effective_sample_size:.0}"),
        ]);
    }
    line(figures.to_string())?;
    if report.snips.is_none_or(|worth| worth.effective_sample_size < BELIEVED_FROM) {
        line(format!(
            "Fewer than {BELIEVED_FROM:.0} answers are left after weighting: believe none of it yet."
        ))?;
    }
    Ok(())
}
