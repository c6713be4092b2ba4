//! Bytes become samples, block by block, so that memory does not grow with the length of a file.
//!
//! The decoders belong to libraries; here is what makes their output one kind of thing: at most two channels, finite
//! samples, encoder delay and padding cut off, damaged packets counted and left out.

mod behind_tags;
mod edit_list;
mod opus;

use symphonia::core::audio::{Channels, GenericAudioBufferRef, Position};
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use self::behind_tags::BehindTags;
use self::opus::Opus;
use crate::error::AudioError;

/// The lowest and highest sampling rates that are analysed.
const RATE_HZ: std::ops::RangeInclusive<u32> = 4_000..=768_000;
/// The most channels that are folded down; more is a damaged header.
const CHANNEL_COUNT_MAX: usize = 64;
/// The most bytes of one picture or text tag that a container reader may hold.
const TAG_BYTES_MAX: usize = 16 << 20;

/// A stretch of sound: one or two channels, interleaved.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// How many samples stand for one moment, 1 or 2.
    pub channel_count: usize,
    /// The samples, full scale being ±1; all are finite.
    pub samples: Vec<f32>,
}

/// Reads the sound of one file.
#[expect(missing_debug_implementations, reason = "the library's readers have none")]
pub struct Decoder<'s> {
    format: Box<dyn FormatReader + 's>,
    codec: Codec,
    track_id: u32,
    rate_hz: u32,
    planes: Vec<Vec<f32>>,
    damaged_packet_count: u64,
    decoded_frame_count: u64,
    /// What the encoder put before the sound, and how much of it is left out already.
    delay_seconds: f64,
    skipped_frame_count: u64,
}

enum Codec {
    Library(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

/// What the library says, in words for the file's owner where all it says is that it knows no better.
fn unknown_format(error: &symphonia::core::errors::Error) -> AudioError {
    let why = match error {
        symphonia::core::errors::Error::Unsupported(_) => "it begins like none of them".to_owned(),
        other => other.to_string(),
    };
    AudioError::Format { why }
}

impl<'s> Decoder<'s> {
    /// A decoder of `source`; `extension` is a hint such as `mp3`, the bytes decide.
    ///
    /// # Errors
    /// [`AudioError::Format`], [`AudioError::Codec`], [`AudioError::Shape`] and [`AudioError::Read`].
    pub fn new(source: Box<dyn MediaSource + 's>, extension: Option<&str>) -> Result<Self, AudioError> {
        let mut hint = Hint::new();
        if let Some(extension) = extension {
            hint.with_extension(extension);
        }
        let mut source = Box::new(BehindTags::new(source)?);
        let delay_seconds = edit_list::delay_seconds(&mut source);
        let stream = MediaSourceStream::new(source, symphonia::core::io::MediaSourceStreamOptions::default());
        let limit = Limit::Maximum(TAG_BYTES_MAX);
        let tags = MetadataOptions::default().limit_tag_bytes(limit).limit_visual_bytes(limit);
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), tags)
            .map_err(|error| unknown_format(&error))?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or_else(|| AudioError::Format { why: "there is no audio track in it".to_owned() })?;
        let track_id = track.id;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| AudioError::Codec { why: "the file does not say which".to_owned() })?;
        let is_aac = parameters.codec == CODEC_ID_AAC;
        let (codec, rate_hz) = if parameters.codec == CODEC_ID_OPUS {
            let opus = Opus::new(parameters.extra_data.as_deref().unwrap_or_default())?;
            (Codec::Opus(Box::new(opus)), opus::RATE_HZ)
        } else {
            let decoder = symphonia::default::get_codecs()
                .make_audio_decoder(parameters, &AudioDecoderOptions::default())
                .map_err(|error| AudioError::Codec { why: error.to_string() })?;
            (Codec::Library(decoder), parameters.sample_rate.unwrap_or(0))
        };
        let mut decoder = Self {
            format,
            codec,
            track_id,
            rate_hz,
            planes: Vec::new(),
            damaged_packet_count: 0,
            decoded_frame_count: 0,
            delay_seconds: if is_aac { delay_seconds } else { 0.0 },
            skipped_frame_count: 0,
        };
        if rate_hz != 0 {
            decoder.check_rate(rate_hz)?;
        }
        Ok(decoder)
    }

    /// Samples a second.
    pub const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// How many packets were too damaged to decode.
    pub const fn damaged_packet_count(&self) -> u64 {
        self.damaged_packet_count
    }

    /// Puts the next stretch into `block`; false at the end.
    ///
    /// A file that breaks off ends there: what came before it is kept.
    ///
    /// # Errors
    /// [`AudioError::Empty`] at the end of a file of which nothing could be decoded, [`AudioError::Shape`].
    pub fn next_block(&mut self, block: &mut Block) -> Result<bool, AudioError> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) | Err(Error::ResetRequired | Error::IoError(_)) => return self.end(),
                Err(Error::DecodeError(_)) => {
                    self.damaged_packet_count += 1;
                    return self.end();
                }
                Err(_) => return self.end(),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            let is_decoded = match &mut self.codec {
                Codec::Opus(opus) => opus.decode(&packet.data, packet.trim_end.get(), block),
                Codec::Library(decoder) => match decoder.decode(&packet) {
                    Ok(buffer) => {
                        let rate_hz = buffer.spec().rate();
                        if fold(&buffer, &mut self.planes, block)? && rate_hz != self.rate_hz {
                            self.check_rate(rate_hz)?;
                        }
                        true
                    }
                    Err(_) => false,
                },
            };
            if !is_decoded {
                self.damaged_packet_count += 1;
                continue;
            }
            self.skip_delay(block);
            if !block.samples.is_empty() {
                self.decoded_frame_count += (block.samples.len() / block.channel_count.max(1)) as u64;
                return Ok(true);
            }
        }
    }

    /// The next stretch of the sound as it is encoded, without tags and other wrapping; none at the end.
    ///
    /// For telling whether two files hold the same sound; a file that is read this way is not decoded as well.
    pub fn next_packet(&mut self) -> Option<Box<[u8]>> {
        loop {
            let packet = self.format.next_packet().ok().flatten()?;
            if packet.track_id == self.track_id && !packet.data.is_empty() {
                return Some(packet.data);
            }
        }
    }

    /// Cuts off what of `block` comes before the sound.
    fn skip_delay(&mut self, block: &mut Block) {
        let delay = (self.delay_seconds * f64::from(self.rate_hz)).round() as u64;
        let frame_count = block.samples.len() / block.channel_count.max(1);
        let skipped = delay.saturating_sub(self.skipped_frame_count).min(frame_count as u64);
        self.skipped_frame_count += skipped;
        block.samples.drain(..skipped as usize * block.channel_count);
    }

    fn end(&self) -> Result<bool, AudioError> {
        if self.decoded_frame_count == 0 {
            return Err(AudioError::Empty { damaged_packet_count: self.damaged_packet_count });
        }
        Ok(false)
    }

    fn check_rate(&mut self, rate_hz: u32) -> Result<(), AudioError> {
        // A rate that changes on the way would shift every time after it.
        if !RATE_HZ.contains(&rate_hz) || (self.decoded_frame_count > 0 && rate_hz != self.rate_hz) {
            return Err(AudioError::Shape { what: "a sampling rate", value: u64::from(rate_hz) });
        }
        self.rate_hz = rate_hz;
        Ok(())
    }
}

/// Puts what the library decoded into `block`; false where it holds nothing.
fn fold(
    buffer: &GenericAudioBufferRef<'_>,
    planes: &mut Vec<Vec<f32>>,
    block: &mut Block,
) -> Result<bool, AudioError> {
    let plane_count = buffer.num_planes();
    if plane_count == 0 || plane_count > CHANNEL_COUNT_MAX {
        return Err(AudioError::Shape { what: "a channel count", value: plane_count as u64 });
    }
    buffer.copy_to_vecs_planar::<f32>(planes);
    block.samples.clear();
    block.channel_count = plane_count.min(2);
    let frame_count = planes.first().map_or(0, Vec::len);
    match &planes[..plane_count] {
        [mono] => block.samples.extend(mono.iter().map(|&sample| finite(sample))),
        [left, right] => {
            block.samples.extend(left.iter().zip(right).flat_map(|(&l, &r)| [finite(l), finite(r)]));
        }
        // Four without a centre stand in the corners of a room.
        [left, right, rear_left, rear_right] if !has_centre(buffer) => {
            let part = std::f32::consts::FRAC_1_SQRT_2;
            block.samples.extend((0..frame_count).flat_map(|index| {
                let side = |front: &[f32], rear: &[f32]| finite(front[index]) + part * finite(rear[index]);
                [side(left, rear_left), side(right, rear_right)]
            }));
        }
        // Otherwise the order of channels begins with left, right, centre in every format that is read here.
        [left, right, centre, ..] => {
            block.samples.extend((0..frame_count).flat_map(|index| {
                let centre = std::f32::consts::FRAC_1_SQRT_2 * finite(centre[index]);
                [finite(left[index]) + centre, finite(right[index]) + centre]
            }));
        }
        [] => {}
    }
    Ok(frame_count > 0)
}

/// Whether one of four channels stands in the middle of the front: with another in the middle of the rear it does.
///
/// Where a file says nothing of places, the library names the first four there are, of which two are a centre and a
/// subwoofer; nobody has these without a rear.
fn has_centre(buffer: &GenericAudioBufferRef<'_>) -> bool {
    match buffer.spec().channels() {
        Channels::Positioned(places) => {
            places.contains(Position::FRONT_CENTER) && !places.contains(Position::LFE1)
        }
        _ => false,
    }
}

/// A sample that can be calculated with: a damaged float becomes silence, an absurd one full scale many times over.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-16.0, 16.0) } else { 0.0 }
}

#[cfg(test)]
mod tests;
