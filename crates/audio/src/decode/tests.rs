use std::io::Cursor;

use super::*;
use crate::sound::Sound;

/// A WAV file of 32-bit floats.
fn wav(rate_hz: u32, channel_count: u16, samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let frame_size = u32::from(channel_count) * 4;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x03\0");
    bytes.extend(channel_count.to_le_bytes());
    bytes.extend(rate_hz.to_le_bytes());
    bytes.extend((rate_hz * frame_size).to_le_bytes());
    bytes.extend((frame_size as u16).to_le_bytes());
    bytes.extend(b"\x20\0data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn read(bytes: Vec<u8>) -> Result<Sound, AudioError> {
    Sound::read(&mut Decoder::new(Box::new(Cursor::new(bytes)), None)?)
}

#[test]
fn a_file_is_as_long_as_its_samples_at_every_shape() {
    for (rate_hz, channel_count) in [(44_100, 1), (48_000, 2), (22_050, 2), (192_000, 6)] {
        let samples = vec![0.1; rate_hz as usize * usize::from(channel_count)];
        let sound = read(wav(rate_hz, channel_count, &samples)).unwrap();
        assert!((sound.duration.0 - 1.0).abs() < 1e-6, "{rate_hz} Hz, {channel_count}: {}", sound.duration.0);
        assert_eq!(sound.len(), crate::resample::ANALYSIS_RATE_HZ as usize, "{rate_hz} Hz, {channel_count}");
    }
}

#[test]
fn four_channels_are_the_corners_of_a_room() {
    for (channel, sides) in [
        (0, [1.0, 0.0]),
        (1, [0.0, 1.0]),
        (2, [std::f32::consts::FRAC_1_SQRT_2, 0.0]),
        (3, [0.0, std::f32::consts::FRAC_1_SQRT_2]),
    ] {
        let samples: Vec<f32> =
            (0..4_000).map(|index| if index % 4 == channel { 0.5 } else { 0.0 }).collect();
        let mut decoder = Decoder::new(Box::new(Cursor::new(wav(44_100, 4, &samples))), None).unwrap();
        let mut block = Block::default();
        assert!(decoder.next_block(&mut block).unwrap());
        assert_eq!(block.channel_count, 2);
        let heard = [block.samples[10], block.samples[11]];
        assert!((0..2).all(|side| (heard[side] - 0.5 * sides[side]).abs() < 1e-6), "{channel}: {heard:?}");
    }
}

#[test]
fn samples_that_are_no_numbers_are_silence() {
    let mut samples = vec![0.25; 44_100];
    samples[100..200].fill(f32::NAN);
    samples[300..310].fill(f32::INFINITY);
    let sound = read(wav(44_100, 1, &samples)).unwrap();
    let mut read_back = vec![0.0; sound.len()];
    sound.read_into(0..sound.len() as isize, &mut read_back);
    assert!(read_back.iter().all(|sample| sample.is_finite()));
    assert!(sound.loudness.integrated.0.is_finite());
}

#[test]
fn what_is_no_sound_says_so() {
    let kind = |bytes: Vec<u8>| match read(bytes) {
        Ok(_) => "sound",
        Err(AudioError::Format { .. }) => "format",
        Err(AudioError::Empty { .. }) => "empty",
        Err(_) => "other",
    };
    assert_eq!(kind(Vec::new()), "format");
    assert_eq!(kind(b"These are words in a file that is called song.mp3.".repeat(100)), "format");
    assert_eq!(kind(wav(44_100, 2, &[])), "empty");
    assert_eq!(kind(wav(1, 1, &[0.5; 8])), "other");
}

#[test]
fn a_file_that_breaks_off_anywhere_is_an_error_or_what_came_before() {
    let whole = wav(22_050, 1, &vec![0.3; 22_050]);
    for len in (0..whole.len()).step_by(1_024) {
        if let Ok(sound) = read(whole[..len].to_vec()) {
            assert!(sound.duration.0 <= 1.0, "{len}");
        }
    }
}
