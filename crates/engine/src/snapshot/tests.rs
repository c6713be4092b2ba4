//! Snapshots that were damaged, and what serves instead.

use std::fs;
use std::path::{Path, PathBuf};

use learn::Neighbours;
use learn::popularity::Popularity;
use music::UnixMillis;
use recommend::{Models, SkipMeaning, SkipQuality};
use taste::circumstances::CIRCUMSTANCES;
use tempfile::TempDir;

use super::*;
use crate::error::EngineError;

const SCORES: [f32; 3] = [1.5, 2.5, 3.5];

/// Two items with discounts of their own.
fn factors() -> learn::ials::ItemModel {
    let factors = learn::Factors::new(2, vec![1.0, 0.0, 0.0, 0.5]).unwrap();
    let discounts = learn::ials::DiscountTable {
        item_weights: vec![0.5, 2.0],
        listener_exponent: 0.25,
        listener_weight_mean: 3.0,
    };
    let model =
        learn::ials::ItemModel::from_parts(factors, vec![1.0, 0.25], learn::ials::Penalties::default());
    model.unwrap().with_discounts(discounts).unwrap()
}

fn attributes() -> recommend::attributes::TrackAttributes {
    let by_tag = learn::Sparse::from_triplets(2, 3, [(0, 1, 0.25), (1, 0, 0.5)]).unwrap();
    let quality = recommend::attributes::AttributeQuality { auc: 0.75, calibration_error: 0.125 };
    recommend::attributes::TrackAttributes::from_parts(by_tag, vec![quality; 2]).unwrap()
}

/// Two segments, of which the second has no tracks that stand out.
fn segments() -> recommend::ListenerSegments {
    use learn::segments::{SegmentTable, Segments};
    use recommend::segments::SegmentTrack;

    let table = |count: usize, counts: &[(u32, u32, f32)]| {
        let counts = learn::Sparse::from_triplets(2, count, counts.iter().copied()).unwrap();
        SegmentTable::new(counts, 3.0).unwrap()
    };
    let track = SegmentTrack { track: music::TrackId::new(2), listener_count: 7, score: 1.5, lift: 2.0 };
    recommend::ListenerSegments {
        taste: Segments::from_parts(vec![30.0, 25.5], table(4, &[(0, 1, 9.0), (1, 3, 8.0)]), 20.0).unwrap(),
        tags: table(2, &[(0, 1, 4.0)]),
        regions: table(676, &[(0, 135, 20.0), (1, 82, 19.0)]),
        devices: table(9, &[]),
        day_parts: table(8, &[(1, 7, 0.5)]),
        tracks: vec![vec![track], Vec::new()],
    }
}

/// Says of every skip the same.
pub(crate) fn skip_meaning(evidence: f32) -> SkipMeaning {
    let leaf = learn::boost::Tree { nodes: Vec::new(), leaves: vec![0.25] };
    let trees = learn::boost::Boosted::from_parts(CIRCUMSTANCES.len(), 0.5, vec![leaf]).unwrap();
    let strength = learn::calibration::Isotonic::from_knots(vec![(0.75, -evidence)]).unwrap();
    let quality =
        SkipQuality { skip_count: 900, table: 0.6, context_free: 0.65, model: 0.75, surely_better_by: 0.1 };
    SkipMeaning::new(trees, strength, quality).unwrap()
}

fn models() -> Models {
    let popularity = Popularity::from_parts(SCORES.to_vec(), vec![0.0; 3], vec![1, 2, 3]).unwrap();
    let neighbours = Neighbours::from_parts(vec![0, 1, 2, 2], vec![1, 0], vec![0.5, 0.5]).unwrap();
    Models {
        track_popularity: Some(popularity),
        track_neighbours: Some(neighbours),
        track_factors: Some(factors()),
        track_attributes: Some(attributes()),
        questions: recommend::Questions {
            artists: vec![music::ArtistId::new(1)],
            tracks: vec![music::TrackId::new(2), music::TrackId::new(0)],
        },
        segments: Some(segments()),
        skip_meaning: Some(std::sync::Arc::new(skip_meaning(-0.5))),
        crowd: Some(learn::Sparse::from_triplets(2, 3, [(0, 1, 0.5), (1, 0, 2.0)]).unwrap()),
        ..Models::default()
    }
}

struct Fixture {
    home: TempDir,
    snapshots: SnapshotDirectory,
}

impl Fixture {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let snapshots = SnapshotDirectory::of(home.path());
        Self { home, snapshots }
    }

    fn publish(&self, at: i64) -> String {
        let created = UnixMillis::new(at);
        let published = self.snapshots.publish(&models(), Watermark::default(), Measured::default(), created);
        published.unwrap().name
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("snapshots").join(name)
    }

    fn loaded(&self) -> Option<String> {
        self.snapshots.load().map(|loaded| loaded.name.into())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.home.path().join("snapshots")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Changes one file of a snapshot.
fn edit(directory: &Path, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = directory.join(file);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Changes one file, and the manifest so that length and checksum are right for it.
fn forge(directory: &Path, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
    edit(directory, file, change);
    let bytes = fs::read(directory.join(file)).unwrap();
    edit(directory, "manifest.json", |text| {
        let mut manifest: Manifest = serde_json::from_slice(text).unwrap();
        let blake3 = blake3::hash(&bytes).to_hex().to_string();
        manifest.files.insert(file.to_owned(), ManifestFile { bytes: bytes.len() as u64, blake3 });
        *text = serde_json::to_vec(&manifest).unwrap();
    });
}

/// Puts `number` where the popularity has its first score.
fn put_number(bytes: &mut [u8], number: f32) {
    let wanted = SCORES[0].to_le_bytes();
    let at = bytes.windows(4).position(|window| window == wanted).unwrap();
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

const SKIPS: &str = "skips.json";
const POPULARITY: &str = "track_popularity.safetensors";
const NEIGHBOURS: &str = "track_neighbours.safetensors";
const SEGMENTS: &str = "segments.safetensors";

/// What happens, to which directory, and what is said of it.
type Damage = (&'static str, fn(&Path), &'static str);

/// What can happen to a snapshot, by name, and what is said of it.
fn damages() -> Vec<Damage> {
    vec![
        (
            "a byte is flipped",
            |snapshot| {
                edit(snapshot, POPULARITY, |bytes| *bytes.last_mut().unwrap() ^= 1);
            },
            "has another checksum than its manifest says",
        ),
        (
            "a file is cut short",
            |snapshot| edit(snapshot, NEIGHBOURS, |bytes| bytes.truncate(bytes.len() - 1)),
            "bytes instead of",
        ),
        ("a file is missing", |snapshot| fs::remove_file(snapshot.join(POPULARITY)).unwrap(), "cannot read"),
        (
            "a number is none, under a right checksum",
            |snapshot| forge(snapshot, POPULARITY, |bytes| put_number(bytes, f32::NAN)),
            "finite",
        ),
        (
            "a number is infinite, under a right checksum",
            |snapshot| forge(snapshot, POPULARITY, |bytes| put_number(bytes, f32::INFINITY)),
            "finite",
        ),
        (
            "a neighbour is out of range, under a right checksum",
            |snapshot| {
                forge(snapshot, NEIGHBOURS, |bytes| {
                    let wanted = [1_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
                    let at = bytes.windows(8).position(|window| window == wanted).unwrap();
                    bytes[at..at + 4].copy_from_slice(&77_u32.to_le_bytes());
                });
            },
            "of the snapshot is broken",
        ),
        (
            "a segment has fewer than no listeners, under a right checksum",
            |snapshot| {
                forge(snapshot, SEGMENTS, |bytes| {
                    let wanted = 25.5_f32.to_le_bytes();
                    let at = bytes.windows(4).position(|window| window == wanted).unwrap();
                    bytes[at..at + 4].copy_from_slice(&(-25.5_f32).to_le_bytes());
                });
            },
            "above zero",
        ),
        (
            "what skips mean falls where it should rise, under a right checksum",
            |snapshot| {
                forge(snapshot, SKIPS, |text| {
                    let said = String::from_utf8(text.clone()).unwrap();
                    *text = said.replace("[[0.75,0.5]]", "[[0.75,0.5],[0.8,0.1]]").into_bytes();
                });
            },
            "skips.json of the snapshot is broken",
        ),
        (
            "a tree of skips reads a number that is none of them, under a right checksum",
            |snapshot| {
                forge(snapshot, SKIPS, |text| {
                    let node = r#"{"nodes":[{"feature":99,"threshold":0.0,"left":-1,"right":-1,"mean":0.0}]"#;
                    let said = String::from_utf8(text.clone()).unwrap();
                    *text = said.replace(r#"{"nodes":[]"#, node).into_bytes();
                });
            },
            "skips.json of the snapshot is broken",
        ),
        (
            "an artifact is unknown",
            |snapshot| {
                fs::write(snapshot.join("other.safetensors"), b"").unwrap();
                forge(snapshot, "other.safetensors", |_| ());
            },
            "is no artifact that this program knows",
        ),
        (
            "the manifest is missing",
            |snapshot| fs::remove_file(snapshot.join("manifest.json")).unwrap(),
            "cannot read",
        ),
        (
            "the manifest is cut short",
            |snapshot| edit(snapshot, "manifest.json", |bytes| bytes.truncate(20)),
            "manifest.json of the snapshot is broken",
        ),
        (
            "a manifest leads out of its directory",
            |snapshot| {
                edit(snapshot, "manifest.json", |text| {
                    let said = String::from_utf8(text.clone()).unwrap();
                    *text = said.replace(POPULARITY, "../other").into_bytes();
                });
            },
            "is no file name",
        ),
        (
            "it is of another format",
            |snapshot| {
                edit(snapshot, "manifest.json", |text| {
                    let mut manifest: Manifest = serde_json::from_slice(text).unwrap();
                    manifest.format = 99;
                    *text = serde_json::to_vec(&manifest).unwrap();
                });
            },
            "format 99",
        ),
    ]
}

#[test]
fn what_was_published_is_read_as_it_was() {
    let fixture = Fixture::new();
    assert!(fixture.snapshots.load().is_none());
    let name = fixture.publish(5);
    let loaded = fixture.snapshots.load().unwrap();
    assert_eq!(*loaded.name, *name);
    assert_eq!(loaded.models.track_popularity, models().track_popularity);
    assert_eq!(loaded.models.track_neighbours.unwrap().items(), [1, 0]);
    assert_eq!(loaded.models.track_factors, Some(factors()), "with the discounts that folding in needs");
    assert_eq!(loaded.models.track_attributes, Some(attributes()));
    assert_eq!(loaded.models.segments, Some(segments()));
    assert_eq!(loaded.models.skip_meaning.as_deref(), Some(&skip_meaning(-0.5)));
    assert!(loaded.models.artist_factors.is_none(), "what was not learnt is not there");
}

#[test]
fn what_skips_mean_is_left_to_the_table_where_other_numbers_were_read() {
    let fixture = Fixture::new();
    let name = fixture.publish(5);
    forge(&fixture.path(&name), SKIPS, |text| {
        let said = String::from_utf8(text.clone()).unwrap();
        *text = said.replace("session distance", "weather").into_bytes();
    });
    assert!(fixture.snapshots.load().unwrap().models.skip_meaning.is_none());
}

#[test]
fn a_broken_snapshot_is_refused_and_the_one_before_it_serves() {
    for (what, damage, problem) in damages() {
        let fixture = Fixture::new();
        let (before, broken) = (fixture.publish(5), fixture.publish(6));
        damage(&fixture.path(&broken));
        assert_eq!(fixture.loaded().as_deref(), Some(&*before), "{what}");
        let health = fixture.snapshots.check();
        let of = |name: &str| health.iter().find(|health| health.name == name).unwrap();
        let error = of(&broken).state.as_ref().unwrap_err();
        assert!(error.to_string().contains(problem), "{what}: {error}");
        assert!(matches!(error, EngineError::BrokenSnapshot { .. } | EngineError::Io { .. }), "{what}");
        assert!(of(&broken).is_current && of(&before).state.is_ok(), "{what}");
        damage(&fixture.path(&before));
        assert_eq!(fixture.loaded(), None, "{what}: nothing is better than what is broken");
        let next = fixture.publish(7);
        assert_eq!(fixture.loaded(), Some(next), "{what}: training mends it");
    }
}

#[test]
fn a_crash_while_publishing_leaves_the_one_before_in_use() {
    let fixture = Fixture::new();
    let before = fixture.publish(5);
    // Written under its hidden name, and not renamed yet.
    let hidden = fixture.path(".s000000000000006");
    fs::create_dir(&hidden).unwrap();
    fs::write(hidden.join(POPULARITY), b"half").unwrap();
    assert_eq!(fixture.loaded().as_deref(), Some(&*before));
    // Whole under its name, and not pointed to yet.
    let later = fixture.publish(7);
    fs::write(fixture.path("CURRENT"), &before).unwrap();
    assert_eq!(fixture.loaded().as_deref(), Some(&*before));
    fs::write(fixture.path("CURRENT"), "../../etc").unwrap();
    assert_eq!(fixture.loaded(), Some(later), "a pointer to nowhere is none");
    fixture.publish(8);
    assert!(!hidden.exists(), "what a crash left behind is cleaned up");
}

#[test]
fn the_latest_three_are_kept_and_names_rise_when_the_clock_falls() {
    let fixture = Fixture::new();
    let names: Vec<String> = [50, 40, 30, 20, 10].into_iter().map(|at| fixture.publish(at)).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(fixture.names(), [&["CURRENT".to_owned()], &names[2..]].concat());
    assert_eq!(fixture.loaded().as_ref(), names.last());
}

#[test]
fn trees_come_back_as_they_were_and_a_snapshot_from_before_them_still_loads() {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use learn::boost::{Boosted, Node, Tree};
    use recommend::{Aim, Contest, Features, Ranking, Trees};

    let node = Node { feature: 2, threshold: 0.5, left: -1, right: -2, mean: 0.1 };
    let tree = Tree { nodes: vec![node], leaves: vec![-0.25, 0.5] };
    let trees = Trees::new(Boosted::from_parts(Features::width(), 0.0, vec![tree]).unwrap());
    let contest = Contest {
        listener_count: 50,
        weights: 0.25,
        trees: 0.5,
        surely_better_by: 0.125,
        best_source: "trending".to_owned(),
        source: 0.125,
    };
    let ranking = Ranking {
        trees: Some(Arc::new(trees.clone())),
        contest: Some(contest.clone()),
        ..Ranking::default()
    };
    let models = Models { ranking: BTreeMap::from([(Aim::Enjoy, ranking)]), ..models() };
    let files: BTreeMap<_, _> = artifact::encode(&models).unwrap().into_iter().collect();
    let read = artifact::decode(&files).unwrap();
    assert_eq!(read.ranking[&Aim::Enjoy].trees.as_deref(), Some(&trees));
    assert_eq!(read.ranking[&Aim::Enjoy].contest, Some(contest));

    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut stored: serde_json::Value = serde_json::from_slice(&files["ranking.json"]).unwrap();
        change(&mut stored["enjoy"]);
        let mut files = files.clone();
        files.insert("ranking.json".to_owned(), serde_json::to_vec(&stored).unwrap());
        artifact::decode(&files).map(|models| models.ranking[&Aim::Enjoy].clone())
    };
    let before = with(&|enjoy| {
        enjoy.as_object_mut().unwrap().retain(|key, _| key != "trees" && key != "contest");
    });
    assert!(before.unwrap().trees.is_none());
    let renamed = with(&|enjoy| enjoy["trees"]["features"][2] = "a_column_of_the_past".into());
    let renamed = renamed.unwrap();
    assert!(renamed.trees.is_none() && renamed.combination == recommend::Combination::default());
    let broken = with(&|enjoy| enjoy["trees"]["trees"][0]["nodes"][0]["feature"] = 9_999.into());
    assert!(matches!(broken, Err(EngineError::BrokenSnapshot { .. })), "{broken:?}");
}
