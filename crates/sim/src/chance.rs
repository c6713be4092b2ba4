//! Chance that can be repeated: streams of random numbers, and noise that belongs to a name.
//!
//! A stream has a purpose and an index, so adding a listener changes nothing about the others.
//! Noise is a pure function of what it is about, so a hidden truth needs no room in memory.

use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// What a stream or a noise is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Purpose {
    Styles = 1,
    Artists,
    Discography,
    Trends,
    Listeners,
    Playlists,
    Behaviour,
    Editorial,
    ActivePersona,
    ArtistFondness,
    TrackFondness,
    EventKeys,
    Response,
    Song,
    Friends,
    SceneHeroes,
    Tides,
    Visits,
    Experiment,
}

/// The stream of random numbers for one purpose and, within it, one thing.
pub(crate) fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(scramble(seed, purpose, [index, 0]))
}

/// A number without pattern that depends on all arguments.
///
/// *Source*: the finaliser of SplitMix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
pub(crate) fn scramble(seed: u64, purpose: Purpose, parts: [u64; 2]) -> u64 {
    [purpose as u64, parts[0], parts[1]].into_iter().fold(seed, |state, part| {
        let mut z = (state ^ part.wrapping_mul(0xff51_afd7_ed55_8ccd)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// Noise between 0 and 1, 1 excluded.
pub(crate) fn uniform_noise(seed: u64, purpose: Purpose, parts: [u64; 2]) -> f32 {
    (scramble(seed, purpose, parts) >> 40) as f32 / (1_u64 << 24) as f32
}

/// Noise of mean 0 and variance 1 between −3.5 and 3.5: four uniform parts added, which is near enough to normal.
pub(crate) fn normal_noise(seed: u64, purpose: Purpose, parts: [u64; 2]) -> f32 {
    let bits = scramble(seed, purpose, parts);
    let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
    // Four uniform parts have mean 2 and variance 1/3.
    (sum as f32 / 65_536.0 - 2.0) * 3.0_f32.sqrt()
}

/// Whether something of this probability happens; below 0 never, above 1 always.
pub(crate) fn happens(rng: &mut impl Rng, probability: f32) -> bool {
    rng.random::<f32>() < probability
}

/// A normal number.
pub(crate) fn normal(rng: &mut impl Rng, mean: f32, deviation: f32) -> f32 {
    let standard: f32 = StandardNormal.sample(rng);
    mean + deviation * standard
}

/// A positive number whose logarithm is normal.
pub(crate) fn log_normal(rng: &mut impl Rng, median: f32, deviation: f32) -> f32 {
    median * normal(rng, 0.0, deviation).exp()
}

/// A waiting time of this mean.
pub(crate) fn exponential(rng: &mut impl Rng, mean: f32) -> f32 {
    -mean * (1.0 - rng.random::<f32>()).ln()
}

/// How often something happens that happens `mean` times on average; at most 100 times.
///
/// *Source*: Knuth, "The Art of Computer Programming", volume 2, section 3.4.1.
pub(crate) fn poisson(rng: &mut impl Rng, mean: f32) -> u32 {
    let limit = (-mean).exp();
    let mut product = 1.0_f32;
    (0..100)
        .find(|_| {
            product *= rng.random::<f32>();
            product <= limit
        })
        .unwrap_or(100)
}

/// An index, each as probable as its weight; none where no weight is above 0.
pub(crate) fn weighted_index(rng: &mut impl Rng, weights: &[f32]) -> Option<usize> {
    let total: f32 = weights.iter().sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let mut left = rng.random::<f32>() * total;
    let chosen = weights.iter().position(|&weight| {
        left -= weight;
        left < 0.0 && weight > 0.0
    });
    // Rounding may leave a little over, which belongs to the last that can happen at all.
    chosen.or_else(|| weights.iter().rposition(|&weight| weight > 0.0))
}

/// One of `items`; none where there are none.
pub(crate) fn one_of<'a, T>(rng: &mut impl Rng, items: &'a [T]) -> Option<&'a T> {
    (!items.is_empty()).then(|| &items[rng.random_range(0..items.len())])
}

/// The logistic function: any number to 0..1.
pub(crate) fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |seed, purpose, index| stream(seed, purpose, index).random::<u64>();
        assert_eq!(first(1, Purpose::Artists, 2), first(1, Purpose::Artists, 2));
        assert_ne!(first(1, Purpose::Artists, 2), first(1, Purpose::Artists, 3));
        assert_ne!(first(1, Purpose::Artists, 2), first(1, Purpose::Styles, 2));
        assert_ne!(first(1, Purpose::Artists, 2), first(2, Purpose::Artists, 2));
    }

    #[test]
    fn noise_has_mean_zero_and_variance_one() {
        let noise: Vec<f32> = (0..20_000)
            .map(|index| normal_noise(7, Purpose::TrackFondness, [index % 100, index / 100]))
            .collect();
        let mean = noise.iter().sum::<f32>() / noise.len() as f32;
        let variance = noise.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / noise.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "mean {mean}, variance {variance}");
    }

    #[test]
    fn weights_decide_and_zero_never_happens() {
        let mut rng = stream(3, Purpose::Styles, 0);
        let mut counts = [0; 3];
        for _ in 0..4_000 {
            counts[weighted_index(&mut rng, &[1.0, 0.0, 3.0]).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((800..1200).contains(&counts[0]), "{counts:?}");
        assert_eq!(weighted_index(&mut rng, &[0.0, 0.0]), None);
        assert_eq!(weighted_index(&mut rng, &[]), None);
    }

    #[test]
    fn counts_have_their_mean() {
        let mut rng = stream(3, Purpose::Styles, 1);
        let total: u32 = (0..4_000).map(|_| poisson(&mut rng, 1.5)).sum();
        assert!((5_600..6_400).contains(&total), "{total}");
        assert_eq!(poisson(&mut rng, 0.0), 0);
    }
}
