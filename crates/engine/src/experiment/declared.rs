//! Experiments as a file declares them, checked before anything is served.

use std::collections::BTreeSet;
use std::path::Path;

use recommend::{MIXES, Mix, Sliders, Stage};
use serde::Deserialize;

use super::problem::ExperimentError;

/// Characters of a name at most.
const NAME_LENGTH_MAX: usize = 60;
/// Arms of an experiment at most.
const ARMS_MAX: usize = 20;

/// All experiments that run; none unless somebody declares some.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Experiments(Vec<Experiment>);

/// One experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its name; with another one listeners are dealt out anew.
    pub name: Box<str>,
    /// How listeners meet its arms.
    pub kind: Kind,
    /// The mixes it is about.
    pub mixes: Vec<&'static str>,
    /// Its arms; the first is what the others are compared with.
    pub arms: Vec<Arm>,
}

/// How listeners meet the arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Each listener is in one arm.
    #[default]
    Split,
    /// Everybody sees two arms in one slate.
    Interleaved,
}

/// One way to make slates: what is not said is as ever.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name.
    pub name: Box<str>,
    /// How many listeners it has beside the other arms. *Range*: above 0.
    pub share: f64,
    /// A stage that it does without.
    pub without: Option<Stage>,
    /// Where its sliders stand.
    pub sliders: Sliders,
    /// The snapshot that it is served from; none for the one in use.
    pub snapshot: Option<Box<str>>,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "experiment")]
    experiments: Vec<ExperimentText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExperimentText {
    name: String,
    #[serde(default)]
    kind: Kind,
    mixes: Option<Vec<String>>,
    #[serde(default, rename = "arm")]
    arms: Vec<ArmText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArmText {
    name: String,
    share: Option<f64>,
    without: Option<String>,
    #[serde(default)]
    adventurous: f32,
    #[serde(default)]
    niche: f32,
    snapshot: Option<String>,
}

impl Experiments {
    /// The experiments of the file at `path`.
    ///
    /// # Errors
    /// Where the file cannot be read, and as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self, ExperimentError> {
        let text = std::fs::read_to_string(path);
        Self::parse(&text.map_err(|source| ExperimentError::Unreadable { path: path.to_owned(), source })?)
    }

    /// The experiments that a text in TOML declares.
    ///
    /// # Errors
    /// Where it is no TOML or says what cannot be done; see [`ExperimentError`].
    pub fn parse(text: &str) -> Result<Self, ExperimentError> {
        let file: File = toml::from_str(text)
            .map_err(|error| ExperimentError::Syntax { problem: error.to_string().trim().to_owned() })?;
        let experiments: Vec<Experiment> =
            file.experiments.into_iter().map(checked).collect::<Result<_, _>>()?;
        let mut seen: Vec<&Experiment> = Vec::new();
        for experiment in &experiments {
            once(&experiment.name, seen.iter().map(|other| &*other.name), || "the experiments".to_owned())?;
            for other in &seen {
                if let Some(mix) = experiment.mixes.iter().find(|mix| other.mixes.contains(mix)) {
                    let (first, second) = (other.name.to_string(), experiment.name.to_string());
                    return Err(ExperimentError::MixTaken { first, second, mix: (*mix).to_owned() });
                }
            }
            seen.push(experiment);
        }
        Ok(Self(experiments))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Experiment> {
        self.0.iter()
    }

    /// Keeps those that `is_kept` says so of.
    pub(crate) fn retain(&mut self, is_kept: impl FnMut(&Experiment) -> bool) {
        self.0.retain(is_kept);
    }

    /// The experiment of this name.
    pub fn named(&self, name: &str) -> Option<&Experiment> {
        self.0.iter().find(|experiment| &*experiment.name == name)
    }
}

fn checked(text: ExperimentText) -> Result<Experiment, ExperimentError> {
    let ExperimentText { name, kind, mixes, arms } = text;
    check_name("an experiment", &name)?;
    let expected = match kind {
        Kind::Split if (2..=ARMS_MAX).contains(&arms.len()) => "",
        Kind::Split => "an experiment has 2 to 20: write [[experiment.arm]] for each",
        Kind::Interleaved if arms.len() == 2 => "",
        Kind::Interleaved => "interleaving takes exactly 2; for more, split the listeners",
    };
    if !expected.is_empty() {
        return Err(ExperimentError::ArmCount { experiment: name, got: arms.len(), expected });
    }
    let arms: Vec<Arm> =
        arms.into_iter().map(|arm| checked_arm(&name, kind, arm)).collect::<Result<_, _>>()?;
    for (place, arm) in arms.iter().enumerate() {
        let before = arms[..place].iter().map(|other| &*other.name);
        once(&arm.name, before, || format!("experiment `{name}`"))?;
    }
    let mixes = match mixes {
        Some(mixes) => mixes.iter().map(|mix| checked_mix(&name, mix)).collect::<Result<_, _>>()?,
        None => MIXES.iter().filter(|mix| !mix.stands_for_a_week).map(|mix| mix.name).collect(),
    };
    Ok(Experiment { name: name.into(), kind, mixes, arms })
}

fn checked_arm(experiment: &str, kind: Kind, text: ArmText) -> Result<Arm, ExperimentError> {
    let ArmText { name, share, without, adventurous, niche, snapshot } = text;
    check_name("an arm", &name)?;
    let expected = match (kind, share) {
        (Kind::Interleaved, Some(_)) => {
            "an interleaved experiment shows both arms to everybody: leave share out"
        }
        (_, Some(share)) if !(share.is_finite() && share > 0.0) => {
            "a share is a number above 0: leave out an arm that nobody is to see"
        }
        _ => "",
    };
    if let Some(share) = share.filter(|_| !expected.is_empty()) {
        return Err(ExperimentError::Share { experiment: experiment.to_owned(), arm: name, share, expected });
    }
    for (slider, value) in [("adventurous", adventurous), ("niche", niche)] {
        if !(-1.0..=1.0).contains(&value) {
            let experiment = experiment.to_owned();
            return Err(ExperimentError::Slider { experiment, arm: name, slider, value });
        }
    }
    let stage = |stage: String| {
        Stage::named(&stage)
            .ok_or_else(|| unknown(experiment, "stage", stage, Stage::ALL.map(Stage::name).join(", ")))
    };
    Ok(Arm {
        name: name.into(),
        share: share.unwrap_or(1.0),
        without: without.map(stage).transpose()?,
        sliders: Sliders::new(adventurous, niche),
        snapshot: snapshot.map(Into::into),
    })
}

fn checked_mix(experiment: &str, name: &str) -> Result<&'static str, ExperimentError> {
    let known = || MIXES.iter().map(|mix| mix.name).collect::<Vec<_>>().join(", ");
    let mix = Mix::named(name).ok_or_else(|| unknown(experiment, "mix", name.to_owned(), known()))?;
    if mix.stands_for_a_week {
        return Err(ExperimentError::Stands { experiment: experiment.to_owned(), mix: name.to_owned() });
    }
    Ok(mix.name)
}

fn unknown(experiment: &str, what: &'static str, name: String, known: String) -> ExperimentError {
    ExperimentError::Unknown { experiment: experiment.to_owned(), what, name, known }
}

fn check_name(of: &'static str, name: &str) -> Result<(), ExperimentError> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    let is_fine = (1..=NAME_LENGTH_MAX).contains(&name.chars().count())
        && name.chars().all(is_plain)
        && name.trim() == name;
    match is_fine {
        true => Ok(()),
        false => {
            let name = name.chars().take(NAME_LENGTH_MAX).collect();
            Err(ExperimentError::BadName { of, name, length_max: NAME_LENGTH_MAX })
        }
    }
}

fn once<'a>(
    name: &str,
    before: impl Iterator<Item = &'a str>,
    within: impl FnOnce() -> String,
) -> Result<(), ExperimentError> {
    let seen: BTreeSet<&str> = before.collect();
    match seen.contains(name) {
        true => Err(ExperimentError::Twice { name: name.to_owned(), within: within() }),
        false => Ok(()),
    }
}
