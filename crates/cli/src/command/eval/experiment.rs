//! `segue eval experiment`: what listeners did with each arm of the experiments in one's own log.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use engine::experiment::{ExperimentReport, Figure, InterleavingReport, reports};
use learn::eval::{EvalReport, ModelReport};
use serde::Serialize;

use super::plot;
use crate::home::HomeArguments;
use crate::output::{counted, json, line, table};
use crate::progress;

/// The task's name on the command line.
pub(super) const NAME: &str = "experiment";
/// What it measures, for `--help`.
pub(super) const ABOUT: &str = "What listeners did with each arm of your experiments: heard out, liked, skipped, came back; \
                                intervals over listeners, the sample ratio, and who won where slates are interleaved. \
                                Reads your own log, no directory";

/// The outcomes in the order in which they are told.
const OUTCOMES: [&str; 4] = ["finish", "like", "skip", "return"];

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) declared: Option<&'a Path>,
    pub(super) plot: Option<&'a Path>,
    pub(super) seed: u64,
    pub(super) is_json: bool,
}

#[derive(Serialize)]
struct Told {
    task: &'static str,
    seed: u64,
    experiments: Vec<ExperimentReport>,
}

pub(super) async fn run(home: &HomeArguments, wanted: Wanted<'_>) -> Result<()> {
    let declared = home.experiments(wanted.declared)?;
    let engine = home.open_read_only().await?;
    let bar = progress::of_steps(wanted.is_json);
    let outcome = reports(&engine, &declared, wanted.name, wanted.seed, &mut |done, total| {
        progress::show(&bar, "reading listeners", done, total);
    })
    .await;
    bar.finish_and_clear();
    let experiments = outcome?;
    engine.close().await?;
    if let Some(path) = wanted.plot {
        let [report] = &experiments[..] else {
            bail!(
                "one picture shows one experiment and the log knows {}; name it with --experiment",
                experiments.len()
            );
        };
        std::fs::write(path, plot::svg(&as_models(report, wanted.seed))?)
            .with_context(|| format!("cannot write {}; choose another place with --plot", path.display()))?;
    }
    if wanted.is_json {
        return Ok(json(&Told { task: NAME, seed: wanted.seed, experiments })?);
    }
    if experiments.is_empty() {
        line(
            "No slate in the log is part of an experiment. Declare one in experiments.toml (docs/experiments.md) \
             and serve with it.",
        )?;
    }
    experiments.iter().try_for_each(print)
}

/// Arms as models, so that one picture compares both kinds.
fn as_models(report: &ExperimentReport, seed: u64) -> EvalReport {
    let arms = report.arms.iter().map(|arm| ModelReport {
        name: arm.name.clone(),
        metrics: arm.outcomes.iter().map(|(name, figure)| ((*name).to_owned(), figure.mean)).collect(),
        ci95: arm.outcomes.iter().map(|(name, figure)| ((*name).to_owned(), figure.ci95)).collect(),
        ..ModelReport::default()
    });
    EvalReport {
        task: NAME.to_owned(),
        data: report.experiment.clone(),
        protocol: String::new(),
        seed,
        models: arms.collect(),
        best: String::new(),
        skipped: Vec::new(),
    }
}

fn print(report: &ExperimentReport) -> Result<()> {
    line(format!("Experiment `{}`", report.experiment))?;
    print_arms(report)?;
    print_differences(report)?;
    if let Some(interleaving) = &report.interleaving {
        print_wins(report, interleaving)?;
    }
    match &report.sample_ratio {
        Some(ratio) if ratio.is_mismatch => line(format!(
            "Believe none of it: the arms do not have the listeners that their shares promise (p = {:.6}). Something \
             decides who is counted that should not.",
            ratio.p_value
        ))?,
        Some(ratio) => line(format!(
            "The arms have the listeners that their shares promise (chi-square {:.2}, p = {:.3}).",
            ratio.chi_square, ratio.p_value
        ))?,
        None if report.interleaving.is_none() && report.arms.iter().all(|arm| arm.share.is_some()) => line(
            "Whether the arms have the listeners that their shares promise cannot be said yet: there should be at least \
             five in each.",
        )?,
        None if report.interleaving.is_none() => line(
            "Whether the arms have the listeners that they should is not known: the experiment is declared no more; \
             name its file with --experiments.",
        )?,
        None => {}
    }
    if report.crossed_count > 0 {
        line(format!(
            "{} left out: the declaration was changed, and they were in several arms.",
            counted(report.crossed_count, "listener")
        ))?;
    }
    Ok(())
}

fn print_arms(report: &ExperimentReport) -> Result<()> {
    let headings: Vec<&str> =
        ["arm", "listeners", "slates", "answered"].into_iter().chain(OUTCOMES).collect();
    let mut figures = table(&headings, &(1..headings.len()).collect::<Vec<_>>());
    let figure = |figure: Option<&Figure>| match figure {
        Some(Figure { mean, ci95: [low, high], .. }) => format!("{mean:.3} (±{:.3})", (high - low) / 2.0),
        None => "–".to_owned(),
    };
    for arm in &report.arms {
        let counts = [arm.listener_count, arm.impression_count, arm.answered_count].map(|n| n.to_string());
        let outcomes = OUTCOMES.iter().map(|name| figure(arm.outcomes.get(name)));
        figures.add_row(std::iter::once(arm.name.clone()).chain(counts).chain(outcomes));
    }
    line(figures.to_string())?;
    Ok(())
}

fn print_differences(report: &ExperimentReport) -> Result<()> {
    if report.differences.is_empty() {
        return Ok(());
    }
    let mut figures =
        table(&["arm", "against", "outcome", "difference", "95 % of", "to", "verdict"], &[3, 4, 5]);
    for one in &report.differences {
        let [low, high] = one.ci95.map(|end| format!("{end:+.3}"));
        figures.add_row([
            one.arm.clone(),
            one.against.clone(),
            one.outcome.to_owned(),
            format!("{:+.3}", one.mean),
            low,
            high,
            one.verdict.to_owned(),
        ]);
    }
    line(figures.to_string())?;
    line("Means and intervals are over listeners; a verdict is open where the interval holds 0.")?;
    Ok(())
}

fn print_wins(report: &ExperimentReport, told: &InterleavingReport) -> Result<()> {
    let [first, second] = [0, 1].map(|place| report.arms.get(place).map_or("", |arm| &arm.name));
    let (by, slates) = (told.listeners, told.slates);
    line(format!(
        "Interleaved: {} took up more of `{first}`, {} more of `{second}`, {} as much of both (sign test p = {:.4}).",
        counted(by.first, "listener"),
        counted(by.second, "listener"),
        counted(by.ties, "listener"),
        told.p_value
    ))?;
    line(format!(
        "Slate by slate that is {} to {}, and {} for neither.",
        slates.first, slates.second, slates.ties
    ))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use engine::experiment::{ArmReport, Kind};

    use super::*;

    #[test]
    fn a_picture_shows_every_arm_and_outcome() {
        let arm = |name: &str, mean: f64| ArmReport {
            name: name.to_owned(),
            share: None,
            listener_count: 5,
            impression_count: 9,
            answered_count: 30,
            outcomes: [("finish", Figure { listener_count: 5, mean, ci95: [mean - 0.1, mean + 0.1] })].into(),
        };
        let report = ExperimentReport {
            experiment: "older".to_owned(),
            kind: Kind::Split,
            arms: vec![arm("now", 0.7), arm("then", 0.4)],
            differences: Vec::new(),
            sample_ratio: None,
            interleaving: None,
            crossed_count: 0,
        };
        let picture = plot::svg(&as_models(&report, 1)).unwrap();
        for text in ["now 0.7000", "then 0.4000", "finish: experiment on older"] {
            assert!(picture.contains(text), "{text} is not in\n{picture}");
        }
    }
}
