//! Who sees what, what stands in the log of it, and what is read out of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use learn::popularity::Popularity;
use music::unit::DAY_MS;
use music::{Context, ListenerId, Millis, Prompt, SlateId, Target, TrackDescription, TrackId, UnixMillis};
use recommend::{Mix, Models, Slate, Sliders, Stage, Why};
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::NewEvent;
use crate::serve::{Ask, ServeOptions, Service};
use crate::snapshot::{Measured, SnapshotDirectory, Watermark};
use crate::store::{Scan, StoreOptions};

/// 2024-06-01T00:00:00Z.
const START: UnixMillis = UnixMillis::new(1_717_200_000_000);
const TRACK_COUNT: u32 = 60;
/// Tracks that everybody hears out; the others are skipped.
const GOOD_COUNT: u32 = 30;
const SLATE_LEN: usize = 6;

/// A world in which one snapshot puts good tracks first and the other bad ones.
struct World {
    home: TempDir,
    clock: Arc<ManualClock>,
    engine: Engine,
    good: String,
    bad: String,
}

impl World {
    async fn new(listener_count: usize) -> Self {
        let home = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(START));
        let shared: Arc<dyn crate::clock::Clock> = Arc::<ManualClock>::clone(&clock);
        let engine = Engine::open(home.path(), StoreOptions::default(), shared).await.unwrap();
        let mut intake = engine.intake().await.unwrap();
        for row in 0..listener_count {
            intake.listener(&format!("listener {row}")).unwrap();
        }
        for number in 0..TRACK_COUNT {
            let track = TrackDescription::named(format!("Artist {number}"), format!("Track {number}"));
            intake.track(&track).unwrap();
        }
        intake.commit().await.unwrap();
        let mut world = Self { home, clock, engine, good: String::new(), bad: String::new() };
        world.bad = world.publish(|track| track >= GOOD_COUNT);
        world.good = world.publish(|track| track < GOOD_COUNT);
        world
    }

    /// A snapshot in which tracks like these are played most.
    fn publish(&self, is_played: impl Fn(u32) -> bool) -> String {
        let scores = (0..TRACK_COUNT).map(|track| if is_played(track) { 90.0 } else { 1.0 });
        let (trends, counts) = (vec![0.0; TRACK_COUNT as usize], vec![50; TRACK_COUNT as usize]);
        let popularity = Popularity::from_parts(scores.collect(), trends, counts).unwrap();
        let models = Models { track_popularity: Some(popularity), ..Models::default() };
        let snapshots = SnapshotDirectory::of(self.home.path());
        snapshots.publish(&models, Watermark::default(), Measured::default(), START).unwrap().name
    }

    /// The declaration of an experiment on home whose second arm is served from the bad snapshot.
    fn declared(&self, kind: &str) -> String {
        let bad = &self.bad;
        format!(
            "[[experiment]]\nname = \"older\"\nkind = \"{kind}\"\nmixes = [\"home\"]\n\
             [[experiment.arm]]\nname = \"now\"\n[[experiment.arm]]\nname = \"then\"\nsnapshot = \"{bad}\"\n"
        )
    }

    async fn serve(&self, experiments: &str) -> Arc<Service> {
        let options = ServeOptions {
            source_deadline: Duration::from_secs(60),
            experiments: Experiments::parse(experiments).unwrap(),
            ..ServeOptions::default()
        };
        let snapshots = SnapshotDirectory::of(self.home.path());
        Arc::new(Service::start(self.engine.clone(), snapshots, &options).await.unwrap())
    }

    /// Everybody asks for home once a day, and hears what is good.
    async fn live(&self, service: &Arc<Service>, listeners: u32, days: i64) {
        for day in 0..days {
            self.clock.set(UnixMillis::new(START.get() + day * DAY_MS));
            for row in 0..listeners {
                let listener = ListenerId::new(row);
                let slate = service.recommend(ask(listener)).await.unwrap();
                self.hear(listener, &slate).await;
            }
        }
    }

    async fn hear(&self, listener: ListenerId, slate: &Slate) {
        let mut intake = self.engine.intake().await.unwrap();
        for (place, track) in tracks(slate).into_iter().enumerate() {
            let prompt = match track.get() < GOOD_COUNT {
                true => Prompt::played(track),
                false => Prompt::skipped(track, Millis::new(3_000)),
            };
            let at = UnixMillis::new(crate::clock::Clock::now(&*self.clock).get() + place as i64 + 1);
            let context = Context { slate: Some(slate.slate_id), ..Context::default() };
            intake.event(NewEvent { context, ..NewEvent::plain(listener, at, prompt) }).unwrap();
        }
        intake.commit().await.unwrap();
    }

    async fn report(&self, declared: &str) -> ExperimentReport {
        let declared = Experiments::parse(declared).unwrap();
        let mut reports = reports(&self.engine, &declared, Some("older"), 1, &mut |_, _| ()).await.unwrap();
        reports.remove(0)
    }
}

fn ask(listener: ListenerId) -> Ask {
    Ask {
        limit: Some(SLATE_LEN),
        random_seed: Some(u64::from(listener.get())),
        ..Ask::plain(listener, Mix::named("home").unwrap())
    }
}

fn tracks(slate: &Slate) -> Vec<TrackId> {
    let track = |pick: &recommend::Pick| match pick.what.target() {
        Target::Track(track) => track,
        other => panic!("{other:?}"),
    };
    slate.picks.iter().map(track).collect()
}

fn arm_of(slate: &Slate) -> String {
    slate.trace.trial.as_ref().unwrap().arms[0].to_string()
}

fn outcome(report: &ExperimentReport, name: &str) -> Difference {
    report.differences.iter().find(|one| one.outcome == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_stays_in_an_arm_over_restarts_and_arms_serve_differently() {
    let world = World::new(12).await;
    let declared = world.declared("split");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let service = world.serve(&declared).await;
        let mut arms = Vec::new();
        for row in 0..12 {
            let slate = service.recommend(ask(ListenerId::new(row))).await.unwrap();
            let good = tracks(&slate).iter().filter(|track| track.get() < GOOD_COUNT).count();
            let arm = arm_of(&slate);
            assert_eq!(good > SLATE_LEN / 2, arm == "now", "{arm}: {good} good ones");
            assert_eq!(*slate.snapshot == *world.good, arm == "now");
            arms.push(arm);
        }
        seen.push(arms);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].iter().collect::<BTreeSet<_>>().len(), 2, "both arms have somebody");
    // It stands in the log, where it is read from after any restart.
    let events = world.engine.store().events(Scan::all()).await.unwrap();
    let logged = events.iter().filter_map(|stored| match &stored.event.prompt {
        Prompt::Shown(shown) => Some((stored.event.listener.get(), shown.trial.clone().unwrap())),
        _ => None,
    });
    let mut count = 0;
    for (row, trial) in logged {
        assert_eq!((&*trial.experiment, &*trial.arms[0]), ("older", &*seen[0][row as usize]));
        count += 1;
    }
    assert_eq!(count, 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arm_that_serves_worse_is_found_worse() {
    let world = World::new(80).await;
    let declared = world.declared("split");
    let service = world.serve(&declared).await;
    world.live(&service, 80, 9).await;
    let report = world.report(&declared).await;
    assert_eq!((report.arms[0].name.as_str(), report.arms[1].name.as_str()), ("now", "then"));
    assert_eq!(report.arms[0].listener_count + report.arms[1].listener_count, 80);
    assert_eq!(report.arms.iter().map(|arm| arm.impression_count).sum::<u64>(), 720);
    for (name, sign) in [("finish", -1.0), ("skip", 1.0)] {
        let found = outcome(&report, name);
        assert!(found.mean * sign > 0.1 && found.verdict == "worse", "{found:?}");
        assert!(found.ci95[0] * sign > 0.0 && found.ci95[1] * sign > 0.0, "{found:?}");
    }
    // Everybody comes back the next day, whatever they heard.
    let back = outcome(&report, "return");
    assert_eq!((back.mean, back.verdict), (0.0, "open"));
    let ratio = report.sample_ratio.unwrap();
    assert!(!ratio.is_mismatch, "{ratio:?}");
    assert_eq!((report.crossed_count, report.interleaving), (0, None));
    // The same log and seed say the same; without the declaration the shares are not known.
    assert_eq!(world.report(&declared).await, report);
    assert_eq!(world.report("").await.sample_ratio, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_listeners_decide_nothing() {
    let world = World::new(8).await;
    let declared = world.declared("split");
    let service = world.serve(&declared).await;
    world.live(&service, 8, 3).await;
    let report = world.report(&declared).await;
    let found = outcome(&report, "finish");
    assert!(found.ci95[1] < 0.0 && found.verdict == "open", "{found:?}");
    assert_eq!(report.sample_ratio, None, "four are expected in each");
}

#[tokio::test(flavor = "multi_thread")]
async fn arms_that_are_the_same_are_not_told_apart() {
    let world = World::new(30).await;
    let declared = world.declared("split").replace(&world.bad, &world.good);
    let service = world.serve(&declared).await;
    world.live(&service, 30, 2).await;
    let report = world.report(&declared).await;
    assert_eq!(outcome(&report, "finish").verdict, "open", "{report:?}");
    assert!(
        report.arms.iter().all(|arm| !arm.outcomes.contains_key("return")),
        "two days tell nothing of weeks"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn interleaving_shows_both_and_gives_credit_to_whose_picks_are_heard() {
    let world = World::new(32).await;
    let declared = world.declared("interleaved");
    let service = world.serve(&declared).await;
    let slate = service.recommend(ask(ListenerId::new(0))).await.unwrap();
    let trial = slate.trace.trial.clone().unwrap();
    assert_eq!(trial.teams.len(), slate.picks.len());
    assert_eq!(trial.teams.iter().filter(|team| **team == 0).count(), SLATE_LEN / 2);
    let all: BTreeSet<TrackId> = tracks(&slate).into_iter().collect();
    assert_eq!(all.len(), SLATE_LEN, "no track twice");
    for row in 0..TRACK_COUNT {
        let target = Target::Track(TrackId::new(row));
        let why = service.why(ask(ListenerId::new(0)), target).await.unwrap();
        let place = slate.picks.iter().position(|pick| pick.what.target() == target);
        let said = match &why {
            Why::Picked { place, .. } => Some(place - 1),
            _ => None,
        };
        assert_eq!(said, place, "{why:?}");
    }
    for pick in &slate.picks {
        let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
        assert!((sum - pick.score).abs() < 1e-3, "{pick:?}");
    }
    world.live(&service, 32, 4).await;
    let report = world.report(&declared).await;
    let interleaving = report.interleaving.unwrap();
    let Wins { first, second, ties } = interleaving.listeners;
    assert_eq!(first + second + ties, 32);
    assert!(first >= 29 && interleaving.p_value < 0.001, "{interleaving:?}");
    assert_eq!(interleaving.slates.first + interleaving.slates.second + interleaving.slates.ties, 129);
    assert_eq!(outcome(&report, "finish").verdict, "worse");
    assert!(report.differences.iter().all(|one| one.outcome != "return"));
    assert_eq!(report.sample_ratio, None, "everybody sees both");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disliked_is_in_no_arm() {
    let world = World::new(8).await;
    // The best of both.
    let disliked = [TrackId::new(0), TrackId::new(1), TrackId::new(GOOD_COUNT), TrackId::new(GOOD_COUNT + 1)];
    let mut intake = world.engine.intake().await.unwrap();
    for (row, track) in (0..8).flat_map(|row| disliked.map(|track| (row, track))) {
        let prompt = Prompt::Disliked { target: Target::Track(track) };
        intake.event(NewEvent::plain(ListenerId::new(row), START, prompt)).unwrap();
    }
    intake.commit().await.unwrap();
    for kind in ["split", "interleaved"] {
        let service = world.serve(&world.declared(kind)).await;
        for row in 0..8 {
            let ask = Ask { limit: Some(40), ..ask(ListenerId::new(row)) };
            let slate = service.recommend(ask.clone()).await.unwrap();
            assert!(slate.picks.len() >= 20);
            assert!(tracks(&slate).iter().all(|track| !disliked.contains(track)), "{kind}");
            let why = service.why(ask, Target::Track(disliked[0])).await.unwrap();
            assert!(matches!(why, Why::Dropped { .. }), "{kind}: {why:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_something_special_gets_it_and_is_not_counted() {
    let world = World::new(4).await;
    let service = world.serve(&world.declared("split")).await;
    let listener = ListenerId::new(0);
    let plain = ask(listener);
    for special in [
        Ask { sliders: Sliders::new(0.5, 0.0), ..plain.clone() },
        Ask { without: Some(Stage::Heads), ..plain.clone() },
        Ask { answer: recommend::Answer::Artists, ..plain.clone() },
        Ask { with: vec![ListenerId::new(1)], ..plain.clone() },
        Ask { mix: Mix::named("weekly-discovery").unwrap(), ..plain.clone() },
    ] {
        assert_eq!(service.recommend(special).await.unwrap().trace.trial, None);
    }
    let private = service.recommend(Ask { is_private: true, ..plain }).await.unwrap();
    assert!(private.trace.trial.is_some(), "a private session is served as ever");
    let events = world.engine.store().events(Scan::all()).await.unwrap();
    let trials = events
        .iter()
        .filter(|stored| matches!(&stored.event.prompt, Prompt::Shown(shown) if shown.trial.is_some()));
    assert_eq!(trials.count(), 0, "and leaves no trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_arm_says_is_applied_and_nobody_is_said_to_have_asked_for_it() {
    let world = World::new(1).await;
    let declared = "[[experiment]]\nname = \"wild\"\nmixes = [\"home\"]\n[[experiment.arm]]\nname = \"a\"\n\
                    adventurous = 1.0\nwithout = \"exploration\"\n[[experiment.arm]]\nname = \"b\"\n\
                    adventurous = 1.0\nwithout = \"exploration\"\n";
    let service = world.serve(declared).await;
    let slate = service.recommend(ask(ListenerId::new(0))).await.unwrap();
    assert!(slate.picks.iter().all(|pick| pick.propensity == 1.0), "nothing was drawn");
    let told = format!("{:?}", slate.picks);
    assert!(!told.contains("ou asked for"), "{told}");
    let declared = Experiments::parse(declared).unwrap();
    let Assigned::One(_, arm) = declared.assigned(&ask(ListenerId::new(0))) else { panic!("{declared:?}") };
    let applied = arm.applied(ask(ListenerId::new(0)));
    assert_eq!((applied.sliders, applied.without), (Sliders::new(1.0, 0.0), Some(Stage::Exploration)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_gone_ends_its_experiment_and_no_other() {
    let world = World::new(4).await;
    let other = world.declared("split").replace("older", "other").replace("home", "radio");
    let gone = world.declared("split").replace(&world.bad, "s000000000000001");
    let service = world.serve(&format!("{gone}{other}")).await;
    for row in 0..4 {
        let slate = service.recommend(ask(ListenerId::new(row))).await.unwrap();
        assert_eq!((slate.trace.trial, &*slate.snapshot), (None, &*world.good));
        let radio = Ask {
            mix: Mix::named("radio").unwrap(),
            seeds: vec![Target::Track(TrackId::new(0))],
            ..ask(ListenerId::new(row))
        };
        assert!(service.recommend(radio).await.unwrap().trace.trial.is_some());
    }
}

#[tokio::test]
async fn an_experiment_that_is_not_in_the_log_is_said_to_be_none() {
    let world = World::new(1).await;
    let found = reports(&world.engine, &Experiments::default(), Some("x"), 1, &mut |_, _| ()).await;
    assert!(matches!(found, Err(EngineError::Experiment(ExperimentError::NotInLog { .. }))), "{found:?}");
    let all = reports(&world.engine, &Experiments::default(), None, 1, &mut |_, _| ()).await.unwrap();
    assert_eq!(all, []);
}

#[test]
fn declarations_that_make_no_sense_are_refused_with_the_next_step() {
    let arms = "[[experiment.arm]]\nname = \"a\"\n[[experiment.arm]]\nname = \"b\"\n";
    let cases = [
        ("name = ", "docs/experiments.md"),
        ("[[experiment]]\nname = \"x\"\ncolour = 1\n", "docs/experiments.md"),
        ("[[experiment]]\nname = \"\"\n", "1 to 60 letters"),
        ("[[experiment]]\nname = \"a\\nb\"\n", "1 to 60 letters"),
        ("[[experiment]]\nname = \"x\"\n[[experiment.arm]]\nname = \"a\"\n", "2 to 20"),
        (
            &format!(
                "[[experiment]]\nname = \"x\"\nkind = \"interleaved\"\n{arms}[[experiment.arm]]\nname = \"c\"\n"
            ),
            "exactly 2",
        ),
        (
            &format!("[[experiment]]\nname = \"x\"\nkind = \"interleaved\"\n{arms}share = 2\n"),
            "leave share out",
        ),
        (&format!("[[experiment]]\nname = \"x\"\n{arms}share = 0\n"), "above 0"),
        (&format!("[[experiment]]\nname = \"x\"\n{arms}share = nan\n"), "above 0"),
        (&format!("[[experiment]]\nname = \"x\"\n{arms}niche = 1.5\n"), "from -1 to 1"),
        (&format!("[[experiment]]\nname = \"x\"\n{arms}without = \"brains\"\n"), "there are heads, trees"),
        (&format!("[[experiment]]\nname = \"x\"\nmixes = [\"hom\"]\n{arms}"), "there are home"),
        (
            &format!("[[experiment]]\nname = \"x\"\nmixes = [\"weekly-discovery\"]\n{arms}"),
            "name other mixes",
        ),
        (&format!("[[experiment]]\nname = \"x\"\n{arms}[[experiment.arm]]\nname = \"a\"\n"), "another name"),
        (
            &format!(
                "[[experiment]]\nname = \"x\"\nmixes = [\"radio\"]\n{arms}[[experiment]]\nname = \"x\"\nmixes = [\"home\"]\n{arms}"
            ),
            "another name",
        ),
        (
            &format!(
                "[[experiment]]\nname = \"x\"\n{arms}[[experiment]]\nname = \"y\"\nmixes = [\"home\"]\n{arms}"
            ),
            "both about home",
        ),
    ];
    for (text, step) in cases {
        let error = Experiments::parse(text).unwrap_err().to_string();
        assert!(error.contains(step), "{text}\n{error}");
    }
    let fine =
        Experiments::parse(&format!("[[experiment]]\nname = \"x\"\n{arms}without = \"heads\"\n")).unwrap();
    let experiment = fine.named("x").unwrap();
    assert!(experiment.mixes.contains(&"home") && !experiment.mixes.contains(&"weekly-discovery"));
    assert_eq!(experiment.arms[1].without, Some(Stage::Heads));
    assert_eq!(Experiments::parse("").unwrap(), Experiments::default());
}

#[test]
fn likes_count_once_and_answers_for_the_slate_that_they_name() {
    let mut tallies = tally::Tallies::default();
    let (slate, track) = (SlateId::new(5), TrackId::new(3));
    let event = |minutes: i64, prompt, slate| music::Event {
        key: music::EventKey::from_bytes([0; 16]),
        listener: ListenerId::new(0),
        at: UnixMillis::new(START.get() + minutes * 60_000),
        prompt,
        context: Context { slate, ..Context::default() },
    };
    let trial = music::Trial { experiment: "x".into(), arms: vec!["a".into()], teams: Vec::new() };
    let pick = |track| music::ShownPick { target: Target::Track(track), score: 0.0, propensity: 1.0 };
    let [again, left, early] = [5, 6, 7].map(TrackId::new);
    let picks = [track, TrackId::new(4), again, left, early].map(pick).to_vec();
    let (mix, snapshot) = ("home".into(), "".into());
    let shown =
        music::Impression { slate, mix, snapshot, picks, stands: false, trial: Some(Box::new(trial)) };
    let like = || Prompt::Liked { target: Target::Track(track) };
    let mut events = [
        event(0, Prompt::Shown(shown), None),
        event(1, like(), None),
        event(2, Prompt::played(track), Some(slate)),
        event(3, like(), Some(slate)),
        event(4, Prompt::skipped(track, Millis::new(1)), Some(slate)),
        event(5, Prompt::played(TrackId::new(4)), None),
        event(3_000, Prompt::Liked { target: Target::Track(TrackId::new(4)) }, None),
        event(-1, Prompt::Replayed { track: again }, Some(slate)),
        event(6, Prompt::skipped(left, Millis::new(80_000)), Some(slate)),
        event(7, Prompt::skipped(early, Millis::new(79_000)), Some(slate)),
    ];
    events.sort_by_key(|event| event.at);
    tallies.add(&events, |_| Some(Millis::new(100_000)));
    let found = &tallies.by_experiment["x"][0].by_arm["a"];
    let counts =
        (found.impressions, found.answered, found.finished, found.skipped, found.liked, found.liked_unheard);
    assert_eq!(counts, (1, 4, 3, 1, 1, 0));
}
