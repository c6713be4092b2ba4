//! Tables: mapping and inference, sums of plays, playlists, tags, opinions, Parquet.

use std::sync::Arc;

use parquet::data_type::{ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::fixture::{Fixture, gzip};
use crate::import::ImportFormat;

#[tokio::test]
async fn a_header_of_usual_names_needs_no_mapping() {
    let fixture = Fixture::with(&["--space", "set", "spotify_uri=track_id"]).await;
    let text = "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,danceability,energy,key,loudness,mode,valence,tempo,duration_ms\n\
        0aaaaaaaaaaaaaaaaaaaaa,First,A,66,1,LP,2019-06-14,Pop Mix,p1,pop,dance pop,0.748,0.916,6,-2.634,1,0.5,122.036,194754\n\
        1bbbbbbbbbbbbbbbbbbbbb,\"Second, Part 2\",B,67,2,EP,2012,Pop Mix,p1,pop,dance pop,nan,1.5,-1,-200,1,,inf,0\n\
        0aaaaaaaaaaaaaaaaaaaaa,First,A,66,1,LP,2019-06-14,Pop Mix,p2,rock,hard rock,0.748,0.916,6,-2.634,1,0.5,122.036,194754\n\
        2ccccccccccccccccccccc,First,A,66,1,LP,someday,Pop Mix,p1,pop,dance pop,0.748,0.916,6,-2.634,1,0.5,122.036,194754\n\
        0aaaaaaaaaaaaaaaaaaaaa,First,A,66,1,LP,2019-06-14,Pop Mix,p1,pop,electropop,0.1,,,,,,,\n";
    let path = fixture.file("songs.csv.gz", gzip(text.as_bytes()));
    let report = fixture.import(ImportFormat::Csv, &[path]).await;
    insta::assert_snapshot!(fixture.counts(&report) + &fixture.log().await, @r#"
    playlists: 2 read, 2 stored, 0 known, 0 dropped
    tracks in playlists: 5 read, 4 stored, 1 known, 0 dropped
    - value 1 of danceability, line 3: nan
    - value 1 of energy, line 3: 1.5
    - value 1 of loudness, line 3: -200
    - value 1 of tempo, line 3: inf
    - value 1 of key, line 3: -1
    - value 1 of release_date, line 5: someday
    2024-06-01T00:00:00Z set playlists p0 created {"title":"Pop Mix","kind":"shared"}
    2024-06-01T00:00:00Z set playlists p0 added None: First by A; Second, Part 2 by B; First by A
    2024-06-01T00:00:00Z set playlists p1 created {"title":"Pop Mix","kind":"shared"}
    2024-06-01T00:00:00Z set playlists p1 added None: First by A
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["A"],"duration":194754,"id":"t0","release":"LP","sound":{"danceability":0.7480000257492065,"energy":0.9160000085830688,"key":6.0,"loudness":-2.634000062942505,"mode":1.0,"tempo":122.03600311279297,"valence":0.5},"tags":["pop 1","dance pop 1","rock 1","hard rock 1","electropop 1"],"title":"First"}
    {"artists":["B"],"id":"t1","release":"EP","sound":{"mode":1.0},"tags":["pop 1","dance pop 1"],"title":"Second, Part 2"}
    {"artists":["A"],"duration":194754,"id":"t2","release":"LP","sound":{"danceability":0.7480000257492065,"energy":0.9160000085830688,"key":6.0,"loudness":-2.634000062942505,"mode":1.0,"tempo":122.03600311279297,"valence":0.5},"tags":["pop 1","dance pop 1"],"title":"First"}
    "#);
    let columns: Vec<String> = report.files[0]
        .columns
        .iter()
        .take(3)
        .map(|column| format!("{}={} {}", column.field, column.column, column.inferred))
        .collect();
    assert_eq!(columns, ["spotify_uri=track_id false", "track_id=track_id true", "track=track_name true"]);
}

#[tokio::test]
async fn a_data_set_of_several_tables_is_joined_by_its_ids() {
    let mut fixture = Fixture::with(&["--space", "hetrec", "artist_id=id", "artist=name"]).await;
    let artists = "id\tname\turl\n7\tThe \"Quoted\" Band\tx\n8\tBj\u{f6}rk\ty\n";
    let shown = fixture.show(ImportFormat::Tsv, "artists.dat", artists).await;
    insta::assert_snapshot!(shown, @"catalogue rows: 2 read, 2 stored, 0 known, 0 dropped");

    fixture.options = Fixture::with(&["--space", "hetrec", "plays=weight"]).await.options;
    let plays = "userID\tartistID\tweight\r\n2\t7\t13883\r\n2\t8\t5\r\n3\t9\t1\r\n3\t8\t0\r\n3\t8\tmany\r\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Tsv, "user_artists.dat", plays).await, @r#"
    events: 4 read, 3 stored, 0 known, 1 dropped
    catalogue rows: 1 read, 0 stored, 1 known, 0 dropped
    - 1 cannot be read, line 6: `many` is no number of plays

    2024-06-01T00:00:00Z hetrec/2 played_before The "Quoted" Band {"plays":13883}
    2024-06-01T00:00:00Z hetrec/2 played_before Björk {"plays":5}
    2024-06-01T00:00:00Z hetrec/3 played_before 9 {"plays":1}
    "#);

    let words = ["--space", "hetrec", "--encoding", "latin-1", "tag=tagID", "artist_id=artistID"];
    fixture.options = Fixture::with(&words).await.options;
    let names = fixture.file("tags.dat", b"tagID\ttagValue\n1\tCaf\xE9\n2\tseen live\n");
    let lookup = format!("tag={}:tagID:tagValue", names.display());
    fixture.options.table.lookups.push(lookup.parse().unwrap());
    let tags = "userID\tartistID\ttagID\tday\n2\t7\t1\t1\n3\t7\t1\t1\n3\t7\t2\t1\n3\t8\t1\t1\n3\t99\t1\t1\n3\t8\t5\t1\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Tsv, "tagged.dat", tags).await, @r#"
    tag rows: 6 read, 4 stored, 0 known, 2 dropped
    - 1 has no title, artist or listener, line 7: it has no tag, or one that the lookup table does not have
    - 1 known by an id only that the catalogue does not have; import the names first, line 6: there is no hetrec:99

    2024-06-01T00:00:00Z hetrec/2 played_before The "Quoted" Band {"plays":13883}
    2024-06-01T00:00:00Z hetrec/2 played_before Björk {"plays":5}
    2024-06-01T00:00:00Z hetrec/3 played_before 9 {"plays":1}
    "#);
    let catalogue = fixture.engine.catalogue().await;
    let shown: Vec<String> = catalogue
        .artists()
        .iter()
        .map(|artist| {
            let tags = artist.tags.iter();
            let tags: Vec<String> =
                tags.map(|tag| format!("{}: {}", catalogue.tag(tag.tag).unwrap().name, tag.weight)).collect();
            format!("{} [{}]", artist.name, tags.join(", "))
        })
        .collect();
    assert_eq!(shown, ["The \"Quoted\" Band [café: 1, seen live: 0.5]", "Björk [café: 1]", "9 []"]);
}

#[tokio::test]
async fn all_columns_from_one_on_are_pairs() {
    let words = ["--space", "set", "--delimiter", "space", "listener=1", "track_id=2.."];
    let fixture = Fixture::with(&words).await;
    let shown = fixture.show(ImportFormat::Csv, "train.txt", "0 11 12 11\n1 12\n2\n\n").await;
    insta::assert_snapshot!(shown, @r#"
    events: 4 read, 3 stored, 1 known, 0 dropped

    2024-06-01T00:00:00Z set/0 played_before set:11 by [unknown] {"plays":1}
    2024-06-01T00:00:00Z set/0 played_before set:12 by [unknown] {"plays":1}
    2024-06-01T00:00:00Z set/1 played_before set:12 by [unknown] {"plays":1}
    "#);
}

#[tokio::test]
async fn listens_have_times_skips_and_zones() {
    let fixture = Fixture::with(&["--utc-offset", "+01:00"]).await;
    let text = "user;artist;title;played_at;ms_played;skipped;isrc;duration_s\n\
        anna;A;One;2024-05-09 20:32;200000;false;USPH10400004;201.5\n\
        anna;A;Two;2024-05-09T20:32:00+02:00;1000;1;wrong;\n\
        ;A;Three;2024-05-09 20:32;;;;\n\
        anna;A;Four;;;;;\n\
        anna;A;Five;yesterday;;;;\n\
        anna;;Six;1715279520;;;;\n\
        anna;A;Seven;1969-05-09;;;;\n\
        anna;A;Eight;2050-05-09;;;;\n\
        anna;A;Nine;1715279520\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Csv, "listens.csv", text).await, @r#"
    events: 9 read, 3 stored, 0 known, 6 dropped
    - 2 has no title, artist or listener, line 4: has no title, artist or listener
    - 1 has no time, line 5: has no time
    - 1 has a time that cannot be read, line 6: `yesterday` is no time
    - 1 happened before 1970; check the clock or the unit of the time, line 8: happened before 1970; check the clock or the unit of the time
    - 1 happens in the future; check the clock or the unit of the time, line 9: happens in the future; check the clock or the unit of the time
    - value 1 of isrc, line 3: wrong

    2024-05-09T19:32:00Z anna played One by A {"played":200000} {"utc_offset_minutes":60}
    2024-05-09T18:32:00Z anna skipped Two by A {"played":1000} {"utc_offset_minutes":120}
    2024-05-09T18:32:00Z anna played Nine by A {"utc_offset_minutes":60}
    "#);
}

#[tokio::test]
async fn opinions_and_sums_stand_beside_each_other() {
    let fixture = Fixture::new().await;
    let text = "listener,artist,track,plays,liked,rating\n\
        anna,A,One,3,true,5\n\
        anna,A,Two,3.0,false,4.5\n\
        anna,A,Three,0,,\n\
        anna,A,Four,-1,yes,1\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Csv, "library.csv", text).await, @r#"
    events: 5 read, 4 stored, 0 known, 1 dropped
    catalogue rows: 1 read, 1 stored, 0 known, 0 dropped
    - 1 cannot be read, line 5: `-1` is no number of plays
    - value 1 of rating, line 3: 4.5

    2024-06-01T00:00:00Z anna liked One by A
    2024-06-01T00:00:00Z anna rated One by A {"stars":5}
    2024-06-01T00:00:00Z anna played_before One by A {"plays":3}
    2024-06-01T00:00:00Z anna played_before Two by A {"plays":3}
    "#);
    let fixture = Fixture::with(&["--no-header", "artist=1", "track=2", "rating=3", "timestamp=4"]).await;
    let shown =
        fixture.show(ImportFormat::Csv, "ratings.csv", "A,One,4,1715279520\nA,Two,,1715279520\n").await;
    insta::assert_snapshot!(shown, @r#"
    events: 1 read, 1 stored, 0 known, 0 dropped
    catalogue rows: 1 read, 1 stored, 0 known, 0 dropped

    2024-05-09T18:32:00Z me rated One by A {"stars":4}
    "#);
}

#[tokio::test]
async fn rows_of_a_playlist_may_lie_apart_and_have_places() {
    let fixture = Fixture::with(&["--space", "polimi"]).await;
    let text = "playlist_id,track_id,pos\n7,1,2\n8,5,0\n7,2,0\n7,1,9\n7,,1\n,1,1\n7,3,x\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Csv, "train.csv", text).await, @r#"
    playlists: 2 read, 2 stored, 0 known, 0 dropped
    tracks in playlists: 7 read, 5 stored, 0 known, 2 dropped
    - 2 has no title, artist or listener, line 6: has no title, artist or listener
    - value 1 of position, line 8: x

    2024-06-01T00:00:00Z polimi playlists p0 created {"title":"7","kind":"shared"}
    2024-06-01T00:00:00Z polimi playlists p0 added None: polimi:2 by [unknown]; polimi:1 by [unknown]; polimi:1 by [unknown]; polimi:3 by [unknown]
    2024-06-01T00:00:00Z polimi playlists p1 created {"title":"8","kind":"shared"}
    2024-06-01T00:00:00Z polimi playlists p1 added None: polimi:5 by [unknown]
    "#);
}

#[tokio::test]
async fn text_in_another_encoding_is_read_when_it_is_said() {
    let bytes = b"artist,track\nBj\xF6rk,J\xF3ga\n";
    let fixture = Fixture::new().await;
    let shown = fixture.show(ImportFormat::Csv, "latin.csv", bytes).await;
    insta::assert_snapshot!(shown, @"
    catalogue rows: 1 read, 0 stored, 0 known, 1 dropped
    - 1 cannot be read, line 2: it is not UTF-8; if the whole file is not, say its --encoding
    ");
    let fixture = Fixture::with(&["--encoding", "latin-1"]).await;
    fixture.show(ImportFormat::Csv, "latin.csv", bytes).await;
    assert!(fixture.tracks().await.contains("Jóga"));
}

#[tokio::test]
async fn parquet_columns_are_mapped_by_name() {
    let fixture = Fixture::with(&["listener=who"]).await;
    insta::assert_snapshot!(fixture.show(ImportFormat::Parquet, "listens.parquet", parquet()).await, @"
    events: 4 read, 2 stored, 0 known, 2 dropped
    - 2 has no title, artist or listener, row 2: has no title, artist or listener

    2024-05-09T18:32:00Z anna played One by A
    2024-05-09T18:48:40Z anna played One by A
    ");
    insta::assert_snapshot!(fixture.tracks().await, @r#"{"artists":["A"],"id":"t0","sound":{"energy":0.5},"title":"One"}"#);
    let cut = &parquet()[..200];
    let report = fixture.import(ImportFormat::Parquet, &[fixture.file("cut.parquet", cut)]).await;
    assert!(fixture.counts(&report).starts_with("! cut.parquet is not parquet: "));
}

/// A small table with a column of each type that matters, and one that is passed over.
pub(super) fn parquet() -> Vec<u8> {
    let schema = "message listens {
        required binary who (UTF8); required binary artist (UTF8); optional binary title (UTF8);
        required int64 played_at (TIMESTAMP(MICROS,true)); required double energy; repeated int64 list;
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    for group in 0..2 {
        let mut row_group = writer.next_row_group().unwrap();
        let texts = |values: [&str; 2]| values.map(|value| value.as_bytes().to_vec().into());
        for values in [["anna", "ben"], ["A", "B"]] {
            let mut column = row_group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&texts(values), None, None).unwrap();
            column.close().unwrap();
        }
        let mut column = row_group.next_column().unwrap().unwrap();
        column
            .typed::<ByteArrayType>()
            .write_batch(&texts(["One", "Two"])[..1], Some(&[1, 0]), None)
            .unwrap();
        column.close().unwrap();
        let mut column = row_group.next_column().unwrap().unwrap();
        let at = 1_715_279_520_000_000 + group * 1_000_000_000;
        column.typed::<Int64Type>().write_batch(&[at, at], None, None).unwrap();
        column.close().unwrap();
        let mut column = row_group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[0.5, f64::NAN], None, None).unwrap();
        column.close().unwrap();
        let mut column = row_group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[], Some(&[0, 0]), Some(&[0, 0])).unwrap();
        column.close().unwrap();
        row_group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

#[tokio::test]
async fn tags_beyond_those_that_are_kept_are_named_with_their_thing_and_line() {
    let fixture = Fixture::with(&[]).await;
    let often = (0..64).map(|number| format!("A,tag {number}\nA,tag {number}\n")).collect::<String>();
    let text = format!("artist,tag\nA,rare\n{often}");
    let report = fixture.import(ImportFormat::Csv, &[fixture.file("tags.csv", text)]).await;
    insta::assert_snapshot!(fixture.counts(&report), @"
    tag rows: 129 read, 128 stored, 0 known, 1 dropped
    - 1 beyond the tags that are kept: of each track or artist the 64 that were given most, line 2: `rare` on A
    ");
}

#[tokio::test]
async fn the_report_shows_what_the_names_of_listeners_look_like() {
    let fixture = Fixture::with(&["--space", "lastfm-2k"]).await;
    let text = "listener,artist,plays\n2,A,3\n3,A,4\n";
    let report = fixture.import(ImportFormat::Csv, &[fixture.file("plays.csv", text)]).await;
    assert_eq!(report.listener.as_deref(), Some("lastfm-2k/2"));
}
