//! How much one account may say, so that nobody pushes an item with accounts that they made for it.
//!
//! Two things are limited: what a single account adds in all, and what accounts add together that are copies of one
//! another.
//! What stands behind an item is then the number of *independent* accounts, however many there are.
//!
//! Two accounts are alike in so far as they share more than chance lets accounts of their sizes share, the fame of every
//! item considered: a thousand people with one favourite hit are a thousand people, and in a small catalogue where all
//! know everything nobody is a copy.
//! Fans of one obscure artist share that corner and differ elsewhere, which stays below what counts as alike; where
//! nothing else is known of them than the corner, they are weighed like copies, all of them alike.
//!
//! It cannot tell copies that differ in most of what they turn to from people; [`Say::support_min`] and the shrinkage of
//! neighbour models are what holds these back.
//!
//! *Sources*: sharing one weight among the rows that are alike, Morcos and others (2011), "Direct-coupling analysis of
//! residue coevolution captures native contacts across many protein families", supplement (effective number of
//! sequences); agreement beyond chance, Cohen (1960), "A coefficient of agreement for nominal scales"; finding pairs,
//! Broder (1997), "On the resemblance and containment of documents"; weighing what a sample finds by how likely it was
//! found, Horvitz, Thompson (1952), "A generalization of sampling without replacement from a finite universe".

use rayon::prelude::*;

use crate::error::{LearnError, check_length, check_positive};
use crate::sparse::Sparse;

/// What is chosen before weighing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InfluenceParams {
    /// What all entries of an account may weigh, as a multiple of the median account's. *Range*: above 0.
    pub total_cap: f32,
    /// The agreement beyond chance from which on two accounts begin to count as one. *Range*: above 0 to below 1.
    pub alike_from: f32,
    /// The agreement from which on they count as one in full. *Range*: above `alike_from`, to 1.
    pub alike_full: f32,
    /// So many accounts that are alike keep their full say: a couple, a family, a person with two accounts.
    /// *Range*: 1 or more.
    pub alike_free: f32,
    /// Items that an account must have for it to be a copy of another: two short histories are alike by chance.
    pub item_count_min: usize,
    /// The support that two items need, in independent accounts; see [`Say::support_min`].
    pub support_min: f32,
    /// Accounts from which on support is asked for: among a handful nobody needs to be protected from the others.
    pub guarded_account_count: usize,
}

impl Default for InfluenceParams {
    /// The two ends of likeness were chosen among 0.25, 0.3 and 0.35 by the validation part of lastfm-hetrec-cf and this
    /// module's tests; there a support of 3 costs neighbours twice what 2 does. The others are judgements.
    fn default() -> Self {
        Self {
            total_cap: 30.0,
            alike_from: 0.3,
            alike_full: 0.6,
            alike_free: 3.0,
            item_count_min: 6,
            support_min: 2.0,
            guarded_account_count: 50,
        }
    }
}

/// What each account's word is worth, and how many must say a thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// One weight per account, above 0 to 1.
    pub weights: Vec<f32>,
    /// What the accounts that know two items must weigh together for these to be neighbours; 0 asks for nothing.
    pub support_min: f32,
}

impl Say {
    /// Everybody counts in full and nothing needs support.
    pub fn even(account_count: usize) -> Self {
        Self { weights: vec![1.0; account_count], support_min: 0.0 }
    }

    /// Weighs the accounts.
    ///
    /// *Shape*: `interactions` is `[accounts, items]`; entries that are zero say nothing, negative ones count by their
    /// absolute value.
    ///
    /// *Complexity*: [`BANDS`]·[`BAND_WIDTH`] hashes per entry, and for each account at most [`BANDS`]·[`COMPARED_MAX`]
    /// comparisons.
    ///
    /// # Errors
    /// When a parameter is out of its range.
    pub fn of(interactions: &Sparse, params: &InfluenceParams) -> Result<Self, LearnError> {
        params.check()?;
        let caps = caps(interactions, params.total_cap);
        let alike = alike_counts(interactions, params);
        let weight = |(cap, alike): (f32, f32)| (cap * (params.alike_free / alike).min(1.0)).max(WEIGHT_MIN);
        let has_any = |&row: &usize| interactions.row_len(row) > 0;
        let account_count = (0..interactions.row_count()).filter(has_any).count();
        let is_guarded = account_count >= params.guarded_account_count;
        Ok(Self {
            weights: caps.into_iter().zip(alike).map(weight).collect(),
            support_min: if is_guarded { params.support_min } else { 0.0 },
        })
    }

    /// The matrix with each row weighed.
    ///
    /// # Errors
    /// When there are other accounts in it.
    pub fn weigh(&self, interactions: &Sparse) -> Result<Sparse, LearnError> {
        check_length("accounts", self.weights.len(), interactions.row_count())?;
        interactions.map(|row, _, value| value * self.weights[row as usize])
    }
}

/// Rows that say as good as nothing still have a weight above 0, which models ask for.
const WEIGHT_MIN: f32 = 1e-6;
/// Bands of the sketch; accounts that agree in one of them are compared in full.
const BANDS: usize = 16;
/// Numbers per band: with 16 bands of 2, a pair that shares a third of what either has is met in 84 of 100 cases, and
/// what was missed is made up for by weighing what was met.
const BAND_WIDTH: usize = 2;
/// Accounts of one band that each is compared with, so that a crowd costs no square; they stand for the rest of the
/// band.
const COMPARED_MAX: usize = 16;

/// Standard deviations that chance is given: one pair in a thousand goes beyond by itself.
const DEVIATIONS_MIN: f32 = 3.0;

impl InfluenceParams {
    fn check(&self) -> Result<(), LearnError> {
        check_positive("total_cap", f64::from(self.total_cap))?;
        check_positive("alike_from", f64::from(self.alike_from))?;
        let ranges = [
            ("alike_full", self.alike_full, self.alike_full > self.alike_from, "above `alike_from`"),
            ("alike_full", self.alike_full, self.alike_full <= 1.0, "at most 1"),
            ("alike_free", self.alike_free, self.alike_free >= 1.0, "at least 1"),
            ("support_min", self.support_min, self.support_min >= 0.0, "not negative"),
        ];
        match ranges.into_iter().find(|(.., is_within, _)| !is_within) {
            Some((name, value, _, expected)) => {
                Err(LearnError::Parameter { name, value: f64::from(value), expected })
            }
            None => Ok(()),
        }
    }

    /// How far two accounts count as one, 0 to 1.
    fn oneness(&self, agreement: f32) -> f32 {
        ((agreement - self.alike_from) / (self.alike_full - self.alike_from)).clamp(0.0, 1.0)
    }
}

/// What brings the total of each account below the cap.
fn caps(interactions: &Sparse, total_cap: f32) -> Vec<f32> {
    let total = |row: usize| interactions.row(row).1.iter().map(|value| f64::from(value.abs())).sum::<f64>();
    let totals: Vec<f64> = (0..interactions.row_count()).map(total).collect();
    let mut sorted: Vec<f64> = totals.iter().copied().filter(|&total| total > 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let cap = sorted.get(sorted.len() / 2).map_or(0.0, |median| median * f64::from(total_cap));
    totals.iter().map(|&total| if total > cap { (cap / total) as f32 } else { 1.0 }).collect()
}

/// How many accounts each stands for, itself included: the sum of how far all others are one with it.
fn alike_counts(interactions: &Sparse, params: &InfluenceParams) -> Vec<f32> {
    let chance = Chance::of(interactions);
    let rows: Vec<u32> = (0..interactions.row_count() as u32)
        .filter(|&row| interactions.row_len(row as usize) >= params.item_count_min.max(1))
        .collect();
    let mut alike = vec![1.0; interactions.row_count()];
    for band in 0..BANDS {
        let key = |&row: &u32| {
            // Within a band in an order that nobody chose, so that those next to each other are a fair sample.
            (sketch(interactions.row(row as usize).0, band), mix(u64::from(row)), row)
        };
        let mut keyed: Vec<_> = rows.par_iter().map(key).collect();
        keyed.par_sort_unstable();
        let buckets: Vec<&[_]> =
            keyed.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1).collect();
        let found: Vec<Vec<(u32, f32)>> = buckets
            .par_iter()
            .map(|bucket| {
                let compared = COMPARED_MAX.min(bucket.len() - 1);
                let stands_for = (bucket.len() - 1) as f32 / compared as f32;
                let row = |place: usize| bucket[place % bucket.len()].2;
                let one = |place: usize| {
                    let others = (place + 1..=place + compared).map(row);
                    let met = others.map(|other| chance.met(interactions, (row(place), other), params));
                    (row(place), stands_for * met.sum::<f32>())
                };
                (0..bucket.len()).map(one).collect()
            })
            .collect();
        found.into_iter().flatten().for_each(|(row, sum)| alike[row as usize] += sum);
    }
    alike
}

/// What accounts share that know nothing of one another.
struct Chance {
    /// The probability that one draw of an account is this item.
    shares: Vec<f32>,
}

impl Chance {
    fn of(interactions: &Sparse) -> Self {
        let mut counts = vec![0_u32; interactions.column_count()];
        interactions.columns().iter().for_each(|&column| counts[column as usize] += 1);
        let total = interactions.entry_count().max(1) as f32;
        Self { shares: counts.into_iter().map(|count| count as f32 / total).collect() }
    }

    /// How far two accounts are one, over how often such a pair is met in all bands.
    fn met(&self, interactions: &Sparse, (a, b): (u32, u32), params: &InfluenceParams) -> f32 {
        let (a, b) = (interactions.row(a as usize).0, interactions.row(b as usize).0);
        let both = shared(a, b) as f32;
        let oneness = params.oneness(self.agreement(a, b, both));
        if oneness == 0.0 {
            return 0.0;
        }
        let resemblance = both / (a.len() as f32 + b.len() as f32 - both);
        oneness / (BANDS as f32 * resemblance.powi(BAND_WIDTH as i32))
    }

    /// What two accounts share beyond chance, as a share of what two of their sizes can share beyond chance.
    ///
    /// *Range*: at most 1.
    fn agreement(&self, a: &[u32], b: &[u32], both: f32) -> f32 {
        let (mut by_chance, mut variance) = (0.0, 0.0);
        for (items, draws) in [(a, b.len()), (b, a.len())] {
            for &item in items {
                let probability = (draws as f32 * self.shares[item as usize]).min(1.0);
                by_chance += 0.5 * probability;
                variance += 0.5 * probability * (1.0 - probability);
            }
        }
        if both - by_chance < DEVIATIONS_MIN * variance.sqrt() {
            return 0.0;
        }
        // The geometric mean of the sizes: a short history within a long one is no copy of it.
        let possible = ((a.len() * b.len()) as f32).sqrt() - by_chance;
        if possible > 0.5 { (both - by_chance) / possible } else { 0.0 }
    }
}

/// The items that both have; both ascend.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both
}

/// The smallest hashes of the items under the hash functions of a band, as one number.
fn sketch(items: &[u32], band: usize) -> u64 {
    (0..BAND_WIDTH).fold(0, |key, nth| {
        let salt = ((band * BAND_WIDTH + nth + 1) as u64) << 32;
        let smallest = items.iter().map(|&item| mix(u64::from(item) ^ salt)).min();
        mix(key ^ smallest.unwrap_or(u64::MAX))
    })
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
const fn mix(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests;
