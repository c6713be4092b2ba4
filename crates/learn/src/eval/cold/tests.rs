use std::fmt::Write as _;

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

/// Two camps of listeners, 40 artists of each camp, tagged by their own camp; ids of artists run from 1 to 80.
fn data() -> MemoryDataSet {
    let (mut plays, mut tags) = (String::from("user artist plays\n"), String::from("user artist tag\n"));
    for listener in 0..24_u32 {
        for artist in (1..=80_u32).filter(|artist| artist % 2 == listener % 2) {
            if (artist * 7 + listener * 5) % 3 == 0 {
                writeln!(plays, "{listener} {artist} {}", 1 + artist % 5).unwrap();
            }
            if (artist * 11 + listener * 3) % 5 == 0 {
                writeln!(tags, "{listener} {artist} {}", 100 + artist % 2).unwrap();
            }
        }
    }
    MemoryDataSet::new("camps").with("user_artists.dat", plays).with("user_taggedartists.dat", tags)
}

fn run(data: &MemoryDataSet) -> Result<EvalReport, LearnError> {
    task(data, &EvalOptions::default(), &NoMeter, &mut |_| {})
}

#[test]
fn tags_and_who_gave_them_find_the_camp() {
    let data = MemoryDataSet::new("odd ids");
    assert!(matches!(run(&data), Err(LearnError::Missing { .. })));
    // Ids that end in 0 are even only, so the odd camp has no new artist to find: half of the listeners are asked.
    let report = run(&self::data()).unwrap();
    assert_eq!(report.models.len(), SIGNALS.len() + 2);
    assert!(report.protocol.contains("the 8 artists"), "{}", report.protocol);
    let ndcg = |name: &str| report.model(name).unwrap().metrics["ndcg@20"];
    assert!(ndcg("stack") > 0.0 && ndcg("stack") <= 1.0);
    assert_eq!(report.model("friends").unwrap().metrics["recall@20"], 1.0, "there are fewer than 20");
}

#[test]
fn own_tags_on_new_artists_say_nothing() {
    // Listener 0 alone tags artist 10, and plays it; without that tag nothing is known about it.
    let plays = "u a n\n0 10 5\n0 1 1\n1 1 1\n1 20 1\n1 2 1\n";
    let tags = "u a t\n0 10 7\n0 1 7\n1 20 7\n";
    let data = MemoryDataSet::new("own").with("user_artists.dat", plays).with("user_taggedartists.dat", tags);
    let tagged = Tagged::read(&data).unwrap();
    let world = World::new(&tagged, 0, &[]).unwrap();
    let queries = world.queries().unwrap();
    assert_eq!(queries[0].relevant, [0]);
    let rows: Vec<&[f32]> = queries[0].features.chunks_exact(SIGNALS.len()).collect();
    assert_eq!(rows[0], [0.0; 4], "artist 10 for its only tagger");
    assert!(rows[1][..3].iter().all(|&signal| signal > 0.0), "artist 20, tagged by one alike: {:?}", rows[1]);
    let other = &queries[1].features;
    assert!(other[0] > 0.0 && other[2] > 0.0, "artist 10 for listener 1: {other:?}");
}

#[test]
fn a_set_without_new_artists_is_refused() {
    let plays = "u a n\n0 11 5\n";
    let data = MemoryDataSet::new("none")
        .with("user_artists.dat", plays)
        .with("user_taggedartists.dat", "u a t\n0 11 7\n");
    assert!(matches!(run(&data), Err(LearnError::Empty { .. })));
}
