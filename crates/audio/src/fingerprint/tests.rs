use super::*;
use crate::duplicates;

/// Half a minute of notes that a seed chooses, with a little noise that another one does.
fn music(seed: u32, noise: u32, lead_in: usize) -> Sound {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut noise_state = noise | 1;
    let next = |state: &mut u32| {
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        *state as f32 / u32::MAX as f32
    };
    let note_len = ANALYSIS_RATE_HZ as usize / 5;
    let mut samples = vec![0.0; lead_in];
    for _ in 0..150 {
        let pitches: [f32; 3] =
            std::array::from_fn(|_| 220.0 * 2.0_f32.powf((next(&mut state) * 36.0).floor() / 12.0));
        for n in 0..note_len {
            let time = n as f32 / ANALYSIS_RATE_HZ as f32;
            let tone: f32 = pitches.iter().map(|hz| (std::f32::consts::TAU * hz * time).sin()).sum();
            samples.push(tone * 0.2 * (-4.0 * time).exp() + 0.02 * (next(&mut noise_state) - 0.5));
        }
    }
    Sound::of_mono(&samples)
}

#[test]
fn the_same_recording_is_found_under_noise_and_a_later_start() {
    let prints: Vec<Fingerprint> = [(1, 7, 0), (2, 8, 0), (1, 9, 5_000), (3, 7, 0), (2, 11, 0), (4, 4, 0)]
        .iter()
        .map(|&(seed, noise, lead_in)| Fingerprint::of(&music(seed, noise, lead_in)))
        .collect();
    assert_eq!(duplicates(&prints), [vec![0, 2], vec![1, 4]]);
}

#[test]
fn silence_has_no_fingerprint() {
    assert_eq!(Fingerprint::of(&Sound::of_mono(&[0.0; 50_000])), Fingerprint::default());
    let empty = vec![Fingerprint::default(); 3];
    assert_eq!(duplicates(&empty), Vec::<Vec<usize>>::new());
}
