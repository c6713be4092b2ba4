//! What says who somebody is does not reach the disk.

use super::fixture::{Fixture, zip};
use crate::import::ImportFormat;

/// Stands where exports have names of accounts, addresses and clients.
const CANARY: &str = "canary-4711";

#[tokio::test]
async fn account_names_addresses_and_clients_are_not_stored() {
    let fixture = Fixture::new().await;
    let spotify = format!(
        r#"[{{"ts":"2024-05-09T18:35:30Z","username":"{CANARY}","ip_addr":"{CANARY}","ip_addr_decrypted":"{CANARY}","user_agent_decrypted":"{CANARY}","platform":"Android OS 9 ({CANARY})","city":"{CANARY}","ms_played":200000,"master_metadata_track_name":"One","master_metadata_album_artist_name":"A"}}]"#
    );
    let members: [(&str, &[u8]); 2] =
        [("endsong_0.json", spotify.as_bytes()), ("Userdata.json", CANARY.as_bytes())];
    let listenbrainz = format!(
        r#"{{"listened_at":1715279520,"user_name":"{CANARY}","track_metadata":{{"artist_name":"A","track_name":"One","additional_info":{{"media_player":"{CANARY}","submission_client":"{CANARY}","listening_from":"{CANARY}"}}}}}}"#
    );
    let lastfm = format!(
        r##"{{"recenttracks":{{"@attr":{{"user":"{CANARY}"}},"track":[{{"artist":{{"#text":"A"}},"name":"One","date":{{"uts":"1715279520"}}}}]}}}}"##
    );
    let stats = format!("Artist;Album;AlbumId;Track;Date#{CANARY}\nA;;;One;1715279520000\n");
    let table = format!("username,ip,artist,track,plays\n{CANARY},{CANARY},A,One,3\n");
    let playlist = format!("#EXTM3U\n#EXTINF:1,A - One\n/home/{CANARY}/Music/one.mp3\n");
    let jspf = format!(
        r#"{{"playlist":{{"title":"Mix","creator":"{CANARY}","track":[{{"title":"One","creator":"A","location":"file:///home/{CANARY}/one.mp3","extension":{{"x":{{"added_by":"{CANARY}"}}}}}}]}}}}"#
    );
    let log = format!("#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/{CANARY}\nA\t\tOne\t\t200\tL\t1715279520\t\n");
    let maloja = format!(
        r#"{{"scrobbles":[{{"time":1715279520,"track":{{"artists":["A"],"title":"One"}},"origin":"client:{CANARY}"}}]}}"#
    );
    let imports: [(ImportFormat, &str, Vec<u8>); 9] = [
        (ImportFormat::Spotify, "my_data.zip", zip(&members)),
        (ImportFormat::Listenbrainz, "listens.jsonl", listenbrainz.into()),
        (ImportFormat::Lastfm, "recenttracks.json", lastfm.into()),
        (ImportFormat::Lastfm, "stats.csv", stats.into()),
        (ImportFormat::Csv, "plays.csv", table.into()),
        (ImportFormat::M3u, "list.m3u", playlist.into()),
        (ImportFormat::Jspf, "mix.jspf", jspf.into()),
        (ImportFormat::ScrobblerLog, ".scrobbler.log", log.into()),
        (ImportFormat::Maloja, "maloja.json", maloja.into()),
    ];
    for (format, name, bytes) in imports {
        let path = fixture.file(name, bytes);
        let report = fixture.import(format, &[path]).await;
        let stored = report.records.events.read + report.records.playlists.read;
        assert_eq!(stored, 1, "{format}: {}", fixture.counts(&report));
    }
    assert!(!fixture.log().await.contains(CANARY));
    let bytes = fixture.into_stored_bytes().await;
    assert!(bytes.windows(4).any(|window| window == b"Mix\""), "the files were really looked at");
    assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
}
