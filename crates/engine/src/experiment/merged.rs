//! Two slates become one by team draft; see [`learn::interleaving`].

use learn::interleaving::{Team, team_draft};
use music::{Target, Trial};
use recommend::Slate;
use rustc_hash::FxHashMap;

use super::declared::{Arm, Experiment};

/// The slate that two arms make together, and whose each pick is.
///
/// A pick comes with the reasons of the arm that put it there; both get as many places.
/// What either arm did about neighbours, such as spacing artists, holds among its own picks only.
///
/// *Shape*: as many places as the longer slate has, at most; no target twice.
pub fn merged(experiment: &Experiment, arms: [&Arm; 2], slates: [Slate; 2], seed: u64) -> (Slate, Vec<Team>) {
    let mut ids = FxHashMap::<Target, u32>::default();
    let mut rank = |slate: &Slate| -> Vec<u32> {
        let targets = slate.picks.iter().map(|pick| pick.what.target());
        targets
            .map(|target| {
                let next = ids.len() as u32;
                *ids.entry(target).or_insert(next)
            })
            .collect()
    };
    let rankings = [rank(&slates[0]), rank(&slates[1])];
    let length = rankings[0].len().max(rankings[1].len());
    let draft = team_draft(&rankings[0], &rankings[1], length, seed);
    let is_seen = slates.iter().all(|slate| slate.views.len() == slate.picks.len());
    let [first, second] = slates;
    let mut merged = Slate { picks: Vec::new(), views: Vec::new(), stands: false, ..first.clone() };
    let mut teams = Vec::with_capacity(draft.len());
    for (id, team) in draft {
        let (slate, ranking) = match team {
            Team::First => (&first, &rankings[0]),
            Team::Second => (&second, &rankings[1]),
        };
        let place = ranking.iter().position(|ranked| *ranked == id).expect("a team places what it ranked");
        merged.picks.push(slate.picks[place].clone());
        if is_seen {
            merged.views.push(slate.views[place]);
        }
        teams.push(team);
    }
    merged.trace.trial = Some(Trial {
        experiment: experiment.name.clone(),
        arms: arms.map(|arm| arm.name.clone()).to_vec(),
        teams: teams.iter().map(|team| u8::from(*team == Team::Second)).collect(),
    });
    (merged, teams)
}

/// The places of a slate that one team made, to be remembered where that team's answers are.
pub fn of_team(slate: &Slate, teams: &[Team], team: Team) -> Slate {
    let keep: Vec<bool> = teams.iter().map(|of| *of == team).collect();
    let mut part = slate.clone();
    let (mut picks, mut views) = (keep.iter(), keep.iter());
    part.picks.retain(|_| *picks.next().unwrap_or(&false));
    part.views.retain(|_| *views.next().unwrap_or(&false));
    part
}
