//! The heads, as JSON.

use learn::calibration::Isotonic;
use recommend::{Head, HeadQuality};
use serde::{Deserialize, Serialize};

use super::artifact::{File, broken};
use super::stored_ranking::StoredTrees;
use crate::error::EngineError;

pub(super) const FILE: &str = "heads.json";

/// One head.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHead {
    action: String,
    start: f32,
    quality: HeadQuality,
    /// (log-odds, probability), rising.
    calibration: Vec<(f32, f32)>,
    trees: StoredTrees,
}

/// The artifact.
pub(super) fn encode(heads: &[Head]) -> Result<File, EngineError> {
    let stored = |head: &Head| StoredHead {
        action: head.action.clone(),
        start: head.start,
        quality: head.quality,
        calibration: head.calibration.knots().to_vec(),
        trees: StoredTrees::of(&head.trees),
    };
    let bytes = serde_json::to_vec(&heads.iter().map(stored).collect::<Vec<_>>())
        .map_err(|error| broken(FILE, &format!("cannot be written: {error}")))?;
    Ok((FILE.to_owned(), bytes))
}

/// What is in the artifact, but for heads that read a feature which is no more.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Head>, EngineError> {
    let stored: Vec<StoredHead> =
        serde_json::from_slice(bytes).map_err(|error| broken(FILE, &error.to_string()))?;
    let heads = stored.into_iter().map(StoredHead::head);
    Ok(heads.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

impl StoredHead {
    fn head(self) -> Result<Option<Head>, EngineError> {
        let quality = self.quality;
        if !(self.start.is_finite() && quality.share.is_finite() && quality.auc.is_finite()) {
            return Err(broken(FILE, "a number is not finite"));
        }
        let calibration =
            Isotonic::from_knots(self.calibration).map_err(|error| broken(FILE, &error.to_string()))?;
        let Some(trees) = self.trees.trees(FILE)? else { return Ok(None) };
        Ok(Some(Head { action: self.action, trees, start: self.start, calibration, quality }))
    }
}
