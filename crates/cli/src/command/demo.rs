//! `segue demo`: builds a simulated world, learns from it, and shows what was found out, truth beside it.

mod listening;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use engine::train::{TrainOptions, train};
use engine::{Ask, Clock as _, Engine, ServeOptions, Service, SnapshotDirectory, SystemClock};
use music::surface::{Mood, PlaylistKind, Surface};
use music::unit::DAY_MS;
use music::{Context, ListenerId, Millis, Prompt, Target, UnixMillis};
use recommend::{MIXES, Mix, Pick, Slate};
use sim::{Moment, Populated, World, WorldParams, populate};

use super::recommend::{name, print_slate};
use super::serve;
use crate::home::{self, HomeArguments};
use crate::meter::Stopwatch;
use crate::output::{counted, grouped, line, table};
use crate::progress;

/// See the whole thing on a simulated world: it invents music and listeners, learns from what they do, and shows what
/// it found out, with the truth beside it.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The seed of the world.
    #[arg(long, default_value_t = WorldParams::default().seed)]
    seed: u64,
    /// Tracks in the world.
    #[arg(long, default_value_t = WorldParams::default().track_count, value_name = "N")]
    tracks: u32,
    /// Listeners in the world.
    #[arg(long, default_value_t = WorldParams::default().listener_count, value_name = "N")]
    listeners: u32,
    /// Where the pages are served when the tour is over; loopback only, since the demo asks for no login.
    #[arg(long, value_name = "ADDRESS", default_value = serve::ADDRESS)]
    listen: SocketAddr,
    /// End after the tour instead of serving the pages.
    #[arg(long)]
    tour_only: bool,
}

/// Listeners whose pleasure is asked for.
const ASKED_COUNT: usize = 100;
/// A listener with less than this many selves shows little.
const TOUR_PERSONA_COUNT: usize = 2;

/// Builds, learns and shows.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let watch = Stopwatch::start();
    let config = server::Config::open_to_loopback(arguments.listen)?;
    let place = Place::choose(home)?;
    let world = Arc::new(World::new(&params(&arguments))?);
    let engine = home::open(place.path()).await?;
    let is_empty = engine.library().await.listeners().is_empty();
    ensure!(
        is_empty,
        "{0} holds data already; serve it with `segue --home {0} serve`, or choose another --home for the demo",
        place.path().display()
    );
    let populated = live(&engine, world).await?;
    let snapshots = SnapshotDirectory::of(place.path());
    let bar = progress::of_steps(false);
    let outcome = train(&engine, &snapshots, &TrainOptions::default(), &mut |step| {
        progress::show(&bar, step.stage, step.done, step.total);
    })
    .await;
    bar.finish_and_clear();
    let report = outcome?;
    line(format!(
        "Learnt from {} and {}; everything was up after {}.\n",
        counted(report.snapshot.figures.get("plays").copied().unwrap_or_default() as u64, "play"),
        counted(report.snapshot.figures.get("playlists").copied().unwrap_or_default() as u64, "playlist"),
        progress::spoken(watch.elapsed())
    ))?;
    let service = Arc::new(Service::start(engine.clone(), snapshots, &ServeOptions::default()).await?);
    let tour = Tour { service, populated };
    tour.of_one_listener().await?;
    tour.of_everybody().await?;
    listening::show(&place.path().join("songs"), arguments.seed, matches!(place, Place::Kept(_)))?;
    if let Place::Kept(path) = &place {
        let path = path.display();
        line(format!("\nGo on with it: `segue --home {path} recommend --listener NAME --mix MIX --trace`."))?;
    } else {
        line("\nThis world is gone when the demo ends; keep one with `segue --home DIR demo`.")?;
    }
    line("With your own history: `segue import spotify my_data.zip`, `segue train`, `segue recommend`.")?;
    let service = tour.service;
    if arguments.tour_only {
        drop(service);
    } else {
        line("")?;
        serve::serve(service, config, arguments.listen).await?;
    }
    engine.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Where the world lies: where the user said, else in a directory that goes with the demo.
enum Place {
    Kept(PathBuf),
    Fleeting(tempfile::TempDir),
}

impl Place {
    fn choose(home: &HomeArguments) -> Result<Self> {
        match home.given() {
            Some(path) => Ok(Self::Kept(path.to_owned())),
            None => Ok(Self::Fleeting(tempfile::tempdir().context("cannot make a directory for the demo")?)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Fleeting(directory) => directory.path(),
        }
    }
}

/// A world whose last day was yesterday, so that what visitors do comes after it.
fn params(arguments: &Arguments) -> WorldParams {
    let defaults = WorldParams { seed: arguments.seed, ..WorldParams::with_track_count(arguments.tracks) };
    let today = SystemClock.now().get() / DAY_MS * DAY_MS;
    WorldParams {
        listener_count: arguments.listeners,
        start: UnixMillis::new(today - i64::from(defaults.day_count) * DAY_MS),
        ..defaults
    }
}

async fn live(engine: &Engine, world: Arc<World>) -> Result<Populated> {
    let catalogue = world.catalogue();
    line(format!(
        "A world of {} by {}, lived in for {} by {}.",
        counted(catalogue.tracks().len() as u64, "track"),
        counted(catalogue.artists().len() as u64, "artist"),
        counted(world.params().day_count.into(), "day"),
        counted(world.listeners().len() as u64, "listener")
    ))?;
    let bar = progress::of_count(false);
    let outcome = populate(engine, world, &mut |progress| {
        if bar.message() != progress.stage {
            bar.reset();
            bar.set_message(progress.stage);
        }
        bar.set_position(progress.done as u64);
    })
    .await;
    bar.finish_and_clear();
    let populated = outcome?;
    line(format!("They left {}, each on disk.", counted(populated.event_count as u64, "event")))?;
    Ok(populated)
}

/// Shows what was found out.
struct Tour {
    service: Arc<Service>,
    populated: Populated,
}

impl Tour {
    /// One listener with several selves: who they are, what they get, and what a skip changes.
    async fn of_one_listener(&self) -> Result<()> {
        let world = &self.populated.world;
        let listener = world
            .listeners()
            .iter()
            .find(|listener| listener.personas.len() >= TOUR_PERSONA_COUNT)
            .or(world.listeners().first())
            .context("a world without listeners shows nothing; say --listeners 1 or more")?;
        let id = self.populated.listener(listener.id);
        line(format!("── {} ──", listener.name))?;
        let total: f32 = listener.personas.iter().map(|persona| persona.weight).sum();
        let selves = listener.personas.iter().map(|persona| {
            let style = &world.styles()[persona.home_style].name;
            format!("{style} on {:?} ({:.0} %)", persona.occasion, 100.0 * persona.weight / total)
        });
        line(format!("The truth, which Segue is not told: {}.", selves.collect::<Vec<_>>().join("; ")))?;
        let view = self.service.listener(id).await?;
        let catalogue = self.service.engine().catalogue().await;
        let found = view.personas.iter().map(|persona| {
            let label = catalogue.label(persona.medoid);
            let tags = catalogue.track(persona.medoid).map_or_else(String::new, |track| {
                let tags = taste::summary::tags_of(&catalogue, track);
                taste::summary::style_names(&catalogue, tags).take(2).collect::<Vec<_>>().join(", ")
            });
            format!("{tags}, around {label} ({:.0} %)", 100.0 * persona.importance)
        });
        line(format!("What Segue found: {}.", found.collect::<Vec<_>>().join("; ")))?;
        line("")?;
        for mix in ["home", "weekly-discovery"] {
            print_slate(&self.slate(id, mix, Some(5)).await?, false)?;
            line("")?;
        }
        self.two_skips(id).await
    }

    /// The same skip on two surfaces, and what each would change; nothing of it is written.
    async fn two_skips(&self, listener: ListenerId) -> Result<()> {
        let before = self.slate(listener, "home", None).await?;
        let first = before.picks.first().context("the slate is empty")?;
        let Target::Track(track) = first.what.target() else { return Ok(()) };
        line(format!(
            "Were {} skipped after four seconds now, the next slate would know it:",
            name(&first.what)
        ))?;
        let mut rows = table(&["where", "lost by what is like it", "new picks", "first to come up"], &[1, 2]);
        for (words, surface) in [
            ("browsing fresh releases", Surface::FreshReleases),
            (
                "in a focus playlist",
                Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Focus) },
            ),
        ] {
            let context = Context { surface, ..Context::default() };
            let skip = Prompt::skipped(track, Millis::new(4_000));
            let mix = Mix::named("home").context("there is no such mix")?;
            let ask =
                Ask { random_seed: Some(1), suppose: vec![(skip, context)], ..Ask::plain(listener, mix) };
            let after = self.service.recommend(ask).await?;
            let is_new =
                |pick: &&Pick| !before.picks.iter().any(|old| old.what.target() == pick.what.target());
            let new: Vec<&Pick> = after.picks.iter().filter(is_new).collect();
            rows.add_row([
                words.to_owned(),
                format!("{:.3} of their score", rejection(&after) - rejection(&before)),
                format!("{} of {}", new.len(), after.picks.len()),
                new.first().map_or_else(|| "–".to_owned(), |pick| name(&pick.what)),
            ]);
        }
        line(rows.to_string())?;
        line("")?;
        Ok(())
    }

    /// How the simulated listeners like what they get, beside chance and the charts.
    async fn of_everybody(&self) -> Result<()> {
        let world = &self.populated.world;
        let moment = Moment::at(world.params().end());
        let asked = &world.listeners()[..world.listeners().len().min(ASKED_COUNT)];
        let bar = progress::of_steps(false);
        let mut rows = table(&["mix", "picks", "enjoyment, 0 to 1"], &[1, 2]);
        let mixes: Vec<&Mix> = MIXES.iter().copied().filter(|mix| !mix.needs_seed).collect();
        for mix in &mixes {
            let mut pleasure = Mean::default();
            for (done, listener) in asked.iter().enumerate() {
                progress::show(&bar, "asking the listeners", done + 1, asked.len());
                for pick in &self.slate(self.populated.listener(listener.id), mix.name, None).await?.picks {
                    let Target::Track(track) = pick.what.target() else { continue };
                    let own = self.populated.own_track(track).context("a track of another world")?;
                    pleasure.add(world.enjoyment(listener.id, own, &moment));
                }
            }
            rows.add_row([mix.title.to_owned(), grouped(pleasure.count), format!("{:.3}", pleasure.get())]);
        }
        bar.finish_and_clear();
        let mut by_chance = Mean::default();
        for listener in asked {
            let tracks = world.catalogue().tracks().iter().step_by(17);
            tracks.for_each(|track| by_chance.add(world.enjoyment(listener.id, track.id, &moment)));
        }
        rows.add_row([
            "drawn by chance".to_owned(),
            grouped(by_chance.count),
            format!("{:.3}", by_chance.get()),
        ]);
        line(format!(
            "How {} like what they get, by the world's own truth:",
            counted(asked.len() as u64, "simulated listener")
        ))?;
        line(rows.to_string())?;
        Ok(())
    }

    /// A slate that leaves no trace, so that looking changes nothing.
    async fn slate(&self, listener: ListenerId, mix: &str, limit: Option<usize>) -> Result<Slate> {
        let mix = Mix::named(mix).context("there is no such mix")?;
        let ask = Ask { is_private: true, limit, random_seed: Some(1), ..Ask::plain(listener, mix) };
        Ok(self.service.recommend(ask).await?)
    }
}

/// What the picks of a slate have lost on average for being like what was turned down.
fn rejection(slate: &Slate) -> f32 {
    let reasons = slate.picks.iter().flat_map(|pick| &pick.reasons);
    let lost: f32 = reasons.filter(|reason| reason.source == "rejection").map(|r| -r.contribution).sum();
    lost / slate.picks.len().max(1) as f32
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: f32) {
        self.sum += f64::from(value);
        self.count += 1;
    }

    fn get(self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}
