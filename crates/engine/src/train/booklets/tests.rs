//! From booklets of files to neighbours that are served.

use std::path::Path;
use std::time::Duration;

use learn::Neighbours;
use music::booklet::Words;
use music::{ListenerId, Prompt, Target, TrackDescription, UnixMillis};
use recommend::Mix;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::ingest::NewEvent;
use crate::serve::{Ask, ServeOptions, Service};
use crate::snapshot::SnapshotDirectory;
use crate::store::{FileChange, FileRecord, StoreOptions, StoredBooklet};
use crate::train::{TrainOptions, train};

/// 2024-06-01T00:00:00Z.
const NOW: UnixMillis = UnixMillis::new(1_717_200_000_000);
const DAY_MS: i64 = 86_400_000;
/// Four by each artist; the last four have no booklets.
const TRACK_COUNT: u32 = 64;
const KNOWN_COUNT: u32 = 60;

fn artist_of(track: u32) -> u32 {
    track / 4
}

/// What a song is about; an artist sings of everything.
fn theme_of(track: u32) -> u32 {
    track % 5
}

/// What the covers of an artist look like.
fn look_of(track: u32) -> u32 {
    artist_of(track) % 3
}

/// Eight of the theme's twelve words, and some that every song has.
fn words(track: u32) -> Words {
    let of_theme = (0..12)
        .filter(|word| !(word + track).is_multiple_of(3))
        .map(|word| (100 * theme_of(track) + word, 2));
    Words::new(of_theme.chain((1_000..1_010).map(|word| (word, 9))).collect()).unwrap()
}

/// A third of the numbers is high, by the look, and all waver a little by the artist.
fn cover(track: u32) -> Cover {
    let number = |at: usize| {
        let wavers = ((at as u32 * 7 + artist_of(track) * 13) % 11) as f32 / 50.0;
        f32::from(u8::from(at as u32 % 3 == look_of(track))) + wavers
    };
    Cover::new(std::array::from_fn(number)).unwrap()
}

fn booklet(track: u32) -> Booklet {
    Booklet { version: BookletVersion(1), words: Some(words(track)), cover: Some(cover(track)) }
}

fn path(track: u32) -> FilePath {
    FilePath::of(Path::new(&format!("/music/{track:02}.flac")))
}

/// Tracks of files with booklets, and thirty listeners who play some of them.
async fn lived(home: &TempDir) -> Engine {
    let clock = Arc::new(ManualClock::new(NOW));
    let engine = Engine::open(home.path(), StoreOptions::default(), clock).await.unwrap();
    let mut intake = engine.intake().await.unwrap();
    let mut tracks = Vec::new();
    for number in 0..TRACK_COUNT {
        let name =
            TrackDescription::named(format!("Artist {}", artist_of(number)), format!("Track {number}"));
        let track = intake.track(&name).unwrap();
        let record = FileRecord {
            path: path(number),
            size: 1,
            modified_ns: 1,
            track: Some(track),
            audio: None,
            problem: None,
        };
        intake.file(FileChange::Put { record, tags: "{}".into() }).unwrap();
        tracks.push(track);
    }
    for listener in 0..30_usize {
        let id = intake.listener(&format!("listener {listener}")).unwrap();
        for round in 0..60_usize {
            let track = tracks[(listener % 2 * 30 + (listener + round * 5) % 12 * 2) % tracks.len()];
            let at = NOW.get() - (60 - round as i64) * DAY_MS / 2 + listener as i64 * 60_000;
            intake.event(NewEvent::plain(id, UnixMillis::new(at), Prompt::played(track))).unwrap();
        }
    }
    intake.commit().await.unwrap();
    let stored = |number| StoredBooklet { path: path(number), modified_ns: 1, booklet: booklet(number) };
    let booklets: Vec<_> = (0..KNOWN_COUNT).map(stored).collect();
    engine.analyses().unwrap().put_booklets(&booklets).await.unwrap();
    engine
}

/// Every known track has neighbours, all of which are other artists' and pass `is_like`; others have none.
fn check(neighbours: &Neighbours, is_like: impl Fn(u32, u32) -> bool) {
    for track in 0..TRACK_COUNT {
        let (near, _) = neighbours.of(track);
        assert_eq!(near.is_empty(), track >= KNOWN_COUNT, "{track}: {near:?}");
        for &other in near {
            assert!(artist_of(other) != artist_of(track) && other < KNOWN_COUNT, "{track}: {near:?}");
            assert!(is_like(track, other), "{track}: {near:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_covers_of_files_are_learnt_from_and_served() {
    let home = TempDir::new().unwrap();
    let engine = lived(&home).await;
    let snapshots = SnapshotDirectory::of(home.path());
    let options = TrainOptions { dim: 8, epochs: 3, ..TrainOptions::default() };
    train(&engine, &snapshots, &options, &mut |_| ()).await.unwrap();
    let models = snapshots.load().unwrap().models;
    check(models.lyrics_neighbours.as_ref().unwrap(), |a, b| theme_of(a) == theme_of(b));
    check(models.art_neighbours.as_ref().unwrap(), |a, b| look_of(a) == look_of(b));

    let options = ServeOptions { source_deadline: Duration::from_secs(60), ..ServeOptions::default() };
    let service = Arc::new(Service::start(engine, snapshots, &options).await.unwrap());
    let ask = Ask {
        seeds: vec![Target::Track(TrackId::new(7))],
        is_private: true,
        limit: Some(50),
        ..Ask::plain(ListenerId::new(0), Mix::named("radio").unwrap())
    };
    let slate = service.recommend(ask).await.unwrap();
    for (name, words) in [
        ("lyrics_neighbours", "its words are like those of Track 7 by Artist 1"),
        ("art_neighbours", "its cover looks like that of Track 7 by Artist 1"),
    ] {
        let source = slate.trace.sources.iter().find(|source| source.name == name).unwrap();
        assert!(source.candidates > 0 && source.error.is_none(), "{source:?}");
        let mut reasons = slate.picks.iter().flat_map(|pick| &pick.reasons);
        assert!(reasons.any(|reason| reason.source == name && reason.text.starts_with(words)), "{words}");
    }
}

/// A catalogue of the tracks above, each artist's on one release.
fn catalogue() -> Catalogue {
    let track = |row: u32| music::Track {
        id: TrackId::new(row),
        title: format!("Track {row}").into(),
        artists: [ArtistId::new(artist_of(row))].into_iter().collect(),
        release: None,
        duration: None,
        date: None,
        explicit: None,
        tags: Box::default(),
        sound: None,
    };
    let artist = |row| music::Artist {
        id: ArtistId::new(row),
        name: format!("Artist {row}").into(),
        tags: Box::default(),
    };
    Catalogue::new(
        (0..TRACK_COUNT).map(track).collect(),
        (0..TRACK_COUNT / 4).map(artist).collect(),
        vec![],
        vec![],
    )
}

#[test]
fn a_picture_that_many_artists_carry_is_that_of_nobody() {
    let mut booklets: Vec<Option<Booklet>> = (0..TRACK_COUNT).map(|track| Some(booklet(track))).collect();
    let shared = cover(0);
    for track in (0..TRACK_COUNT).filter(|track| track % 4 == 0) {
        booklets[track as usize].as_mut().unwrap().cover = Some(shared.clone());
    }
    let all = Booklets::of(&booklets, &catalogue(), 0).unwrap();
    let (_, is_present) = all.covers.unwrap();
    for track in 0..TRACK_COUNT {
        let is_shared = track % 4 == 0 || artist_of(track) == 0;
        assert_eq!(is_present[track as usize], !is_shared, "{track}");
    }
}

#[test]
fn too_few_words_and_covers_make_no_space_and_older_recipes_count_as_none() {
    let booklets: Vec<Option<Booklet>> =
        (0..TRACK_COUNT).map(|track| (track < 8).then(|| booklet(track))).collect();
    let all = Booklets::of(&booklets, &catalogue(), 0).unwrap();
    assert!(all.words.is_none() && all.covers.is_none());
    assert!(all.words_neighbours.is_none() && all.cover_neighbours.is_none());
    let old = Booklet { version: BookletVersion(0), ..booklet(0) };
    let known = [(path(0), old), (path(1), booklet(1))].into_iter().collect();
    let of_files = [(TrackId::new(0), path(0)), (TrackId::new(1), path(1)), (TrackId::new(9), path(9))];
    let found = by_track(known, of_files.into_iter(), 5);
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false, false, false]);
}

#[test]
fn of_several_files_of_a_track_each_may_bring_a_part() {
    let (mut worded, mut covered) = (booklet(0), booklet(0));
    (worded.cover, covered.words) = (None, None);
    let known = [(path(0), worded), (path(1), covered)].into_iter().collect();
    let of_files = [(TrackId::new(0), path(0)), (TrackId::new(0), path(1))];
    assert_eq!(by_track(known, of_files.into_iter(), 1), [Some(booklet(0))]);
}
