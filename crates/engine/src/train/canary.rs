//! The canary: a new snapshot takes over only where it does not lose on replayed traffic.
//!
//! Listeners are put back to the cut, the snapshot in use and the new one each make their slate, and both are held
//! against what the listeners went on to enjoy. The new one has learnt from that, and should do better; where it does
//! significantly worse, something is broken: a half-read log, a bad parameter, a defect. Then the snapshot in use stays.

use std::sync::Arc;

use learn::metrics::{Metric, Relevant};
use music::{Catalogue, Context, Event, ListenerId, SlateId, Target, UnixMillis};
use rayon::prelude::*;
use recommend::{
    Answer, Inline, ListenerView, MIXES, Pulse, Query, Request, Sliders, Snapshot, SnapshotReading,
};
use serde::Serialize;
use taste::TasteProfile;

use super::holdout::Holdout;
use super::watched::Watched;

/// How the snapshot in use and the new one compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CanaryFigures {
    /// Listeners whose traffic was replayed.
    pub listener_count: usize,
    /// NDCG of the first twenty places of home from the snapshot in use.
    pub in_use: f64,
    /// The same from the new snapshot.
    pub new: f64,
    /// The standard error of their difference.
    pub standard_error: f64,
    /// Whether the new one takes over.
    pub takes_over: bool,
}

/// Places that are looked at.
const DEPTH: usize = 20;
/// Fewer listeners tell nothing, and the new snapshot takes over.
const LISTENER_COUNT_MIN: usize = 20;
/// Listeners that are replayed at most.
const LISTENER_COUNT_MAX: usize = 200;
/// A loss of so many standard errors is no chance: one in a thousand sound snapshots is kept back.
const ERRORS: f64 = 3.0;

/// What a listener knew at the cut, and what they enjoyed after it.
pub(super) struct Case<'a> {
    listener: ListenerId,
    before: Vec<&'a Event>,
    enjoyed: Vec<u32>,
}

/// The traffic that is replayed: of those listeners who went on to enjoy something.
pub(super) fn cases<'a>(
    watched: &'a [Watched],
    catalogue: &Catalogue,
    holdout: &Holdout,
    at: UnixMillis,
) -> Vec<Case<'a>> {
    // By the table: no snapshot is to say what it is measured by.
    let duration = |track| catalogue.track(track).and_then(|track| track.duration);
    let case = |Watched { listener, events }: &'a Watched| {
        let (after, before): (Vec<&Event>, Vec<&Event>) =
            events.iter().partition(|event| holdout.is_held_out(event));
        let later = TasteProfile::fold(*listener, after, &duration);
        let liked = later.tracks().filter(|(_, taste)| taste.affinity(at) > 0.0);
        let mut enjoyed: Vec<u32> = liked.map(|(track, _)| track.get()).collect();
        enjoyed.sort_unstable();
        (!enjoyed.is_empty()).then_some(Case { listener: *listener, before, enjoyed })
    };
    watched.par_iter().take(LISTENER_COUNT_MAX).filter_map(case).collect()
}

/// Holds the new snapshot against the one in use; none where too few can be asked.
pub(super) fn replay(
    cases: &[Case<'_>],
    (in_use, new): (&Arc<Snapshot>, &Arc<Snapshot>),
    pulse: &Pulse,
    at: UnixMillis,
) -> Option<CanaryFigures> {
    let pair =
        |case: &Case<'_>| Some((quality(case, (in_use, pulse), at)?, quality(case, (new, pulse), at)?));
    let pairs: Vec<(f64, f64)> = cases.par_iter().filter_map(pair).collect();
    (pairs.len() >= LISTENER_COUNT_MIN).then(|| compare(&pairs))
}

/// How good home's slate is for a listener.
fn quality(case: &Case<'_>, (snapshot, pulse): (&Arc<Snapshot>, &Pulse), at: UnixMillis) -> Option<f64> {
    let request = Request {
        mix: MIXES[0],
        answer: Answer::Tracks,
        seeds: Vec::new(),
        limit: Some(DEPTH),
        context: Context::default(),
        sliders: Sliders::default(),
        without: None,
        elsewhere: Vec::new(),
        is_shared: false,
        is_for_releases: false,
        now: at,
        random_seed: 0,
        slate: SlateId::new(0),
    };
    let before = case.before.iter().copied();
    let profile = TasteProfile::fold(case.listener, before, &SnapshotReading(snapshot));
    let view = Arc::new(ListenerView::of(Arc::new(profile), snapshot, at).among(pulse, snapshot, at));
    let query = Arc::new(Query::new(request, view, snapshot));
    let slate = recommend::recommend(&query, snapshot, &Inline);
    let ranked: Vec<u32> = slate
        .picks
        .iter()
        .filter_map(|pick| match pick.what.target() {
            Target::Track(track) => Some(track.get()),
            _ => None,
        })
        .collect();
    Metric::Ndcg(DEPTH).of(&ranked, Relevant::new(&case.enjoyed).ok()?)
}

/// The paired comparison.
fn compare(pairs: &[(f64, f64)]) -> CanaryFigures {
    let count = pairs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (in_use, new) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    let variance = mean(&|pair| (pair.1 - pair.0 - (new - in_use)).powi(2));
    let standard_error = (variance / (count - 1.0)).sqrt();
    let takes_over = new - in_use >= -ERRORS * standard_error;
    CanaryFigures { listener_count: pairs.len(), in_use, new, standard_error, takes_over }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clearly_worse_stays_outside_and_what_may_be_chance_does_not() {
        let listeners = |loss: f64, noise: f64| -> Vec<(f64, f64)> {
            let sign = |index: usize| if index.is_multiple_of(2) { 1.0 } else { -1.0 };
            (0..100).map(|index| (0.4, 0.4 - loss + noise * sign(index))).collect()
        };
        assert!(!compare(&listeners(0.1, 0.05)).takes_over);
        assert!(compare(&listeners(0.01, 0.05)).takes_over);
        assert!(compare(&listeners(-0.1, 0.05)).takes_over);
        assert!(compare(&listeners(0.0, 0.0)).takes_over, "the same snapshot again");
    }
}
