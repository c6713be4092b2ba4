//! What a neural model that the user brought says of a sound.

use std::path::Path;

use audio::Sound;
use music::analysis::Heard;

/// What the model in the file at `model` hears; else why not, in words for its owner.
#[cfg(feature = "neural")]
pub(super) fn of(model: &Path, sound: &Sound) -> Result<Heard, String> {
    use std::io::Read as _;

    let why = |error: &dyn std::fmt::Display| format!("the model {}: {error}", model.display());
    let file = std::fs::File::open(model).map_err(|error| why(&error))?;
    let mut bytes = Vec::new();
    // One byte more than what is taken, so that a larger file is told as such.
    let limit = neural::MODEL_SIZE_MAX_BYTES + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| why(&error))?;
    let model = neural::Model::read(&bytes).map_err(|error| why(&error))?;
    model.hear(sound).map_err(|error| error.to_string())
}

/// Why there is nothing to hear: this program was built without a runtime for models.
#[cfg(not(feature = "neural"))]
pub(super) fn of(_: &Path, _: &Sound) -> Result<Heard, String> {
    Err("this segue was built without neural models; build it with `--features neural`".to_owned())
}
