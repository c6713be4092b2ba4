//! What an engine learns from a simulated world, held against the truth that it was not told.

#![expect(clippy::print_stdout, reason = "the figures belong to what is shown")]
#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

use std::sync::Arc;

use engine::train::{TrainOptions, train};
use engine::{Ask, Engine, ManualClock, NewEvent, ServeOptions, Service, SnapshotDirectory, StoreOptions};
use music::surface::{Mood, PlaylistKind, Surface};
use music::{Context, Id as _, ListenerId, Millis, Prompt, Target, TrackId};
use recommend::Mix;
use sim::{Moment, Populated, World, WorldParams, populate};

/// A world that was lived in and learnt from.
struct Learnt {
    service: Arc<Service>,
    populated: Populated,
    _directory: tempfile::TempDir,
}

impl Learnt {
    async fn new() -> Self {
        let params = WorldParams {
            track_count: 1_000,
            artist_count: 120,
            listener_count: 80,
            day_count: 60,
            sessions_per_day: 1.0,
            ..WorldParams::default()
        };
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(params.end()));
        let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
        let world = Arc::new(World::new(&params).unwrap());
        let populated = populate(&engine, world, &mut |_| ()).await.unwrap();
        let snapshots = SnapshotDirectory::of(directory.path());
        let options = TrainOptions { dim: 32, ..TrainOptions::default() };
        train(&engine, &snapshots, &options, &mut |_| ()).await.unwrap();
        let serve =
            ServeOptions { source_deadline: std::time::Duration::from_secs(60), ..ServeOptions::default() };
        let service = Arc::new(Service::start(engine, snapshots, &serve).await.unwrap());
        Self { service, populated, _directory: directory }
    }

    fn world(&self) -> &World {
        &self.populated.world
    }

    /// The tracks of a slate, in the world's own ids.
    async fn slate(&self, listener: ListenerId, mix: &str) -> Vec<TrackId> {
        let mix = Mix::named(mix).unwrap();
        let listener = self.populated.listener(listener);
        let ask = Ask { is_private: true, random_seed: Some(1), ..Ask::plain(listener, mix) };
        let slate = self.service.recommend(ask).await.unwrap();
        let track = |target| match target {
            Target::Track(track) => self.populated.own_track(track),
            _ => None,
        };
        slate.picks.iter().filter_map(|pick| track(pick.what.target())).collect()
    }

    fn mean_enjoyment(&self, of: impl Iterator<Item = (ListenerId, TrackId)>) -> f32 {
        let moment = Moment::at(self.world().params().end());
        let (mut sum, mut count) = (0.0, 0.0);
        for (listener, track) in of {
            sum += self.world().enjoyment(listener, track, &moment);
            count += 1.0;
        }
        sum / count
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learnt_world_pleases_its_listeners_and_its_selves_are_found() {
    let learnt = Learnt::new().await;
    home_pleases_more_than_the_charts(&learnt).await;
    selves_lie_in_the_styles_of_their_listener(&learnt).await;
    a_supposed_skip_answers_as_the_real_one_would_and_leaves_no_trace(&learnt).await;
    a_newcomer_is_not_given_what_everybody_gets(&learnt).await;
    no_source_is_dead(&learnt).await;
    strangers_share_little_of_their_discovery(&learnt).await;
    music_for_an_occasion_sounds_so(&learnt).await;
}

/// Workout drives on and sleep is calm, for the same listeners, and both are still of their taste.
async fn music_for_an_occasion_sounds_so(learnt: &Learnt) {
    let snapshot = learnt.service.snapshot();
    let energy = |track: &TrackId| {
        let track = learnt.populated.track(*track);
        snapshot.catalogue.track(track)?.sound.as_deref()?.get(music::SoundFeature::Energy)
    };
    let (mut energies, mut pleasures) = ([0.0; 3], [0.0; 3]);
    for (place, mix) in ["sleep", "home", "workout"].into_iter().enumerate() {
        let mut offered = Vec::new();
        for listener in learnt.world().listeners() {
            offered
                .extend(learnt.slate(listener.id, mix).await.into_iter().map(|track| (listener.id, track)));
        }
        let known: Vec<f32> = offered.iter().filter_map(|(_, track)| energy(track)).collect();
        energies[place] = known.iter().sum::<f32>() / known.len() as f32;
        pleasures[place] = learnt.mean_enjoyment(offered.into_iter());
    }
    println!("sleep, home, workout: energy {energies:.2?}, enjoyment {pleasures:.3?}");
    assert!(energies[0] + 0.05 < energies[1] && energies[1] + 0.05 < energies[2], "{energies:?}");
    let by_chance: Vec<TrackId> =
        learnt.world().catalogue().tracks().iter().step_by(7).map(|track| track.id).collect();
    let everybody = learnt.world().listeners().iter();
    let by_chance =
        learnt.mean_enjoyment(everybody.flat_map(|who| by_chance.iter().map(move |&track| (who.id, track))));
    assert!(pleasures.iter().all(|&pleasure| pleasure > by_chance), "{pleasures:?}, by chance {by_chance}");
}

/// Somebody new who follows three artists is answered from them at once, and three plays later otherwise.
async fn a_newcomer_is_not_given_what_everybody_gets(learnt: &Learnt) {
    let engine = learnt.service.engine();
    let now = engine.clock().now();
    let mut intake = engine.intake().await.unwrap();
    let newcomers = ["newcomer", "other newcomer"].map(|name| intake.listener(name).unwrap());
    intake.commit().await.unwrap();
    let home = |listener| {
        let ask = Ask {
            is_private: true,
            random_seed: Some(1),
            ..Ask::plain(listener, Mix::named("home").unwrap())
        };
        async { learnt.service.recommend(ask).await.unwrap().picks }
    };
    let at_first = home(newcomers[0]).await;
    assert!(at_first.len() >= 10, "somebody of whom nothing is known gets {} picks", at_first.len());

    // The three artists with the most tracks in a style of each.
    let snapshot = learnt.service.snapshot();
    let catalogue = &snapshot.catalogue;
    let genre = |artist: music::ArtistId| {
        catalogue.artist(artist).and_then(|artist| artist.tags.first()).map(|tag| tag.tag)
    };
    let mut artists: Vec<music::ArtistId> = catalogue.artists().iter().map(|artist| artist.id).collect();
    artists.sort_by_key(|&artist| (std::cmp::Reverse(snapshot.tracks_of_artist(artist).len()), artist));
    let first = genre(artists[0]).unwrap();
    let second = artists.iter().filter_map(|&artist| genre(artist)).find(|&tag| tag != first).unwrap();
    let mut intake = engine.intake().await.unwrap();
    for (listener, tag) in newcomers.into_iter().zip([first, second]) {
        for &artist in artists.iter().filter(|&&artist| genre(artist) == Some(tag)).take(3) {
            intake.event(NewEvent::plain(listener, now, Prompt::Followed { artist })).unwrap();
        }
    }
    intake.commit().await.unwrap();
    let (own, others) = (home(newcomers[0]).await, home(newcomers[1]).await);
    let share = |picks: &[recommend::Pick], tag| {
        let of = |pick: &&recommend::Pick| match pick.what.target() {
            Target::Track(track) => {
                catalogue.track(track).and_then(|track| genre(track.main_artist())) == Some(tag)
            }
            _ => false,
        };
        picks.iter().filter(of).count() as f32 / picks.len() as f32
    };
    println!(
        "newcomers: of the followed genre {:.2} of the picks, {:.2} of the other's, {:.2} before",
        share(&own, first),
        share(&others, first),
        share(&at_first, first)
    );
    assert!(share(&own, first) > 2.0 * share(&others, first), "three follows change little");
    assert!(share(&own, first) > 2.0 * share(&at_first, first), "three follows change little");

    let mut intake = engine.intake().await.unwrap();
    let artist = artists.iter().copied().find(|&artist| genre(artist) == Some(second)).unwrap();
    for &track in snapshot.tracks_of_artist(artist).iter().take(3) {
        intake.event(NewEvent::plain(newcomers[0], now, Prompt::played(track))).unwrap();
    }
    intake.commit().await.unwrap();
    let later = home(newcomers[0]).await;
    println!(
        "newcomers: after three plays of the other genre {:.2} of the picks are of that",
        share(&later, second)
    );
    assert!(share(&later, second) > share(&own, second), "three plays change nothing");
}

async fn a_supposed_skip_answers_as_the_real_one_would_and_leaves_no_trace(learnt: &Learnt) {
    let listener = learnt.populated.listener(learnt.world().listeners()[0].id);
    let ask =
        Ask { is_private: true, random_seed: Some(1), ..Ask::plain(listener, Mix::named("home").unwrap()) };
    let plain = learnt.service.recommend(ask.clone()).await.unwrap();
    let Target::Track(track) = plain.picks[0].what.target() else { panic!("home answers with tracks") };
    let skip = Prompt::skipped(track, Millis::new(4_000));
    let on = |surface| Context { surface, ..Context::default() };
    let focus = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Focus) };
    let mut supposed = Vec::new();
    for surface in [focus, Surface::FreshReleases] {
        let ask = Ask { suppose: vec![(skip.clone(), on(surface))], ..ask.clone() };
        supposed.push(learnt.service.recommend(ask).await.unwrap().picks);
    }
    assert_ne!(supposed[0], supposed[1], "a skip while working means more than one while browsing");
    assert_eq!(learnt.service.recommend(ask.clone()).await.unwrap().picks, plain.picks);

    let engine = learnt.service.engine();
    let at = engine.clock().now();
    let mut intake = engine.intake().await.unwrap();
    intake.event(NewEvent { listener, at, prompt: skip, context: on(focus), client_key: None }).unwrap();
    intake.commit().await.unwrap();
    assert_eq!(learnt.service.recommend(ask).await.unwrap().picks, supposed[0]);
}

async fn home_pleases_more_than_the_charts(learnt: &Learnt) {
    let listeners: Vec<ListenerId> = learnt.world().listeners().iter().map(|listener| listener.id).collect();
    let (mut home, mut discovery) = (Vec::new(), Vec::new());
    for &listener in &listeners {
        home.extend(learnt.slate(listener, "home").await.into_iter().map(|track| (listener, track)));
        discovery.extend(
            learnt.slate(listener, "weekly-discovery").await.into_iter().map(|track| (listener, track)),
        );
    }
    let snapshot = learnt.service.snapshot();
    // As home does, the charts leave out what was heard a short while ago.
    let now = learnt.service.engine().clock().now();
    let rest = Mix::named("home").unwrap().rest_hours / 24.0;
    let mut charts = Vec::new();
    for &listener in &listeners {
        let view = learnt.service.listener(learnt.populated.listener(listener)).await.unwrap();
        let is_rested = |track: &&TrackId| {
            let days = view.profile.track(**track).and_then(|taste| taste.days_since_heard(now));
            days.is_none_or(|days| days >= rest)
        };
        let chart = snapshot.tracks_by_popularity().iter().filter(is_rested).take(30);
        charts.extend(chart.filter_map(|&track| Some((listener, learnt.populated.own_track(track)?))));
    }
    let everyone = |tracks: &[TrackId]| {
        let pairs = listeners.iter().flat_map(|&listener| tracks.iter().map(move |&track| (listener, track)));
        learnt.mean_enjoyment(pairs)
    };
    let by_chance: Vec<TrackId> =
        learnt.world().catalogue().tracks().iter().step_by(7).map(|track| track.id).collect();
    let (charts, chance) = (learnt.mean_enjoyment(charts.into_iter()), everyone(&by_chance));
    let home = learnt.mean_enjoyment(home.into_iter());
    let discovery = learnt.mean_enjoyment(discovery.into_iter());
    println!(
        "enjoyment: home {home:.3}, discovery {discovery:.3}, charts {charts:.3}, by chance {chance:.3}"
    );
    // With fresh ears: that home rests what was heard for days, and brings as much that is new as listeners seek, counts
    // against it here.
    assert!(home > 1.1 * charts, "home {home}, charts {charts}");
    assert!(discovery > 1.5 * chance, "discovery {discovery}, by chance {chance}");
}

/// The middle of each self that was found lies in a style that the listener really turns to, far more often than in the
/// styles of another listener.
async fn selves_lie_in_the_styles_of_their_listener(learnt: &Learnt) {
    let world = learnt.world();
    let listeners = world.listeners();
    let share = |listener: &sim::Listener, style: usize| {
        let total: f32 = listener.personas.iter().map(|persona| persona.weight).sum();
        let shares = listener.personas.iter().map(|persona| persona.weight * persona.style_shares[style]);
        shares.sum::<f32>() / total
    };
    let (mut own, mut foreign, mut count) = (0.0, 0.0, 0.0);
    for (row, listener) in listeners.iter().enumerate() {
        let view = learnt.service.listener(learnt.populated.listener(listener.id)).await.unwrap();
        let stranger = &listeners[(row + 1) % listeners.len()];
        for persona in &view.personas {
            let Some(medoid) = learnt.populated.own_track(persona.medoid) else { continue };
            let style = world.tracks()[medoid.row()].style;
            own += share(listener, style);
            foreign += share(stranger, style);
            count += 1.0;
        }
    }
    println!(
        "selves: {count} found; share of their style for the listener {:.3}, a stranger {:.3}",
        own / count,
        foreign / count
    );
    assert!(count >= listeners.len() as f32 * 0.8, "only {count} selves for {} listeners", listeners.len());
    assert!(own > 2.0 * foreign, "own {own}, foreign {foreign}");
}

/// Asked for everybody, for somebody new, in a session and while running, every source of tracks has something to say.
async fn no_source_is_dead(learnt: &Learnt) {
    let engine = learnt.service.engine();
    let now = engine.clock().now();
    let mut intake = engine.intake().await.unwrap();
    let stranger = intake.listener("stranger").unwrap();
    let known = learnt.populated.listener(learnt.world().listeners()[1].id);
    for &track in learnt.service.snapshot().tracks_by_popularity().iter().take(2) {
        intake.event(NewEvent::plain(known, now, Prompt::played(track))).unwrap();
    }
    intake.commit().await.unwrap();
    let running = Context { activity: Some(music::context::Activity::Exercising), ..Context::default() };
    let everybody = learnt.world().listeners().iter().map(|own| learnt.populated.listener(own.id));
    let mut asks: Vec<Ask> =
        everybody.map(|listener| Ask::plain(listener, Mix::named("home").unwrap())).collect();
    asks.push(Ask::plain(stranger, Mix::named("home").unwrap()));
    let mixes = recommend::MIXES.iter().filter(|mix| !mix.needs_seed);
    asks.extend(mixes.map(|mix| Ask { context: running.clone(), ..Ask::plain(known, mix) }));
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for ask in asks {
        let ask = Ask { is_private: true, random_seed: Some(1), ..ask };
        for source in learnt.service.recommend(ask).await.unwrap().trace.sources {
            *counts.entry(source.name).or_default() += source.candidates;
        }
    }
    println!("sources: {counts:?}");
    let of_tracks = recommend::SOURCES.iter().filter(|source| source.answer() == recommend::Answer::Tracks);
    // A world is no folder of files, so nothing has words or a cover; the tests of `engine` scan some.
    let of_files = ["lyrics_neighbours", "art_neighbours"];
    let mut source_count = 0;
    for source in of_tracks.filter(|source| !of_files.contains(&source.name())) {
        assert!(counts.get(source.name()).is_some_and(|&count| count > 0), "{} is dead", source.name());
        source_count += 1;
    }
    assert!(source_count >= 24, "{source_count} sources of tracks");
}

/// "Everybody gets the same list": two listeners drawn at random share little of what they are to discover.
///
/// Less than a tenth is asked for.
async fn strangers_share_little_of_their_discovery(learnt: &Learnt) {
    let listeners = learnt.world().listeners();
    let mut lists = Vec::new();
    for listener in listeners {
        lists.push(learnt.slate(listener.id, "weekly-discovery").await);
    }
    let (mut shared, mut all) = (0_usize, 0_usize);
    for distance in [1, 7, 23] {
        for (row, list) in lists.iter().enumerate() {
            let other = &lists[(row + distance) % lists.len()];
            shared += list.iter().filter(|track| other.contains(track)).count();
            all += list.len();
        }
    }
    let share = shared as f32 / all as f32;
    println!("strangers share {share:.3} of their discovery");
    assert!(share < 0.1, "{share}");
}
