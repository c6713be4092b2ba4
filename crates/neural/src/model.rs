//! The file, made ready to run, and the run over a whole sound.

use std::collections::BTreeMap;
use std::sync::Arc;

use audio::{Sound, mel_spectrogram};
use music::analysis::Heard;
use tract_onnx::prelude::{
    Framework as _, InferenceFact, InferenceModelExt as _, IntoRunnable as _, IntoTValue as _, Tensor,
    TractResult, TypedRunnableModel, tvec,
};

use crate::contract::{Contract, Input, Separation, Task};
use crate::error::NeuralError;
use crate::heard::Gathered;

/// The largest file that is read.
pub const MODEL_SIZE_MAX_BYTES: u64 = 512 << 20;

/// A model that is ready to run.
pub struct Model {
    contract: Contract,
    plan: Arc<TypedRunnableModel>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Model").field("contract", &self.contract).finish_non_exhaustive()
    }
}

impl Model {
    /// The model in the bytes of an ONNX file.
    ///
    /// # Errors
    /// When they are no model that can be run, too many, or the model does not say what it is for.
    pub fn read(bytes: &[u8]) -> Result<Self, NeuralError> {
        if bytes.len() as u64 > MODEL_SIZE_MAX_BYTES {
            return Err(NeuralError::Size { limit_mib: MODEL_SIZE_MAX_BYTES >> 20 });
        }
        let refused = |error: tract_onnx::prelude::TractError| NeuralError::Model { why: one_line(&error) };
        let onnx = tract_onnx::onnx();
        let file = onnx.proto_model_for_read(&mut &*bytes).map_err(refused)?;
        let entries: BTreeMap<String, String> =
            file.metadata_props.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
        let contract = Contract::read(&entries)?;
        let shape = match (&contract.input, &contract.task) {
            (_, Task::Separation(separation)) => tvec![1, separation.channel_count, contract.window],
            (Input::Samples, _) => tvec![1, contract.window],
            (Input::Mel(settings), _) => tvec![1, contract.window, settings.band_count],
        };
        let plan = || -> TractResult<Arc<TypedRunnableModel>> {
            let fact = InferenceFact::dt_shape(<f32 as tract_onnx::prelude::Datum>::datum_type(), shape);
            onnx.model_for_proto_model(&file)?.with_input_fact(0, fact)?.into_optimized()?.into_runnable()
        };
        Ok(Self { plan: plan().map_err(refused)?, contract })
    }

    /// What it takes and gives.
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What it hears in `sound`: windows that overlap by a half, of which beats are put together and all else is averaged.
    ///
    /// # Errors
    /// When a run fails or gives something else than what the contract says, and of a model that separates.
    pub fn hear(&self, sound: &Sound) -> Result<Heard, NeuralError> {
        if matches!(self.contract.task, Task::Separation(_)) {
            return Err(NeuralError::Deaf);
        }
        let (width, window) = (self.contract.width(), self.contract.window);
        let spectrogram = match &self.contract.input {
            Input::Samples => Vec::new(),
            Input::Mel(settings) => mel_spectrogram(sound, settings),
        };
        let frame_count = match &self.contract.input {
            Input::Samples => sound.len(),
            Input::Mel(_) => spectrogram.len() / width,
        };
        let mut gathered = Gathered::default();
        let mut numbers = vec![0.0; window * width];
        let mut start = 0;
        loop {
            self.fill(sound, &spectrogram, start, &mut numbers);
            let (rows, row_width) = self.run(&numbers)?;
            let at = if self.contract.task == Task::Beats { start } else { 0 };
            gathered.add(at, &rows, row_width)?;
            if start + window >= frame_count {
                break;
            }
            start += (window / 2).max(1);
        }
        gathered.truncate(frame_count.max(1));
        gathered.read(&self.contract)
    }

    /// The window at frame `start`; zero after the end.
    fn fill(&self, sound: &Sound, spectrogram: &[f32], start: usize, numbers: &mut [f32]) {
        match &self.contract.input {
            Input::Samples => {
                let start = start as isize;
                sound.read_into(start..start + numbers.len() as isize, numbers);
            }
            Input::Mel(settings) => {
                let rest = &spectrogram[(start * settings.band_count).min(spectrogram.len())..];
                let count = rest.len().min(numbers.len());
                numbers[..count].copy_from_slice(&rest[..count]);
                numbers[count..].fill(0.0);
            }
        }
    }

    /// One run: the numbers of the first output and how many of them belong together.
    fn run(&self, numbers: &[f32]) -> Result<(Vec<f32>, usize), NeuralError> {
        let shape = match &self.contract.input {
            Input::Samples => vec![1, numbers.len()],
            Input::Mel(settings) => vec![1, numbers.len() / settings.band_count, settings.band_count],
        };
        let (shape, values) = self.first_output(&shape, numbers)?;
        let width = match (&self.contract.task, shape.as_slice()) {
            (Task::Beats, [1, frames]) if *frames == self.contract.window => 1,
            (Task::Beats, [1, frames, width]) if *frames == self.contract.window => *width,
            (Task::Embedding | Task::Tags(_), [1, width]) => *width,
            _ => return Err(misshapen(&shape)),
        };
        Ok((values, width))
    }

    /// The samples of all stems in a window of all channels, plane by plane.
    pub(crate) fn separate(&self, planes: &[f32], separation: &Separation) -> Result<Vec<f32>, NeuralError> {
        let (window, channel_count) = (self.contract.window, separation.channel_count);
        let (shape, values) = self.first_output(&[1, channel_count, window], planes)?;
        if shape != [1, separation.stems.len(), channel_count, window] {
            return Err(misshapen(&shape));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(NeuralError::Run { why: "it gives what is not a number".to_owned() });
        }
        Ok(values)
    }

    /// One run: the shape of the first output and its numbers.
    fn first_output(&self, shape: &[usize], numbers: &[f32]) -> Result<(Vec<usize>, Vec<f32>), NeuralError> {
        let outputs = || -> TractResult<(Vec<usize>, Vec<f32>)> {
            let input = Tensor::from_shape(shape, numbers)?;
            let outputs = self.plan.run(tvec![input.into_tvalue()])?;
            let first = outputs.first().ok_or_else(|| std::io::Error::other("it gives nothing"))?;
            let floats = first.cast_to::<f32>()?;
            let view = floats.to_plain_array_view::<f32>()?;
            Ok((view.shape().to_vec(), view.iter().copied().collect()))
        };
        outputs().map_err(|error| NeuralError::Run { why: one_line(&error) })
    }
}

fn misshapen(shape: &[usize]) -> NeuralError {
    NeuralError::Run { why: format!("its output has the shape {shape:?}, which is not that of its task") }
}

/// What the runtime says, without the chain of its own causes.
fn one_line(error: &tract_onnx::prelude::TractError) -> String {
    error.to_string().lines().next().unwrap_or_default().chars().take(200).collect()
}
