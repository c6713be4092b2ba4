//! Published data sets, where they are there; the recipes are those of `docs/imports.md`.

use std::path::PathBuf;

use super::fixture::Fixture;
use crate::import::{ImportFormat, ImportReport};

/// The directory of a published set; none, with the reason printed, where it is absent.
#[expect(clippy::disallowed_methods, reason = "the data is found by a variable")]
fn published(set: &str) -> Option<PathBuf> {
    let data = std::env::var("SEGUE_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let directory = data.join("listening").join(set);
    let is_there = directory.is_dir();
    if !is_there {
        println!("skipped: SEGUE_DATA has no listening/{set}");
    }
    is_there.then_some(directory)
}

async fn import(fixture: &Fixture, format: ImportFormat, path: PathBuf) -> ImportReport {
    let report = fixture.try_import(format, &[path]).await.unwrap();
    assert!(report.is_whole() && report.adds_up(), "{report:#?}");
    report
}

#[tokio::test]
async fn a_catalogue_with_playlists_comes_in_whole() {
    let Some(set) = published("spotify-32k-songs") else { return };
    let fixture = Fixture::with(&["--space", "spotify-32k-songs", "spotify_uri=track_id"]).await;
    let path = set.join("spotify_songs.csv.gz");
    let report = import(&fixture, ImportFormat::Csv, path.clone()).await;
    assert_eq!((report.new.tracks, report.new.playlists), (28_356, 471));
    let rows = report.records.playlist_tracks;
    // 582 rows repeat a track within its playlist.
    assert_eq!((rows.read, rows.stored, rows.known), (32_833, 32_833 - 582, 582));
    assert_eq!(report.dropped_values.iter().map(|dropped| dropped.count).sum::<u64>(), 0);
    let again = import(&fixture, ImportFormat::Csv, path).await;
    assert_eq!(again.records.playlist_tracks.stored + again.records.playlists.stored, 0);
    assert_eq!(again.new, Default::default());
}

#[tokio::test]
async fn artists_plays_and_tags_come_from_three_tables() {
    let Some(set) = published("lastfm-2k") else { return };
    let mut fixture = Fixture::with(&["--space", "lastfm-2k", "artist_id=id", "artist=name"]).await;
    let artists = import(&fixture, ImportFormat::Tsv, set.join("artists.dat.gz")).await;
    assert_eq!(artists.records.catalogue.stored, 17_632);
    assert_eq!(artists.new.artists, 17_632, "two artists of one name stay two, since their ids differ");

    fixture.options = Fixture::with(&["--space", "lastfm-2k", "plays=weight"]).await.options;
    let plays = import(&fixture, ImportFormat::Tsv, set.join("user_artists.dat.gz")).await;
    assert_eq!((plays.records.events.stored, plays.new.listeners, plays.new.artists), (92_834, 1_892, 0));

    let words = ["--space", "lastfm-2k", "--encoding", "latin-1", "tag=tagID"];
    fixture.options = Fixture::with(&words).await.options;
    let lookup = format!("tag={}:tagID:tagValue", set.join("tags.dat").display());
    fixture.options.table.lookups.push(lookup.parse().unwrap());
    let tags = import(&fixture, ImportFormat::Tsv, set.join("user_taggedartists_full.dat.gz")).await;
    assert_eq!(tags.records.tags.read, 186_478);
    // 390 artists have tags and no name.
    let unknown = tags.dropped.iter().find(|dropped| dropped.reason == crate::import::DropReason::UnknownId);
    assert_eq!(unknown.unwrap().count, 1_538);
    assert!(tags.records.tags.stored > 170_000, "{:?}", tags.records.tags);
}

#[tokio::test]
async fn pairs_come_in_as_sums_of_plays() {
    let Some(set) = published("lastfm-tracks-24k") else { return };
    let words = ["--space", "lastfm-tracks-24k", "--delimiter", "space", "listener=1", "track_id=2.."];
    let fixture = Fixture::with(&words).await;
    let report = import(&fixture, ImportFormat::Csv, set.join("train.txt.gz")).await;
    assert_eq!(
        (report.records.events.stored, report.new.listeners, report.new.tracks),
        (423_635, 23_566, 46_720)
    );
}

#[tokio::test]
async fn ordered_playlists_come_from_ids_alone() {
    let Some(set) = published("playlists-polimi") else { return };
    let mut fixture = Fixture::with(&["--space", "playlists-polimi"]).await;
    let tracks = import(&fixture, ImportFormat::Csv, set.join("tracks.csv")).await;
    assert_eq!(tracks.new.tracks, 20_635);
    fixture.options = Fixture::with(&["--space", "playlists-polimi"]).await.options;
    let lists = import(&fixture, ImportFormat::Csv, set.join("train.csv")).await;
    assert_eq!(
        (lists.new.tracks, lists.new.playlists, lists.records.playlist_tracks.stored),
        (0, 5_000, 115_553)
    );
}
