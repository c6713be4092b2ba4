//! Answers while the snapshot changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use learn::popularity::Popularity;
use music::{ListenerId, Prompt, Target, TrackDescription, TrackId, UnixMillis};
use recommend::slate::Slate;
use recommend::{Mix, Models};
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::{NewEvent, Rejection};
use crate::snapshot::{Measured, SnapshotDirectory, Watermark};
use crate::store::StoreOptions;

/// 2024-06-01T00:00:00Z.
const NOW: UnixMillis = UnixMillis::new(1_717_200_000_000);
const TRACK_COUNT: u32 = 12;
const LISTENER: ListenerId = ListenerId::new(0);

struct Fixture {
    home: TempDir,
    clock: Arc<ManualClock>,
    service: Arc<Service>,
    snapshots: SnapshotDirectory,
}

impl Fixture {
    /// A listener about whom nothing is known, and tracks by as many artists.
    async fn new() -> Self {
        let home = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let shared: Arc<dyn crate::Clock> = Arc::<ManualClock>::clone(&clock);
        let engine = Engine::open(home.path(), StoreOptions::default(), shared).await.unwrap();
        let mut intake = engine.intake().await.unwrap();
        intake.listener("anna").unwrap();
        for number in 0..TRACK_COUNT {
            let track = TrackDescription::named(format!("Artist {number}"), format!("Track {number}"));
            intake.track(&track).unwrap();
        }
        intake.commit().await.unwrap();
        let snapshots = SnapshotDirectory::of(home.path());
        // However busy the machine is, no source is late.
        let options = ServeOptions { source_deadline: Duration::from_secs(60), ..ServeOptions::default() };
        let service = Arc::new(Service::start(engine, snapshots.clone(), &options).await.unwrap());
        Self { home, clock, service, snapshots }
    }

    /// Publishes a snapshot in which one track is played most.
    fn publish(&self, most_played: u32) -> String {
        let scores = (0..TRACK_COUNT).map(|track| if track == most_played { 9.0 } else { 1.0 });
        let counts = vec![5; TRACK_COUNT as usize];
        let popularity = Popularity::from_parts(scores.collect(), vec![0.0; TRACK_COUNT as usize], counts);
        let models = Models { track_popularity: Some(popularity.unwrap()), ..Models::default() };
        let published = self.snapshots.publish(&models, Watermark::default(), Measured::default(), NOW);
        published.unwrap().name
    }

    async fn home_slate(&self) -> Slate {
        home_slate(&self.service).await
    }
}

async fn home_slate(service: &Arc<Service>) -> Slate {
    let ask = Ask { is_private: true, ..Ask::plain(LISTENER, Mix::named("home").unwrap()) };
    service.recommend(ask).await.unwrap()
}

fn first(slate: &Slate) -> u32 {
    match slate.picks[0].what.target() {
        Target::Track(track) => track.get(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_go_on_while_snapshots_are_published_and_are_answered_from_one_of_them() {
    let fixture = Fixture::new().await;
    let mut most_played = BTreeMap::from([(fixture.publish(0), 0)]);
    assert!(fixture.service.refresh().await.unwrap());
    let is_over = Arc::new(AtomicBool::new(false));
    let askers = [(); 3].map(|()| {
        let (service, is_over) = (Arc::clone(&fixture.service), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let slate = home_slate(&service).await;
                assert_eq!(slate.picks.len(), TRACK_COUNT as usize);
                seen.push((slate.snapshot.to_string(), first(&slate)));
            }
            seen
        })
    });
    for round in 1..=20 {
        let track = round % TRACK_COUNT;
        most_played.insert(fixture.publish(track), track);
        assert!(fixture.service.refresh().await.unwrap());
        let slate = fixture.home_slate().await;
        assert_eq!(first(&slate), track, "what comes after a refresh is answered from the new one");
    }
    is_over.store(true, Ordering::Relaxed);
    for asker in askers {
        let seen = asker.await.unwrap();
        assert!(seen.is_sorted_by(|a, b| a.0 <= b.0), "no asker goes back to an older snapshot");
        for (snapshot, first) in seen {
            assert_eq!(most_played[&snapshot], first, "a slate is made from one snapshot alone");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_comes_broken_changes_nothing() {
    let fixture = Fixture::new().await;
    let before = fixture.publish(3);
    assert!(fixture.service.refresh().await.unwrap());
    let broken = fixture.publish(4);
    let file = fixture.home.path().join("snapshots").join(broken).join("track_popularity.safetensors");
    std::fs::write(&file, b"nothing").unwrap();
    assert!(!fixture.service.refresh().await.unwrap());
    let slate = fixture.home_slate().await;
    assert_eq!((&*slate.snapshot, first(&slate)), (&*before, 3));
    let mended = fixture.publish(5);
    assert!(fixture.service.refresh().await.unwrap());
    let slate = fixture.home_slate().await;
    assert_eq!((&*slate.snapshot, first(&slate)), (&*mended, 5));
    // All of it can go: what needs no learning is served on.
    std::fs::remove_dir_all(fixture.home.path().join("snapshots")).unwrap();
    assert!(!fixture.service.refresh().await.unwrap());
    assert!(!fixture.home_slate().await.picks.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_a_number_of_picks_or_is_refused() {
    let fixture = Fixture::new().await;
    let mix = Mix::named("home").unwrap();
    for limit in [1, 5, 500] {
        let ask = Ask { is_private: true, limit: Some(limit), ..Ask::plain(LISTENER, mix) };
        let slate = fixture.service.recommend(ask).await.unwrap();
        assert_eq!(slate.picks.len(), limit.min(TRACK_COUNT as usize));
    }
    for limit in [0, 501, 999_999] {
        let ask = Ask { is_private: true, limit: Some(limit), ..Ask::plain(LISTENER, mix) };
        let error = fixture.service.recommend(ask.clone()).await.unwrap_err();
        assert!(matches!(error, EngineError::Rejected(Rejection::OutOfRange { .. })), "{error}");
        assert_eq!(error.to_string(), format!("its limit {limit} is not within 1 to 500"));
        assert!(fixture.service.why(ask, Target::Track(TrackId::new(0))).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skips_are_read_anew_when_their_meaning_changes_and_answers_are_not_told_twice() {
    let fixture = Fixture::new().await;
    fixture.publish(3);
    fixture.service.refresh().await.unwrap();
    let ask = Ask::plain(LISTENER, Mix::named("home").unwrap());
    let shown = fixture.service.recommend(ask).await.unwrap();
    let Target::Track(track) = shown.picks[0].what.target() else { panic!("{shown:?}") };
    let mut intake = fixture.service.engine().intake().await.unwrap();
    let context = music::Context { slate: Some(shown.slate_id), ..music::Context::default() };
    let prompt = Prompt::skipped(track, music::Millis::new(4_000));
    intake.event(NewEvent { context, ..NewEvent::plain(LISTENER, NOW, prompt) }).unwrap();
    intake.commit().await.unwrap();
    let read = async || {
        let view = fixture.service.listener(LISTENER).await.unwrap();
        let against = view.profile.track(track).unwrap().standing.evidence_against(NOW);
        (-against, view.belief.as_ref().unwrap().count(), view.profile.event_count())
    };
    let (by_table, answered, events) = read().await;
    assert!(by_table < 0.0 && answered == 1, "{by_table} {answered}");
    for evidence in [-0.9_f32, -0.125] {
        let meaning = Arc::new(crate::snapshot::tests::skip_meaning(evidence));
        let models = Models { skip_meaning: Some(meaning), ..Models::default() };
        let (mark, measured) = (Watermark::default(), Measured::default());
        fixture.snapshots.publish(&models, mark, measured, NOW).unwrap();
        fixture.service.refresh().await.unwrap();
        let (by_model, answered, again) = read().await;
        assert!((by_model - evidence).abs() < 1e-5, "{by_model} {evidence}");
        assert_eq!((answered, again), (1, events));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_plays_is_known_within_minutes_and_needs_no_training() {
    let fixture = Fixture::new().await;
    let mut intake = fixture.service.engine().intake().await.unwrap();
    let companions = ["bert", "cleo", "dora"].map(|name| intake.listener(name).unwrap());
    let stranger = intake.listener("emil").unwrap();
    for track in [0, 1] {
        let played = Prompt::played(TrackId::new(track));
        intake.event(NewEvent::plain(LISTENER, NOW, played)).unwrap();
    }
    intake.commit().await.unwrap();
    // Anna and three others like the same two tracks, Emil another.
    let likes = (0..4).flat_map(|row| [(row, 0, 1.0), (row, 1, 1.0)]).chain([(4, 5, 1.0)]);
    let crowd = learn::Sparse::from_triplets(5, TRACK_COUNT as usize, likes).unwrap();
    let models = Models { crowd: Some(crowd), ..Models::default() };
    fixture.snapshots.publish(&models, Watermark::default(), Measured::default(), NOW).unwrap();
    fixture.service.refresh().await.unwrap();
    let hear = async |listener, track, at| {
        let mut intake = fixture.service.engine().intake().await.unwrap();
        intake.event(NewEvent::plain(listener, at, Prompt::played(TrackId::new(track)))).unwrap();
        intake.commit().await.unwrap();
    };
    let heard = async || -> Vec<u32> {
        let view = fixture.service.listener(LISTENER).await.unwrap();
        let mut tracks: Vec<u32> = view.company.tracks().map(|(track, _)| track.get()).collect();
        tracks.sort_unstable();
        tracks
    };
    assert_eq!(heard().await, [0_u32; 0]);
    for companion in &companions[..2] {
        hear(*companion, 7, NOW).await;
        hear(*companion, 9, NOW).await;
    }
    hear(stranger, 7, NOW).await;
    let later = |count: i64| UnixMillis::new(NOW.get() + count * 11 * music::unit::MINUTE_MS);
    fixture.clock.set(later(1));
    assert_eq!(heard().await, [0_u32; 0], "two are too few to tell, and the stranger does not count");
    hear(companions[2], 7, later(1)).await;
    fixture.clock.set(later(2));
    assert_eq!(heard().await, [7]);
    hear(companions[2], 9, later(2)).await;
    fixture.clock.set(later(3));
    assert_eq!(heard().await, [7, 9]);
    let slate = fixture.home_slate().await;
    let source = slate.trace.sources.iter().find(|source| source.name == "company").unwrap();
    assert!(source.candidates >= 2 && source.error.is_none(), "{source:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_a_slate_are_known_to_the_next_and_those_to_a_private_one_are_not() {
    let fixture = Fixture::new().await;
    fixture.publish(3);
    fixture.service.refresh().await.unwrap();
    let play = async |slate: &Slate, places: std::ops::Range<usize>, slate_id| {
        let mut intake = fixture.service.engine().intake().await.unwrap();
        for pick in &slate.picks[places] {
            let Target::Track(track) = pick.what.target() else { panic!("{pick:?}") };
            let context = music::Context { slate: slate_id, ..music::Context::default() };
            let event = NewEvent { context, ..NewEvent::plain(LISTENER, NOW, Prompt::played(track)) };
            intake.event(event).unwrap();
        }
        intake.commit().await.unwrap();
        fixture.service.listener(LISTENER).await.unwrap().belief.clone()
    };
    // The most played track stays for the slate that counts, so that its picks differ in something.
    assert_eq!(play(&fixture.home_slate().await, 1..3, None).await, None, "nobody was shown anything");
    let ask = Ask::plain(LISTENER, Mix::named("home").unwrap());
    let shown = fixture.service.recommend(ask).await.unwrap();
    assert_eq!(play(&shown, 0..3, Some(shown.slate_id)).await.unwrap().count(), 3);
    assert_eq!(play(&shown, 0..3, None).await.unwrap().count(), 3, "the first answer to a pick counts");
    assert_eq!(play(&shown, 3..5, None).await.unwrap().count(), 5);
    let other = Some(music::SlateId::new(1));
    assert_eq!(play(&shown, 5..6, other).await.unwrap().count(), 5, "that was picked from another slate");

    let mut intake = fixture.service.engine().intake().await.unwrap();
    let stranger = intake.listener("bert").unwrap();
    intake.commit().await.unwrap();
    let belief = fixture.service.listener(stranger).await.unwrap().belief.clone().unwrap();
    assert_eq!(belief.count(), 0);
    assert!(belief.mean().iter().any(|weight| *weight != 0.0), "a stranger is taken for everybody");
}
