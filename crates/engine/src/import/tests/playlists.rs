//! Playlists: the Million Playlist Dataset, JSPF, XSPF, M3U.

use music::PlaylistEdit;
use music::Prompt;

use super::fixture::{Fixture, zip};
use crate::import::ImportFormat;
use crate::import::limits::PLAYLIST_TRACK_COUNT_MAX;

const SLICE: &str = r#"{"info":{"generated_on":"2017-12-03","slice":"0-999","version":"v1"},"playlists":[
{"name":"Throwbacks","description":"old","collaborative":"false","pid":0,"modified_at":1493424000,"num_tracks":2,"num_albums":2,"num_followers":3,"num_edits":6,"duration_ms":1,"num_artists":2,"tracks":[
 {"pos":1,"artist_name":"B","track_uri":"spotify:track:1bbbbbbbbbbbbbbbbbbbbb","artist_uri":"spotify:artist:1bbbbbbbbbbbbbbbbbbbbb","track_name":"Second","album_uri":"spotify:album:1bbbbbbbbbbbbbbbbbbbbb","duration_ms":198800,"album_name":"LP"},
 {"pos":0,"artist_name":"A","track_uri":"spotify:track:0aaaaaaaaaaaaaaaaaaaaa","artist_uri":"x","track_name":"First","album_uri":"","duration_ms":0,"album_name":""},
 {"pos":2,"artist_name":"","track_uri":"","track_name":"Nameless"}]},
{"name":7,"pid":1,"tracks":[]},
{"name":"Empty","pid":2,"collaborative":"true","num_followers":1,"tracks":[]}
]}"#;

#[tokio::test]
async fn mpd_playlists_belong_to_nobody_in_particular() {
    let fixture = Fixture::new().await;
    let archive = zip(&[("data/mpd.slice.0-999.json", SLICE.as_bytes()), ("README.md", b"no")]);
    insta::assert_snapshot!(fixture.show(ImportFormat::Mpd, "mpd.zip", archive).await, @r#"
    playlists: 3 read, 2 stored, 0 known, 1 dropped
    tracks in playlists: 3 read, 2 stored, 0 known, 1 dropped
    - 1 cannot be read, element 2: invalid type: integer `7`, expected a string at line 1 column 9
    - 1 has no title, artist or listener, element 1: has no title, artist or listener

    2017-04-29T00:00:00Z mpd playlists p0 created {"title":"Throwbacks","description":"old","kind":"own","follower_count":3,"edit_count":6}
    2017-04-29T00:00:00Z mpd playlists p0 added None: First by A; Second by B
    2024-06-01T00:00:00Z mpd playlists p1 created {"title":"Empty","kind":"own","collaborative":true,"follower_count":1}
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["A"],"id":"t0","title":"First"}
    {"artists":["B"],"duration":198800,"id":"t1","release":"LP","title":"Second"}
    "#);
}

#[tokio::test]
async fn a_listener_who_is_named_owns_the_playlists() {
    let fixture = Fixture::with(&["--listener", "anna"]).await;
    fixture.import(ImportFormat::Mpd, &[fixture.file("mine.json", SLICE)]).await;
    assert!(fixture.log().await.lines().all(|line| line.contains(" anna ")));
}

#[tokio::test]
async fn a_changed_playlist_is_edited_and_not_doubled() {
    let fixture = Fixture::new().await;
    let list = |titles: &[&str]| {
        let tracks: Vec<String> =
            titles.iter().map(|title| format!(r#"{{"title":"{title}","creator":"A"}}"#)).collect();
        format!(r#"{{"playlist":{{"title":"Mix","track":[{}]}}}}"#, tracks.join(","))
    };
    let path = fixture.file("mix.jspf", list(&["One", "Two"]));
    fixture.import(ImportFormat::Jspf, std::slice::from_ref(&path)).await;
    std::fs::write(&path, list(&["One", "Three", "Two"])).unwrap();
    let report = fixture.import(ImportFormat::Jspf, &[path]).await;
    let tracks = report.records.playlist_tracks;
    assert_eq!((tracks.stored, tracks.known), (1, 2));
    let last = fixture.events().await.pop().unwrap().event.prompt;
    assert!(
        matches!(&last, Prompt::PlaylistEdited { edit: PlaylistEdit::Added { index: Some(1), .. }, .. }),
        "{last:?}"
    );
}

#[tokio::test]
async fn jspf_keeps_identifiers_and_says_what_was_generated() {
    let fixture = Fixture::new().await;
    let text = r#"{"playlist":{"title":"Weekly Exploration","annotation":"<p>For <b>you</b></p>","creator":"u","date":"2024-05-06T00:00:00Z","identifier":"https://listenbrainz.org/playlist/b1a9c0e9-d987-4042-ae91-78d6a3267d69",
        "extension":{"https://musicbrainz.org/doc/jspf#playlist":{"public":true,"additional_metadata":{"algorithm_metadata":{"source_patch":"weekly-exploration"}}}},
        "track":[
            {"title":"Sinnerman","creator":"Nina Simone","album":"Pastel Blues","duration":619000,"identifier":["https://musicbrainz.org/recording/944465aa-0002-4000-8000-1ee9f7e1ab8a"],"extension":{"x":{"added_by":"u"}}},
            {"title":"Local","creator":"A","location":["A%20B/local.mp3"]},
            {"title":"Nameless"},
            {"title":["wrong"]}]}}"#;
    insta::assert_snapshot!(fixture.show(ImportFormat::Jspf, "weekly.jspf", text).await, @r#"
    playlists: 1 read, 1 stored, 0 known, 0 dropped
    tracks in playlists: 4 read, 2 stored, 0 known, 2 dropped
    - 1 cannot be read, element 1: invalid type: sequence, expected a string at line 1 column 9
    - 1 has no title, artist or listener, element 1: it has no artist

    2024-05-06T00:00:00Z me p0 created {"title":"Weekly Exploration","description":"For you","kind":"generated"}
    2024-05-06T00:00:00Z me p0 added None: Sinnerman by Nina Simone; Local by A
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["Nina Simone"],"duration":619000,"id":"t0","release":"Pastel Blues","title":"Sinnerman"}
    {"artists":["A"],"id":"t1","title":"Local"}
    "#);
}

#[tokio::test]
async fn xspf_is_read_with_its_entities() {
    let fixture = Fixture::new().await;
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- made by a player -->
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Rock &amp; &#82;oll</title><date>2024-05-06T00:00:00Z</date>
  <trackList>
    <track><location>music/one.mp3</location><title><![CDATA[A <Song>]]></title><creator>A &lt;3</creator><album>LP</album><duration>200000</duration>
      <extension application="x"><deep><title>not this</title></deep></extension></track>
    <track/>
    <track><identifier>https://musicbrainz.org/recording/944465aa-0002-4000-8000-1ee9f7e1ab8a</identifier></track>
  </trackList>
</playlist>"#;
    insta::assert_snapshot!(fixture.show(ImportFormat::Xspf, "rock.xspf", text).await, @r#"
    playlists: 1 read, 1 stored, 0 known, 0 dropped
    tracks in playlists: 3 read, 2 stored, 0 known, 1 dropped
    - 1 has no title, artist or listener, element 2: has no title, artist or listener

    2024-05-06T00:00:00Z me p0 created {"title":"Rock & Roll","kind":"own"}
    2024-05-06T00:00:00Z me p0 added None: A <Song> by A <3; mbid:944465aa-0002-4000-8000-1ee9f7e1ab8a by [unknown]
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["A <3"],"duration":200000,"id":"t0","release":"LP","title":"A <Song>"}
    {"artists":["[unknown]"],"id":"t1","title":"mbid:944465aa-0002-4000-8000-1ee9f7e1ab8a"}
    "#);
    let fixture = Fixture::new().await;
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><playlist><trackList><track><title>Hyperballad</title><creator>Bj\xF6rk</creator></track></trackList></playlist>";
    fixture.show(ImportFormat::Xspf, "bjork.xspf", latin).await;
    assert!(fixture.log().await.contains("Hyperballad by Björk"));
}

#[tokio::test]
async fn xspf_pulls_nothing_in_and_blows_nothing_up() {
    for (text, message) in [
        (
            "<!DOCTYPE playlist [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><playlist><title>&x;</title></playlist>",
            "bad.xspf is broken after its beginning: it has a document type; what stands before it is stored",
        ),
        (
            "<playlist><trackList><track><title>&lol;</title></track></trackList></playlist>",
            "bad.xspf is broken after its beginning: it uses an entity that XML does not know; what stands before it is stored",
        ),
        (
            "<playlist><trackList><track><title>A</title><creator>B</creator></track><track><tit",
            "bad.xspf ends in the middle, after element 1; get it again, or import what is there",
        ),
        (
            "<html><body/></html>",
            "bad.xspf is not xspf: it has no element `playlist` around it; check the format, it reads playlists in XSPF",
        ),
    ] {
        let fixture = Fixture::new().await;
        let report = fixture.import(ImportFormat::Xspf, &[fixture.file("bad.xspf", text)]).await;
        assert!(fixture.counts(&report).ends_with(&format!("! {message}\n")), "{}", fixture.counts(&report));
        assert!(fixture.events().await.is_empty(), "half a playlist is none");
    }
    let fixture = Fixture::new().await;
    let deep = "<playlist>".repeat(1_000_000);
    let report = fixture.import(ImportFormat::Xspf, &[fixture.file("deep.xspf", deep)]).await;
    assert!(fixture.counts(&report).contains("its elements lie too deep"));
}

#[tokio::test]
async fn m3u_lines_become_tracks_by_name_and_relative_path() {
    let fixture = Fixture::new().await;
    let text = "#EXTM3U\r\n#PLAYLIST:Morning\r\n\
        #EXTINF:619,Nina Simone - Sinnerman\r\nNina Simone/Pastel Blues/10 Sinnerman.flac\r\n\
        # a comment\r\n#EXTINF:-1,A - Absolute\r\n/home/somebody/Music/a.mp3\r\n\
        #EXTART:B\r\n#EXTALB:LP\r\n#EXTINF:12,Titled\r\n..\\up.mp3\r\n\
        only a path.mp3\r\n\
        https://radio.example/stream?key=secret\r\n";
    insta::assert_snapshot!(fixture.show(ImportFormat::M3u, "list.m3u8", text).await, @r#"
    playlists: 1 read, 1 stored, 0 known, 0 dropped
    tracks in playlists: 5 read, 4 stored, 0 known, 1 dropped
    - 1 has no title, artist or listener, line 13: has no title, artist or listener

    2024-06-01T00:00:00Z me p0 created {"title":"Morning","kind":"own"}
    2024-06-01T00:00:00Z me p0 added None: Sinnerman by Nina Simone; Absolute by A; Titled by B; only a path by [unknown]
    "#);
    insta::assert_snapshot!(fixture.tracks().await, @r#"
    {"artists":["Nina Simone"],"duration":619000,"id":"t0","title":"Sinnerman"}
    {"artists":["A"],"id":"t1","title":"Absolute"}
    {"artists":["B"],"duration":12000,"id":"t2","release":"LP","title":"Titled"}
    {"artists":["[unknown]"],"id":"t3","title":"only a path"}
    "#);
    let fixture = Fixture::new().await;
    fixture
        .show(ImportFormat::M3u, "old list.m3u", b"#EXTINF:200,Bj\xF6rk - J\xF3ga\nBj\xF6rk/joga.mp3\n")
        .await;
    let log = fixture.log().await;
    assert!(log.contains("Jóga by Björk") && log.contains("\"title\":\"old list\""), "{log}");
}

#[tokio::test]
async fn a_playlist_has_a_greatest_length() {
    let fixture = Fixture::new().await;
    let text: String = (0..PLAYLIST_TRACK_COUNT_MAX + 5).map(|_| "#EXTINF:1,A - B\na.mp3\n").collect();
    let report = fixture.import(ImportFormat::M3u, &[fixture.file("long.m3u", text)]).await;
    let tracks = report.records.playlist_tracks;
    assert_eq!((tracks.stored, tracks.dropped), (PLAYLIST_TRACK_COUNT_MAX as u64, 5));
    assert_eq!(report.new.tracks, 1);
}
