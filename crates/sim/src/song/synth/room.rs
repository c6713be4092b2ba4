//! A small room: where a part stands, and how much of its echo is heard.
//!
//! *Source*: Schroeder, "Natural sounding artificial reverberation", 1962: combs in parallel, then all-passes.

use crate::song::Stereo;

/// The delays of the combs, in samples; those of the right are a little longer.
const COMBS: [usize; 4] = [1361, 1557, 1789, 2017];
const ALL_PASSES: [usize; 2] = [347, 113];
const RIGHT_LONGER: usize = 37;
const FEEDBACK: f32 = 0.74;
const DAMPING: f32 = 0.35;

/// From one channel to two; `pan` is 0 for left and 1 for right, `wet` the share of the echo.
pub(super) fn place(mono: &[f32], pan: f32, wet: f32) -> Stereo {
    let angle = pan * std::f32::consts::FRAC_PI_2;
    let gains = [angle.cos(), angle.sin()].map(|gain| gain * std::f32::consts::SQRT_2);
    let mut stereo: Stereo = mono.iter().map(|&sample| gains.map(|gain| gain * sample)).collect();
    if wet <= 0.0 {
        return stereo;
    }
    for side in 0..2 {
        let longer = side * RIGHT_LONGER;
        let mut combs = COMBS.map(|length| Comb { line: vec![0.0; length + longer], at: 0, low: 0.0 });
        let mut passes = ALL_PASSES.map(|length| AllPass { line: vec![0.0; length + longer], at: 0 });
        for (sample, out) in mono.iter().zip(&mut stereo) {
            let sum: f32 = combs.iter_mut().map(|comb| comb.next(*sample)).sum();
            let echo = passes.iter_mut().fold(0.25 * sum, |sample, pass| pass.next(sample));
            out[side] += wet * echo;
        }
    }
    stereo
}

struct Comb {
    line: Vec<f32>,
    at: usize,
    low: f32,
}

impl Comb {
    fn next(&mut self, sample: f32) -> f32 {
        let out = self.line[self.at];
        self.low = out + DAMPING * (self.low - out);
        self.line[self.at] = sample + FEEDBACK * self.low;
        self.at = (self.at + 1) % self.line.len();
        out
    }
}

struct AllPass {
    line: Vec<f32>,
    at: usize,
}

impl AllPass {
    fn next(&mut self, sample: f32) -> f32 {
        let delayed = self.line[self.at];
        let stored = sample + 0.5 * delayed;
        self.line[self.at] = stored;
        self.at = (self.at + 1) % self.line.len();
        delayed - 0.5 * stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_follows_and_dies_away() {
        let mut click = vec![0.0; 44_100];
        click[0] = 1.0;
        let heard = place(&click, 0.5, 0.2);
        let energy = |range: std::ops::Range<usize>| {
            heard[range].iter().flatten().map(|side| side * side).sum::<f32>()
        };
        assert!(energy(1000..8000) > 1e-3);
        assert!(energy(36_000..44_000) < 0.1 * energy(1000..9000));
        assert!(heard.iter().flatten().all(|side| side.is_finite()));
    }

    #[test]
    fn a_part_stands_where_it_is_put() {
        let left = place(&[1.0], 0.0, 0.0)[0];
        assert!(left[0] > 1.0 && left[1].abs() < 1e-6);
    }
}
