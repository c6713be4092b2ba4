//! How much one account may say, so that nobody pushes a track with accounts that they made for it.
//!
//! Two things are limited: what a single account adds in all, and what accounts add together that are copies of one
//! another.
//! What stands behind an item is then the number of *independent* accounts, however many there are.
//! Accounts that differ in most of what they turn to count in full; so a thousand people with one favourite hit are a
//! thousand people.
//!
//! *Source of the way copies are found*: Broder (1997), "On the resemblance and containment of documents"; Leskovec,
//! Rajaraman, Ullman (2014), "Mining of Massive Datasets", section 3.4 (banding).

use rustc_hash::FxHashMap;

use crate::error::{LearnError, check_positive};
use crate::sparse::Sparse;

/// What is chosen before weighing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InfluenceParams {
    /// What all entries of an account may weigh, as a multiple of the median account's. *Range*: above 0.
    pub total_cap: f32,
    /// Two accounts are copies where they share so much of what either turned to. *Range*: above 0 to 1.
    pub likeness_min: f32,
    /// Items that an account must have for it to be a copy of another: two short histories are alike by chance.
    pub item_count_min: usize,
}

impl Default for InfluenceParams {
    /// Judgements, not tuned.
    fn default() -> Self {
        Self { total_cap: 30.0, likeness_min: 0.6, item_count_min: 8 }
    }
}

/// Bands of the sketch; accounts that agree in one of them are compared in full.
const BANDS: usize = 16;
/// Numbers per band: with 16 bands of 3 a pair of likeness 0.6 is found in 98 of 100 cases.
const BAND_WIDTH: usize = 3;
/// Accounts of one band that each is compared with, so that a crowd costs no square.
const COMPARED_MAX: usize = 32;

/// What the entries of each account are to be multiplied by.
///
/// *Shape*: `interactions` is `[accounts, items]`; entries that are zero say nothing, negative ones count by their absolute
/// value.
/// *Range*: above 0 to 1.
///
/// *Complexity*: 48 hashes per entry, and comparing accounts that look like copies.
///
/// # Errors
/// When a parameter is out of its range.
pub fn account_weights(interactions: &Sparse, params: &InfluenceParams) -> Result<Vec<f32>, LearnError> {
    check_positive("total_cap", f64::from(params.total_cap))?;
    check_positive("likeness_min", f64::from(params.likeness_min))?;
    let group_of = copies(interactions, params);
    let mut group_sizes = vec![0_u32; group_of.len()];
    group_of.iter().for_each(|&group| group_sizes[group as usize] += 1);
    let total = |row: usize| interactions.row(row).1.iter().map(|value| f64::from(value.abs())).sum::<f64>();
    let totals: Vec<f64> = (0..interactions.row_count()).map(total).collect();
    let mut sorted: Vec<f64> = totals.iter().copied().filter(|&total| total > 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let cap = sorted.get(sorted.len() / 2).map_or(0.0, |median| median * f64::from(params.total_cap));
    let weight = |(total, group): (&f64, &u32)| {
        let capped = if *total > cap { cap / total } else { 1.0 };
        (capped as f32 / group_sizes[*group as usize] as f32).max(f32::MIN_POSITIVE)
    };
    Ok(totals.iter().zip(&group_of).map(weight).collect())
}

/// The first account of the group of copies that each belongs to.
fn copies(interactions: &Sparse, params: &InfluenceParams) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..interactions.row_count() as u32).collect();
    let mut seen: FxHashMap<(usize, [u64; BAND_WIDTH]), Vec<u32>> = FxHashMap::default();
    for row in 0..interactions.row_count() {
        let items = interactions.row(row).0;
        if items.len() < params.item_count_min.max(1) {
            continue;
        }
        for (band, sketch) in sketch(items).into_iter().enumerate() {
            let others = seen.entry((band, sketch)).or_default();
            for &other in others.iter() {
                if root(&mut parent, other) != root(&mut parent, row as u32)
                    && likeness(items, interactions.row(other as usize).0) >= params.likeness_min
                {
                    let (a, b) = (root(&mut parent, other), root(&mut parent, row as u32));
                    parent[a.max(b) as usize] = a.min(b);
                }
            }
            if others.len() < COMPARED_MAX {
                others.push(row as u32);
            }
        }
    }
    (0..parent.len() as u32).map(|row| root(&mut parent, row)).collect()
}

fn root(parent: &mut [u32], mut row: u32) -> u32 {
    while parent[row as usize] != row {
        parent[row as usize] = parent[parent[row as usize] as usize];
        row = parent[row as usize];
    }
    row
}

/// The smallest hash of the items under each of many hash functions, in bands.
fn sketch(items: &[u32]) -> [[u64; BAND_WIDTH]; BANDS] {
    let mut smallest = [[u64::MAX; BAND_WIDTH]; BANDS];
    for &item in items {
        for (place, slot) in smallest.as_flattened_mut().iter_mut().enumerate() {
            *slot = (*slot).min(mix(u64::from(item) ^ ((place as u64 + 1) << 32)));
        }
    }
    smallest
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
const fn mix(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The share of the items of either that both have; both ascend.
fn likeness(a: &[u32], b: &[u32]) -> f32 {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both as f32 / (a.len() + b.len() - both).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ials::{Ials, IalsParams};
    use crate::knn::{Bm25Params, fit_item_knn};
    use crate::top_k;

    const LISTENERS: u32 = 1_000;
    const ITEMS: u32 = 400;
    const PUSHED: u32 = ITEMS;

    fn draw(state: &mut u64, limit: u64) -> u32 {
        *state = mix(*state);
        (*state % limit) as u32
    }

    /// Listeners of four tastes with hits that all know, and as many fakes as asked for: each has the track that is pushed
    /// and the same thirty hits, give or take a few.
    fn world(fakes: u32) -> Sparse {
        let mut state = 5;
        let mut entries = Vec::new();
        for listener in 0..LISTENERS {
            for _ in 0..25 {
                // The smaller of two draws: the first items of a taste are its hits.
                let place = draw(&mut state, 100).min(draw(&mut state, 100));
                let taste = if draw(&mut state, 5) == 0 { draw(&mut state, 4) } else { listener % 4 };
                entries.push((listener, taste * 100 + place, 1.0));
            }
        }
        for fake in LISTENERS..LISTENERS + fakes {
            entries.push((fake, PUSHED, 1.0));
            for hit in 0..30 {
                if draw(&mut state, 10) > 0 {
                    entries.push((fake, hit % 4 * 100 + hit / 4, 1.0));
                }
            }
        }
        let rows = (LISTENERS + fakes) as usize;
        let counts = Sparse::from_triplets(rows, ITEMS as usize + 1, entries).unwrap();
        counts.map(|_, _, _| 1.0).unwrap()
    }

    fn weighed(matrix: &Sparse) -> Sparse {
        let weights = account_weights(matrix, &InfluenceParams::default()).unwrap();
        matrix.map(|row, _, value| value * weights[row as usize]).unwrap()
    }

    /// The share of real listeners who are recommended the pushed track among ten, by neighbours and by factors.
    fn reach(learnt_from: &Sparse, histories: &Sparse) -> [f64; 2] {
        let params = Bm25Params { shrink: 1.0, ..Bm25Params::default() };
        let neighbours = fit_item_knn(learnt_from, &params, 50).unwrap();
        let params = IalsParams { dim: 16, epochs: 6, ..IalsParams::default() };
        let model = Ials::fit(learnt_from, &params, &mut |_| {}).unwrap();
        let mut hits = [0_u32; 2];
        let mut scores = vec![0.0; histories.column_count()];
        for listener in 0..LISTENERS as usize {
            let known = histories.row(listener).0;
            let look = |scores: &[f32]| {
                let best = top_k(scores, 10, |item| known.binary_search(&item).is_err());
                u32::from(best.iter().any(|&(item, _)| item == PUSHED))
            };
            scores.fill(0.0);
            known.iter().for_each(|&item| neighbours.add_scores(item, 1.0, &mut scores));
            hits[0] += look(&scores);
            model.items.scores(model.rows.row(listener), &mut scores);
            hits[1] += look(&scores);
        }
        hits.map(|hits| f64::from(hits) / f64::from(LISTENERS))
    }

    #[test]
    fn one_percent_of_fake_accounts_push_nothing() {
        let attacked = world(LISTENERS / 100);
        let [by_neighbours, by_factors] = reach(&attacked, &attacked);
        assert!(by_neighbours.max(by_factors) > 0.02, "the attack is none: {by_neighbours} {by_factors}");
        let [by_neighbours, by_factors] = reach(&weighed(&attacked), &attacked);
        assert!(by_neighbours < 0.005 && by_factors < 0.005, "{by_neighbours} {by_factors}");
    }

    #[test]
    fn real_listeners_keep_their_say_and_copies_share_one() {
        let weights = account_weights(&world(10), &InfluenceParams::default()).unwrap();
        let (real, fakes) = weights.split_at(LISTENERS as usize);
        let full = real.iter().filter(|&&weight| weight == 1.0).count();
        assert!(full >= real.len() * 99 / 100, "{full}");
        let together: f32 = fakes.iter().sum();
        assert!(together < 2.5, "ten fakes count as {together}");
    }

    #[test]
    fn an_account_with_a_hundred_thousand_plays_is_capped() {
        let heavy = (0..900).map(|item| (0, item, 100.0));
        let usual = (1..20).flat_map(|row| (0..10).map(move |item| (row, item * 37 + row * 11, 1.0)));
        let matrix = Sparse::from_triplets(20, 1_000, heavy.chain(usual)).unwrap();
        let weights = account_weights(&matrix, &InfluenceParams::default()).unwrap();
        assert!((weights[0] * 90_000.0 - 300.0).abs() < 1.0, "{}", weights[0]);
        assert!(weights[1..].iter().all(|&weight| weight == 1.0));
    }

    #[test]
    fn nothing_and_parameters_out_of_range() {
        let none = Sparse::from_triplets(3, 2, []).unwrap();
        assert_eq!(account_weights(&none, &InfluenceParams::default()).unwrap(), [1.0; 3]);
        let bad = InfluenceParams { total_cap: 0.0, ..InfluenceParams::default() };
        assert!(account_weights(&none, &bad).is_err());
        assert_eq!((likeness(&[], &[]), likeness(&[1, 2], &[2, 3])), (0.0, 1.0 / 3.0));
    }
}
