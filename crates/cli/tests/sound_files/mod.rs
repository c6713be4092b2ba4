//! Files of sound that tests make for themselves.

/// A WAV file before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Wav {
    pub(crate) rate_hz: u32,
    pub(crate) channel_count: u16,
    /// Interleaved, full scale being ±1.
    pub(crate) samples: Vec<f32>,
}

impl Wav {
    /// The file with samples of 16 bits.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let quantised = self.samples.iter().map(|sample| (sample * 32_767.0) as i16);
        self.file(1, 2, quantised.flat_map(i16::to_le_bytes).collect())
    }

    /// The file with samples as they are.
    pub(crate) fn float_bytes(&self) -> Vec<u8> {
        self.file(3, 4, self.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect())
    }

    fn file(&self, format: u16, sample_size: u16, data: Vec<u8>) -> Vec<u8> {
        let frame_size = self.channel_count * sample_size;
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + data.len() as u32).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0");
        bytes.extend(format.to_le_bytes());
        bytes.extend(self.channel_count.to_le_bytes());
        bytes.extend(self.rate_hz.to_le_bytes());
        bytes.extend((self.rate_hz * u32::from(frame_size)).to_le_bytes());
        bytes.extend(frame_size.to_le_bytes());
        bytes.extend((8 * sample_size).to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    /// Every second sample, as at half the rate.
    pub(crate) fn every_second(&self) -> Self {
        Self { samples: self.samples.iter().copied().step_by(2).collect(), ..self.clone() }
    }
}

/// One tone at 44.1 kHz.
pub(crate) fn tone(hertz: f32, seconds: f32) -> Wav {
    let step = std::f32::consts::TAU * hertz / 44_100.0;
    let samples = (0..(seconds * 44_100.0) as usize).map(|n| 0.5 * (n as f32 * step).sin()).collect();
    Wav { rate_hz: 44_100, channel_count: 1, samples }
}

/// Noise below about 3 kHz that swells and ebbs in its own way for each seed, at 44.1 kHz.
pub(crate) fn noise(seed: u32, seconds: f32) -> Wav {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut smooth = [0.0_f32; 2];
    let samples = (0..(seconds * 44_100.0) as usize).map(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let mut value = state as f32 / u32::MAX as f32 - 0.5;
        for stage in &mut smooth {
            *stage += 0.3 * (value - *stage);
            value = *stage;
        }
        value
    });
    Wav { rate_hz: 44_100, channel_count: 1, samples: samples.collect() }
}

/// An ID3v2.4 tag of these frames.
pub(crate) fn id3v2(frames: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let size =
        |len: usize| -> [u8; 4] { std::array::from_fn(|index| ((len >> (7 * (3 - index))) & 0x7F) as u8) };
    let mut body = Vec::new();
    for (name, content) in frames {
        body.extend(*name);
        body.extend(size(content.len()));
        body.extend([0, 0]);
        body.extend(*content);
    }
    [b"ID3\x04\0\0".as_slice(), &size(body.len()), &body].concat()
}

/// The WAV file with a tag that names title and artist.
pub(crate) fn with_title(title: &str, artist: &str, wav: &[u8]) -> Vec<u8> {
    let text = |text: &str| [b"\x03", text.as_bytes()].concat();
    with_tag(id3v2(&[(b"TIT2", &text(title)), (b"TPE1", &text(artist))]), wav)
}

/// The WAV file with this ID3v2 tag.
pub(crate) fn with_tag(mut tag: Vec<u8>, wav: &[u8]) -> Vec<u8> {
    tag.resize(tag.len().next_multiple_of(2), 0);
    let mut bytes = wav.to_vec();
    bytes.extend(b"id3 ");
    bytes.extend((tag.len() as u32).to_le_bytes());
    bytes.extend(tag);
    let size = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}
