//! A sound that a model takes apart while it arrives.
//!
//! Windows overlap by a half and are faded into each other, so that no seam is heard: each sample is the mean of two
//! runs, weighted by how far it is from the ends of each window.

use audio::{Block, Resampler};

use crate::contract::{Separation, Task};
use crate::error::NeuralError;
use crate::model::Model;

/// A sound on its way through a model.
#[derive(Debug)]
pub struct ModelSeparator<'a> {
    model: &'a Model,
    separation: &'a Separation,
    resamplers: Vec<Resampler>,
    /// What has come at the model's rate and is not done, a channel each; it begins half a window before what is next.
    pending: Vec<Vec<f32>>,
    /// The faded second half of the last window, by stem and channel.
    tail: Vec<Vec<f32>>,
    /// Samples of each channel that were taken away from what is pending, the half window of silence among them.
    taken: u64,
    /// What goes into a run, a channel of a block, and what is given out, kept for their memory.
    numbers: Vec<f32>,
    channel: Block,
    stems: Vec<Vec<f32>>,
}

impl<'a> ModelSeparator<'a> {
    /// A separator for sound that comes at `rate_hz`; none where the model is there for something else.
    ///
    /// # Errors
    /// When the rate cannot be brought to that of the model.
    pub fn new(model: &'a Model, rate_hz: u32) -> Result<Option<Self>, NeuralError> {
        let Task::Separation(separation) = &model.contract().task else { return Ok(None) };
        let hop = model.contract().window / 2;
        let resampler = || Resampler::new(rate_hz, separation.rate_hz);
        let resamplers: Result<Vec<Resampler>, _> =
            (0..separation.channel_count).map(|_| resampler()).collect();
        let resamplers = resamplers.map_err(|error| NeuralError::Run { why: error.to_string() })?;
        Ok(Some(Self {
            model,
            separation,
            resamplers,
            pending: vec![vec![0.0; hop]; separation.channel_count],
            tail: vec![vec![0.0; hop]; separation.stems.len() * separation.channel_count],
            taken: 0,
            numbers: Vec::new(),
            channel: Block::default(),
            stems: vec![Vec::new(); separation.stems.len()],
        }))
    }

    /// What comes out: the stems, at which rate and in how many channels.
    pub const fn separation(&self) -> &'a Separation {
        self.separation
    }

    /// Takes the next stretch of sound; `sink` gets a stretch of every stem, interleaved, as far as they are done.
    ///
    /// # Errors
    /// When the model fails, and what `sink` returns.
    pub fn push<E: From<NeuralError>>(
        &mut self,
        block: &Block,
        sink: &mut impl FnMut(&[Vec<f32>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let from = block.channel_count.max(1);
        for (index, (resampler, pending)) in self.resamplers.iter_mut().zip(&mut self.pending).enumerate() {
            let samples = block.samples.chunks_exact(from);
            self.channel.samples.clear();
            if self.separation.channel_count == 1 {
                self.channel.samples.extend(samples.map(|frame| frame.iter().sum::<f32>() / from as f32));
            } else {
                self.channel.samples.extend(samples.map(|frame| frame[index.min(from - 1)]));
            }
            self.channel.channel_count = 1;
            resampler.push(&self.channel, pending);
        }
        while self.pending[0].len() >= self.model.contract().window {
            self.run(u64::MAX, sink)?;
        }
        Ok(())
    }

    /// Gives `sink` what is left.
    ///
    /// # Errors
    /// When the model fails, and what `sink` returns.
    pub fn finish<E: From<NeuralError>>(
        mut self,
        sink: &mut impl FnMut(&[Vec<f32>]) -> Result<(), E>,
    ) -> Result<(), E> {
        for (resampler, pending) in self.resamplers.iter_mut().zip(&mut self.pending) {
            resampler.finish(pending);
        }
        let come = self.come();
        let end = come + self.hop() as u64;
        while self.taken < end {
            let len = self.pending[0].len().max(self.model.contract().window);
            self.pending.iter_mut().for_each(|plane| plane.resize(len, 0.0));
            self.run(come, sink)?;
        }
        Ok(())
    }

    /// Samples from the start of one window to that of the next.
    const fn hop(&self) -> usize {
        self.model.contract().window / 2
    }

    /// Samples of each channel that have come.
    fn come(&self) -> u64 {
        (self.taken + self.pending[0].len() as u64).saturating_sub(self.hop() as u64)
    }

    /// Runs the model on the next window, and gives out its first half, faded into the second half of the one before, as
    /// far as there are `come` samples in all.
    fn run<E: From<NeuralError>>(
        &mut self,
        come: u64,
        sink: &mut impl FnMut(&[Vec<f32>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (window, hop) = (self.model.contract().window, self.hop());
        let channel_count = self.separation.channel_count;
        self.numbers.clear();
        self.pending.iter().for_each(|plane| self.numbers.extend_from_slice(&plane[..window]));
        let apart = self.model.separate(&self.numbers, self.separation)?;
        // Where the window starts in the sound: the first one half a window before it.
        let is_before = self.taken == 0;
        let left = come.saturating_add(hop as u64).saturating_sub(self.taken);
        let count = if is_before { 0 } else { left.min(hop as u64) as usize };
        let planes = apart.chunks_exact(window).zip(&mut self.tail);
        for (index, (plane, tail)) in planes.enumerate() {
            let stem = &mut self.stems[index / channel_count];
            let channel = index % channel_count;
            if channel == 0 {
                stem.clear();
                stem.resize(count * channel_count, 0.0);
            }
            for (at, frame) in stem.chunks_exact_mut(channel_count).enumerate() {
                frame[channel] = tail[at] + plane[at] * ((at as f32 + 0.5) / hop as f32);
            }
            for (at, (tail, sample)) in tail.iter_mut().zip(&plane[hop..]).enumerate() {
                *tail = sample * (1.0 - (at as f32 + 0.5) / hop as f32);
            }
        }
        self.pending.iter_mut().for_each(|plane| drop(plane.drain(..hop)));
        self.taken += hop as u64;
        if count > 0 { sink(&self.stems) } else { Ok(()) }
    }
}
