//! What sources' scores are worth, and how columns add up: measured on what listeners did next.
//!
//! For each listener who went on to enjoy something, candidates are gathered as of the cut, through the very code
//! that serves requests.
//! A candidate counts as enjoyed where the listener's behaviour after the cut speaks for it.
//! From that come one rising curve per source, one weight per column, and where they prove better the trees on top
//! ([`contest`](super::contest)).

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::calibration::{Isotonic, Logistic, LogisticParams};
use music::{Context, Event, ListenerId, SlateId, Target, UnixMillis};
use rayon::prelude::*;
use recommend::pipeline::{Proposals, propose, weighed};
use recommend::{
    Aim, Answer, Candidates, Column, Combination, Features, Inline, ListenerView, Pulse, Query, Ranking,
    Request, SOURCES, Sliders, Snapshot, SnapshotReading, SourceCalibration, Trace, mix,
};
use rustc_hash::FxHashSet;
use taste::TasteProfile;

use super::holdout::Holdout;
use super::watched::Watched;
use super::{RankerFigures, SourceFigures, TrainOptions, TrainProgress, contest};
use crate::error::EngineError;

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Calibrated {
    pub(super) ranking: BTreeMap<Aim, Ranking>,
    pub(super) sources: Vec<SourceFigures>,
    pub(super) rankers: Vec<RankerFigures>,
}

/// Enjoyed proposals that a source must have before its curve is believed.
const ENJOYED_COUNT_MIN: u32 = 10;
/// Enjoyed candidates that there must be before weights are fitted.
const WEIGHED_COUNT_MIN: usize = 50;
/// How strongly fitted weights are pulled to the defaults, in samples.
///
/// A judgement: with a few hundred enjoyed candidates the data decides, with a few dozen the defaults do.
const PRIOR_STRENGTH: f32 = 20.0;
/// Imagined proposals at the source's mean rate, which keep a steep end of a curve honest.
const PRIOR_PROPOSALS: f32 = 20.0;

/// One listener before and after the cut.
struct Case<'a> {
    before: Vec<&'a Event>,
    enjoyed: FxHashSet<Target>,
    listener: ListenerId,
}

/// What sources proposed to one listener, before anything is known of what it is worth.
pub(super) struct Gathered {
    pub(super) query: Arc<Query>,
    pub(super) proposals: Proposals,
    /// Number of the listener among those who are measured on.
    pub(super) case: usize,
    /// What the listener went on to enjoy.
    pub(super) enjoyed: Arc<FxHashSet<Target>>,
}

/// The candidates of one listener under one ranking, and what became of them.
pub(super) struct Table {
    pub(super) candidates: Candidates,
    pub(super) features: Features,
    pub(super) is_enjoyed: Vec<bool>,
}

impl Gathered {
    /// The candidates as serving would see them with this ranking.
    pub(super) fn table(&self, snapshot: &Snapshot, ranking: &Ranking) -> Table {
        let proposals = self.proposals.clone();
        let candidates =
            weighed(&self.query, snapshot, (proposals, (&[], None)), ranking, &mut Trace::default());
        let is_enjoyed = candidates.targets().iter().map(|target| self.enjoyed.contains(target)).collect();
        Table { features: Features::of(&self.query, snapshot, &candidates), candidates, is_enjoyed }
    }
}

/// Measures sources, weights and trees on these listeners.
pub(super) fn measure(
    (holdout, pulse): (&Holdout, &Pulse),
    watched: &[Watched],
    snapshot: &Arc<Snapshot>,
    options: &TrainOptions,
    now: UnixMillis,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Calibrated, EngineError> {
    let at = holdout.now(now);
    let cases: Vec<Case<'_>> =
        watched.par_iter().filter_map(|watched| case(watched, snapshot, holdout, at)).collect();
    let mut calibrated = Calibrated::default();
    for aim in [Aim::Enjoy, Aim::Discover] {
        progress(TrainProgress { stage: "measuring sources", done: 0, total: cases.len() });
        let mut gathered: Vec<Gathered> = Vec::new();
        for answer in [Answer::Tracks, Answer::Artists] {
            let of_case = |(number, case): (usize, &Case<'_>)| {
                gather((number, case), (snapshot, pulse), (aim, answer), at)
            };
            gathered.par_extend(cases.par_iter().enumerate().map(of_case));
        }
        let gathered: Vec<&Gathered> = gathered.iter().collect();
        let mut ranking = rank(&gathered, snapshot)?;
        progress(TrainProgress { stage: "comparing rankers", done: 0, total: 1 });
        contest::decide(&gathered, snapshot, &mut ranking, options.seed)?;
        report(&mut calibrated, aim, &ranking);
        calibrated.ranking.insert(aim, ranking);
    }
    Ok(calibrated)
}

/// A listener before and after the cut; none where they did nothing before it, or enjoyed nothing after it.
fn case<'a>(
    watched: &'a Watched,
    snapshot: &Snapshot,
    holdout: &Holdout,
    at: UnixMillis,
) -> Option<Case<'a>> {
    let listener = watched.listener;
    let (after, before): (Vec<&Event>, Vec<&Event>) =
        watched.events.iter().partition(|event| holdout.is_held_out(event));
    // What was enjoyed is told by the table: no model is to say what it is measured by.
    let duration = |track| snapshot.catalogue.track(track).and_then(|track| track.duration);
    let profile = TasteProfile::fold(listener, after, &duration);
    let liked = profile.tracks().filter(|(_, taste)| taste.affinity(at) > 0.0);
    let mut enjoyed: FxHashSet<Target> = liked.map(|(track, _)| Target::Track(track)).collect();
    let artists = profile.artists().filter(|(_, taste)| taste.standing.affinity(at) > 0.0);
    enjoyed.extend(artists.map(|(artist, _)| Target::Artist(artist)));
    (!enjoyed.is_empty() && !before.is_empty()).then_some(Case { before, enjoyed, listener })
}

/// What sources propose to one listener.
fn gather(
    (number, case): (usize, &Case<'_>),
    (snapshot, pulse): (&Arc<Snapshot>, &Pulse),
    (aim, answer): (Aim, Answer),
    at: UnixMillis,
) -> Gathered {
    let profile = TasteProfile::fold(case.listener, case.before.iter().copied(), &SnapshotReading(snapshot));
    let view = Arc::new(ListenerView::of(Arc::new(profile), snapshot, at).among(pulse, snapshot, at));
    let request = Request {
        mix: mix::whole(aim),
        answer,
        seeds: Vec::new(),
        limit: None,
        context: Context::default(),
        now: at,
        sliders: Sliders::default(),
        without: None,
        elsewhere: Vec::new(),
        is_shared: false,
        is_for_releases: false,
        random_seed: u64::from(case.listener.get()),
        slate: SlateId::new(0),
    };
    let query = Arc::new(Query::new(request, view, snapshot));
    let proposals = propose(&query, snapshot, &Inline, &mut Trace::default());
    Gathered { query, proposals, case: number, enjoyed: Arc::new(case.enjoyed.clone()) }
}

/// All tables under one ranking.
pub(super) fn tables(gathered: &[&Gathered], snapshot: &Snapshot, ranking: &Ranking) -> Vec<Table> {
    gathered.par_iter().map(|gathered| gathered.table(snapshot, ranking)).collect()
}

/// What these listeners say about sources and columns.
pub(super) fn rank(gathered: &[&Gathered], snapshot: &Snapshot) -> Result<Ranking, EngineError> {
    let raw = tables(gathered, snapshot, &Ranking::default());
    let sample_count: usize = raw.iter().map(|table| table.is_enjoyed.len()).sum();
    let enjoyed_count = raw.iter().flat_map(|table| &table.is_enjoyed).filter(|&&enjoyed| enjoyed).count();
    let mut ranking = Ranking { sources: curves(&raw)?, ..Ranking::default() };
    drop(raw);
    if enjoyed_count < WEIGHED_COUNT_MIN {
        return Ok(ranking);
    }
    ranking.base_rate = enjoyed_count as f32 / sample_count as f32;
    ranking.combination = weights(&tables(gathered, snapshot, &ranking))?;
    Ok(ranking)
}

/// One curve per source that was enjoyed often enough to be measured.
fn curves(tables: &[Table]) -> Result<BTreeMap<String, SourceCalibration>, EngineError> {
    let mut points_of: Vec<Vec<(f32, f32, f32)>> = vec![Vec::new(); SOURCES.len()];
    for table in tables {
        for (row, &is_enjoyed) in table.is_enjoyed.iter().enumerate() {
            for support in table.candidates.support(row) {
                let point = (support.score, f32::from(u8::from(is_enjoyed)), 1.0);
                points_of[usize::from(support.source)].push(point);
            }
        }
    }
    let mut curves = BTreeMap::new();
    for (source, mut points) in SOURCES.iter().zip(points_of) {
        let proposal_count = points.len() as u32;
        let enjoyed_count = points.iter().filter(|point| point.1 > 0.5).count() as u32;
        if enjoyed_count < ENJOYED_COUNT_MIN {
            continue;
        }
        let rate = enjoyed_count as f32 / proposal_count as f32;
        let (lowest, highest) =
            points.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), point| {
                (low.min(point.0), high.max(point.0))
            });
        points.extend([(lowest, rate, PRIOR_PROPOSALS), (highest, rate, PRIOR_PROPOSALS)]);
        let curve = Isotonic::fit(&points)?;
        curves.insert(source.name().to_owned(), SourceCalibration { curve, proposal_count, enjoyed_count });
    }
    Ok(curves)
}

/// One weight per column: logistic regression around the defaults.
fn weights(tables: &[Table]) -> Result<Combination, EngineError> {
    let rejection = Column::named("rejection").expect("it is a scorer");
    let (mut features, mut labels) = (Vec::new(), Vec::new());
    for table in tables {
        for (row, &is_enjoyed) in table.features.rows().zip(&table.is_enjoyed) {
            let start = features.len();
            features.extend(&row[..Column::count()]);
            // Nothing in the log says what follows from the skip just made, because no slate has answered to it yet.
            // With its column empty the weight keeps its default, and with it the promise to listen.
            features[start + rejection.index()] = 0.0;
            labels.push(f32::from(u8::from(is_enjoyed)));
        }
    }
    let prior = Column::all().map(|column| Combination::default().weight(column)).collect();
    let weights = meant_weights(features, &labels, prior)?;
    let named = Column::all().zip(weights).map(|(column, weight)| (column.name().to_owned(), weight));
    Ok(Combination::from_named(&named.collect()))
}

/// The weights that explain the labels best among those with which every column says what its words say.
///
/// Columns that overlap may come out with the wrong sign; they are taken out, and the others fitted again without them.
fn meant_weights(
    mut features: Vec<f32>,
    labels: &[f32],
    mut prior: Vec<f32>,
) -> Result<Vec<f32>, EngineError> {
    let column_count = Column::count();
    loop {
        let params =
            LogisticParams { penalty: PRIOR_STRENGTH, prior: prior.clone(), ..LogisticParams::default() };
        let weights = Logistic::fit(&features, column_count, labels, &params)?.weights;
        let is_turned = |column: &Column| {
            let weight = weights[column.index()];
            column.meant(weight) != weight && prior[column.index()] != 0.0
        };
        let turned: Vec<Column> = Column::all().filter(is_turned).collect();
        if turned.is_empty() {
            return Ok(weights);
        }
        for column in turned {
            // Without a value and drawn to 0, it stays there.
            prior[column.index()] = 0.0;
            features.iter_mut().skip(column.index()).step_by(column_count).for_each(|value| *value = 0.0);
        }
    }
}

fn report(calibrated: &mut Calibrated, aim: Aim, ranking: &Ranking) {
    for (name, calibration) in &ranking.sources {
        calibrated.sources.push(SourceFigures {
            aim,
            name: name.clone(),
            proposal_count: calibration.proposal_count,
            enjoyed_count: calibration.enjoyed_count,
            weight: Column::named(name).map_or(0.0, |column| ranking.combination.weight(column)),
        });
    }
    if let Some(contest) = &ranking.contest {
        let tree_count = ranking.trees.as_ref().map_or(0, |trees| trees.tree_count());
        calibrated.rankers.push(RankerFigures { aim, contest: contest.clone(), tree_count });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_that_would_turn_around_is_nothing() {
        let column = |name| Column::named(name).unwrap().index();
        let (taste, rest, known) = (column("taste"), column("rest"), column("known"));
        let mut features = Vec::new();
        let mut labels = Vec::new();
        for index in 0..600_usize {
            let mut row = vec![0.0; Column::count()];
            // Enjoyed is what is known, what was just heard, and what lies far from the taste.
            let enjoyed = index % 3 == 0;
            row[known] = if enjoyed { 0.9 } else { 0.2 };
            row[rest] = if enjoyed { 1.0 } else { 0.0 };
            row[taste] = if enjoyed { 0.0 } else { 1.0 };
            features.extend(row);
            labels.push(f32::from(u8::from(enjoyed)));
        }
        let prior: Vec<f32> = Column::all().map(|column| Combination::default().weight(column)).collect();
        let free = LogisticParams { penalty: 1.0, prior: prior.clone(), ..LogisticParams::default() };
        let free = Logistic::fit(&features, Column::count(), &labels, &free).unwrap().weights;
        assert!(free[rest] > 0.0 && free[taste] < 0.0, "the sample shows what it is to show");
        let weights = meant_weights(features, &labels, prior).unwrap();
        assert!(weights[rest].abs() < 1e-6 && weights[taste].abs() < 1e-6, "{weights:?}");
        assert!(weights[known] > 0.5, "{weights:?}");
        for column in Column::all() {
            let weight = weights[column.index()];
            assert!((column.meant(weight) - weight).abs() < 1e-6, "{}: {weight}", column.name());
        }
    }
}
