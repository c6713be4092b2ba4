use std::fmt::Write as _;

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

/// Four users, 160 ratings: satisfied in the morning with loud tracks, and in the evening with quiet ones.
fn data() -> MemoryDataSet {
    let numbers = "popularity,loudness,danceability,energy,speechiness,acousticness,instrumentalness,valence,tempo,duration,\
                   F0final_sma_amean,F0final_sma_stddev,audspec_lengthL1norm_sma_stddev,pcm_RMSenergy_sma_stddev,\
                   pcm_fftMag_psySharpness_sma_amean,pcm_fftMag_psySharpness_sma_stddev,pcm_zcr_sma_amean,pcm_zcr_sma_stddev";
    let mut tracks = format!(",item_id,key,{numbers},general_genre\n");
    for track in 0..20 {
        let loud = if track % 2 == 0 { -3 } else { -20 };
        writeln!(tracks, "{track},{track},{},50,{loud}{},rock", track % 12, ",1".repeat(16)).unwrap();
    }
    let mut ratings = String::from(
        "inter_id,user_id,item_id,timestamp,rating,emo_pre_valence,emo_pre_arousal,emo_post_valence\n",
    );
    let mut environment = serde_json::Map::new();
    let mut wrist = b"\x93NUMPY\x01\x00".to_vec();
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (160, 30, 4), }\n";
    wrist.extend((header.len() as u16).to_le_bytes());
    wrist.extend(header.as_bytes());
    for rating in 0..160_usize {
        let (track, morning) = (rating * 7 % 20, rating / 3 % 2 == 0);
        let stars = if (track % 2 == 0) == morning { 5 } else { 2 };
        writeln!(ratings, "{rating},{},{track},{},{stars},0.1,,0.9", 3 + rating % 4, 86_400 * rating)
            .unwrap();
        let place = json!({ "time": if morning { 1 } else { 3 }, "weather": [0, 1000, 20, 50], "GPS": [1.0, 2.0, 0.0] });
        environment.insert(rating.to_string(), place);
        wrist.extend([0.0_f64; 120].iter().flat_map(|number| number.to_le_bytes()));
    }
    MemoryDataSet::new("small")
        .with("Stage2/interactions.csv", ratings)
        .with("Stage2/env.json", Value::Object(environment).to_string())
        .with("Stage2/wrist.npy", wrist)
        .with("music_metadata/music_info.csv", tracks)
}

fn run(data: &MemoryDataSet) -> Result<EvalReport, LearnError> {
    task(data, &EvalOptions::default(), &NoMeter, &mut |_| {})
}

#[test]
fn what_depends_on_the_situation_is_seen_only_with_it() {
    let report = run(&data()).unwrap();
    let auc = |name: &str| report.model(name).unwrap().metrics["auc"];
    assert!(auc("forest") > 0.9, "{report:?}");
    assert!(auc("forest_no_situation") < 0.7, "{report:?}");
    assert!(auc("stack") > auc("user_mean"));
    assert!(report.protocol.starts_with("160 ratings by 4 users"), "{}", report.protocol);
}

#[test]
fn every_user_is_parted_seven_to_one_to_two() {
    let (samples, user_count) = read(&data()).unwrap();
    let parting = Parting::new(&samples, user_count, 101);
    for user in 0..user_count {
        let count = |part| parting.places(part).iter().filter(|&&place| samples[place].user == user).count();
        assert_eq!((count(Part::Fit), count(Part::Valid), count(Part::Test)), (28, 4, 8));
    }
}

#[test]
fn damaged_files_are_named() {
    let error = |file: &str, content: &[u8]| run(&data().with(file, content)).unwrap_err().to_string();
    for (file, content, named) in [
        ("Stage2/wrist.npy", &b"\x93NUMPY"[..], "not a NumPy file"),
        ("Stage2/wrist.npy", b"\x93NUMPY\x01\x00\xff\xff", "cut off"),
        ("Stage2/env.json", b"[1]", "env.json line 1"),
        ("Stage2/env.json", b"{}", "interaction 0"),
        ("music_metadata/music_info.csv", b"item_id\n", "lacks a column"),
    ] {
        let error = error(file, content);
        assert!(error.contains(named), "{file}: {error}");
    }
    assert!(matches!(run(&MemoryDataSet::new("none")), Err(LearnError::Missing { .. })));
}
