//! The task on small playlists whose missing tracks are known.

use super::*;
use crate::eval::data_set::Draws;
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

#[test]
fn numbers_do_not_tell_which_tracks_are_tested() {
    let tracks: String = (0..9).map(|track| format!("{track},{track},1,100\n")).collect();
    let read = |test: &str| {
        let data = MemoryDataSet::new("small").with("train.csv", "1,0,0\n1,1,1\n1,2,2\n");
        Playlists::read(&data.with("test.csv", test).with("tracks.csv", &*tracks)).unwrap()
    };
    // Nobody has the tracks 5 and 8: their numbers come from the catalogue, whichever is asked for.
    let (one, other) = (read("1,8\n"), read("1,5\n"));
    assert!(one.test[0] > other.test[0], "{one:?} {other:?}");
    assert_eq!(one.tracks, other.tracks);
}

#[test]
fn a_playlist_of_fifty_thousand_tracks_is_read() {
    let mut data = small();
    let mut train = String::from_utf8({
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut data.open("train.csv").unwrap().unwrap(), &mut bytes).unwrap();
        bytes
    })
    .unwrap();
    (0..50_000).for_each(|place| train += &format!("99,{},{place}\n", place % 60));
    data = data.with("train.csv", train);
    let report = run(&data).unwrap();
    assert!(report.model(&report.best).unwrap().metrics["recall@10"] > 0.8, "{report:?}");
}

#[test]
fn playlists_that_were_right_about_others_weigh_more() {
    // Even playlists hold one kind of music by one artist; every other track of the odd ones is anything.
    let mut train = String::new();
    for row in 0..400_u32 {
        let draw = |place: u32| {
            let mixed = (row * 10 + place + 1).wrapping_mul(0x85eb_ca6b);
            let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
            (mixed ^ (mixed >> 16)) >> 3
        };
        let of_kind = |place: u32| row / 2 % 4 * 40 + draw(place) % 40;
        let track = |place: u32| {
            if (row * place).is_multiple_of(2) { of_kind(place) } else { draw(place) % 160 }
        };
        (0..10).for_each(|place| train += &format!("{row},{},{place}\n", track(place)));
    }
    let tracks: String =
        (0..160).map(|track| format!("{track},{},{},100\n", track / 4, track / 40)).collect();
    let data = MemoryDataSet::new("kinds").with("train.csv", train).with("test.csv", "1,500\n");
    let playlists = Playlists::read(&data.with("tracks.csv", tracks)).unwrap();
    let (shown, hidden) = playlists.hide();
    let worth = learn_worth(&playlists, &shown, &hidden, &(0..400).collect::<Vec<_>>()).unwrap();
    let weights = worth.weights(&playlists, &shown);
    let mean = |start: usize| weights.iter().skip(start).step_by(2).sum::<f32>() / 200.0;
    assert!(mean(0) > 1.2 * mean(1), "{} {}", mean(0), mean(1));
}

/// Random playlists of ten from 300 tracks; of each, two tracks are tested, which `turn` playlists earlier would have.
fn random(turn: usize) -> MemoryDataSet {
    let mut random = Draws(5);
    let playlists: Vec<Vec<u64>> = (0..300).map(|_| (0..10).map(|_| random.below(300)).collect()).collect();
    let (mut train, mut test) =
        ("playlist_id,track_id,pos\n".to_owned(), "playlist_id,track_id\n".to_owned());
    for row in 0..300 {
        for (place, track) in playlists[row][..8].iter().enumerate() {
            train += &format!("{row},{track},{place}\n");
        }
        for track in &playlists[(row + turn) % 300][8..] {
            test += &format!("{row},{track}\n");
        }
    }
    let tracks: String = (0..300).map(|track| format!("{track},{track},{},200\n", track / 3)).collect();
    MemoryDataSet::new("random").with("train.csv", train).with("test.csv", test).with("tracks.csv", tracks)
}

#[test]
fn targets_have_no_say_in_what_is_ranked() {
    let ranked = |turn: usize| {
        let playlists = Playlists::read(&random(turn)).unwrap();
        let learnt = learn(&playlists, 1, &NoMeter, &mut |_, _| {}).unwrap();
        let (way, _) = &learnt.ways[0];
        let weights = way.weights(&playlists, &playlists.train);
        let base = Base::fit(&playlists, &playlists.train, weights, 1).unwrap();
        let rows: Vec<usize> = (0..60).collect();
        let queries = base.queries(&playlists, &playlists.train, &playlists.test, &rows, 100);
        let lists = ranked(learnt.ranker.as_ref().expect("a ranker is learnt"), &queries);
        lists.into_iter().map(|(list, _)| list).collect::<Vec<_>>()
    };
    assert!(ranked(0) == ranked(1), "the lists differ with what is tested");
}

#[test]
fn where_nothing_can_be_known_nothing_is_found() {
    let report = run(&random(0)).unwrap();
    for model in &report.models {
        // Ten of 292 by chance; three times the standard error above.
        assert!(model.metrics["recall@10"] < 0.0342 + 0.022, "{}: {:?}", model.name, model.metrics);
    }
}
