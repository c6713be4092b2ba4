//! How well a listener's selves are found again, on worlds of several seeds.
//!
//! ```text
//! cargo run --release -p sim --example selves -- 2 3 4
//! ```
//!
//! Seed 1 is the one that scales and limits were tuned on.
//! *Measure*: the adjusted Rand index between the selves that are found among a listener's 80 most liked tracks and those
//! that truly played each track most (tracks that several played alike left out), on average over listeners whose tracks come from at least two selves; beside it
//! the same where the tracks' directions alone decide.

#![expect(clippy::print_stdout, reason = "it is a report")]

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::Sparse;
use learn::ials::{Ials, IalsParams};
use music::{Event, Id as _, ListenerId, Prompt, TrackId, UnixMillis};
use recommend::{ListenerView, Models, Snapshot};
use sim::{Family, World, WorldParams};
use taste::persona::{Point, personas};
use taste::{Persona, TasteProfile, TasteSummary};

/// Tracks of a listener that are looked at.
const TRACK_COUNT: usize = 80;

/// What a listener did, and which self truly played each track how often.
#[derive(Default)]
struct Life {
    events: Vec<Event>,
    plays: BTreeMap<TrackId, BTreeMap<usize, u32>>,
}

impl Life {
    /// The self that played a track most; none where several did alike.
    fn owner(&self, track: TrackId) -> Option<usize> {
        let counts = self.plays.get(&track)?;
        let most = counts.values().max()?;
        let mut owners = counts.iter().filter(|(_, count)| *count == most);
        let (&owner, _) = owners.next()?;
        owners.next().is_none().then_some(owner)
    }
}

/// Sums over listeners.
#[derive(Default)]
struct Tally {
    listeners: u32,
    true_count: usize,
    found_count: usize,
    rand: f64,
    rand_of_tracks: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seeds: Vec<u64> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    for family in [Family::Sound, Family::Habit, Family::Circle] {
        let mut tally = Tally::default();
        for &seed in &seeds {
            measure(&WorldParams { seed, family, ..WorldParams::default() }, &mut tally)?;
        }
        let mean = |sum: f64| sum / f64::from(tally.listeners.max(1));
        println!(
            "{family:?}: {} listeners, adjusted Rand {:.3}, of tracks alone {:.3}; {:.2} selves found of {:.2}",
            tally.listeners,
            mean(tally.rand),
            mean(tally.rand_of_tracks),
            mean(tally.found_count as f64),
            mean(tally.true_count as f64),
        );
    }
    Ok(())
}

fn measure(params: &WorldParams, tally: &mut Tally) -> Result<(), Box<dyn std::error::Error>> {
    let world = World::new(params)?;
    let mut lives: Vec<Life> = world.listeners().iter().map(|_| Life::default()).collect();
    world.simulate(&mut |sim| {
        let life = &mut lives[sim.event.listener.row()];
        if let Prompt::Played { track, .. } | Prompt::Replayed { track } = sim.event.prompt {
            *life.plays.entry(track).or_default().entry(sim.persona).or_default() += 1;
        }
        life.events.push(sim.event);
    });
    let snapshot = snapshot(&world, &lives, params.end())?;
    for life in &lives {
        let view = ListenerView::of(Arc::new(profile(&world, &life.events)), &snapshot, params.end());
        let liked = view.summary.liked.iter().take(TRACK_COUNT);
        let truth: BTreeMap<TrackId, usize> =
            liked.filter_map(|&(track, _)| Some((track, life.owner(track)?))).collect();
        let mut owners: Vec<usize> = truth.values().copied().collect();
        owners.sort_unstable();
        owners.dedup();
        if owners.len() < 2 || truth.len() < 10 {
            continue;
        }
        tally.listeners += 1;
        tally.true_count += owners.len();
        tally.found_count += view.personas.len();
        tally.rand += adjusted_rand(&truth, &view.personas);
        tally.rand_of_tracks += adjusted_rand(&truth, &of_tracks(&view, &snapshot));
    }
    Ok(())
}

fn profile(world: &World, events: &[Event]) -> TasteProfile {
    let listener = events.first().map_or(ListenerId::new(0), |event| event.listener);
    let duration = |track: TrackId| world.catalogue().track(track).and_then(|track| track.duration);
    TasteProfile::fold(listener, events, &duration)
}

/// The selves that tracks alone tell apart, by who else listens to them.
fn of_tracks(view: &ListenerView, snapshot: &Snapshot) -> Vec<Persona> {
    let liked = view.summary.liked.iter();
    let placed = liked.filter_map(|&(track, weight)| {
        Some(Point { track, weight, position: snapshot.track_direction(track)? })
    });
    personas(&placed.take(TRACK_COUNT).collect::<Vec<_>>(), 4)
}

/// What a training without playlists would know.
fn snapshot(world: &World, lives: &[Life], now: UnixMillis) -> Result<Snapshot, learn::LearnError> {
    let catalogue = world.catalogue();
    let likes = lives.iter().enumerate().flat_map(|(row, life)| {
        let summary = TasteSummary::of(&profile(world, &life.events), catalogue, now);
        summary.liked.into_iter().map(move |(track, affinity)| (row as u32, track.get(), affinity))
    });
    let matrix = Sparse::from_triplets(lives.len(), catalogue.tracks().len(), likes)?;
    let params = IalsParams { dim: 64, ..IalsParams::default() };
    let items = Ials::fit(&matrix, &params, &mut |_| {})?.items;
    let models = Models { track_factors: Some(items), ..Models::default() };
    Ok(Snapshot::new("", Arc::new(catalogue.clone()), Arc::new(models)))
}

/// *Source*: Hubert, Arabie (1985), "Comparing partitions", equation 5; over the tracks that both know.
fn adjusted_rand(truth: &BTreeMap<TrackId, usize>, found: &[Persona]) -> f64 {
    let mut cells = BTreeMap::<(usize, usize), u32>::new();
    for (cluster, persona) in found.iter().enumerate() {
        for owner in persona.tracks.iter().filter_map(|track| truth.get(track)) {
            *cells.entry((*owner, cluster)).or_default() += 1;
        }
    }
    let (mut rows, mut columns) = (BTreeMap::<usize, u32>::new(), BTreeMap::<usize, u32>::new());
    for (&(owner, cluster), &count) in &cells {
        *rows.entry(owner).or_default() += count;
        *columns.entry(cluster).or_default() += count;
    }
    let pairs = |count: u32| f64::from(count) * (f64::from(count) - 1.0) / 2.0;
    let sum = |counts: &mut dyn Iterator<Item = u32>| counts.map(pairs).sum::<f64>();
    let (together, of_rows) = (sum(&mut cells.values().copied()), sum(&mut rows.values().copied()));
    let of_columns = sum(&mut columns.values().copied());
    let expected = of_rows * of_columns / pairs(rows.values().sum()).max(1.0);
    let greatest = f64::midpoint(of_rows, of_columns);
    if greatest <= expected { 1.0 } else { (together - expected) / (greatest - expected) }
}
