//! Whatever bytes a file holds, reading it ends without a panic.

use std::path::PathBuf;

use music::UnixMillis;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::fixture::{gzip, zip};
use super::tables::parquet;
use crate::import::formats::Plan;
use crate::import::input::source_files;
use crate::import::reading::read_files;
use crate::import::report::ImportReport;
use crate::import::sink::{ByteCount, Sink};
use crate::import::table::Lookups;
use crate::import::{ImportError, ImportFormat, ImportOptions};

/// How often each format is tried.
const CASE_COUNT: u32 = 400;

/// Reads one file as the parser's thread does, and throws the records away.
fn read(format: ImportFormat, path: PathBuf) -> ImportReport {
    let mut options = ImportOptions { space: Some("fuzz".into()), ..ImportOptions::default() };
    if format.is_table() {
        options.table.mappings = vec!["artist=1".parse().unwrap(), "track_id=2".parse().unwrap()];
    }
    let (queue, mut chunks) = mpsc::channel(1);
    let drain = std::thread::spawn(move || while chunks.blocking_recv().is_some() {});
    let mut sink = Sink::new(queue, UnixMillis::new(1_717_200_000_000));
    let files = source_files(format, &[path]).unwrap();
    let plan = Plan { format, options, lookups: Lookups::default() };
    read_files(&files, &plan, &ByteCount::default(), &mut sink).unwrap();
    let report = sink.into_report();
    drain.join().unwrap();
    report
}

/// Files that are whole, so that damage reaches every part of a parser.
fn seeds(format: ImportFormat) -> Vec<Vec<u8>> {
    let texts: &[&str] = match format {
        ImportFormat::Spotify => &[
            r#"[{"ts":"2024-05-09T18:35:30Z","ms_played":200000,"master_metadata_track_name":"S\u00e9","master_metadata_album_artist_name":"A","spotify_track_uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6","skipped":true,"reason_end":"backbtn","platform":"ios","conn_country":"FR"}]"#,
            r#"[{"endTime":"2024-05-09 18:35","artistName":"A","trackName":"B","msPlayed":1}]"#,
        ],
        ImportFormat::Listenbrainz => &[
            r#"{"payload":{"listens":[{"listened_at":1715279520,"track_metadata":{"artist_name":"A","track_name":"B","additional_info":{"duration":"1","artist_mbids":["x"]},"mbid_mapping":{"artists":[{"artist_credit_name":"A"}]}}}]}}"#,
            "{\"score\":1,\"recording_mbid\":\"b1a9c0e9-d987-4042-ae91-78d6a3267d69\"}\n{\"listened_at\":1}\n",
        ],
        ImportFormat::Lastfm | ImportFormat::Librefm => &[
            r#"{"recenttracks":{"track":[{"artist":{"text":"A"},"name":"B","date":{"uts":"1"}}]}}"#,
            "uts,artist,track\n1715279520,\"A, B\",C\n",
            "1715279520\tA\tB\tC\t\t\t\n",
        ],
        ImportFormat::Maloja => &[
            r#"{"scrobbles":[{"time":1715279520,"track":{"artists":["A"],"title":"B","album":{"name":"C"}},"duration":1}]}"#,
        ],
        ImportFormat::ScrobblerLog => &["#AUDIOSCROBBLER/1.1\n#TZ/UTC\nA\tB\tC\t1\t200\tL\t1715279520\tx\n"],
        ImportFormat::Mpd => &[
            r#"{"playlists":[{"name":"A","pid":1,"modified_at":1,"tracks":[{"pos":0,"track_name":"A","artist_name":"B","duration_ms":1}]}]}"#,
        ],
        ImportFormat::Jspf => &[
            r#"{"playlist":{"title":"A","date":"2024-05-06","annotation":"<p>é</p>","track":[{"title":"A","creator":"B","identifier":["https://musicbrainz.org/recording/x"],"location":"a%20b"}]}}"#,
        ],
        ImportFormat::Xspf => &[
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><playlist><title>A &amp; &#66;</title><trackList><track><title><![CDATA[é]]></title><creator>B</creator><duration>1</duration></track></trackList></playlist>",
        ],
        ImportFormat::M3u => {
            &["#EXTM3U\n#PLAYLIST:A\n#EXTINF:12 x=\",\",A - é\na/../b%20.mp3\n#EXTALB:B\n/x\n"]
        }
        ImportFormat::Csv => &["artist,track_id,energy,plays\nA,\"1\"\"\",0.5,3\né,2,NaN,4\n"],
        ImportFormat::Tsv => &["artist\ttrack_id\ttimestamp\nA\t1\t2024-05-09\n"],
        ImportFormat::Parquet => &[],
    };
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    if format == ImportFormat::Parquet {
        seeds.push(parquet());
    } else {
        let name = match format {
            ImportFormat::Spotify => "endsong_0.json",
            ImportFormat::Xspf => "a.xspf",
            ImportFormat::M3u => "a.m3u",
            ImportFormat::ScrobblerLog => ".scrobbler.log",
            ImportFormat::Lastfm | ImportFormat::Librefm | ImportFormat::Csv => "a.csv",
            ImportFormat::Tsv => "a.tsv",
            _ => "a.json",
        };
        seeds.push(zip(&[(name, &seeds[0])]));
        seeds.push(gzip(&seeds[0]));
    }
    seeds
}

/// One piece of damage, or none of the file at all.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Replace(Vec<(prop::sample::Index, u8)>),
    Insert(prop::sample::Index, Vec<u8>),
    Noise(Vec<u8>),
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        let index = any::<prop::sample::Index>;
        prop_oneof![
            index().prop_map(Self::Cut),
            prop::collection::vec((index(), any::<u8>()), 1..4).prop_map(Self::Replace),
            (index(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, new)| Self::Insert(at, new)),
            (index(), "[\\[\\]{}\",:<>&;#\n\t\\\\%0-9]{1,6}")
                .prop_map(|(at, new)| Self::Insert(at, new.into_bytes())),
            prop::collection::vec(any::<u8>(), 1..200).prop_map(Self::Noise),
        ]
    }

    fn apply(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Replace(places) => {
                for (at, byte) in places {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
            }
            Self::Insert(at, new) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Noise(noise) => bytes.clone_from(noise),
        }
        bytes
    }
}

#[test]
fn damaged_files_of_every_format_are_read_without_a_panic() {
    let directory = TempDir::new().unwrap();
    for format in ImportFormat::ALL {
        let seeds = seeds(format);
        for seed in &seeds {
            let path = directory.path().join("whole");
            std::fs::write(&path, seed).unwrap();
            let report = read(format, path);
            assert!(report.is_whole(), "{format}: a file without damage is whole: {report:#?}");
        }
        let config = Config { cases: CASE_COUNT, failure_persistence: None, ..Config::default() };
        let cases = (any::<prop::sample::Index>(), Damage::any());
        let outcome = TestRunner::new(config).run(&cases, |(seed, damage)| {
            let path = directory.path().join("damaged");
            std::fs::write(&path, damage.apply(seed.get(&seeds).clone())).unwrap();
            let report = read(format, path);
            let crashed =
                report.files.iter().find(|file| matches!(file.error, Some(ImportError::Crashed { .. })));
            prop_assert!(crashed.is_none(), "{format} crashed");
            Ok(())
        });
        assert!(outcome.is_ok(), "{format}: {}", outcome.unwrap_err());
    }
}
