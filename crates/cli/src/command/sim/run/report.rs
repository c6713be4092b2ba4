//! What came of the experiments: a table for people, the same as JSON.

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use learn::metrics::bootstrap_difference;
use serde::Serialize;
use sim::Family;
use sim::experiment::{Figures, Plan, Policy, Run};

use super::Arguments;
use crate::output::{grouped, table};
use crate::progress::spoken;

/// A run and the time it took.
#[derive(Clone, Debug)]
pub(super) struct Timed {
    pub(super) run: Run,
    pub(super) seconds: f64,
}

/// Everything that is told.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    listeners: u32,
    tracks: u32,
    history_days: u32,
    weeks: u32,
    retrain_days: u32,
    rest_hours: u32,
    seeds: Vec<u64>,
    seconds: f64,
    /// Over all experiments, those that ran side by side included.
    listener_days_per_second: f64,
    pub(super) runs: Vec<RunReport>,
    gaps: Vec<Gap>,
}

/// One recommender in one world.
#[derive(Debug, Serialize)]
pub(super) struct RunReport {
    pub(super) family: &'static str,
    seed: u64,
    pub(super) policy: &'static str,
    whole: FiguresReport,
    pub(super) weeks: Vec<FiguresReport>,
    seconds: f64,
}

/// The figures under their names.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct FiguresReport {
    heard_count: u64,
    pub(super) satisfaction: f64,
    skip_share: f64,
    pub(super) discovery_share: f64,
    discovery_satisfaction: f64,
    pub(super) generalist_specialist: f64,
    pub(super) artist_gini: f64,
    pub(super) drift: f64,
}

impl From<&Figures> for FiguresReport {
    fn from(figures: &Figures) -> Self {
        Self {
            heard_count: figures.heard_count,
            satisfaction: figures.satisfaction,
            skip_share: figures.skip_share,
            discovery_share: figures.discovery_share,
            discovery_satisfaction: figures.discovery_satisfaction,
            generalist_specialist: figures.generalist_specialist,
            artist_gini: figures.artist_gini,
            drift: figures.drift,
        }
    }
}

/// The engine between plain iALS and the oracle, in one world.
#[derive(Debug, Serialize)]
struct Gap {
    family: &'static str,
    seed: u64,
    ials: f64,
    engine: f64,
    oracle: f64,
    /// The share of the way from iALS to the oracle that the engine goes; below 0 where it is worse than iALS.
    closed: f64,
    /// How much better than iALS the engine is for a listener, with the ends of the 95 % interval over listeners.
    gain: f64,
    gain_ci95: [f64; 2],
}

impl Report {
    pub(super) fn new(arguments: &Arguments, plan: &Plan, runs: &[Timed], elapsed: Duration) -> Result<Self> {
        let listener_days: u64 = runs.iter().map(|timed| timed.run.listener_days).sum();
        let gaps = gaps(runs)?;
        let report = |Timed { run, seconds }: &Timed| RunReport {
            family: run.family.name(),
            seed: run.seed,
            policy: run.policy.name(),
            whole: FiguresReport::from(&run.whole),
            weeks: run.weeks.iter().map(FiguresReport::from).collect(),
            seconds: *seconds,
        };
        Ok(Self {
            listeners: arguments.listeners,
            tracks: arguments.tracks,
            history_days: plan.history_days,
            weeks: plan.weeks,
            retrain_days: plan.retrain_days,
            rest_hours: plan.rest_hours,
            seeds: arguments.seeds.clone(),
            seconds: elapsed.as_secs_f64(),
            listener_days_per_second: listener_days as f64 / elapsed.as_secs_f64().max(1e-9),
            runs: runs.iter().map(report).collect(),
            gaps,
        })
    }

    /// The families that were run, in their own order.
    pub(super) fn families(&self) -> impl Iterator<Item = &'static str> + '_ {
        let names = Family::ALL.into_iter().map(Family::name);
        names.filter(|name| self.runs.iter().any(|run| run.family == *name))
    }

    /// The recommenders that were run, in their own order.
    pub(super) fn policies(&self) -> impl Iterator<Item = &'static str> + '_ {
        let names = Policy::every().map(Policy::name);
        names.filter(|name| self.runs.iter().any(|run| run.policy == *name))
    }

    /// The runs of one recommender in one family, one for each seed.
    pub(super) fn runs_of(&self, family: &str, policy: &str) -> Vec<&RunReport> {
        self.runs.iter().filter(|run| run.family == family && run.policy == policy).collect()
    }
}

/// One gap for each world in which all three were run.
fn gaps(runs: &[Timed]) -> Result<Vec<Gap>> {
    let mut gaps = Vec::new();
    for Timed { run: engine, .. } in runs.iter().filter(|timed| timed.run.policy == Policy::Engine) {
        let other = |policy| {
            let of =
                |run: &Run| run.policy == policy && run.seed == engine.seed && run.family == engine.family;
            runs.iter().map(|timed| &timed.run).find(|run| of(run))
        };
        let (Some(ials), Some(oracle)) = (other(Policy::Ials), other(Policy::Oracle)) else { continue };
        let pairs = engine.by_listener.iter().zip(&ials.by_listener);
        let (better, worse): (Vec<f64>, Vec<f64>) = pairs.filter_map(|(a, b)| (*a).zip(*b)).unzip();
        let Some(gain) = bootstrap_difference(&better, &worse, engine.seed)? else { continue };
        let (low, middle, high) =
            (ials.whole.satisfaction, engine.whole.satisfaction, oracle.whole.satisfaction);
        gaps.push(Gap {
            family: engine.family.name(),
            seed: engine.seed,
            ials: low,
            engine: middle,
            oracle: high,
            closed: (middle - low) / (high - low),
            gain: gain.mean,
            gain_ci95: [gain.low, gain.high],
        });
    }
    Ok(gaps)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} listeners, {} tracks, {} days of history, {} weeks, learning every {} days, {} seeds each",
            grouped(self.listeners.into()),
            grouped(self.tracks.into()),
            self.history_days,
            self.weeks,
            self.retrain_days,
            self.seeds.len(),
        )?;
        let headings = [
            "world",
            "recommender",
            "satisfaction",
            "skipped",
            "discovery",
            "… enjoyed",
            "specialism",
            "artist Gini",
            "drift",
            "seconds",
        ];
        let mut figures = table(&headings, &(2..headings.len()).collect::<Vec<_>>());
        for family in self.families() {
            for policy in self.policies() {
                let runs = self.runs_of(family, policy);
                if runs.is_empty() {
                    continue;
                }
                let over = |of: fn(&FiguresReport) -> f64| {
                    format!("{:.3}", mean(runs.iter().map(|run| of(&run.whole))))
                };
                figures.add_row([
                    family.to_owned(),
                    policy.to_owned(),
                    over(|figures| figures.satisfaction),
                    over(|figures| figures.skip_share),
                    over(|figures| figures.discovery_share),
                    over(|figures| figures.discovery_satisfaction),
                    over(|figures| figures.generalist_specialist),
                    over(|figures| figures.artist_gini),
                    over(|figures| figures.drift),
                    format!("{:.1}", mean(runs.iter().map(|run| run.seconds))),
                ]);
            }
        }
        writeln!(f, "{figures}")?;
        self.write_gaps(f)?;
        write!(
            f,
            "{:.0} simulated listener-days a second; {} in all.",
            self.listener_days_per_second,
            spoken(Duration::from_secs_f64(self.seconds))
        )
    }
}

impl Report {
    fn write_gaps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.gaps.is_empty() {
            return Ok(());
        }
        let headings = ["world", "seed", "iALS", "engine", "oracle", "gap closed", "engine − iALS, 95 %"];
        let mut figures = table(&headings, &[1, 2, 3, 4, 5, 6]);
        for gap in &self.gaps {
            let [low, high] = gap.gain_ci95;
            figures.add_row([
                gap.family.to_owned(),
                gap.seed.to_string(),
                format!("{:.3}", gap.ials),
                format!("{:.3}", gap.engine),
                format!("{:.3}", gap.oracle),
                format!("{:.1} %", 100.0 * gap.closed),
                format!("{:+.3} ({low:+.3} to {high:+.3})", gap.gain),
            ]);
        }
        writeln!(f, "{figures}")?;
        let closed = mean(self.gaps.iter().map(|gap| gap.closed));
        let least = self.gaps.iter().map(|gap| gap.closed).fold(f64::INFINITY, f64::min);
        writeln!(
            f,
            "Gap to the oracle closed relative to plain iALS: {:.1} % on average, {:.1} % at least.",
            100.0 * closed,
            100.0 * least
        )
    }
}
