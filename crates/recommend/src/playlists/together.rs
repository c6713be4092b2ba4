//! One slate of playlists for several who listen together, weighed as in [`crate::blend`]: the mean, and once more half
//! of what it is worth to the one whom it pleases least. What one of them must not be shown is shown to nobody.

use std::sync::Arc;

use super::answer::{chosen, pick, slate, trace_drops};
use super::judge::{Judge, Judged, Proposed, rows_near};
use crate::blend::{LEAST_SHARE, Member};
use crate::runner::Runner;
use crate::slate::{Reason, Slate, Trace};
use crate::snapshot::Snapshot;

/// The playlists of others for all `members`, best first.
pub(crate) fn recommend(members: &[Member], snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> Slate {
    let first = &members[0].query;
    let mut trace = Trace::default();
    let proposed: Vec<Proposed> =
        members.iter().map(|member| Proposed::of(&member.query, snapshot, runner, &mut trace)).collect();
    let rows = rows_near(first, &proposed, &mut trace);
    trace.candidate_count = rows.len();
    let judges: Vec<Judge<'_>> =
        proposed.into_iter().map(|proposed| Judge::of(first, snapshot, proposed, &rows)).collect();
    let (mut ranked, mut dropped) = (Vec::new(), Vec::new());
    for row in rows {
        let list = &first.playlists.lists[row];
        match judges.iter().map(|judge| judge.judge(list)).collect::<Result<Vec<Judged>, _>>() {
            Ok(judged) => ranked.push((row, judged)),
            Err(reason) => dropped.push(reason),
        }
    }
    ranked.sort_by(|a, b| sum(&b.1).total_cmp(&sum(&a.1)).then(a.0.cmp(&b.0)));
    let (chosen, alike) = chosen(first, ranked);
    trace_drops(&mut trace, dropped.into_iter().chain(alike.into_iter().map(|(_, reason)| reason)));
    let picks = chosen.into_iter().take(first.limit).map(|(row, judged)| {
        let list = &first.playlists.lists[row];
        let shares = shares(&judged);
        let told = judges.iter().zip(&judged).map(|(judge, judged)| judge.told(list, judged).0);
        let told = told.zip(members).map(|(why, member)| format!("for {}: {why}", member.name));
        let reason = |(text, &contribution)| Reason { text, contribution, source: "blend" };
        let mut reasons: Vec<Reason> = told.zip(&shares).map(reason).collect();
        reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let most = (0..shares.len()).max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or(0);
        let why = judges[most].told(list, &judged[most]).0;
        let why = format!("For {}: {why}", members[most].name);
        pick(snapshot, list, judged[most].begin_with(), sum(&judged), (why, reasons))
    });
    let picks = picks.collect();
    slate(first, snapshot, picks, trace)
}

/// What a playlist is worth to each, as it counts.
fn shares(judged: &[Judged]) -> Vec<f32> {
    let mut shares: Vec<f32> = judged.iter().map(|one| one.score / judged.len() as f32).collect();
    let least = (0..judged.len()).min_by(|&a, &b| judged[a].score.total_cmp(&judged[b].score));
    if let Some(least) = least {
        shares[least] += LEAST_SHARE * judged[least].score;
    }
    shares
}

fn sum(judged: &[Judged]) -> f32 {
    shares(judged).iter().sum()
}
