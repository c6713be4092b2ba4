//! A blend: one slate for several listeners who listen together.
//!
//! Every candidate of one is weighed for all. What any of them must not be shown is shown to nobody.
//! A pick is worth what it is worth to them on average, and once more half of what it is worth to the one whom it pleases
//! least: so nobody's evening is spoilt for the pleasure of the others, and nobody alone decides.
//!
//! *Source*: Masthoff, "Group modeling: selecting a sequence of television items to suit a group of viewers", 2004, on
//! averages that avoid misery.

use std::sync::Arc;

use music::Target;
use rustc_hash::FxHashSet;

use crate::candidate::Candidates;
use crate::explain::Explainer;
use crate::pipeline::{Judges, last_resort, propose, rerank, weighed};
use crate::playlists;
use crate::query::{Answer, Query};
use crate::releases;
use crate::reranker::Ranked;
use crate::runner::Runner;
use crate::slate::{Pick, Reason, Slate, Trace};
use crate::snapshot::Snapshot;

/// What the one who is pleased least counts beside the average; a judgement.
pub(crate) const LEAST_SHARE: f32 = 0.5;
/// The name of the reasons, one for each listener.
const NAME: &str = "blend";

/// One of those who listen together.
#[derive(Debug)]
pub struct Member {
    /// Their name, for the reasons.
    pub name: String,
    /// The request, shared, as if they had made it; all of one mix and one limit.
    pub query: Arc<Query>,
}

/// A member with what all candidates are worth to them.
struct Weighed<'a> {
    member: &'a Member,
    candidates: Candidates,
    judges: Judges,
    /// In standard deviations from the mean, by the row of the candidate.
    worth: Vec<f32>,
}

/// One slate for all `members`; that of the first, where they are alone.
///
/// # Panics
/// Where there is no member.
pub fn blend(members: &[Member], snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> Slate {
    let first = &members[0].query;
    if members.len() == 1 {
        return crate::pipeline::recommend(first, snapshot, runner);
    }
    if first.request.answer == Answer::Releases {
        let for_tracks = |member: &Member| Member {
            name: member.name.clone(),
            query: releases::query_for_tracks(&member.query, snapshot),
        };
        let members: Vec<Member> = members.iter().map(for_tracks).collect();
        return releases::of_tracks(first, snapshot, blend(&members, snapshot, runner));
    }
    if first.request.answer == Answer::Playlists {
        return playlists::recommend_together(members, snapshot, runner);
    }
    let mut trace = Trace::default();
    let all = weigh(members, snapshot, runner, &mut trace);
    let mut ranked: Vec<Ranked> = (0..all[0].candidates.len())
        .map(|row| Ranked { score: score(&all, row), ..unranked(&all, row) })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
    let chosen = rerank(first, snapshot, ranked);
    Slate {
        mix: first.request.mix.name,
        slate_id: first.request.slate,
        snapshot: snapshot.name.clone(),
        picks: chosen.iter().filter_map(|ranked| pick(&all, snapshot, ranked)).collect(),
        trace,
        // What one of several answers to does not say what they answer to alone.
        views: Vec::new(),
        stands: false,
    }
}

/// The candidates of all, weighed for each; the same rows for all.
fn weigh<'a>(
    members: &'a [Member],
    snapshot: &Arc<Snapshot>,
    runner: &dyn Runner,
    trace: &mut Trace,
) -> Vec<Weighed<'a>> {
    let proposed = members.iter().map(|member| propose(&member.query, snapshot, runner, trace));
    let mut proposed: Vec<_> = proposed.collect();
    if proposed.iter().flatten().all(|(_, proposed)| proposed.is_empty()) {
        proposed[0].extend(last_resort(&members[0].query, snapshot, trace));
    }
    let every: Vec<Target> =
        proposed.iter().flatten().flat_map(|(_, proposed)| proposed.iter().map(|one| one.target)).collect();
    let mut of_members: Vec<Candidates> = members
        .iter()
        .zip(proposed)
        .map(|(member, proposals)| {
            let ranking = snapshot.models.ranking(member.query.request.mix.aim);
            weighed(&member.query, snapshot, (proposals, (&every[..], None)), &ranking, trace)
        })
        .collect();
    let mut common: FxHashSet<Target> = of_members[0].targets().iter().copied().collect();
    for candidates in &of_members[1..] {
        let theirs: FxHashSet<Target> = candidates.targets().iter().copied().collect();
        common.retain(|target| theirs.contains(target));
    }
    trace.candidate_count = every.iter().collect::<FxHashSet<_>>().len();
    members
        .iter()
        .zip(of_members.drain(..))
        .map(|(member, mut candidates)| {
            candidates.retain(|target| common.contains(&target));
            crate::pipeline::score(&member.query, snapshot, &mut candidates);
            let judges = Judges::of(&member.query, snapshot, &candidates);
            let worth = standardised(judges.scores());
            Weighed { member, candidates, judges, worth }
        })
        .collect()
}

/// Numbers in standard deviations from their mean; all 0 where they are all alike.
fn standardised(mut values: Vec<f32>) -> Vec<f32> {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt();
    let scale = if spread > 1e-6 { 1.0 / spread } else { 0.0 };
    values.iter_mut().for_each(|value| *value = (*value - mean) * scale);
    values
}

/// What the candidate of this row is worth to each, as it counts.
fn shares(all: &[Weighed<'_>], row: usize) -> Vec<f32> {
    let mut shares: Vec<f32> = all.iter().map(|one| one.worth[row] / all.len() as f32).collect();
    let least = (0..all.len()).min_by(|&a, &b| all[a].worth[row].total_cmp(&all[b].worth[row]));
    if let Some(least) = least {
        shares[least] += LEAST_SHARE * all[least].worth[row];
    }
    shares
}

fn score(all: &[Weighed<'_>], row: usize) -> f32 {
    shares(all, row).iter().sum()
}

fn unranked(all: &[Weighed<'_>], row: usize) -> Ranked {
    let target = all[0].candidates.targets()[row];
    Ranked { target, row, score: 0.0, adjustments: Vec::new(), propensity: 1.0 }
}

/// The pick with what it is worth to each, and why.
fn pick(all: &[Weighed<'_>], snapshot: &Snapshot, ranked: &Ranked) -> Option<Pick> {
    let explained = |one: &Weighed<'_>, ranked: &Ranked| {
        let (query, candidates, judges) = (&*one.member.query, &one.candidates, &one.judges);
        Explainer { query, snapshot, candidates, judges }.pick(ranked)
    };
    let mut pick = explained(&all[0], ranked)?;
    let plain = unranked(all, ranked.row);
    let mut reasons: Vec<Reason> = Vec::with_capacity(all.len() + ranked.adjustments.len());
    for (one, contribution) in all.iter().zip(shares(all, ranked.row)) {
        let why = explained(one, &plain)?.why;
        reasons.push(Reason { text: format!("for {}: {why}", one.member.name), contribution, source: NAME });
    }
    // What the slate around it adds is told by the first explainer, and is the same for all.
    let of_slate = |reason: &Reason| ranked.adjustments.iter().any(|one| one.name == reason.source);
    let best = reasons.iter().max_by(|a, b| a.contribution.total_cmp(&b.contribution));
    pick.why = best.map(|reason| capitalised(&reason.text)).unwrap_or_default();
    reasons.extend(pick.reasons.drain(..).filter(of_slate));
    reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    pick.reasons = reasons;
    pick.chances.clear();
    Some(pick)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use music::{Prompt, Surface};

    use super::*;
    use crate::fixture::{event, picked, query, rock_lover, snapshot, style_of, tracks_of};
    use crate::query::Answer;
    use crate::runner::Inline;

    fn jazz_lover() -> Vec<music::Event> {
        let heard = tracks_of(1).step_by(2).take(12);
        heard.map(|track| event(30.0, Surface::Library, Prompt::played(track))).collect()
    }

    #[test]
    fn a_blend_pleases_both_tells_for_whom_and_spares_each_what_they_dislike() {
        let snapshot = snapshot();
        let member = |name: &str, history: &[music::Event]| {
            let alone = query(&snapshot, history, "home", Answer::Tracks, &[]);
            let request = crate::query::Request { is_shared: true, ..alone.request.clone() };
            let query = Arc::new(Query::new(request, Arc::clone(&alone.listener), &snapshot));
            Member { name: name.to_owned(), query }
        };
        let slate = blend(&[member("Ana", &rock_lover()), member("Ben", &jazz_lover())], &snapshot, &Inline);
        let tracks = picked(&slate);
        let of_style = |style| tracks.iter().filter(|&&track| style_of(track) == style).count();
        assert!(of_style(0) >= 4 && of_style(1) >= 4, "{} {}", of_style(0), of_style(1));
        for pick in &slate.picks {
            let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
            assert!((sum - pick.score).abs() < 1e-3, "{sum} {}", pick.score);
            for name in ["for Ana: ", "for Ben: "] {
                assert!(pick.reasons.iter().any(|reason| reason.text.starts_with(name)));
            }
        }
        let mut disliking = jazz_lover();
        let target = Target::Track(tracks[0]);
        disliking.push(event(0.5, Surface::Home, Prompt::Disliked { target }));
        let next = blend(&[member("Ana", &rock_lover()), member("Ben", &disliking)], &snapshot, &Inline);
        assert!(!picked(&next).contains(&tracks[0]));
    }

    #[test]
    fn alone_it_is_the_mix_itself() {
        let snapshot = snapshot();
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let alone = blend(&[Member { name: "Ana".into(), query: Arc::clone(&query) }], &snapshot, &Inline);
        assert_eq!(picked(&alone), picked(&crate::pipeline::recommend(&query, &snapshot, &Inline)));
    }
}
