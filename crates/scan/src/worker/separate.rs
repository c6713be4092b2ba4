//! Inside the process: takes a sound apart and streams the stems, a stretch of each in turn.
//!
//! The file is decoded twice: for the melody, whose harmonics the voice is found by, and for the samples at their own
//! rate. A worker may not write files, so the samples go over the pipe to who asked.

use std::io::{self, Write};
use std::path::Path;

use audio::separation::{Separator, Stem, Stems};
use audio::{ANALYSED_SECONDS_MAX, AudioError, Block, Sound};

use super::framing::{self, SAMPLE_COUNT_MAX};
use super::job::{Answer, Separated, SoundShape};
use super::serve::open;

/// Why a stream ended early.
enum Broken {
    Audio(AudioError),
    Pipe(io::Error),
}

impl From<AudioError> for Broken {
    fn from(error: AudioError) -> Self {
        Self::Audio(error)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error)
    }
}

/// Streams the stems of the file at `path` to `output`; the answer is what is left to say after them.
///
/// # Errors
/// Where the pipe breaks.
pub(super) fn answer(path: &Path, output: &mut impl Write) -> io::Result<Answer> {
    match separate(path, output) {
        Ok(separated) => Ok(Answer::Separated(separated)),
        Err(Broken::Audio(error)) => Ok(Answer::Refused(error.to_string())),
        Err(Broken::Pipe(error)) => Err(error),
    }
}

fn separate(path: &Path, output: &mut impl Write) -> Result<Separated, Broken> {
    let melody = audio::melody(&Sound::read(&mut open(path)?)?);
    let mut decoder = open(path)?;
    let mut block = Block::default();
    let mut separator: Option<Separator> = None;
    let mut separated = Separated { frame_count: 0, left_out_frame_count: 0, damaged_packet_count: 0 };
    while decoder.next_block(&mut block)? {
        let separator = match &mut separator {
            Some(separator) => separator,
            none => {
                let (rate_hz, channel_count) = (decoder.rate_hz(), block.channel_count);
                let shape = SoundShape { rate_hz, channel_count: channel_count as u16 };
                framing::write(output, &Answer::Separating(shape))?;
                none.insert(Separator::new(melody.clone(), rate_hz, channel_count))
            }
        };
        let frame_count = (block.samples.len() / block.channel_count.max(1)) as u64;
        if separated.frame_count as f64 >= ANALYSED_SECONDS_MAX * f64::from(decoder.rate_hz()) {
            separated.left_out_frame_count += frame_count;
            continue;
        }
        separated.frame_count += frame_count;
        separator.push(&block, &mut |stems: &Stems| send(stems, output))?;
    }
    if let Some(separator) = separator {
        separator.finish(&mut |stems: &Stems| send(stems, output))?;
    }
    separated.damaged_packet_count = decoder.damaged_packet_count();
    Ok(separated)
}

/// Sends a stretch of every stem in turn, in pieces that both sides can hold.
fn send(stems: &Stems, output: &mut impl Write) -> io::Result<()> {
    let count = stems.of(Stem::Drums).len();
    // An even number of samples, so that no piece ends between left and right.
    for start in (0..count).step_by(SAMPLE_COUNT_MAX) {
        for stem in Stem::ALL {
            framing::write_samples(output, &stems.of(stem)[start..count.min(start + SAMPLE_COUNT_MAX)])?;
        }
    }
    Ok(())
}
