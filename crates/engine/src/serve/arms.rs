//! What slates are made from: the snapshot in use, or the one that an arm of an experiment names.
//!
//! The snapshots of arms are loaded when the service starts and stay in memory; each has profiles of its own, because
//! they are read by the models of the snapshot, and answers to its slates are counted for it alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use music::Catalogue;
use recommend::Snapshot;

use super::ask::Ask;
use super::listeners::Listeners;
use crate::experiment::{Arm, Assigned, Experiment, ExperimentError, Experiments};
use crate::snapshot::SnapshotDirectory;

/// What a slate is made from.
#[derive(Clone, Debug)]
pub(super) struct Footing<'a> {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) listeners: &'a Listeners,
}

/// The experiments that run, with the snapshots that their arms name.
#[derive(Debug, Default)]
pub(super) struct Arms {
    experiments: Experiments,
    held: BTreeMap<Box<str>, Held>,
}

#[derive(Debug)]
struct Held {
    snapshot: ArcSwap<Snapshot>,
    listeners: Listeners,
}

impl Arms {
    /// Loads what the arms need.
    ///
    /// An experiment with an arm whose snapshot is gone or broken ends, with an error in the log: training removes old
    /// snapshots, and music must go on playing after the next restart.
    pub(super) fn load(
        mut experiments: Experiments,
        directory: &SnapshotDirectory,
        catalogue: &Arc<Catalogue>,
    ) -> Self {
        let mut held = BTreeMap::new();
        experiments.retain(|experiment| match held_for(experiment, &held, directory, catalogue) {
            Ok(more) => {
                held.extend(more);
                true
            }
            Err(error) => {
                tracing::error!(%error, "the experiment `{}` has ended", experiment.name);
                false
            }
        });
        Self { experiments, held }
    }

    /// Builds the snapshots of arms anew on music that came in; heavy where there are any.
    pub(super) fn refresh(&self, catalogue: &Arc<Catalogue>) {
        for (name, held) in &self.held {
            let present = held.snapshot.load_full();
            if !Arc::ptr_eq(&present.catalogue, catalogue) {
                let next = Snapshot::new(name, Arc::clone(catalogue), Arc::clone(&present.models));
                held.snapshot.store(Arc::new(next));
            }
        }
    }

    /// Who answers `ask`.
    pub(super) fn assigned(&self, ask: &Ask) -> Assigned<'_> {
        self.experiments.assigned(ask)
    }

    /// What an arm is served from, where that is not what is in use.
    pub(super) fn footing(&self, arm: &Arm) -> Option<Footing<'_>> {
        let held = self.held.get(arm.snapshot.as_ref()?)?;
        Some(Footing { snapshot: held.snapshot.load_full(), listeners: &held.listeners })
    }
}

/// What the arms of an experiment need and `held` does not have.
fn held_for(
    experiment: &Experiment,
    held: &BTreeMap<Box<str>, Held>,
    directory: &SnapshotDirectory,
    catalogue: &Arc<Catalogue>,
) -> Result<BTreeMap<Box<str>, Held>, ExperimentError> {
    let mut more = BTreeMap::new();
    for arm in &experiment.arms {
        let Some(name) = &arm.snapshot else { continue };
        if held.contains_key(name) || more.contains_key(name) {
            continue;
        }
        let refused = |problem: String| ExperimentError::Snapshot {
            experiment: experiment.name.to_string(),
            arm: arm.name.to_string(),
            snapshot: name.to_string(),
            problem,
        };
        if !directory.has(name) {
            return Err(refused("there is no snapshot of this name".to_owned()));
        }
        let loaded = directory.read(name).map_err(|error| refused(error.to_string()))?;
        let snapshot = Snapshot::new(name, Arc::clone(catalogue), Arc::new(loaded.models));
        let listeners = Listeners::default();
        more.insert(name.clone(), Held { snapshot: ArcSwap::from_pointee(snapshot), listeners });
    }
    Ok(more)
}
