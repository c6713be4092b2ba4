//! Inside the process: takes a sound apart and streams the stems, a stretch of each in turn; or the whole as it is.
//!
//! The file is decoded twice: for the melody, whose harmonics the voice is found by, and for the samples at their own
//! rate. A worker may not write files, so the samples go over the pipe to who asked.
//! A model that the user brought does it all by itself.

use std::io::{self, Write};
use std::path::Path;

use audio::separation::{Separator, Stem, Stems};
use audio::{ANALYSED_SECONDS_MAX, AudioError, Block, Decoder, Sound};
use engine::FilePath;

use super::framing::{self, SAMPLE_COUNT_MAX};
use super::job::{Answer, Separated, StemsShape};
use super::serve::open;

/// What the whole is called where it is streamed as it is.
const WHOLE: &str = "whole";

/// Why a stream ended early.
enum Broken {
    Refused(String),
    ModelRefused(String),
    Pipe(io::Error),
}

impl From<AudioError> for Broken {
    fn from(error: AudioError) -> Self {
        Self::Refused(error.to_string())
    }
}

#[cfg(feature = "neural")]
impl From<neural::NeuralError> for Broken {
    fn from(error: neural::NeuralError) -> Self {
        Self::ModelRefused(error.to_string())
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
pub(super) fn answer(path: &Path, model: Option<&FilePath>, output: &mut impl Write) -> io::Result<Answer> {
    answered(separate(path, model, output))
}

fn answered(outcome: Result<Separated, Broken>) -> io::Result<Answer> {
    match outcome {
        Ok(separated) => Ok(Answer::Separated(separated)),
        Err(Broken::Refused(why)) => Ok(Answer::Refused(why)),
        Err(Broken::ModelRefused(why)) => Ok(Answer::ModelRefused(why)),
        Err(Broken::Pipe(error)) => Err(error),
    }
}

/// Streams the whole sound of the file at `path`, as the one stem that it is, likewise.
///
/// # Errors
/// Where the pipe breaks.
pub(super) fn decoded(path: &Path, output: &mut impl Write) -> io::Result<Answer> {
    answered(whole(path, output))
}

fn whole(path: &Path, output: &mut impl Write) -> Result<Separated, Broken> {
    let mut stretches = Stretches::open(path)?;
    let mut channel_count = None;
    while let Some((block, rate_hz)) = stretches.next()? {
        if channel_count.is_none() {
            channel_count = Some(block.channel_count);
            let names = vec![WHOLE.to_owned()];
            let shape = StemsShape { names, rate_hz, channel_count: block.channel_count as u16 };
            framing::write(output, &Answer::Separating(shape))?;
        }
        if channel_count != Some(block.channel_count) {
            return Err(Broken::Refused("its number of channels changes on the way".to_owned()));
        }
        send(&[block.samples.as_slice()], output)?;
    }
    Ok(stretches.told())
}

#[cfg(not(feature = "neural"))]
fn separate(path: &Path, model: Option<&FilePath>, output: &mut impl Write) -> Result<Separated, Broken> {
    match model {
        None => by_masks(path, output),
        Some(_) => Err(Broken::ModelRefused(super::opinion::NO_RUNTIME.to_owned())),
    }
}

#[cfg(feature = "neural")]
fn separate(path: &Path, model: Option<&FilePath>, output: &mut impl Write) -> Result<Separated, Broken> {
    let Some(name) = model else { return by_masks(path, output) };
    let model = super::opinion::open(name).map_err(Broken::ModelRefused)?;
    by_model(path, &model, output).map_err(|broken| match broken {
        Broken::ModelRefused(why) => Broken::ModelRefused(super::opinion::why(name, &why)),
        other => other,
    })
}

/// Lets the model take the sound apart, if it is there for that.
#[cfg(feature = "neural")]
fn by_model(path: &Path, model: &neural::Model, output: &mut impl Write) -> Result<Separated, Broken> {
    let mut stretches = Stretches::open(path)?;
    let Some(mut separator) = neural::ModelSeparator::new(model, stretches.decoder.rate_hz())? else {
        // It is there for something else.
        return by_masks(path, output);
    };
    let separation = separator.separation();
    let shape = StemsShape {
        names: separation.stems.clone(),
        rate_hz: separation.rate_hz,
        channel_count: separation.channel_count as u16,
    };
    framing::write(output, &Answer::Separating(shape))?;
    let mut frame_count = 0;
    let mut sink = |stems: &[Vec<f32>]| -> Result<(), Broken> {
        frame_count += (stems[0].len() / separation.channel_count) as u64;
        Ok(send(&stems.iter().map(Vec::as_slice).collect::<Vec<_>>(), output)?)
    };
    while let Some((block, _)) = stretches.next()? {
        separator.push(block, &mut sink)?;
    }
    separator.finish(&mut sink)?;
    Ok(Separated { frame_count, ..stretches.told() })
}

/// Takes the sound apart by what lasts, what strikes and what leads.
fn by_masks(path: &Path, output: &mut impl Write) -> Result<Separated, Broken> {
    let melody = audio::melody(&Sound::read(&mut open(path)?)?);
    let mut stretches = Stretches::open(path)?;
    let mut separator: Option<Separator> = None;
    let sink = |stems: &Stems, output: &mut dyn Write| send(&Stem::ALL.map(|stem| stems.of(stem)), output);
    while let Some((block, rate_hz)) = stretches.next()? {
        let separator = match &mut separator {
            Some(separator) => separator,
            None if rate_hz > SEPARATED_RATE_HZ_MAX => {
                let (what, value) = ("a sampling rate for stems", u64::from(rate_hz));
                return Err(AudioError::Shape { what, value }.into());
            }
            none => {
                let names = Stem::ALL.map(|stem| stem.name().to_owned()).to_vec();
                let shape = StemsShape { names, rate_hz, channel_count: block.channel_count as u16 };
                framing::write(output, &Answer::Separating(shape))?;
                none.insert(Separator::new(melody.clone(), rate_hz, block.channel_count))
            }
        };
        separator.push(block, &mut |stems: &Stems| sink(stems, output))?;
    }
    if let Some(separator) = separator {
        separator.finish(&mut |stems: &Stems| sink(stems, output))?;
    }
    Ok(stretches.told())
}

/// The highest rate at which a sound is taken apart: that of the finest recordings. Above it lies nothing that is heard,
/// and stems would take hundreds of megabytes a minute.
const SEPARATED_RATE_HZ_MAX: u32 = 192_000;

/// The sound of a file, up to the longest that is taken apart.
struct Stretches {
    decoder: Decoder<'static>,
    block: Block,
    frame_count: u64,
    left_out_frame_count: u64,
}

impl Stretches {
    fn open(path: &Path) -> Result<Self, AudioError> {
        Ok(Self { decoder: open(path)?, block: Block::default(), frame_count: 0, left_out_frame_count: 0 })
    }

    /// The next stretch and its rate; none at the end, when all that is left out is counted.
    fn next(&mut self) -> Result<Option<(&Block, u32)>, AudioError> {
        while self.decoder.next_block(&mut self.block)? {
            let frame_count = (self.block.samples.len() / self.block.channel_count.max(1)) as u64;
            if (self.frame_count as f64) < ANALYSED_SECONDS_MAX * f64::from(self.decoder.rate_hz()) {
                self.frame_count += frame_count;
                return Ok(Some((&self.block, self.decoder.rate_hz())));
            }
            self.left_out_frame_count += frame_count;
        }
        Ok(None)
    }

    fn told(&self) -> Separated {
        Separated {
            frame_count: self.frame_count,
            left_out_frame_count: self.left_out_frame_count,
            damaged_packet_count: self.decoder.damaged_packet_count(),
        }
    }
}

/// Sends a stretch of every stem in turn, in pieces that both sides can hold.
fn send(stems: &[&[f32]], output: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let count = stems.first().map_or(0, |stem| stem.len());
    // An even number of samples, so that no piece ends between left and right.
    for start in (0..count).step_by(SAMPLE_COUNT_MAX) {
        for stem in stems {
            framing::write_samples(output, &stem[start..count.min(start + SAMPLE_COUNT_MAX)])?;
        }
    }
    Ok(())
}
