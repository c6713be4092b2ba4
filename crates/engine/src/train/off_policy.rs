//! What a snapshot would have been worth, by what others showed: answers to drawn places, weighed by how probable they were.
//!
//! A slate of home has a place that is drawn, and its chance is in the log. With the listener put back to that moment, the
//! snapshot in question says how probable it would have been there; [`learn::off_policy`] makes an estimate of both.
//! It says nothing about the places that are not drawn: of these the log knows no chances.
//! Sliders, and what stood elsewhere on the page, are not in the log; slates are put together again without them.

use std::sync::Arc;

use learn::off_policy::{Estimate, Logged, Modelled, WEIGHT_MAX, doubly_robust, ips, snips};
use music::{Context, Event, Impression, Prompt, SlateId, Target, TrackId, UnixMillis};
use rayon::prelude::*;
use recommend::{
    Answer, Drawable, Inline, ListenerView, Mix, Pulse, Query, Request, Sliders, Snapshot, SnapshotReading,
    drawables,
};
use serde::Serialize;
use taste::TasteProfile;

use super::history::Reader;
use super::watched::{self, Watched};
use super::{TrainOptions, TrainProgress, pulse, snapshot};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::snapshot::SnapshotDirectory;

/// The mix whose draws are looked at: asked for without anything to start from, and with one drawn place.
const MIX: &str = "home";

/// The worth of a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OffPolicyReport {
    /// The snapshot in question.
    pub snapshot: String,
    /// Slates of home with a drawn place.
    pub drawn_count: usize,
    /// Those whose drawn place came up, and was heard out or left.
    pub answered_count: usize,
    /// The share that was heard out, as it was drawn. *Range*: 0 to 1; none without answers.
    pub logged: Option<f64>,
    /// Inverse propensities: the share that this snapshot's draws would come to.
    pub ips: Option<Worth>,
    /// The same, divided by the sum of the weights.
    pub snips: Option<Worth>,
    /// The head for hearing out, corrected by the answers; none where the snapshot has no such head.
    pub doubly_robust: Option<Worth>,
}

/// An estimate as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Worth {
    /// The expected share of tracks heard out.
    pub value: f64,
    /// The interval that holds the truth in 95 of 100 logs.
    pub interval: [f64; 2],
    /// How many unweighted answers the weighted ones are worth.
    pub effective_sample_size: f64,
    /// The share of the answers whose weight was clipped. *Range*: 0 to 1.
    pub clipped_share: f64,
}

impl From<Estimate> for Worth {
    fn from(estimate: Estimate) -> Self {
        let Estimate { value, effective_sample_size, clipped_share, .. } = estimate;
        Self { value, interval: estimate.interval(), effective_sample_size, clipped_share }
    }
}

/// One answered draw.
struct Draw {
    logged: Logged,
    /// What the head expects of the track that was drawn, and of a draw of the snapshot.
    modelled: Option<Modelled>,
}

/// Estimates what the snapshot in use is worth from all draws in the log.
///
/// A snapshot has learnt from the answers that it is measured by, unless it is older than they are.
///
/// # Errors
/// [`EngineError::NothingToLearn`] where there is no log or no snapshot, and where the log cannot be read.
pub async fn off_policy(
    engine: &Engine,
    directory: &SnapshotDirectory,
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<OffPolicyReport, EngineError> {
    let catalogue = engine.catalogue().await;
    let reader = Reader::open(engine, Arc::clone(&catalogue)).await?;
    let loaded = directory.load().ok_or(EngineError::NothingToLearn)?;
    let name = loaded.manifest.name.clone();
    let snapshot = snapshot(&catalogue, Arc::new(loaded.models));
    let watched = watched::read(&reader, options, progress).await?;
    progress(TrainProgress { stage: "putting listeners back", done: 0, total: 1 });
    let pulse = pulse::read(&reader, snapshot.models.crowd.as_ref(), UnixMillis::new(0), progress).await?;
    let of_listeners: Vec<(usize, Vec<Draw>)> =
        watched.par_iter().map(|watched| draws(watched, (&snapshot, &pulse))).collect();
    let drawn_count = of_listeners.iter().map(|(count, _)| count).sum();
    let draws: Vec<Draw> = of_listeners.into_iter().flat_map(|(_, draws)| draws).collect();
    report(name, drawn_count, &draws)
}

fn report(snapshot: String, drawn_count: usize, draws: &[Draw]) -> Result<OffPolicyReport, EngineError> {
    let log: Vec<Logged> = draws.iter().map(|draw| draw.logged).collect();
    let modelled: Option<Vec<Modelled>> = draws.iter().map(|draw| draw.modelled).collect();
    let rewards = log.iter().map(|shown| shown.reward);
    let robust = match modelled {
        Some(modelled) => doubly_robust(&log, &modelled, WEIGHT_MAX)?,
        None => None,
    };
    Ok(OffPolicyReport {
        snapshot,
        drawn_count,
        answered_count: log.len(),
        logged: (!log.is_empty()).then(|| rewards.sum::<f64>() / log.len() as f64),
        ips: ips(&log, WEIGHT_MAX)?.map(Worth::from),
        snips: snips(&log, WEIGHT_MAX)?.map(Worth::from),
        doubly_robust: robust.map(Worth::from),
    })
}

/// How many places were drawn for a listener, and those that were answered.
fn draws(watched: &Watched, (snapshot, pulse): (&Arc<Snapshot>, &Pulse)) -> (usize, Vec<Draw>) {
    let mut profile = TasteProfile::new(watched.listener);
    let (mut count, mut draws) = (0, Vec::new());
    for (place, event) in watched.events.iter().enumerate() {
        if let Prompt::Shown(shown) = &event.prompt
            && let Some((track, propensity)) = drawn(shown)
        {
            count += 1;
            if let Some(is_heard_out) = answer(&watched.events[place + 1..], shown.slate, track) {
                let urn = urn(&profile, (event, shown), (snapshot, pulse));
                draws.push(weigh(&urn, track, propensity, is_heard_out));
            }
        }
        profile.observe(event, &SnapshotReading(snapshot));
    }
    (count, draws)
}

/// The one track of a slate of home that was drawn, and its chance.
fn drawn(shown: &Impression) -> Option<(TrackId, f32)> {
    // Where two slates were merged, the chance of a draw is not that of a place.
    if shown.trial.as_deref().is_some_and(music::Trial::is_interleaved) {
        return None;
    }
    let mut drawn = shown.picks.iter().filter(|pick| pick.propensity < 1.0);
    match (drawn.next()?, drawn.next()) {
        (pick, None) if &*shown.mix == MIX && pick.propensity > 0.0 => match pick.target {
            Target::Track(track) => Some((track, pick.propensity)),
            _ => None,
        },
        // Of several the second depends on the first, and what that would have been is not known.
        _ => None,
    }
}

/// Whether the track was heard out when it came up; none where it did not come up.
fn answer(later: &[Event], slate: SlateId, track: TrackId) -> Option<bool> {
    later.iter().filter(|event| event.context.slate == Some(slate)).find_map(|event| match event.prompt {
        Prompt::Played { track: of, .. } if of == track => Some(true),
        Prompt::Skipped { track: of, .. } if of == track => Some(false),
        _ => None,
    })
}

/// What the snapshot would draw from at that moment.
fn urn(
    profile: &TasteProfile,
    (event, shown): (&Event, &Impression),
    (snapshot, pulse): (&Arc<Snapshot>, &Pulse),
) -> Vec<Drawable> {
    let request = Request {
        mix: Mix::named(MIX).expect("home is one of the mixes"),
        answer: Answer::Tracks,
        seeds: Vec::new(),
        limit: Some(shown.picks.len()),
        context: Context { slate: None, ..event.context.clone() },
        sliders: Sliders::default(),
        without: None,
        elsewhere: Vec::new(),
        is_shared: false,
        is_for_releases: false,
        now: event.at,
        random_seed: 0,
        slate: shown.slate,
    };
    let view =
        ListenerView::of(Arc::new(profile.clone()), snapshot, event.at).among(pulse, snapshot, event.at);
    let query = Arc::new(Query::new(request, Arc::new(view), snapshot));
    drawables(&query, snapshot, &Inline)
}

fn weigh(urn: &[Drawable], track: TrackId, propensity: f32, is_heard_out: bool) -> Draw {
    let found = urn.iter().find(|one| one.track == track);
    let target = found.map_or(0.0, |one| f64::from(one.chance)).min(1.0);
    let reward = f64::from(u8::from(is_heard_out));
    let expected = urn.iter().map(|one| one.finish.map(|finish| f64::from(one.chance * finish))).sum();
    // What the snapshot would not draw has no weight, and needs no guess.
    let shown = found.map_or(Some(0.0), |one| one.finish.map(f64::from));
    let modelled = Option::zip(expected, shown).map(|(target, shown)| Modelled { shown, target });
    Draw { logged: Logged { reward, propensity: f64::from(propensity), target }, modelled }
}

#[cfg(test)]
mod tests {
    use music::{EventKey, ListenerId, Millis, ShownPick};

    use super::*;

    const SLATE: SlateId = SlateId::new(9);

    fn shown(mix: &str, propensities: &[f32]) -> Impression {
        let pick = |(row, &propensity): (usize, &f32)| ShownPick {
            target: Target::Track(TrackId::new(row as u32)),
            score: 0.0,
            propensity,
        };
        let picks = propensities.iter().enumerate().map(pick).collect();
        Impression { slate: SLATE, mix: mix.into(), snapshot: "".into(), picks, stands: false, trial: None }
    }

    #[test]
    fn only_a_single_draw_of_home_has_a_known_chance() {
        assert_eq!(drawn(&shown("home", &[1.0, 0.25, 1.0])), Some((TrackId::new(1), 0.25)));
        assert_eq!(drawn(&shown("home", &[1.0, 1.0])), None);
        assert_eq!(drawn(&shown("home", &[0.5, 0.25])), None);
        assert_eq!(drawn(&shown("radio", &[1.0, 0.25])), None);
    }

    #[test]
    fn an_answer_is_what_became_of_the_track_in_its_slate() {
        let event = |prompt, slate| Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::new(0),
            prompt,
            context: Context { slate, ..Context::default() },
        };
        let (this, other) = (TrackId::new(1), TrackId::new(2));
        let skipped = |track| Prompt::skipped(track, Millis::new(3_000));
        let mut later = vec![event(Prompt::played(this), None), event(skipped(other), Some(SLATE))];
        assert_eq!(answer(&later, SLATE, this), None, "it was played elsewhere");
        later.push(event(skipped(this), Some(SLATE)));
        later.push(event(Prompt::played(this), Some(SLATE)));
        assert_eq!(answer(&later, SLATE, this), Some(false));
    }

    #[test]
    fn a_snapshot_that_draws_what_is_heard_out_is_worth_more_than_the_log() {
        // Two tracks, drawn evenly; the first is heard out, the second is not, and the snapshot mostly draws the first.
        let urn = [(0, 0.9, 0.8), (1, 0.1, 0.3)].map(|(row, chance, finish)| Drawable {
            track: TrackId::new(row),
            chance,
            finish: Some(finish),
        });
        let draws: Vec<Draw> =
            (0..400).map(|turn| weigh(&urn, TrackId::new(turn % 2), 0.5, turn % 2 == 0)).collect();
        let report = report("s1".to_owned(), 500, &draws).unwrap();
        assert_eq!((report.drawn_count, report.answered_count, report.logged), (500, 400, Some(0.5)));
        for worth in [report.ips, report.snips, report.doubly_robust] {
            let worth = worth.unwrap();
            assert!((worth.value - 0.9).abs() < 1e-6, "{worth:?}");
            assert!(worth.interval[0] < 0.9 && worth.effective_sample_size < 400.0);
        }
        let foreign = weigh(&urn, TrackId::new(7), 0.5, true);
        assert_eq!((foreign.logged.target, foreign.modelled.unwrap().shown), (0.0, 0.0));
    }

    #[test]
    fn without_answers_there_is_no_estimate() {
        let report = report("s1".to_owned(), 3, &[]).unwrap();
        assert_eq!((report.logged, report.ips, report.doubly_robust), (None, None, None));
    }
}
