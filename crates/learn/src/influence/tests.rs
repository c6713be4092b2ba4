//! A world with listeners, hits, corners that few know, and somebody who wants a track heard.

use super::*;
use crate::ials::{Ials, IalsParams};
use crate::knn::{Bm25Params, fit_supported_item_knn};
use crate::top_k;

const LISTENERS: u32 = 1_200;
const TASTES: u32 = 6;
const ITEMS_PER_TASTE: u32 = 200;
/// The tracks of one obscure artist; [`FANS`] of the listeners know most of them.
const CORNER: std::ops::Range<u32> = 1_200..1_212;
const FANS: std::ops::Range<u32> = 100..140;
/// Two accounts of one person.
const TWINS: [u32; 2] = [500, 501];
/// What the attack is for.
const PUSHED: u32 = 1_212;
const ITEMS: usize = 1_213;

struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = mix(self.0);
        (self.0 % u64::from(limit)) as u32
    }
}

/// Listeners of six tastes with hits that most know and a long tail, without anybody who cheats.
fn honest(draws: &mut Draws) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for listener in 0..LISTENERS {
        let is_fan = FANS.contains(&listener);
        for _ in 0..if is_fan { 14 } else { 28 } {
            // The first items of a taste are its hits: place 0 is eight times as likely as one in the middle.
            let place = (0..3).map(|_| draws.below(ITEMS_PER_TASTE)).min().unwrap_or(0);
            let own = draws.below(4) > 0;
            let taste = if own { listener % TASTES } else { draws.below(TASTES) };
            pairs.push((listener, taste * ITEMS_PER_TASTE + place));
        }
        if is_fan {
            pairs.extend(CORNER.filter(|_| draws.below(10) < 7).map(|track| (listener, track)));
        }
    }
    let [one, other] = TWINS;
    let of_one: Vec<u32> = pairs.iter().filter(|pair| pair.0 == one).map(|pair| pair.1).collect();
    pairs.retain(|pair| pair.0 != other);
    pairs.extend(of_one.into_iter().filter(|_| draws.below(10) > 0).map(|item| (other, item)));
    pairs
}

/// What the fakes turn to besides the pushed track.
#[derive(Clone, Copy, Debug)]
enum Attack {
    /// The same thirty hits of all tastes, nine in ten of them each.
    Hits,
    /// Half of sixty tracks that few know, each fake another half.
    LittleKnown,
    /// Half of thirty tracks that few know, and ten hits that each fake draws anew.
    Disguised,
}

/// Tracks that few know, and those that most do.
fn tail(nth: u32) -> u32 {
    nth % TASTES * ITEMS_PER_TASTE + 150 + nth / TASTES
}

fn hit(nth: u32) -> u32 {
    nth % TASTES * ITEMS_PER_TASTE + nth / TASTES
}

/// The honest world, and the same with fakes.
fn attacked(attack: Attack, count: u32) -> (Sparse, Sparse) {
    let mut draws = Draws(5);
    let honest = honest(&mut draws);
    let fakes = fakes(attack, count, &mut draws);
    (matrix(honest.clone()), matrix(honest.into_iter().chain(fakes).collect()))
}

fn fakes(attack: Attack, count: u32, draws: &mut Draws) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for fake in LISTENERS..LISTENERS + count {
        pairs.push((fake, PUSHED));
        match attack {
            Attack::Hits => pairs.extend((0..30).filter(|_| draws.below(10) > 0).map(|n| (fake, hit(n)))),
            Attack::LittleKnown => {
                pairs.extend((0..60).filter(|_| draws.below(2) > 0).map(|n| (fake, tail(n))));
            }
            Attack::Disguised => {
                pairs.extend((0..30).filter(|_| draws.below(2) > 0).map(|n| (fake, tail(n))));
                pairs.extend((0..10).map(|_| (fake, hit(draws.below(120)))));
            }
        }
    }
    pairs
}

fn matrix(pairs: Vec<(u32, u32)>) -> Sparse {
    let rows = pairs.iter().map(|pair| pair.0 + 1).max().unwrap_or(0) as usize;
    let entries = pairs.into_iter().map(|(row, item)| (row, item, 1.0));
    Sparse::from_triplets(rows, ITEMS, entries).unwrap().map(|_, _, _| 1.0).unwrap()
}

/// Of each listener, what neighbours and what factors say of all items.
fn scores(learnt_from: &Sparse, say: &Say, mut look: impl FnMut(usize, [&[f32]; 2])) {
    let params = Bm25Params { shrink: 5.0, ..Bm25Params::default() };
    let neighbours = fit_supported_item_knn(learnt_from, &params, say, 50).unwrap();
    let params = IalsParams { dim: 16, epochs: 6, ..IalsParams::default() };
    let model = Ials::fit(&say.weigh(learnt_from).unwrap(), &params, &mut |_| {}).unwrap();
    let mut by_neighbours = vec![0.0; ITEMS];
    let mut by_factors = vec![0.0; ITEMS];
    for listener in 0..LISTENERS as usize {
        by_neighbours.fill(0.0);
        let known = learnt_from.row(listener).0;
        known.iter().for_each(|&item| neighbours.add_scores(item, 1.0, &mut by_neighbours));
        model.items.scores(model.rows.row(listener), &mut by_factors);
        look(listener, [&by_neighbours, &by_factors]);
    }
}

/// The mean over listeners of the reciprocal rank of the pushed track among what they do not know, and the share who
/// have it among their first twenty; by neighbours and by factors.
fn reach(matrix: &Sparse, say: &Say) -> [(f64, f64); 2] {
    let mut sums = [(0.0, 0.0); 2];
    scores(matrix, say, |listener, scores| {
        let known = matrix.row(listener).0;
        for (sum, scores) in sums.iter_mut().zip(scores) {
            let best = top_k(scores, ITEMS, |item| known.binary_search(&item).is_err());
            let rank = 1 + best.iter().position(|&(item, _)| item == PUSHED).unwrap();
            sum.0 += 1.0 / rank as f64;
            sum.1 += f64::from(u8::from(rank <= 20));
        }
    });
    sums.map(|(a, b)| (a / f64::from(LISTENERS), b / f64::from(LISTENERS)))
}

fn guarded(matrix: &Sparse) -> Say {
    Say::of(matrix, &InfluenceParams::default()).unwrap()
}

fn say_of(say: &Say, rows: std::ops::Range<u32>) -> f32 {
    rows.map(|row| say.weights[row as usize]).sum()
}

#[test]
fn fakes_that_play_a_track_with_the_hits_get_it_heard_and_with_the_guard_they_do_not() {
    for count in [12, 60, 240] {
        let (_, attacked) = attacked(Attack::Hits, count);
        let say = guarded(&attacked);
        let [without, _] = reach(&attacked, &Say::even(attacked.row_count()));
        // A track that nobody else knows is at the end of every list: its mean reciprocal rank is 1/1,200 by chance.
        assert!(without.0 > 0.01, "{count} fakes are no attack: {without:?}");
        if count >= 60 {
            assert!(without.1 > 0.1, "{count} fakes are no attack: {without:?}");
        }
        for (rank, share) in reach(&attacked, &say) {
            assert!(rank < 0.003 && share == 0.0, "{count} fakes: {rank} {share}");
        }
        let together = say_of(&say, LISTENERS..LISTENERS + count);
        assert!(together < 4.0, "{count} fakes count as {together}");
    }
}

#[test]
fn fakes_that_go_through_tracks_that_few_know_count_as_few() {
    for (attack, most) in [(Attack::LittleKnown, 0.05), (Attack::Disguised, 0.3)] {
        let (_, attacked) = attacked(attack, 240);
        let say = guarded(&attacked);
        let together = say_of(&say, LISTENERS..LISTENERS + 240);
        assert!(together < 240.0 * most, "{attack:?}: 240 fakes count as {together}");
        let [without, _] = reach(&attacked, &Say::even(attacked.row_count()));
        let [with, by_factors] = reach(&attacked, &say);
        assert!(with.0 < 0.7 * without.0, "{attack:?}: {without:?} {with:?}");
        assert!(with.1 == 0.0 && by_factors.1 == 0.0, "{attack:?}: {with:?} {by_factors:?}");
    }
}

#[test]
fn fans_of_an_obscure_artist_and_twins_keep_what_they_had() {
    let mut draws = Draws(7);
    let all = honest(&mut draws);
    // Two tracks of the corner are taken from each fan, and should come back.
    let is_hidden =
        |&(listener, item): &(u32, u32)| CORNER.contains(&item) && (listener + item).is_multiple_of(4);
    let (hidden, shown): (Vec<_>, Vec<_>) = all.into_iter().partition(is_hidden);
    let (hidden, shown) = (matrix(hidden), matrix(shown));
    let say = guarded(&shown);
    for twin in TWINS {
        assert_eq!(say.weights[twin as usize], 1.0);
    }
    let all_say = say_of(&say, 0..LISTENERS);
    assert!(all_say > 0.97 * LISTENERS as f32, "{all_say} of {LISTENERS}");
    let found = |say: &Say| {
        let (mut found, mut count) = ([0_usize; 2], 0);
        scores(&shown, say, |listener, scores| {
            let (known, wanted) = (shown.row(listener).0, hidden.row(listener).0);
            count += wanted.len();
            for (found, scores) in found.iter_mut().zip(scores) {
                let best = top_k(scores, 10, |item| known.binary_search(&item).is_err());
                *found += best.iter().filter(|(item, _)| wanted.contains(item)).count();
            }
        });
        found.map(|found| found as f64 / count as f64)
    };
    let (without, with) = (found(&Say::even(shown.row_count())), found(&say));
    assert!(without[0] > 0.8, "{without:?}");
    for (without, with) in without.into_iter().zip(with) {
        assert!(with > without - 0.02, "{without} of the hidden tracks were found, now {with}");
    }
}

#[test]
fn in_a_small_catalogue_where_all_know_nearly_everything_nobody_is_a_copy() {
    let mut draws = Draws(3);
    let pairs = (0..200).flat_map(|row| (0..40).map(move |item| (row, item)));
    let known: Vec<(u32, u32)> = pairs.filter(|_| draws.below(10) < 7).collect();
    let say = guarded(&matrix(known));
    assert!(say.weights.iter().all(|&weight| weight == 1.0), "{:?}", say.weights);
}

#[test]
fn an_account_with_a_hundred_thousand_plays_is_capped() {
    let heavy = (0..900).map(|item| (0, item, 100.0));
    let usual = (1..20).flat_map(|row| (0..10).map(move |item| (row, item * 37 + row * 11, 1.0)));
    let matrix = Sparse::from_triplets(20, 1_000, heavy.chain(usual)).unwrap();
    let say = guarded(&matrix);
    assert!((say.weights[0] * 90_000.0 - 300.0).abs() < 1.0, "{}", say.weights[0]);
    assert!(say.weights[1..].iter().all(|&weight| weight == 1.0));
    assert_eq!(say.support_min, 0.0, "a handful of accounts needs no support");
}

#[test]
fn what_a_sample_of_a_crowd_says_is_near_the_whole_of_it() {
    // A thousand accounts of the same twenty items and nine thousand that share nothing.
    let crowd = (0..1_000).flat_map(|row| (0..20).map(move |item| (row, item, 1.0)));
    let others =
        (1_000..2_000).flat_map(|row| (0..10).map(move |nth| (row, 20 + row * 10 + nth - 10_000, 1.0)));
    let matrix = Sparse::from_triplets(2_000, 10_100, crowd.chain(others)).unwrap();
    let say = guarded(&matrix);
    let together = say_of(&say, 0..1_000);
    assert!((2.5..3.5).contains(&together), "{together}");
    assert!(say.weights[1_000..].iter().all(|&weight| weight == 1.0));
}

#[test]
fn nothing_and_parameters_out_of_range() {
    let none = Sparse::from_triplets(3, 2, []).unwrap();
    assert_eq!(guarded(&none).weights, [1.0; 3]);
    let good = InfluenceParams::default();
    for bad in [
        InfluenceParams { total_cap: 0.0, ..good },
        InfluenceParams { alike_from: f32::NAN, ..good },
        InfluenceParams { alike_full: good.alike_from, ..good },
        InfluenceParams { alike_full: 1.5, ..good },
        InfluenceParams { alike_free: 0.5, ..good },
        InfluenceParams { support_min: -1.0, ..good },
    ] {
        assert!(Say::of(&none, &bad).is_err(), "{bad:?}");
    }
    assert!(Say::even(2).weigh(&none).is_err());
    assert_eq!((shared(&[], &[]), shared(&[1, 2], &[2, 3])), (0, 1));
}
