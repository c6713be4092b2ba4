//! What one piece of behaviour says about liking, and how much to trust it.

use serde::{Deserialize, Serialize};

/// A preference and the confidence in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// *Range*: −1 (never again) to 1 (loved).
    pub preference: f32,
    /// *Range*: 0 (says nothing) to 1 (the listener said so in plain words).
    pub confidence: f32,
}

impl Opinion {
    /// An opinion with both numbers brought into their ranges.
    pub const fn new(preference: f32, confidence: f32) -> Self {
        Self { preference: preference.clamp(-1.0, 1.0), confidence: confidence.clamp(0.0, 1.0) }
    }

    /// The same preference, trusted `factor` times as much.
    pub const fn trusted(self, factor: f32) -> Self {
        Self::new(self.preference, self.confidence * factor)
    }

    /// An opinion of so much evidence, half of it preference and half confidence.
    pub fn of_evidence(evidence: f32) -> Self {
        let half = evidence.abs().sqrt();
        Self::new(half.copysign(evidence), half)
    }

    /// Preference times confidence: what it adds to a sum of evidence.
    pub const fn evidence(self) -> f32 {
        self.preference * self.confidence
    }
}
