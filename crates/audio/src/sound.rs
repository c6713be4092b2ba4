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
const SILENCE_LUFS: f64 = -70.0;

/// Sound that is ready to be analysed.
#[derive(Clone, Debug)]
pub struct Sound {
    samples: Samples,
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
        let (mut block, mut mono) = (Block::default(), Vec::new());
        let mut samples = Samples::default();
        let mut frame_count = 0_u64;
        let mut parts: Option<(Resampler, EbuR128)> = None;
        let limit = (ANALYSED_SECONDS_MAX * f64::from(ANALYSIS_RATE_HZ)) as usize;
        while decoder.next_block(&mut block)? {
            if parts.is_none() {
                parts = Some((
                    Resampler::new(decoder.rate_hz(), ANALYSIS_RATE_HZ)?,
                    meter(&block, decoder.rate_hz())?,
                ));
            }
            let Some((resampler, meter)) = &mut parts else { break };
            frame_count += (block.samples.len() / block.channel_count) as u64;
            if samples.len() >= limit {
                continue;
            }
            // A file whose channels change on the way is measured by the channels it began with.
            if block.channel_count == meter.channels() as usize {
                let measured = meter.add_frames_f32(&block.samples);
                measured.map_err(|_| AudioError::Shape { what: "a channel count", value: 0 })?;
            }
            resampler.push(&block, &mut mono);
            samples.push(&mut mono, false);
        }
        let Some((mut resampler, meter)) = parts else {
            return Err(AudioError::Empty { damaged_packet_count: decoder.damaged_packet_count() });
        };
        resampler.finish(&mut mono);
        samples.push(&mut mono, true);
        Ok(Self {
            samples,
            loudness: Loudness::of(&meter),
            duration: Seconds(frame_count as f64 / f64::from(decoder.rate_hz())),
            damaged_packet_count: decoder.damaged_packet_count(),
        })
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
        f64::from(self.loudness.integrated.0) <= SILENCE_LUFS
    }

    /// The samples of `range`, brought to the reference loudness; zero outside of the sound.
    ///
    /// # Panics
    /// When `into` and `range` differ in length.
    pub fn read_into(&self, range: Range<isize>, into: &mut [f32]) {
        let gain = if self.is_silent() {
            1.0
        } else {
            10.0_f64.powf((REFERENCE_LUFS - f64::from(self.loudness.integrated.0)) / 20.0) as f32
        };
        self.samples.read(range, gain, into);
    }
}

impl Loudness {
    const SILENCE: Self = Self { integrated: Lufs(SILENCE_LUFS as f32), range_lu: 0.0, true_peak_db: -100.0 };

    fn of(meter: &EbuR128) -> Self {
        let finite = |value: Result<f64, ebur128::Error>, floor: f64| {
            value.ok().filter(|value| value.is_finite()).unwrap_or(floor).max(floor)
        };
        let peak = (0..meter.channels())
            .map(|channel| finite(meter.true_peak(channel), 0.0))
            .fold(1e-5_f64, f64::max);
        let integrated = finite(meter.loudness_global(), SILENCE_LUFS);
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
            self.values.extend(stretch.iter().map(|sample| (sample / scale).round() as i16));
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
