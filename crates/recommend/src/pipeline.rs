//! The way of a request through the stages.

use std::collections::BTreeMap;
use std::sync::Arc;

use music::{Target, TrackId};
use rustc_hash::FxHashSet;
use serde::Serialize;

use crate::adjuster::{self, Leaning};
use crate::candidate::{Candidate, Candidates, Support};
use crate::column::Column;
use crate::explain::Explainer;
use crate::feature::Features;
use crate::filter::{DropReason, verdict};
use crate::gathered::Gathered;
use crate::models::Ranking;
use crate::perspective::{self, Views};
use crate::playlists;
use crate::query::{Answer, LIMIT_MAX, Query, Request};
use crate::ranker::Ranker;
use crate::releases;
use crate::reranker::{RERANKERS, Ranked, exploration};
use crate::runner::{Job, Outcome, Report, Runner};
use crate::scorer::SCORERS;
use crate::slate::{DroppedTrace, Pick, Slate, SourceTrace, Trace};
use crate::sliders::{SLIDERS, Sliders};
use crate::snapshot::Snapshot;
use crate::source::{SOURCES, Source, confidences, lift};
use crate::stage::Stage;

/// Answers `query` from `snapshot`.
///
/// Sources run on `runner`; whatever they do, a slate comes back, and its trace says what became of each.
///
/// *Complexity*: the sources dominate, the slowest by one pass over all track vectors.
pub fn recommend(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> Slate {
    if query.request.answer == Answer::Releases {
        let tracks = recommend(&releases::query_for_tracks(query, snapshot), snapshot, runner);
        return releases::of_tracks(query, snapshot, tracks);
    }
    if query.request.answer == Answer::Playlists {
        return playlists::recommend(query, snapshot, runner);
    }
    let (candidates, trace) = candidates(query, snapshot, runner);
    let judges = Judges::of(query, snapshot, &candidates);
    let explainer = Explainer { query, snapshot, candidates: &candidates, judges: &judges };
    let chosen = rerank(query, snapshot, rank(&candidates, &judges));
    let chosen = explainer.picks(chosen);
    Slate {
        mix: query.request.mix.name,
        slate_id: query.request.slate,
        snapshot: snapshot.name.clone(),
        views: chosen.iter().filter_map(|(ranked, _)| judges.views.get(ranked.row).copied()).collect(),
        picks: chosen.into_iter().map(|(_, pick)| pick).collect(),
        stands: query.may_stand(),
        trace,
    }
}

/// What became of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "fate")]
pub enum Why {
    /// It is in the slate.
    Picked {
        /// Its place, counted from 1.
        place: usize,
        /// The pick with its reasons.
        pick: Pick,
    },
    /// Others were better, or too much like it.
    Outranked {
        /// Its place by score alone, counted from 1.
        rank: usize,
        /// Candidates in all.
        candidate_count: usize,
        /// The score of the last pick that got a place.
        score_needed: Option<f32>,
        /// Itself with its reasons.
        pick: Pick,
    },
    /// A filter took it out.
    Dropped {
        /// Why.
        reason: DropReason,
        /// In words.
        words: &'static str,
    },
    /// No source thought of it.
    NotProposed,
}

/// Says what becomes of `target` in the answer to `query`: where it stands and why, or why it is not there.
pub fn why(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner, target: Target) -> Why {
    if query.request.answer == Answer::Releases {
        return why_release(query, snapshot, runner, target);
    }
    if query.request.answer == Answer::Playlists {
        return playlists::why(query, snapshot, runner, target);
    }
    let (candidates, _) = candidates_with(query, snapshot, runner, Some(target));
    let judges = Judges::of(query, snapshot, &candidates);
    let explainer = Explainer { query, snapshot, candidates: &candidates, judges: &judges };
    let ranked = rank(&candidates, &judges);
    let by_score = ranked.iter().position(|ranked| ranked.target == target);
    let loser = by_score.and_then(|index| explainer.pick(&ranked[index]));
    let chosen = rerank(query, snapshot, ranked);
    let place = chosen.iter().position(|ranked| ranked.target == target);
    if let Some((place, pick)) = place.and_then(|place| Some((place + 1, explainer.pick(&chosen[place])?))) {
        Why::Picked { place, pick }
    } else if let (Some(index), Some(pick)) = (by_score, loser) {
        let score_needed = chosen.iter().map(|ranked| ranked.score).min_by(f32::total_cmp);
        Why::Outranked { rank: index + 1, candidate_count: candidates.len(), score_needed, pick }
    } else if let Some(reason) = verdict(query, snapshot, target) {
        Why::Dropped { reason, words: reason.words() }
    } else {
        Why::NotProposed
    }
}

/// What becomes of a release: it is found among the records of all tracks that are looked at.
fn why_release(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner, target: Target) -> Why {
    let request = Request { limit: Some(LIMIT_MAX), ..query.request.clone() };
    let all = Arc::new(Query::new(request, Arc::clone(&query.listener), snapshot));
    let mut slate = recommend(&all, snapshot, runner);
    let Some(place) = slate.picks.iter().position(|pick| pick.what.target() == target) else {
        return match verdict(query, snapshot, target) {
            Some(reason) => Why::Dropped { reason, words: reason.words() },
            None => Why::NotProposed,
        };
    };
    let candidate_count = slate.picks.len();
    let score_needed = slate.picks.get(query.limit - 1).map(|pick| pick.score);
    let pick = slate.picks.swap_remove(place);
    match place < query.limit {
        true => Why::Picked { place: place + 1, pick },
        false => Why::Outranked { rank: place + 1, candidate_count, score_needed, pick },
    }
}

/// One of the tracks that a place of a slate may be drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawable {
    /// The track.
    pub track: TrackId,
    /// How probable it is that the first drawn place is its. *Range*: above 0, to 1; they sum to 1.
    pub chance: f32,
    /// How likely the listener hears it out, where that was learnt. *Range*: 0 to 1.
    pub finish: Option<f32>,
}

/// What the first drawn place of the answer to `query` would be drawn from; empty where nothing is drawn.
pub fn drawables(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> Vec<Drawable> {
    let (candidates, _) = candidates(query, snapshot, runner);
    let judges = Judges::of(query, snapshot, &candidates);
    let (standing, open) = standing(query, rank(&candidates, &judges));
    let before_draw = RERANKERS.iter().take_while(|reranker| reranker.name() != "exploration");
    let composed =
        before_draw.fold(open, |ranked, reranker| reranker.rerank(query, snapshot, &standing, ranked));
    let finish = snapshot.models.head("finish");
    let drawable = |(ranked, chance): (Ranked, f32)| match ranked.target {
        Target::Track(track) => {
            let row = judges.features.row(ranked.row);
            Some(Drawable { track, chance, finish: finish.map(|head| head.probability(row)) })
        }
        _ => None,
    };
    exploration::chances(query, snapshot, &standing, composed).into_iter().filter_map(drawable).collect()
}

/// The candidates of a query with all their columns, before they are ranked, and the trace so far.
pub fn candidates(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> (Candidates, Trace) {
    candidates_with(query, snapshot, runner, None)
}

/// The same; what is asked about is kept, however far behind it stands.
fn candidates_with(
    query: &Arc<Query>,
    snapshot: &Arc<Snapshot>,
    runner: &dyn Runner,
    asked_about: Option<Target>,
) -> (Candidates, Trace) {
    let mut trace = Trace::default();
    let mut proposals = propose(query, snapshot, runner, &mut trace);
    if proposals.iter().all(|(_, proposed)| proposed.is_empty()) {
        proposals.extend(last_resort(query, snapshot, &mut trace));
    }
    let ranking = snapshot.models.ranking(query.request.mix.aim);
    let standing: Vec<Target> = query.standing.iter().copied().map(Target::Track).collect();
    let kept = (&standing[..], asked_about);
    let candidates = weighed(query, snapshot, (proposals, kept), &ranking, &mut trace);
    (candidates, trace)
}

/// What each source proposes, by its place in [`SOURCES`].
pub type Proposals = Vec<(u8, Vec<Candidate>)>;

/// Runs the sources of the mix.
pub fn propose(
    query: &Arc<Query>,
    snapshot: &Arc<Snapshot>,
    runner: &dyn Runner,
    trace: &mut Trace,
) -> Proposals {
    let request = &query.request;
    let is_asked = |source: &dyn Source| {
        source.answer() == request.answer
            && (request.answer == Answer::Artists || request.mix.sources.contains(&source.name()))
    };
    let asked: Vec<u8> =
        (0..).zip(SOURCES).filter(|(_, source)| is_asked(**source)).map(|(place, _)| place).collect();
    let jobs = asked.iter().map(|&place| {
        let source = SOURCES[usize::from(place)];
        let (query, snapshot) = (Arc::clone(query), Arc::clone(snapshot));
        let job: Job = Box::new(move || source.propose(&query, &snapshot));
        (source.name(), job)
    });
    let reports = runner.run(jobs.collect());
    let mut proposals = Proposals::with_capacity(asked.len());
    for (&place, report) in asked.iter().zip(reports) {
        let source = SOURCES[usize::from(place)];
        let (proposed, mut source_trace) = read(source.name(), report);
        if proposed.is_empty() && source_trace.error.is_none() {
            source_trace.silence = source.silence(query, snapshot);
        }
        trace.sources.push(source_trace);
        proposals.push((place, proposed));
    }
    proposals
}

/// Candidates that are looked at closely: ranked by everything that is known of them.
///
/// The proposals of all sources come to one or two thousand, most of which one source names far down its list; looking
/// at all of them closely is most of the time that a request takes.
const CANDIDATE_COUNT: usize = 500;
/// The same, per pick wanted.
const CANDIDATES_PER_PICK: usize = 6;

/// Merges proposals under what was measured of their sources with targets that are candidates anyhow, drops what must
/// not be shown and what stands far behind, and fills in all columns.
///
/// The second of `kept` is not far behind, wherever it stands.
pub fn weighed(
    query: &Query,
    snapshot: &Snapshot,
    (proposals, (anyhow, asked_about)): (Proposals, (&[Target], Option<Target>)),
    ranking: &Ranking,
    trace: &mut Trace,
) -> Candidates {
    let supported = proposals.into_iter().flat_map(|(place, proposed)| supported(place, proposed, ranking));
    let mut candidates = Candidates::merge(supported);
    candidates.add_unproposed(anyhow.iter().copied());
    trace.candidate_count = candidates.len();
    drop_unwanted(query, snapshot, &mut candidates, trace);
    let count = CANDIDATE_COUNT.max(CANDIDATES_PER_PICK * query.limit);
    let anyhow: FxHashSet<Target> = anyhow.iter().copied().chain(asked_about).collect();
    candidates.keep_best(count, |target| anyhow.contains(&target));
    score(query, snapshot, &mut candidates);
    candidates
}

/// Tracks that nobody proposed, with the scorers' columns: what is known of them when they come up by themselves.
pub fn described(query: &Query, snapshot: &Snapshot, tracks: &[TrackId]) -> Candidates {
    let mut candidates = Candidates::unproposed(tracks.iter().copied().map(Target::Track));
    score(query, snapshot, &mut candidates);
    candidates
}

/// The proposals of one source with what they are worth.
fn supported(
    place: u8,
    proposed: Vec<Candidate>,
    ranking: &Ranking,
) -> impl Iterator<Item = (Target, Support)> + use<> {
    let base_rate = ranking.base_rate;
    let confidences = confidences(SOURCES[usize::from(place)], ranking, &proposed);
    proposed.into_iter().zip(confidences).map(move |(candidate, confidence)| {
        let Candidate { target, score, evidence } = candidate;
        (target, Support { source: place, score, confidence, lift: lift(confidence, base_rate), evidence })
    })
}

/// When nobody has answered: what is played most, worked out on the spot, where the mix may bring that at all.
pub(crate) fn last_resort(query: &Query, snapshot: &Snapshot, trace: &mut Trace) -> Proposals {
    let name = LAST_RESORT;
    if query.request.answer != Answer::Tracks || !query.request.mix.sources.contains(&name) {
        return Vec::new();
    }
    let place = SOURCES.iter().position(|source| source.name() == name).expect("the last resort is a source");
    let Ok(proposed) = SOURCES[place].propose(query, snapshot) else { return Vec::new() };
    let error = Some("no source answered; these are the most played tracks".to_owned());
    trace.sources.push(SourceTrace {
        name,
        candidates: proposed.len(),
        milliseconds: 0.0,
        error,
        silence: None,
    });
    vec![(place as u8, proposed)]
}

/// The source that needs nothing but the catalogue.
const LAST_RESORT: &str = "trending";

fn read(name: &'static str, report: Report) -> (Vec<Candidate>, SourceTrace) {
    let (proposed, error) = match report.outcome {
        Outcome::Done(proposed) => (proposed, None),
        Outcome::Failed(error) => (Vec::new(), Some(error.to_string())),
        Outcome::Panicked => (Vec::new(), Some("broke; the slate was made without it".to_owned())),
        Outcome::Late => (Vec::new(), Some("was late; the slate was made without it".to_owned())),
    };
    let trace = SourceTrace {
        name,
        candidates: proposed.len(),
        milliseconds: report.milliseconds,
        error,
        silence: None,
    };
    (proposed, trace)
}

fn drop_unwanted(query: &Query, snapshot: &Snapshot, candidates: &mut Candidates, trace: &mut Trace) {
    let mut counts = BTreeMap::<DropReason, usize>::new();
    candidates.retain(|target| match verdict(query, snapshot, target) {
        Some(reason) => {
            *counts.entry(reason).or_default() += 1;
            false
        }
        None => true,
    });
    let dropped =
        |(reason, count): (DropReason, usize)| DroppedTrace { reason, words: reason.words(), count };
    trace.dropped = counts.into_iter().map(dropped).collect();
}

pub(crate) fn score(query: &Query, snapshot: &Snapshot, candidates: &mut Candidates) {
    candidates.open_columns();
    let targets = candidates.targets().to_vec();
    let all = Gathered::of(query, snapshot, &targets);
    for (index, scorer) in SCORERS.iter().enumerate() {
        scorer.fill(&all, candidates.column_mut(Column::of_scorer(index)));
    }
}

pub(crate) fn rerank(query: &Query, snapshot: &Snapshot, ranked: Vec<Ranked>) -> Vec<Ranked> {
    let (mut standing, mut open) = standing(query, ranked);
    if standing.len() == query.limit {
        return standing;
    }
    if query.request.is_for_releases {
        // Nobody sees these tracks side by side: how they go together is no matter.
        open.truncate(query.limit);
        return open;
    }
    let composed =
        RERANKERS.iter().fold(open, |ranked, reranker| reranker.rerank(query, snapshot, &standing, ranked));
    let room = query.limit - standing.len();
    standing.extend(composed.into_iter().take(room));
    standing
}

/// What stands already, in its order, and the rest.
fn standing(query: &Query, ranked: Vec<Ranked>) -> (Vec<Ranked>, Vec<Ranked>) {
    let (mut standing, open): (Vec<Ranked>, Vec<Ranked>) =
        ranked.into_iter().partition(|ranked| query.standing_place(ranked.target).is_some());
    standing.sort_by_key(|ranked| query.standing_place(ranked.target));
    standing.truncate(query.limit);
    (standing, open)
}

/// Everybody who has a say in the score of a candidate.
#[derive(Debug)]
pub(crate) struct Judges {
    pub(crate) features: Features,
    pub(crate) ranker: Ranker,
    /// What the perspectives see in each candidate; none where artists are asked for.
    pub(crate) views: Vec<Views>,
    /// How much the listener answers to each perspective.
    pub(crate) weights: Views,
    /// What is wished for.
    pub(crate) sliders: Sliders,
    /// What each leaning that counts adds to each candidate.
    pub(crate) adjusted: Vec<(Leaning, Vec<f32>)>,
}

impl Judges {
    pub(crate) fn of(query: &Query, snapshot: &Snapshot, candidates: &Candidates) -> Self {
        let features = Features::of(query, snapshot, candidates);
        let is_tracks = query.request.answer == Answer::Tracks;
        let views = if is_tracks { perspective::views(&features) } else { Vec::new() };
        let belief = query.listener.belief.as_ref().filter(|_| is_tracks && query.has(Stage::Adaptation));
        let weights = belief.map_or_else(Views::default, |belief| {
            belief.weights(|salt| query.chance(salt ^ ADAPTATION_SALT))
        });
        let sliders = query.request.sliders;
        let adjusted = adjusted(query, snapshot, candidates);
        Self { ranker: Ranker::of(query, snapshot), features, views, weights, sliders, adjusted }
    }

    /// The scores of all candidates.
    pub(crate) fn scores(&self) -> Vec<f32> {
        let mut scores = self.ranker.scores(&self.features);
        for (row, score) in scores.iter_mut().enumerate() {
            let wished: f32 = self.wished(row).iter().sum();
            let adjusted: f32 = self.adjusted.iter().map(|(_, adds)| adds[row]).sum();
            *score += self.adapted(row).iter().sum::<f32>() + wished + adjusted;
        }
        scores
    }

    /// What each slider adds to the score of a candidate.
    pub(crate) fn wished(&self, row: usize) -> [f32; SLIDERS.len()] {
        let views = self.views.get(row).copied().unwrap_or_default();
        std::array::from_fn(|place| SLIDERS[place].adds(&self.sliders, &views))
    }

    /// What each perspective adds to the score of a candidate for this listener.
    pub(crate) fn adapted(&self, row: usize) -> Views {
        let views = self.views.get(row).copied().unwrap_or_default();
        std::array::from_fn(|place| self.weights[place] * views[place])
    }
}

/// What the leanings that count add to all candidates.
fn adjusted(query: &Query, snapshot: &Snapshot, candidates: &Candidates) -> Vec<(Leaning, Vec<f32>)> {
    let of_leaning = |leaning: &Leaning| {
        let adds = |target: &Target| match target {
            Target::Track(track) => snapshot.catalogue.track(*track).map_or(0.0, |track| {
                adjuster::adds(leaning, adjuster::measure(leaning.of, track, snapshot, leaning.language))
            }),
            _ => 0.0,
        };
        (leaning.clone(), candidates.targets().iter().map(adds).collect())
    };
    adjuster::counting(query).map(of_leaning).collect()
}

/// Keeps the draw of weights apart from that of tracks.
const ADAPTATION_SALT: u64 = 0x7065_7273_7065_6374;

/// All candidates by their scores, best first, NaN last, ties by id.
fn rank(candidates: &Candidates, judges: &Judges) -> Vec<Ranked> {
    let scores = judges.scores();
    let ranked = |(row, &target): (usize, &Target)| Ranked {
        target,
        row,
        score: scores[row],
        adjustments: Vec::new(),
        propensity: 1.0,
    };
    let mut all: Vec<Ranked> = candidates.targets().iter().enumerate().map(ranked).collect();
    all.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        a.score.is_nan().cmp(&b.score.is_nan()).then(by_score).then(a.target.cmp(&b.target))
    });
    all
}

#[cfg(test)]
mod complaints;
#[cfg(test)]
mod tests;
