//! The exponential function of many numbers.

use pulp::{Simd, WithSimd};

use super::arch;

/// Replaces each number by e to its power, to a relative error of some 1e-7 (three units in the last place).
///
/// Below −87 it is about 1e-38 and not 0, above 88 about 1e38 and not infinite; what is not a number becomes any.
#[inline]
pub fn exp(values: &mut [f32]) {
    arch().dispatch(Exp { values });
}

struct Exp<'a> {
    values: &'a mut [f32],
}

/// ln 2 in two parts, so that the multiple of it that is taken off is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// What is added and taken off again to round to a whole number, which then stands in the lowest bits.
const ROUND: f32 = 12_582_912.0;
/// The Taylor series of the exponential function without its first term, from the seventh power down; within ln 2 / 2
/// what is left out is below 1e-8.
const SERIES: [f32; 7] = [1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];

impl WithSimd for Exp<'_> {
    type Output = ();

    /// A plain loop without branches, which becomes vectors of whatever width is there.
    ///
    /// *Source*: Cody, Waite (1980), "Software manual for the elementary functions", chapter 6 (reduction to the
    /// nearest multiple of ln 2).
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for value in self.values {
            let x = value.clamp(-87.0, 88.0);
            let shifted = x * std::f32::consts::LOG2_E + ROUND;
            let power = shifted - ROUND;
            let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
            let series = SERIES.iter().fold(0.0_f32, |sum, term| sum * rest + term) * rest + 1.0;
            // The whole number as the exponent of a float.
            let scale = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
            *value = series * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_exact_function_over_its_whole_range() {
        let mut values: Vec<f32> = (-87_000..88_000).map(|thousandth| thousandth as f32 / 1_000.0).collect();
        let exact: Vec<f64> = values.iter().map(|&value| f64::from(value).exp()).collect();
        exp(&mut values);
        for (value, exact) in values.iter().zip(exact) {
            assert!((f64::from(*value) / exact - 1.0).abs() < 5e-7, "{value} instead of {exact}");
        }
        let mut ends = [0.0, -1e30, 1e30];
        exp(&mut ends);
        assert!(ends[0] == 1.0 && (0.0..1e-37).contains(&ends[1]) && ends[2] > 1e38);
    }
}
