//! Plays, tags and all: the contest of collaborative filtering on a set that also tells what listeners call artists.
//!
//! # Protocol
//!
//! * A play is test when `(user · 7919 + artist) mod 10` is 0, by the ids in the files; all artists are ranked for every
//!   listener with a test play, train artists left out.
//! * Plays are ones: their numbers do not help here (the rule's measured neighbour model is worse with them).
//! * What a listener calls an artist is unknown where that play is hidden: who tags has played.

use super::{CfOptions, Said, Split, run};
use crate::error::LearnError;
use crate::eval::tagged::Tagged;
use crate::eval::{DataSet, EvalOptions, EvalReport, Meter};
use crate::metrics::Metric;
use crate::progress::Progress;
use crate::sparse::Sparse;

/// Artists that must have a tag for it to be a feature; rarer ones say nothing about other artists.
const ARTISTS_MIN: f32 = 5.0;

/// Runs the task.
pub(in crate::eval) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let split = split(Tagged::read(data)?)?;
    let at = |k| [Metric::Recall(k), Metric::Ndcg(k)];
    let options = CfOptions {
        task: "warm",
        data: data.name().to_owned(),
        seed: options.seed,
        choose_by: options.choose_by.unwrap_or(Metric::Ndcg(20)),
        models: options.models.clone(),
        metrics: at(20).into_iter().chain(at(10)).collect(),
        ..CfOptions::default()
    };
    run(&split, &options, meter, progress)
}

fn split(tagged: Tagged) -> Result<Split, LearnError> {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for listener in 0..tagged.plays.row_count() {
        let (artists, counts) = tagged.plays.row(listener);
        for (&artist, _) in artists.iter().zip(counts).filter(|&(_, &count)| count > 0.0) {
            let (user, id) = (tagged.listener_ids[listener], tagged.artist_ids[artist as usize]);
            let hash = user.wrapping_mul(7919).wrapping_add(id);
            let part = if hash.is_multiple_of(10) { &mut test } else { &mut train };
            part.push((listener as u32, artist, 1.0));
        }
    }
    for (what, part) in [("the train part", &train), ("the test part", &test)] {
        if part.is_empty() {
            return Err(LearnError::Empty { what });
        }
    }
    let shape = (tagged.plays.row_count(), tagged.plays.column_count());
    Ok(Split {
        train: Sparse::from_triplets(shape.0, shape.1, train)?,
        valid: None,
        test: Sparse::from_triplets(shape.0, shape.1, test)?,
        said: said(&tagged)?,
        listener_ids: tagged.listener_ids,
        item_ids: tagged.artist_ids,
    })
}

/// The taggings with tags that several artists have, numbered anew; none where there are none.
fn said(tagged: &Tagged) -> Result<Option<Said>, LearnError> {
    let pairs = tagged.taggings.iter().map(|tagging| (tagging.tag, tagging.artist, 1.0));
    let artists = Sparse::from_triplets(tagged.tag_count, tagged.artist_ids.len(), pairs)?;
    let mut feature_of = vec![None; tagged.tag_count];
    let mut feature_count = 0;
    for (tag, feature) in feature_of.iter_mut().enumerate() {
        if artists.row_len(tag) as f32 >= ARTISTS_MIN {
            *feature = Some(feature_count as u32);
            feature_count += 1;
        }
    }
    let entries = tagged
        .taggings
        .iter()
        .filter_map(|tagging| Some((tagging.listener, tagging.artist, feature_of[tagging.tag as usize]?)));
    Ok((feature_count > 0).then(|| Said { entries: entries.collect(), feature_count }))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::eval::{MemoryDataSet, NoMeter};

    fn data() -> MemoryDataSet {
        let (mut plays, mut tags) = (String::from("u a n\n"), String::from("u a t\n"));
        for listener in 0..30_u32 {
            for artist in (0..60_u32).filter(|artist| artist % 3 == listener % 3) {
                if (artist * 5 + listener * 7) % 4 != 0 {
                    writeln!(plays, "{listener} {artist} 3").unwrap();
                    writeln!(tags, "{listener} {artist} {}", artist % 3).unwrap();
                }
            }
        }
        writeln!(tags, "0 0 99").unwrap();
        MemoryDataSet::new("camps").with("user_artists.dat", plays).with("user_taggedartists.dat", tags)
    }

    #[test]
    fn test_plays_and_what_is_said_with_them_are_hidden() {
        let split = split(Tagged::read(&data()).unwrap()).unwrap();
        let said = split.said.as_ref().unwrap();
        assert_eq!(said.feature_count, 3, "one artist alone has tag 99");
        for row in 0..30 {
            for &item in split.test.row(row).0 {
                assert_eq!((row as u32 * 7919 + item) % 10, 0);
            }
        }
        let features = split.material(split.train.clone(), &split.test).unwrap().features.unwrap();
        let sayings = |item: u32| {
            let says = |row: &usize| split.train.row(*row).0.contains(&item);
            (0..30).filter(says).count() as f32
        };
        for item in 0..60_u32 {
            let count = features.row(item as usize).1.first().map_or(0.0, |value| value.exp_m1());
            assert!((count - sayings(item)).abs() < 1e-3, "{item}: {count}");
        }
    }

    #[test]
    fn features_take_part_where_there_are_tags() {
        let report = task(&data(), &EvalOptions::default(), &NoMeter, &mut |_| {}).unwrap();
        assert_eq!(report.task, "warm");
        let model = report.model("ials_features").unwrap();
        assert!(model.metrics["recall@20"] > 0.8, "{model:?}");
        let none =
            MemoryDataSet::new("none").with("user_artists.dat", "u a n\n").with("user_taggedartists.dat", "");
        assert!(matches!(
            task(&none, &EvalOptions::default(), &NoMeter, &mut |_| {}),
            Err(LearnError::Empty { .. })
        ));
    }
}
