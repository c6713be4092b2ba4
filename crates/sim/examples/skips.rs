//! How well the meaning of a skip is told, on worlds of several seeds: the table, and models that learnt from what
//! listeners did later.
//!
//! ```text
//! cargo run --release -p sim --example skips -- 2 3
//! ```
//!
//! Seed 1 is the one that labels were tuned on.
//! Vectors and selves are those of the first half of the days, the skips those of the second; models learn from listeners
//! of even rows and are judged on the others.
//! *Measures*, both areas under the curve: of "dislikes" against the hidden truth, and of "left for good" against what the
//! listener did later, which is all that is known outside of a simulation.

#![expect(clippy::print_stdout, reason = "it is a report")]

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::boost::{BoostParams, Boosted, FeatureTable, LogLoss, RankingModel as _};
use learn::ials::{Ials, IalsParams};
use learn::metrics::auc;
use learn::{Sparse, kernel};
use music::{ArtistId, Event, Id as _, ListenerId, Prompt, Session, TrackId, UnixMillis};
use recommend::{ListenerView, Models, Snapshot};
use sim::{Family, SimEvent, SkipReason, World, WorldParams};
use taste::circumstances::{CIRCUMSTANCES, CONTEXT_FREE_FROM};
use taste::session::count;
use taste::{Aftermath, Background, Familiarity, SessionRules, TasteProfile, TasteSummary, circumstances};

type Failure = Box<dyn std::error::Error>;

/// One skip.
struct Sample {
    numbers: [f32; CIRCUMSTANCES.len()],
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
    for (row, (life, profile)) in lives.iter().zip(profiles).enumerate() {
        let view = ListenerView::of(Arc::new(profile), &snapshot, half);
        let mut reader = Reader::new(&world, &snapshot, &view);
        let mut of_listener: Vec<(usize, Sample)> = Vec::new();
        for (place, sim) in life.iter().enumerate() {
            let is_judged = sim.event.at >= half;
            if let Some((numbers, table)) = reader.read(&sim.event).filter(|_| is_judged) {
                let is_disliked = sim.truth == Some(SkipReason::Dislike);
                let (after, is_for_training) = (Aftermath::default(), row % 2 == 0);
                let sample = Sample { numbers, table, after, is_disliked, is_for_training };
                of_listener.push((place, sample));
            }
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

/// Reads one listener's events in order.
struct Reader<'a> {
    world: &'a World,
    snapshot: &'a Snapshot,
    view: &'a ListenerView,
    profile: TasteProfile,
    session: Option<Session>,
    /// What was heard out in the session.
    heard: Vec<TrackId>,
    /// Plays and skips of each artist.
    artists: BTreeMap<ArtistId, (u32, u32)>,
}

impl<'a> Reader<'a> {
    fn new(world: &'a World, snapshot: &'a Snapshot, view: &'a ListenerView) -> Self {
        let profile = TasteProfile::new(view.profile.listener());
        Self { world, snapshot, view, profile, session: None, heard: Vec::new(), artists: BTreeMap::new() }
    }

    /// The numbers around a skip and what the table says; then takes the event in.
    fn read(&mut self, event: &Event) -> Option<([f32; CIRCUMSTANCES.len()], f64)> {
        let mut session = SessionRules::default().place(self.session.take(), event);
        if session.play_count + session.skip_count == 0 {
            self.heard.clear();
        }
        let found = event.prompt.track().and_then(|track| self.skip(event, &session, track));
        if let Some(track) = event.prompt.track() {
            let artist = self.artists.entry(self.artist(track)).or_default();
            match event.prompt {
                Prompt::Played { .. } | Prompt::Replayed { .. } => {
                    artist.0 += 1;
                    self.heard.push(track);
                }
                Prompt::Skipped { .. } => artist.1 += 1,
                _ => {}
            }
        }
        count(&mut session, event);
        self.session = Some(session);
        self.profile.observe(event, &|track| duration(self.world, track));
        found
    }

    fn skip(
        &self,
        event: &Event,
        session: &Session,
        track: TrackId,
    ) -> Option<([f32; CIRCUMSTANCES.len()], f64)> {
        let known = self.profile.track(track).copied().unwrap_or_default();
        let familiarity = Familiarity {
            duration: duration(self.world, track),
            play_count: known.play_count,
            affinity: known.affinity(event.at),
        };
        let (artist_plays, artist_skips) = self.artists.get(&self.artist(track)).copied().unwrap_or_default();
        let vector = self.snapshot.track_vector(track);
        let listener = self.view.track_vector.as_deref();
        let selves = self.view.personas.iter().map(|persona| self.snapshot.likeness(persona.medoid, track));
        let direction = self.snapshot.track_direction(track);
        let near = |other: &TrackId| Some(kernel::dot(self.snapshot.track_direction(*other)?, direction?));
        let point = self.snapshot.sound.point(track);
        let far = |other: &TrackId| {
            let pairs = self.snapshot.sound.point(*other)?.iter().zip(point?);
            Some(pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt())
        };
        let background = Background {
            track_skips: known.skip_count,
            artist_plays,
            artist_skips,
            listener_fit: listener.zip(vector).map(|(listener, vector)| kernel::dot(listener, vector)),
            persona_fit: selves.max_by(f32::total_cmp),
            session_fit: mean(self.heard.iter().filter_map(near)),
            session_distance: mean(self.heard.iter().filter_map(far)),
        };
        let numbers = circumstances(event, session, &familiarity, &background)?;
        // What the table says is one of the numbers, the first.
        Some((numbers, -f64::from(numbers[0])))
    }

    fn artist(&self, track: TrackId) -> ArtistId {
        self.world.catalogue().tracks()[track.row()].main_artist()
    }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0_f32, 0.0_f32), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
