//! What the store promises, one promise per test.

use std::path::Path;
use std::sync::Arc;

use music::event::Target;
use music::{
    Artist, Context, Device, Event, EventKey, ExternalId, ListenerId, Millis, PlaylistDetails, PlaylistEdit,
    PlaylistId, Prompt, Release, ReleaseId, ReleaseKind, Sound, SoundFeature, Surface, Tag, TagId, TagKind,
    TagWeight, Track, TrackId, UnixMillis,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use super::*;
use crate::store::{Batch, CatalogueChange, Receipt, TrackRow};

async fn open(directory: &Path) -> SqliteStore {
    SqliteStore::open(directory, StoreOptions::default()).await.unwrap()
}

/// A connection of somebody who edits the file by hand.
async fn by_hand(directory: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(directory.join("segue.db"));
    options.foreign_keys(false).connect().await.unwrap()
}

fn played(number: u32) -> Event {
    let mut key = [0; 16];
    key[..4].copy_from_slice(&number.to_be_bytes());
    Event {
        key: EventKey::from_bytes(key),
        listener: ListenerId::new(number % 2),
        at: UnixMillis::new(1_700_000_000_000 + i64::from(number)),
        prompt: Prompt::played(TrackId::new(number)),
        context: Context::default(),
    }
}

fn stored(seq: i64) -> Receipt {
    Receipt::Stored { seq: Seq::new(seq) }
}

fn known(seq: i64) -> Receipt {
    Receipt::Known { seq: Seq::new(seq) }
}

async fn all_events(store: &SqliteStore) -> Vec<Event> {
    let page = store.events(Scan::all()).await.unwrap();
    page.into_iter().map(|stored| stored.event).collect()
}

#[tokio::test]
async fn events_come_back_as_they_went_in() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let mut events: Vec<Event> = (0..300).map(played).collect();
    events[7].context = Context {
        surface: Surface::FreshReleases,
        device: Some(Device::Car),
        utc_offset_minutes: Some(-210),
        ..Context::default()
    };
    events[8].prompt = Prompt::PlaylistCreated {
        playlist: PlaylistId::new(4),
        details: PlaylistDetails { title: "Rot & \"Blau\"".into(), ..PlaylistDetails::default() },
    };
    events[9].prompt = Prompt::PlaylistEdited {
        playlist: PlaylistId::new(4),
        edit: PlaylistEdit::Added { tracks: vec![TrackId::new(1)], index: None },
    };
    let receipts = store.append(Batch::of_events(events.clone())).await.unwrap();
    assert_eq!(receipts, (1..=300).map(stored).collect::<Vec<_>>());
    assert_eq!(all_events(&store).await, events);
    assert_eq!(store.latest().await.unwrap(), Seq::new(300));

    store.close().await.unwrap();
    let store = open(directory.path()).await;
    assert_eq!(all_events(&store).await, events, "also after opening it again");
    store.close().await.unwrap();
}

#[tokio::test]
async fn scans_find_their_events_page_by_page() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let mut events: Vec<Event> = (0..10).map(played).collect();
    events[3].prompt = Prompt::PlaylistEdited { playlist: PlaylistId::new(2), edit: PlaylistEdit::Deleted };
    store.append(Batch::of_events(events)).await.unwrap();
    let seqs = async |scan: Scan| -> Vec<i64> {
        store.events(scan).await.unwrap().into_iter().map(|stored| stored.seq.get()).collect()
    };
    let three = Scan { limit: 3, ..Scan::all() };
    assert_eq!(seqs(three).await, [1, 2, 3]);
    assert_eq!(seqs(three.after(Seq::new(3))).await, [4, 5, 6]);
    assert_eq!(seqs(three.after(Seq::new(10))).await, [0_i64; 0]);
    assert_eq!(seqs(Scan::of_listener(ListenerId::new(1)).after(Seq::new(4))).await, [6, 8, 10]);
    assert_eq!(seqs(Scan::of_playlist(PlaylistId::new(2))).await, [4]);
}

#[tokio::test]
async fn a_key_is_stored_once_within_a_batch_and_across_batches_and_openings() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let twice = Batch::of_events(vec![played(1), played(2), played(1), played(3)]);
    assert_eq!(store.append(twice.clone()).await.unwrap(), [stored(1), stored(2), known(1), stored(4)]);
    assert_eq!(store.append(twice.clone()).await.unwrap(), [known(1), known(2), known(1), known(4)]);
    store.close().await.unwrap();
    let store = open(directory.path()).await;
    assert_eq!(store.append(twice).await.unwrap(), [known(1), known(2), known(1), known(4)]);
    let mut other = played(1);
    other.at = UnixMillis::new(5);
    let receipts = store.append(Batch::of_events(vec![other, played(4)])).await.unwrap();
    assert_eq!(receipts[0], known(1));
    assert!(receipts[1].is_stored() && receipts[1].seq() > Seq::new(4), "places only grow: {receipts:?}");
    assert_eq!(all_events(&store).await, [played(1), played(2), played(3), played(4)]);
}

#[tokio::test]
async fn many_known_events_among_new_ones_are_told_apart() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let even = (0..700).map(|number| played(2 * number)).collect();
    store.append(Batch::of_events(even)).await.unwrap();
    let receipts = store.append(Batch::of_events((0..1400).map(played).collect())).await.unwrap();
    for (number, receipt) in receipts.iter().enumerate() {
        assert_eq!(receipt.is_stored(), number % 2 == 1, "{number}");
    }
    let events = store.events(Scan::all()).await.unwrap();
    assert_eq!(events.len(), 1400);
    for receipt in receipts.iter().zip(0..) {
        let found = events.iter().find(|event| event.seq == receipt.0.seq()).unwrap();
        assert_eq!(found.event, played(receipt.1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_lose_nothing() {
    let directory = TempDir::new().unwrap();
    let store = Arc::new(open(directory.path()).await);
    let writers = (0..32_u32).map(|writer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut seqs = Vec::new();
            for batch in 0..20 {
                let first = writer * 1000 + batch * 5;
                let batch = Batch::of_events((first..first + 5).map(played).collect());
                seqs.extend(store.append(batch).await.unwrap().into_iter().map(Receipt::seq));
            }
            seqs
        })
    });
    let mut seqs: Vec<Seq> = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        let written = writer.await.unwrap();
        assert!(written.is_sorted(), "a caller's batches keep their order");
        seqs.extend(written);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=3200).map(Seq::new).collect::<Vec<_>>());
    assert_eq!(store.events(Scan::all()).await.unwrap().len(), 3200);
}

fn catalogue_changes() -> Vec<CatalogueChange> {
    let mut sound = Sound::default();
    sound.set(SoundFeature::Tempo, 92.5).unwrap();
    let tag = TagWeight { tag: TagId::new(0), weight: 0.5 };
    let (artist, release, track) = (music::ArtistId::new(0), ReleaseId::new(0), TrackId::new(0));
    vec![
        CatalogueChange::Listener { id: ListenerId::new(0), name: "anna".into() },
        CatalogueChange::Artist { id: artist, name: "Ännä".into() },
        CatalogueChange::Tag(Tag { id: TagId::new(0), name: "trip hop".into(), kind: TagKind::Mood }),
        CatalogueChange::Release(Release {
            id: release,
            title: "One".into(),
            artist: Some(artist),
            kind: Some(ReleaseKind::Ep),
            date: Some("2019-06".parse().unwrap()),
        }),
        CatalogueChange::Track(TrackRow {
            id: track,
            title: "First".into(),
            artists: [artist].into_iter().collect(),
            release: Some(release),
            duration: Some(Millis::new(180_000)),
            date: Some("2020".parse().unwrap()),
            explicit: Some(true),
        }),
        CatalogueChange::TrackSound { track, sound: Box::new(sound) },
        CatalogueChange::TrackTag { track, tag },
        CatalogueChange::ArtistTag { artist, tag },
        CatalogueChange::Playlist { id: PlaylistId::new(0), owner: ListenerId::new(0) },
        CatalogueChange::External {
            target: Target::Track(track),
            id: ExternalId::Mbid("b1a9c0e9-d987-4042-ae91-78d6a3267d69".into()),
        },
        CatalogueChange::External {
            target: Target::Artist(artist),
            id: ExternalId::Foreign { space: "set".into(), value: "1".into() },
        },
    ]
}

/// The rows that [`catalogue_changes`] make.
fn catalogue_rows() -> CatalogueRows {
    let changes = catalogue_changes();
    let mut rows = CatalogueRows { listeners: vec!["anna".into()], ..CatalogueRows::default() };
    rows.playlists = vec![ListenerId::new(0)];
    let tags = Box::new([TagWeight { tag: TagId::new(0), weight: 0.5 }]);
    for change in changes {
        match change {
            CatalogueChange::Artist { id, name } => {
                rows.artists.push(Artist { id, name, tags: tags.clone() });
            }
            CatalogueChange::Release(release) => rows.releases.push(release),
            CatalogueChange::Tag(tag) => rows.tags.push(tag),
            CatalogueChange::Track(row) => rows.tracks.push(Track {
                id: row.id,
                title: row.title,
                artists: row.artists,
                release: row.release,
                duration: row.duration,
                date: row.date,
                explicit: row.explicit,
                tags: tags.clone(),
                sound: None,
            }),
            CatalogueChange::TrackSound { sound, .. } => rows.tracks[0].sound = Some(sound),
            // By kind, then system, then name: `artist` stands before `track`.
            CatalogueChange::External { target, id } => rows.external.insert(0, (target, id)),
            _ => {}
        }
    }
    rows
}

#[tokio::test]
async fn the_catalogue_comes_back_as_it_went_in() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let batch = Batch { changes: catalogue_changes(), ..Batch::default() };
    store.append(batch.clone()).await.unwrap();
    store.append(batch).await.unwrap();
    let rows = store.catalogue().await.unwrap();
    assert_eq!(rows, catalogue_rows());
    let report = store.check().await.unwrap();
    assert!(report.is_sound(), "{report:?}");
}

#[tokio::test]
async fn a_reader_looks_on_while_a_writer_writes() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let reader = SqliteStore::open_read_only(directory.path()).await.unwrap();
    assert_eq!(reader.latest().await.unwrap(), Seq::START);
    store.append(Batch::of_events(vec![played(1)])).await.unwrap();
    assert_eq!(all_events(&reader).await, [played(1)]);
    let refused = reader.append(Batch::of_events(vec![played(2)])).await;
    assert!(matches!(refused, Err(EngineError::ReadOnly)), "{refused:?}");
    store.close().await.unwrap();
    reader.close().await.unwrap();
    let reader = SqliteStore::open_read_only(directory.path()).await.unwrap();
    assert_eq!(all_events(&reader).await, [played(1)], "also where no writer is there");
}

#[tokio::test]
async fn a_second_writer_is_told_what_to_do() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let refused = SqliteStore::open(directory.path(), StoreOptions::default()).await.unwrap_err();
    assert!(matches!(refused, EngineError::Locked { .. }), "{refused:?}");
    assert!(refused.to_string().contains("stop that process"), "{refused}");
    store.close().await.unwrap();
    open(directory.path()).await.close().await.unwrap();
}

#[tokio::test]
async fn nothing_to_read_is_an_error_and_makes_nothing() {
    let directory = TempDir::new().unwrap();
    let missing = directory.path().join("nowhere");
    let refused = SqliteStore::open_read_only(&missing).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotFound { .. }), "{refused:?}");
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    open(directory.path()).await.close().await.unwrap();
    let mut connection = by_hand(directory.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of the future', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(directory.path().join("segue.db")).unwrap();
    for refused in [
        SqliteStore::open(directory.path(), StoreOptions::default()).await.unwrap_err(),
        SqliteStore::open_read_only(directory.path()).await.unwrap_err(),
    ] {
        assert!(matches!(refused, EngineError::NewerDatabase { found: 9999, .. }), "{refused:?}");
        assert!(refused.to_string().contains("upgrade Segue"), "{refused}");
    }
    assert_eq!(std::fs::read(directory.path().join("segue.db")).unwrap(), before);
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_alone() {
    for make in ["CREATE TABLE mail (id INTEGER)", ""] {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("segue.db");
        if make.is_empty() {
            std::fs::write(
                &path,
                "Dear diary, today I wrote a file that is no database at all.\n".repeat(20),
            )
            .unwrap();
        } else {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
            let mut connection = options.connect().await.unwrap();
            sqlx::query(make).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        let before = std::fs::read(&path).unwrap();
        let refused = SqliteStore::open(directory.path(), StoreOptions::default()).await.unwrap_err();
        assert!(matches!(refused, EngineError::ForeignDatabase { .. }), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn rows_that_were_edited_by_hand_are_named_and_the_rest_is_checked() {
    for (table, edit) in [
        ("event", "UPDATE event SET prompt = '{\"danced\":{}}' WHERE seq = 2"),
        ("event", "UPDATE event SET key = x'00' WHERE seq = 2"),
        ("event", "UPDATE event SET context = '{' WHERE seq = 2"),
        ("event", "UPDATE event SET listener = -1 WHERE seq = 2"),
    ] {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path()).await;
        let changes = catalogue_changes();
        let events =
            (0..3).map(|number| Event { listener: ListenerId::new(0), ..played(3 * number) }).collect();
        store.append(Batch { changes, events, ..Batch::default() }).await.unwrap();
        store.close().await.unwrap();
        let mut connection = by_hand(directory.path()).await;
        sqlx::query(edit).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let store = open(directory.path()).await;
        let error = store.events(Scan::all()).await.unwrap_err();
        assert!(
            matches!(error, EngineError::BrokenRow { table: broken, row: 2, .. } if broken == table),
            "{error:?}"
        );
        let report = store.check().await.unwrap();
        assert!(!report.is_sound());
        assert_eq!(report.event_count, 2, "{report:?}");
    }
}

#[tokio::test]
async fn catalogue_rows_that_make_no_sense_are_errors() {
    for edit in [
        "DELETE FROM artist",
        "DELETE FROM track_artist",
        "UPDATE track SET id = 7",
        "UPDATE track SET duration_ms = -1",
        "UPDATE track SET date = 'yesterday'",
        "UPDATE release SET kind = 'tape'",
        "UPDATE track_sound SET sound = '{\"tempo\":1e9}'",
        "UPDATE track_tag SET weight = 7",
        "UPDATE track_tag SET tag = 12",
        "UPDATE external_id SET kind = 'ghost'",
        "UPDATE external_id SET id = 12",
        "UPDATE playlist SET owner = 12",
    ] {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path()).await;
        store.append(Batch { changes: catalogue_changes(), ..Batch::default() }).await.unwrap();
        store.close().await.unwrap();
        let mut connection = by_hand(directory.path()).await;
        sqlx::query(edit).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let store = open(directory.path()).await;
        let error = store.catalogue().await.unwrap_err();
        assert!(matches!(error, EngineError::BrokenRow { .. }), "{edit}: {error:?}");
        assert!(!store.check().await.unwrap().is_sound(), "{edit}");
    }
}

#[tokio::test]
async fn a_write_that_fails_poisons_the_store_for_good() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    store.append(Batch::of_events(vec![played(1)])).await.unwrap();
    store.close().await.unwrap();

    // The disk is full after some more pages.
    let tuning = Tuning { page_count_max: Some(40), ..Tuning::default() };
    let store = SqliteStore::open_tuned(directory.path(), tuning).await.unwrap();
    assert!(!store.poison().is_poisoned());
    let waiting = store.poison().clone();
    let waiter = tokio::spawn(async move { waiting.wait().await.to_string() });
    let too_much = Batch::of_events((0..20_000).map(played).collect());
    let error = store.append(too_much).await.unwrap_err();
    assert!(matches!(error, EngineError::Poisoned { .. }), "{error:?}");
    assert!(waiter.await.unwrap().contains("full"));

    // One more event would fit, and SQLite would take it.
    let refused = store.append(Batch::of_events(vec![played(90_000)])).await;
    assert!(matches!(refused, Err(EngineError::Poisoned { .. })), "{refused:?}");
    assert_eq!(all_events(&store).await, [played(1)], "reading goes on");
    assert!(matches!(store.close().await, Err(EngineError::Poisoned { .. })));

    let store = open(directory.path()).await;
    assert_eq!(all_events(&store).await, [played(1)], "what was acknowledged is there after a restart");
    store.append(Batch::of_events(vec![played(2)])).await.unwrap();
}

#[tokio::test]
async fn all_who_share_a_failing_transaction_are_refused() {
    let directory = TempDir::new().unwrap();
    let tuning = Tuning { page_count_max: Some(40), ..Tuning::default() };
    let store = SqliteStore::open_tuned(directory.path(), tuning).await.unwrap();
    let mut waiting = Vec::new();
    for batch in 0..20_u32 {
        let events: Vec<Event> = (0..2_000).map(|number| played(batch * 2_000 + number)).collect();
        let Ok(place) = store.reserve(events.len()).await else { break };
        waiting.push((events[0].clone(), place.append(Batch::of_events(events))));
    }
    let mut acknowledged = Vec::new();
    let mut refused_count = 0;
    for (first, acknowledgement) in waiting {
        match acknowledgement.await {
            Ok(_) => acknowledged.push(first),
            Err(EngineError::Poisoned { .. }) => refused_count += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(refused_count > 0);
    let events = all_events(&store).await;
    assert!(acknowledged.iter().all(|event| events.contains(event)));
}

#[tokio::test]
async fn a_closed_store_takes_nothing_and_closing_twice_is_harmless() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let place = store.reserve(1).await.unwrap();
    let acknowledgement = place.append(Batch::of_events(vec![played(1)]));
    store.close().await.unwrap();
    assert_eq!(acknowledgement.await.unwrap(), [stored(1)], "what was queued is written first");
    store.close().await.unwrap();
    let refused = store.append(Batch::of_events(vec![played(2)])).await;
    assert!(matches!(refused, Err(EngineError::Closed)), "{refused:?}");
}

#[tokio::test]
async fn a_batch_beyond_the_limit_is_refused_and_harms_nobody() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).await;
    let refused = store.reserve(Batch::ROW_COUNT_MAX + 1).await.unwrap_err();
    assert!(matches!(refused, EngineError::BatchTooLarge { .. }), "{refused:?}");
    store.append(Batch::of_events(vec![played(1)])).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let directory = parent.path().join("data");
    let store = open(&directory).await;
    store.append(Batch::of_events(vec![played(1)])).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    std::fs::set_permissions(directory.join("segue.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let report = store.check().await.unwrap();
    assert!(report.problems[0].contains("chmod"), "{report:?}");
}
