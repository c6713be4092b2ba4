//! What a model's numbers mean.

use audio::beats_of_activations;
use music::analysis::{Heard, Tag};

use crate::contract::{Contract, Scale, Task};
use crate::error::NeuralError;

/// The outputs of all windows, as they come.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Sums of numbers times weights: one row, or one a frame.
    sums: Vec<f32>,
    weights: Vec<f32>,
    /// Numbers in a row; 0 before the first output.
    width: usize,
}

impl Gathered {
    /// Adds the output of one run, rows of `width` numbers the first of which stands at row `at`.
    ///
    /// # Errors
    /// When it has another width than the one before.
    pub(crate) fn add(&mut self, at: usize, rows: &[f32], width: usize) -> Result<(), NeuralError> {
        if self.width == 0 {
            self.width = width;
        }
        if width == 0 || width != self.width || !rows.len().is_multiple_of(width) {
            let why = format!("its output has {} numbers in rows of {width}", rows.len());
            return Err(NeuralError::Run { why });
        }
        let count = rows.len() / width;
        let end = at + count;
        if self.weights.len() < end {
            self.weights.resize(end, 0.0);
            self.sums.resize(end * width, 0.0);
        }
        for (row, numbers) in rows.chunks_exact(width).enumerate() {
            // The middle of a window has seen what comes before and after; its ends have not.
            let to_end = (row + 1).min(count - row) as f32;
            self.weights[at + row] += to_end;
            let sums = &mut self.sums[(at + row) * width..][..width];
            sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += to_end * number);
        }
        Ok(())
    }

    /// Forgets the rows from `row_count` on: what a model says of the zeros after the end.
    pub(crate) fn truncate(&mut self, row_count: usize) {
        self.weights.truncate(row_count);
        self.sums.truncate(row_count * self.width);
    }

    /// What the outputs mean under `contract`.
    ///
    /// # Errors
    /// When they have another shape than what the contract says, or are no numbers.
    pub(crate) fn read(mut self, contract: &Contract) -> Result<Heard, NeuralError> {
        for (row, weight) in self.sums.chunks_exact_mut(self.width.max(1)).zip(&self.weights) {
            row.iter_mut().for_each(|sum| *sum /= weight.max(f32::MIN_POSITIVE));
        }
        if self.sums.iter().any(|number| !number.is_finite()) {
            return Err(NeuralError::Run { why: "it gives what is not a number".to_owned() });
        }
        if contract.scale == Scale::Logit && contract.task != Task::Embedding {
            self.sums.iter_mut().for_each(|number| *number = 1.0 / (1.0 + (-*number).exp()));
        }
        match &contract.task {
            Task::Embedding => Ok(Heard::Embedding(self.sums)),
            Task::Tags(labels) => self.tags(labels),
            Task::Beats => self.beats(contract.rate_hz()),
            Task::Separation(_) => Err(NeuralError::Deaf),
        }
    }

    fn tags(self, labels: &[String]) -> Result<Heard, NeuralError> {
        if self.width != labels.len() {
            let why = format!("it gives {} numbers for {} labels", self.width, labels.len());
            return Err(NeuralError::Run { why });
        }
        let pairs = labels.iter().zip(self.sums);
        let mut tags: Vec<Tag> =
            pairs.map(|(label, probability)| Tag { label: label.clone(), probability }).collect();
        tags.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.label.cmp(&b.label)));
        Ok(Heard::Tags(tags))
    }

    fn beats(self, rate_hz: f64) -> Result<Heard, NeuralError> {
        let column =
            |at: usize| -> Vec<f32> { self.sums.iter().skip(at).step_by(self.width).copied().collect() };
        let given = match self.width {
            1 => beats_of_activations(&self.sums, None, rate_hz),
            2 => beats_of_activations(&column(0), Some(&column(1)), rate_hz),
            width => {
                let why = format!("it gives {width} numbers a frame; of beats there are one or two");
                return Err(NeuralError::Run { why });
            }
        };
        Ok(Heard::Beats { beats: given.beats, downbeats: given.downbeats })
    }
}
