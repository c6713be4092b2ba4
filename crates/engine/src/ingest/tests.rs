//! How a unit of work behaves, from descriptions to receipts.

use std::sync::Arc;

use music::event::Target;
use music::{
    ArtistId, Context, Event, ExternalId, Impression, ListenerId, Millis, PlaylistDetails, PlaylistEdit,
    PlaylistId, Prompt, ReleaseId, ShownPick, SlateId, TrackDescription, TrackId, UnixMillis,
};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::{Receipt, Scan, StoreOptions};

/// 2024-05-09T18:32:10Z.
const NOW: UnixMillis = UnixMillis::new(1_715_279_530_000);

async fn open(directory: &TempDir) -> Engine {
    let clock = Arc::new(ManualClock::new(NOW));
    Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap()
}

async fn log(engine: &Engine) -> Vec<Event> {
    let page = engine.store().events(Scan::all()).await.unwrap();
    page.into_iter().map(|stored| stored.event).collect()
}

fn named(title: &str) -> TrackDescription {
    TrackDescription::named("A", title)
}

#[tokio::test]
async fn descriptions_become_ids_and_events_become_receipts() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    for round in 0..2 {
        let mut intake = engine.intake().await.unwrap();
        let listener = intake.listener("anna").unwrap();
        let track = intake.track(&named("Song")).unwrap();
        let artist = intake.artist(&music::ArtistDescription::named("B")).unwrap();
        assert_eq!((listener.get(), track.get(), artist.get()), (0, 0, 1), "the same in both rounds");
        intake.event(NewEvent::plain(listener, UnixMillis::new(5), Prompt::played(track))).unwrap();
        intake.event(NewEvent::plain(listener, UnixMillis::new(6), Prompt::Followed { artist })).unwrap();
        assert_eq!(intake.event_count(), 2);
        let receipts = intake.commit().await.unwrap();
        assert!(receipts.iter().all(|receipt| receipt.is_stored() == (round == 0)), "{receipts:?}");
    }
    engine.close().await.unwrap();
    let engine = open(&directory).await;
    assert_eq!(engine.catalogue().await.label(TrackId::new(0)), "Song by A");
    assert_eq!(engine.library().await.listener_named("anna"), Some(ListenerId::new(0)));
    assert_eq!(log(&engine).await.len(), 2);
    assert!(engine.store().check().await.unwrap().is_sound());
}

#[tokio::test]
async fn a_client_key_makes_a_retry_the_same_event_whatever_has_changed() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut intake = engine.intake().await.unwrap();
    let (anna, ben) = (intake.listener("anna").unwrap(), intake.listener("ben").unwrap());
    let track = intake.track(&named("Song")).unwrap();
    let event = |listener, at| NewEvent {
        client_key: Some("scrobble 17"),
        ..NewEvent::plain(listener, UnixMillis::new(at), Prompt::played(track))
    };
    intake.event(event(anna, 5)).unwrap();
    intake.event(event(anna, 6)).unwrap();
    intake.event(event(ben, 5)).unwrap();
    let receipts = intake.commit().await.unwrap();
    assert_eq!(receipts.iter().map(|receipt| receipt.is_stored()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(receipts[1].seq(), receipts[0].seq());
}

#[tokio::test]
async fn an_intake_that_is_dropped_loses_its_events_and_nothing_else() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut intake = engine.intake().await.unwrap();
    let listener = intake.listener("anna").unwrap();
    let track = intake.track(&named("Song")).unwrap();
    intake.event(NewEvent::plain(listener, UnixMillis::new(5), Prompt::played(track))).unwrap();
    drop(intake);

    // Another caller's event names what the dropped one had found out.
    let mut intake = engine.intake().await.unwrap();
    intake.event(NewEvent::plain(listener, UnixMillis::new(6), Prompt::played(track))).unwrap();
    intake.commit().await.unwrap();
    engine.close().await.unwrap();
    let engine = open(&directory).await;
    assert_eq!(log(&engine).await.len(), 1);
    assert_eq!(engine.catalogue().await.label(track), "Song by A");
    assert!(engine.store().check().await.unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_on_disk_before_the_events_that_name_them() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let writers: Vec<_> = (0..16)
        .map(|writer| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    let mut intake = engine.intake().await.unwrap();
                    let listener = intake.listener(&format!("listener {}", writer % 4)).unwrap();
                    let track = intake.track(&named(&format!("Song {}", (writer + number) % 12))).unwrap();
                    let at = UnixMillis::new(writer * 1000 + number);
                    intake.event(NewEvent::plain(listener, at, Prompt::played(track))).unwrap();
                    let receipts = intake.commit().await.unwrap();
                    assert!(matches!(receipts[..], [Receipt::Stored { .. }]));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let report = engine.store().check().await.unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.event_count, report.track_count, report.listener_count), (160, 12, 4));
    engine.close().await.unwrap();
    assert_eq!(open(&directory).await.catalogue().await.tracks().len(), 12);
}

#[tokio::test]
async fn events_that_make_no_sense_are_rejected_one_by_one() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut intake = engine.intake().await.unwrap();
    let listener = intake.listener("anna").unwrap();
    let track = intake.track(&named("Song")).unwrap();
    let playlist = intake.create_playlist(listener, PlaylistDetails::default(), NOW, None).unwrap();
    let target = Target::Track(track);
    let plain = |prompt: Prompt| NewEvent::plain(listener, NOW, prompt);
    let at = |ms: i64| NewEvent { at: UnixMillis::new(ms), ..plain(Prompt::played(track)) };
    let shown = |score: f32, propensity: f32| {
        let picks = vec![ShownPick { target, score, propensity }];
        let (slate, mix, snapshot) = (SlateId::new(1), "home".into(), "".into());
        plain(Prompt::Shown(Impression { slate, mix, snapshot, picks, stands: false, trial: None }))
    };
    let edited = |edit: PlaylistEdit| plain(Prompt::PlaylistEdited { playlist, edit });
    let around = |context: Context| NewEvent { context, ..plain(Prompt::played(track)) };
    let query = |query: &str| plain(Prompt::Searched { query: query.into(), chosen: None });
    let long_key = "k".repeat(257);
    let hour = music::unit::HOUR_MS;
    let cases = [
        (at(-1), "before_1970"),
        (at(0), ""),
        (at(NOW.get() + hour), ""),
        (at(NOW.get() + hour + 1), "in_the_future"),
        (at(i64::MAX), "in_the_future"),
        (at(i64::MIN), "before_1970"),
        (NewEvent { listener: ListenerId::new(1), ..at(1) }, "unknown_id"),
        (NewEvent { client_key: Some(""), ..at(1) }, "missing"),
        (NewEvent { client_key: Some(&long_key), ..at(1) }, "too_long"),
        (plain(Prompt::played(TrackId::new(1))), "unknown_id"),
        (plain(Prompt::Followed { artist: ArtistId::new(9) }), "unknown_id"),
        (plain(Prompt::Saved { release: ReleaseId::new(0) }), "unknown_id"),
        (
            plain(Prompt::PlaylistEdited { playlist: PlaylistId::new(7), edit: PlaylistEdit::Deleted }),
            "unknown_id",
        ),
        (plain(Prompt::skipped(track, Millis::new(86_400_000))), ""),
        (plain(Prompt::skipped(track, Millis::new(86_400_001))), "out_of_range"),
        (plain(Prompt::Rated { target, stars: 5 }), ""),
        (plain(Prompt::Rated { target, stars: 6 }), "out_of_range"),
        (query("miles davis"), ""),
        (query(" "), "missing"),
        (query("a\u{7}b"), "control_character"),
        (query(&"x".repeat(1001)), "too_long"),
        (shown(0.5, 1.0), ""),
        (shown(f32::NAN, 1.0), "out_of_range"),
        (shown(0.5, 0.0), "out_of_range"),
        (shown(0.5, f32::NAN), "out_of_range"),
        (shown(0.5, 1.5), "out_of_range"),
        (edited(PlaylistEdit::Added { tracks: vec![track], index: None }), ""),
        (edited(PlaylistEdit::Added { tracks: vec![TrackId::new(1)], index: None }), "unknown_id"),
        (edited(PlaylistEdit::Added { tracks: vec![track; 10_001], index: None }), "too_many"),
        (
            edited(PlaylistEdit::Described(PlaylistDetails { title: "\0".into(), ..Default::default() })),
            "control_character",
        ),
        (around(Context { playlist: Some(PlaylistId::new(3)), ..Context::default() }), "unknown_id"),
        (around(Context { utc_offset_minutes: Some(901), ..Context::default() }), "out_of_range"),
        (around(Context { utc_offset_minutes: Some(-570), ..Context::default() }), ""),
    ];
    let mut accepted_count = intake.event_count();
    for (event, expected) in cases {
        let told = format!("{event:?}");
        let name = intake.event(event).map_or_else(|rejection| rejection.name(), |()| "");
        assert_eq!(name, expected, "{}", told.chars().take(300).collect::<String>());
        accepted_count += usize::from(expected.is_empty());
    }
    assert_eq!(intake.event_count(), accepted_count);
    intake.commit().await.unwrap();
    assert!(engine.store().check().await.unwrap().is_sound());
}

#[tokio::test]
async fn a_full_batch_says_so_and_can_be_committed() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut intake = engine.intake().await.unwrap();
    let listener = intake.listener("anna").unwrap();
    let track = intake.track(&named("Song")).unwrap();
    let full = (0..).find(|&at| {
        let event = NewEvent::plain(listener, UnixMillis::new(at), Prompt::played(track));
        matches!(intake.event(event), Err(Rejection::BatchFull { .. }))
    });
    let count = intake.event_count();
    assert_eq!(full, Some(count as i64));
    assert_eq!(intake.commit().await.unwrap().len(), count);
}

/// Imports a playlist of these tracks, named by letters, and says which steps were new.
async fn import(engine: &Engine, title: &str, tracks: &str) -> Vec<PlaylistEdit> {
    let mut intake = engine.intake().await.unwrap();
    let owner = intake.listener("anna").unwrap();
    let tracks = tracks.chars().map(|letter| intake.track(&named(&letter.to_string())).unwrap()).collect();
    let details = PlaylistDetails { title: title.into(), ..PlaylistDetails::default() };
    let external = Some(ExternalId::SpotifyUri("spotify:playlist:1".into()));
    let before = engine.store().latest().await.unwrap();
    intake.playlist(PlaylistImport { owner, external, details, tracks, at: NOW }).await.unwrap();
    let receipts = intake.commit().await.unwrap();
    assert!(receipts.iter().all(|receipt| receipt.is_stored()), "no step is sent twice");
    let page = engine.store().events(Scan::all().after(before)).await.unwrap();
    let edit = |event: Event| match event.prompt {
        Prompt::PlaylistEdited { edit, .. } => Some(edit),
        _ => None,
    };
    page.into_iter().filter_map(|stored| edit(stored.event)).collect()
}

async fn playlist_tracks(engine: &Engine) -> String {
    let mut history = PlaylistHistory::default();
    for event in log(engine).await {
        history.apply(&event);
    }
    let catalogue = engine.catalogue().await;
    let playlist = history.get(PlaylistId::new(0)).unwrap();
    playlist.tracks.iter().map(|&track| &*catalogue.track(track).unwrap().title).collect()
}

#[tokio::test]
async fn importing_a_playlist_again_stores_the_difference() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let track = TrackId::new;
    let added = |rows: &[u32], index: Option<u32>| PlaylistEdit::Added {
        tracks: rows.iter().copied().map(track).collect(),
        index,
    };
    let removed = |index: u32, count: u32| PlaylistEdit::Removed { index, count };
    let described = |title: &str| {
        PlaylistEdit::Described(PlaylistDetails { title: title.into(), ..PlaylistDetails::default() })
    };
    let steps: &[(&str, &str, &[PlaylistEdit])] = &[
        ("Mine", "ABC", &[added(&[0, 1, 2], None)]),
        ("Mine", "ABC", &[]),
        ("Mine", "ABCDE", &[added(&[3, 4], None)]),
        ("Mine", "ABXDE", &[removed(2, 1), added(&[5], Some(2))]),
        ("Mine", "ABDE", &[removed(2, 1)]),
        ("Yours", "ABDE", &[described("Yours")]),
        ("Yours", "ABXDE", &[added(&[5], Some(2))]),
        ("Yours", "ABDE", &[removed(2, 1)]),
        ("Yours", "ZABDE", &[added(&[6], Some(0))]),
        ("Yours", "", &[removed(0, 5)]),
        ("Yours", "AAAA", &[added(&[0, 0, 0, 0], None)]),
        ("Yours", "AAA", &[removed(3, 1)]),
    ];
    for (title, tracks, expected) in steps {
        assert_eq!(import(&engine, title, tracks).await, *expected, "{title} {tracks}");
        assert_eq!(playlist_tracks(&engine).await, *tracks);
    }
    engine.close().await.unwrap();
    let engine = open(&directory).await;
    assert_eq!(import(&engine, "Yours", "AAA").await, [], "also after opening it again");
}

#[tokio::test]
async fn a_playlist_imported_twice_in_one_batch_or_in_batches_that_overlap_is_stored_once() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut intake = engine.intake().await.unwrap();
        let owner = intake.listener("anna").unwrap();
        let tracks = vec![intake.track(&named("A")).unwrap(); 2];
        let details = PlaylistDetails { title: "Mine".into(), ..PlaylistDetails::default() };
        for _ in 0..2 {
            let import = PlaylistImport {
                owner,
                external: None,
                details: details.clone(),
                tracks: tracks.clone(),
                at: NOW,
            };
            intake.playlist(import).await.unwrap();
        }
        waiting.push(intake.submit().await.unwrap());
    }
    for acknowledgement in waiting {
        acknowledgement.await.unwrap();
    }
    assert_eq!(playlist_tracks(&engine).await, "AA");
    assert_eq!(log(&engine).await.len(), 2);
}

#[tokio::test]
async fn a_playlist_whose_first_import_was_dropped_is_made_by_the_second() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    for commit in [false, true] {
        let mut intake = engine.intake().await.unwrap();
        let owner = intake.listener("anna").unwrap();
        let tracks = vec![intake.track(&named("A")).unwrap()];
        let details = PlaylistDetails { title: "Mine".into(), ..PlaylistDetails::default() };
        intake.create_playlist(owner, details.clone(), NOW, Some("first")).unwrap();
        intake.playlist(PlaylistImport { owner, external: None, details, tracks, at: NOW }).await.unwrap();
        if commit {
            intake.commit().await.unwrap();
        }
    }
    let created = log(&engine).await.into_iter().filter(|event| event.prompt.name() == "playlist_created");
    assert_eq!(created.count(), 2);
}

#[tokio::test]
async fn playlists_without_a_title_or_an_owner_are_rejected() {
    let directory = TempDir::new().unwrap();
    let engine = open(&directory).await;
    let mut intake = engine.intake().await.unwrap();
    let owner = intake.listener("anna").unwrap();
    let details = |title: &str| PlaylistDetails { title: title.into(), ..PlaylistDetails::default() };
    let import = |owner, title: &str, at: i64| PlaylistImport {
        owner,
        external: None,
        details: details(title),
        tracks: Vec::new(),
        at: UnixMillis::new(at),
    };
    for (import, name) in [
        (import(owner, " ", 1), "missing"),
        (import(ListenerId::new(4), "Mine", 1), "unknown_id"),
        (import(owner, "Mi\0ne", 1), "control_character"),
        (import(owner, "Mine", -1), "before_1970"),
        (PlaylistImport { tracks: vec![TrackId::new(3)], ..import(owner, "Mine", 1) }, "unknown_id"),
    ] {
        match intake.playlist(import).await {
            Err(EngineError::Rejected(rejection)) => assert_eq!(rejection.name(), name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn who_only_reads_takes_nothing_in() {
    let directory = TempDir::new().unwrap();
    open(&directory).await.close().await.unwrap();
    let clock = Arc::new(ManualClock::new(NOW));
    let engine = Engine::open_read_only(directory.path(), clock).await.unwrap();
    assert!(matches!(engine.intake().await, Err(EngineError::ReadOnly)));
}

proptest! {
    #[test]
    fn the_difference_leads_from_any_playlist_to_any_other(
        before in proptest::collection::vec(0_u32..4, 0..12),
        after in proptest::collection::vec(0_u32..4, 0..12),
    ) {
        check_difference(&before, &after)?;
    }

    #[test]
    fn a_long_addition_goes_in_pieces_and_keeps_its_order(at in 0_usize..5, count in 900_u32..3_100) {
        let before: Vec<u32> = (0..5).collect();
        let mut after = before.clone();
        after.splice(at..at, 10..10 + count);
        check_difference(&before, &after)?;
    }
}

fn check_difference(before: &[u32], after: &[u32]) -> Result<(), TestCaseError> {
    let tracks = |rows: &[u32]| rows.iter().copied().map(TrackId::new).collect::<Vec<_>>();
    let details = PlaylistDetails::default();
    let mut playlist =
        music::Playlist::create(PlaylistId::new(0), ListenerId::new(0), details.clone(), UnixMillis::new(0));
    playlist.tracks = tracks(before);
    let edits = difference(&playlist, &details, &tracks(after));
    prop_assert_eq!(edits.is_empty(), before == after);
    for edit in &edits {
        playlist.apply(edit, UnixMillis::new(0));
    }
    prop_assert_eq!(playlist.tracks, tracks(after));
    Ok(())
}
