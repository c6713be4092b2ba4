//! Requests that mean nothing are refused before anything is stored, and the others report how far they are.

use std::path::PathBuf;

use music::UnixMillis;

use super::fixture::{Fixture, NOW};
use crate::import::{ImportFormat, ImportRequest, import};

async fn refusal(words: &[&str], format: ImportFormat, text: &str) -> String {
    let fixture = Fixture::with(words).await;
    let path = fixture.file("a.csv", text);
    let message = match fixture.try_import(format, &[path]).await {
        Err(error) => fixture.message(&error),
        Ok(report) => fixture.counts(&report),
    };
    assert!(fixture.events().await.is_empty());
    message.trim_end().to_owned()
}

#[tokio::test]
async fn a_mapping_that_does_not_fit_says_what_would() {
    let csv = ImportFormat::Csv;
    insta::assert_snapshot!(refusal(&["plays=count"], csv, "artist,n\nA,1\n").await, @"! a.csv has no column `count`; it has artist, n");
    insta::assert_snapshot!(refusal(&["artist=1", "plays=3"], csv, "A,1\n").await, @"! a.csv has no column `3`; it has A, 1");
    insta::assert_snapshot!(refusal(&["--no-header", "artist=name"], csv, "name\nA\n").await, @"! a.csv has no column `name`; it has name");
    insta::assert_snapshot!(refusal(&[], csv, "who,what\nA,1\n").await, @"! a.csv has no column for a track or an artist; say which with --map field=column (its columns are who, what)");
    insta::assert_snapshot!(refusal(&["track_id=1"], csv, "1,2\n").await, @"! the column for `track_id` holds ids of some system; say which with --space NAME");
    insta::assert_snapshot!(refusal(&["artist=1", "--space", "mbid"], csv, "A\n").await, @"`mbid` cannot be the name of an id space; choose another, such as the data set's name");
    insta::assert_snapshot!(refusal(&["artist=1"], ImportFormat::Spotify, "[]").await, @"spotify has no columns; leave --map, --lookup, --delimiter and --header out");
    insta::assert_snapshot!(refusal(&["--listener", " "], csv, "artist,track\n").await, @"it has no listener name");
    insta::assert_snapshot!(refusal(&[], csv, "").await, @"! a.csv is not csv: it is empty; check the format, it reads any table with commas or another delimiter, by a mapping of its columns; also as .gz");
}

#[tokio::test]
async fn paths_that_lead_nowhere_are_refused() {
    let fixture = Fixture::new().await;
    let error = fixture.try_import(ImportFormat::Csv, &[PathBuf::from("/nowhere/a.csv")]).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no /nowhere/a.csv; check the path");
    fixture.file("folder/readme.txt", "x");
    let error = fixture.try_import(ImportFormat::M3u, &[fixture.files()]).await.unwrap_err();
    let expected = "holds no file for m3u, which reads playlists in M3U and M3U8, with #EXTINF and #PLAYLIST";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[tokio::test]
async fn a_time_for_what_has_none_must_be_one() {
    let mut fixture = Fixture::new().await;
    let path = fixture.file("a.csv", "listener,artist,plays\nanna,A,3\n");
    fixture.options.as_of = Some(UnixMillis::new(NOW.get() + 1));
    assert!(fixture.try_import(ImportFormat::Csv, std::slice::from_ref(&path)).await.is_err());
    fixture.options.as_of = Some(UnixMillis::new(1_000));
    fixture.import(ImportFormat::Csv, std::slice::from_ref(&path)).await;
    assert_eq!(fixture.events().await[0].event.at, UnixMillis::new(1_000));
    fixture.options.as_of = None;
    let report = fixture.try_import(ImportFormat::Csv, &[path]).await.unwrap();
    assert_eq!(report.records.events.known, 1, "another time for the same sum is the same sum");
}

#[tokio::test]
async fn progress_grows_to_the_end() {
    let fixture = Fixture::new().await;
    let text: String = "listener,artist,track\n".to_owned() + &"anna,A,One\n".repeat(10_000);
    let paths = [fixture.file("a.csv", &text), fixture.file("b.csv", &text)];
    let mut steps = Vec::new();
    let request = ImportRequest::new(ImportFormat::Csv, paths);
    import(&fixture.engine, request, &mut |progress| steps.push(progress)).await.unwrap();
    assert!(steps.len() >= 6, "{}", steps.len());
    assert!(steps.is_sorted_by_key(|step| (step.row_count, step.bytes_read)));
    let last = steps.last().unwrap();
    assert_eq!((last.row_count, last.bytes_read), (20_000, last.bytes_total));
    assert_eq!(last.bytes_total, 2 * text.len() as u64);
    assert!(last.file.ends_with("b.csv"));
}

#[tokio::test]
async fn an_import_that_is_given_up_leaves_whole_batches() {
    let fixture = Fixture::new().await;
    let text: String =
        (0..20_000).map(|row| format!("anna,A,Title {row},{}\n", 1_700_000_000 + row)).collect();
    let path = fixture.file("a.csv", "listener,artist,track,timestamp\n".to_owned() + &text);
    let request = ImportRequest::new(ImportFormat::Csv, [&path]);
    let mut chunk_count = 0;
    {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut stop = Some(stop);
        let mut progress = |_| {
            chunk_count += 1;
            drop(stop.take());
        };
        tokio::select! {
            biased;
            _ = stopped => {}
            _ = import(&fixture.engine, request, &mut progress) => {}
        }
    }
    assert!(chunk_count < 5, "it went on for {chunk_count} chunks");
    let report = fixture.try_import(ImportFormat::Csv, &[path]).await.unwrap();
    assert_eq!(report.records.events.stored + report.records.events.known, 20_000);
    assert_eq!(fixture.engine.store().latest().await.unwrap().get(), 20_000, "nothing is doubled");
}
