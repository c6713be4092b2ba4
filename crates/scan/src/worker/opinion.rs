//! What a neural model that the user brought says of a sound, or makes of it.

use audio::Sound;
use engine::FilePath;
use music::analysis::Heard;

/// What the model in the file at `model` hears, none from one that takes sounds apart; else its name and why not, in words
/// for its owner.
#[cfg(feature = "neural")]
pub(super) fn of(model: &FilePath, sound: &Sound) -> Result<Option<Heard>, String> {
    match open(model)?.hear(sound) {
        Ok(heard) => Ok(Some(heard)),
        Err(neural::NeuralError::Deaf) => Ok(None),
        Err(error) => Err(why(model, &error)),
    }
}

/// The model in the file at `model`; else why there is none, likewise.
#[cfg(feature = "neural")]
pub(super) fn open(model: &FilePath) -> Result<neural::Model, String> {
    use std::io::Read as _;

    let file = std::fs::File::open(model.to_path()).map_err(|error| why(model, &error))?;
    let mut bytes = Vec::new();
    // One byte more than what is taken, so that a larger file is told as such.
    let limit = neural::MODEL_SIZE_MAX_BYTES + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| why(model, &error))?;
    neural::Model::read(&bytes).map_err(|error| why(model, &error))
}

/// An error with the model's name, since a song has nothing to do with it.
#[cfg(feature = "neural")]
pub(super) fn why(model: &FilePath, error: &dyn std::fmt::Display) -> String {
    format!("the model {model}: {error}")
}

/// Why there is nothing to hear: this program was built without a runtime for models.
#[cfg(not(feature = "neural"))]
pub(super) fn of(_: &FilePath, _: &Sound) -> Result<Option<Heard>, String> {
    Err(NO_RUNTIME.to_owned())
}

#[cfg(not(feature = "neural"))]
pub(super) const NO_RUNTIME: &str =
    "this segue was built without neural models; build it with `--features neural`";
