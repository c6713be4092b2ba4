//! What skips mean, as JSON.

use learn::boost::{Boosted, Tree};
use learn::calibration::Isotonic;
use recommend::{SkipMeaning, SkipQuality};
use serde::{Deserialize, Serialize};
use taste::circumstances::CIRCUMSTANCES;

use super::artifact::{File, broken};
use crate::error::EngineError;

pub(super) const FILE: &str = "skips.json";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMeaning {
    /// The numbers around a skip that the trees read, by name.
    numbers: Vec<String>,
    start: f32,
    trees: Vec<Tree>,
    /// (score, how much it speaks against the track), rising.
    strength: Vec<(f32, f32)>,
    quality: SkipQuality,
}

/// The artifact.
pub(super) fn encode(meaning: &SkipMeaning) -> Result<File, EngineError> {
    let stored = StoredMeaning {
        numbers: CIRCUMSTANCES.map(str::to_owned).to_vec(),
        start: meaning.trees().start(),
        trees: meaning.trees().trees().to_vec(),
        strength: meaning.strength().knots().to_vec(),
        quality: meaning.quality,
    };
    let bytes =
        serde_json::to_vec(&stored).map_err(|error| broken(FILE, &format!("cannot be written: {error}")))?;
    Ok((FILE.to_owned(), bytes))
}

/// What is in the artifact; none where it reads other numbers than this program knows, and the table has to do.
pub(super) fn decode(bytes: &[u8]) -> Result<Option<SkipMeaning>, EngineError> {
    let wrong = |error: &dyn std::fmt::Display| broken(FILE, &error.to_string());
    let stored: StoredMeaning = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
    let trees = Boosted::from_parts(stored.numbers.len(), stored.start, stored.trees);
    let trees = trees.map_err(|error| wrong(&error))?;
    let strength = Isotonic::from_knots(stored.strength).map_err(|error| wrong(&error))?;
    let is_known = stored.numbers == CIRCUMSTANCES;
    Ok(SkipMeaning::new(trees, strength, stored.quality).filter(|_| is_known))
}
