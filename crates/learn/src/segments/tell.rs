//! How many segments there are: as many as tell best what listeners like of whom little was shown.

use rand::seq::SliceRandom as _;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fit::{SegmentParams, fit};
use crate::error::LearnError;
use crate::factors::Factors;
use crate::sparse::Sparse;

/// One listener in so many is set aside to be told.
const APART_ONE_IN: u32 = 5;
/// Likes of theirs that are shown.
const SHOWN: usize = 3;

/// How well a number of segments tells what somebody likes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Telling {
    /// The number that was asked for.
    pub count: usize,
    /// By how much a liked item is more probable than by its fame alone: the mean logarithm, in nats.
    pub gain: f64,
}

impl Telling {
    /// The number of segments that tells best; none where no number tells more than fame does.
    pub fn best(tellings: &[Self]) -> Option<usize> {
        let best = tellings.iter().max_by(|a, b| a.gain.total_cmp(&b.gain).then(b.count.cmp(&a.count)))?;
        (best.gain > 0.0 && best.count > 1).then_some(best.count)
    }
}

/// Tries 2, 4, 8 and so on segments, to `params.count`, until twice as many tell less.
///
/// A fifth of the listeners is set aside; of each, three likes are shown and the others are to be told.
///
/// *Shape*: as [`fit`].
///
/// # Errors
/// As [`fit`], and when nobody is left on either side.
pub fn telling(
    likes: &Sparse,
    say: &[f32],
    vectors: &Factors,
    params: &SegmentParams,
) -> Result<Vec<Telling>, LearnError> {
    let mut random = ChaCha8Rng::seed_from_u64(params.seed);
    let mut kept = say.to_vec();
    let mut apart: Vec<Vec<u32>> = Vec::new();
    for (row, say) in kept.iter_mut().enumerate() {
        let is_apart = random.random_range(0..APART_ONE_IN) == 0;
        if is_apart && *say > 0.0 {
            *say = 0.0;
            let (items, values) = likes.row(row);
            let liked = items.iter().zip(values).filter(|(_, value)| **value > 0.0).map(|(&item, _)| item);
            let mut liked: Vec<u32> = liked.collect();
            liked.shuffle(&mut random);
            apart.extend((liked.len() > SHOWN).then_some(liked));
        }
    }
    if apart.is_empty() {
        return Err(LearnError::Empty { what: "the listeners to choose segments by" });
    }
    let mut tellings: Vec<Telling> = Vec::new();
    let mut count = 2;
    while count <= params.count {
        let segments = fit(likes, &kept, vectors, &SegmentParams { count, ..*params })?.segments;
        let gain = |liked: &Vec<u32>| {
            let shown: Vec<(u32, f32)> = liked[..SHOWN].iter().map(|&item| (item, 1.0)).collect();
            let odds = segments.posterior(&shown).probabilities();
            let lift = |item: u32| -> f64 {
                let of =
                    |(segment, odds): (usize, &f32)| odds * segments.table().ln_lift(segment, item).exp();
                f64::from(odds.iter().enumerate().map(of).sum::<f32>())
            };
            let gains = liked[SHOWN..].iter().map(|&item| lift(item).ln());
            gains.sum::<f64>() / (liked.len() - SHOWN) as f64
        };
        let gain = apart.iter().map(gain).sum::<f64>() / apart.len() as f64;
        let is_better = tellings.last().is_none_or(|before| gain > before.gain);
        tellings.push(Telling { count, gain });
        if !is_better {
            break;
        }
        count *= 2;
    }
    Ok(tellings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Listeners of so many camps, each of whom likes a third of thirty items of the own camp, by chance.
    fn crowd(camps: usize) -> (Sparse, Factors) {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut entries = Vec::new();
        for row in 0..400_usize {
            let liked = (0..30).filter(|_| random.random_range(0..3) == 0);
            entries.extend(liked.map(|item| (row as u32, (row % camps * 30 + item) as u32, 1.0)));
        }
        let likes = Sparse::from_triplets(400, camps * 30, entries).unwrap();
        let at = |row: usize| (0..camps).map(move |camp| f32::from(u8::from(row % camps == camp)));
        (likes, Factors::new(camps, (0..400).flat_map(at).collect()).unwrap())
    }

    #[test]
    fn as_many_segments_are_chosen_as_there_are_camps() {
        for camps in [2, 4] {
            let (likes, vectors) = crowd(camps);
            let tellings = telling(&likes, &[1.0; 400], &vectors, &SegmentParams::default()).unwrap();
            assert_eq!(Telling::best(&tellings), Some(camps), "{tellings:?}");
        }
    }

    #[test]
    fn where_all_are_alike_segments_tell_nothing() {
        let (likes, _) = crowd(1);
        let mut random = ChaCha8Rng::seed_from_u64(12);
        let noise: Vec<f32> = (0..800).map(|_| random.random_range(-1.0..1.0)).collect();
        let noise = Factors::new(2, noise).unwrap();
        let tellings = telling(&likes, &[1.0; 400], &noise, &SegmentParams::default()).unwrap();
        assert!(tellings.iter().all(|telling| telling.gain < 0.01), "{tellings:?}");
        assert!(telling(&likes, &[0.0; 400], &noise, &SegmentParams::default()).is_err());
        assert_eq!(Telling::best(&[]), None);
    }
}
