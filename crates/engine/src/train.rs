//! Learning from everything that was logged: the log becomes matrices, matrices become models, models a snapshot.
//!
//! It goes in three strides.
//! First the models are fitted on the older part of the log, and the newer part says how good each source's proposals
//! were and how the columns of the candidate table should add up ([`calibrate`]), and whether trees on top are better
//! ([`contest`]); what came up in it says what listeners do with it ([`heads`]), and
//! what of it was left for good or taken up again says what skips mean ([`meaning`]).
//! Then the models are fitted again on everything ([`fit`]), and published together with what was measured.
//! The second fit of the factors starts from the first, so it takes half as long.
//! It does not start from the last snapshot: that one has seen what the new models are measured on, and a log and a seed
//! would no longer say what comes out.
//! Before it takes over, the new snapshot must not lose against the one in use on replayed traffic ([`canary`]).
//! What scans have read of words and covers is made comparable once, for both fits ([`booklets`]).
//! What each account may say is limited before anything is fitted ([`guard`]).
//! With [`TrainOptions::tune`] a search for parameters comes first ([`tune`]); what it found stays in use.
//! The log is read listener by listener ([`history`]), so memory follows the longest history and not the log.
//!
//! Nothing here decides what an event means: profiles are folded by `taste`, and training reads the profiles.

mod attributes;
mod booklets;
mod calibrate;
mod canary;
mod contest;
mod fit;
mod guard;
mod heads;
mod history;
mod holdout;
mod meaning;
mod off_policy;
mod playlists;
mod pulse;
mod questions;
mod segments;
mod tune;
mod watched;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use music::{Catalogue, UnixMillis};
use recommend::{Models, SkipQuality, Snapshot, SnapshotReading};
use serde::Serialize;

use self::booklets::Booklets;
use self::calibrate::Calibrated;
pub use self::canary::CanaryFigures;
pub(crate) use self::history::is_heard_out;
use self::history::{History, Reader};
use self::holdout::Holdout;
pub use self::off_policy::{OffPolicyReport, Worth, off_policy};
pub(crate) use self::playlists::care_of;
pub use self::tune::Tuning;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::snapshot::{Manifest, Measured, SnapshotDirectory, Watermark};

/// How to learn.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// The seed of everything that is drawn; the same log and seed give the same snapshot.
    pub seed: u64,
    /// Numbers per learnt vector.
    pub dim: usize,
    /// Sweeps of the factor models.
    pub epochs: usize,
    /// Listeners on whom sources and weights are measured, at most.
    pub measured_listener_count: usize,
    /// How long to search for parameters first; without it those of the snapshot in use serve again.
    pub tune: Option<Duration>,
    /// Whether a model of what skips mean may take over from the table.
    pub learns_skips: bool,
    /// Whether a snapshot that loses on replayed traffic is kept back.
    pub is_guarded: bool,
}

impl Default for TrainOptions {
    /// 64 numbers keep a scan of 50,000 tracks near a millisecond; the measured listeners are enough for intervals of
    /// about a tenth of a source's rate.
    fn default() -> Self {
        Self {
            seed: 0,
            dim: 64,
            epochs: 10,
            measured_listener_count: 400,
            tune: None,
            learns_skips: true,
            is_guarded: true,
        }
    }
}

/// How far training has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainProgress {
    /// What is being done, for people.
    pub stage: &'static str,
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// What was learnt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainReport {
    /// The snapshot that was published.
    pub snapshot: Manifest,
    /// Every source that was measured.
    pub sources: Vec<SourceFigures>,
    /// What ranks tracks, and how good it was for listeners who had not been seen; none where there were too few.
    pub rankers: Vec<RankerFigures>,
    /// What is known of tracks that come up; none where too little is.
    pub heads: Vec<HeadFigures>,
    /// How well the meaning of skips is told; none where too few skips are known.
    pub skips: Option<SkipQuality>,
    /// How it compared with the snapshot in use; none where there was none, or too few listeners.
    pub canary: Option<CanaryFigures>,
}

/// How well it is told what becomes of tracks that come up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadFigures {
    /// What listeners do with them.
    pub action: String,
    /// The figures.
    #[serde(flatten)]
    pub quality: recommend::HeadQuality,
}

impl HeadFigures {
    fn of(head: &recommend::Head) -> Self {
        Self { action: head.action.clone(), quality: head.quality }
    }
}

/// How the ways to rank tracks compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankerFigures {
    /// What the slate was to bring.
    pub aim: recommend::Aim,
    /// The figures.
    #[serde(flatten)]
    pub contest: recommend::Contest,
    /// Trees in use; 0 where the weights alone rank.
    pub tree_count: usize,
}

/// How good the proposals of one source were on plays that the models had not seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceFigures {
    /// What the slate was to bring.
    pub aim: recommend::Aim,
    /// The source.
    pub name: String,
    /// Proposals that were looked at.
    pub proposal_count: u32,
    /// Those that the listener went on to enjoy.
    pub enjoyed_count: u32,
    /// The weight of its confidence in the score.
    pub weight: f32,
}

/// Learns from everything in `engine`'s log and publishes a snapshot in `directory`.
///
/// Works on an engine that was opened for reading, beside a running server.
///
/// # Errors
/// [`EngineError::NothingToLearn`] in an empty log, and where the log cannot be read or the directory not written.
pub async fn train(
    engine: &Engine,
    directory: &SnapshotDirectory,
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<TrainReport, EngineError> {
    let catalogue = engine.catalogue().await;
    let now = engine.clock().now();
    let reader = Reader::open(engine, Arc::clone(&catalogue)).await?;
    let holdout = Holdout::choose(&reader, options.seed, progress).await?;

    progress(TrainProgress { stage: "comparing words and covers", done: 0, total: 1 });
    let booklets = Booklets::read(engine, Arc::clone(&catalogue), options.seed).await?;
    progress(TrainProgress { stage: "reading the older history", done: 0, total: 1 });
    let older = reader.read(&holdout.kept(), holdout.now(now), progress).await?;
    let tuning = match options.tune {
        None => directory.load().and_then(|loaded| loaded.manifest.tuning),
        Some(time) => {
            let everything = reader.read(&holdout::Everything, now, progress).await?;
            let time = (time, engine.clock());
            let size = (catalogue.tracks().len(), catalogue.artists().len());
            tune::tune((&older, &everything), size, time, options, progress)?
        }
    };
    let used = tuning.clone().unwrap_or_default();
    let known = (&*catalogue, &booklets);
    let models = Arc::new(fit::fit(&older, known, (options, &used), None, progress)?);
    let early = snapshot(&catalogue, Arc::clone(&models));
    let watched = watched::read(&reader, options, progress).await?;
    let (meaning, skips) = meaning::learn(&watched, &holdout, &early, options, progress)?;
    let meaning = meaning.map(Arc::new).filter(|_| options.learns_skips);
    // From here on skips are read as they will be read when the snapshot serves.
    let early = snapshot(&catalogue, Arc::new(Models { skip_meaning: meaning.clone(), ..(*models).clone() }));
    let pulse = pulse::read(&reader, early.models.crowd.as_ref(), holdout.now(now), progress).await?;
    let measured = calibrate::measure((&holdout, &pulse), &watched, &early, options, now, progress)?;
    let heads = heads::learn((&reader, &holdout, &pulse), &watched, &early, options, progress)?;
    let cases = canary::cases(&watched, &catalogue, &holdout, holdout.now(now));

    progress(TrainProgress { stage: "reading everything", done: 0, total: 1 });
    let history = reader.read_by(&holdout::Everything, &SnapshotReading(&early), now, progress).await?;
    drop(early);
    let mut models = fit::fit(&history, known, (options, &used), Some(&models), progress)?;
    let Calibrated { ranking, sources, rankers } = measured;
    models.ranking = ranking;
    models.heads = heads;
    models.skip_meaning = meaning;
    progress(TrainProgress { stage: "learning what tracks are like", done: 0, total: 1 });
    models.track_attributes = fit::attributes(&history, known, &models, options.seed)?;

    let watermark = Watermark {
        seq: reader.through(),
        track_count: catalogue.tracks().len(),
        artist_count: catalogue.artists().len(),
        listener_count: reader.listener_count(),
        seed: options.seed,
    };
    let measured = Measured { figures: figures(&history, &models), tuning };
    let in_use = if options.is_guarded { directory.load() } else { None };
    let written = directory.write(&models, watermark, measured, now)?;
    let heads = models.heads.iter().map(HeadFigures::of).collect();
    let new = snapshot(&catalogue, Arc::new(models));
    let canary = match in_use {
        Some(in_use) => {
            let in_use = snapshot(&catalogue, Arc::new(in_use.models));
            progress(TrainProgress { stage: "replaying traffic", done: 0, total: 1 });
            canary::replay(&cases, (&in_use, &new), &pulse, holdout.now(now))
        }
        None => None,
    };
    if canary.is_none_or(|canary| canary.takes_over) {
        directory.put_to_use(&written.name)?;
    }
    directory.clean_up();
    Ok(TrainReport { snapshot: written, sources, rankers, heads, skips, canary })
}

fn snapshot(catalogue: &Arc<Catalogue>, models: Arc<Models>) -> Arc<Snapshot> {
    Arc::new(Snapshot::new("training", Arc::clone(catalogue), models))
}

/// What the manifest tells people about the size of things.
fn figures(history: &History, models: &Models) -> BTreeMap<String, f64> {
    let length = |neighbours: &Option<learn::Neighbours>| neighbours.as_ref().map_or(0, |n| n.items().len());
    let figures = [
        ("track likes", history.track_likes.len()),
        ("artist likes", history.artist_likes.len()),
        ("plays", history.plays.len()),
        ("sessions", history.sessions.len()),
        ("playlists", history.playlists.len()),
        ("track neighbour pairs", length(&models.track_neighbours)),
        ("playlist neighbour pairs", length(&models.playlist_neighbours)),
        ("session neighbour pairs", length(&models.session_neighbours)),
        ("follower pairs", length(&models.followers)),
        ("listeners compared with", models.crowd.as_ref().map_or(0, compared)),
        ("artist neighbour pairs", length(&models.artist_neighbours)),
        ("all-view neighbour pairs", length(&models.view_neighbours)),
        ("lyrics neighbour pairs", length(&models.lyrics_neighbours)),
        ("art neighbour pairs", length(&models.art_neighbours)),
        ("segments of listeners", models.segments.as_ref().map_or(0, |segments| segments.taste.count())),
        ("inferred attributes", models.track_attributes.as_ref().map_or(0, |a| a.by_tag().entry_count())),
    ];
    figures.into_iter().map(|(name, count)| (name.to_owned(), count as f64)).collect()
}

/// Listeners who like anything.
fn compared(crowd: &learn::Sparse) -> usize {
    (0..crowd.row_count()).filter(|&row| crowd.row_len(row) > 0).count()
}

/// Days from `at` to `now`, not below 0.
fn age_days(now: UnixMillis, at: UnixMillis) -> f32 {
    now.days_since(at).max(0.0) as f32
}
