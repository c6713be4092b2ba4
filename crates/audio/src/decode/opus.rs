//! Opus packets out of an Ogg stream.
//!
//! *Source*: Terriberry, Lee, Giles, "Ogg Encapsulation for the Opus Audio Codec", RFC 7845, 2016, section 5.1.

use ropus::{Channels, DecodeMode, Decoder};

use super::{Block, finite};
use crate::error::AudioError;

/// Opus is decoded at its own rate, whatever the sound was recorded at.
pub(super) const RATE_HZ: u32 = 48_000;
/// 120 ms, the longest packet there is, in samples of one channel.
const PACKET_FRAME_COUNT_MAX: usize = 5_760;

pub(super) struct Opus {
    decoder: Decoder,
    channel_count: usize,
    /// Samples of one channel that are still to be left out: what the decoder needs to settle.
    skip: usize,
    /// The header's gain as a factor.
    gain: f32,
    buffer: Vec<f32>,
}

impl Opus {
    /// A decoder for the stream that `header` opens.
    pub(super) fn new(header: &[u8]) -> Result<Self, AudioError> {
        let bad = |why: &str| AudioError::Codec { why: why.to_owned() };
        let (Some(b"OpusHead"), Some(&channel_count)) = (header.get(..8), header.get(9)) else {
            return Err(bad("an Opus stream without its header"));
        };
        let channels = match channel_count {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            _ => return Err(bad("Opus with more than two channels")),
        };
        let word = |at: usize| header.get(at..at + 2).map_or([0; 2], |bytes| [bytes[0], bytes[1]]);
        let decoder =
            Decoder::new(RATE_HZ, channels).map_err(|error| AudioError::Codec { why: error.to_string() })?;
        Ok(Self {
            decoder,
            channel_count: usize::from(channel_count),
            skip: usize::from(u16::from_le_bytes(word(10))),
            gain: 10.0_f32.powf(f32::from(i16::from_le_bytes(word(16))) / 256.0 / 20.0),
            buffer: vec![0.0; PACKET_FRAME_COUNT_MAX * usize::from(channel_count)],
        })
    }

    /// Decodes one packet but for its last `padding` moments, which only fill the stream's last packet; false where it is
    /// damaged.
    pub(super) fn decode(&mut self, packet: &[u8], padding: u64, block: &mut Block) -> bool {
        block.samples.clear();
        block.channel_count = self.channel_count;
        let Ok(frame_count) = self.decoder.decode_float(packet, &mut self.buffer, DecodeMode::Normal) else {
            return false;
        };
        let skipped = self.skip.min(frame_count);
        self.skip -= skipped;
        let kept = frame_count.saturating_sub(usize::try_from(padding).unwrap_or(usize::MAX)).max(skipped);
        let samples = &self.buffer[skipped * self.channel_count..kept * self.channel_count];
        block.samples.extend(samples.iter().map(|&sample| finite(sample * self.gain)));
        true
    }
}

#[cfg(test)]
mod tests {
    use ropus::{Application, Encoder};

    use super::*;

    #[test]
    fn what_settles_the_decoder_and_what_fills_the_last_packet_is_cut_off() {
        let mut encoder = Encoder::builder(RATE_HZ, Channels::Mono, Application::Audio).build().unwrap();
        let mut packet = vec![0; 4_000];
        let size = encoder.encode_float(&[0.1; 960], &mut packet).unwrap();
        // One channel, 312 samples before the sound, no gain.
        let header = [&b"OpusHead\x01\x01"[..], &312_u16.to_le_bytes(), &[0; 6], &[0; 1]].concat();
        let mut opus = Opus::new(&header).unwrap();
        let mut block = Block::default();
        for (padding, expected) in [(0, 960 - 312), (0, 960), (100, 860), (u64::MAX, 0)] {
            assert!(opus.decode(&packet[..size], padding, &mut block));
            assert_eq!(block.samples.len(), expected, "{padding}");
        }
        assert!(!opus.decode(&[0xff; 3], 0, &mut block));
    }
}
