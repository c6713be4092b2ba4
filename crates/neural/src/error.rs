//! Why a model cannot be used.

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NeuralError {
    /// The bytes are no ONNX file, or one with operators that are not known here.
    #[error("this is no ONNX model that can be run: {why}")]
    Model {
        /// What the runtime says.
        why: String,
    },
    /// The file is larger than what is read.
    #[error("the model is larger than {limit_mib} MiB; models of that size are not run here")]
    Size {
        /// The limit.
        limit_mib: u64,
    },
    /// The file does not say what it needs to.
    #[error("the model does not say its `{key}`; add it to the metadata_props of the ONNX file")]
    Unsaid {
        /// What is missing.
        key: &'static str,
    },
    /// What the file says makes no sense.
    #[error("the model says {key} = {value}, which cannot be: {why}")]
    Contract {
        /// Where it says so.
        key: &'static str,
        /// What it says.
        value: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A run failed, or gave something else than what was said.
    #[error("the model cannot be run on this sound: {why}")]
    Run {
        /// What happened.
        why: String,
    },
    /// The model takes sound apart, and says nothing of it.
    #[error("the model takes a sound apart; `segue analyze --stems DIR` writes what it makes of it")]
    Deaf,
}
