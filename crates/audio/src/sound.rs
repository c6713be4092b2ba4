//! One file's sound as everything after decoding reads it: one channel at one rate, with its measured loudness.

use std::ops::Range;

use ebur128::{EbuR128, Mode};
use music::unit::{Lufs, Seconds};

use crate::decode::{Block, Decoder};
use crate::error::AudioError;
use crate::resample::{ANALYSIS_RATE_HZ, Resampler};

/// How much of a file is analysed: the first hour, so that memory has a bound. Longer files are sets and audio books.
pub const ANALYSED_SECONDS_MAX: f64 = 3_600.0;
/// The loudness that all sound is brought to before it is looked at, so that no finding depends on gain.
pub(crate) const REFERENCE_LUFS: f64 = -18.0;
/// What counts as silence: the absolute gate of ITU-R BS.1770-4.
pub const SILENCE_LUFS: f32 = -70.0;

/// Sound that is ready to be analysed.
#[derive(Clone, Debug)]
pub struct Sound {
    samples: Samples,
    /// What brings it to the reference loudness, as a factor; 1 for silence.
    gain: f32,
    /// How loud it is.
    pub loudness: Loudness,
    /// How long the whole file plays.
    pub duration: Seconds,
    /// How many packets were too damaged to decode.
    pub damaged_packet_count: u64,
}

/// Loudness by EBU R128.
///
/// *Source*: ITU-R BS.1770-4, 2015; EBU Tech 3342, 2016, for the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated over the file; −70 for silence.
    pub integrated: Lufs,
    /// *Unit*: LU between quiet and loud passages.
    pub range_lu: f32,
    /// *Unit*: dB above full scale.
    pub true_peak_db: f32,
}

impl Sound {
    /// Decodes a file to its end; the first [`ANALYSED_SECONDS_MAX`] are kept.
    ///
    /// *Complexity*: linear in the file; memory is two bytes a sample of what is kept.
    ///
    /// # Errors
    /// As [`Decoder::next_block`].
    pub fn read(decoder: &mut Decoder<'_>) -> Result<Self, AudioError> {
        let mut block = Block::default();
        let mut gathered = SoundBuilder::default();
        while decoder.next_block(&mut block)? {
            gathered.push(&block, decoder.rate_hz())?;
        }
        gathered.finish(decoder.damaged_packet_count())
    }

    /// Sound from samples at [`ANALYSIS_RATE_HZ`].
    pub fn of_mono(samples: &[f32]) -> Self {
        let mut store = Samples::default();
        store.push(&mut samples.to_vec(), true);
        let block = Block { channel_count: 1, samples: samples.to_vec() };
        let loudness = meter(&block, ANALYSIS_RATE_HZ).map_or(Loudness::SILENCE, |mut meter| {
            // One channel of floats is what the meter was made for.
            let _ = meter.add_frames_f32(samples);
            Loudness::of(&meter)
        });
        Self {
            samples: store,
            gain: loudness.gain(),
            loudness,
            duration: Seconds(samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ)),
            damaged_packet_count: 0,
        }
    }

    /// How many samples are kept.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much of the file is analysed.
    pub fn analysed(&self) -> Seconds {
        Seconds(self.len() as f64 / f64::from(ANALYSIS_RATE_HZ))
    }

    /// Whether nothing in it is above the gate of silence.
    pub fn is_silent(&self) -> bool {
        self.loudness.integrated.0 <= SILENCE_LUFS
    }

    /// The lowest and the highest sample of each of `column_count` equal stretches, as loud as they are in the file: what a
    /// drawing of the waveform shows.
    ///
    /// *Shape*: `[column_count]`, or one for each sample where there are fewer. *Range*: full scale is ±1.
    pub fn extremes(&self, column_count: usize) -> Vec<[f32; 2]> {
        let column_count = column_count.min(self.len());
        let start = |column: usize| column * self.len() / column_count;
        let mut buffer = Vec::new();
        let extremes = (0..column_count).map(|column| {
            let (from, to) = (start(column), start(column + 1));
            buffer.resize(to - from, 0.0);
            self.samples.read(from as isize..to as isize, 1.0, &mut buffer);
            let wider = |[low, high]: [f32; 2], &sample: &f32| [low.min(sample), high.max(sample)];
            buffer.iter().fold([f32::INFINITY, f32::NEG_INFINITY], wider)
        });
        extremes.collect()
    }

    /// The samples of `range`, brought to the reference loudness; zero outside of the sound.
    ///
    /// # Panics
    /// When `into` and `range` differ in length.
    pub fn read_into(&self, range: Range<isize>, into: &mut [f32]) {
        self.samples.read(range, self.gain, into);
    }
}

/// A sound while its blocks come in, wherever they were decoded.
#[derive(Debug, Default)]
pub struct SoundBuilder {
    samples: Samples,
    mono: Vec<f32>,
    frame_count: u64,
    /// What the first block decides: its rate, and what works at that rate.
    parts: Option<(u32, Resampler, EbuR128)>,
}

impl SoundBuilder {
    /// Takes the next block in, which is at `rate_hz`; what lies beyond [`ANALYSED_SECONDS_MAX`] is only counted.
    ///
    /// # Errors
    /// [`AudioError::Shape`] for a rate or a number of channels that nothing can be made of.
    pub fn push(&mut self, block: &Block, rate_hz: u32) -> Result<(), AudioError> {
        if self.parts.is_none() {
            self.parts = Some((rate_hz, Resampler::new(rate_hz, ANALYSIS_RATE_HZ)?, meter(block, rate_hz)?));
        }
        let Some((_, resampler, meter)) = &mut self.parts else { return Ok(()) };
        self.frame_count += (block.samples.len() / block.channel_count.max(1)) as u64;
        let limit = (ANALYSED_SECONDS_MAX * f64::from(ANALYSIS_RATE_HZ)) as usize;
        if self.samples.len() >= limit {
            return Ok(());
        }
        // A file whose channels change on the way is measured by the channels it began with.
        if block.channel_count == meter.channels() as usize {
            let measured = meter.add_frames_f32(&block.samples);
            measured.map_err(|_| AudioError::Shape { what: "a channel count", value: 0 })?;
        }
        resampler.push(block, &mut self.mono);
        self.samples.push(&mut self.mono, false);
        Ok(())
    }

    /// The sound, of which so many packets were damaged.
    ///
    /// # Errors
    /// [`AudioError::Empty`] where no block came in.
    pub fn finish(mut self, damaged_packet_count: u64) -> Result<Sound, AudioError> {
        let Some((rate_hz, mut resampler, meter)) = self.parts else {
            return Err(AudioError::Empty { damaged_packet_count });
        };
        resampler.finish(&mut self.mono);
        self.samples.push(&mut self.mono, true);
        let loudness = Loudness::of(&meter);
        Ok(Sound {
            samples: self.samples,
            gain: loudness.gain(),
            loudness,
            duration: Seconds(self.frame_count as f64 / f64::from(rate_hz)),
            damaged_packet_count,
        })
    }
}

impl Loudness {
    const SILENCE: Self = Self { integrated: Lufs(SILENCE_LUFS), range_lu: 0.0, true_peak_db: -100.0 };

    /// What brings a sound of this loudness to the reference, as a factor; 1 for silence.
    fn gain(&self) -> f32 {
        if self.integrated.0 <= SILENCE_LUFS {
            return 1.0;
        }
        10.0_f64.powf((REFERENCE_LUFS - f64::from(self.integrated.0)) / 20.0) as f32
    }

    fn of(meter: &EbuR128) -> Self {
        let finite = |value: Result<f64, ebur128::Error>, floor: f64| {
            value.ok().filter(|value| value.is_finite()).unwrap_or(floor).max(floor)
        };
        let peak = (0..meter.channels())
            .map(|channel| finite(meter.true_peak(channel), 0.0))
            .fold(1e-5_f64, f64::max);
        let integrated = finite(meter.loudness_global(), f64::from(SILENCE_LUFS));
        Self {
            integrated: Lufs(integrated as f32),
            range_lu: finite(meter.loudness_range(), 0.0) as f32,
            true_peak_db: (20.0 * peak.log10()) as f32,
        }
    }
}

fn meter(block: &Block, rate_hz: u32) -> Result<EbuR128, AudioError> {
    let channel_count = block.channel_count as u32;
    EbuR128::new(channel_count, rate_hz, Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM)
        .map_err(|_| AudioError::Shape { what: "a sampling rate", value: u64::from(rate_hz) })
}

/// Samples in two bytes each: sixteen bits below the peak of their own stretch.
#[derive(Clone, Debug, Default)]
struct Samples {
    values: Vec<i16>,
    /// The weight of one step, a stretch each.
    scales: Vec<f32>,
}

/// Samples that share one scale.
const STRETCH: usize = 4_096;

impl Samples {
    fn len(&self) -> usize {
        self.values.len()
    }

    /// Takes whole stretches out of `pending`, and at the end the rest.
    fn push(&mut self, pending: &mut Vec<f32>, is_end: bool) {
        let mut used = 0;
        while pending.len() - used >= STRETCH || (is_end && used < pending.len()) {
            let stretch = &pending[used..pending.len().min(used + STRETCH)];
            let peak = stretch.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let scale = peak.max(1e-9) / f32::from(i16::MAX);
            let steps = 1.0 / scale;
            // Rounding by hand: processors of the baseline have no instruction for it, and a call is dear here.
            self.values.extend(stretch.iter().map(|sample| {
                let step = sample * steps;
                (step + 0.5_f32.copysign(step)) as i16
            }));
            self.scales.push(scale);
            used += stretch.len();
        }
        pending.drain(..used);
    }

    fn read(&self, range: Range<isize>, gain: f32, into: &mut [f32]) {
        assert_eq!(range.len(), into.len(), "a buffer is as long as what is read into it");
        let end = self.values.len() as isize;
        let (first, last) = (range.start.clamp(0, end), range.end.clamp(0, end));
        into.fill(0.0);
        if first >= last {
            return;
        }
        let offset = (first - range.start) as usize;
        let mut at = first as usize;
        let last = last as usize;
        let mut out = offset;
        while at < last {
            let stretch = at / STRETCH;
            let stop = last.min((stretch + 1) * STRETCH);
            let scale = self.scales[stretch] * gain;
            for (slot, &value) in into[out..].iter_mut().zip(&self.values[at..stop]) {
                *slot = f32::from(value) * scale;
            }
            out += stop - at;
            at = stop;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_those_of_each_stretch_however_loud_the_whole_is() {
        // Ten thousand samples, so that stretches of samples and columns do not coincide.
        let samples: Vec<f32> =
            (0..10_000).map(|at| if at < 2_500 { 0.0 } else { 0.5 - at as f32 / 1e4 }).collect();
        let extremes = Sound::of_mono(&samples).extremes(4);
        let expected = [[0.0, 0.0], [0.0, 0.25], [-0.25, 0.0], [-0.5, -0.25]];
        for (found, expected) in extremes.iter().zip(expected) {
            let is_near = |(found, expected): (&f32, f32)| (found - expected).abs() < 2e-4;
            assert!(found.iter().zip(expected).all(is_near), "{extremes:?}");
        }
        assert_eq!(extremes.len(), 4);
        assert_eq!(Sound::of_mono(&[0.5; 3]).extremes(10).len(), 3);
        assert_eq!(Sound::of_mono(&[]).extremes(10), Vec::<[f32; 2]>::new());
    }
}
