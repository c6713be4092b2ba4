//! Heads: what becomes of a track that comes up, learnt from everything that came up after the cut.
//!
//! What was put on by hand is left out: of what is chosen, nearly everything is heard out, and it says nothing about a
//! slate.
//! Listening is cut into blocks of what came up within half an hour, and each block is looked at as a request at its
//! beginning would have seen it: with the models from before the cut, the listener's events until then, and the code
//! that serves.
//! A head is kept where it tells better than chance, on listeners it had not seen, what the action was taken with.

use std::sync::Arc;

use learn::boost::{ActionHeads, BoostParams, FeatureTable, Labelled, RankingModel as _};
use learn::metrics::auc;
use music::unit::{DAY_MS, HOUR_MS, MINUTE_MS};
use music::{Context, Event, PlaylistEdit, Prompt, SlateId, Target, TrackId, UnixMillis};
use rayon::prelude::*;
use recommend::heads::ACTIONS;
use recommend::pipeline::described;
use recommend::{
    Aim, Answer, Features, Head, HeadQuality, ListenerView, Pulse, Query, Request, Sliders, Snapshot,
    SnapshotReading, Trees, mix,
};
use rustc_hash::FxHashMap;
use taste::TasteProfile;

use super::history::{Reader, came_up};
use super::holdout::Holdout;
use super::watched::Watched;
use super::{TrainOptions, TrainProgress};
use crate::error::EngineError;

/// Tracks that are looked at from one moment, at most.
const BLOCK_LEN_MAX: usize = 10;
/// A block ends after this.
const BLOCK_MS: i64 = 30 * MINUTE_MS;
/// Rows in all, about; with more, the blocks of each listener are thinned out evenly.
const ROWS_MAX: usize = 40_000;
/// Within this time a heart or a place in a playlist counts for the play before it.
const LIKE_MS: i64 = DAY_MS;
/// A return is a play after the first of these and before the second.
const RETURN_MS: (i64, i64) = (4 * HOUR_MS, 7 * DAY_MS);
/// Rows with the action, and rows without it, that there must be.
const ROWS_MIN: usize = 200;
/// A head must tell at least this much to be kept.
const AUC_MIN: f64 = 0.55;
/// One listener in so many is kept apart to measure a head on.
const APART_ONE_IN: u32 = 4;

/// Small trees, so that hundreds of listeners do not fit them to chance; judged, not tuned.
fn params(seed: u64) -> BoostParams {
    BoostParams {
        tree_count: 80,
        leaf_count: 16,
        learning_rate: 0.1,
        rows_min: 60,
        ridge: 5.0,
        feature_share: 0.6,
        row_share: 0.8,
        patience: 10,
        seed,
        ..BoostParams::default()
    }
}

/// What came up within one block.
struct Block {
    at: UnixMillis,
    context: Context,
    came_up: Vec<CameUp>,
}

/// A track that came up, and what was done with it, in the order of [`ACTIONS`]; not a number where nobody can know yet.
#[derive(Clone, Copy)]
struct CameUp {
    track: TrackId,
    labels: [f32; ACTIONS.len()],
}

/// Rows of one listener.
#[derive(Default)]
struct Rows {
    listener: u32,
    features: Vec<f32>,
    labels: Vec<[f32; ACTIONS.len()]>,
}

/// Learns what can be learnt on these listeners.
pub(super) fn learn(
    (reader, holdout, pulse): (&Reader, &Holdout, &Pulse),
    watched: &[Watched],
    snapshot: &Arc<Snapshot>,
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Vec<Head>, EngineError> {
    let blocks_max = (ROWS_MAX / (BLOCK_LEN_MAX * watched.len().max(1))).max(1);
    let of_one = |watched| rows(watched, blocks_max, (reader, holdout, pulse), snapshot);
    let rows: Vec<Rows> = watched.par_iter().map(of_one).collect();
    progress(TrainProgress { stage: "learning what becomes of it", done: 0, total: ACTIONS.len() });
    let heads =
        ACTIONS.par_iter().enumerate().map(|(place, (action, _))| head(&rows, place, action, options.seed));
    let heads: Vec<Option<Head>> = heads.collect::<Result<_, EngineError>>()?;
    Ok(heads.into_iter().flatten().collect())
}

/// What came up for one listener, as requests would have seen it.
fn rows(
    &Watched { listener, ref events }: &Watched,
    blocks_max: usize,
    (reader, holdout, pulse): (&Reader, &Holdout, &Pulse),
    snapshot: &Arc<Snapshot>,
) -> Rows {
    let cut = events.partition_point(|event| !holdout.is_held_out(event));
    let blocks = blocks(&events[cut..], reader);
    let step = blocks.len().div_ceil(blocks_max).max(1);
    let mut profile = TasteProfile::new(listener);
    let mut rows = Rows { listener: listener.get(), ..Rows::default() };
    let mut seen = 0;
    for block in blocks.into_iter().step_by(step) {
        let until = events.partition_point(|event| event.at < block.at);
        for event in &events[seen..until] {
            profile.observe(event, &SnapshotReading(snapshot));
        }
        seen = seen.max(until);
        rows.add(&block, &profile, (snapshot, pulse));
    }
    rows
}

impl Rows {
    fn add(&mut self, block: &Block, profile: &TasteProfile, (snapshot, pulse): (&Arc<Snapshot>, &Pulse)) {
        let view = ListenerView::of(Arc::new(profile.clone()), snapshot, block.at);
        let view = Arc::new(view.among(pulse, snapshot, block.at));
        let request = Request {
            mix: mix::whole(Aim::Enjoy),
            answer: Answer::Tracks,
            seeds: Vec::new(),
            limit: None,
            context: block.context.clone(),
            now: block.at,
            sliders: Sliders::default(),
            without: None,
            elsewhere: Vec::new(),
            is_shared: false,
            is_for_releases: false,
            random_seed: 0,
            slate: SlateId::new(0),
        };
        let query = Query::new(request, view, snapshot);
        let labels: FxHashMap<Target, [f32; ACTIONS.len()]> =
            block.came_up.iter().map(|one| (Target::Track(one.track), one.labels)).collect();
        let tracks: Vec<TrackId> = block.came_up.iter().map(|one| one.track).collect();
        let candidates = described(&query, snapshot, &tracks);
        let features = Features::of(&query, snapshot, &candidates);
        for (target, row) in candidates.targets().iter().zip(features.rows()) {
            let start = self.features.len();
            self.features.extend(row);
            Head::blind(&mut self.features[start..]);
            self.labels.push(labels[target]);
        }
    }
}

/// Cuts events, which must stand in the order of their time, into blocks; each track counts once in a block.
fn blocks(events: &[Event], reader: &Reader) -> Vec<Block> {
    let Some(end) = events.last().map(|event| event.at) else { return Vec::new() };
    let mut blocks: Vec<Block> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Some((track, is_heard_out)) = came_up(event, |track| reader.duration(track)) else { continue };
        let came_up = CameUp { track, labels: labels(&events[index..], (track, is_heard_out), end) };
        let running = blocks.last_mut().filter(|block| {
            block.came_up.len() < BLOCK_LEN_MAX
                && event.at.since(block.at) < BLOCK_MS
                && block.context.surface == event.context.surface
        });
        match running {
            Some(block) if block.came_up.iter().any(|one| one.track == track) => {}
            Some(block) => block.came_up.push(came_up),
            None => {
                blocks.push(Block { at: event.at, context: event.context.clone(), came_up: vec![came_up] });
            }
        }
    }
    blocks
}

/// What was done with `track`, which came up with the first of `events`; the log ends at `end`.
fn labels(events: &[Event], (track, is_heard_out): (TrackId, bool), end: UnixMillis) -> [f32; ACTIONS.len()] {
    let at = events[0].at;
    let within = |ms: i64| events[1..].iter().take_while(move |event| event.at.since(at) <= ms);
    let is_liked = within(LIKE_MS).any(|event| match &event.prompt {
        Prompt::Liked { target } => *target == Target::Track(track),
        Prompt::PlaylistEdited { edit: PlaylistEdit::Added { tracks, .. }, .. } => tracks.contains(&track),
        _ => false,
    });
    let returns = within(RETURN_MS.1).any(|event| {
        event.at.since(at) >= RETURN_MS.0
            && matches!(event.prompt, Prompt::Played { track: played, .. } if played == track)
    });
    let known = |is_so: bool, ms: i64| match is_so {
        true => 1.0,
        false if end.since(at) < ms => f32::NAN,
        false => 0.0,
    };
    [f32::from(u8::from(is_heard_out)), known(is_liked, LIKE_MS), known(returns, RETURN_MS.1)]
}

/// One head; none where too little is known or it tells too little.
fn head(rows: &[Rows], place: usize, action: &str, seed: u64) -> Result<Option<Head>, EngineError> {
    let of = |is_meant: &dyn Fn(&Rows) -> bool| Lessons::of(rows.iter().filter(|rows| is_meant(rows)), place);
    let all = of(&|_| true);
    let yes = all.labels.iter().filter(|&&label| label > 0.5).count();
    if yes < ROWS_MIN || all.labels.len() - yes < ROWS_MIN {
        return Ok(None);
    }
    let is_apart = |rows: &Rows| rows.listener.is_multiple_of(APART_ONE_IN);
    let (seen, apart) = (of(&|rows| !is_apart(rows)), of(&|rows| is_apart(rows)));
    if seen.labels.is_empty() || apart.labels.is_empty() {
        return Ok(None);
    }
    let fit = |lessons: &Lessons| -> Result<_, EngineError> {
        let table = FeatureTable::new(Features::width(), lessons.features.clone())?;
        let labelled = Labelled { name: action.to_owned(), labels: lessons.labels.clone() };
        let heads = ActionHeads::fit(&table, &lessons.listeners, &[labelled], &params(seed))?.heads;
        Ok(heads.into_iter().next().expect("one action was asked for"))
    };
    let judged = fit(&seen)?;
    let scores: Vec<f64> = apart
        .features
        .chunks_exact(Features::width())
        .map(|row| f64::from(judged.model.score(row)))
        .collect();
    let labels: Vec<bool> = apart.labels.iter().map(|&label| label > 0.5).collect();
    let Some(auc) = auc(&scores, &labels)?.filter(|&auc| auc >= AUC_MIN) else { return Ok(None) };
    let fitted = fit(&all)?;
    let quality =
        HeadQuality { row_count: all.labels.len(), share: yes as f64 / all.labels.len() as f64, auc };
    Ok(Some(Head {
        action: action.to_owned(),
        start: fitted.model.start(),
        trees: Arc::new(Trees::new(learn::boost::Boosted::from_parts(
            Features::width(),
            0.0,
            fitted.model.trees().to_vec(),
        )?)),
        calibration: fitted.calibration,
        quality,
    }))
}

/// Rows of which it is known whether an action was taken.
#[derive(Default)]
struct Lessons {
    features: Vec<f32>,
    labels: Vec<f32>,
    listeners: Vec<u32>,
}

impl Lessons {
    fn of<'a>(all: impl Iterator<Item = &'a Rows>, place: usize) -> Self {
        let mut lessons = Self::default();
        for rows in all {
            for (row, labels) in rows.features.chunks_exact(Features::width()).zip(&rows.labels) {
                if labels[place].is_finite() {
                    lessons.features.extend(row);
                    lessons.labels.push(labels[place]);
                    lessons.listeners.push(rows.listener);
                }
            }
        }
        lessons
    }
}
