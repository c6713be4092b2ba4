//! The task on small playlists whose missing tracks are known.

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

/// Playlists of one of four kinds of music, ten tracks each.
fn small() -> MemoryDataSet {
    let (mut train, mut test) =
        ("playlist_id,track_id,pos\n".to_owned(), "playlist_id,track_id\n".to_owned());
    for playlist in 0..60 {
        for place in 0..10 {
            let track = (playlist % 4) * 15 + (playlist * 7 + place) % 15;
            if place == playlist % 10 {
                test += &format!("{playlist},{track}\n");
            } else {
                train += &format!("{playlist},{track},{place}\n");
            }
        }
    }
    let tracks: String = (0..60).map(|track| format!("{track},{},{},200\n", track / 3, track / 5)).collect();
    MemoryDataSet::new("small").with("train.csv", train).with("test.csv", test).with("tracks.csv", tracks)
}

fn run(data: &MemoryDataSet) -> Result<EvalReport, LearnError> {
    task(data, &EvalOptions::default(), &NoMeter, &mut |_| {})
}

#[test]
fn tracks_of_the_same_kind_come_first() {
    let report = run(&small()).unwrap();
    let best = report.model(&report.best).unwrap();
    assert!(best.metrics["recall@10"] > 0.9, "{report:?}");
    assert!(best.metrics["clicks"] < 0.2);
}

#[test]
fn bad_files_are_refused_with_their_line() {
    let error = run(&small().with("train.csv", "playlist_id,track_id,pos\n1,2\n")).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"train.csv line 2: too few cells: `1,2`; a line is `playlist_id,track_id,pos`");
    assert!(run(&small().with("train.csv", "")).is_err());
    assert!(run(&small().with("test.csv", "")).is_err());
    assert!(run(&small().with("tracks.csv", "1,x,2,3\n")).is_err());
    assert!(run(&small().with("playlists.csv", "1,NaN,2\n")).is_err());
}

#[test]
fn one_playlist_and_unknown_tracks_are_enough() {
    let data =
        MemoryDataSet::new("one").with("train.csv", "1,1,0\n1,2,1\n1,1,2\n").with("test.csv", "1,9\n2,1\n");
    let report = run(&data.with("tracks.csv", "1,1,1,100\n")).unwrap();
    assert!(report.models.iter().all(|model| model.metrics.values().all(|value| value.is_finite())));
}
