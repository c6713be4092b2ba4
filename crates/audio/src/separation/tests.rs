use std::convert::Infallible;

use music::analysis::Melody;
use music::unit::{Hertz, Seconds};

use super::*;

const RATE_HZ: u32 = 22_050;

/// A low tone, a high one that sings, and a click twice a second; left and right differ.
fn parts(seconds: f64) -> [Vec<f32>; 3] {
    let rate = f64::from(RATE_HZ);
    let count = (seconds * rate) as usize;
    let tone = |hertz: f64| -> Vec<f32> {
        (0..count).map(|n| 0.3 * (std::f64::consts::TAU * hertz * n as f64 / rate).sin() as f32).collect()
    };
    let mut state = 1_u32;
    let clicks = (0..count).map(|n| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
        let since = (n as f64 / rate) % 0.5;
        0.8 * noise * (-since * 150.0).exp() as f32
    });
    [tone(82.4), tone(523.25), clicks.collect()]
}

fn separated(left: &[f32], right: &[f32], melody: Melody, chunk: usize) -> Stems {
    let samples: Vec<f32> = left.iter().zip(right).flat_map(|(&l, &r)| [l, r]).collect();
    let mut all = Stems::default();
    let mut sink = |stems: &Stems| -> Result<(), Infallible> {
        all.samples.iter_mut().zip(&stems.samples).for_each(|(all, new)| all.extend_from_slice(new));
        Ok(())
    };
    let mut separator = Separator::new(melody, RATE_HZ, 2);
    for samples in samples.chunks(2 * chunk) {
        let block = Block { channel_count: 2, samples: samples.to_vec() };
        separator.push(&block, &mut sink).unwrap();
    }
    separator.finish(&mut sink).unwrap();
    all
}

fn mix(parts: &[Vec<f32>; 3]) -> Vec<f32> {
    (0..parts[0].len()).map(|n| parts.iter().map(|part| part[n]).sum()).collect()
}

fn melody(seconds: f64) -> Melody {
    Melody { hop: Seconds(0.01), hertz: vec![Hertz(523.25); (seconds * 100.0) as usize] }
}

#[test]
fn stems_add_up_to_the_whole_at_every_length() {
    for seconds in [0.0, 0.001, 0.3, 11.0] {
        let left = mix(&parts(seconds));
        let right: Vec<f32> = left.iter().rev().map(|sample| 0.5 * sample).collect();
        let stems = separated(&left, &right, melody(seconds), 1_152);
        for whole in Stem::WHOLES {
            for (index, (l, r)) in left.iter().zip(&right).enumerate() {
                let sum = |at: usize| whole.iter().map(|&stem| stems.of(stem)[at]).sum::<f32>();
                assert!((sum(2 * index) - l).abs() < 1e-5, "{whole:?} {seconds} s {index}");
                assert!((sum(2 * index + 1) - r).abs() < 1e-5, "{whole:?} {seconds} s {index}");
            }
        }
        assert!(Stem::ALL.iter().all(|&stem| stems.of(stem).len() == 2 * left.len()));
    }
}

#[test]
fn each_part_is_found_in_its_stem() {
    let parts = parts(14.0);
    let whole = mix(&parts);
    let stems = separated(&whole, &whole, melody(14.0), 4_096);
    for (part, stem) in parts.iter().zip([Stem::Bass, Stem::Vocals, Stem::Drums]) {
        let (mut energy, mut error) = (0.0, 0.0);
        for (true_sample, found) in part.iter().zip(stems.of(stem).chunks_exact(2)) {
            energy += true_sample * true_sample;
            error += (true_sample - found[0]).powi(2);
        }
        let sdr = 10.0 * (energy / error).log10();
        assert!(sdr > 9.0, "{stem:?}: {sdr} dB");
    }
}

#[test]
fn where_blocks_end_cannot_be_heard() {
    let whole = mix(&parts(12.0));
    // The second begins half a block into the first.
    let shift = BLOCK_FRAMES / 2 * 2_048;
    let long = separated(&whole, &whole, melody(12.0), 50_000);
    let tail = Melody { hertz: melody(12.0).hertz, ..melody(12.0) };
    let late = separated(&whole[shift..], &whole[shift..], tail, 777);
    let inner = 2 * (shift + 20_480)..2 * (whole.len() - 20_480);
    for stem in [Stem::Drums, Stem::Bass, Stem::Harmonic] {
        for at in inner.clone() {
            let (a, b) = (long.of(stem)[at], late.of(stem)[at - 2 * shift]);
            assert!((a - b).abs() < 1e-4, "{stem:?} {at}: {a} {b}");
        }
    }
}
