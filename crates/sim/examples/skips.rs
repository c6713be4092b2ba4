//! How well the meaning of a skip is told, on worlds of several seeds: the table, and models that learnt from what
//! listeners did later.
//!
//! ```text
//! cargo run --release -p sim --example skips -- 2 3
//! ```
//!
//! Seed 1 is the one that labels were tuned on.
//! Vectors are those of the first half of the days, the skips those of the second, and their numbers are read by the code
//! that reads them when they count (`recommend::skip_meaning`); models learn from listeners
//! of even rows and are judged on the others.
//! *Measures*, both areas under the curve: of "dislikes" against the hidden truth, and of "left for good" against what the
//! listener did later, which is all that is known outside of a simulation.

#![expect(clippy::print_stdout, reason = "it is a report")]

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::Sparse;
use learn::boost::{BoostParams, Boosted, FeatureTable, LogLoss, RankingModel as _};
use learn::ials::{Ials, IalsParams};
use learn::metrics::auc;
use music::{Event, Id as _, ListenerId, Prompt, TrackId, UnixMillis};
use recommend::skip_meaning::{SkipNumbers, skip_numbers};
use recommend::{Models, Snapshot, SnapshotReading};
use sim::{Family, SimEvent, SkipReason, World, WorldParams};
use taste::circumstances::{CIRCUMSTANCES, CONTEXT_FREE_FROM};
use taste::{Aftermath, SkipMoment, TasteProfile, TasteSummary};

type Failure = Box<dyn std::error::Error>;

/// One skip.
struct Sample {
    numbers: SkipNumbers,
    /// What the table says, the higher, the more it speaks against the track.
    table: f64,
    after: Aftermath,
    is_disliked: bool,
    is_for_training: bool,
}

fn main() -> Result<(), Failure> {
    let seeds: Vec<u64> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    for family in [Family::Sound, Family::Habit, Family::Circle] {
        for &seed in &seeds {
            report(&WorldParams { seed, family, ..WorldParams::default() })?;
        }
    }
    Ok(())
}

fn report(params: &WorldParams) -> Result<(), Failure> {
    let samples = samples(params)?;
    let (training, judged): (Vec<&Sample>, Vec<&Sample>) =
        samples.iter().partition(|sample| sample.is_for_training);
    let whole = fit(&training, 0)?;
    let context_free = fit(&training, CONTEXT_FREE_FROM)?;
    let of = |model: &Boosted, from: usize| -> Vec<f64> {
        judged.iter().map(|sample| f64::from(model.score(&sample.numbers[from..]))).collect()
    };
    let table: Vec<f64> = judged.iter().map(|sample| sample.table).collect();
    println!("{:?}, seed {}: {} skips judged", params.family, params.seed, judged.len());
    for (name, scores) in [
        ("table", table),
        ("without context", of(&context_free, CONTEXT_FREE_FROM)),
        ("with context", of(&whole, 0)),
    ] {
        let truth: Vec<bool> = judged.iter().map(|sample| sample.is_disliked).collect();
        let known = |place: &usize| judged[*place].after.is_known();
        let (later, shown): (Vec<f64>, Vec<bool>) = (0..judged.len())
            .filter(known)
            .map(|place| (scores[place], judged[place].after.left_for_good() > 0.5))
            .unzip();
        let (truth, later) = (auc(&scores, &truth)?, auc(&later, &shown)?);
        println!(
            "  {name:<16} truth {:.3}  later behaviour {:.3}",
            truth.unwrap_or(f64::NAN),
            later.unwrap_or(f64::NAN)
        );
    }
    Ok(())
}

/// Trees over the circumstances from `from` on.
fn fit(samples: &[&Sample], from: usize) -> Result<Boosted, learn::LearnError> {
    let values = samples.iter().flat_map(|sample| sample.numbers[from..].iter().copied()).collect();
    let table = FeatureTable::new(CIRCUMSTANCES.len() - from, values)?;
    let labels = samples.iter().map(|sample| sample.after.left_for_good()).collect();
    let params = BoostParams { leaf_count: 15, learning_rate: 0.05, rows_min: 50, ..BoostParams::default() };
    Boosted::fit(&table, &LogLoss::new(labels, None)?, None, &params)
}

fn samples(params: &WorldParams) -> Result<Vec<Sample>, Failure> {
    let world = World::new(params)?;
    let mut lives: Vec<Vec<SimEvent>> = world.listeners().iter().map(|_| Vec::new()).collect();
    world.simulate(&mut |sim| lives[sim.event.listener.row()].push(sim));
    let half = UnixMillis::new(i64::midpoint(params.start.get(), params.end().get()));
    let profiles: Vec<TasteProfile> = lives.iter().map(|life| profile_until(&world, life, half)).collect();
    let snapshot = snapshot(&world, &profiles, half)?;
    let mut samples = Vec::new();
    let reading = SnapshotReading(&snapshot);
    for (row, life) in lives.iter().enumerate() {
        let mut profile = TasteProfile::new(ListenerId::from_row(row as u32));
        let mut of_listener: Vec<(usize, Sample)> = Vec::new();
        for (place, sim) in life.iter().enumerate() {
            let look = |moment: &SkipMoment<'_>| skip_numbers(&snapshot, moment);
            let numbers = profile.before_skip(&sim.event, &reading, look).flatten();
            if let Some(numbers) = numbers.filter(|_| sim.event.at >= half) {
                let is_disliked = sim.truth == Some(SkipReason::Dislike);
                let (after, is_for_training) = (Aftermath::default(), row % 2 == 0);
                // What the table says is one of the numbers, the first.
                let table = -f64::from(numbers[0]);
                let sample = Sample { numbers, table, after, is_disliked, is_for_training };
                of_listener.push((place, sample));
            }
            profile.observe(&sim.event, &reading);
        }
        add_aftermath(life, &mut of_listener);
        samples.extend(of_listener.into_iter().map(|(_, sample)| sample));
    }
    Ok(samples)
}

/// Tells each skip what came after it, from the last event to the first.
fn add_aftermath(life: &[SimEvent], samples: &mut [(usize, Sample)]) {
    let mut after = BTreeMap::<TrackId, Aftermath>::new();
    let mut samples = samples.iter_mut().rev().peekable();
    for (place, sim) in life.iter().enumerate().rev() {
        let Some(track) = about(&sim.event) else { continue };
        let entry = after.entry(track).or_default();
        if let Some((_, sample)) = samples.next_if(|(of_sample, _)| *of_sample == place) {
            sample.after = *entry;
        }
        entry.take(&sim.event);
    }
}

/// The track that an event is about.
fn about(event: &Event) -> Option<TrackId> {
    match event.prompt {
        Prompt::Liked { target: music::Target::Track(track) }
        | Prompt::Disliked { target: music::Target::Track(track) } => Some(track),
        _ => event.prompt.track(),
    }
}

fn duration(world: &World, track: TrackId) -> Option<music::Millis> {
    world.catalogue().track(track).and_then(|track| track.duration)
}

fn profile_until(world: &World, life: &[SimEvent], end: UnixMillis) -> TasteProfile {
    let listener = life.first().map_or(ListenerId::new(0), |sim| sim.event.listener);
    let events = life.iter().map(|sim| &sim.event).filter(|event| event.at < end);
    TasteProfile::fold(listener, events, &|track| duration(world, track))
}

fn snapshot(
    world: &World,
    profiles: &[TasteProfile],
    now: UnixMillis,
) -> Result<Snapshot, learn::LearnError> {
    let catalogue = world.catalogue();
    let likes = profiles.iter().enumerate().flat_map(|(row, profile)| {
        let liked = TasteSummary::of(profile, catalogue, now).liked;
        liked.into_iter().map(move |(track, affinity)| (row as u32, track.get(), affinity))
    });
    let matrix = Sparse::from_triplets(profiles.len(), catalogue.tracks().len(), likes)?;
    let params = IalsParams { dim: 64, ..IalsParams::default() };
    let items = Ials::fit(&matrix, &params, &mut |_| {})?.items;
    let models = Models { track_factors: Some(items), ..Models::default() };
    Ok(Snapshot::new("", Arc::new(catalogue.clone()), Arc::new(models)))
}
