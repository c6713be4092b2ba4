//! Damaged files and files made to do damage: a typed error with its place, or one row dropped, and nothing else lost.

use std::io::Write;

use super::fixture::{Fixture, gzip, zip};
use crate::import::ImportFormat;
use crate::import::limits::RECORD_LEN_MAX;

fn play(title: &str, at: &str) -> String {
    format!(
        r#"{{"ts":"{at}","ms_played":200000,"master_metadata_track_name":"{title}","master_metadata_album_artist_name":"A"}}"#
    )
}

fn good(title: &str) -> String {
    play(title, "2024-05-09T18:35:30Z")
}

async fn counts(format: ImportFormat, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let fixture = Fixture::new().await;
    let report = fixture.import(format, &[fixture.file(name, bytes)]).await;
    fixture.counts(&report)
}

#[tokio::test]
async fn a_truncated_file_keeps_what_stands_before() {
    let text = format!("[{},{},{}", good("One"), good("Two"), &good("Three")[..40]);
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "a.json", &text).await, @"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 3: stands in a file that ends or breaks in its middle
    ! a.json ends in the middle, after element 2; get it again, or import what is there
    ");
    let whole = format!("[{}]", vec![good("One"); 5_000].join(","));
    let packed = gzip(whole.as_bytes());
    let shown = counts(ImportFormat::Spotify, "a.json.gz", &packed[..packed.len() - 30]).await;
    assert!(shown.contains("! a.json.gz ends in the middle, after element "), "{shown}");
    let members: [(&str, &[u8]); 2] =
        [("endsong_0.json", text.as_bytes()), ("endsong_1.json", whole.as_bytes())];
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "a.zip", zip(&members)).await, @"
    events: 5003 read, 2 stored, 5000 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 3: stands in a file that ends or breaks in its middle
    ! a.zip/endsong_0.json ends in the middle, after element 2; get it again, or import what is there
    ");
    let archive = zip(&members);
    let shown = counts(ImportFormat::Spotify, "a.zip", &archive[..archive.len() / 2]).await;
    assert!(shown.starts_with("! a.zip is not a readable archive: "), "{shown}");
}

#[tokio::test]
async fn a_malformed_row_in_the_middle_costs_itself() {
    let text = format!("[{},{{\"ts\": oops}},{},[],null,7,{}]", good("One"), good("Two"), good("Three"));
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "a.json", text).await, @"
    events: 6 read, 3 stored, 0 known, 3 dropped
    - 3 cannot be read, element 2: expected value at line 1 column 8
    ");
    let lines = [
        r#"{"listened_at":1715279520,"track_metadata":{"artist_name":"A","track_name":"One"}}"#,
        r#"{"listened_at":1715279520,"track_metadata":{"artist_name":"A","track_na"#,
        r#"{"listened_at":1715279521,"track_metadata":{"artist_name":"A","track_name":"Two"}}"#,
    ];
    insta::assert_snapshot!(counts(ImportFormat::Listenbrainz, "a.jsonl", lines.join("\n")).await, @"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 cannot be read, line 2: EOF while parsing a string at line 1 column 71
    ");
}

#[tokio::test]
async fn what_is_another_format_says_so() {
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "a.json", "ts,ms_played\n").await, @"! a.json is not spotify: it does not begin as JSON does, with { or [; check the format, it reads plays and skips from the extended streaming history (Streaming_History_Audio_*.json, endsong_*.json) or the short account export (StreamingHistory*.json); the zip, its folder or single files");
    insta::assert_snapshot!(counts(ImportFormat::ScrobblerLog, "a.log", "hello").await, @"! a.log is not scrobbler-log: its first line does not begin with #AUDIOSCROBBLER/; check the format, it reads plays and skips from a player's .scrobbler.log (AUDIOSCROBBLER/1.0 and 1.1)");
    insta::assert_snapshot!(counts(ImportFormat::Lastfm, "a.csv", "x,y\n1,2\n").await, @"! a.csv is not lastfm: its first line is neither a header nor a scrobble of a form that is known; check the format, it reads scrobbles and loved tracks as CSV or JSON, as the usual exporters and the API's recenttracks and lovedtracks pages write them");
    insta::assert_snapshot!(counts(ImportFormat::M3u, "a.m3u", b"MZ\0\0").await, @"! a.m3u is not m3u: it is no text; check the format, it reads playlists in M3U and M3U8, with #EXTINF and #PLAYLIST");
    let shown = counts(ImportFormat::Parquet, "a.parquet", "PAR1").await;
    assert!(shown.starts_with("! a.parquet is not parquet: "), "{shown}");
    insta::assert_snapshot!(counts(ImportFormat::Mpd, "a.zip", zip(&[("a.txt", b"x")])).await, @"! a.zip holds no file for mpd, which reads playlists from slices of the Million Playlist Dataset (mpd.slice.*.json), or anything shaped like them; a zip, a folder or single files");
    insta::assert_snapshot!(counts(ImportFormat::Maloja, "a.json", r#"{"scrobbles":[}"#).await, @"! a.json is broken after its beginning: `}` cannot stand there; what stands before it is stored");
}

#[tokio::test]
async fn a_quote_that_is_never_closed_costs_its_line() {
    let rows = |from: u32, to: u32| (from..to).map(|n| format!("{n},T{n},A,{n}\n")).collect::<String>();
    let stray = "5,\"T5,A,5\n";
    let head = "listener,track,artist,plays\n";
    let table = format!("{head}{}{stray}{}", rows(1, 5), rows(6, 1001));
    insta::assert_snapshot!(counts(ImportFormat::Csv, "a.csv", table).await, @r#"
    events: 1000 read, 999 stored, 0 known, 1 dropped
    - 1 cannot be read, line 6: a quote is never closed: 5,"T5,A,5
    "#);
    let table = format!("{head}{stray}{}7,\"T7\",A,7\n{}", rows(6, 7), rows(8, 10));
    insta::assert_snapshot!(counts(ImportFormat::Csv, "a.csv", table).await, @r#"
    events: 5 read, 4 stored, 0 known, 1 dropped
    - 1 cannot be read, line 2: a quote is never closed: 5,"T5,A,5
    "#);
    let table = format!("{head}{}9,\"T5,A,120\n", rows(1, 3));
    insta::assert_snapshot!(counts(ImportFormat::Csv, "a.csv", table).await, @r#"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 cannot be read, line 4: a quote is never closed: 9,"T5,A,120
    "#);
    insta::assert_snapshot!(counts(ImportFormat::Csv, "a.csv", format!("listener,\"track,artist\n{}", rows(1, 3))).await, @r#"! a.csv is broken after line 1: a quote is never closed: listener,"track,artist; what stands before it is stored"#);
    let log =
        "uts,artist,track\n1715279520,A,One\n1715279521,\"A,Two\n1715279522,A,Three\n1715279523,A,Four\n";
    insta::assert_snapshot!(counts(ImportFormat::Lastfm, "a.csv", log).await, @r#"
    events: 4 read, 3 stored, 0 known, 1 dropped
    - 1 cannot be read, line 3: a quote is never closed: 1715279521,"A,Two
    "#);
}

#[tokio::test]
async fn what_is_lost_with_the_end_of_a_file_is_counted_in_every_format() {
    let jspf = r#"{"playlist":{"title":"Mix","track":[{"title":"One","creator":"A"},{"title":"Tw"#;
    insta::assert_snapshot!(counts(ImportFormat::Jspf, "cut.jspf", jspf).await, @"
    playlists: 1 read, 0 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 1: stands in a file that ends or breaks in its middle
    ! cut.jspf ends in the middle, after its beginning; get it again, or import what is there
    ");
    let slice = r#"{"info":{},"playlists":[{"name":"Mix","pid":0,"tracks":[{"track_name":"One","artist_na"#;
    insta::assert_snapshot!(counts(ImportFormat::Mpd, "mpd.slice.0-0.json", slice).await, @"
    playlists: 1 read, 0 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 1: stands in a file that ends or breaks in its middle
    ! mpd.slice.0-0.json ends in the middle, after its beginning; get it again, or import what is there
    ");
    let xspf = "<playlist><title>Mix</title><trackList><track><title>One</title><creator>A</creator></track><track><tit";
    insta::assert_snapshot!(counts(ImportFormat::Xspf, "cut.xspf", xspf).await, @"
    playlists: 1 read, 0 stored, 0 known, 1 dropped
    tracks in playlists: 1 read, 0 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 1: stands in a file that ends or breaks in its middle
    - 1 stands in a file that ends or breaks in its middle, element 1: stands in a file that ends or breaks in its middle
    ! cut.xspf ends in the middle, after element 1; get it again, or import what is there
    ");
    insta::assert_snapshot!(counts(ImportFormat::M3u, "cut.m3u", "#EXTM3U\n#EXTINF:12").await, @"
    playlists: 1 read, 0 stored, 0 known, 1 dropped
    tracks in playlists: 1 read, 0 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, line 2: stands in a file that ends or breaks in its middle
    - 1 stands in a file that ends or breaks in its middle, line 2: stands in a file that ends or breaks in its middle
    ! cut.m3u ends in the middle, after line 2; get it again, or import what is there
    ");
    let list = "#EXTINF:12,A - One\none.mp3\n#EXTINF:13,A - Tw";
    insta::assert_snapshot!(counts(ImportFormat::M3u, "cut.m3u", list).await, @"
    playlists: 1 read, 0 stored, 0 known, 1 dropped
    tracks in playlists: 2 read, 0 stored, 0 known, 2 dropped
    - 1 stands in a file that ends or breaks in its middle, line 3: stands in a file that ends or breaks in its middle
    - 2 stands in a file that ends or breaks in its middle, line 3: stands in a file that ends or breaks in its middle
    ! cut.m3u ends in the middle, after line 3; get it again, or import what is there
    ");
}

#[tokio::test]
async fn a_bomb_is_recognised_while_it_unpacks() {
    // As large as a bomb has to be to be one, and no larger.
    let spaces = vec![b' '; 100 << 20];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("endsong_0.json", options).unwrap();
    archive.write_all(format!("[{},", good("One")).as_bytes()).unwrap();
    archive.write_all(&spaces).unwrap();
    archive.start_file("endsong_1.json", options).unwrap();
    archive.write_all(format!("[{}]", good("Two")).as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "bomb.zip", archive).await, @"
    events: 1 read, 1 stored, 0 known, 0 dropped
    ! bomb.zip/endsong_0.json unpacks to more than 67108864 bytes, which no honest file of its size does; unpack it by hand and look
    ! bomb.zip/endsong_1.json unpacks to more than 67108864 bytes, which no honest file of its size does; unpack it by hand and look
    ");
    let packed = gzip(&spaces);
    insta::assert_snapshot!(counts(ImportFormat::Csv, "bomb.csv.gz", packed).await, @"! bomb.csv.gz unpacks to more than 67108864 bytes, which no honest file of its size does; unpack it by hand and look");
}

#[tokio::test]
async fn a_million_levels_cost_one_row() {
    let deep = "{\"a\":".repeat(1_000_000) + "1" + &"}".repeat(1_000_000);
    let text = format!("[{},{deep},{}]", good("One"), good("Two"));
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "deep.json", text).await, @"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 has no title, artist or listener, element 2: has no title, artist or listener
    ");
    let arrays = "[".repeat(1_000_000);
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "open.json", arrays).await, @"
    events: 1 read, 0 stored, 0 known, 1 dropped
    - 1 stands in a file that ends or breaks in its middle, element 1: stands in a file that ends or breaks in its middle
    ! open.json ends in the middle, after its beginning; get it again, or import what is there
    ");
    let within =
        format!(r#"{{"playlist":{{"title":"x","track":[{deep},{{"title":"One","creator":"A"}}]}}}}"#);
    insta::assert_snapshot!(counts(ImportFormat::Jspf, "deep.jspf", within).await, @"
    playlists: 1 read, 1 stored, 0 known, 0 dropped
    tracks in playlists: 2 read, 1 stored, 0 known, 1 dropped
    - 1 has no title, artist or listener, element 1: has no title, artist or listener
    ");
}

#[tokio::test]
async fn a_name_of_ten_megabytes_costs_one_row() {
    let name = "x".repeat(10 << 20);
    let text = format!("[{},{},{}]", good("One"), good(&name), good("Two"));
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "long.json", text).await, @"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 has a name that is too long, element 2: its title has 10485760 characters, at most 1000 are taken
    ");
    let table = format!("artist,track,plays\nA,One,1\nA,{name},1\n{name},Two,1\nA,Two,1\n");
    insta::assert_snapshot!(counts(ImportFormat::Csv, "long.csv", table).await, @"
    events: 4 read, 2 stored, 0 known, 2 dropped
    - 2 has a name that is too long, line 3: its title has 10485760 characters, at most 1000 are taken
    ");
    let list = format!("#EXTINF:1,A - One\na.mp3\n#EXTINF:1,A - {name}\nb.mp3\n#EXTINF:1,A - Two\nc.mp3\n");
    insta::assert_snapshot!(counts(ImportFormat::M3u, "long.m3u", list).await, @"
    playlists: 1 read, 1 stored, 0 known, 0 dropped
    tracks in playlists: 3 read, 2 stored, 0 known, 1 dropped
    - 1 has a name that is too long, its beginning: its title has 10485760 characters, at most 1000 are taken
    ");
}

#[tokio::test]
async fn a_record_without_end_costs_itself_where_its_end_is_found() {
    let endless = "x".repeat(RECORD_LEN_MAX + 1);
    let text = format!("[{},{},{}]", good("One"), good(&endless), good("Two"));
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "long.json", text).await, @"
    events: 3 read, 2 stored, 0 known, 1 dropped
    - 1 larger than any honest record, element 2: larger than any honest record
    ");
    let log = format!("#AUDIOSCROBBLER/1.1\n{endless}\nA\tB\tC\t\t\tL\t1715279520\t\n");
    insta::assert_snapshot!(counts(ImportFormat::ScrobblerLog, "long.scrobbler.log", log).await, @"
    events: 2 read, 1 stored, 0 known, 1 dropped
    - 1 larger than any honest record, line 2: larger than any honest record
    ");
    let table = format!("artist,track,plays\nA,One,1\nA,\"{endless}");
    insta::assert_snapshot!(counts(ImportFormat::Csv, "long.csv", table).await, @"
    events: 2 read, 1 stored, 0 known, 1 dropped
    - 1 larger than any honest record, line 3: larger than any honest record
    ");
}

#[tokio::test]
async fn clocks_that_are_wrong_cost_their_rows() {
    let rows = [
        good("One"),
        play("Early", "1969-07-20T20:17:40Z"),
        play("Zero", "1970-01-01T00:03:20Z"),
        play("Late", "2024-06-01T01:00:01Z"),
        play("Almost", "2024-06-01T00:59:59Z"),
        play("Never", "when"),
        play("", "2024-05-09T18:35:30Z"),
    ];
    insta::assert_snapshot!(counts(ImportFormat::Spotify, "clock.json", format!("[{}]", rows.join(","))).await, @"
    events: 7 read, 2 stored, 0 known, 5 dropped
    - 1 has no time, element 3: has no time
    - 1 has a time that cannot be read, element 6: `when` is no time
    - 1 happened before 1970; check the clock or the unit of the time, element 2: happened before 1970; check the clock or the unit of the time
    - 1 happens in the future; check the clock or the unit of the time, element 4: happens in the future; check the clock or the unit of the time
    - 1 has no title, artist or listener, element 7: has no title, artist or listener
    ");
}

#[tokio::test]
async fn numbers_that_are_none_cost_themselves_and_not_their_row() {
    let fixture = Fixture::new().await;
    let text = "artist,track,energy,tempo,danceability\nA,One,NaN,inf,0.5\nA,Two,-0.1,1e9,0.5\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Csv, "features.csv", text).await, @"
    catalogue rows: 2 read, 2 stored, 0 known, 0 dropped
    - value 2 of energy, line 2: NaN
    - value 2 of tempo, line 2: inf
    ");
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["A"],"id":"t0","sound":{"danceability":0.5},"title":"One"}
    {"artists":["A"],"id":"t1","sound":{"danceability":0.5},"title":"Two"}
    "#);
}

#[tokio::test]
async fn a_file_that_breaks_does_not_keep_the_next_one_out() {
    let fixture = Fixture::new().await;
    let paths = [
        fixture.file("a.json", "not json"),
        fixture.file("b.json", format!("[{}", good("One"))),
        fixture.file("c.json", format!("[{}]", good("Two"))),
    ];
    let report = fixture.import(ImportFormat::Spotify, &paths).await;
    assert!(!report.is_whole());
    assert_eq!((report.files.len(), report.records.events.stored), (3, 2));
    insta::assert_snapshot!(fixture.counts(&report), @"
    events: 2 read, 2 stored, 0 known, 0 dropped
    ! a.json is not spotify: it does not begin as JSON does, with { or [; check the format, it reads plays and skips from the extended streaming history (Streaming_History_Audio_*.json, endsong_*.json) or the short account export (StreamingHistory*.json); the zip, its folder or single files
    ! b.json ends in the middle, after element 1; get it again, or import what is there
    ");
}
