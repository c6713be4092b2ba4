//! A neural model that the user brings: an ONNX file that says of itself what it takes and what it gives.
//!
//! | module | purpose |
//! |---|---|
//! | `contract` | what a model says of itself: its task, its input, how its output is read |
//! | `model` | the file, made ready to run, and the run over a whole sound |
//! | `heard` | what its numbers mean |
//! | `separate` | a sound that is taken apart by it while it arrives |
//! | `error` | why a model cannot be used |
//!
//! Nothing is fetched and no weights come with Segue: whoever has a model points to it.
//! The graph is run by `tract`, in this process and on one thread; a caller that does not vouch for a file runs it in a
//! worker process, as it does with sound.
//!
//! The file tells its contract in its own `metadata_props`, in lines of `key = value` as in [`Contract`]:
//!
//! ```text
//! segue.task = beats | embedding | tags | separation
//! segue.input = samples | mel
//! segue.window = 1500          (frames of the input in one run, samples or rows of the spectrogram)
//! segue.frame_len, segue.hop, segue.band_count, segue.low_hz, segue.high_hz, segue.gain    (for mel)
//! segue.output = probability | logit
//! segue.labels = calm, happy, sad    (for tags; for separation the names of the stems)
//! segue.rate, segue.channels         (for separation)
//! ```

mod contract;
mod error;
mod heard;
mod model;
mod separate;

pub use contract::{Contract, Input, Scale, Separation, Task};
pub use error::NeuralError;
pub use model::{MODEL_SIZE_MAX_BYTES, Model};
pub use separate::ModelSeparator;
