//! Histories of listening: Spotify, ListenBrainz, Last.fm, Libre.fm, Maloja, portable players.

use super::fixture::{Fixture, gzip, zip};
use crate::import::ImportFormat;

const SPOTIFY: &str = r#"[
{"ts":"2024-05-09T18:35:30Z","username":"u","platform":"Android OS 9 API 28 (X, Y)","ms_played":200000,"conn_country":"FR","ip_addr":"203.0.113.7","master_metadata_track_name":"Sinnerman","master_metadata_album_artist_name":"Nina Simone","master_metadata_album_album_name":"Pastel Blues","spotify_track_uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6","episode_name":null,"reason_start":"clickrow","reason_end":"trackdone","shuffle":false,"skipped":false,"offline":false,"offline_timestamp":null,"incognito_mode":false},
{"ts":"2024-05-09T18:35:42Z","ms_played":12400,"conn_country":"ZZ","master_metadata_track_name":"Four Women","master_metadata_album_artist_name":"Nina Simone","reason_start":"trackdone","reason_end":"fwdbtn","shuffle":true,"skipped":true,"offline":true,"incognito_mode":false},
{"ts":"2024-05-09T18:40:00Z","ms_played":20000,"master_metadata_track_name":"Four Women","master_metadata_album_artist_name":"Nina Simone","reason_start":"backbtn","reason_end":"backbtn","skipped":null,"incognito_mode":false},
{"ts":"2024-05-09T18:50:00Z","ms_played":25000,"master_metadata_track_name":"Interlude","master_metadata_album_artist_name":"Nina Simone","reason_start":"something new","reason_end":"trackdone","skipped":0},
{"ts":"2024-05-09T19:50:00Z","ms_played":25000,"master_metadata_track_name":"Secret","master_metadata_album_artist_name":"Nina Simone","incognito_mode":true},
{"ts":"2024-05-09T20:50:00Z","ms_played":1825000,"episode_name":"One","episode_show_name":"Show","spotify_episode_uri":"spotify:episode:1"},
{"ts":"2024-05-09T21:50:00Z","ms_played":1825000,"audiobook_title":"A Book","audiobook_uri":"spotify:show:1","audiobook_chapter_title":"I"},
{"ts":"2024-05-09T22:50:00Z","ms_played":0,"master_metadata_track_name":"Broken","master_metadata_album_artist_name":"Nina Simone","reason_end":"trackerror","skipped":false},
{"ts":"2024-05-09T23:50:00Z","ms_played":"much","master_metadata_track_name":"Wrong","master_metadata_album_artist_name":"Nina Simone"},
{"ts":"2024-05-09T23:55:00Z","ms_played":100,"master_metadata_track_name":null,"master_metadata_album_artist_name":null,"spotify_track_uri":"spotify:track:1"}
]"#;

#[tokio::test]
async fn spotify_plays_begin_before_their_end_and_short_ones_are_skips() {
    let fixture = Fixture::new().await;
    let shown = fixture.show(ImportFormat::Spotify, "endsong_0.json", SPOTIFY).await;
    insta::assert_snapshot!(shown, @r#"
    events: 10 read, 4 stored, 0 known, 6 dropped
    - 1 cannot be read, element 9: invalid value: another text, expected a number at line 1 column 47
    - 1 played in a private session, element 5: played in a private session
    - 1 a podcast or video, not music, element 6: a podcast or video, not music
    - 1 an audiobook, not music, element 7: an audiobook, not music
    - 1 could not be played, element 8: could not be played
    - 1 has no title, artist or listener, element 10: has no title, artist or listener

    2024-05-09T18:32:10Z me played Sinnerman by Nina Simone {"played":200000,"start":"chosen"} {"device":"phone","online":true,"region":"FR","shuffle":false}
    2024-05-09T18:35:29.6Z me skipped Four Women by Nina Simone {"played":12400,"start":"next"} {"online":false,"shuffle":true}
    2024-05-09T18:39:40Z me skipped Four Women by Nina Simone {"direction":"back","played":20000,"start":"back"}
    2024-05-09T18:49:35Z me played Interlude by Nina Simone {"played":25000}
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["Nina Simone"],"id":"t0","release":"Pastel Blues","title":"Sinnerman"}
    {"artists":["Nina Simone"],"id":"t1","title":"Four Women"}
    {"artists":["Nina Simone"],"id":"t2","title":"Interlude"}
    "#);
}

#[tokio::test]
async fn spotify_zips_and_folders_are_read_without_what_is_no_music() {
    let short = r#"[{"endTime":"2024-05-09 18:35","artistName":"Nina Simone","trackName":"Sinnerman","msPlayed":200000},
        {"endTime":"2024-05-09 18:36","artistName":"Nina Simone","trackName":"Four Women","msPlayed":2000}]"#;
    let fixture = Fixture::new().await;
    let members: [(&str, &[u8]); 4] = [
        ("Spotify Account Data/StreamingHistory_music_0.json", short.as_bytes()),
        ("Spotify Account Data/StreamingHistory_podcast_0.json", b"not json"),
        ("Spotify Account Data/Userdata.json", b"{\"username\":\"u\"}"),
        ("../../etc/StreamingHistory1.json", b"[]"),
    ];
    fixture.file("nested/my_data.zip", zip(&members));
    fixture.file("nested/readme.txt", "no history");
    let report = fixture.import(ImportFormat::Spotify, &[fixture.files()]).await;
    insta::assert_snapshot!(fixture.counts(&report) + &fixture.log().await, @r#"
    events: 2 read, 2 stored, 0 known, 0 dropped
    2024-05-09T18:31:40Z me played Sinnerman by Nina Simone {"played":200000}
    2024-05-09T18:35:58Z me skipped Four Women by Nina Simone {"played":2000}
    "#);
    let names: Vec<&str> =
        report.files.iter().map(|file| file.name.rsplit_once("my_data.zip/").unwrap().1).collect();
    assert_eq!(
        names,
        ["../../etc/StreamingHistory1.json", "Spotify Account Data/StreamingHistory_music_0.json"]
    );
}

const LISTEN: &str = r#"{"listened_at":1715279520,"user_name":"u","recording_msid":"x","track_metadata":{"artist_name":"Nina Simone","track_name":"Sinnerman","release_name":"Pastel Blues","additional_info":{"recording_mbid":"b1a9c0e9-d987-4042-ae91-78d6a3267d69","isrc":"USPH10400004","duration_ms":619000,"tags":["jazz"," "],"media_player":"m","spotify_id":"https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6"},"mbid_mapping":{"recording_mbid":"00000000-0000-4000-8000-000000000000","artists":[{"artist_mbid":"944465aa-0002-4000-8000-1ee9f7e1ab8a","artist_credit_name":"Nina Simone","join_phrase":""}]}}}"#;

#[tokio::test]
async fn listenbrainz_listens_and_feedback_are_read_from_an_export() {
    let fixture = Fixture::new().await;
    let listens = format!(
        "{LISTEN}\n{}\n\n{}\n{}\n",
        r#"{"listened_at":"1715279999","track_metadata":{"artist_name":"A & B","track_name":"Song","additional_info":{"recording_mbid":"not one","duration":"200"},"mbid_mapping":null}}"#,
        r#"{"listened_at":"oops"#,
        r#"{"listened_at":1715280000,"track_metadata":{"artist_name":"","track_name":"Nameless"}}"#,
    );
    let feedback = concat!(
        r#"{"recording_mbid":"b1a9c0e9-d987-4042-ae91-78d6a3267d69","score":1,"created":1715300000,"user_id":"u"}"#,
        "\n",
        r#"{"recording_mbid":"aaaaaaaa-d987-4042-ae91-78d6a3267d69","score":-1,"created":1715300000}"#,
        "\n",
        r#"{"recording_msid":"x","score":-1,"created":1715300001,"track_metadata":{"artist_name":"A & B","track_name":"Song"}}"#,
        "\n",
        r#"{"recording_msid":"x","score":0,"created":1715300002}"#,
        "\n",
        r#"{"recording_msid":"x","score":7}"#,
        "\n",
    );
    let members: [(&str, &[u8]); 3] = [
        ("feedback.jsonl", feedback.as_bytes()),
        ("user.json", b"{\"username\":\"u\"}"),
        ("listens/2024/5.jsonl", listens.as_bytes()),
    ];
    let shown = fixture.show(ImportFormat::Listenbrainz, "export.zip", zip(&members)).await;
    insta::assert_snapshot!(shown, @"
    events: 9 read, 4 stored, 0 known, 5 dropped
    - 2 cannot be read, line 4: EOF while parsing a string at line 1 column 20
    - 1 takes back an opinion that the file does not tell, line 4: takes back an opinion that the file does not tell
    - 1 has no title, artist or listener, line 5: has no title, artist or listener
    - 1 known by an id only that the catalogue does not have; import the names first, line 2: there is no mbid:aaaaaaaa-d987-4042-ae91-78d6a3267d69
    - value 1 of mbid, line 2: not one

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    2024-05-09T18:39:59Z me played Song by A & B
    2024-05-10T00:13:20Z me liked Sinnerman by Nina Simone
    2024-05-10T00:13:21Z me disliked Song by A & B
    ");
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["Nina Simone"],"duration":619000,"id":"t0","release":"Pastel Blues","tags":["jazz 1"],"title":"Sinnerman"}
    {"artists":["A & B"],"duration":200000,"id":"t1","title":"Song"}
    "#);
}

#[tokio::test]
async fn listenbrainz_lists_and_pages_say_the_same_as_lines() {
    for text in [
        format!("[{LISTEN}]"),
        format!(r#"{{"payload":{{"count":1,"user_id":"u","listens":[{LISTEN}],"latest_listen_ts":1}}}}"#),
        format!(r#"{{"listen_type":"import","payload":[{LISTEN}]}}"#),
        format!("{LISTEN}\n"),
        format!("\u{FEFF}  {LISTEN}"),
    ] {
        let fixture = Fixture::new().await;
        let report = fixture.import(ImportFormat::Listenbrainz, &[fixture.file("listens.json", &text)]).await;
        assert_eq!((report.records.events.stored, report.records.events.read), (1, 1), "{text}");
    }
}

#[tokio::test]
async fn lastfm_tables_are_read_in_the_forms_that_exporters_write() {
    let fixture = Fixture::new().await;
    let ghan = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n\
        \"1715279520\",\"09 May 2024, 18:32\",\"Nina Simone\",\"944465aa-0002-4000-8000-1ee9f7e1ab8a\",\"Pastel Blues\",\"\",\"Sinnerman\",\"b1a9c0e9-d987-4042-ae91-78d6a3267d69\"\n\
        \"0\",\"01 Jan 1970, 00:00\",\"Nina Simone\",\"\",\"\",\"\",\"Four Women\",\"\"\n\
        \"1715279999\",\"\",\"\",\"\",\"\",\"\",\"Nameless\",\"\"\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Lastfm, "recenttracks.csv", ghan).await, @"
    events: 3 read, 1 stored, 0 known, 2 dropped
    - 1 has no time, line 3: has no time
    - 1 has no title, artist or listener, line 4: has no title, artist or listener

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    ");

    let fixture = Fixture::new().await;
    let headless = "Nina Simone,Pastel Blues,Sinnerman,09 May 2024 18:32\n\"A, B\",,\"A \"\"Song\"\"\",09 May 2024 18:40\nshort,row\nA,,B,yesterday\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Lastfm, "me.csv", headless).await, @r#"
    events: 4 read, 2 stored, 0 known, 2 dropped
    - 1 has a time that cannot be read, line 4: `yesterday` is no time
    - 1 has no title, artist or listener, line 3: has no title, artist or listener

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    2024-05-09T18:40:00Z me played A "Song" by A, B
    "#);

    let fixture = Fixture::new().await;
    let stats = "Artist;Album;AlbumId;Track;Date#u\n\"Nina Simone\";\"Pastel Blues\";\"x\";\"Sinnerman\";\"1715279520000\"\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Lastfm, "lastfmstats.csv.gz", gzip(stats.as_bytes())).await, @"
    events: 1 read, 1 stored, 0 known, 0 dropped

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    ");
}

#[tokio::test]
async fn lastfm_pages_are_read_and_loved_tracks_are_likes() {
    let track = r##"{"artist":{"mbid":"","#text":"Nina Simone"},"streamable":"0","mbid":"","album":{"mbid":"","#text":"Pastel Blues"},"name":"Sinnerman","url":"https://x","date":{"uts":"1715279520","#text":"09 May 2024, 18:32"}}"##;
    let now = r##"{"artist":{"#text":"Nina Simone"},"name":"Four Women","@attr":{"nowplaying":"true"}}"##;
    for text in [
        format!(r#"{{"recenttracks":{{"track":[{now},{track}],"@attr":{{"user":"u","page":"1"}}}}}}"#),
        format!(r#"[{{"track":[{now}],"@attr":{{"user":"u"}}}},{{"track":{track}}}]"#),
        format!("[[{now}],[{track}]]"),
    ] {
        let fixture = Fixture::new().await;
        let shown = fixture.show(ImportFormat::Lastfm, "recenttracks.json", &text).await;
        let expected = "events: 2 read, 1 stored, 0 known, 1 dropped\n\
            - 1 still playing when the file was written, element 1: still playing when the file was written\n\n\
            2024-05-09T18:32:00Z me played Sinnerman by Nina Simone\n";
        assert_eq!(shown, expected, "{text}");
    }
    let loved = r#"{"lovedtracks":{"track":[{"artist":{"url":"x","name":"Nina Simone","mbid":""},"date":{"uts":"1715279520"},"mbid":"","name":"Sinnerman"}]}}"#;
    let stats = r#"{"username":"u","scrobbles":[{"track":"Sinnerman","artist":"Nina Simone","album":"Pastel Blues","albumId":"x","date":1715279520000}]}"#;
    let fixture = Fixture::new().await;
    let paths = [fixture.file("a.json", loved), fixture.file("b.json", stats)];
    let report = fixture.import(ImportFormat::Lastfm, &paths).await;
    assert_eq!(report.new.tracks, 1, "both are about one track");
    insta::assert_snapshot!(fixture.log().await, @"
    2024-05-09T18:32:00Z me liked Sinnerman by Nina Simone
    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    ");
}

#[tokio::test]
async fn librefm_lines_have_one_of_two_orders() {
    let fixture = Fixture::new().await;
    let lines = "1715279520\tSinnerman\tNina Simone\tPastel Blues\tb1a9c0e9-d987-4042-ae91-78d6a3267d69\t\t\n\
        1715279999\tA \"Song\tA\t\t\t\t\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Librefm, "exported_tracks.txt", lines).await, @r#"
    events: 2 read, 2 stored, 0 known, 0 dropped

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    2024-05-09T18:39:59Z me played A "Song by A
    "#);
    let fixture = Fixture::new().await;
    let old = "Nina Simone\tSinnerman\t2009-05-09T18:32:00Z\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::Librefm, "old.tsv", old).await, @"
    events: 1 read, 1 stored, 0 known, 0 dropped

    2009-05-09T18:32:00Z me played Sinnerman by Nina Simone
    ");
    let fixture = Fixture::new().await;
    let json = r#"[{"artist":"Nina Simone","name":"Sinnerman","timestamp":1715279520}]"#;
    insta::assert_snapshot!(fixture.show(ImportFormat::Librefm, "dump.json", json).await, @"
    events: 1 read, 1 stored, 0 known, 0 dropped

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone
    ");
}

#[tokio::test]
async fn maloja_scrobbles_keep_their_artists_apart() {
    let fixture = Fixture::new().await;
    let text = r#"{"maloja":{"export_time":1717000000},"scrobbles":[
        {"time":1715279520,"track":{"artists":["A","B"],"title":"Song","album":{"albumtitle":"LP","artists":["A"]},"length":200},"duration":180,"origin":"client:x","extra":{}},
        {"time":1715279999,"track":{"artists":[],"title":"Song"},"duration":null},
        {"time":1715280520,"artists":["A"],"title":"Old Form","album":null,"duration":200,"key":null},
        {"time":"late","track":{"artists":["A"],"title":"Song"}}]}"#;
    insta::assert_snapshot!(fixture.show(ImportFormat::Maloja, "maloja_export_1.json", text).await, @r#"
    events: 4 read, 2 stored, 0 known, 2 dropped
    - 1 cannot be read, element 4: invalid value: another text, expected a number at line 1 column 14
    - 1 has no title, artist or listener, element 2: has no title, artist or listener

    2024-05-09T18:32:00Z me played Song by A, B {"played":180000}
    2024-05-09T18:48:40Z me played Old Form by A
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["A","B"],"duration":200000,"id":"t0","release":"LP","title":"Song"}
    {"artists":["A"],"duration":200000,"id":"t1","title":"Old Form"}
    "#);
}

#[tokio::test]
async fn portable_players_log_listens_and_skips_in_the_zone_they_say() {
    let lines = "#CLIENT/Rockbox x\n\
        Nina Simone\tPastel Blues\tSinnerman\t10\t619\tL\t1715279520\tb1a9c0e9-d987-4042-ae91-78d6a3267d69\n\
        Nina Simone\t\tFour Women\t\t260\tS\t1715280520\n\
        \n\
        Nina Simone\t\tNo Clock\t\t260\tL\t0\t\n\
        Nina Simone\t\tWrong\t\t260\tX\t1715280520\t\n\
        garbage\n";
    let fixture = Fixture::with(&["--utc-offset", "+02:00"]).await;
    let utc = format!("#AUDIOSCROBBLER/1.1\n#TZ/UTC\n{lines}");
    insta::assert_snapshot!(fixture.show(ImportFormat::ScrobblerLog, ".scrobbler.log", utc).await, @r#"
    events: 5 read, 2 stored, 0 known, 3 dropped
    - 2 cannot be read, line 8: its rating is neither L nor S
    - 1 has no time, line 7: has no time

    2024-05-09T18:32:00Z me played Sinnerman by Nina Simone {"utc_offset_minutes":120}
    2024-05-09T18:48:40Z me skipped Four Women by Nina Simone {"utc_offset_minutes":120}
    "#);
    let fixture = Fixture::with(&["--utc-offset", "+02:00"]).await;
    let unknown = format!("#AUDIOSCROBBLER/1.0\n#TZ/UNKNOWN\n{lines}");
    fixture.show(ImportFormat::ScrobblerLog, ".scrobbler.log", unknown).await;
    insta::assert_snapshot!(fixture.log().await, @r#"
    2024-05-09T16:32:00Z me played Sinnerman by Nina Simone {"utc_offset_minutes":120}
    2024-05-09T16:48:40Z me skipped Four Women by Nina Simone {"utc_offset_minutes":120}
    "#);
}
