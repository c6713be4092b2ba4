//! What was measured of sources, columns and trees, as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::boost::Tree;
use learn::calibration::Isotonic;
use recommend::{Aim, Combination, Contest, Ranking, SourceCalibration, Trees};
use serde::{Deserialize, Serialize};

use super::artifact::{File, broken};
use crate::error::EngineError;

pub(super) const FILE: &str = "ranking.json";

/// The artifact.
pub(super) fn encode(ranking: &BTreeMap<Aim, Ranking>) -> Result<File, EngineError> {
    let stored: BTreeMap<Aim, StoredRanking> =
        ranking.iter().map(|(&aim, ranking)| (aim, StoredRanking::of(ranking))).collect();
    let bytes = serde_json::to_vec_pretty(&stored)
        .map_err(|error| broken(FILE, &format!("cannot be written: {error}")))?;
    Ok((FILE.to_owned(), bytes))
}

/// What is in the artifact.
pub(super) fn decode(bytes: &[u8]) -> Result<BTreeMap<Aim, Ranking>, EngineError> {
    let stored: BTreeMap<Aim, StoredRanking> =
        serde_json::from_slice(bytes).map_err(|error| broken(FILE, &error.to_string()))?;
    stored.into_iter().map(|(aim, stored)| Ok((aim, stored.ranking()?))).collect()
}

/// What the ranker was taught for one aim, small enough to read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRanking {
    base_rate: f32,
    sources: BTreeMap<String, Curve>,
    weights: BTreeMap<String, f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contest: Option<Contest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trees: Option<StoredTrees>,
}

/// Trees, with the names of the features that their nodes decide on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredTrees {
    features: Vec<String>,
    trees: Vec<Tree>,
}

impl StoredTrees {
    pub(super) fn of(trees: &Trees) -> Self {
        let (features, trees) = trees.to_named();
        Self { features, trees }
    }

    /// The trees; none where a feature of theirs is no more, and the weights alone have to rank.
    pub(super) fn trees(self, file: &str) -> Result<Option<Arc<Trees>>, EngineError> {
        let trees = Trees::from_named(&self.features, self.trees);
        Ok(trees.map_err(|error| broken(file, &error.to_string()))?.map(Arc::new))
    }
}

/// What a source's raw scores mean.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Curve {
    proposal_count: u32,
    enjoyed_count: u32,
    /// (score, probability), rising.
    knots: Vec<(f32, f32)>,
}

impl StoredRanking {
    fn of(ranking: &Ranking) -> Self {
        let curve = |calibration: &SourceCalibration| Curve {
            proposal_count: calibration.proposal_count,
            enjoyed_count: calibration.enjoyed_count,
            knots: calibration.curve.knots().to_vec(),
        };
        Self {
            base_rate: ranking.base_rate,
            sources: ranking
                .sources
                .iter()
                .map(|(name, calibration)| (name.clone(), curve(calibration)))
                .collect(),
            weights: ranking.combination.to_named(),
            contest: ranking.contest.clone(),
            trees: ranking.trees.as_deref().map(StoredTrees::of),
        }
    }

    fn ranking(self) -> Result<Ranking, EngineError> {
        if !(self.base_rate > 0.0 && self.base_rate < 1.0) {
            return Err(broken(FILE, "the base rate is no probability"));
        }
        if self.weights.values().any(|weight| !weight.is_finite()) {
            return Err(broken(FILE, "a weight is not finite"));
        }
        let mut sources = BTreeMap::new();
        for (name, Curve { proposal_count, enjoyed_count, knots }) in self.sources {
            let curve = Isotonic::from_knots(knots).map_err(|error| broken(FILE, &error.to_string()))?;
            sources.insert(name, SourceCalibration { curve, proposal_count, enjoyed_count });
        }
        Ok(Ranking {
            base_rate: self.base_rate,
            sources,
            combination: Combination::from_named(&self.weights),
            trees: self.trees.map(|trees| trees.trees(FILE)).transpose()?.flatten(),
            contest: self.contest,
        })
    }
}
