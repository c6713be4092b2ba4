//! What an experiment says: each arm's outcomes, how they differ, and whether that can be believed.
//!
//! Everything is averaged listener by listener before it is averaged over listeners, and intervals are drawn over
//! listeners: a thousand slates of one listener are one witness.

use std::collections::BTreeMap;

use learn::LearnError;
use learn::interleaving::{Team, Verdict};
use learn::metrics::{Interval, bootstrap, bootstrap_difference, bootstrap_gap};
use learn::sample_ratio::sample_ratio;
use serde::Serialize;

use super::declared::{Experiment, Experiments, Kind};
use super::problem::ExperimentError;
use super::tally::{ArmTally, Tallies, Tally};
use crate::engine::Engine;
use crate::error::EngineError;

/// Days within which somebody who was shown something is to listen again.
const RETURN_DAYS: i64 = 7;

/// Below so many listeners on either side nothing is called better or worse: intervals drawn from a few are too narrow.
const LISTENERS_MIN: usize = 30;
/// Below so many listeners expected in an arm the test of the ratio does not hold.
///
/// *Source*: Cochran, "The χ² Test of Goodness of Fit", 1952.
const EXPECTED_MIN: f64 = 5.0;

/// What came of one experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentReport {
    /// Its name.
    pub experiment: String,
    /// How listeners meet its arms.
    pub kind: Kind,
    /// Its arms, the one that the others are compared with first.
    pub arms: Vec<ArmReport>,
    /// How the outcomes of each further arm differ from those of the first.
    pub differences: Vec<Difference>,
    /// Whether the arms have as many listeners as their shares promise; none where nobody declares the shares any more,
    /// where an arm should have fewer than five, and where slates are interleaved.
    pub sample_ratio: Option<RatioReport>,
    /// Which arm interleaved slates were for.
    pub interleaving: Option<InterleavingReport>,
    /// Listeners who were shown slates of several arms, because the declaration was changed meanwhile; they are left out.
    pub crossed_count: u64,
}

/// One arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmReport {
    /// Its name.
    pub name: String,
    /// Its share, as it is declared now.
    pub share: Option<f64>,
    /// Listeners who were shown something of it.
    pub listener_count: u64,
    /// Slates that it had a part in.
    pub impression_count: u64,
    /// Picks of it that were heard out or skipped.
    pub answered_count: u64,
    /// What came of them, by name: `finish`, the share of picks that came up and were heard out; `skip`, skipped; `like`,
    /// liked; `return`, the share of days after which the listener listened again within a week.
    pub outcomes: BTreeMap<&'static str, Figure>,
}

/// A mean over listeners.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Listeners of whom it is known.
    pub listener_count: u64,
    /// The mean.
    pub mean: f64,
    /// The interval that would hold it for 95 of 100 draws of such listeners.
    pub ci95: [f64; 2],
}

/// How an outcome of an arm differs from that of the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which outcome.
    pub outcome: &'static str,
    /// The arm.
    pub arm: String,
    /// The first arm.
    pub against: String,
    /// By how much the arm has more; for `skip`, less is better.
    pub mean: f64,
    /// The interval that would hold it for 95 of 100 draws of such listeners.
    pub ci95: [f64; 2],
    /// `better` or `worse` where all of the interval is, and each side has at least 30 listeners; else `open`.
    pub verdict: &'static str,
}

/// Whether arms have the listeners that they should.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RatioReport {
    /// How far off the counts are.
    pub chi_square: f64,
    /// How probable that is where the shares hold.
    pub p_value: f64,
    /// Whether they surely do not, so that no difference can be believed.
    pub is_mismatch: bool,
}

/// Which arm interleaved slates were for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct InterleavingReport {
    /// Listeners, each by most of their slates.
    pub listeners: Wins,
    /// Slates one by one; those of one listener are not independent of each other.
    pub slates: Wins,
    /// How probable so lopsided a count of listeners is where both arms are as good: the sign test.
    pub p_value: f64,
}

/// How often each arm won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Wins {
    /// The first arm.
    pub first: u64,
    /// The second arm.
    pub second: u64,
    /// Neither.
    pub ties: u64,
}

impl From<Verdict> for Wins {
    fn from(verdict: Verdict) -> Self {
        Self { first: verdict.first_count, second: verdict.second_count, ties: verdict.tie_count }
    }
}

/// The outcomes: name, whether more is better, and what one listener says of it.
type Outcome = (&'static str, bool, fn(&ArmTally, &Tally, i64) -> Option<f64>);

const OUTCOMES: [Outcome; 4] = [
    ("finish", true, |arm, _, _| share(arm.finished, arm.answered)),
    ("skip", false, |arm, _, _| share(arm.skipped, arm.answered)),
    ("like", true, |arm, _, _| share(arm.liked, arm.answered + arm.liked_unheard)),
    ("return", true, returns),
];

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The share of days with a slate after which the listener listened on one of the next seven; days of which the log does
/// not hold the next seven say nothing yet.
fn returns(arm: &ArmTally, tally: &Tally, last_day: i64) -> Option<f64> {
    let days = || arm.shown_days.iter().filter(|&&day| day + RETURN_DAYS <= last_day);
    let is_back = |day: &&i64| tally.heard_days.range(**day + 1..=**day + RETURN_DAYS).next().is_some();
    share(days().filter(is_back).count() as u64, days().count() as u64)
}

/// Reports on all experiments that the log knows, or on the one of this name.
///
/// `declared` says which arms there are and what their shares are; what is in the log and not declared any more is
/// reported without. The same log and seed give the same reports.
///
/// # Errors
/// [`ExperimentError::NotInLog`], and where the log cannot be read.
pub async fn reports(
    engine: &Engine,
    declared: &Experiments,
    name: Option<&str>,
    seed: u64,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Vec<ExperimentReport>, EngineError> {
    let tallies = Tallies::read(engine, progress).await?;
    if let Some(name) = name.filter(|name| !tallies.by_experiment.contains_key(*name)) {
        let known: Vec<&str> = tallies.by_experiment.keys().map(AsRef::as_ref).collect();
        let known = if known.is_empty() { "of none".to_owned() } else { known.join(", ") };
        return Err(ExperimentError::NotInLog { name: name.to_owned(), known }.into());
    }
    let names = tallies.by_experiment.keys().filter(|known| name.is_none_or(|name| name == &***known));
    Ok(names.map(|name| report(&tallies, name, declared.named(name), seed)).collect::<Result<_, _>>()?)
}

/// Reports on one experiment.
///
/// # Errors
/// Only where a figure is no number.
pub fn report(
    tallies: &Tallies,
    name: &str,
    declared: Option<&Experiment>,
    seed: u64,
) -> Result<ExperimentReport, LearnError> {
    let listeners = tallies.by_experiment.get(name).map_or(&[][..], Vec::as_slice);
    let kind = if tallies.interleaved.contains(name) { Kind::Interleaved } else { Kind::Split };
    let is_whole = |tally: &&Tally| kind == Kind::Interleaved || tally.by_arm.len() == 1;
    let counted: Vec<&Tally> = listeners.iter().filter(is_whole).collect();
    let names = arm_names(&counted, declared);
    let arms: Vec<ArmReport> = names
        .iter()
        .map(|arm| arm_report(&counted, arm, declared, (tallies.last_day, seed)))
        .collect::<Result<_, _>>()?;
    let (first, others) = match names.split_first() {
        Some((first, others)) => (first.as_str(), others),
        None => ("", &[][..]),
    };
    let mut differences = Vec::new();
    for arm in others {
        for outcome in OUTCOMES {
            let pair = (first, arm.as_str());
            differences.extend(difference(&counted, pair, outcome, kind, (tallies.last_day, seed))?);
        }
    }
    Ok(ExperimentReport {
        experiment: name.to_owned(),
        kind,
        sample_ratio: ratio(&arms, kind)?,
        interleaving: (kind == Kind::Interleaved).then(|| interleaving(&counted, &names)),
        crossed_count: (listeners.len() - counted.len()) as u64,
        arms,
        differences,
    })
}

/// The arms in the order of their declaration, then those that are in the log alone.
fn arm_names(listeners: &[&Tally], declared: Option<&Experiment>) -> Vec<String> {
    let declared = declared.into_iter().flat_map(|experiment| experiment.arms.iter().map(|arm| &arm.name));
    let logged = listeners.iter().flat_map(|tally| tally.by_arm.keys());
    let mut names: Vec<String> = Vec::new();
    for name in declared.chain(logged) {
        if !names.iter().any(|known| **known == **name) {
            names.push(name.to_string());
        }
    }
    names
}

fn arm_report(
    listeners: &[&Tally],
    name: &str,
    declared: Option<&Experiment>,
    (last_day, seed): (i64, u64),
) -> Result<ArmReport, LearnError> {
    let of_arm = || listeners.iter().filter_map(|tally| tally.by_arm.get(name));
    let mut outcomes = BTreeMap::new();
    for outcome in OUTCOMES {
        let values = values(listeners, name, outcome, last_day);
        if let Some(Interval { mean, low, high }) = bootstrap(&values, seed)? {
            let listener_count = values.len() as u64;
            outcomes.insert(outcome.0, Figure { listener_count, mean, ci95: [low, high] });
        }
    }
    let arm = declared.and_then(|experiment| experiment.arms.iter().find(|arm| &*arm.name == name));
    Ok(ArmReport {
        name: name.to_owned(),
        share: arm.map(|arm| arm.share),
        listener_count: of_arm().count() as u64,
        impression_count: of_arm().map(|arm| arm.impressions).sum(),
        answered_count: of_arm().map(|arm| arm.answered).sum(),
        outcomes,
    })
}

/// What each listener of an arm says of an outcome, where they say anything.
fn values(listeners: &[&Tally], arm: &str, (_, _, of): Outcome, last_day: i64) -> Vec<f64> {
    listeners.iter().filter_map(|tally| of(tally.by_arm.get(arm)?, tally, last_day)).collect()
}

/// How an arm differs from the first: between listeners where they are split, within each where slates are interleaved.
fn difference(
    listeners: &[&Tally],
    (first, arm): (&str, &str),
    outcome: Outcome,
    kind: Kind,
    (last_day, seed): (i64, u64),
) -> Result<Option<Difference>, LearnError> {
    let (name, is_more_better, of) = outcome;
    let (found, listener_count) = match kind {
        Kind::Split => {
            let of_arm = |arm| values(listeners, arm, outcome, last_day);
            let (of_arm, of_first) = (of_arm(arm), of_arm(first));
            (bootstrap_gap(&of_arm, &of_first, seed)?, of_arm.len().min(of_first.len()))
        }
        // Both arms share a listener's days.
        Kind::Interleaved if name == "return" => (None, 0),
        Kind::Interleaved => {
            let both = |tally: &&Tally| {
                let value = |arm: &str| of(tally.by_arm.get(arm)?, tally, last_day);
                Some((value(arm)?, value(first)?))
            };
            let (of_arm, of_first): (Vec<f64>, Vec<f64>) = listeners.iter().filter_map(both).unzip();
            (bootstrap_difference(&of_arm, &of_first, seed)?, of_arm.len())
        }
    };
    Ok(found.map(|Interval { mean, low, high }| Difference {
        outcome: name,
        arm: arm.to_owned(),
        against: first.to_owned(),
        mean,
        ci95: [low, high],
        verdict: match (low > 0.0, high < 0.0) {
            _ if listener_count < LISTENERS_MIN => "open",
            (true, _) if is_more_better => "better",
            (_, true) if !is_more_better => "better",
            (false, false) => "open",
            _ => "worse",
        },
    }))
}

fn ratio(arms: &[ArmReport], kind: Kind) -> Result<Option<RatioReport>, LearnError> {
    let shares: Option<Vec<f64>> = arms.iter().map(|arm| arm.share).collect();
    let Some(shares) = shares.filter(|_| kind == Kind::Split) else { return Ok(None) };
    let counts: Vec<u64> = arms.iter().map(|arm| arm.listener_count).collect();
    let (all, whole) = (counts.iter().sum::<u64>() as f64, shares.iter().sum::<f64>());
    if shares.iter().any(|share| all * share / whole < EXPECTED_MIN) {
        return Ok(None);
    }
    let found = sample_ratio(&counts, &shares)?;
    Ok(found.map(|ratio| RatioReport {
        chi_square: ratio.chi_square,
        p_value: ratio.p_value,
        is_mismatch: ratio.is_mismatch(),
    }))
}

/// Who won, between the first two arms.
fn interleaving(listeners: &[&Tally], names: &[String]) -> InterleavingReport {
    let (mut by_listener, mut by_slate) = (Verdict::default(), Verdict::default());
    for tally in listeners {
        let won =
            |place: usize| names.get(place).and_then(|arm| tally.wins.get(&**arm)).copied().unwrap_or(0);
        let (first, second) = (won(0), won(1));
        by_listener.count(match first.cmp(&second) {
            std::cmp::Ordering::Greater => Some(Team::First),
            std::cmp::Ordering::Less => Some(Team::Second),
            std::cmp::Ordering::Equal => None,
        });
        by_slate.first_count += first;
        by_slate.second_count += second;
        by_slate.tie_count += tally.tie_count;
    }
    InterleavingReport {
        listeners: by_listener.into(),
        slates: by_slate.into(),
        p_value: by_listener.p_value(),
    }
}
