//! Chance that repeats: numbers that depend on nothing but a seed and what they are drawn for.

/// A number from 0, included, to 1, not included.
pub(crate) fn uniform(seed: u64, salt: u64) -> f32 {
    let mixed = scramble(seed ^ scramble(salt));
    (mixed >> 40) as f32 / (1_u64 << 24) as f32
}

/// A number with mean 0 and variance 1, normally distributed.
///
/// *Source*: Box, Muller, "A note on the generation of random normal deviates", 1958.
pub(crate) fn normal(seed: u64, salt: u64) -> f32 {
    let radius = (-2.0 * (1.0 - uniform(seed, salt)).ln()).sqrt();
    radius * (std::f32::consts::TAU * uniform(seed, !salt)).cos()
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
const fn scramble(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_their_mean_and_spread() {
        let count = 20_000;
        let moments = |draw: fn(u64, u64) -> f32| {
            let draws = || (0..count).map(|salt| draw(7, salt));
            let mean = draws().sum::<f32>() / count as f32;
            (mean, draws().map(|value| (value - mean).powi(2)).sum::<f32>() / count as f32)
        };
        let (mean, variance) = moments(uniform);
        assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.003, "{mean} {variance}");
        let (mean, variance) = moments(normal);
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
